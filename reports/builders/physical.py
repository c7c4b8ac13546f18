"""Physical sections of R1: weighted progress, project rows and pages, causes of delay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from monitoring import indicators
from monitoring.models import CapitalFinanceLine, FieldVisit, ProjectProgress
from monitoring.querysets import CONFIRMED
from monitoring.ratios import Ratio
from monitoring.signals import Band, Curves, band, divergence, is_critical
from reports.builders.facts import Facts, flow_of
from reports.figures import Flow, Physical, total, total_physical
from reports.parts import (
    CauseRow,
    Causes,
    CauseShare,
    CurvePoint,
    CutoffRow,
    OperationRow,
    Photo,
    ProjectPage,
    ProjectRow,
    SCurve,
    VisitSheet,
)

BAND_WORDS = {Band.GREEN: "عادی", Band.AMBER: "نیازمند توجه", Band.RED: "منحرف"}
LISTED_CAUSES = 8


def physical_of(facts: Facts, rows: Iterable[ProjectProgress]) -> Physical | None:
    return total_physical(_one(facts, row) for row in rows)


def _one(facts: Facts, row: ProjectProgress) -> Physical:
    progress, _ = facts.progress_of(row)
    return measure(progress, row.planned_progress, row.agreement_project.latest_estimate)


def measure(progress: Decimal | None, planned: Decimal | None, estimate: int) -> Physical:
    """One project: its weight and its band; without progress or plan it is only counted as missing."""
    if progress is None or planned is None:
        return Physical(Decimal(0), Decimal(0), 0, missing=1)
    found = band(indicators.deviation_pp(progress, planned))
    return Physical(
        earned=Decimal(progress) * estimate / 100,
        planned=Decimal(planned) * estimate / 100,
        estimate=estimate,
        green=int(found is Band.GREEN),
        amber=int(found is Band.AMBER),
        red=int(found is Band.RED),
    )


def money_by_project(facts: Facts) -> dict[int, Flow]:
    found: dict[int, list[Flow]] = {}
    for line in facts.capital:
        found.setdefault(line.project_id, []).append(flow_of(line))
    return {project: flow for project, flows in found.items() if (flow := total(flows)) is not None}


def project_rows(facts: Facts) -> list[ProjectRow]:
    """Every project of approved submissions, worst deviation first."""
    money = money_by_project(facts)
    rows = [_row(facts, row, money.get(row.project_id)) for row in facts.progress]
    return sorted(rows, key=lambda row: (row.deviation is None, row.deviation or 0, row.code))


def _row(facts: Facts, row: ProjectProgress, flow: Flow | None) -> ProjectRow:
    progress, origin = facts.progress_of(row)
    agreed, visit = row.agreement_project, facts.latest_visit(row.project_id)
    financial = indicators.financial_progress(
        agreed.spent_before, flow.spent if flow else None, agreed.latest_estimate
    )
    delay = indicators.delay_days(agreed.start_date, agreed.end_date, facts.period.cutoff_date, progress)
    signals = divergence(
        Curves(
            planned=row.planned_progress,
            reported=row.physical_progress,
            measured=visit.physical_progress if visit else None,
            financial=financial.exact_percent,
        )
    )
    causes = sorted(row.delay_causes.all(), key=lambda cause: -cause.share)
    return ProjectRow(
        code=row.project.code,
        title=row.project.title,
        agency=facts.name_of(row.submission.agency),
        county=row.project.county.name,
        planned=row.planned_progress,
        progress=progress,
        origin=origin,
        financial=financial,
        flow=flow,
        status=row.get_status_display(),
        word=signals[0].kind.title if signals else "",
        cause=causes[0].cause.title if causes else "",
        delay_days=delay,
        critical=tuple(_critical_words(row, progress, delay, visit)),
        remedy=row.remedy,
    )


def _critical_words(
    row: ProjectProgress, progress: Decimal | None, delay: int | None, visit: FieldVisit | None
) -> Iterable[str]:
    if not is_critical(None, delay, _has_critical_finding(visit)):
        return
    if delay is not None and delay > 365:
        yield f"تأخیر پیش‌بینی‌شدهٔ {_digits(delay)} روز"
    if _has_critical_finding(visit):
        yield "یافتهٔ بحرانی در بازدید"


def _has_critical_finding(visit: FieldVisit | None) -> bool:
    return visit is not None and visit.findings.filter(severity="critical").exclude(state="verified").exists()


def _digits(value: int) -> str:
    from budget_portal.digits import group

    return group(value)


def deviating(rows: Sequence[ProjectRow]) -> tuple[ProjectRow, ...]:
    return tuple(row for row in rows if band(row.deviation) is Band.RED)


def critical(rows: Sequence[ProjectRow]) -> tuple[ProjectRow, ...]:
    return tuple(row for row in rows if row.critical and band(row.deviation) is not Band.RED)


def causes(facts: Facts) -> Causes | None:
    """I17 over the projects that named causes; small ones together as «سایر»."""
    named = [
        {cause.cause.title: cause.share for cause in row.delay_causes.all()}
        for row in facts.progress
        if row.delay_causes.all()
    ]
    if not named:
        return None
    mix = indicators.cause_mix(named)
    ordered = sorted(mix.items(), key=lambda item: -(item[1].value or 0))
    rows = [CauseRow(title, share) for title, share in ordered[:LISTED_CAUSES]]
    rest = [share for _, share in ordered[LISTED_CAUSES:]]
    if rest:
        rows.append(CauseRow("سایر", Ratio(sum(share.numerator or 0 for share in rest), len(named))))
    return Causes(tuple(rows), len(named))


# --- project pages ---------------------------------------------------------------------------------
def pages(
    facts: Facts, rows: Sequence[ProjectRow], most: int
) -> tuple[tuple[ProjectPage, ...], dict[str, Any]]:
    """Closer pages: the worst deviations of which a visit tells, then the largest. Also the photos' files."""
    by_code = {row.project.code: row for row in facts.progress}
    chosen = [by_code[row.code] for row in rows if facts.latest_visit(by_code[row.code].project_id)][:most]
    if not chosen:
        chosen = [by_code[row.code] for row in rows[:most]]
    photos: dict[str, Any] = {}
    return tuple(_page(facts, row, photos) for row in chosen), photos


def _page(facts: Facts, row: ProjectProgress, photos: dict[str, Any]) -> ProjectPage:
    agreed, project, period = row.agreement_project, row.project, facts.period
    measured = _measured(facts, row.project_id)
    cutoffs = _cutoffs(facts, row, measured)
    progress, _ = facts.progress_of(row)
    visit = facts.latest_visit(project.pk)
    delay = indicators.delay_days(agreed.start_date, agreed.end_date, period.cutoff_date, progress)
    found = band(indicators.deviation_pp(progress, row.planned_progress))
    return ProjectPage(
        code=project.code,
        title=project.title,
        agency=facts.name_of(row.submission.agency),
        county=project.county.name,
        starts_on=agreed.start_date,
        ends_on=agreed.end_date,
        original_estimate=agreed.original_estimate,
        latest_estimate=agreed.latest_estimate,
        spent_before=agreed.spent_before,
        before_title=f"پایان {_year_words(period.fiscal_year.year - 1)}",
        curve=_curve(facts, row, cutoffs, measured),
        cutoffs=tuple(cut for _, cut in cutoffs),
        operations=_operations(row, visit),
        status=row.get_status_display(),
        execution_method=project.get_execution_method_display(),
        band=BAND_WORDS[found] if found else "",
        critical=tuple(_critical_words(row, progress, delay, visit)),
        forecast_end=indicators.forecast_end(agreed.start_date, period.cutoff_date, progress),
        delay_days=delay,
        causes=tuple(CauseShare(cause.cause.title, cause.share) for cause in row.delay_causes.all()),
        obstacles=row.obstacles,
        remedy=row.remedy,
        visit=_sheet(visit, photos) if visit else None,
    )


def _year_words(year: int) -> str:
    from budget_portal.digits import to_persian

    return to_persian(str(year))


def _cutoffs(
    facts: Facts, row: ProjectProgress, measured: Mapping[date, Decimal]
) -> list[tuple[Any, CutoffRow]]:
    """The cut-offs of the year up to this one, as approved; the visit that counts is of this or the last one."""
    earlier = (
        ProjectProgress.objects.filter(
            project=row.project_id,
            submission__state="approved",
            submission__period__fiscal_year=facts.period.fiscal_year_id,
            submission__period__cutoff_date__lte=facts.period.cutoff_date,
        )
        .select_related("submission__period__fiscal_year", "agreement_project")
        .order_by("submission__period__cutoff_date")
    )
    lines: dict[int, list[Flow]] = {}
    for line in CapitalFinanceLine.objects.filter(
        project=row.project_id, submission__in=[one.submission_id for one in earlier]
    ).select_related("submission"):
        lines.setdefault(line.submission_id, []).append(flow_of(line))
    found, last = [], facts.period.fiscal_year.starts_on - timedelta(days=1)
    for one in earlier:
        period = one.submission.period
        visited = measured.get(period.cutoff_date, measured.get(last))
        found.append((period, _cutoff(one, total(lines.get(one.submission_id, [])) or Flow(), visited)))
        last = period.cutoff_date
    return found


def _cutoff(row: ProjectProgress, flow: Flow, visited: Decimal | None) -> CutoffRow:
    agreed = row.agreement_project
    return CutoffRow(
        title=period_title(row.submission.period),
        flow=flow,
        planned=row.planned_progress,
        agency=row.physical_progress,
        visited=visited,
        progress=visited if visited is not None else row.physical_progress,
        financial=indicators.financial_progress(agreed.spent_before, flow.spent, agreed.latest_estimate),
    )


def _measured(facts: Facts, project_id: int) -> Mapping[date, Decimal]:
    """What confirmed visits measured, by the day of their cut-off."""
    visits = FieldVisit.objects.filter(
        project=project_id,
        physical_progress__isnull=False,
        state__in=CONFIRMED,
        period__cutoff_date__lte=facts.period.cutoff_date,
    )
    return dict(visits.order_by("visited_on", "pk").values_list("period__cutoff_date", "physical_progress"))


def period_title(period: Any) -> str:
    """«پایان اسفند ۱۴۰۳»; the closing cut-off names its year."""
    from budget_portal.digits import to_persian

    months = {"Q1": "خرداد", "Q2": "شهریور", "Q3": "آذر", "Q4": "اسفند"}
    year = to_persian(str(period.fiscal_year.year))
    return f"متمم {year}" if period.is_closing else f"پایان {months[period.cutoff]} {year}"


def _curve(
    facts: Facts,
    row: ProjectProgress,
    cutoffs: list[tuple[Any, CutoffRow]],
    measured: Mapping[date, Decimal],
) -> SCurve | None:
    agreed = row.agreement_project
    if not cutoffs:
        return None
    year_start = CurvePoint(facts.period.fiscal_year.starts_on, agreed.progress_before)
    before = indicators.financial_progress(agreed.spent_before, 0, agreed.latest_estimate).percent
    start = CurvePoint(agreed.start_date, Decimal(0))

    def points(name: str) -> tuple[CurvePoint, ...]:
        return tuple(
            CurvePoint(period.cutoff_date, value)
            for period, cut in cutoffs
            if (value := getattr(cut, name)) is not None
        )

    financial = tuple(
        CurvePoint(period.cutoff_date, cut.financial.percent)
        for period, cut in cutoffs
        if cut.financial.percent is not None
    )
    return SCurve(
        starts_on=agreed.start_date,
        ends_on=max(agreed.end_date, facts.period.cutoff_date),
        planned=(start, year_start, *points("planned"), CurvePoint(agreed.end_date, Decimal(100)))
        if agreed.end_date > facts.period.cutoff_date
        else (start, year_start, *points("planned")),
        agency=(start, year_start, *points("agency")),
        visited=tuple(CurvePoint(on, value) for on, value in measured.items() if on >= agreed.start_date),
        financial=(start, *((CurvePoint(year_start.on, before),) if before is not None else ()), *financial),
    )


def _operations(row: ProjectProgress, visit: FieldVisit | None) -> tuple[OperationRow, ...]:
    measured = (
        {part.operation.key: part.quantity_done for part in visit.measurements.select_related("operation")}
        if visit
        else {}
    )
    return tuple(
        OperationRow(
            title=part.operation.title,
            unit=part.operation.unit,
            target=part.operation.target_quantity,
            weight=part.operation.weight,
            start=part.operation.done_before,
            agency=part.quantity_done,
            visited=measured.get(part.operation.key),
        )
        for part in sorted(row.operations.all(), key=lambda part: part.operation.key)
    )


def _sheet(visit: FieldVisit, photos: dict[str, Any]) -> VisitSheet:
    from reports.printing import day_text, digits

    pictures = []
    for photo in visit.photos.select_related("shown")[:4]:
        photos[photo.shown.sha256] = photo.shown
        near = f"{digits(photo.distance_m)} متر از محل پروژه" if photo.distance_m is not None else ""
        pictures.append(Photo(photo.shown.sha256, photo.caption or "عکس بازدید", near))
    parts = [day_text(visit.visited_on)]
    if visit.quality_overall:
        parts.append(f"کیفیت کلی: {visit.get_quality_overall_display()}")
    if visit.site_state:
        parts.append(f"وضعیت کارگاه: {visit.get_site_state_display()}")
    return VisitSheet(number=digits(visit.pk), line=" · ".join(parts), photos=tuple(pictures))
