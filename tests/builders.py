"""Whole cases: an agency with agreement in force, allocation, open window and its submission.

    case = make_capital_case()                    # a draft of Q2 with two projects, empty cells
    case = make_capital_case(cast, projects=30)   # with the people and places of the cast
    case.fill()                                   # sensible figures in every cell, typed by the agency's user
    case.at("treasurer_confirmed")                # walks on with the verbs; any state of the submission
    case = make_capital_case(previous=True)       # with Q1 approved before

`case.submission` is always fresh; `case.agency_user`, `case.treasurer` … are the people of its world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import Agency, User
from agreements.models import (
    AllocationNotice,
    ExpenseChapter,
    FundingSource,
    Programme,
    Project,
    ReportingPeriod,
)
from budget_portal import audit
from monitoring import checking, entry, opening
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    DelayCause,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.review import decisions
from monitoring.rulebook import explanations
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from tests import factories
from tests.factories import World

REASON = "برگ دوم صورت‌وضعیت شمارهٔ پنج اسکن نشده است."
EXPLANATION = "رقم با سند حسابداری و صورت‌جلسهٔ کارگاه تطبیق داده شد."
STATES = ("draft", "submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved")
KINDS = {model: name for name, model in entry.ROWS.items()}
QUARTER = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "CLOSING": 4}


@dataclass
class Case:
    who: Any
    agency: Agency
    kind: str
    period: ReportingPeriod
    notice: AllocationNotice
    projects: list[Project] = field(default_factory=list)
    lines_of: list[tuple[Programme, ExpenseChapter, FundingSource]] = field(default_factory=list)
    share: float = 1.0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.who, name)

    # --- rows ---------------------------------------------------------------------------------------------

    @property
    def submission(self) -> PerformanceSubmission:
        return PerformanceSubmission.objects.get(agency=self.agency, period=self.period, kind=self.kind)

    @property
    def lines(self) -> list[Any]:
        model = CapitalFinanceLine if self.kind == "capital" else ExpenseFinanceLine
        return list(model.objects.filter(submission=self.submission).order_by("pk"))

    @property
    def progress(self) -> list[ProjectProgress]:
        return list(ProjectProgress.objects.filter(submission=self.submission).order_by("pk"))

    @property
    def operations(self) -> list[OperationProgress]:
        rows = OperationProgress.objects.filter(progress__submission=self.submission)
        return list(rows.select_related("operation").order_by("progress", "operation__key"))

    @property
    def activities(self) -> list[ActivityPerformance]:
        rows = ActivityPerformance.objects.filter(submission=self.submission)
        return list(rows.select_related("activity").order_by("activity__key"))

    # --- typing -------------------------------------------------------------------------------------------

    def type(self, row: Any, cell: str, text: Any, *, by: User | None = None) -> entry.Saved:
        """One cell as the agency's user types it, over whatever stands there."""
        by = by or self.who.agency_user
        return entry.save_cell(KINDS[type(row)], row.pk, cell, str(text), version=None, by=by)

    def fill(self) -> Case:
        """Figures that break no rule, rising with the cut-off: spent ≤ received ≤ allocated, work as planned.

        Written at once, as a sheet is: hundreds of tests begin with a filled submission.
        """
        by, submission = self.who.agency_user, self.submission
        quarter = QUARTER[self.period.cutoff]
        with transaction.atomic():
            audit.act_as(by)
            for line in self.lines:
                _write(line, self._figures_of(line), by)
            for row in self.operations:
                _write(row, {"quantity_done": int(row.operation.target_quantity * quarter / 4)}, by)
            for row in self.activities:
                _write(row, {"volume_done": int(row.activity.target_volume * quarter / 4), "cost": 0}, by)
            for progress in self.progress:
                entry.recompute_progress(progress)
            entry.sign(submission, by)
            checking.recheck(submission)
        return self

    def _figures_of(self, line: Any) -> dict[str, int]:
        cash, notes = line.allocated_cash, line.allocated_securities
        if self.kind == "expense":
            return {"received": cash * 9 // 10, "spent": cash * 8 // 10, "commitments_open": 0}
        figures = {
            "received_cash": cash * 9 // 10,
            "spent": cash * 8 // 10,
            "advances_open": 0,
            "commitments_open": 100,
        }
        if notes:
            figures["received_securities"] = notes
        if self.period.is_closing:
            figures["returned"] = cash * 9 // 10 - cash * 8 // 10 + notes
        return figures

    # --- moves --------------------------------------------------------------------------------------------

    def at(self, state: str) -> Case:
        """Walk from where the submission stands to a state, each step by its own person."""
        side = {"returned": ("submitted", self.send_back), "reopened": ("approved", self.reopen)}
        target, last = side.get(state, (state, None))
        if self.submission.state in {"returned", "reopened"}:
            self.submit()
        steps = (self.submit, self.confirm, self.start_review, self.mark_reviewed, self.approve)
        for step in steps[STATES.index(self.submission.state) : STATES.index(target)]:
            step()
        if last:
            last()
        return self

    def explain(self) -> Case:
        """A written explanation to every warning that asks for one."""
        hits = CheckResult.objects.filter(submission=self.submission).waiting()
        texts = dict.fromkeys(hits.values_list("pk", flat=True), EXPLANATION)
        explanations.explain(self.submission.pk, texts, by=self.who.agency_user)
        return self

    def submit(self) -> Case:
        self.explain()
        submissions.submit(self.submission.pk, by=self.who.agency_user, accept_missing=True)
        return self

    def accept(self) -> Case:
        """The treasurer accepts every line that is left."""
        decisions.accept_each(self.submission, by=self.who.treasurer)
        return self

    def confirm(self) -> Case:
        self.accept()
        submissions.confirm(self.submission.pk, by=self.who.treasurer)
        return self

    def send_back(self, *lines: Return, by: User | None = None) -> Case:
        """Return lines to the agency; without any, its first one."""
        submissions.return_to_agency(
            self.submission.pk, by=by or self.who.treasurer, lines=lines or [self.first_line()]
        )
        return self

    def first_line(self, reason: str = REASON) -> Return:
        if self.kind == "capital":
            return Return(reason, project_id=self.projects[0].pk)
        programme, chapter, _ = self.lines_of[0]
        return Return(reason, programme_id=programme.pk, expense_chapter_id=chapter.pk)

    def start_review(self) -> Case:
        submissions.start_review(self.submission.pk, by=self.who.expert)
        return self

    def excuse_visits(self) -> Case:
        """A written reason instead of every visit that is missing."""
        for project in self.projects or [None]:
            submissions.write_no_visit_reason(
                self.submission.pk,
                by=self.who.expert,
                reason="راه دسترسی به کارگاه به‌سبب سیلاب بسته است.",
                project_id=project.pk if project else None,
            )
        return self

    def mark_reviewed(self) -> Case:
        if self.submission.state == "under_review" and submissions.unvisited(self.submission, ("submitted",)):
            self.excuse_visits()
        submissions.mark_reviewed(self.submission.pk, by=self.who.expert)
        return self

    def approve(self) -> Case:
        submissions.approve(self.submission.pk, by=self.who.consolidation)
        return self

    def reopen(self) -> Case:
        submissions.ask_reopen(self.submission.pk, by=self.who.consolidation, reason=REASON)
        submissions.reopen(self.submission.pk, by=self.who.deputy)
        return self


def _write(row: Any, figures: Mapping[str, int], by: User) -> None:
    entry.put(KINDS[type(row)], row, {cell: str(value) for cell, value in figures.items()}, by)


def make_capital_case(
    who: Any = None,
    *,
    agency: Agency | None = None,
    cutoff: str = "Q2",
    projects: int = 2,
    sources: tuple[str, ...] = ("general",),
    securities: int = 0,
    credit: int = 40_000,
    previous: bool = False,
    draft: bool = True,
    filled: bool = False,
    window: str = "open",
) -> Case:
    """Projects with two operations (weights 60 and 40), credit and allocation per funding source.

    Allocated by a cut-off: a quarter of the credit per quarter, in cash, and `securities` once.
    """
    who = who or World()
    agency = agency or who.agency
    national = who.national_organization
    found = [factories.make_source(national, kind) for kind in sources]
    rows = [factories.make_project(agency) for _ in range(projects)]
    factories.make_capital_agreement(
        agency, who.fiscal_year, {row: dict.fromkeys(found, credit) for row in rows}
    )

    def lines(quarters: int, notes: int) -> list[dict[str, Any]]:
        made = []
        for row in rows:
            for source in found:
                base = {"project": row, "funding_source": source}
                own = {"collected": credit} if source.kind == "own_revenue" else {}
                made.append({**base, **own, "amount": credit * quarters // 4})
                if notes:
                    papers = {
                        "instrument": "securities",
                        "symbol": "اخزا۴۰۵",
                        "due_date": who.fiscal_year.ends_on,
                    }
                    made.append({**base, **papers, "amount": notes})
        return made

    case = _case(who, agency, "capital", cutoff, lines, securities, previous, window)
    case.projects = rows
    return _start(case, previous=previous, draft=draft, filled=filled)


def make_expense_case(
    who: Any = None,
    *,
    agency: Agency | None = None,
    cutoff: str = "Q2",
    programmes: int = 1,
    chapters: tuple[str, ...] = ("1", "2"),
    sources: tuple[str, ...] = ("general",),
    credit: int = 20_000,
    activities: bool = True,
    previous: bool = False,
    draft: bool = True,
    filled: bool = False,
    window: str = "open",
) -> Case:
    """Programme × chapter × source lines, and two activities under the first programme."""
    who = who or World()
    agency = agency or who.agency
    national = who.national_organization
    keys = [
        (
            factories.make_programme(national, f"برنامهٔ نمونهٔ {index}"),
            factories.make_expense_chapter(national, chapter),
            factories.make_source(national, source),
        )
        for index in range(1, programmes + 1)
        for chapter in chapters
        for source in sources
    ]
    factories.make_expense_agreement(
        agency, who.fiscal_year, dict.fromkeys(keys, credit), activities=activities
    )

    def lines(quarters: int, notes: int) -> list[dict[str, Any]]:
        return [
            {
                "programme": programme,
                "expense_chapter": chapter,
                "funding_source": source,
                "amount": credit * quarters // 4,
                **({"collected": credit} if source.kind == "own_revenue" else {}),
            }
            for programme, chapter, source in keys
        ]

    case = _case(who, agency, "expense", cutoff, lines, 0, previous, window)
    case.lines_of = keys
    return _start(case, previous=previous, draft=draft, filled=filled)


def _case(
    who: Any, agency: Agency, kind: str, cutoff: str, lines: Any, notes: int, previous: bool, window: str
) -> Case:
    """Notices up to the cut-off (with `previous`, one of the quarter before and one of this) and the window."""
    quarter, earlier = QUARTER[cutoff], 0
    if previous:
        earlier = quarter - 1
        first = lines(earlier, notes)
        factories.make_allocation(agency, who.period(_before(cutoff)), kind, first, by=who.consolidation)
        notes = 0
    notice = factories.make_allocation(
        agency, who.period(cutoff), kind, lines(quarter - earlier, notes), by=who.consolidation
    )
    who.window(kind, cutoff=cutoff, state=window)
    return Case(who, agency, kind, who.period(cutoff), notice)


def _start(case: Case, *, previous: bool, draft: bool, filled: bool) -> Case:
    if previous:
        _approve_previous(case)
    if draft or filled:
        opening.open_submission(case.agency, case.period, case.kind, by=case.who.agency_user)
    return case.fill() if filled else case


def _approve_previous(case: Case) -> None:
    cutoff = _before(case.period.cutoff)
    case.who.window(case.kind, cutoff=cutoff, state="open")
    before = Case(
        case.who, case.agency, case.kind, case.who.period(cutoff), case.notice, case.projects, case.lines_of
    )
    opening.open_submission(case.agency, before.period, case.kind, by=case.who.agency_user)
    before.fill().at("approved")


def _before(cutoff: str) -> str:
    return f"Q{QUARTER[cutoff] - 1}"


def make_delay_cause(code: str = "funds-late", *, needs_text: bool = False) -> DelayCause:
    cause, _ = DelayCause.objects.get_or_create(
        code=code, defaults={"title": "تأخیر در تخصیص اعتبار", "needs_text": needs_text}
    )
    return cause
