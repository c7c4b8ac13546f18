"""Lists of performance as files: projects, submissions, visits, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F

from accounts.models import User
from agreements.letter_pages import WATERFALL
from agreements.models import ReportingPeriod
from agreements.models.projects import STATUSES
from budget_portal import jalali
from budget_portal.exports import Column, Listing, listed, money, of_queryset
from monitoring import waterfall as tree
from monitoring.closing.blockers import blockers
from monitoring.consolidation import matrix
from monitoring.indicators import deviation_pp
from monitoring.models import PerformanceSubmission
from monitoring.nav import DESK
from monitoring.presenters import conflicts, consolidation, project_list, visit_list, words
from monitoring.presenters import waterfall as shown
from monitoring.querysets import NO_FIGURES, agencies_of

PERCENT = "٪"


@listed("projects", "پروژه‌ها")
def project_register(user: User, chosen: Mapping[str, str]) -> Listing:
    """The register as it is on screen; its codes and titles can be imported again."""
    with_figures = user.role not in NO_FIGURES
    rows = project_list.chosen(
        user,
        search=chosen.get("q", ""),
        county=chosen.get("county", ""),
        status=chosen.get("status", ""),
        agency=chosen.get("agency", ""),
    )
    figures = project_list.LAST if with_figures else {}
    found = rows.annotate(
        **figures,
        office=F("agency__name"),
        office_code=F("agency__code"),
        place=F("county__name"),
        plan_code=F("plan__code"),
    ).values(
        "code", "title", "status", "execution_method", "address", "latitude", "longitude",
        "office", "office_code", "place", "plan_code", *figures,
    )  # fmt: skip
    columns: tuple[Column, ...] = (
        Column("کد پروژه", "code"),
        Column("عنوان پروژه", "title", width=48),
        Column("کد دستگاه", "office_code", width=12),
        Column("دستگاه اجرایی", "office", width=36),
        Column("کد طرح", "plan_code"),
        Column("شهرستان", "place"),
        Column("نشانی", "address", width=30),
        Column("عرض جغرافیایی", "latitude", "number"),
        Column("طول جغرافیایی", "longitude", "number"),
        Column("وضعیت", lambda row: STATUSES.get(row["status"], row["status"])),
    )
    if with_figures:
        columns += (
            Column("پیشرفت فیزیکی", "last_progress", "number", PERCENT),
            Column("برنامه", "last_planned", "number", PERCENT),
            Column("انحراف", _deviation, "number", "واحد درصد"),
        )
    return of_queryset(found, *columns)


def _deviation(row: Any) -> Any:
    return deviation_pp(row["last_progress"], row["last_planned"])


@listed("submissions", "پرونده‌های عملکرد")
def submissions(user: User, chosen: Mapping[str, str]) -> Listing:
    """Where the submission of every agency stands, with the day of each step."""
    rows = PerformanceSubmission.objects.for_user(user).select_related("agency", "period__fiscal_year")
    year, _, cutoff = chosen.get("period", "").partition("-")
    if year.isdecimal() and cutoff:
        rows = rows.filter(period__fiscal_year__year=int(year), period__cutoff=cutoff)
    if chosen.get("show") or chosen.get("group"):
        rows = rows.filter(agency__in=_shown_agencies(user, chosen))
    if chosen.get("kind") in ("capital", "expense"):
        rows = rows.filter(kind=chosen["kind"])
    columns = (
        Column("کد دستگاه", lambda row: row.agency.code, width=12),
        Column("دستگاه اجرایی", lambda row: row.agency.name, width=36),
        Column("مقطع", lambda row: row.period.code),
        Column("نوع", lambda row: row.get_kind_display()),
        Column("وضعیت", lambda row: row.get_state_display(), width=22),
        Column("نوبت ارسال", "revision", "number"),
        Column("ارسال", lambda row: _day(row.submitted_at), "date"),
        Column("تأیید ذیحساب", lambda row: _day(row.confirmed_at), "date"),
        Column("بررسی کارشناس", lambda row: _day(row.reviewed_at), "date"),
        Column("تأیید نهایی", lambda row: _day(row.approved_at), "date"),
    )
    return of_queryset(rows.order_by("agency__code", "kind", "period"), *columns)


def _shown_agencies(user: User, chosen: Mapping[str, str]) -> list[int]:
    """The agencies that the filters of the matrix leave."""
    period = ReportingPeriod.objects.for_user(user).by_code(chosen.get("period", "")).first()
    if period is None or user.role not in DESK:
        return []
    found = consolidation.chosen(matrix(user, period), chosen.get("show", ""), chosen.get("group", ""))
    return [row.agency.pk for row in found]


def _day(moment: Any) -> Any:
    return jalali.local(moment).date() if moment else None


@listed("visits", "بازدیدها")
def visits(user: User, chosen: Mapping[str, str]) -> Listing:
    _, rows = visit_list.chosen_visits(user, chosen)
    columns = (
        Column("مقطع", lambda row: words.period_name(row.period), width=22),
        Column("دستگاه اجرایی", lambda row: row.agency.name, width=36),
        Column("کد پروژه", lambda row: row.project.code if row.project else ""),
        Column("پروژه", lambda row: row.project.title if row.project else "", width=44),
        Column("شهرستان", lambda row: row.project.county.name if row.project else ""),
        Column("کارشناس", lambda row: str(row.expert), width=22),
        Column("تاریخ برنامه", "planned_for", "date"),
        Column("تاریخ بازدید", "visited_on", "date"),
        Column("وضعیت", lambda row: row.get_state_display(), width=20),
        Column("پیشرفت اندازه‌گیری‌شده", "physical_progress", "number", PERCENT),
    )
    return of_queryset(rows, *columns)


@listed("findings", "یافته‌های بازدید")
def findings(user: User, chosen: Mapping[str, str]) -> Listing:
    _, rows = visit_list.chosen_findings(user, chosen)
    columns = (
        Column("یافته", "text", width=60),
        Column("شدت", lambda row: row.get_severity_display()),
        Column("دستگاه اجرایی", lambda row: row.visit.agency.name, width=36),
        Column("کد پروژه", lambda row: row.visit.project.code if row.visit.project else ""),
        Column("مقطع", lambda row: words.period_name(row.visit.period), width=22),
        Column("مسئول", "responsible"),
        Column("مهلت", "due_on", "date"),
        Column("وضعیت", lambda row: row.get_state_display()),
    )
    return of_queryset(rows, *columns)


@listed("waterfall", "از ابلاغ تا هزینه")
def waterfall(user: User, chosen: Mapping[str, str]) -> Listing:
    """The tree of one agency and cut-off as its page shows it, whole."""
    found = _waterfall(user, chosen)
    nodes = [] if found is None else list(shown.flat(found.programmes))
    columns = (
        Column("سطح", lambda node: shown.LEVELS[node.level]),
        Column("کد", "code"),
        Column("عنوان", "title", width=48),
        money("ابلاغ", lambda node: node.figures.notified),
        money("موافقتنامه", lambda node: node.figures.agreed),
        money("تخصیص", lambda node: node.figures.allocated),
        money("از آن اسناد خزانه", lambda node: node.figures.securities),
        money("دریافتی", lambda node: node.figures.received),
        money("هزینهٔ قطعی", lambda node: node.figures.spent),
        Column("تخصیص به موافقتنامه", lambda node: shown.rate(node.figures.allocation), "number", PERCENT),
        Column("هزینه به تخصیص", lambda node: shown.rate(node.figures.absorption), "number", PERCENT),
        Column("قاعده‌های شکسته", lambda node: "، ".join(dict.fromkeys(one.rule for one in node.broken))),
    )
    return Listing(columns, nodes, len(nodes))


def _waterfall(user: User, chosen: Mapping[str, str]) -> tree.Waterfall | None:
    """Nothing for who does not read the page, or sees no such agency or cut-off."""
    period = ReportingPeriod.objects.for_user(user).by_code(chosen.get("period", "")).first()
    kind = "expense" if chosen.get("kind") == "expense" else "capital"
    agencies = agencies_of(user, kind).filter(code=chosen.get("agency", ""))
    if organization := chosen.get("organization", ""):
        agencies = agencies.filter(organization__code=organization)
    agency = agencies.select_related("organization", "sector_group").order_by("organization").first()
    if user.role not in WATERFALL or agency is None or period is None:
        return None
    asked = shown.asked_plainly(chosen)
    basis: tree.Basis = "approved" if asked.basis == "approved" else "entered"
    found = tree.build(
        user, agency, period, kind, basis=basis, on=asked.on, known_at=asked.known_at, at=asked.at
    )
    return None if asked.at and not found.trail else found


@listed("conflicts", "مغایرت‌ها")
def conflicts_listed(user: User, chosen: Mapping[str, str]) -> Listing:
    """The difference table between sources as its page shows it."""
    period = ReportingPeriod.objects.for_user(user).by_code(chosen.get("period", "")).first()
    found = conflicts.of_period(user, period) if period is not None and user.role in DESK else []
    rows = [conflicts.row(one) for one in conflicts.chosen(found, chosen)]
    columns = (
        Column("دستگاه اجرایی", "agency", width=36),
        Column("ردیف", "line", width=48),
        Column("دو منبع", "pair", width=40),
        Column("رقم دستگاه", lambda row: row.conflict.reported, "number"),
        Column("رقم منبع دیگر", lambda row: row.conflict.other, "number"),
        Column("اختلاف", lambda row: row.conflict.reported - row.conflict.other, "number"),
        Column("رواداری", "tolerance"),
        Column("مسئول", "owner", width=24),
        Column("وضعیت", lambda row: row.conflict.get_state_display(), width=20),
        Column("توضیح", "word", width=60),
    )
    return Listing(columns, rows, len(rows))


def _step(at: int) -> Callable[[consolidation.MatrixRow], int]:
    return lambda row: row.steps[at][1].done


@listed("desk", "میز تلفیق")
def desk(user: User, chosen: Mapping[str, str]) -> Listing:
    """The matrix agency × step with the filters of its page."""
    period = ReportingPeriod.objects.for_user(user).by_code(chosen.get("period", "")).first()
    rows: list[consolidation.MatrixRow] = []
    if period is not None and user.role in DESK:
        found = matrix(user, period)
        extra = consolidation.extras(user, found, blockers(user, found))
        left = consolidation.chosen(found, chosen.get("show", ""), chosen.get("group", ""), extra)
        rows = [consolidation.row(one, period, extra) for one in left]
    columns = (
        Column("کد دستگاه", "code", width=12),
        Column("دستگاه اجرایی", "name", width=36),
        Column("ردیف", "rows", "number"),
        *(
            Column(f"{name}، انجام‌شده", _step(at), "number")
            for at, name in enumerate(consolidation.STEP_NAMES)
        ),
        Column("بازدید، همه", lambda row: row.steps[2][1].total, "number"),
        money("عملکرد", "spent"),
        Column("جذب", "absorption", "number", PERCENT),
        Column("انحراف", "deviation", "number", "واحد درصد"),
        Column("مغایرت باز", "conflicts", "number"),
        Column("وضعیت", lambda row: "تأیید نهایی" if row.finished_on else row.waiting, width=28),
        Column("غیبت", "absent", width=40),
    )
    return Listing(columns, rows, len(rows))
