"""X1: the allocations of two years of the country as xlsx, 100,000 rows of 18 columns, against what is usual in Python.

Ours reads through the server's cursor inside the person's scope, turns every cell into what a spreadsheet holds, and
writes heads, widths, formats and a sheet from right to left. The peers get the finished rows from memory: openpyxl in
its write-only mode, tablib's xlsx. Time is CPU of the process (ours: and of the database, whose work the peers are
spared); each runs in a process of its own, so that the memory over the base is its own too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import cpu, portal
from benchmarks.table import Result
from benchmarks.w import LARGE, VIEWER

ROWS, ROUNDS = 100_000, 3


def run() -> list[Result]:
    with portal.services(), portal.loaded(*LARGE):
        found = {name: [_measured(name) for _ in range(ROUNDS)] for name in ("ours", "openpyxl", "tablib")}
    cost = {name: sorted(row["seconds"] for row in rows)[ROUNDS // 2] for name, rows in found.items()}
    over = max(row["over"] for row in found["ours"]) / 2**20
    return [
        Result(
            "X1",
            f"xlsx export of {ROWS:,} rows (CPU)",
            peer,
            f"{cost[name]:.2f} s",
            f"{cost['ours']:.2f} s",
            f"{cost[name] / cost['ours']:.1f}× faster",
            f"≥ {goal}×; ≤ 50 MB over the base",
            cost[name] / cost["ours"] >= goal and over <= 50,
            f"ours takes {over:.0f} MB over the base",
        )
        for name, peer, goal in (("openpyxl", "openpyxl, write-only", 3), ("tablib", "tablib", 10))
    ]


def _measured(name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.x", name],
        cwd=portal.ROOT,
        env=portal.environment(),
        check=True,
        capture_output=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- in the process under measurement ---------------------------------------------------------------------------------


def main(name: str) -> None:
    portal.set_up()
    from django.conf import settings

    path = Path(settings.VAR) / f"export-{name}.xlsx"
    work = WRITERS[name]()
    base, roots = _held(), (os.getpid(), portal.postmaster()) if name == "ours" else (os.getpid(),)
    (cpu.PROC / "self" / "clear_refs").write_text("5")  # the peak is counted from here on
    before = cpu.seconds(*roots)
    work(path)
    print(json.dumps({"seconds": cpu.seconds(*roots) - before, "over": _held("VmHWM") - base}))


def _held(name: str = "VmRSS") -> int:
    for line in (cpu.PROC / "self" / "status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def listing() -> Any:
    """The list of allocations of two years as the product makes it, 50,000 rows each."""
    from itertools import chain

    from accounts.models import User
    from budget_portal import exports

    user = User.objects.get(username=VIEWER)
    first, second = (exports.LISTS["allocations"].make(user, {"year": year}) for year in ("1403", "1404"))
    found = exports.Listing(first.columns, chain(first.rows, second.rows), first.count + second.count)
    if found.count != ROWS:
        raise RuntimeError(f"{found.count} rows would be written")
    return found


def ours() -> Callable[[Path], object]:
    from budget_portal import exports
    from budget_portal.reading import one_snapshot

    with one_snapshot():
        listing()  # what is imported and looked up once

    def write(path: Path) -> None:
        with one_snapshot():
            exports.write_xlsx(listing(), path, title="تخصیص‌ها")

    return write


def finished() -> tuple[list[str], list[list[Any]]]:
    """Heads and rows as they stand in the cells of ours, in memory."""
    from budget_portal import exports
    from budget_portal.reading import one_snapshot

    with one_snapshot():
        found = listing()
        rows = [list(record.values()) for record in exports._records(found)]
    return [column.head for column in found.columns], rows


def openpyxl() -> Callable[[Path], object]:
    from openpyxl import Workbook

    heads, found = finished()

    def write(path: Path) -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("پروژه‌ها")
        sheet.sheet_view.rightToLeft = True
        sheet.append(heads)
        for row in found:
            sheet.append(row)
        book.save(path)

    return write


def tablib() -> Callable[[Path], object]:
    from tablib import Dataset

    heads, found = finished()

    def write(path: Path) -> None:
        data = Dataset(*found, headers=heads)
        path.write_bytes(data.export("xlsx"))

    return write


WRITERS = {"ours": ours, "openpyxl": openpyxl, "tablib": tablib}

if __name__ == "__main__":
    main(sys.argv[1])
