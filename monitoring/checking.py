"""Judging rows by the rule table and keeping the hits (`CheckResult`) beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Func, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce

from agreements.models import Contract, ContractChange, WorkOperation
from monitoring import copied, permissions, rules, spending
from monitoring.cells import why_unreadable
from monitoring.evidence import policy
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
from monitoring.progress import Operation, physical_progress
from monitoring.querysets import CONFIRMED
from monitoring.ratios import as_percent
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


def computed_progress(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> Decimal | None:
    """P of one project from the quantities done, percent with two places."""
    return as_percent(physical_progress(_operations(operations)))


def counts(part: OperationProgress, row: ProjectProgress) -> bool:
    """Whether an operation is one of the version that the project is measured against."""
    return part.operation.agreement_project_id == row.agreement_project_id


def _operations(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> tuple[Operation, ...]:
    return tuple(Operation(target=o.target_quantity, weight=o.weight, done=done) for o, done in operations)


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
    return Around(lines, progress, rest + _store(submission, found, asked, book.version))


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
    return rule.judge(figures, _project_context(row, submission, lines))


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
            found += [] if counts(part, row) else [(part, _unagreed())]
    asked = CheckResult.objects.filter(submission=submission, **only)
    hits = _store(submission, found, asked, book.version)
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
            (row, hit) for hit in book.judge(Scope.ACTIVITY, *activity_case(row, submission.period.quarter))
        ]
    for row, totals in programme_cases(activities, lines):
        found += [(row, hit) for hit in book.judge(Scope.PROGRAMME, totals, None)]
    asked = CheckResult.objects.filter(submission=submission, **only)
    hits = _store(submission, found, asked, book.version)
    return AroundProgramme(lines, activities, hits) if programme else None


def activity_case(
    row: ActivityPerformance, quarter: int
) -> tuple[rules.ActivityFigures, rules.ActivityContext]:
    figures = rules.ActivityFigures(volume=row.volume_done, cost=row.cost, reason=row.low_volume_reason)
    return figures, rules.ActivityContext(
        target_volume=row.activity.target_volume, unit_cost=row.activity.unit_cost, quarter=quarter
    )


def programme_cases(
    activities: list[ActivityPerformance], lines: list[Any]
) -> Iterator[tuple[ActivityPerformance, rules.ProgrammeFigures]]:
    """The sums of each programme, at its first activity."""
    for key in {row.activity.programme_id for row in activities}:
        mine = [row for row in activities if row.activity.programme_id == key]
        yield (
            mine[0],
            rules.ProgrammeFigures(
                activity_costs=tuple(row.cost for row in mine),
                spent=tuple(line.spent for line in lines if line.programme_id == key and not line.held),
            ),
        )


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
    return _unreadable(line) + book.judge(Scope.FINANCE_LINE, *line_case(line, submission, agreed))


def line_case(
    line: Any, submission: PerformanceSubmission, agreed: int
) -> tuple[rules.Figures, rules.Context]:
    context = rules.Context(
        credit_in_force=agreed,
        allocated_cash=line.allocated_cash,
        allocated_securities=line.allocated_securities,
        collected=line.collected,
        is_own_revenue=line.funding_source.kind == "own_revenue",
        is_closing=submission.period.is_closing,
        quarter=submission.period.quarter,
        last=figures_of(line.previous) if line.previous else None,
    )
    return figures_of(line), context


def figures_of(line: Any) -> rules.Figures:
    cls = rules.CapitalFigures if isinstance(line, CapitalFinanceLine) else rules.ExpenseFigures
    return cls(
        credit_in_force=line.credit_in_force,
        not_applicable=frozenset(line.not_applicable),
        reason=line.reason,
        **{cell: getattr(line, cell) for cell in cls.MONEY},
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
    return _unreadable(row) + book.judge(Scope.PROJECT, *progress_case(row, submission, lines))


def progress_case(
    row: ProjectProgress, submission: PerformanceSubmission, lines: Iterable[CapitalFinanceLine]
) -> tuple[rules.ProgressFigures, rules.ProjectContext]:
    operations = [(part.operation, part.quantity_done) for part in row.operations.all() if counts(part, row)]
    figures = rules.ProgressFigures(
        operations=_operations(operations),
        status=row.status,
        causes={cause.cause.code: cause.share for cause in row.delay_causes.all()},
        reason=row.reason,
        statement=row.last_statement_amount,
        debts=row.contractor_debts,
    )
    return figures, _project_context(row, submission, lines)


def _project_context(
    row: ProjectProgress, submission: PerformanceSubmission, lines: Iterable[CapitalFinanceLine]
) -> rules.ProjectContext:
    before = row.previous
    return rules.ProjectContext(
        last_approved=before.physical_progress if before else None,
        quarters_since_last=_quarters_between(before, submission),
        planned=row.planned_progress,
        visit_measured=getattr(row, "measured", None),
        contract_amount=getattr(row, "contracted", None),
        spent_in_two_cutoffs=spending.in_two_cutoffs(row, lines),
    )


def _measured(submission: PerformanceSubmission) -> Subquery:
    """Of confirmed visits only: the agency reads this, and sees no visit before its confirmation."""
    visits = FieldVisit.objects.filter(
        project=OuterRef("project"),
        period=submission.period_id,
        state__in=CONFIRMED,
        physical_progress__isnull=False,
    )
    return Subquery(visits.order_by("-visited_on").values("physical_progress")[:1])


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


def _store(
    submission: PerformanceSubmission,
    found: list[tuple[Any, Hit]],
    asked: Iterable[CheckResult],
    rule_set: str,
) -> list[CheckResult]:
    """Replace the hits that were asked anew; an explanation of the same rule, row, cell and figures stays."""
    old = {(r.rule, r.row, r.cell): r for r in asked}
    stand, write = [], []
    for row, hit in found:
        values = _values(row, hit, rule_set)
        kept = old.pop((hit.code, values["row"], hit.cell), None)
        if kept is not None and all(getattr(kept, name) == value for name, value in values.items()):
            stand.append(kept)
        else:
            written = _explanation(kept, values) if kept is not None else {}
            write.append(
                CheckResult(submission=submission, rule=hit.code, cell=hit.cell, **values, **written)
            )
    if write:
        CheckResult.objects.bulk_create(
            write,
            update_conflicts=True,
            unique_fields=["submission", "rule", "row", "cell"],
            update_fields=[
                "rule_set", "severity", "asks", "project", "programme", "sentence", "expected", "actual",
                "difference", "explanation", "explained_by", "explained_at", "suggestion",
            ],
        )  # fmt: skip
    if old:
        CheckResult.objects.filter(pk__in=[row.pk for row in old.values()]).delete()
    return stand + write


def _explanation(kept: CheckResult, values: dict[str, Any]) -> dict[str, Any]:
    """What was written stands as long as the figures do; then it is asked anew, with the old text to start from."""
    if (kept.expected, kept.actual) == (values["expected"], values["actual"]):
        names = ("explanation", "explained_by_id", "explained_at", "suggestion")
        return {name: getattr(kept, name) for name in names}
    return {"suggestion": kept.explanation or kept.suggestion}


def row_name(row: Any) -> str:
    """How a hit names its row: `capitalfinanceline:12`."""
    return f"{row._meta.model_name}:{row.pk}"


def _values(row: Any, hit: Hit, rule_set: str) -> dict[str, Any]:
    programme = getattr(row, "programme_id", None)
    project = getattr(row, "project_id", None)
    if isinstance(row, ActivityPerformance):
        programme = row.activity.programme_id
    if isinstance(row, OperationProgress):
        project = row.progress.project_id
    return {
        "row": row_name(row),
        "rule_set": rule_set,
        "severity": str(hit.severity),
        "asks": hit.asks,
        "project_id": project,
        "programme_id": programme,
        "sentence": hit.sentence,
        "expected": "" if hit.expected is None else str(hit.expected),
        "actual": "" if hit.actual is None else str(hit.actual),
        "difference": "" if hit.difference is None else str(hit.difference),
    }
