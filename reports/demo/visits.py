"""Visits of the demo: past ones in bulk, confirmed; those of the open cut-off through the verbs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounts.models import User
from agreements.models import ReportingPeriod
from monitoring import rule_inputs, visits
from monitoring.models import FieldVisit, VisitFinding, VisitMeasurement, VisitPhoto
from monitoring.rules import Point
from monitoring.rules.physical import DISPUTE_POINTS
from monitoring.workflow import visits as moves
from reports.demo import courses, pictures
from reports.demo.ground import Ground
from reports.demo.plan import PERIODS
from reports.demo.register import Work, moment

BIAS = (Decimal(0), Decimal("-2"), Decimal("-0.5"), Decimal("-7"), Decimal("1"))
FINDINGS = (
    ("آزمایش مقاومت بتن برای بخشی از اجرا در پرونده نیست.", "major", "پیمانکار"),
    ("علائم ایمنی کارگاه کامل نیست.", "minor", "مشاور"),
    ("کار بیش از دو ماه بدون دلیل مکتوب متوقف بوده است.", "critical", "دستگاه اجرایی"),
)
DISPUTE = "مقدار کار در کارگاه دوباره سنجیده شد و رقم دستگاه با صورت‌جلسه‌ها نمی‌خواند."
QUALITIES = ("good", "excellent", "medium", "good", "poor")


def past(ground: Ground, works: list[Work], index: int, every: int) -> None:
    """Every `every`-th project visited at a past cut-off; measured, handed in and confirmed."""
    period, year = ground.periods[PERIODS[index]], int(PERIODS[index][:4])
    chosen = works[index % every :: every]
    found = FieldVisit.objects.bulk_create(_past(ground, work, period, index) for work in chosen)
    VisitMeasurement.objects.bulk_create(
        VisitMeasurement(visit=visit, operation=operation, quantity_done=done)
        for visit, work in zip(found, chosen, strict=True)
        for operation, done in zip(work.operations[year], _measured(work, index, year), strict=True)
    )
    for visit, work in zip(found, chosen, strict=True):
        _photos(visit, work, work.course.actual[index])
        number = work.project.pk + index
        if number % 4 == 0:
            text, severity, responsible = FINDINGS[number % 3]
            due = (visit.visited_on or period.cutoff_date) + dt.timedelta(days=45)
            VisitFinding.objects.create(
                visit=visit, text=text, severity=severity, responsible=responsible, due_on=due
            )
    _hand_in(ground, found)


def _past(ground: Ground, work: Work, period: ReportingPeriod, index: int) -> FieldVisit:
    year, agency, project = period.fiscal_year.year, work.agency, work.project
    day = period.cutoff_date + dt.timedelta(days=5 + project.pk % 12)
    done = _measured(work, index, year)
    return FieldVisit(
        agency=agency,
        project=project,
        period=period,
        agreement_project=work.agreed[year],
        expert=ground.people[f"expert_{agency.organization.code}_{agency.sector_group.code}"],
        visited_on=day,
        visitors="کارشناس گروه",
        person_days=Decimal("1.5"),
        weather="آفتابی",
        latitude=project.latitude,
        longitude=project.longitude,
        accuracy_m=9,
        located_at=moment(day),
        distance_m=12,
        site_state="idle" if work.course.pattern == "idle" else "active",
        workers=10 + project.pk % 30,
        quality_overall=QUALITIES[project.pk % 5],
        quality_workmanship=QUALITIES[(project.pk + 1) % 5],
        quality_materials="good",
        quality_safety=QUALITIES[(project.pk + 2) % 5],
        quality_documents="medium",
        physical_progress=rule_inputs.computed_progress(zip(work.operations[year], done, strict=True)),
        planned_progress=work.course.planned[index],
        agency_progress=work.course.actual[index],
        dispute_comment=_dispute(work),
        recommendations="تسریع در تأمین مصالح و تکمیل مستندات کارگاه.",
    )


def _measured(work: Work, index: int, year: int) -> list[Decimal]:
    progress = max(Decimal(0), work.course.actual[index] + BIAS[work.project.pk % len(BIAS)]).min(
        Decimal(100)
    )
    return courses.quantities(progress, [(o.target_quantity, o.weight) for o in work.operations[year]])


def _dispute(work: Work) -> str:
    """The expert's word where the measurement lies far below the claim (V10)."""
    return DISPUTE if BIAS[work.project.pk % len(BIAS)] < -DISPUTE_POINTS else ""


def _photos(visit: FieldVisit, work: Work, progress: Decimal) -> None:
    at = (work.project.latitude or Decimal(0), work.project.longitude or Decimal(0))
    for number in range(2):
        original, shown = pictures.pair(
            work.agency.organization, visit.expert, progress, work.project.pk * 2 + number, at
        )
        VisitPhoto.objects.create(
            visit=visit,
            original=original,
            shown=shown,
            caption="نمای کارگاه" if number == 0 else "نمای کناری",
            taken_at=visit.located_at,
            latitude=at[0],
            longitude=at[1],
            distance_m=12,
        )


def _hand_in(ground: Ground, found: list[FieldVisit]) -> None:
    for visit in found:
        code = visit.agency.organization.code
        confirmer = ground.people["consolidation" if code == "khuzestan" else "consolidation_qom"]
        day = visit.visited_on or visit.period.cutoff_date
        visit.submitted_at, visit.submitted_by = moment(day), visit.expert
        visit.confirmed_at, visit.confirmed_by = moment(day + dt.timedelta(days=2)), confirmer
    for state, fields in (
        ("done", []),
        ("submitted", ["submitted_at", "submitted_by"]),
        ("confirmed", ["confirmed_at", "confirmed_by"]),
    ):
        for visit in found:
            visit.state = state
        FieldVisit.objects.bulk_update(found, ["state", *fields])


def now(
    expert: User, work: Work, period: ReportingPeriod, day: dt.date, *, confirm_by: User | None
) -> FieldVisit:
    """A visit of the open cut-off, through the verbs; confirmed when a confirmer is given."""
    visit = visits.plan_visit(work.agency, period, by=expert, project=work.project)
    year, index = period.fiscal_year.year, len(PERIODS) - 1
    rows = zip(visit.measurements.order_by("operation__key"), _measured(work, index, year), strict=True)
    facts = {
        "visited_on": day,
        "visitors": "کارشناس گروه",
        "person_days": Decimal(1),
        "quality_overall": "good",
        "latitude": work.project.latitude,
        "longitude": work.project.longitude,
        "accuracy_m": 8,
        "site_state": "active",
        "dispute_comment": _dispute(work),
    }
    visits.write_visit(
        visit.pk, by=expert, facts=facts, quantities={row.pk: (done, "") for row, done in rows}
    )
    at = (work.project.latitude or Decimal(0), work.project.longitude or Decimal(0))
    for number in range(2):
        original, shown = pictures.pair(
            work.agency.organization, expert, work.course.actual[index], work.project.pk * 2 + number, at
        )
        visits.add_photo(
            visit.pk, by=expert, original=original, shown=shown, at=Point(*at), taken_at=moment(day)
        )
    moves.mark_done(visit.pk, by=expert)
    moves.submit(visit.pk, by=expert)
    if confirm_by is not None:
        moves.confirm(visit.pk, by=confirm_by)
    return visit
