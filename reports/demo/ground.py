"""Organizations, people, agencies, years, periods and windows of the demo."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.demo import DEMO_PEOPLE
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
from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.counting import add_working_days
from budget_portal.office import office_calendar
from reports.demo.plan import AGENCIES, GROUPS, PROGRAMMES, AgencyPlan

PROVINCES = {"khuzestan": ("06", 24), "qom": ("25", 16)}
BIRTH = dt.date(2020, 3, 20)


@dataclass
class Ground:
    """What later steps look up by code."""

    national: Organization
    organizations: dict[str, Organization] = field(default_factory=dict)
    groups: dict[tuple[str, str], SectorGroup] = field(default_factory=dict)
    agencies: list[tuple[Agency, AgencyPlan]] = field(default_factory=list)
    programmes: dict[str, Programme] = field(default_factory=dict)
    chapters: dict[str, ExpenseChapter] = field(default_factory=dict)
    sources: dict[str, FundingSource] = field(default_factory=dict)
    years: dict[int, FiscalYear] = field(default_factory=dict)
    periods: dict[str, ReportingPeriod] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def counties(self, agency: Agency) -> list[County]:
        return list(County.objects.filter(province=agency.organization.province).order_by("code"))


def build() -> Ground:
    national = Organization.objects.create(
        code="iran", name="سازمان برنامه و بودجهٔ کشور (نمونه)", level="national"
    )
    reference.load(national)
    ground = Ground(national=national)
    ground.chapters = {row.code: row for row in ExpenseChapter.objects.filter(organization=national)}
    ground.sources = {row.code: row for row in FundingSource.objects.filter(organization=national)}
    _programmes(ground)
    for code, (province, count) in PROVINCES.items():
        _organization(ground, code, province, count)
    for year in (1403, 1404, 1405):
        _year(ground, year)
    _people(ground)
    return ground


def _programmes(ground: Ground) -> None:
    affairs = {row.code: row for row in Affair.objects.filter(organization=ground.national)}
    known = Chapter.objects.filter(organization=ground.national)
    for code, (title, affair, chapter) in PROGRAMMES.items():
        parent = known.filter(affair=affairs[affair], title=chapter).first()
        if parent is None:
            number = known.filter(affair=affairs[affair]).count() + 1
            parent = Chapter.objects.create(
                organization=ground.national,
                code=f"{affair}{number:02d}",
                title=chapter,
                affair=affairs[affair],
            )
        ground.programmes[code] = Programme.objects.create(
            organization=ground.national, code=code, title=title, chapter=parent
        )


def _organization(ground: Ground, code: str, province_code: str, count: int) -> None:
    province = Province.objects.get(code=province_code)
    organization = Organization.objects.create(
        code=code,
        name=f"سازمان مدیریت و برنامه‌ریزی استان {province.name} (نمونه)",
        level="provincial",
        parent=ground.national,
        province=province,
    )
    ground.organizations[code] = organization
    for key, name in GROUPS.items():
        ground.groups[code, key] = SectorGroup.objects.create(organization=organization, code=key, name=name)
    seat = County.objects.get(province=province, seat_name=province.seat_name)
    first = 1001 if code == "khuzestan" else 2001
    for number, plan in enumerate(AGENCIES[:count]):
        agency = Agency.objects.create(
            organization=organization,
            sector_group=ground.groups[code, plan.group],
            code=str(first + number),
            name=f"{plan.name} استان {province.name} (نمونه)",
            county=seat,
        )
        ground.agencies.append((agency, plan))


def _year(ground: Ground, year: int) -> None:
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
    ground.years[year] = row
    for cutoff in ReportingPeriod.Cutoff.values:
        date = row.capital_deadline if cutoff == "CLOSING" else jalali.cutoff_date(year, cutoff)
        ground.periods[f"{year}-{cutoff}"] = ReportingPeriod.objects.create(
            fiscal_year=row, cutoff=cutoff, cutoff_date=date
        )


def calendar() -> Calendar:
    return office_calendar()


def windows(ground: Ground) -> None:
    """Windows of both organizations: past ones planned (history opens and publishes them), now open by extension."""
    today = timezone.localdate()
    held_to = add_working_days(today, 10, calendar())
    for organization in ground.organizations.values():
        deputy = ground.people["deputy" if organization.code == "khuzestan" else "deputy_qom"]
        for code, period in ground.periods.items():
            kinds = ["capital"] if period.is_closing else ["capital", "expense"]
            for kind in kinds:
                window = _window(organization, period, kind)
                if code in {"1404-CLOSING", "1405-Q2"}:
                    window.extended_to, window.extended_by = max(held_to, window.entry_due), deputy
                    window.extension_reason = "تمدید برای تکمیل ورود عملکرد دستگاه‌ها"
                    _move_later_steps(window, window.extended_to - window.entry_due)
                window.save()


def _move_later_steps(window: PeriodWindow, by: dt.timedelta) -> None:
    """An extension of entry moves what comes after it."""
    for name in ("treasurer_due", "expert_due", "consolidation_due", "publication_on"):
        setattr(window, name, getattr(window, name) + by)


def _window(organization: Organization, period: ReportingPeriod, kind: str) -> PeriodWindow:
    opens = period.cutoff_date + dt.timedelta(days=1 if period.is_closing else 10)
    due = [opens + dt.timedelta(days=days) for days in (20, 24, 34, 38, 42)]
    return PeriodWindow(
        period=period,
        organization=organization,
        kind=kind,
        opens_on=opens,
        entry_due=due[0],
        treasurer_due=due[1],
        expert_due=due[2],
        consolidation_due=due[3],
        publication_on=due[4],
    )


def _people(ground: Ground) -> None:
    password = make_password(settings.DEMO_PASSWORD)
    for person in DEMO_PEOPLE:
        organization_code, _, place = person.place.partition(":")
        organization = ground.organizations.get(organization_code, ground.national)
        user = _person(ground, person.username, person.full_name, password)
        _member(ground, user, person.role, organization, place)
    _colleagues(ground, password)


def _colleagues(ground: Ground, password: str) -> None:
    """People who made the history: per organization the missing roles, per agency a user and a treasurer."""
    for key, organization in ground.organizations.items():
        staff = {
            "deputy": "budget_deputy",
            "head": "org_head",
            "consolidation": "consolidation",
            "consolidation2": "consolidation",
            "complaints": "complaints_officer",
        }
        for username, role in staff.items():
            if key != "khuzestan":
                user = _person(ground, f"{username}_{key}", f"همکار {organization.province}", password)
                _member(ground, user, role, organization, "")
        for group in GROUPS:
            user = _person(ground, f"expert_{key}_{group}", f"کارشناس {GROUPS[group]}", password)
            _member(ground, user, "budget_expert", organization, group)
    user = _person(ground, "admin_iran", "همکار سازمان ملی", password)
    _member(ground, user, "admin", ground.national, "")
    # Years and trees are the country's: the demo's own administrator keeps them after a switch of organization.
    _member(ground, ground.people["admin"], "admin", ground.national, "")
    for agency, _ in ground.agencies:
        place = agency.code
        user = _person(ground, f"user{place}", "کارشناس دستگاه", password)
        _member(ground, user, "agency_user", agency.organization, place)
        user = _person(ground, f"zi{place}", "ذیحساب دستگاه", password)
        _member(ground, user, "treasurer", agency.organization, place)


def _person(ground: Ground, username: str, full_name: str, password: str) -> User:
    user = User(username=username, full_name=full_name, password=password, email=f"{username}@portal.example")
    user.save()
    ground.people[username] = user
    return user


def _member(ground: Ground, user: User, role: str, organization: Organization, place: str) -> None:
    scope: dict[str, object] = {}
    if place in GROUPS:
        scope["sector_group"] = ground.groups[organization.code, place]
    elif role == "county_viewer":
        scope["county"] = County.objects.get(code=place)
    elif place:
        scope["agency"] = Agency.objects.get(organization=organization, code=place)
    Membership.objects.create(user=user, role=role, organization=organization, valid_from=BIRTH, **scope)
