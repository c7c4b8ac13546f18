"""An agreement on paper in the official manner: its numbered forms in order, and both parties' signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from agreements.drafting import page, words
from agreements.drafting.cells import LONG
from agreements.drafting.document import HELD
from agreements.drafting.page import Desk, FormView, SectionView
from agreements.presenters.chains import subject
from agreements.workflow.versions import SYSTEMS
from budget_portal.digits import to_persian
from reports.pdf import print_html, static_root

DASH = "—"
SHEETS = ("report.css", "agreement-print.css")


Pair = tuple[str, str]  # label, value


@dataclass(frozen=True)
class Part:
    """One section; single fields stand two to a line, a long text has the line for itself."""

    section: SectionView
    lines: list[list[Pair]]


@dataclass(frozen=True)
class Sheet:
    """One form, of one project where it is filled per project."""

    view: FormView
    project: str
    parts: list[Part]


def sheet_of(view: FormView, project: str) -> Sheet:
    return Sheet(view, project, [Part(section, list(_lines(section))) for section in view.sections])


def _lines(section: SectionView) -> Iterator[list[Pair]]:
    line: list[Pair] = []
    for pair, is_long in _pairs(section):
        if line and (is_long or len(line) == 2):
            yield line
            line = []
        line = [*line, pair]
        if is_long:
            yield line
            line = []
    if line:
        yield line


def _pairs(section: SectionView) -> Iterator[tuple[Pair, bool]]:
    if section.section.rows != "single":
        return
    for row in section.rows:
        for cell in row.cells:
            value = to_persian(cell.printed) or DASH
            yield (_named(cell.cell.label, cell.cell.unit), value), cell.cell.sort == LONG
    for label, value, unit in section.facts:
        yield (_named(label, unit), to_persian(value)), False


def _named(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def html_of(agreement: Any) -> str:
    desk = Desk(agreement, editable=False)
    titles = {code: row.title for code, row in desk.derived.projects().items()}
    sheets = [
        sheet_of(page.build(desk, form, part), f"{titles.get(part, '')} ({part})" if part else "")
        for form in desk.forms
        for part in desk.document.parts(form)
    ]
    context = {
        "agreement": agreement,
        "subject": subject(agreement),
        "version": words.version_name(agreement),
        "system": SYSTEMS.get(agreement.external_system, ""),
        "is_draft": agreement.state not in HELD,
        "sheets": sheets,
        "styles": [(static_root() / "css" / name).as_uri() for name in SHEETS],
    }
    return render_to_string("reports/pdf/agreement.html", context)


def pdf_of(agreement: Any) -> bytes:
    """Tagged PDF; the same text gives the same bytes."""
    return print_html(html_of(agreement))
