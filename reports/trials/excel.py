"""One expert of an agency at the pages of Excel: takes the template, fills it, uploads it, writes its good rows."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from agreements.imports.error_file import write_row
from budget_portal import jobs
from budget_portal.errors import RuleBroken
from budget_portal.models import Job
from budget_portal.tables import reader
from budget_portal.tables.grammar import shown
from budget_portal.tables.reader import Cell
from monitoring.models import SheetLoad
from monitoring.sheets import form, judging, loads
from reports.trials.pages import NOT_TAKEN, Pages

NOT_WRITTEN = "«{name}» نوشته نشد."
# Sheet -> (columns that name a row, what is written into it: key of the row -> head of a column -> figure)
Rows = Mapping[tuple[str, ...], Mapping[str, Cell]]
Figures = Mapping[str, tuple[tuple[str, ...], Rows]]


@dataclass
class Filled:
    """What came of one upload: how its rows were judged, and what was left out with its sentence."""

    load: SheetLoad
    counts: dict[str, int] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)  # code of the row, why


class Excel(Pages):
    """The pages of one agency for one form."""

    def fill(
        self, address: str, figures: Figures, *, own: Mapping[str, list[list[Cell]]] | None = None
    ) -> Filled:
        """Template, figures, upload, writing. Rows with errors are left out by the person's word."""
        with override_settings(SECOND_FACTOR_ROLES=frozenset()):
            # A draft that was opened before the letters came hears of them a little later; a person asks at once.
            self.client.post(f"{address}refresh/", secure=settings.HTTPS)
        content = fill(self.read(f"{address}template.xlsx"), figures, own or {})
        with override_settings(SECOND_FACTOR_ROLES=frozenset()):
            file = SimpleUploadedFile("filled.xlsx", content)
            load = self._read(self._post(f"{address}import/", {"file": file}))
            filled = judged(load)
            if filled.counts.get(judging.OK):
                page = f"{address}sheets/{load.public_id}/"
                self._worked(self._post(page, {"partly": "1", "seen": ""}))
        load.refresh_from_db()
        if filled.counts.get(judging.OK) and load.applied_at is None:
            raise RuleBroken(NOT_WRITTEN.format(name=load.file))
        return filled

    def _read(self, url: str) -> SheetLoad:
        """The load behind the address of its preview, or of the job that reads it."""
        rows = SheetLoad.objects.select_related("submission__period__fiscal_year", "made_by")
        job = self._worked(url)
        named = {"pk": job.params["load"]} if job else {"public_id": url.rstrip("/").rpartition("/")[2]}
        found: SheetLoad = rows.get(**named)
        if found.tables is None:
            raise RuleBroken(NOT_TAKEN.format(page=url))
        return found

    def _worked(self, url: str) -> Job | None:
        """A long file goes to a worker: this process is one."""
        if "/jobs/" not in url:
            return None
        job: Job = Job.objects.get(public_id=url.rstrip("/").rpartition("/")[2])
        jobs.run(job.pk)
        return job


def judged(load: SheetLoad) -> Filled:
    acting = load.made_by.act_through(load.made_by.memberships.get())
    sheets = loads.sheets_of(load, form.of(load.submission, acting))
    filled = Filled(load)
    for sheet in sheets:
        for result, count in judging.counts(sheet.results).items():
            filled.counts[result] = filled.counts.get(result, 0) + count
        filled.left_out += [
            (row.key, " ".join(row.sentences)) for row in sheet.results if row.result in judging.BAD
        ]
    return filled


def fill(template: bytes, figures: Figures, own: Mapping[str, list[list[Cell]]]) -> bytes:
    """The workbook with figures in its cells, as a person leaves it: rows that the template has not come below its
    own; sheets of one's own come last."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        path.write_bytes(template)
        heads = reader.read_heads(path)
        sheets = {
            head.name: reader.read_sheet(path, sheet=place).rows for place, head in enumerate(heads, start=1)
        }
    for name, (keys, rows) in figures.items():
        _put(sheets[name], keys, rows)
    return written({**sheets, **own})


def _put(rows: list[list[Cell]], keys: tuple[str, ...], figures: Rows) -> None:
    heads = [shown(cell).partition(" (")[0] for cell in rows[0]]
    places = [heads.index(key) for key in keys]
    left = dict(figures)
    for row in rows[1:]:
        for head, value in left.pop(tuple(shown(row[place]) for place in places), {}).items():
            row[heads.index(head)] = value
    for key, values in left.items():
        added: list[Cell] = [None] * len(heads)
        for place, code in zip(places, key, strict=True):
            added[place] = code
        for head, value in values.items():
            added[heads.index(head)] = value
        rows.append(added)


def written(sheets: Mapping[str, list[list[Cell]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            write_row(sheet, number, row)
    book.close()
    return out.getvalue()


def by_rule(hits: Any) -> dict[str, dict[str, int]]:
    """Rule -> agency -> hits."""
    found: dict[str, dict[str, int]] = {}
    for rule, agency in hits.values_list("rule", "submission__agency__name").order_by("rule"):
        agencies = found.setdefault(rule, {})
        agencies[agency] = agencies.get(agency, 0) + 1
    return found
