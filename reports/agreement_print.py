"""An agreement on paper in the official manner: its numbered forms in order, and both parties' signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from agreements.drafting import page, words
from agreements.drafting.document import HELD
from agreements.drafting.page import Desk, FormView
from agreements.presenters.chains import subject
from agreements.workflow.versions import SYSTEMS
from reports.pdf import print_html, static_root

SHEETS = ("report.css", "agreement-print.css")


@dataclass(frozen=True)
class Sheet:
    """One form, of one project where it is filled per project."""

    view: FormView
    project: str


def html_of(agreement: Any) -> str:
    desk = Desk(agreement, editable=False)
    titles = {code: row.title for code, row in desk.derived.projects().items()}
    sheets = [
        Sheet(page.build(desk, form, part), f"{titles.get(part, '')} ({part})" if part else "")
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
