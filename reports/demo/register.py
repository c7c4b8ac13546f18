"""Plans, projects, agreements and notices of the demo: exchanged and issued, as an import would leave them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from agreements.models import (
    Activity,
    AgreementProject,
    AllocationLine,
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    CreditSchedule,
    ExpenseAgreement,
    NotificationLine,
    PhysicalSchedule,
    Plan,
    ProgrammeCredit,
    Project,
    ProjectCredit,
    WorkOperation,
)
from agreements.workflow.arrivals import exchange
from budget_portal import audit, jalali
from reports.demo import courses
from reports.demo.courses import Course, Money
from reports.demo.ground import Ground
from reports.demo.plan import EXPENSE_SHARES, OPERATIONS, PERIODS, TITLES, AgencyPlan

YEARS = (1404, 1405)


@dataclass
class Work:
    """A demo project with its course and its part in each year's agreement."""

    agency: Agency
    project: Project
    course: Course
    agreed: dict[int, AgreementProject]
    operations: dict[int, list[WorkOperation]]


@dataclass
class Service:
    """The expense side of an agency: money per chapter × source, agreement and activities per year."""

    agency: Agency
    programme: Any
    lines: dict[tuple[str, str], Money]
    agreements: dict[int, ExpenseAgreement]
    activities: dict[int, list[Activity]]


def moment(day: dt.date) -> dt.datetime:
    """Office hours of a day, for rows that tell when something was learned."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10, 30)))


def build(ground: Ground, rng: random.Random) -> tuple[list[Work], list[Service]]:
    works: list[Work] = []
    services: list[Service] = []
    for agency, plan in ground.agencies:
        if plan.works:
            works += _works(ground, rng, agency, plan, len(works))
        services.append(_service(ground, rng, agency, plan))
    _capital_notices(ground, works)
    _expense_notices(ground, services)
    return works, services


def _works(ground: Ground, rng: random.Random, agency: Agency, plan: AgencyPlan, start: int) -> list[Work]:
    programme = ground.programmes[plan.programme]
    home = Plan.objects.create(
        organization=agency.organization,
        programme=programme,
        code=f"{plan.programme}{agency.code}",
        title=f"طرح {programme.title.removeprefix('برنامهٔ ')} – {agency.organization.province}",
    )
    counties = ground.counties(agency)
    works = []
    for number in range(4 + int(agency.code) % 2):
        index = start + number
        county = counties[(index * 7 + number) % len(counties)]
        title = TITLES[plan.works][number % len(TITLES[plan.works])].format(c=_county_words(county.name))
        project = Project.objects.create(
            agency=agency,
            plan=home,
            code=f"{agency.code}{number + 1:03d}",
            title=title,
            county=county,
            latitude=county.seat_lat + Decimal(rng.randrange(-300, 300)) / 10_000,
            longitude=county.seat_lon + Decimal(rng.randrange(-300, 300)) / 10_000,
        )
        works.append(Work(agency, project, courses.project(rng, index), {}, {}))
    for year in YEARS:
        _capital_agreement(ground, home, works, year, plan.works)
    return works


def _county_words(name: str) -> str:
    return f"شهرستان {name}"


def _capital_agreement(ground: Ground, plan: Plan, works: list[Work], year: int, kind: str) -> None:
    day = jalali.gregorian(year, 2, 10)
    agreement = CapitalAgreement.objects.create(
        plan=plan,
        agency=works[0].agency,
        fiscal_year=ground.years[year],
        number=f"{year}/{plan.code}",
        agreed_on=day,
        external_system="nezarat4",
        external_number=f"{year}{plan.code}",
        valid_from=jalali.fiscal_year_start(year),
        recorded_at=moment(day),
    )
    for work in works:
        _agreement_project(ground, agreement, work, year, kind)
    arrive(agreement)


def _agreement_project(ground: Ground, agreement: CapitalAgreement, work: Work, year: int, kind: str) -> None:
    course = work.course
    start, end = _dates(course)
    spent = course.spent_before + (
        sum(line.spent[3] for line in course.money.values()) if year == 1405 else 0
    )
    row = AgreementProject.objects.create(
        agreement=agreement,
        project=work.project,
        start_date=start,
        end_date=end,
        original_estimate=course.original,
        latest_estimate=course.estimate,
        estimate_reason="تعدیل نرخ مصالح بر پایهٔ شاخص‌های ابلاغی",
        spent_before=spent,
        progress_before=course.started if year == 1404 else course.at_1405,
    )
    rows = []
    for key, (title, unit, size, weight) in enumerate(OPERATIONS[kind], start=1):
        scale = Decimal(1) if unit == "درصد" else Decimal(course.estimate) / 100_000
        rows.append(
            WorkOperation(
                agreement_project=row,
                key=key,
                title=title,
                unit=unit,
                target_quantity=(Decimal(size) * scale).quantize(Decimal("0.1")).max(Decimal(1)),
                weight=Decimal(weight),
            )
        )
    sizes = [(operation.target_quantity, operation.weight) for operation in rows]
    for operation, done in zip(rows, courses.quantities(row.progress_before, sizes), strict=True):
        operation.done_before = done
    work.operations[year] = WorkOperation.objects.bulk_create(rows)
    work.agreed[year] = row
    PhysicalSchedule.objects.bulk_create(
        PhysicalSchedule(agreement_project=row, year=year, quarter=quarter, planned=planned)
        for quarter, planned in course.planned_of(year).items()
    )
    ProjectCredit.objects.bulk_create(
        ProjectCredit(agreement_project=row, funding_source=ground.sources[source], amount=money.credit[year])
        for source, money in course.money.items()
    )
    left = max(0, course.estimate - spent - sum(money.credit[year] for money in course.money.values()))
    CreditSchedule.objects.create(agreement_project=row, year=year + 1, amount=left)


def _dates(course: Course) -> tuple[dt.date, dt.date]:
    """Start and agreed end that fit the planned pace: what was done by 1404 took its time, the rest has a tenth more."""
    pace = course.planned[0] - course.started
    begun = jalali.fiscal_year_start(1404) - dt.timedelta(days=int(course.started / pace * 91))
    return begun, begun + dt.timedelta(days=int(Decimal(100) / pace * 91 * Decimal("1.1")))


def _service(ground: Ground, rng: random.Random, agency: Agency, plan: AgencyPlan) -> Service:
    programme = ground.programmes[plan.programme]
    total = {1404: rng.randrange(40, 400) * 1000}
    total[1405] = total[1404] * 128 // 100
    lines = {
        (chapter, "general"): courses.expense(rng, {y: t * int(share) // 100 for y, t in total.items()})
        for chapter, share in EXPENSE_SHARES.items()
    }
    if int(agency.code) % 4 == 1:
        lines["2", "own-revenue"] = courses.expense(rng, {y: t * 8 // 100 for y, t in total.items()})
    service = Service(agency, programme, lines, {}, {})
    for year in YEARS:
        _expense_agreement(ground, service, plan, year)
    return service


def _expense_agreement(ground: Ground, service: Service, plan: AgencyPlan, year: int) -> None:
    day = jalali.gregorian(year, 2, 15)
    agreement = ExpenseAgreement.objects.create(
        agency=service.agency,
        fiscal_year=ground.years[year],
        number=f"{year}/ه/{service.agency.code}",
        agreed_on=day,
        external_system="saba",
        external_number=f"S{year}{service.agency.code}",
        valid_from=jalali.fiscal_year_start(year),
        recorded_at=moment(day),
    )
    ProgrammeCredit.objects.bulk_create(
        ProgrammeCredit(
            agreement=agreement,
            programme=service.programme,
            expense_chapter=ground.chapters[chapter],
            funding_source=ground.sources[source],
            amount=money.credit[year],
        )
        for (chapter, source), money in service.lines.items()
    )
    total = sum(money.credit[year] for money in service.lines.values())
    service.activities[year] = _activities(agreement, service, plan, total)
    service.agreements[year] = agreement
    arrive(agreement)


def _activities(
    agreement: ExpenseAgreement, service: Service, plan: AgencyPlan, total: int
) -> list[Activity]:
    """Activities whose credits add up to the programme (form 3)."""
    rows, left = [], total
    for key, (title, unit, cost) in enumerate(plan.services, start=1):
        credit = left if key == len(plan.services) else left * 6 // 10
        left -= credit
        volume, unit_cost = _whole_volume(credit, Decimal(cost))
        rows.append(
            Activity(
                agreement=agreement,
                programme=service.programme,
                key=key,
                title=title,
                unit=unit,
                target_volume=volume,
                unit_cost=unit_cost,
                credit=credit,
            )
        )
    return Activity.objects.bulk_create(rows)


def _whole_volume(credit: int, about: Decimal) -> tuple[int, Decimal]:
    """Whole units near credit ÷ cost, and the unit cost (million rials) that gives the credit to ±1 (form 3)."""
    volumes = count(max(int(credit / about), 1))
    pairs = ((volume, (Decimal(credit) / volume).quantize(Decimal("0.001"))) for volume in volumes)
    return next((volume, cost) for volume, cost in pairs if abs(volume * cost - credit) <= 1)


def arrive(agreement: CapitalAgreement | ExpenseAgreement) -> None:
    exchange(agreement, by=None, facts={"number": agreement.number}, note="دادهٔ نمونه")


def _capital_notices(ground: Ground, works: list[Work]) -> None:
    for agency in dict.fromkeys(work.agency for work in works):
        mine = [work for work in works if work.agency == agency]
        for year in YEARS:
            lines = [
                NotificationLine(
                    programme=work.project.plan.programme,
                    plan=work.project.plan,
                    funding_source=ground.sources[source],
                    amount=money.credit[year],
                )
                for work in mine
                for source, money in work.course.money.items()
            ]
            _notify(ground, agency, "capital", year, lines)
        for index, code in enumerate(PERIODS):
            changes = [
                AllocationLine(project=work.project, funding_source=ground.sources[source], amount=change)
                for work in mine
                for source, money in work.course.money.items()
                if (change := _change(money.allocated, index))
            ]
            _allocate(ground, agency, "capital", code, changes)


def _expense_notices(ground: Ground, services: list[Service]) -> None:
    for service in services:
        for year in YEARS:
            lines = [
                NotificationLine(
                    programme=service.programme,
                    expense_chapter=ground.chapters[chapter],
                    funding_source=ground.sources[source],
                    amount=money.credit[year],
                )
                for (chapter, source), money in service.lines.items()
            ]
            _notify(ground, service.agency, "expense", year, lines)
        for index, code in enumerate(PERIODS):
            changes = [
                AllocationLine(
                    programme=service.programme,
                    expense_chapter=ground.chapters[chapter],
                    funding_source=ground.sources[source],
                    amount=change,
                    collected=money.allocated[index] if source == "own-revenue" else None,
                )
                for (chapter, source), money in service.lines.items()
                if (change := _change(money.allocated, index)) or source == "own-revenue"
            ]
            _allocate(ground, service.agency, "expense", code, changes)


def _change(cumulative: list[int], index: int) -> int:
    """What a cut-off adds within its year."""
    return cumulative[index] - (cumulative[index - 1] if index not in {0, 4} else 0)


def _notify(ground: Ground, agency: Agency, kind: str, year: int, lines: list[NotificationLine]) -> None:
    day = jalali.gregorian(year, 1, 25)
    letter = BudgetNotification.objects.create(
        agency=agency,
        kind=kind,
        fiscal_year=ground.years[year],
        letter_number=f"{year}/{agency.code}/{kind[0]}",
        letter_date=day,
        valid_from=jalali.fiscal_year_start(year),
        recorded_at=moment(day),
    )
    issue(letter, "notification", lines, day)


def _allocate(ground: Ground, agency: Agency, kind: str, code: str, lines: list[AllocationLine]) -> None:
    period = ground.periods[code]
    day = period.cutoff_date - dt.timedelta(days=9)
    letter = AllocationNotice.objects.create(
        agency=agency,
        kind=kind,
        period=period,
        letter_number=f"{code}/{agency.code}/{kind[0]}",
        letter_date=day,
        valid_from=day,
        recorded_at=moment(day),
    )
    issue(letter, "notice", lines, day)


def issue(letter: Any, link: str, lines: list[Any], day: dt.date) -> None:
    for line in lines:
        setattr(line, link, letter)
    if lines:
        type(lines[0]).objects.bulk_create(lines)
    letter.state, letter.issued_at = "issued", moment(day)
    letter.save(update_fields=["state", "issued_at"])
    audit.record(
        f"{letter._meta.model_name}.issued",
        letter,
        by=None,
        after={"letter": letter.letter_number},
        note="دادهٔ نمونه",
        organization_id=letter.agency.organization_id,
    )
