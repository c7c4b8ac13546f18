"""What stands around the grid: title, deadline, steps, tabs, filters, footer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.decisions import Decision
from accounts.models import Agency, User
from agreements.models import AgreementProject, ExpenseAgreement, ReportingPeriod
from agreements.models.projects import STATUSES
from budget_portal.signers import signer
from monitoring import permissions
from monitoring.models import DelayCause, PerformanceSubmission, ReturnMark
from monitoring.presenters import deadlines, words
from monitoring.presenters.grid import FILTERS, Grid


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None
    tone: str = ""
    key: str = ""


def tabs(period: ReportingPeriod, kind: str, count: int | None = None) -> list[Tab]:
    return [
        Tab(
            title,
            reverse("monitoring:entry", args=[period.code, name]),
            name == kind,
            count if name == kind else None,
        )
        for name, title in words.KINDS.items()
    ]


def chips(grid: Grid, chosen: str) -> list[Tab]:
    """Filters with their counts; those that would show nothing are left out, but never the open one."""
    return [
        Tab(
            label,
            "?" + urlencode({"rows": name}) if name else "?",
            name == chosen,
            grid.counts.get(name, 0),
            "bad" if name == "fix" and grid.counts.get(name) else "",
            name,
        )
        for name, label in FILTERS
        if name in {"", "fix", "missing", chosen} or grid.counts.get(name)
    ]


def context(user: User, submission: PerformanceSubmission, grid: Grid, chosen: str) -> dict[str, Any]:
    period = submission.period
    window = permissions.window_of(submission)
    return {
        "submission": submission,
        "period": period,
        "kind": submission.kind,
        "period_title": words.period_title(period),
        "agency": submission.agency,
        "grid": grid,
        "overview": grid.overview,
        "due": deadlines.entry_due(submission, window, grid.marks),
        "steps": words.steps(submission),
        "tabs": tabs(period, submission.kind, grid.overview.total),
        "chips": chips(grid, chosen),
        "chosen": chosen,
        "locked": "" if grid.may_write else getattr(grid.may_write, "reason", ""),
        "page_links": _page_links(grid, chosen),
        "saved_at": grid.overview.changed_at,
        "lines": [row for row in grid.rows if getattr(row, "kind", "") == "line"],
        "activities": [row for row in grid.rows if getattr(row, "kind", "") == "activity"],
        **row_context(submission, True),
    }


def row_context(submission: PerformanceSubmission, with_causes: bool) -> dict[str, Any]:
    """What the partial of one project needs besides its row."""
    return {
        "period": submission.period,
        "kind": submission.kind,
        "is_closing": submission.period.is_closing,
        "row_columns": 10 if submission.period.is_closing else 13,
        "submission": submission,
        "statuses": list(STATUSES.items()),
        "causes": list(DelayCause.objects.all()) if with_causes and submission.kind == "capital" else [],
    }


def _page_links(grid: Grid, chosen: str) -> list[Tab]:
    if grid.pages == 1:
        return []
    return [
        Tab(f"صفحهٔ {number}", "?" + urlencode({"rows": chosen, "page": number}), number == grid.page)
        for number in range(1, grid.pages + 1)
    ]


def start_context(
    user: User, agency: Agency, period: ReportingPeriod, kind: str, decision: Decision
) -> dict[str, Any]:
    """The page before the first draft: what would be opened, or why not."""
    fresh = PerformanceSubmission(agency=agency, period=period, kind=kind)
    window = permissions.window_of(fresh)
    return {
        "period": period,
        "kind": kind,
        "period_title": words.period_title(period),
        "agency": agency,
        "may_start": bool(decision),
        "reason": getattr(decision, "reason", ""),
        "due": deadlines.entry_due(fresh, window, []),
        "steps": words.steps(None),
        "tabs": tabs(period, kind),
        "count": _agreed(agency, period, kind),
        "rows_of": words.ROWS_OF[kind],
    }


def _agreed(agency: Agency, period: ReportingPeriod, kind: str) -> int:
    """How many projects, or lines of credit, the agreement in force has."""
    if kind == "capital":
        rows = AgreementProject.objects.in_force(period.cutoff_date)
        own = rows.filter(agreement__agency=agency, agreement__fiscal_year=period.fiscal_year_id)
        return int(own.count())
    agreements = ExpenseAgreement.objects.filter(agency=agency, fiscal_year=period.fiscal_year_id)
    agreement = agreements.in_force(period.cutoff_date).first()
    return int(agreement.credits.count()) if agreement else 0


@dataclass(frozen=True)
class Returned:
    """One line that was sent back, as «برگشتی‌ها» and the inbox show it."""

    title: str
    what: str
    stage: str
    by: str
    code: str
    reason: str
    due: words.Due | None
    url: str
    at: Any

    @property
    def note(self) -> str:
        code = f"{self.code}: " if self.code else ""
        return f"{self.what} · {self.stage} ({self.by}): {code}«{self.reason}»"

    @property
    def badge(self) -> str:
        return f"برگشتی از {self.stage}"

    @property
    def age(self) -> str:
        return self.due.title if self.due else words.age(self.at)

    @property
    def age_tone(self) -> str:
        return self.due.tone if self.due and self.due.tone != "calm" else ""


def returned_rows(marks: Iterable[ReturnMark]) -> list[Returned]:
    return [_returned(mark) for mark in marks]


def _returned(mark: ReturnMark) -> Returned:
    submission = mark.submission
    url = reverse("monitoring:entry", args=[submission.period.code, submission.kind]) + "?rows=returned"
    if mark.project_id:
        url += f"&open={mark.project_id}#p-{mark.project_id}"
    line = mark.project or " – ".join(str(part) for part in (mark.programme, mark.expense_chapter) if part)
    return Returned(
        title=str(line or "همهٔ پرونده"),
        what=f"{words.KINDS[submission.kind]} – {words.period_name(submission.period)}",
        stage=words.stage_name(mark),
        by=signer(mark, "opened"),
        code=str(mark.reason_code or ""),
        reason=mark.reason,
        due=words.days_left(mark.due_on, what="مهلت اصلاح") if mark.due_on else None,
        url=url,
        at=mark.opened_at,
    )
