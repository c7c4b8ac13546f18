"""What the demo people of agency 1001 find: a draft with every kind of cell, and a submission that came back once."""

from __future__ import annotations

from typing import Any

from accounts.models import Agency, User
from budget_portal.digits import to_persian
from monitoring import documents, entry, opening
from monitoring.models import (
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from reports.demo import courses, pictures, then
from reports.demo.explaining import explain
from reports.demo.ground import Ground
from reports.demo.plan import PERIODS
from reports.demo.register import Service, Work

CODE = "1001"
LAST, YEAR_END = len(PERIODS) - 1, PERIODS.index("1404-Q4")
REASON = "رقم دریافتی با گواهی خزانه نمی‌خواند؛ گواهی پایان سال را پیوست و رقم را اصلاح کنید."


def write(ground: Ground, agency: Agency, works: list[Work], service: Service) -> None:
    _closing(ground, agency, works)
    _capital_draft(ground, agency, works)
    _expense_draft(ground, agency, service)


def _typed(ground: Ground, kind: str, row: Any, cell: str, text: object) -> None:
    entry.save_cell(kind, row.pk, cell, str(text), version=None, by=ground.people["agency"])


# --- the open cut-off ---------------------------------------------------------------------------------------------


def _capital_draft(ground: Ground, agency: Agency, works: list[Work]) -> None:
    """Complete, blocked by a rule, half filled, unreadable, and untouched: one project of each."""
    person = ground.people["agency"]
    submission = opening.open_submission(agency, ground.periods["1405-Q2"], "capital", by=person)
    kinds = ("complete", "blocked", "half", "unreadable", "untouched")
    for work, kind in zip(works, kinds, strict=False):
        if kind == "untouched":
            continue
        _money(ground, submission, work, kind)
        _work(ground, submission, work, kind)


def _money(ground: Ground, submission: PerformanceSubmission, work: Work, kind: str) -> None:
    lines = CapitalFinanceLine.objects.filter(submission=submission, project=work.project)
    for line in lines.select_related("funding_source"):
        money = work.course.money[line.funding_source.code]
        received, spent = money.received[LAST], money.spent[LAST]
        _typed(ground, "capital", line, "received_cash", received)
        if kind == "half":
            continue
        told: object = {"blocked": received + 850, "unreadable": f"{spent} حدوداً"}.get(kind, spent)
        _typed(ground, "capital", line, "spent", told)
        _typed(ground, "capital", line, "advances_open", (received - spent) // 3)
        _typed(ground, "capital", line, "commitments_open", 0)


def _work(ground: Ground, submission: PerformanceSubmission, work: Work, kind: str) -> None:
    rows = OperationProgress.objects.filter(progress__submission=submission, progress__project=work.project)
    parts = list(rows.select_related("operation").order_by("operation__key"))
    sizes = [(part.operation.target_quantity, part.operation.weight) for part in parts]
    for part, done in zip(parts, courses.quantities(work.course.actual[LAST], sizes), strict=True):
        if not (kind == "half" and part is parts[-1]):
            _typed(ground, "operation", part, "quantity_done", done)
    if kind == "complete":
        row = ProjectProgress.objects.get(submission=submission, project=work.project)
        _typed(ground, "project", row, "workers", 34)
        _typed(ground, "project", row, "next_activity", "تکمیل زیرسازی و آغاز روسازی")


def _expense_draft(ground: Ground, agency: Agency, service: Service) -> None:
    """Begun: the first lines have figures."""
    person = ground.people["agency"]
    submission = opening.open_submission(agency, ground.periods["1405-Q2"], "expense", by=person)
    lines = ExpenseFinanceLine.objects.filter(submission=submission).order_by("pk")
    for line in lines.select_related("funding_source", "expense_chapter")[:2]:
        money = service.lines[line.expense_chapter.code, line.funding_source.code]
        _typed(ground, "expense", line, "received", money.received[LAST])
        _typed(ground, "expense", line, "spent", money.spent[LAST])
        _typed(ground, "expense", line, "commitments_open", 0)


# --- the closing cut-off of the year before -------------------------------------------------------------------------


def _closing(ground: Ground, agency: Agency, works: list[Work]) -> None:
    """Sent, returned for one line, corrected and sent again: it waits for the treasurer."""
    person, treasurer = ground.people["agency"], ground.people["treasurer"]
    submission = opening.open_submission(agency, ground.periods["1404-CLOSING"], "capital", by=person)
    _fill_closing(submission, works)
    _papers(submission, person)
    line = CapitalFinanceLine.objects.filter(submission=submission).order_by("pk")[0]
    with then.at(then.days_ago(7, hour=9, minute=40)):
        explain(submission, person)
        submissions.submit(submission.pk, by=person, accept_missing=True)
    with then.at(then.days_ago(6, hour=11, minute=5)):
        submissions.return_to_agency(
            submission.pk, by=treasurer, lines=[Return(REASON, project_id=line.project_id)]
        )
    with then.at(then.days_ago(3, hour=8, minute=50)):
        _typed(ground, "capital", line, "received_cash", (line.received_cash or 0) + 120)
        _typed(ground, "capital", line, "returned", (line.returned or 0) + 120)
        explain(submission, person)
        submissions.submit(submission.pk, by=person, accept_missing=True)


def _papers(submission: PerformanceSubmission, person: User) -> None:
    """Statements of three projects: the treasurer opens a random one of them before signing."""
    lines = CapitalFinanceLine.objects.filter(submission=submission).select_related("project").order_by("pk")
    projects = list(dict.fromkeys(line.project for line in lines))[:3]
    for number, project in enumerate(projects, start=1):
        title = f"صورت‌وضعیت قطعی شمارهٔ {to_persian(number)}"
        file = pictures.letter(submission.agency.organization, person, f"{1400 + number}")
        documents.add(submission.pk, by=person, file=file, title=title, project=project)


def _fill_closing(submission: PerformanceSubmission, works: list[Work]) -> None:
    """What was received by the year's end is spent or returned (V7)."""
    by_project = {work.project.pk: work for work in works}
    lines = list(CapitalFinanceLine.objects.filter(submission=submission).select_related("funding_source"))
    for line in lines:
        money = by_project[line.project_id].course.money[line.funding_source.code]
        received, spent = money.received[YEAR_END], money.spent[YEAR_END]
        line.received_cash, line.spent = received, spent + (received - spent) // 2
        line.returned = received - line.spent
        line.advances_open = line.commitments_open = 0
    CapitalFinanceLine.objects.bulk_update(
        lines, ["received_cash", "spent", "returned", "advances_open", "commitments_open"]
    )
