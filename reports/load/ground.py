"""Organizations, people, agencies, classification, years, cut-offs and windows of a generated country."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import Agency, County, Membership, Organization, Province, SectorGroup, User
from agreements import reference
from agreements.models import (
    Affair,
    Chapter,
    ExpenseChapter,
    FiscalYear,
    FundingSource,
    PeriodWindow,
    Programme,
    ReportingPeriod,
)
from budget_portal import jalali
from budget_portal.text import fold
from reports.demo.plan import AGENCIES, GROUPS
from reports.load.keyed import Table
from reports.load.size import LAST_YEAR, QUARTERS, Size

MARK = "load-"  # organizations and people of a load have names that begin so
BIRTH = dt.date(2015, 3, 21)
PROGRAMMES = 60


def moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10, 30)))


def public_id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


@dataclass(frozen=True)
class Place:
    """One province with its organization, groups and the people of the organization."""

    province: Province
    organization: int
    groups: list[int]
    counties: list[County]
    people: dict[str, int]
    experts: list[int]


@dataclass(frozen=True)
class Office:
    """One agency and its three people."""

    pk: int
    number: int  # within its province, from 1
    place: Place
    group: int  # place in the province's groups
    user: int = 0
    head: int = 0
    treasurer: int = 0

    @property
    def code(self) -> str:
        """Of the whole country: province and number."""
        return f"{self.place.province.code}{1000 + self.number}"

    @property
    def expert(self) -> int:
        return self.place.experts[self.group]


@dataclass
class Ground:
    size: Size
    rng: random.Random
    password: str
    national: Organization
    places: list[Place] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    years: list[FiscalYear] = field(default_factory=list)
    periods: list[ReportingPeriod] = field(default_factory=list)
    programmes: list[int] = field(default_factory=list)
    chapters: list[int] = field(default_factory=list)
    source: int = 0

    def period(self, cutoff: int) -> ReportingPeriod:
        return self.periods[cutoff]


def build(size: Size, rng: random.Random, password: str) -> Ground:
    national = Organization.objects.create(code=f"{MARK}iran", name="سازمان ملی (دادهٔ بار)", level="national")
    ground = Ground(size, rng, password, national)
    reference.load(national)
    _classification(ground)
    _calendar(ground)
    _places(ground)
    _agencies(ground)
    _windows(ground)
    return ground


def _classification(ground: Ground) -> None:
    affairs = list(Affair.objects.filter(organization=ground.national).order_by("code"))
    for number in range(PROGRAMMES):
        affair = affairs[number % len(affairs)]
        chapter, _ = Chapter.objects.get_or_create(
            organization=ground.national,
            code=f"{affair.code}{number // len(affairs):02d}",
            defaults={"title": f"فصل {number // len(affairs) + 1} {affair.title}"[:400], "affair": affair},
        )
        row = Programme.objects.create(
            organization=ground.national,
            code=f"{2000 + number}",
            title=f"برنامهٔ {number + 1}",
            chapter=chapter,
        )
        ground.programmes.append(row.pk)
    owned = {"organization": ground.national}
    ground.chapters = list(
        ExpenseChapter.objects.filter(**owned).order_by("code").values_list("pk", flat=True)
    )
    ground.source = FundingSource.objects.get(**owned, code="general").pk


def _calendar(ground: Ground) -> None:
    for year in range(ground.size.first_year, LAST_YEAR + 1):
        row = FiscalYear.objects.create(
            organization=ground.national,
            year=year,
            starts_on=jalali.fiscal_year_start(year),
            ends_on=jalali.end_of_year(year),
            expense_deadline=jalali.end_of_year(year),
            cash_return_deadline=jalali.gregorian(year + 1, 1, 31),
            capital_deadline=jalali.gregorian(year + 1, 6, 31),
            final_statement_deadline=jalali.gregorian(year + 1, 7, 30),
        )
        ground.years.append(row)
        for cutoff in QUARTERS:
            ground.periods.append(
                ReportingPeriod.objects.create(
                    fiscal_year=row, cutoff=cutoff, cutoff_date=jalali.cutoff_date(year, cutoff)
                )
            )


# --- provinces and their organizations ----------------------------------------------------------------------

STAFF = ("consolidation", "budget_deputy", "org_head", "auditor", "admin")


def _places(ground: Ground) -> None:
    people = People(ground)
    people.add(f"{MARK}national", "ناظر ملی", "national_viewer", ground.national.pk)
    provinces = list(Province.objects.order_by("code")[: ground.size.provinces])
    for province in provinces:
        organization = Organization.objects.create(
            code=f"{MARK}{province.code}",
            name=f"سازمان مدیریت و برنامه‌ریزی استان {province.name} (دادهٔ بار)",
            level="provincial",
            parent=ground.national,
            province=province,
        )
        groups = [
            SectorGroup.objects.create(organization=organization, code=code, name=name).pk
            for code, name in GROUPS.items()
        ]
        staff = {
            role: people.add(f"{MARK}{province.code}-{role}", f"همکار {province}", role, organization.pk)
            for role in STAFF
        }
        experts = [
            people.add(
                f"{MARK}{province.code}-expert{place}",
                f"کارشناس {name}",
                "budget_expert",
                organization.pk,
                group=groups[place],
            )
            for place, name in enumerate(GROUPS.values())
        ]
        counties = list(County.objects.filter(province=province).order_by("code"))
        ground.places.append(Place(province, organization.pk, groups, counties, staff, experts))
    keys = people.write()
    for place in ground.places:
        place.people.update({role: keys[number] for role, number in place.people.items()})
        place.experts[:] = [keys[number] for number in place.experts]


class People:
    """Gathered first, written at once; until then a person is a place in the list."""

    def __init__(self, ground: Ground) -> None:
        self.password = ground.password
        self.users: list[tuple[Any, ...]] = []
        self.members: list[tuple[Any, ...]] = []

    def add(
        self, username: str, name: str, role: str, organization: int, *, agency: int | None = None,
        group: int | None = None,
    ) -> int:  # fmt: skip
        self.users.append((username, name, self.password, f"{username}@portal.example", moment(BIRTH)))
        self.members.append((role, organization, agency, group, BIRTH))
        return len(self.users) - 1

    def write(self) -> list[int]:
        users = Table(User, "username", "full_name", "password", "email", "date_joined")
        keys = users.write(self.users)
        members = Table(
            Membership, "user_id", "role", "organization_id", "agency_id", "sector_group_id", "valid_from"
        )
        members.write([(key, *row) for key, row in zip(keys, self.members, strict=True)])
        return keys


def _agencies(ground: Ground) -> None:
    rows, found = [], []
    for place in ground.places:
        for number in range(1, ground.size.agencies + 1):
            group = number % len(place.groups)
            county = place.counties[number % len(place.counties)]
            name = f"{AGENCIES[number % len(AGENCIES)].name} شهرستان {county.name} ({number})"
            code = f"{1000 + number}"
            folded = fold(name)
            rows.append(
                (
                    place.organization,
                    place.groups[group],
                    code,
                    public_id(ground.rng),
                    name,
                    folded,
                    county.pk,
                )
            )
            found.append((number, place, group))
    columns = ("organization_id", "sector_group_id", "code", "public_id", "name", "name_folded", "county_id")
    keys = Table(Agency, *columns).write(rows)
    people = People(ground)
    for key, (number, place, _) in zip(keys, found, strict=True):
        name = f"{MARK}{place.province.code}-{1000 + number}"
        people.add(f"{name}-user", "کارشناس دستگاه", "agency_user", place.organization, agency=key)
        people.add(f"{name}-head", "رئیس دستگاه", "agency_head", place.organization, agency=key)
        people.add(f"{name}-treasurer", "ذیحساب دستگاه", "treasurer", place.organization, agency=key)
    persons = people.write()
    ground.offices = [
        Office(key, number, place, group, *persons[3 * at : 3 * at + 3])
        for at, (key, (number, place, group)) in enumerate(zip(keys, found, strict=True))
    ]


def _windows(ground: Ground) -> None:
    """All published: nothing of a load is open."""
    rows = []
    for place in ground.places:
        for period in ground.periods:
            opens = period.cutoff_date + dt.timedelta(days=10)
            due = [opens + dt.timedelta(days=days) for days in (20, 24, 34, 38, 42)]
            for kind in ("capital", "expense"):
                rows.append(
                    (
                        period.pk, place.organization, kind, opens, *due, "published", moment(opens),
                        moment(due[0]), moment(due[4]), place.people["consolidation"],
                    )
                )  # fmt: skip
    columns = (
        "period_id", "organization_id", "kind", "opens_on", "entry_due", "treasurer_due", "expert_due",
        "consolidation_due", "publication_on", "state", "opened_at", "closed_at", "published_at",
        "published_by_id",
    )  # fmt: skip
    Table(PeriodWindow, *columns).write(rows)
