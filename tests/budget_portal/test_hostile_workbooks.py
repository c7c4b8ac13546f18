"""Hostile workbooks are refused within a second and 150 MB; measured in processes of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from budget_portal.tables.reader import UnreadableTable, read_heads, read_rows
from tests.hostile import workbooks

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 1.0, 150
MEASURE = """
import json, pathlib, resource, sys, time
from budget_portal.tables import reader
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
try:
    reader.read_heads(pathlib.Path(sys.argv[1]))
    said = ""
except reader.UnreadableTable as refused:
    said = str(refused)
took = time.perf_counter() - began
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"said": said, "seconds": took, "megabytes": max(grown, child) / 1024}))
"""


def measured(path: Path) -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", sorted(workbooks.HOSTILE))
def test_a_hostile_workbook_is_refused_in_a_second_and_little_memory(
    name: str, tmp_path: Path, figure: Any
) -> None:
    make, words = workbooks.HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(make())
    found = min((measured(path) for _ in range(2)), key=lambda run: float(str(run["seconds"])))
    assert re.search(words, str(found["said"])), found
    assert float(str(found["seconds"])) < SECONDS, found
    assert float(str(found["megabytes"])) < MEGABYTES, found
    figure(f"P8: {name} refused in {found['seconds']:.2f} s with {found['megabytes']:.0f} MB")


def test_five_kilobytes_are_five_kilobytes() -> None:
    """The worst of them are small enough for any limit of size."""
    assert len(workbooks.cell_at("XFD1048576")) < 8_000
    assert len(workbooks.repeated_ods()) < 5_000


def test_an_honest_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.honest())
    assert read_rows(path)[0] == list(workbooks.HEADER)


def test_an_ods_is_read_with_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(workbooks.ods(workbooks.ods_row("دستگاه", "مبلغ") + workbooks.ods_row("1001", 12.5)))
    assert read_rows(path) == [["دستگاه", "مبلغ"], ["1001", 12.5]]
    (head,) = read_heads(path)
    assert (head.name, head.height) == ("برگه", 2)


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(workbooks.honest())
    with pytest.raises(UnreadableTable):
        read_rows(path)
