"""Judging rows by the rule table and keeping the hits (`CheckResult`) beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from agreements.models import WorkOperation
from monitoring import copied, permissions, rules, spending
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.progress import Operation, physical_progress
from monitoring.querysets import CONFIRMED
from monitoring.ratios import as_percent
from monitoring.rules import Hit

LINE_PLACE = ("project_id", "programme_id", "expense_chapter_id")
UNREADABLE = "READ"
UNAGREED = "NOT_AGREED"
UNAGREED_SENTENCE = (
    "این ردیف در موافقتنامهٔ معتبر در تاریخ مقطع نیست و آنچه نوشته شده مانده است. "
    "اگر نباید بماند، خانه‌ها را پاک کنید و ردیف‌ها را از موافقتنامه تازه کنید."
)
UNREADABLE_SENTENCE = "«{raw}» خوانده نشد. رقم را دوباره بنویسید."


def recheck(
    submission: PerformanceSubmission, *, project: int | None = None, programme: int | None = None
) -> None:
    """Judge a submission anew: all of it, or one project, or one programme."""
    if submission.kind == "capital":
        _recheck_capital(submission, project)
    else:
        _recheck_expense(submission, programme)
    if submission.rule_set != rules.RULE_SET_VERSION:
        submission.rule_set = rules.RULE_SET_VERSION
        submission.save(update_fields=["rule_set"])


def computed_progress(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> Decimal | None:
    """P of one project from the quantities done, percent with two places."""
    return as_percent(physical_progress(_operations(operations)))


def counts(part: OperationProgress, row: ProjectProgress) -> bool:
    """Whether an operation is one of the version that the project is measured against."""
    return part.operation.agreement_project_id == row.agreement_project_id


def _operations(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> tuple[Operation, ...]:
    return tuple(Operation(target=o.target_quantity, weight=o.weight, done=done) for o, done in operations)


def _recheck_capital(submission: PerformanceSubmission, project: int | None) -> None:
    only = {"project": project} if project else {}
    lines = CapitalFinanceLine.objects.filter(submission=submission, **only).select_related(
        "previous", "funding_source"
    )
    rows = ProjectProgress.objects.filter(submission=submission, **only).select_related(
        "previous__submission__period"
    )
    rows = spending.with_costs(rows, submission.period)
    agreed = copied.agreed_credits(submission.agency_id, submission.period, submission.kind, **only)
    opened = permissions.open_lines(submission)
    found = _judged_lines(lines, submission, agreed, opened)
    known = {key[0] for key in agreed} | {line.project_id for line in lines}
    for row in rows.prefetch_related("operations__operation", "delay_causes__cause"):
        if row.project_id not in known and opened(row.project_id, None):
            found.append((row, _unagreed()))
        found += [(row, hit) for hit in progress_hits(row, submission, lines)]
        for part in [] if row.held else row.operations.all():
            part.progress = row
            found += [(part, hit) for hit in _unreadable(part)]
            found += [] if counts(part, row) else [(part, _unagreed())]
    _store(submission, found, only)


def _recheck_expense(submission: PerformanceSubmission, programme: int | None) -> None:
    only = {"programme": programme} if programme else {}
    lines = list(
        ExpenseFinanceLine.objects.filter(submission=submission, **only).select_related(
            "previous", "funding_source"
        )
    )
    activity_only = {"activity__programme": programme} if programme else {}
    activities = list(
        ActivityPerformance.objects.filter(submission=submission, **activity_only).select_related("activity")
    )
    agreed = copied.agreed_credits(submission.agency_id, submission.period, submission.kind, **only)
    found = _judged_lines(lines, submission, agreed, permissions.open_lines(submission))
    for row in activities:
        context = rules.ActivityContext(
            target_volume=row.activity.target_volume, quarter=submission.period.quarter
        )
        figures = rules.ActivityFigures(volume=row.volume_done, reason=row.low_volume_reason)
        found += [(row, hit) for hit in _unreadable(row)]
        if lines and row.activity.agreement_id not in {line.agreement_id for line in lines}:
            found.append((row, _unagreed()))
            continue
        found += [(row, hit) for hit in rules.check_activity(figures, context)]
    for key in {row.activity.programme_id for row in activities}:
        mine = [row for row in activities if row.activity.programme_id == key]
        totals = rules.ProgrammeFigures(
            activity_costs=tuple(row.cost for row in mine),
            spent=tuple(line.spent for line in lines if line.programme_id == key and not line.held),
        )
        found += [(mine[0], hit) for hit in rules.check_programme(totals)]
    _store(submission, found, only)


def _judged_lines(
    lines: Iterable[Any],
    submission: PerformanceSubmission,
    agreed: dict[Any, int],
    opened: Callable[..., bool],
) -> list[tuple[Any, Hit]]:
    """V11 asks lines that are open for writing; what is locked was sent with the version that it names.
    A line that the agreement has no more stays for what was typed into it, and is marked."""
    key = copied.CAPITAL_KEY if submission.kind == "capital" else copied.EXPENSE_KEY
    found: list[tuple[Any, Hit]] = []
    for line in lines:
        credit, agreement = line.credit_in_force, tuple(getattr(line, name) for name in key)
        if opened(*(getattr(line, name, None) for name in LINE_PLACE)):
            credit = agreed.get(agreement, 0)
            found += [(line, _unagreed())] if agreement not in agreed else []
        found += [(line, hit) for hit in line_hits(line, submission, credit)]
    return found


def line_hits(line: Any, submission: PerformanceSubmission, agreed: int) -> list[Hit]:
    """What the rules say of one money line and its agreed credit; a held line is not judged again."""
    if line.held:
        return []
    context = rules.Context(
        credit_in_force=agreed,
        allocated_cash=line.allocated_cash,
        allocated_securities=line.allocated_securities,
        collected=line.collected,
        is_own_revenue=line.funding_source.kind == "own_revenue",
        is_closing=submission.period.is_closing,
        last=figures_of(line.previous) if line.previous else None,
    )
    return _unreadable(line) + rules.check_line(figures_of(line), context)


def figures_of(line: Any) -> rules.Figures:
    cls = rules.CapitalFigures if isinstance(line, CapitalFinanceLine) else rules.ExpenseFigures
    return cls(
        credit_in_force=line.credit_in_force,
        not_applicable=frozenset(line.not_applicable),
        reason=line.reason,
        **{cell: getattr(line, cell) for cell in cls.MONEY},
    )


def progress_hits(
    row: ProjectProgress, submission: PerformanceSubmission, lines: Iterable[CapitalFinanceLine]
) -> list[Hit]:
    if row.held:
        return []
    operations = [(part.operation, part.quantity_done) for part in row.operations.all() if counts(part, row)]
    figures = rules.ProgressFigures(
        operations=_operations(operations),
        status=row.status,
        causes={cause.cause.code: cause.share for cause in row.delay_causes.all()},
        reason=row.reason,
    )
    before = row.previous
    context = rules.ProjectContext(
        last_approved=before.physical_progress if before else None,
        quarters_since_last=_quarters_between(before, submission),
        planned=row.planned_progress,
        visit_measured=_measured(row, submission),
        spent_in_two_cutoffs=spending.in_two_cutoffs(row, lines),
    )
    return _unreadable(row) + rules.check_project(figures, context)


def _measured(row: ProjectProgress, submission: PerformanceSubmission) -> Decimal | None:
    """Of confirmed visits only: the agency reads this, and sees no visit before its confirmation."""
    visits = FieldVisit.objects.filter(
        project=row.project_id,
        period=submission.period_id,
        state__in=CONFIRMED,
        physical_progress__isnull=False,
    )
    return visits.order_by("-visited_on").values_list("physical_progress", flat=True).first()


def _quarters_between(before: ProjectProgress | None, submission: PerformanceSubmission) -> int:
    if before is None:
        return 1
    then, now = before.submission.period.cutoff_date, submission.period.cutoff_date
    return max(1, round((now - then).days / 91))


def _unagreed() -> Hit:
    return Hit(
        code=UNAGREED,
        severity=rules.Severity.WARN,
        cell="",
        sentence=UNAGREED_SENTENCE,
        expected=None,
        actual=None,
        difference=None,
    )


def _unreadable(row: Any) -> list[Hit]:
    return [
        Hit(
            code=UNREADABLE,
            severity=rules.Severity.BLOCK,
            cell=cell,
            sentence=UNREADABLE_SENTENCE.format(raw=text),
            expected=None,
            actual=None,
            difference=None,
        )
        for cell, text in row.raw.items()
    ]


def _store(submission: PerformanceSubmission, found: list[tuple[Any, Hit]], only: dict[str, int]) -> None:
    """Replace the hits of these rows; an explanation of the same rule, row and cell stays."""
    old = {(r.rule, r.row, r.cell): r for r in CheckResult.objects.filter(submission=submission, **only)}
    new = []
    for row, hit in found:
        values = _values(row, hit)
        kept = old.pop((hit.code, values["row"], hit.cell), None)
        if kept is None:
            new.append(CheckResult(submission=submission, rule=hit.code, cell=hit.cell, **values))
        elif any(getattr(kept, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(kept, name, value)
            kept.save()
    CheckResult.objects.bulk_create(new)
    if old:
        CheckResult.objects.filter(pk__in=[row.pk for row in old.values()]).delete()


def row_name(row: Any) -> str:
    """How a hit names its row: `capitalfinanceline:12`."""
    return f"{row._meta.model_name}:{row.pk}"


def _values(row: Any, hit: Hit) -> dict[str, Any]:
    programme = getattr(row, "programme_id", None)
    project = getattr(row, "project_id", None)
    if isinstance(row, ActivityPerformance):
        programme = row.activity.programme_id
    if isinstance(row, OperationProgress):
        project = row.progress.project_id
    return {
        "row": row_name(row),
        "rule_set": rules.RULE_SET_VERSION,
        "severity": str(hit.severity),
        "project_id": project,
        "programme_id": programme,
        "sentence": hit.sentence,
        "expected": "" if hit.expected is None else str(hit.expected),
        "actual": "" if hit.actual is None else str(hit.actual),
        "difference": "" if hit.difference is None else str(hit.difference),
    }
