"""Opening a submission: its lines come from the agreement in force at the cut-off and are kept fresh."""

from __future__ import annotations

from typing import Any

from accounts.decisions import require
from accounts.models import Agency, User
from agreements.models import AgreementProject, CapitalAgreement, ExpenseAgreement, ReportingPeriod
from budget_portal import audit
from budget_portal.moves import verb
from monitoring import checking, copied, dropped, entry, permissions
from monitoring.clocks import keeping
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)


@verb
def open_submission(
    agency: Agency, period: ReportingPeriod, kind: str, *, by: User | None
) -> PerformanceSubmission:
    """The submission of an agency, made as a draft with all its lines when it is not there yet."""
    submission, created = PerformanceSubmission.objects.get_or_create(agency=agency, period=period, kind=kind)
    if created:
        refresh(submission)
        checking.recheck(submission)
        audit.record("submission.opened", submission, by=by, after={"state": submission.state})
        keeping.start_entry(submission)
    return submission


@verb
def refresh_submission(submission_id: int, *, by: User) -> PerformanceSubmission:
    """The agency asks for credit and allocation as they stand now; figures that were typed stay."""
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can_fill(by, submission))
    refresh(submission)
    checking.recheck(submission)
    return submission


@verb
def hear_of_letter(submission_id: int, *, by: None) -> None:
    """A letter changed what is allocated: lines that are open for writing get it, figures that were typed stay."""
    submission: PerformanceSubmission = PerformanceSubmission.objects.locked(submission_id)
    if submission.is_editable:
        refresh(submission)
        checking.recheck(submission)


def refresh(submission: PerformanceSubmission) -> None:
    """Copy credit, allocation, plan and last figures anew into every line that is open for writing."""
    if submission.kind == "capital":
        _refresh_capital(submission)
    else:
        _refresh_expense(submission)


def _refresh_capital(submission: PerformanceSubmission) -> None:
    agency, period = submission.agency, submission.period
    agreed = copied.agreed_projects(agency, period).select_related("project", "agreement")
    projects = list(agreed.prefetch_related("schedule", "operations"))
    first = _first_versions(submission)
    credits, firsts = copied.capital_credits(projects), copied.capital_credits(first)
    released, last = copied.allocated(agency, period, "capital"), copied.last_capital(agency, period)
    named = {line.project_id: line.agreement_project_id for line in last.values()}
    named |= {row.project_id: row.pk for row in (*first, *projects)}
    wanted: dict[copied.Key, dict[str, Any]] = {}
    for key in sorted({*credits, *released, *last}):
        is_asked = key in credits or _lives_on(released.get(key), last.get(key), moved=False)
        if is_asked and key[0] in named:
            wanted[key] = _ceilings(credits.get(key, 0), firsts.get(key, 0), released.get(key), last.get(key))
            wanted[key]["agreement_project_id"] = named[key[0]]
    left = _upsert_lines(CapitalFinanceLine, submission, copied.CAPITAL_KEY, wanted)
    dropped.take_out(submission, "capital", left)
    if not period.is_closing:
        _refresh_progress(submission, projects)


def _refresh_progress(submission: PerformanceSubmission, projects: list[AgreementProject]) -> None:
    last = copied.last_progress(submission.agency, submission.period)
    opened = permissions.open_lines(submission)
    gone = ProjectProgress.objects.filter(submission=submission).exclude(
        project__in=[row.project_id for row in projects]
    )
    dropped.take_out(submission, "project", [row for row in gone if opened(row.project_id, None)])
    for row in projects:
        is_open = opened(row.project_id, None)
        values = {
            "agreement_project_id": row.pk,
            "previous": last.get(row.project_id),
            "planned_progress": copied.planned_progress(row, submission.period),
        }
        progress = ProjectProgress.objects.filter(submission=submission, project=row.project_id).first()
        if progress is None:
            if not is_open:
                continue
            before = last.get(row.project_id)
            status = before.status if before else row.project.status
            progress = ProjectProgress.objects.create(
                submission=submission, project=row.project, status=status, **values
            )
        elif is_open:
            _assign(progress, values)
        _refresh_operations(progress, row, is_open)


def _refresh_operations(progress: ProjectProgress, agreed: AgreementProject, is_open: bool) -> None:
    """One row per operation of the version; quantities follow the operation's key into a new version.

    What was typed into an operation that the version dropped stays beside them and counts no more."""
    if not is_open:
        return
    rows = {row.operation.key: row for row in progress.operations.select_related("operation")}
    for operation in agreed.operations.all():
        row = rows.pop(operation.key, None)
        if row is None:
            OperationProgress.objects.create(progress=progress, operation=operation)
        elif row.operation_id != operation.pk:
            row.operation = operation
            row.save(update_fields=["operation"])
    if not progress.held:
        dropped.take_out(progress.submission, "operation", rows.values())
        entry.recompute_progress(progress)


def _refresh_expense(submission: PerformanceSubmission) -> None:
    agency, period = submission.agency, submission.period
    agreement = copied.agreed_expense(agency, period).first()
    if agreement is None:
        return
    credits = copied.expense_credits([agreement])
    firsts = copied.first_expense_credits(agency, period)
    released, last = copied.allocated(agency, period, "expense"), copied.last_expense(agency, period)
    away = copied.moved_away(agency, period)
    wanted: dict[copied.Key, dict[str, Any]] = {}
    for key in sorted({*credits, *released}):
        if key not in credits and not _lives_on(released[key], last.get(key), moved=key[0] in away):
            continue
        wanted[key] = _ceilings(credits.get(key, 0), firsts.get(key, 0), released.get(key), last.get(key))
        wanted[key]["agreement_id"] = agreement.pk
    left = _upsert_lines(ExpenseFinanceLine, submission, copied.EXPENSE_KEY, wanted)
    dropped.take_out(submission, "expense", left)
    _refresh_activities(submission, agreement)


def _lives_on(released: copied.Allocated | None, last: Any, *, moved: bool) -> bool:
    """Whether a line without credit is still asked for: money is out, or was spent by this very agency."""
    if released and (released.cash or released.securities or released.collected):
        return True
    return not moved and last is not None and bool(last.received or last.spent)


def _refresh_activities(submission: PerformanceSubmission, agreement: ExpenseAgreement) -> None:
    last = copied.last_activities(submission.agency, submission.period)
    rows = {
        row.activity.key: row
        for row in ActivityPerformance.objects.filter(submission=submission).select_related("activity")
    }
    opened = permissions.open_lines(submission)
    for activity in agreement.activities.all():
        values = {"activity_id": activity.pk, "previous": last.get(activity.key)}
        row = rows.pop(activity.key, None)
        if row is None:
            if opened(None, activity.programme_id):
                ActivityPerformance.objects.create(submission=submission, **values)
        elif opened(None, activity.programme_id):
            _assign(row, values)
    gone = [row for row in rows.values() if opened(None, row.activity.programme_id)]
    dropped.take_out(submission, "activity", gone)


def _first_versions(submission: PerformanceSubmission) -> list[AgreementProject]:
    own = {"agency": submission.agency_id, "fiscal_year": submission.period.fiscal_year_id, "version": 1}
    return list(AgreementProject.objects.filter(agreement__in=CapitalAgreement.objects.filter(**own)))


def _ceilings(credit: int, first: int, released: copied.Allocated | None, previous: Any) -> dict[str, Any]:
    released = released or copied.Allocated()
    return {
        "approved_credit": first,
        "credit_in_force": credit,
        "allocated_cash": released.cash,
        "allocated_securities": released.securities,
        "collected": released.collected,
        "previous": previous,
    }


def _upsert_lines(
    model: Any,
    submission: PerformanceSubmission,
    fields: tuple[str, ...],
    wanted: dict[copied.Key, dict[str, Any]],
) -> list[Any]:
    """Make the lines that are missing and mend those that differ, where the submission is open for writing.

    Open lines that the agreement has no more get no credit and are given back."""
    rows = {tuple(getattr(row, name) for name in fields): row for row in _lines_of(model, submission)}
    opened, missing = permissions.open_lines(submission), []
    nothing = dict.fromkeys(("credit_in_force", "allocated_cash", "allocated_securities"), 0)
    for key in {**wanted, **rows}:
        parts = dict(zip(fields, key, strict=True))
        if not opened(parts.get("project_id"), parts.get("programme_id"), parts.get("expense_chapter_id")):
            rows.pop(key, None)
        elif key in rows:
            _assign(rows[key], wanted.get(key, nothing))
        else:
            skipped = _not_applicable(model, submission, wanted[key])
            missing.append(model(submission=submission, not_applicable=skipped, **parts, **wanted[key]))
    model.objects.bulk_create(missing)
    return [row for key, row in rows.items() if key not in wanted]


def _lines_of(model: Any, submission: PerformanceSubmission) -> Any:
    return model.objects.filter(submission=submission).select_related("previous")


def _not_applicable(model: Any, submission: PerformanceSubmission, values: dict[str, Any]) -> list[str]:
    """Cells that a form of this cut-off does not ask: returned money, and securities where none were given."""
    if model is not CapitalFinanceLine:
        return []
    cells = [] if submission.period.is_closing else ["returned"]
    return cells if values["allocated_securities"] else [*cells, "received_securities"]


def _assign(row: Any, values: dict[str, Any]) -> None:
    """Write only what differs, so that the log tells only of changes."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if (
        "allocated_securities" in changed
        and "received_securities" in row.not_applicable
        and row.allocated_securities
    ):
        row.not_applicable = [cell for cell in row.not_applicable if cell != "received_securities"]
        changed.append("not_applicable")
    if changed:
        row.save(update_fields=changed)
