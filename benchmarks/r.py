"""R: the treasurer's bench on generated ledgers with slips (tests/monitoring/ledgers.py).

R1: precision of automatic matches over 20 seeded ledgers of 3,000 rows and 120 projects each; the note has precision and
recall of every kind of slip.
R2: CPU of matching 10,000 rows with 300 projects, against finding the same rows by code alone in a dictionary, which is
the least that any matching does.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.table import Result, taking_turns

SEEDS, PROJECTS, ROWS = 20, 120, 3_000
LARGE = {"seed": 1405, "projects": 300, "rows": 9_000}
GOAL, SECONDS = 0.99, 10


def run() -> list[Result]:
    return [precision(), speed()]


def precision() -> Result:
    from monitoring.reconciliation.matching import match_all
    from tests.monitoring.ledgers import Score, make_book, measure

    scores: dict[str, Score] = {}
    for seed in range(SEEDS):
        book = make_book(seed=seed, projects=PROJECTS, rows=ROWS)
        found = match_all(book.entries, book.targets, book.year, book.statements)
        for noise, score in measure(book, found).items():
            scores[noise] = scores.get(noise, Score()) + score
    whole = sum(scores.values(), Score())
    kinds = (
        f"{name} {score.precision:.3f}/{score.recall:.3f} of {score.rows:,}"
        for name, score in sorted(scores.items())
    )
    return Result(
        "R1",
        f"automatic matches of {whole.rows:,} rows of noisy ledgers",
        "what each row truly is",
        f"{whole.matched:,} matched",
        f"{whole.right:,} right",
        f"{whole.precision:.4f} (recall {whole.recall:.3f})",
        f"≥ {GOAL}",
        whole.precision >= GOAL,
        f"precision/recall per kind: {'; '.join(kinds)}",
    )


def speed() -> Result:
    from monitoring.reconciliation import texts
    from monitoring.reconciliation.matching import match_all
    from tests.monitoring.ledgers import make_book

    book = make_book(**LARGE)
    codes = {target.codes[0]: target for target in book.targets}

    def ours() -> Any:
        texts.plain.cache_clear()
        texts.grams.cache_clear()
        return match_all(book.entries, book.targets, book.year, book.statements)

    least, mine, ratio = taking_turns(
        lambda: cpu(lambda: [codes.get(entry.code) for entry in book.entries]), lambda: cpu(ours), 2
    )
    return Result(
        "R2",
        f"matching {len(book.entries):,} rows with {LARGE['projects']} projects (CPU)",
        "look-up of the code alone",
        f"{least * 1000:.1f} ms",
        f"{mine:.2f} s",
        f"{ratio:,.0f}×",
        f"≤ {SECONDS} s",
        mine <= SECONDS,
        f"{len(book.entries) / mine:,.0f} rows a second",
    )


def cpu(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
