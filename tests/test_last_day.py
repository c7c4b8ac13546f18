"""The last day of a cut-off on the real web server: two hundred people type, some paste, some send (a drill).

Every 8 seconds each of 200 people saves one cell, every 10 seconds somebody pastes 200 rows, every 5 seconds somebody
sends. Nothing may fail, what was acknowledged must stand in the database, and a saved cell may take five times as long
as on a quiet day, no more. The people share the machine with the server.
"""

from __future__ import annotations

import html
import http.client
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.factories import World
from tests.plugins.services import ROOT, environment_of_children

PEOPLE, PASTED_ROWS = 200, 200
SAVE_EVERY, PASTE_EVERY, SEND_EVERY = 8.0, 10.0, 5.0
SECONDS = float(os.environ.get("LAST_DAY_SECONDS", "300"))
CELLS = ("received", "commitments_open")
SLOWER = 5
MARKUP = re.compile(r"<[^>]+>|\s+")

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


class Person:
    """A signed-in person with one connection that stays open."""

    def __init__(self, port: int, case: Case, cookies: dict[str, str]) -> None:
        self.port, self.case = port, case
        self.cookies, self.token = cookies, "a" * 32
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.page = f"/entry/{case.period.code}/{case.kind}/"

    def ask(self, method: str, path: str, data: Any = None) -> tuple[int, bytes, dict[str, str]]:
        cookies = self.cookies | {"csrftoken": self.token}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": self.token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(data, doseq=True) if data is not None else None
        for last in (False, True):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read(), dict(answer.getheaders())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()  # the server closes what was idle too long
                if last:
                    raise
        raise AssertionError


@dataclass
class Day:
    """What happened, under one lock."""

    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[tuple[str, int, str], int] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    pasted: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    ends: float = 0.0

    def note(self, what: str, status: int, body: bytes) -> None:
        with self.lock:
            self.errors.append(f"{what}: {status} {MARKUP.sub(' ', body.decode())[:300]}")


def save(person: Person, line: Any, cell: str, figure: int, day: Day) -> None:
    data = {"kind": "expense", "pk": line.pk, "cell": cell, "version": line.version, "text": figure}
    began = time.monotonic()
    status, body, headers = person.ask("POST", "/entry/cell/", data)
    took = time.monotonic() - began
    if status != 200:
        day.note("cell", status, body)
        return
    line.version = int(headers["X-Version"])
    with day.lock:
        day.took.append(took)
        day.acknowledged["expense", line.pk, cell] = figure
        day.acknowledged["expense", line.pk, "version"] = line.version  # one for each save, none twice


def types(person: Person, day: Day, number: int) -> None:
    """One cell every eight seconds, each of the agency's in turn."""
    figures, chance = itertools.count(1), random.Random(number)
    cells = itertools.cycle([(line, cell) for line in person.case.lines for cell in CELLS])
    connection.close()
    at = time.monotonic() + chance.random() * SAVE_EVERY
    while at < day.ends:
        time.sleep(max(0.0, at - time.monotonic()))
        save(person, *next(cells), next(figures), day)
        at += SAVE_EVERY


def pastes(person: Person, day: Day) -> None:
    """Two hundred rows, looked at and written."""
    codes = [project.code for project in person.case.projects]
    lines = {line.project.code: line.pk for line in person.case.lines}
    connection.close()
    for number in itertools.count(1):
        began = time.monotonic()
        if began >= day.ends:
            return
        rows = [f"{code}\t{number * 10 + place % 7}" for place, code in enumerate(codes)]
        text = "\n".join(["کد پروژه\tتعهد پرداخت‌نشده", *rows])
        if paste(person, text, day):
            with day.lock:
                day.pasted += 1
                for place, code in enumerate(codes):
                    day.acknowledged["capital", lines[code], "commitments_open"] = number * 10 + place % 7
        time.sleep(max(0.0, began + PASTE_EVERY - time.monotonic()))


def paste(person: Person, text: str, day: Day) -> bool:
    status, body, headers = person.ask("POST", f"{person.page}paste/", {"text": text})
    if status != 302:
        day.note("paste", status, body)
        return False
    sheet = headers["Location"]
    status, body, _ = person.ask("GET", sheet)
    page = body.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    chosen = re.findall(r'name="row"\s+value="([^"]*)"', page)
    if status != 200 or seen is None or len(chosen) != PASTED_ROWS:
        day.note(f"preview of {len(chosen)} rows", status, body)
        return False
    status, body, _ = person.ask("POST", sheet, {"seen": html.unescape(seen[1]), "row": chosen})
    if status != 302:
        day.note("writing of the pasted", status, body)
    return status == 302


def sends(people: list[Person], day: Day) -> None:
    connection.close()
    for person in people:
        began = time.monotonic()
        if began >= day.ends:
            return
        status, body, headers = person.ask("POST", f"{person.page}check/", {"accept_missing": "1"})
        if status == 302 and "/sent/" in headers["Location"]:
            with day.lock:
                day.sent.append(person.case.agency.pk)
        else:
            day.note("sending", status, body)
        time.sleep(max(0.0, began + SEND_EVERY - time.monotonic()))


@contextmanager
def web_server() -> Iterator[int]:
    """gunicorn as the product configures it, on the test database."""
    port = 18_000 + os.getpid() % 2000
    environment = environment_of_children() | {"PORT": str(port), "LOG_LEVEL": "WARNING"}
    with (settings.VAR / "last-day.log").open("ab") as log:
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "budget_portal.wsgi"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as knock:
                try:
                    knock.request("GET", "/healthz")
                    break
                except OSError:
                    time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def person_of(port: int, case: Case, cast: Cast) -> Person:
    client = cast.sign_in(case.agency_user)
    return Person(port, case, {name: morsel.value for name, morsel in client.cookies.items()})


def all_at_once(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost(day: Day) -> list[str]:
    """Cells whose acknowledged figure is not in the database."""
    models: dict[str, Any] = {"expense": ExpenseFinanceLine, "capital": CapitalFinanceLine}
    found = {
        (kind, row["pk"], cell): row[cell]
        for kind, model in models.items()
        for row in model.objects.values("pk", "version", *(CELLS if kind == "expense" else CELLS[1:]))
        for cell in row
    }
    return [
        f"{key}: {found[key]} ≠ {figure}" for key, figure in day.acknowledged.items() if found[key] != figure
    ]


def test_the_last_day(figure: Callable[[str], None]) -> None:
    home, cast = World(), Cast()
    typing = [make_expense_case(home.next_door(), activities=False) for _ in range(PEOPLE)]
    count = int(SECONDS / SEND_EVERY) + 1
    sending = [
        make_expense_case(home.next_door(), chapters=("1",), activities=False, filled=True)
        for _ in range(count)
    ]
    pasting = make_capital_case(home.next_door(), projects=PASTED_ROWS)
    with web_server() as port:
        people = [person_of(port, case, cast) for case in typing]
        senders = [person_of(port, case, cast) for case in sending]
        quiet, day = Day(), Day()
        for number in range(1, 61):
            save(people[0], people[0].case.lines[0], CELLS[0], number, quiet)
            time.sleep(0.05)
        day.ends = time.monotonic() + SECONDS
        works: list[Callable[[], None]] = [
            lambda person=person, number=number: types(person, day, number)  # type: ignore[misc]
            for number, person in enumerate(people)
        ]
        person = person_of(port, pasting, cast)
        all_at_once([*works, lambda: pastes(person, day), lambda: sends(senders, day)])
        for each in (*people, *senders, person):
            each.connection.close()
    idle, busy = statistics.median(quiet.took), statistics.median(day.took)
    worst = sorted(day.took)[int(len(day.took) * 0.99)]
    assert not quiet.errors + day.errors, "\n".join((quiet.errors + day.errors)[:10])
    assert not (gone := lost(day)), "\n".join(gone[:10])
    assert {case.submission.state for case in sending if case.agency.pk in day.sent} == {"submitted"}
    assert len(day.took) > 0.9 * PEOPLE * SECONDS / SAVE_EVERY  # nobody fell behind
    figure(
        f"last day: {len(day.took)} cells by {PEOPLE} people, {day.pasted} pastes of {PASTED_ROWS} rows, "
        f"{len(day.sent)} sendings in {SECONDS:.0f} s: 0 errors, 0 lost; a cell takes {busy * 1000:.0f} ms, "
        f"{busy / idle:.1f}× of {idle * 1000:.0f} ms on a quiet day (99 of 100 under {worst * 1000:.0f} ms)"
    )
    assert busy <= SLOWER * idle
