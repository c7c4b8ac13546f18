"""Results and their table."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line. `ratio` is what the goal speaks of; `met` is whether it is reached."""

    number: str
    work: str
    against: str
    floor: str
    ours: str
    ratio: str
    goal: str
    met: bool
    note: str = ""


COLUMNS = ("no", "work", "measured against", "floor/peer", "ours", "ratio", "goal", "")


def show(results: list[Result]) -> str:
    rows = [COLUMNS]
    rows += [
        (r.number, r.work, r.against, r.floor, r.ours, r.ratio, r.goal, "met" if r.met else "NOT MET")
        for r in results
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    lines += [f"{r.number}: {r.note}" for r in results if r.note]
    return "\n".join(lines)


def taking_turns(
    floor: Callable[[], float], ours: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Medians of both and of the ratio ours / floor of each round; one round more warms both up."""
    pairs = [(floor(), ours()) for _ in range(rounds + 1)][1:]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[1] / pair[0] for pair in pairs),
    )


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
