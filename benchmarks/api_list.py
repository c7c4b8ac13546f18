"""W3: 1,000 money lines of a country through the API, as its viewer asks for them – session, role, scope, filters – against
the same rows and columns by cursor and orjson in the same server, and against the framework's own way: model instances
through the same ModelSerializer and the JSON of Python.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from benchmarks import portal
from benchmarks.table import Result, ms, taking_turns

ROWS, ROUNDS = 1000, 5
GOALS = (("cursor + orjson", "/floor/lines/", 1.3), ("DRF ModelSerializer", "/peer/lines/", 6.0))


def results(cost_of: Any, viewer: str, size: tuple[int, int]) -> list[Result]:
    with ExitStack() as stack:
        stack.enter_context(portal.loaded(*size))
        server, port = stack.enter_context(portal.web())
        cost = cost_of(server.pid)
        person, anybody = portal.Browser(port, portal.signed_in(viewer)), portal.Browser(port)
        url = f"/api/v1/capital-lines/?limit={ROWS}"
        same_rows(person.get(url), anybody)
        return [_result(cost, person, url, anybody, *goal) for goal in GOALS]


def same_rows(answer: bytes, anybody: portal.Browser) -> None:
    ours = json.loads(answer)["results"]
    if len(ours) != ROWS:
        raise RuntimeError(f"the API gives {len(ours)} rows")
    for _, path, _ in GOALS:
        theirs = json.loads(anybody.get(path))
        if [row["id"] for row in theirs] != [row["id"] for row in ours] or theirs[0].keys() != ours[0].keys():
            raise RuntimeError(f"{path} gives other rows or columns")


def _result(
    cost: Any, person: portal.Browser, url: str, anybody: portal.Browser, name: str, path: str, goal: float
) -> Result:
    floor, ours, ratio = taking_turns(
        lambda: cost(lambda: anybody.get(path), 10), lambda: cost(lambda: person.get(url), 10), ROUNDS
    )
    cheaper = goal > 2
    reached = 1 / ratio >= goal if cheaper else ratio <= goal
    return Result(
        "W3",
        "JSON list of 1,000 rows through the API (CPU web + database)",
        name,
        ms(floor),
        ms(ours),
        f"{1 / ratio:.1f}× cheaper" if cheaper else f"{ratio:.2f}×",
        f"≥ {goal:g}× cheaper" if cheaper else f"≤ {goal:g}×",
        reached,
    )
