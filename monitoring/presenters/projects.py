"""The page of one project, within the reader's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.scopes import AGENCY
from agreements.models import AgreementProject, AllocationLine, Project
from budget_portal import jalali
from budget_portal.charts import Cell, Chart, Column, Series, Table
from budget_portal.charts import Row as TableRow
from budget_portal.digits import group
from budget_portal.numbers import round_half_up
from budget_portal.templatetags.portal import mrial, percent, percent_text, pp
from monitoring.indicators import absorption_rate, deviation_pp, execution_rate, financial_progress
from monitoring.models import CapitalFinanceLine, FieldVisit, PerformanceSubmission, ProjectProgress
from monitoring.presenters import project_parts, words
from monitoring.querysets import NO_FIGURES
from monitoring.ratios import as_percent
from monitoring.signals import DEFAULTS, Band, band

SEEN_BY = {"county_viewer": ("approved",), "national_viewer": ("approved",)}


@dataclass(frozen=True)
class Kpi:
    label: str
    value: str | None
    unit: str = ""
    note: str = ""
    note_tone: str = ""
    alert: bool = False


@dataclass(frozen=True)
class Event:
    title: str
    moment: Any
    text: str = ""
    by: str = ""
    state: str = "done"
    url: str = ""
    url_label: str = ""
    when: str = ""

    @property
    def at(self) -> Any:
        """The printed moment; what has only a day says it in words."""
        return None if self.when else self.moment


@dataclass(frozen=True)
class At:
    """One cut-off of the project: what was reported and what the visit measured."""

    period: Any
    submission: PerformanceSubmission
    physical: Decimal | None
    planned: Decimal | None
    measured: Decimal | None
    spent: int | None
    allocated: int
    credit: int
    financial: Decimal | None


@dataclass
class Page:
    project: Project
    facts: list[dict[str, Any]] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    chart: Chart | None = None
    periods: Table | None = None
    visits: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    operations: Table | None = None
    place: project_parts.PlaceMap | None = None
    finding: tuple[str, str] | None = None
    deviation: Decimal | None = None


def page(user: User, project: Project) -> Page:
    """Everything of one project that the person may see; the desk sees what it is, not its figures."""
    found = Page(project)
    agreed = (
        AgreementProject.objects.filter(project=project, agreement__state="exchanged")
        .select_related("agreement__fiscal_year")
        .prefetch_related("operations", "schedule")
        .order_by("-agreement__valid_from")
        .first()
    )
    found.facts = _facts(project, agreed)
    found.place = project_parts.place(project)
    if user.role in NO_FIGURES:
        return found
    visits = list(
        FieldVisit.objects.for_user(user)
        .filter(project=project)
        .exclude(state="planned")
        .select_related("expert", "period__fiscal_year")
        .order_by("-visited_on")
    )
    history = _history(user, project, agreed, visits)
    found.visits = [_visit(visit) for visit in visits]
    found.kpis = _kpis(history, visits)
    found.chart = _chart(history, agreed)
    found.operations = project_parts.operations(agreed, history[-1].submission if history else None)
    found.periods = _periods(history, with_links=user.role != "county_viewer")
    found.events = _events(history, visits, project)
    found.finding, found.deviation = _finding(history)
    return found


def _facts(project: Project, agreed: AgreementProject | None) -> list[dict[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("دستگاه اجرایی", project.agency),
        ("طرح", project.plan),
        ("شهرستان", project.county),
        ("نشانی", project.address),
        ("روش اجرا", project.get_execution_method_display()),
        ("وضعیت", project.get_status_display()),
    ]
    if agreed:
        rows += [
            ("آغاز", jalali.format_date(agreed.start_date, "text")),
            ("پایان برابر موافقتنامه", jalali.format_date(agreed.end_date, "text")),
            ("برآورد اولیه", f"{mrial(agreed.original_estimate)} میلیون ریال"),
            ("آخرین برآورد", f"{mrial(agreed.latest_estimate)} میلیون ریال"),
            ("هزینهٔ سال‌های پیش", f"{mrial(agreed.spent_before)} میلیون ریال"),
        ]
    return [{"label": label, "value": value, "note": "", "url": ""} for label, value in rows if value]


def _history(
    user: User, project: Project, agreed: AgreementProject | None, visits: list[FieldVisit]
) -> list[At]:
    """Cut-offs oldest first; others than the agency never see its draft."""
    rows = ProjectProgress.objects.for_user(user).filter(project=project)
    lines = CapitalFinanceLine.objects.for_user(user).filter(project=project)
    if states := SEEN_BY.get(user.role):
        rows, lines = rows.filter(submission__state__in=states), lines.filter(submission__state__in=states)
    elif user.role not in AGENCY:
        rows, lines = rows.exclude(submission__state="draft"), lines.exclude(submission__state="draft")
    sums = {
        row["submission"]: row
        for row in lines.values("submission")
        .annotate(
            spent=Sum("spent"),
            cash=Sum("allocated_cash"),
            papers=Sum("allocated_securities"),
            credit=Sum("credit_in_force"),
        )
        .order_by()
    }
    measured = {visit.period_id: visit.physical_progress for visit in reversed(visits)}
    found = rows.select_related("submission__period__fiscal_year", "agreement_project").order_by(
        "submission__period__cutoff_date"
    )
    return [_at(row, sums.get(row.submission_id, {}), measured) for row in found]


def _at(row: ProjectProgress, sums: dict[str, Any], measured: dict[int, Decimal | None]) -> At:
    agreed, spent = row.agreement_project, sums.get("spent")
    return At(
        period=row.submission.period,
        submission=row.submission,
        physical=row.physical_progress,
        planned=row.planned_progress,
        measured=measured.get(row.submission.period_id),
        spent=spent,
        allocated=(sums.get("cash") or 0) + (sums.get("papers") or 0),
        credit=sums.get("credit") or 0,
        financial=as_percent(
            financial_progress(agreed.spent_before, spent, agreed.latest_estimate).exact_percent
        ),
    )


def _kpis(history: list[At], visits: list[FieldVisit]) -> list[Kpi]:
    if not history:
        return []
    now = history[-1]
    name = words.period_name(now.period)
    deviation = deviation_pp(now.physical, now.planned)
    late = deviation is not None and deviation < DEFAULTS.amber_from
    visit = visits[0] if visits else None
    rate = as_percent(absorption_rate(now.spent, now.allocated).exact_percent)
    execution = as_percent(execution_rate(now.spent, now.credit).exact_percent)
    return [
        Kpi("اعتبار در اجرا", mrial(now.credit), "میلیون ریال", name),
        Kpi("تخصیص", mrial(now.allocated), "میلیون ریال", name),
        Kpi(
            "عملکرد تجمعی",
            None if now.spent is None else mrial(now.spent),
            "میلیون ریال",
            f"{percent_text(rate)} تخصیص · {percent_text(execution)} اعتبار",
        ),
        Kpi(
            "پیشرفت فیزیکی",
            None if now.physical is None else percent_text(now.physical),
            f"برنامه {percent_text(now.planned)}",
            f"از آستانهٔ {abs(int(DEFAULTS.amber_from))} واحد گذشته است" if late else name,
            "bad" if late else "",
            late,
        ),
        Kpi(
            "آخرین بازدید",
            percent_text(visit.physical_progress) if visit and visit.physical_progress is not None else None,
            "اندازه‌گیری کارشناس",
            jalali.format_date(visit.visited_on, "text")
            if visit and visit.visited_on
            else "هنوز بازدیدی ثبت نشده است",
        ),
    ]


def _chart(history: list[At], agreed: AgreementProject | None) -> Chart | None:
    """What was told at each cut-off, and the plan of the version in force beyond the last of them."""
    if not any(at.physical is not None for at in history):
        return None
    last = next(at for at in reversed(history) if at.physical is not None)
    sentence = f"پیشرفت فیزیکی در {words.period_name(last.period)} {percent_text(last.physical)} و برنامه {percent_text(last.planned)} است"
    if last.financial is not None:
        sentence += f"؛ پیشرفت مالی نسبت به آخرین برآورد {percent_text(last.financial)} است"
    coming = project_parts.ahead(agreed, history[-1].period.cutoff_date)
    nothing = (None,) * len(coming)
    plan = (*(at.planned for at in history), *(planned for _, planned in coming))
    return Chart(
        kind="curve",
        title="پیشرفت تجمعی: برنامه و واقع",
        sentence=f"{sentence}.",
        unit="درصد",
        note="مالی: هزینه از آغاز پروژه نسبت به آخرین برآورد. اندازه‌گیری بازدید در جدول «مقاطع» آمده است.",
        series=(
            Series("plan", "برنامه", tuple(_drawn(value) for value in plan)),
            Series("physical", "فیزیکی", tuple(_drawn(at.physical) for at in history) + nothing),
            Series("financial", "مالی", tuple(_drawn(at.financial) for at in history) + nothing),
        ),
        points=(*(words.period_name(at.period) for at in history), *(name for name, _ in coming)),
        scale=100,
    )


def _drawn(value: Decimal | None) -> Decimal | None:
    """One decimal, and none where it says nothing."""
    if value is None:
        return None
    rounded = round_half_up(value, 1)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded


def _periods(history: list[At], *, with_links: bool) -> Table:
    """Each cut-off leads to its whole form, which holds projects of other counties too."""
    columns = (
        Column("مقطع", head=True),
        Column("عملکرد", "میلیون ریال", numeric=True),
        Column("فیزیکی دستگاه", "٪", numeric=True),
        Column("اندازه‌گیری بازدید", "٪", numeric=True),
        Column("برنامه", "٪", numeric=True),
        Column("انحراف", "واحد", numeric=True),
        Column("وضعیت"),
    )
    rows = []
    for at in reversed(history):
        deviation = deviation_pp(at.physical, at.planned)
        rows.append(
            TableRow(
                (
                    Cell(
                        words.period_name(at.period),
                        reverse("monitoring:review-detail", args=[at.submission.pk]) if with_links else "",
                    ),
                    mrial(at.spent),
                    percent(at.physical),
                    percent(at.measured),
                    percent(at.planned),
                    pp(deviation),
                    at.submission.get_state_display(),
                ),
                "bad" if band(deviation) == Band.RED else "",
            )
        )
    return Table("مقاطع گزارش‌شده", columns, tuple(rows))


def _visit(visit: FieldVisit) -> dict[str, Any]:
    return {
        "on": visit.visited_on,
        "expert": visit.expert,
        "progress": visit.physical_progress,
        "claim": visit.agency_progress,
        "state": visit.get_state_display(),
        "url": _visit_url(visit),
    }


def _visit_url(visit: FieldVisit) -> str:
    try:
        return reverse("monitoring:visit", args=[visit.pk])
    except NoReverseMatch:
        return ""


def _events(history: list[At], visits: list[FieldVisit], project: Project) -> list[Event]:
    found = []
    for at in history:
        name, row = words.period_name(at.period), at.submission
        for moment, said in (
            (row.submitted_at, f"عملکرد {name} به ذیحساب ارسال شد"),
            (row.confirmed_at, f"ذیحساب عملکرد {name} را تأیید کرد"),
            (row.reviewed_at, f"کارشناس بودجه بررسی {name} را پایان داد"),
            (row.approved_at, f"عملکرد {name} تأیید نهایی شد"),
        ):
            if moment:
                found.append(Event(said, moment))
    for visit in visits:
        if visit.submitted_at:
            measured = percent_text(visit.physical_progress)
            found.append(
                Event(f"بازدید میدانی: {measured} اندازه‌گیری شد", visit.submitted_at, by=str(visit.expert))
            )
    notices = AllocationLine.objects.counted().filter(project=project, notice__state="issued")
    grouped = notices.values_list("notice__letter_date", "notice__letter_number").annotate(Sum("amount"))
    for day, number, amount in grouped.order_by("-notice__letter_date")[:20]:
        said = f"تخصیص {group(amount)} میلیون ریال ابلاغ شد"
        when = jalali.format_date(day, "text")
        found.append(Event(said, jalali.start_of_day(day), f"ابلاغیهٔ {number}", when=when))
    for said, day, text in project_parts.dated(project):
        found.append(Event(said, jalali.start_of_day(day), text, when=jalali.format_date(day, "text")))
    return sorted(found, key=lambda event: event.moment, reverse=True)[:15]


def _finding(history: list[At]) -> tuple[tuple[str, str] | None, Decimal | None]:
    if not history:
        return None, None
    now = history[-1]
    deviation = deviation_pp(now.physical, now.planned)
    if (
        now.financial is not None
        and now.physical is not None
        and now.financial - now.physical > DEFAULTS.gap_points
    ):
        text = f"پیشرفت مالی {percent_text(now.financial)} و پیشرفت فیزیکی {percent_text(now.physical)} است."
        return ("هزینه از کار جلوتر است.", text), deviation
    if band(deviation) in {Band.RED, Band.AMBER}:
        behind = percent_text(abs(deviation or Decimal(0))).removesuffix("٪")
        text = f"پیشرفت فیزیکی {percent_text(now.physical)} و برنامه {percent_text(now.planned)} است؛ {behind} واحد عقب‌تر."
        return ("پروژه از برنامه عقب است.", text), deviation
    return None, deviation


def behind(deviation: Decimal | None) -> str:
    """For the head of the page: how many points a project in the red lies behind its plan."""
    if band(deviation) is not Band.RED:
        return ""
    return f"{percent_text(abs(deviation or Decimal(0))).removesuffix('٪')} واحد عقب‌تر از برنامه"
