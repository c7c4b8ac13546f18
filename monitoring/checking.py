"""Judging rows by the rule table and keeping the hits (`CheckResult`) beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Func, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce

from agreements.models import Contract, ContractChange
from monitoring import copied, permissions, rule_inputs, rules, spending
from monitoring.cells import why_unreadable
from monitoring.evidence import policy
from monitoring.kept_hits import row_name, store
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    OperationProgress,
    PerformanceSubmission,
    ProjectDelayCause,
    ProjectProgress,
)
from monitoring.progress import Operation
from monitoring.querysets import CONFIRMED
from monitoring.rulebook import in_force
from monitoring.rules import Hit
from monitoring.rules.base import Scope
from monitoring.rules.book import RuleBook
from monitoring.rules.physical import V9

LINE_PLACE = ("project_id", "programme_id", "expense_chapter_id")
UNREADABLE = "READ"
UNAGREED = "NOT_AGREED"
UNAGREED_SENTENCE = (
    "این ردیف در موافقتنامهٔ معتبر در تاریخ مقطع نیست و آنچه نوشته شده مانده است. "
    "اگر نباید بماند، خانه‌ها را پاک کنید و ردیف‌ها را از موافقتنامه تازه کنید."
)


def recheck(
    submission: PerformanceSubmission, *, project: int | None = None, programme: int | None = None
) -> Around | AroundProgramme | None:
    """Judge a submission anew: all of it, or one project or programme, which is told as it then stands."""
    book = in_force.book_of(submission)
    around = (
        _recheck_capital(submission, project, book)
        if submission.kind == "capital"
        else _recheck_expense(submission, programme, book)
    )
    # A part of it judged by new rules does not make the whole judged by them.
    if submission.rule_set != book.version and (not submission.rule_set or not (project or programme)):
        submission.rule_set = book.version
        submission.save(update_fields=["rule_set"])
    return around


@dataclass(frozen=True)
class Around:
    """A project as it stands after it, or one of its money lines, was judged."""

    lines: list[CapitalFinanceLine]
    progress: ProjectProgress | None
    hits: list[CheckResult]


@dataclass(frozen=True)
class AroundProgramme:
    """Money lines and activities of a programme as they stand after they were judged."""

    lines: list[ExpenseFinanceLine]
    activities: list[ActivityPerformance]
    hits: list[CheckResult]


def recheck_line(line: CapitalFinanceLine, submission: PerformanceSubmission, cell: str) -> Around:
    """Judge one money line anew; what was spent also weighs on the project's progress (V9).

    The line comes with its agreed credit, as `with_agreed` reads it."""
    only = {"submission": submission, "project": line.project_id}
    others = (
        CapitalFinanceLine.objects.filter(**only)
        .exclude(pk=line.pk)
        .select_related("funding_source", "previous")
    )
    lines = [line, *others.order_by()]
    progress = _progress_beside(only, submission)
    known = list(CheckResult.objects.filter(**only).order_by())
    book = in_force.book_of(submission)
    found = _judged_lines([line], submission, permissions.open_lines(submission), book)
    found += policy.hits(lines)
    judged = {row_name(line), *(f"{row_name(row)} {policy.CODE}" for row in lines)}
    if cell == "spent" and progress is not None:
        found += [(progress, hit) for hit in _spending_hits(progress, submission, lines, book)]
        judged.add(f"{row_name(progress)} {V9.code}")
    asked = [hit for hit in known if hit.row in judged or f"{hit.row} {hit.rule}" in judged]
    rest = [hit for hit in known if hit not in asked]
    return Around(lines, progress, rest + store(submission, found, asked, book.version))


def _progress_beside(only: dict[str, Any], submission: PerformanceSubmission) -> ProjectProgress | None:
    """What V9 and the answer to a saved cell need of the project's progress, and no more."""
    rows = ProjectProgress.objects.filter(**only).select_related("previous__submission__period")
    before = "previous__submission__period__cutoff_date"
    own = ("project", "version", "physical_progress", "planned_progress", "reason", "raw", "not_applicable")
    rows = rows.only(*own, "held", "held_raw", "held_rules", "previous__physical_progress", before)
    found = list(spending.with_costs(rows, submission.period).order_by()[:1])
    return found[0] if found else None


def _spending_hits(
    row: ProjectProgress,
    submission: PerformanceSubmission,
    lines: Iterable[CapitalFinanceLine],
    book: RuleBook,
) -> list[Hit]:
    """V9 from the progress that is stored, without its operations."""
    rule = book.by_code.get(V9.code)
    if row.held or rule is None:
        return []
    whole = Operation(target=Decimal(100), weight=Decimal(100), done=row.physical_progress)
    figures = rules.ProgressFigures(operations=(whole,))
    return rule.judge(figures, rule_inputs.project_context(row, submission, lines))


def _recheck_capital(submission: PerformanceSubmission, project: int | None, book: RuleBook) -> Around | None:
    only = {"project": project} if project else {}
    lines = list(_money_lines(CapitalFinanceLine, submission, only))
    rows = whole_progress(submission, only)
    opened = permissions.open_lines(submission)
    found = _judged_lines(lines, submission, opened, book) + policy.hits(lines)
    marked = _marked(rows, lines, submission)
    for row in marked:
        if opened(row.project_id, None) and not row.is_agreed:
            found.append((row, _unagreed()))
        found += [(row, hit) for hit in progress_hits(row, submission, lines, book)]
        for part in [] if row.held else row.operations.all():
            part.progress = row
            found += [(part, hit) for hit in _unreadable(part)]
            found += [] if rule_inputs.counts(part, row) else [(part, _unagreed())]
    asked = CheckResult.objects.filter(submission=submission, **only)
    hits = store(submission, found, asked, book.version)
    return Around(lines, marked[0] if marked else None, hits) if project else None


def whole_progress(submission: PerformanceSubmission, only: dict[str, int]) -> Any:
    """Progress rows with all that their rules look at."""
    return _progress_rows(submission, only, measured=True).prefetch_related(
        Prefetch("operations", OperationProgress.objects.select_related("operation")),
        Prefetch("delay_causes", ProjectDelayCause.objects.select_related("cause")),
    )


def _marked(
    rows: Iterable[ProjectProgress], lines: list[CapitalFinanceLine], submission: PerformanceSubmission
) -> list[Any]:
    """Progress rows that know whether the agreement has their project; its lines say so where there are any."""
    rows, paid = list(rows), {line.project_id for line in lines}
    agreed: set[int] = set()
    if bare := [row.project_id for row in rows if row.project_id not in paid]:
        named = copied.agreed_projects(submission.agency_id, submission.period).filter(project__in=bare)
        agreed = set(named.values_list("project_id", flat=True))
    for row in rows:
        row.is_agreed = row.project_id in paid | agreed  # type: ignore[attr-defined]
    return rows


def with_agreed(rows: Any, *, submission: str = "submission") -> Any:
    """Money lines with `agreed`: their credit in the agreement in force at the cut-off, None without one (V11);
    and with what evidence is demanded of them."""
    capital = rows.model is CapitalFinanceLine
    place = ("agency_id", "period__fiscal_year_id", "period__cutoff_date")
    agreed = Func(
        *(F(f"{submission}__{name}") for name in place),
        *map(F, copied.CAPITAL_KEY if capital else copied.EXPENSE_KEY),
        function="portal_agreed_capital" if capital else "portal_agreed_expense",
        output_field=BigIntegerField(),
    )
    return policy.with_evidence(rows.annotate(agreed=agreed), submission=submission)


def _money_lines(model: Any, submission: PerformanceSubmission, only: dict[str, int]) -> Any:
    rows = with_agreed(model.objects.filter(submission=submission, **only))
    return rows.select_related("previous", "funding_source").order_by("pk")


def _progress_rows(submission: PerformanceSubmission, only: dict[str, int], *, measured: bool = False) -> Any:
    rows = ProjectProgress.objects.filter(submission=submission, **only)
    rows = spending.with_costs(rows.select_related("previous__submission__period"), submission.period)
    if not measured:
        return rows
    return rows.annotate(measured=_measured(submission), contracted=contracted("project"))


def _recheck_expense(
    submission: PerformanceSubmission, programme: int | None, book: RuleBook
) -> AroundProgramme | None:
    only = {"programme": programme} if programme else {}
    named = _money_lines(ExpenseFinanceLine, submission, only).select_related("programme", "expense_chapter")
    lines = list(named)
    activity_only = {"activity__programme": programme} if programme else {}
    activities = list(
        ActivityPerformance.objects.filter(submission=submission, **activity_only).select_related(
            "activity__programme", "previous"
        )
    )
    found = _judged_lines(lines, submission, permissions.open_lines(submission), book) + policy.hits(lines)
    for row in activities:
        found += [(row, hit) for hit in _unreadable(row)]
        if lines and row.activity.agreement_id not in {line.agreement_id for line in lines}:
            found.append((row, _unagreed()))
            continue
        found += [
            (row, hit)
            for hit in book.judge(Scope.ACTIVITY, *rule_inputs.activity_case(row, submission.period.quarter))
        ]
    for row, totals in rule_inputs.programme_cases(activities, lines):
        found += [(row, hit) for hit in book.judge(Scope.PROGRAMME, totals, None)]
    asked = CheckResult.objects.filter(submission=submission, **only)
    hits = store(submission, found, asked, book.version)
    return AroundProgramme(lines, activities, hits) if programme else None


def contracted(project: str) -> Subquery:
    """What a project's contractors are to be paid in all: each contract as last changed."""
    changes = ContractChange.objects.filter(contract=OuterRef("pk")).order_by("-pk").values("new_amount")
    contracts = Contract.objects.filter(project=OuterRef(project), part="contractor").order_by()
    worth = contracts.annotate(worth=Coalesce(Subquery(changes[:1]), F("amount"))).values("project")
    return Subquery(worth.annotate(total=Sum("worth")).values("total"), output_field=BigIntegerField())


def _judged_lines(
    lines: Iterable[Any], submission: PerformanceSubmission, opened: Callable[..., bool], book: RuleBook
) -> list[tuple[Any, Hit]]:
    """V11 asks lines that are open for writing; what is locked was sent with the version that it names.
    A line that the agreement has no more stays for what was typed into it, and is marked."""
    found: list[tuple[Any, Hit]] = []
    for line in lines:
        credit = line.credit_in_force
        if opened(*(getattr(line, name, None) for name in LINE_PLACE)):
            credit = line.agreed or 0
            found += [(line, _unagreed())] if line.agreed is None else []
        found += [(line, hit) for hit in line_hits(line, submission, credit, book)]
    return found


def line_hits(
    line: Any, submission: PerformanceSubmission, agreed: int, book: RuleBook | None = None
) -> list[Hit]:
    """What the rules say of one money line and its agreed credit; a held line is not judged again."""
    if line.held:
        return []
    book = book or in_force.book_of(submission)
    return _unreadable(line) + book.judge(
        Scope.FINANCE_LINE, *rule_inputs.line_case(line, submission, agreed)
    )


def progress_hits(
    row: ProjectProgress,
    submission: PerformanceSubmission,
    lines: Iterable[CapitalFinanceLine],
    book: RuleBook | None = None,
) -> list[Hit]:
    if row.held:
        return []
    book = book or in_force.book_of(submission)
    return _unreadable(row) + book.judge(Scope.PROJECT, *rule_inputs.progress_case(row, submission, lines))


def _measured(submission: PerformanceSubmission) -> Subquery:
    """Of confirmed visits only: the agency reads this, and sees no visit before its confirmation."""
    visits = FieldVisit.objects.filter(
        project=OuterRef("project"),
        period=submission.period_id,
        state__in=CONFIRMED,
        physical_progress__isnull=False,
    )
    return Subquery(visits.order_by("-visited_on").values("physical_progress")[:1])


def _unagreed() -> Hit:
    return Hit(
        code=UNAGREED,
        severity=rules.Severity.WARN,
        cell="",
        sentence=UNAGREED_SENTENCE,
        expected=None,
        actual=None,
        difference=None,
        asks=True,
    )


def _unreadable(row: Any) -> list[Hit]:
    return [
        Hit(
            code=UNREADABLE,
            severity=rules.Severity.BLOCK,
            cell=cell,
            sentence=why_unreadable(row, cell),
            expected=None,
            actual=None,
            difference=None,
        )
        for cell in row.raw
    ]
