"""SEARCH: the search of the header over 50,000 projects against an exact, indexed look-up through the same page.

As the national viewer, who sees all of them: words that stand in thousands of titles, words of one title, a beginning
of a code, and misspelt words, each against the whole code of a project. What a request costs web server and database,
in CPU; the dearest kind counts.
"""

from __future__ import annotations

from urllib.parse import urlencode

from benchmarks import portal
from benchmarks.table import Result, ms, taking_turns
from benchmarks.w import LARGE, VIEWER, cost_of

ROUNDS = 5


def run() -> list[Result]:
    with portal.services(), portal.loaded(*LARGE), portal.web() as (server, port):
        questions, code = _questions()
        browser, cost = portal.Browser(port, portal.signed_in(VIEWER)), cost_of(server.pid)

        def page(words: str) -> bytes:
            return browser.get(f"/search/?{urlencode({'q': words})}")

        for words in (*questions.values(), code):
            if b"/projects/" not in page(words):
                raise RuntimeError(f"nothing is found for {words}")
        found = {
            name: taking_turns(
                lambda: cost(lambda: page(code), 30),
                lambda words=words: cost(lambda: page(words), 10),
                ROUNDS,
            )
            for name, words in questions.items()
        }
    floor, ours, ratio = max(found.values(), key=lambda row: row[2])
    return [
        Result(
            "SEARCH",
            "search over 50,000 projects (CPU web + database), the dearest kind",
            "exact code through the same page",
            ms(floor),
            ms(ours),
            f"{ratio:.2f}×",
            "≤ 3×",
            ratio <= 3,
            "; ".join(f"{name} {row[2]:.2f}× ({ms(row[1])})" for name, row in found.items()),
        )
    ]


def _questions() -> tuple[dict[str, str], str]:
    from agreements.models import Project

    row = Project.objects.order_by("code")[Project.objects.count() // 3]
    words = row.title.split()
    return {
        "common words": "راه روستایی",
        "words of one title": row.title.replace("،", " "),
        "part of a code": row.code[:7],
        "misspelt": f"{words[0][:-1]}ت {words[-1]} {words[2]}ا",
    }, row.code
