"""W: what a page and a saved cell cost the web server and the database together, in CPU per request.

W1: the register of projects, 25 rows, as the consolidation group sees it – session, role, scope, navigation,
alerts, filters – against the same rows by cursor and orjson in the same server, with nobody signed in.
W5: one cell of the entry grid as htmx sends it (session, role, scope, lock, rules, audit, the answer's HTML) against
one indexed UPDATE through Django in the same server, with nobody signed in and no token.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from benchmarks import cpu, portal
from benchmarks.table import Result, ms, taking_turns

ROUNDS, REQUESTS = 7, 60


def run() -> list[Result]:
    with portal.services(), portal.web() as (server, port):
        roots = (server.pid, portal.postmaster())

        def cost(ask: Callable[[], object], times: int = REQUESTS) -> float:
            before = cpu.seconds(*roots)
            for _ in range(times):
                ask()
            return (cpu.seconds(*roots) - before) / times

        return [page(port, cost), cell(port, cost)]


Cost = Callable[..., float]


def page(port: int, cost: Cost) -> Result:
    from accounts.models import Organization
    from agreements.models import Project

    home = Organization.objects.get(code="khuzestan")
    codes = list(
        Project.objects.filter(agency__organization=home).order_by("code").values_list("code", flat=True)
    )
    after = codes[-26]  # so that 25 follow
    anybody, person = portal.Browser(port), portal.Browser(port, portal.signed_in("consolidation"))
    url = f"/projects/?after={after}"
    rows = person.get(url).count(b'<th scope="row">')
    if rows != 25:
        raise RuntimeError(f"the page shows {rows} rows")
    floor, ours, ratio = taking_turns(
        lambda: cost(lambda: anybody.get(f"/floor/rows/?organization={home.pk}&after={after}"), 4 * REQUESTS),
        lambda: cost(lambda: person.get(url)),
        ROUNDS,
    )
    return Result(
        "W1",
        "list page, 25 rows, signed in (CPU web + database)",
        "cursor + orjson, nobody signed in",
        ms(floor),
        ms(ours),
        f"{ratio:.1f}×",
        "≤ 4×",
        ratio <= 4,
    )


def cell(port: int, cost: Cost) -> Result:
    from django.db import connection

    from benchmarks.floor_views import FILLED, TABLE

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(FILLED)
    anybody, person = portal.Browser(port), portal.Browser(port, portal.signed_in("agency"))
    line, version = _open_line()
    typed = _figures()
    sizes: list[int] = []

    def save() -> None:
        nonlocal version
        data = {
            "kind": "capital",
            "cell": "spent",
            "pk": str(line),
            "version": str(version),
            "text": next(typed),
        }
        body, headers = person.post("/entry/cell/", data)
        version = int(headers["X-Version"])
        sizes.append(len(body))

    numbers = itertools.count(1)

    def update() -> None:
        number = next(numbers)
        anybody.post("/floor/update/", {"pk": str(number % 1000 + 1), "value": str(number)})

    floor, ours, ratio = taking_turns(lambda: cost(update, 4 * REQUESTS), lambda: cost(save), ROUNDS)
    largest = max(sizes)
    return Result(
        "W5",
        "save one cell, rules included (CPU web + database)",
        "one indexed UPDATE through Django",
        ms(floor),
        ms(ours),
        f"{ratio:.1f}×",
        "≤ 4×; answer < 2 kB",
        ratio <= 4 and largest < 2048,
        f"the largest answer had {largest} bytes",
    )


def _open_line() -> tuple[int, int]:
    """A line of the demo agency's open quarter: its project has operations, a curve and a last cut-off."""
    from monitoring.models import CapitalFinanceLine

    rows = CapitalFinanceLine.objects.filter(
        submission__agency__code="1001",
        submission__state="draft",
        submission__period__cutoff="Q2",
        held=False,
    ).order_by("pk")
    line = rows.exclude(allocated_cash=0).first() or rows.get()
    return line.pk, line.version


def _figures() -> Iterator[str]:
    """Another figure each time, so that every save writes."""
    return (str(number) for number in itertools.cycle(range(1000, 2000)))
