"""Rules of one project's physical progress: V8–V10, weights, completion and delay causes.

Progress is always computed from quantities (`monitoring.progress`). It is compared with approved
figures at 2 places, as those are stored; against the plan and the visit it is compared unrounded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from budget_portal.digits import group
from monitoring.indicators import deviation_pp
from monitoring.progress import Operation, physical_progress
from monitoring.ratios import HUNDRED, Number, as_percent
from monitoring.rules.base import (
    REASON_LENGTH,
    Breach,
    Example,
    Hit,
    Parameter,
    Rule,
    Scope,
    Severity,
    is_reason,
    reason_parameter,
    said,
)
from monitoring.signals import Band, band

JUMP_POINTS = 25  # in one quarter
DISPUTE_POINTS = 5

D = Decimal


@dataclass(frozen=True, kw_only=True)
class ProgressFigures:
    """One project at one cut-off: its operations with what was done, status, causes of delay.

    `causes` maps the code of a cause to its share in percent; `reason` explains a re-measurement.
    """

    operations: tuple[Operation, ...] = ()
    status: str = ""
    causes: Mapping[str, Number | None] = field(default_factory=dict)
    reason: str = ""
    statement: int | None = None  # the last one, as typed
    debts: int | None = None

    @property
    def progress(self) -> Decimal | None:
        return physical_progress(self.operations)


@dataclass(frozen=True, kw_only=True)
class ProjectContext:
    """What the progress is judged against.

    `last_approved` may be of an earlier year (progress never starts again) and lies `quarters_since_last`
    cut-offs back; `spent_in_two_cutoffs` is the change of the cost to date over the last two cut-offs;
    `visit_measured` is the latest visit's figure for this cut-off.
    """

    last_approved: Decimal | None = None
    quarters_since_last: int = 1
    planned: Decimal | None = None
    visit_measured: Decimal | None = None
    spent_in_two_cutoffs: int | None = None
    contract_amount: int | None = None  # of its contractors, with the changes; None without a contract


Project = Example[ProgressFigures, ProjectContext]


def _progress_not_falling(
    project: ProgressFigures, context: ProjectContext, *, reason_length: Decimal | int = REASON_LENGTH
) -> Iterator[Breach]:
    progress, last = as_percent(project.progress), as_percent(context.last_approved)
    if progress is not None and last is not None and progress < last:
        explained = is_reason(project.reason, reason_length)
        yield Breach("progress", last, progress, "explained" if explained else "", explained)


def _progress_believable(
    project: ProgressFigures, context: ProjectContext, *, jump_points: Decimal | int = JUMP_POINTS
) -> Iterator[Breach]:
    progress, last = as_percent(project.progress), as_percent(context.last_approved)
    if progress is None or last is None or progress <= last:
        return
    allowed = jump_points * context.quarters_since_last
    words = {"rise": said(progress - last), "allowed": said(allowed), "last": said(last)}
    jumps, unpaid = progress - last > allowed, context.spent_in_two_cutoffs == 0
    if jumps:
        yield Breach("progress", last + allowed, progress, "both" if unpaid else "", words=words)
    elif unpaid:
        yield Breach("progress", last, progress, "unpaid", words=words)


def _progress_as_visited(
    project: ProgressFigures, context: ProjectContext, *, dispute_points: Decimal | int = DISPUTE_POINTS
) -> Iterator[Breach]:
    progress, measured = project.progress, context.visit_measured
    difference = deviation_pp(progress, measured)
    if difference is not None and difference > dispute_points:
        yield Breach("progress", measured, progress)


def _weights_make_100(project: ProgressFigures, context: ProjectContext) -> Iterator[Breach]:
    weights = sum((D(operation.weight) for operation in project.operations), D(0))
    if project.operations and weights != HUNDRED:
        yield Breach("weight", HUNDRED, weights, words={"actual": said_exactly(weights)})


def _completed_is_100(project: ProgressFigures, context: ProjectContext) -> Iterator[Breach]:
    progress = project.progress
    if project.status == "completed" and progress is not None and progress != HUNDRED:
        yield Breach("status", HUNDRED, progress)


def _causes_make_100(project: ProgressFigures, context: ProjectContext) -> Iterator[Breach]:
    shares = [share for share in project.causes.values() if share is not None]
    given = sum((D(share) for share in shares), D(0))
    if project.causes:
        if len(shares) == len(project.causes) and given != HUNDRED:
            yield Breach("causes", HUNDRED, given, words={"actual": said_exactly(given)})
    elif band(deviation_pp(project.progress, context.planned)) in {Band.AMBER, Band.RED}:
        yield Breach("causes", context.planned, project.progress, "missing")


def _within_contract(project: ProgressFigures, context: ProjectContext) -> Iterator[Breach]:
    stated, agreed = project.statement, context.contract_amount
    if stated is not None and agreed is not None and stated > agreed:
        yield Breach("last_statement_amount", agreed, stated)


def said_exactly(total: Decimal) -> str:
    """A sum that must be 100 is shown with all its places: 99.996 is not 100."""
    return said(total) if as_percent(total) == total else group(total.normalize())


def _work(*done: Number | None, weights: tuple[Number, ...] = (60, 40)) -> tuple[Operation, ...]:
    """Operations of the examples: each has a target of 100."""
    return tuple(Operation(100, weight, amount) for weight, amount in zip(weights, done, strict=True))


_LONG_REASON = "حجم دیوار پس از نقشه‌برداری دوباره اندازه‌گیری شد."

V8 = Rule(
    code="V8",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.PROJECT,
    title="پیشرفت فیزیکی از آخرین پیشرفت تأییدشده کمتر نیست، مگر با نوشتن علت بازاندازه‌گیری.",
    messages={
        "": "پیشرفت فیزیکی ({actual}) از مقطع قبل ({expected}) کمتر است. "
        "اگر رقم قبلی اشتباه بوده، علت را در دست‌کم ۲۰ نویسه بنویسید.",
        "explained": "پیشرفت فیزیکی ({actual}) از مقطع قبل ({expected}) کمتر است. "
        "علت نوشته شده است؛ آن را با مستندات تطبیق دهید.",
    },
    check=_progress_not_falling,
    reason_lifts=True,
    asks_reason=True,
    kinds=("capital",),
    law="قاعدهٔ سامانه: پیشرفت فیزیکی تجمعی است",
    floor=True,
    parameters=reason_parameter(),
    must_pass=(
        Project(ProgressFigures(operations=_work(50, 20)), ProjectContext(last_approved=D(38))),
        Project(ProgressFigures(operations=_work(50, 20)), ProjectContext()),
        Project(ProgressFigures(operations=_work(50, None)), ProjectContext(last_approved=D(38))),
        Project(
            ProgressFigures(operations=_work(D("55.755"), weights=(100,))),
            ProjectContext(last_approved=D("55.76")),
        ),
    ),
    must_fail=(
        Project(ProgressFigures(operations=_work(50, 15)), ProjectContext(last_approved=D(38))),
        Project(ProgressFigures(operations=_work(50, 15), reason="خطا"), ProjectContext(last_approved=D(38))),
        Project(
            ProgressFigures(operations=_work(50, 15), reason=_LONG_REASON),
            ProjectContext(last_approved=D(38)),
        ),
    ),
)

V9 = Rule(
    code="V9",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PROJECT,
    title="پیشرفت در یک فصل بیش از ۲۵ واحد درصد بالا نمی‌رود و بی‌هزینه بالا نمی‌رود.",
    messages={
        "": "پیشرفت فیزیکی از {last} به {actual} رسیده است ({rise} واحد درصد؛ بیش از {allowed} واحد). "
        "مقدارهای انجام‌شده را بررسی کنید یا علت را بنویسید.",
        "unpaid": "پیشرفت فیزیکی از {last} به {actual} رسیده ولی در دو مقطع هزینه‌ای ثبت نشده است. "
        "عملکرد مالی را بررسی کنید یا علت را بنویسید.",
        "both": "پیشرفت فیزیکی از {last} به {actual} رسیده است ({rise} واحد درصد؛ بیش از {allowed} واحد) "
        "و در دو مقطع هزینه‌ای ثبت نشده است. مقدارها و عملکرد مالی را بررسی کنید یا علت را بنویسید.",
    },
    check=_progress_believable,
    kinds=("capital",),
    law="قاعدهٔ سامانه: سنجش کار در برابر هزینه",
    parameters={"jump_points": Parameter("بیشترین رشد در یک فصل", D(JUMP_POINTS), D(1), D(100), "واحد درصد")},
    must_pass=(
        Project(ProgressFigures(operations=_work(50, 0)), ProjectContext(last_approved=D(5))),
        Project(
            ProgressFigures(operations=_work(80, 0)),
            ProjectContext(last_approved=D(5), quarters_since_last=2),
        ),
        Project(
            ProgressFigures(operations=_work(50, 0)),
            ProjectContext(last_approved=D(30), spent_in_two_cutoffs=0),
        ),
        Project(
            ProgressFigures(operations=_work(50, 0)),
            ProjectContext(last_approved=D(29), spent_in_two_cutoffs=1),
        ),
        Project(ProgressFigures(operations=_work(100, 100)), ProjectContext(spent_in_two_cutoffs=0)),
    ),
    must_fail=(
        Project(ProgressFigures(operations=_work(50, 1)), ProjectContext(last_approved=D(5))),
        Project(
            ProgressFigures(operations=_work(50, 1)),
            ProjectContext(last_approved=D(30), spent_in_two_cutoffs=0),
        ),
        Project(
            ProgressFigures(operations=_work(50, 1)),
            ProjectContext(last_approved=D(5), spent_in_two_cutoffs=0),
        ),
    ),
)

V10 = Rule(
    code="V10",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PROJECT,
    title="پیشرفت اعلامی بیش از ۵ واحد درصد از اندازه‌گیری بازدید بالاتر نیست.",
    messages={
        "": "پیشرفت اعلامی دستگاه ({actual}) از اندازه‌گیری بازدید ({expected}) "
        "{difference} واحد درصد بیشتر است. کارشناس بودجه باید نظر خود را بنویسد.",
    },
    check=_progress_as_visited,
    flag="PROGRESS_DISPUTE",
    kinds=("capital",),
    law="شناسنامهٔ خدمت، گام ۲؛ بازدید میدانی",
    explainer="expert",
    parameters={
        "dispute_points": Parameter("بیشترین اختلاف با بازدید", D(DISPUTE_POINTS), D(0), D(100), "واحد درصد")
    },
    must_pass=(
        Project(ProgressFigures(operations=_work(50, 0)), ProjectContext(visit_measured=D(25))),
        Project(ProgressFigures(operations=_work(50, 0)), ProjectContext(visit_measured=D(90))),
        Project(ProgressFigures(operations=_work(50, 0)), ProjectContext()),
        Project(ProgressFigures(), ProjectContext(visit_measured=D(1))),
    ),
    must_fail=(Project(ProgressFigures(operations=_work(50, 0)), ProjectContext(visit_measured=D("24.99"))),),
)

WEIGHTS_100 = Rule(
    code="WEIGHTS_100",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.PROJECT,
    title="جمع وزن عملیات هر پروژه درست ۱۰۰ است.",
    messages={"": "جمع وزن عملیات {actual} است و باید ۱۰۰ باشد. وزن‌ها را در موافقتنامه اصلاح کنید."},
    check=_weights_make_100,
    kinds=("capital",),
    law="فرم عملیات موافقتنامهٔ سرمایه‌ای",
    must_pass=(
        Project(ProgressFigures(operations=_work(1, 1)), ProjectContext()),
        Project(
            ProgressFigures(operations=_work(1, 1, 1, weights=(D("33.33"), D("33.33"), D("33.34")))),
            ProjectContext(),
        ),
        Project(ProgressFigures(), ProjectContext()),
    ),
    must_fail=(
        Project(ProgressFigures(operations=_work(1, 1, weights=(60, 39))), ProjectContext()),
        Project(
            ProgressFigures(operations=_work(1, 1, 1, weights=(D("33.33"), D("33.33"), D("33.33")))),
            ProjectContext(),
        ),
        Project(ProgressFigures(operations=_work(1, weights=(D("99.996"),))), ProjectContext()),
    ),
)

COMPLETED_100 = Rule(
    code="COMPLETED_100",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.PROJECT,
    title="وضعیت «خاتمه‌یافته» فقط با پیشرفت فیزیکی ۱۰۰ پذیرفته است.",
    messages={
        "": "وضعیت پروژه «خاتمه‌یافته» است ولی پیشرفت فیزیکی {actual} است، نه ۱۰۰. "
        "وضعیت یا مقدارهای انجام‌شده را اصلاح کنید.",
    },
    check=_completed_is_100,
    kinds=("capital",),
    law="قاعدهٔ سامانه: فهرست وضعیت پروژه",
    must_pass=(
        Project(ProgressFigures(operations=_work(100, 120), status="completed"), ProjectContext()),
        Project(ProgressFigures(operations=_work(90, 100), status="in_progress"), ProjectContext()),
        Project(ProgressFigures(operations=_work(90, None), status="completed"), ProjectContext()),
    ),
    must_fail=(Project(ProgressFigures(operations=_work(100, 99), status="completed"), ProjectContext()),),
)

CAUSES_100 = Rule(
    code="CAUSES_100",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PROJECT,
    title="پروژهٔ عقب‌مانده علت تأخیر دارد و جمع سهم علت‌ها ۱۰۰ است.",
    messages={
        "": "جمع سهم علت‌های تأخیر {actual} است و باید ۱۰۰ باشد. سهم هر علت را اصلاح کنید.",
        "missing": "پیشرفت فیزیکی ({actual}) از برنامه ({expected}) عقب است و علتی نوشته نشده است. "
        "علت‌های تأخیر و سهم هر یک را وارد کنید.",
    },
    check=_causes_make_100,
    kinds=("capital",),
    law="فرم علت‌های تأخیر موافقتنامهٔ سرمایه‌ای",
    must_pass=(
        Project(ProgressFigures(causes={"funds": 60, "land": 40}), ProjectContext()),
        Project(ProgressFigures(causes={"funds": 60, "land": None}), ProjectContext()),
        Project(ProgressFigures(operations=_work(50, 0)), ProjectContext(planned=D(35))),
        Project(ProgressFigures(), ProjectContext(planned=D(35))),
        Project(
            ProgressFigures(operations=_work(10, 0), causes={"funds": 100}), ProjectContext(planned=D(35))
        ),
    ),
    must_fail=(
        Project(ProgressFigures(causes={"funds": 60, "land": 30}), ProjectContext()),
        Project(ProgressFigures(causes={"funds": 0}), ProjectContext()),
        Project(ProgressFigures(operations=_work(10, 0)), ProjectContext(planned=D(35))),
    ),
)

CONTRACT_STATEMENT = Rule(
    code="CONTRACT_STATEMENT",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PROJECT,
    title="صورت‌وضعیت از مبلغ پیمان‌های پروژه بیشتر نیست.",
    messages={
        "": "مبلغ آخرین صورت‌وضعیت ({actual}) از مبلغ پیمان‌های پروژه ({expected}) بیشتر است. "
        "رقم را بررسی کنید یا تغییر پیمان را در پروندهٔ پروژه ثبت کنید.",
    },
    check=_within_contract,
    kinds=("capital",),
    law="قاعدهٔ سامانه: عملکرد در برابر پیمان",
    must_pass=(
        Project(ProgressFigures(statement=90), ProjectContext(contract_amount=90)),
        Project(ProgressFigures(statement=90), ProjectContext()),
        Project(ProgressFigures(), ProjectContext(contract_amount=90)),
    ),
    must_fail=(Project(ProgressFigures(statement=91), ProjectContext(contract_amount=90)),),
)

PROJECT_RULES: tuple[Rule[ProgressFigures, ProjectContext], ...] = (
    V8,
    V9,
    V10,
    WEIGHTS_100,
    COMPLETED_100,
    CAUSES_100,
    CONTRACT_STATEMENT,
)


def check_project(project: ProgressFigures, context: ProjectContext) -> list[Hit]:
    """Every rule of a project's progress, in the order of the table."""
    return [hit for rule in PROJECT_RULES for hit in rule.judge(project, context)]
