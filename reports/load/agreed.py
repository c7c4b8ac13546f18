"""What was promised: plans, projects, agreements in force, notifications and allocations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from agreements.models import (
    AgreementProject,
    AllocationLine,
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    ExpenseAgreement,
    NotificationLine,
    PhysicalSchedule,
    Plan,
    ProgrammeCredit,
    Project,
    ProjectCredit,
    WorkOperation,
)
from budget_portal import jalali
from budget_portal.text import fold
from reports.demo.plan import TITLES
from reports.load.ground import Ground, Office, moment, public_id
from reports.load.keyed import Table

STATUSES = ("in_progress",) * 7 + ("suspended", "tendering", "completed")
KINDS_OF_WORK = tuple(title for titles in TITLES.values() for title in titles)
ALLOCATED = 80  # percent of a year's credit, from its first month on
FULL = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Work:
    """One project; its figures follow from these numbers."""

    pk: int
    office: int  # place in the ground's offices
    credit: int  # of the first year
    thrift: int  # percent of what is received that is spent
    start: int  # hundredths of a percent before the first year
    pace: int  # of the work and of the plan, at each cut-off
    planned_pace: int

    def credit_of(self, year: int) -> int:
        return self.credit * (100 + 25 * year) // 100

    def progress(self, cutoff: int) -> int:
        """After a cut-off, counted from 0; -1 is before the first."""
        return min(FULL, self.start + self.pace * (cutoff + 1))

    def planned(self, cutoff: int) -> int:
        return min(FULL, self.start + self.planned_pace * (cutoff + 1))

    def spent(self, year: int, quarter: int) -> int:
        return received(self.credit_of(year), quarter) * self.thrift // 100


@dataclass(frozen=True, slots=True)
class Service:
    """The expense credit of one agency: so many lines, each a multiple of one amount."""

    office: int
    lines: int
    amount: int
    thrift: int

    def credit_of(self, line: int, year: int) -> int:
        return self.amount * (line * 37 % 97 + 3) * (100 + 20 * year) // 100


@dataclass
class Agreed:
    """Keys of what figures name. The part of a project in a year is `parts + year * len(works) + its place`."""

    works: list[Work] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    parts: int = 0
    operations: int = 0
    expense: dict[tuple[int, int], int] = field(default_factory=dict)  # (office, year) -> agreement

    def part(self, place: int, year: int) -> int:
        return self.parts + year * len(self.works) + place


def allocated(credit: int) -> int:
    return credit * ALLOCATED // 100


def received(credit: int, quarter: int) -> int:
    return allocated(credit) * quarter // 4


def percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def write(ground: Ground) -> Agreed:
    agreed = Agreed()
    plans = _projects(ground, agreed)
    _capital(ground, agreed, plans)
    _services(ground, agreed)
    _expense(ground, agreed)
    return agreed


# --- projects -----------------------------------------------------------------------------------------------


def _projects(ground: Ground, agreed: Agreed) -> dict[int, int]:
    """Projects lie beside each other by agency; gives the plan of each agency that has any."""
    rng, offices = ground.rng, ground.offices
    owners = [place * len(offices) // ground.size.projects for place in range(ground.size.projects)]
    plans = _plans(ground, sorted(set(owners)))
    rows, numbers = [], dict.fromkeys(plans, 0)
    for owner in owners:
        office, numbers[owner] = offices[owner], numbers[owner] + 1
        counties = office.place.counties
        county, other = rng.choice(counties), rng.choice(counties)
        title = rng.choice(KINDS_OF_WORK).format(c=county.name)
        title = f"{title}، بخش {other.seat_name}، قطعهٔ {rng.randrange(1, 400)}"
        code = f"{office.code}{numbers[owner]:04d}"
        rows.append(
            (office.pk, plans[owner], code, public_id(rng), title, fold(title), county.pk, rng.choice(STATUSES))
        )  # fmt: skip
    columns = (
        "agency_id", "plan_id", "code", "public_id", "title", "title_folded", "county_id", "status",
    )  # fmt: skip
    keys = Table(Project, *columns).write(rows)
    agreed.works = [
        Work(
            pk=key,
            office=owner,
            credit=rng.randrange(2_000, 400_000),
            thrift=rng.randrange(50, 101),
            start=rng.randrange(0, 4_000),
            pace=rng.randrange(50, 400),
            planned_pace=rng.randrange(100, 400),
        )
        for key, owner in zip(keys, owners, strict=True)
    ]
    return plans


def _plans(ground: Ground, owners: list[int]) -> dict[int, int]:
    rows = []
    for owner in owners:
        office = ground.offices[owner]
        programme = ground.programmes[office.number % len(ground.programmes)]
        title = f"طرح {1000 + office.number} {office.place.province.name}"
        code = f"{2000 + office.number % len(ground.programmes)}{1000 + office.number}"
        rows.append((office.place.organization, programme, code, title, fold(title)))
    table = Table(Plan, "organization_id", "programme_id", "code", "title", "title_folded")
    return dict(zip(owners, table.write(rows), strict=True))


# --- agreements ---------------------------------------------------------------------------------------------

VERSION = (
    "agency_id", "fiscal_year_id", "state", "number", "agreed_on", "external_system", "external_number",
    "valid_from", "recorded_at", "created_by_id", "submitted_by_id", "submitted_at", "reviewed_by_id",
    "reviewed_at", "exchanged_by_id",
)  # fmt: skip


def _version(ground: Ground, office: Office, year: int, kind: str) -> tuple[object, ...]:
    begins = ground.years[year].starts_on
    day, number = begins + dt.timedelta(days=40), f"{ground.years[year].year}/{kind}/{office.code}"
    at = moment(day)
    return (
        office.pk, ground.years[year].pk, "exchanged", number, day, "nezarat4", number, begins, at,
        office.user, office.head, at, office.expert, at, office.place.people["consolidation"],
    )  # fmt: skip


def _capital(ground: Ground, agreed: Agreed, plans: dict[int, int]) -> None:
    years = range(ground.size.years)
    held = [(owner, year) for year in years for owner in plans]
    table = Table(CapitalAgreement, "plan_id", *VERSION)
    keys = table.write(
        [(plans[owner], *_version(ground, ground.offices[owner], year, "ت")) for owner, year in held]
    )
    agreements = dict(zip(held, keys, strict=True))
    works = agreed.works
    starts = jalali.fiscal_year_start(ground.size.first_year - 3)
    ends = jalali.end_of_year(ground.size.first_year + ground.size.years + 3)
    parts = Table(
        AgreementProject,
        "agreement_id", "project_id", "start_date", "end_date", "original_estimate", "latest_estimate",
        "estimate_reason", "spent_before", "progress_before",
    )  # fmt: skip
    agreed.parts = parts.first_of(len(works) * len(years))
    parts.copy(
        f"{agreed.part(at, year)}\t{agreements[work.office, year]}\t{work.pk}\t{starts}\t{ends}\t"
        f"{work.credit * 12}\t{work.credit * 15}\tتعدیل نرخ مصالح\t"
        f"{sum(work.spent(before, 4) for before in range(year))}\t{percent(work.progress(4 * year - 1))}"
        for year in years
        for at, work in enumerate(works)
    )
    credits = Table(ProjectCredit, "agreement_project_id", "funding_source_id", "amount")
    first = credits.first_of(len(works) * len(years))
    credits.copy(
        f"{first + year * len(works) + at}\t{agreed.part(at, year)}\t{ground.source}\t{work.credit_of(year)}"
        for year in years
        for at, work in enumerate(works)
    )
    _operations(agreed, years)
    _schedule(ground, agreed, years)
    owned: dict[int, list[Work]] = {owner: [] for owner in plans}
    for work in works:
        owned[work.office].append(work)
    _capital_letters(ground, owned, plans)


def _operations(agreed: Agreed, years: range) -> None:
    """One of each project, measured in percent."""
    works = agreed.works
    table = Table(
        WorkOperation,
        "agreement_project_id",
        "key",
        "title",
        "unit",
        "target_quantity",
        "weight",
        "done_before",
    )
    agreed.operations = table.first_of(len(works) * len(years))
    table.copy(
        f"{agreed.operations + year * len(works) + at}\t{agreed.part(at, year)}\t1\tعملیات اجرایی\tدرصد\t100\t100\t"
        f"{percent(work.progress(4 * year - 1))}"
        for year in years
        for at, work in enumerate(works)
    )


def _schedule(ground: Ground, agreed: Agreed, years: range) -> None:
    works, quarters = agreed.works, range(4)
    table = Table(PhysicalSchedule, "agreement_project_id", "year", "quarter", "planned")
    first = table.first_of(len(works) * len(years) * len(quarters))
    table.copy(
        f"{first + (4 * year + quarter) * len(works) + at}\t{agreed.part(at, year)}\t{ground.years[year].year}\t"
        f"{quarter + 1}\t{percent(work.planned(4 * year + quarter))}"
        for year in years
        for quarter in quarters
        for at, work in enumerate(works)
    )


def _services(ground: Ground, agreed: Agreed) -> None:
    """Expense lines spread over the agencies; no agency has more than programmes × chapters."""
    offices, rng = ground.offices, ground.rng
    most = len(ground.programmes) * len(ground.chapters)
    each, more = divmod(ground.size.expense_lines, len(offices))
    for place in range(len(offices)):
        lines = min(most, each + (place < more))
        amount, thrift = rng.randrange(20, 400), rng.randrange(50, 101)
        if lines:
            agreed.services.append(Service(place, lines, amount, thrift))


def _expense(ground: Ground, agreed: Agreed) -> None:
    years = range(ground.size.years)
    held = [(service.office, year) for year in years for service in agreed.services]
    keys = Table(ExpenseAgreement, *VERSION).write(
        [_version(ground, ground.offices[office], year, "ه") for office, year in held]
    )
    agreed.expense = dict(zip(held, keys, strict=True))
    count = sum(service.lines for service in agreed.services) * len(years)
    table = Table(
        ProgrammeCredit, "agreement_id", "programme_id", "expense_chapter_id", "funding_source_id", "amount"
    )
    first = table.first_of(count)
    table.copy(
        f"{first + at}\t{agreed.expense[service.office, year]}\t{keys_of(ground, line)}\t"
        f"{service.credit_of(line, year)}"
        for at, (service, year, line) in enumerate(_expense_lines(agreed, years))
    )
    _expense_letters(ground, agreed, years)


def keys_of(ground: Ground, line: int) -> str:
    """Programme, chapter and source of an expense line of any agency, as COPY reads them."""
    programme = ground.programmes[line // len(ground.chapters) % len(ground.programmes)]
    return f"{programme}\t{ground.chapters[line % len(ground.chapters)]}\t{ground.source}"


def _expense_lines(agreed: Agreed, years: range) -> Iterator[tuple[Service, int, int]]:
    for year in years:
        for service in agreed.services:
            for line in range(service.lines):
                yield service, year, line


# --- letters ------------------------------------------------------------------------------------------------

LETTER = (
    "agency_id", "kind", "letter_number", "letter_date", "valid_from", "recorded_at", "state", "issued_by_id",
    "issued_at",
)  # fmt: skip
Letters = dict[tuple[int, int], tuple[int, int]]


def _letters(ground: Ground, kind: str, held: list[tuple[int, int]]) -> Letters:
    """Of each agency and year one notification and one allocation: (office, year) -> their keys."""

    def row(office: Office, year: int) -> tuple[object, ...]:
        day = ground.years[year].starts_on + dt.timedelta(days=30)
        number, by = f"{ground.years[year].year}/{kind}/{office.code}", office.place.people["consolidation"]
        return office.pk, kind, number, day, day, moment(day), "issued", by, moment(day)

    rows = [(year, row(ground.offices[owner], year)) for owner, year in held]
    given = Table(BudgetNotification, "fiscal_year_id", *LETTER).write(
        [(ground.years[year].pk, *cells) for year, cells in rows]
    )
    released = Table(AllocationNotice, "period_id", *LETTER).write(
        [(ground.period(4 * year).pk, *cells) for year, cells in rows]
    )
    return dict(zip(held, zip(given, released, strict=True), strict=True))


def _capital_letters(ground: Ground, owned: dict[int, list[Work]], plans: dict[int, int]) -> None:
    years = range(ground.size.years)
    letters = _letters(ground, "capital", [(owner, year) for year in years for owner in owned])
    table = Table(
        NotificationLine, "notification_id", "programme_id", "plan_id", "funding_source_id", "amount"
    )
    programmes = dict(Plan.objects.filter(pk__in=plans.values()).values_list("pk", "programme"))
    table.write(
        [
            (given, programmes[plans[owner]], plans[owner], ground.source,
             sum(work.credit_of(year) for work in owned[owner]))
            for (owner, year), (given, _) in letters.items()
        ]
    )  # fmt: skip
    table = Table(AllocationLine, "notice_id", "project_id", "funding_source_id", "amount")
    first = table.first_of(sum(map(len, owned.values())) * len(years))
    lines = (
        f"{released}\t{work.pk}\t{ground.source}\t{allocated(work.credit_of(year))}"
        for (owner, year), (_, released) in letters.items()
        for work in owned[owner]
    )
    table.copy(f"{first + at}\t{line}" for at, line in enumerate(lines))


def _expense_letters(ground: Ground, agreed: Agreed, years: range) -> None:
    letters = _letters(ground, "expense", list(agreed.expense))
    columns = ("programme_id", "expense_chapter_id", "funding_source_id", "amount")
    count = sum(service.lines for service in agreed.services) * len(years)
    for place, table in enumerate(
        (Table(NotificationLine, "notification_id", *columns), Table(AllocationLine, "notice_id", *columns))
    ):
        first = table.first_of(count)
        table.copy(
            f"{first + at}\t{letters[service.office, year][place]}\t{keys_of(ground, line)}\t"
            f"{(allocated if place else int)(service.credit_of(line, year))}"
            for at, (service, year, line) in enumerate(_expense_lines(agreed, years))
        )
