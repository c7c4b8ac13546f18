"""W: what a page and a saved cell cost the web server and the database together, in CPU per request.

W1: the register of projects, 25 rows, as the consolidation group sees it – session, role, scope, navigation,
alerts, filters – against the same rows by cursor and orjson in the same server, with nobody signed in.
W5: one cell of the entry grid as htmx sends it (session, role, scope, lock, rules, audit, the answer's HTML) against
one indexed UPDATE through Django in the same server, with nobody signed in and no token.
W2: a page from the middle of the register of the whole country (50,000 projects, 1,000,000 lines of performance), as
the national viewer sees it, against Django's admin over the same tables with 50 rows and the same columns, in a
project with no middleware but Django's: as a few lines give it, and tuned (benchmarks/bare/admin_urls.py). Admin lists
either the lines themselves, as many rows as the guide speaks of, or the projects.
W3: benchmarks/api_list.py.
W4: that page against itself in a country of 500 projects and 10,000 lines.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from benchmarks import api_list, cpu, portal
from benchmarks.table import Result, ms, taking_turns

ROUNDS, REQUESTS = 7, 60
LARGE, SMALL = (50_000, 1_000_000), (500, 10_000)  # projects and lines
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
VIEWER, EDITOR = "load-national", "load-02-consolidation"


def run() -> list[Result]:
    with portal.services():
        with portal.web() as (server, port):
            cost = cost_of(server.pid)
            found = [page(port, cost), cell(port, cost)]
        return found + api_list.results(cost_of, VIEWER, SMALL) + lists()


Cost = Callable[..., float]


def cost_of(*servers: int) -> Cost:
    """What a request costs these servers and the database together, in CPU."""
    roots = (*servers, portal.postmaster())

    def cost(ask: Callable[[], object], times: int = REQUESTS) -> float:
        before = cpu.seconds(*roots)
        for _ in range(times):
            ask()
        return (cpu.seconds(*roots) - before) / times

    return cost


def lists() -> list[Result]:
    with ExitStack() as stack:
        with portal.loaded(*SMALL):
            small = stack.enter_context(portal.web())
            small_pages = pages(small[1])
        stack.enter_context(portal.loaded(*LARGE))
        large = stack.enter_context(portal.web())
        admin = stack.enter_context(portal.web("benchmarks.bare.admin_settings"))
        return [*beside_admin(large, admin), beside_small(small, small_pages, large)]


Server = tuple[Any, int]


def pages(port: int, person: str = VIEWER) -> Callable[[], bytes]:
    """Asks for the page that begins in the middle of the register."""
    from agreements.models import Project

    codes = Project.objects.order_by("code").values_list("code", flat=True)
    if person != VIEWER:
        codes = codes.filter(agency__organization__code="load-02")
    browser = portal.Browser(port, portal.signed_in(person))
    url = f"/projects/?after={codes[codes.count() // 2]}"
    rows = browser.get(url).count(b'<th scope="row">')
    if rows != 50:
        raise RuntimeError(f"the page shows {rows} rows")
    return lambda: browser.get(url)


def beside_admin(large: Server, admin: Server) -> list[Result]:
    from accounts.models import User

    User.objects.update_or_create(
        username="bench-admin", defaults={"full_name": "bench", "is_staff": True, "is_superuser": True}
    )
    ours, provincial = pages(large[1]), pages(large[1], EDITOR)
    peer = portal.Browser(admin[1], portal.signed_in("bench-admin", MODEL_BACKEND))
    cost, admin_cost = cost_of(large[0].pid), cost_of(admin[0].pid)
    found = []
    for model, rows, column in (
        ("projectprogress", "the 1,000,000 lines", b"field-planned_progress"),
        ("project", "the projects", b"field-planned"),
    ):
        for name, goal in (("defaults", 25), ("tuned", 3)):
            app = "monitoring" if model == "projectprogress" else "agreements"
            url = f"/{name}/{app}/{model}/"
            if column not in peer.get(url):
                raise RuntimeError(f"the admin shows no list: {peer.get(url)[:300]!r}")
            floor, mine, ratio = taking_turns(
                lambda url=url: admin_cost(lambda: peer.get(url), 8), lambda: cost(ours, 40), 4
            )
            found.append(
                Result(
                    "W2",
                    "list of 50,000 projects with 1,000,000 lines, 50 rows (CPU web + database)",
                    f"Django admin change list of {rows}, {name}",
                    ms(floor),
                    ms(mine),
                    f"{1 / ratio:.1f}× cheaper",
                    f"≥ {goal}× cheaper",
                    1 / ratio >= goal,
                )
            )
    note = f"a page of one province costs {ms(cost(provincial, 40))}"
    return [*found[:-1], replace(found[-1], note=note)]


def beside_small(small: Server, ask_small: Callable[[], bytes], large: Server) -> Result:
    ask_large = pages(large[1])
    small_cost, large_cost = cost_of(small[0].pid), cost_of(large[0].pid)
    floor, ours, ratio = taking_turns(lambda: small_cost(ask_small), lambda: large_cost(ask_large), ROUNDS)
    return Result(
        "W4",
        "project list at 1,000,000 lines (CPU web + database)",
        "itself at 10,000 lines",
        ms(floor),
        ms(ours),
        f"{ratio:.2f}×",
        "≤ 1.2×",
        ratio <= 1.2,
    )


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
