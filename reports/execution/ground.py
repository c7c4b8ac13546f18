"""Organization, year, classification, agencies and people of a run, made from the names in its files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agency, Membership, Organization, SectorGroup, User
from agreements import reference
from agreements.imports.ground import fold_name
from agreements.models import FiscalYear, PeriodWindow, Programme, ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from budget_portal.text import fold, normalise
from monitoring.imports.run import read_table
from reports.execution.plan import Plan

STAFF = {
    "deputy": ("budget_deputy", "معاون بودجه"),
    "head": ("org_head", "رئیس سازمان"),
    "consolidation": ("consolidation", "گروه تلفیق"),
    "national": ("national_viewer", "ناظر ملی"),
    "auditor": ("auditor", "حسابرس"),
    "admin": ("admin", "مدیر سامانه"),
}
KNOWN = "سازمان «{code}» هست؛ این سال پیش‌تر وارد شده است. برای اجرای دوباره، کد سازمان را در برنامه عوض کنید."
LATE = "دادهٔ سال گذشته است؛ پنجره تا پایان بارگذاری باز می‌ماند."
OPEN_DAYS = 30


@dataclass
class Ground:
    organization: Organization
    year: FiscalYear
    groups: dict[str, SectorGroup] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)  # folded name -> agency
    staff: dict[str, User] = field(default_factory=dict)  # role -> person
    experts: dict[int, User] = field(default_factory=dict)  # sector group -> budget expert
    users: dict[int, User] = field(default_factory=dict)  # agency -> its expert
    treasurers: dict[int, User] = field(default_factory=dict)
    windows: dict[str, PeriodWindow] = field(default_factory=dict)  # Q1 … -> window


@transaction.atomic
def build(plan: Plan, *, password: str | None = None) -> Ground:
    """Everything that the tables of the run refer to. `password` lets its people sign in; None: nobody may."""
    if Organization.objects.filter(code=plan.code).exists():
        raise RuleBroken(KNOWN.format(code=plan.code))
    organization = Organization.objects.create(code=plan.code, name=plan.name, level="national")
    reference.load(organization)
    ground = Ground(organization, _year(organization, plan.year))
    _names(ground, plan)
    _people(ground, make_password(password))
    _windows(ground, plan)
    return ground


def _year(organization: Organization, year: int) -> FiscalYear:
    ends = jalali.end_of_year(year)
    return FiscalYear.objects.create(
        organization=organization,
        year=year,
        starts_on=jalali.fiscal_year_start(year),
        ends_on=ends,
        expense_deadline=ends,
        cash_return_deadline=jalali.month_end(year + 1, 1),
        capital_deadline=jalali.month_end(year + 1, 6),
        final_statement_deadline=jalali.month_end(year + 1, 7),
    )


def _names(ground: Ground, plan: Plan) -> None:
    """Agencies in the order in which the files name them, spelled as the last does; programmes by code, with
    the first title."""
    for group in plan.groups:
        ground.groups[group.code] = SectorGroup.objects.create(
            organization=ground.organization, code=group.code, name=group.name
        )
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    for load in plan.loads:
        for row in read_table(load.table, load.file, load.mapping).rows:
            name, code = row.texts["agency"], row.texts["programme"]
            key = fold_name(name, ignore_spaces=load.mapping.ignore_spaces)
            names[key] = name or names.get(key, "")
            titles[code] = titles.get(code) or row.texts.get("programme_title", "")
    ground.agencies = {key: _agency(ground, plan, names[key], place) for place, key in enumerate(names, 1)}
    Programme.objects.bulk_create(
        Programme(organization=ground.organization, code=code, title=(title or code)[:400])
        for code, title in titles.items()
        if code
    )


def _agency(ground: Ground, plan: Plan, name: str, place: int) -> Agency:
    group = next(group for group in plan.groups if fold(group.contains) in fold(name))
    return Agency.objects.create(
        organization=ground.organization,
        sector_group=ground.groups[group.code],
        code=f"{place:03}",
        name=normalise(name)[:200],
    )


def _people(ground: Ground, password: str) -> None:
    prefix = ground.organization.code
    for name, (role, title) in STAFF.items():
        ground.staff[role] = _person(ground, f"{prefix}-{name}", title, role, password)
    for code, group in ground.groups.items():
        title = f"کارشناس بودجه، {group.name}"
        ground.experts[group.pk] = _person(
            ground, f"{prefix}-expert-{code}", title, "budget_expert", password, sector_group=group
        )
    for agency in ground.agencies.values():
        number = to_persian(agency.code)
        ground.users[agency.pk] = _person(
            ground,
            f"{prefix}-user-{agency.code}",
            f"کارشناس دستگاه {number}",
            "agency_user",
            password,
            agency=agency,
        )
        ground.treasurers[agency.pk] = _person(
            ground,
            f"{prefix}-treasurer-{agency.code}",
            f"ذیحساب دستگاه {number}",
            "treasurer",
            password,
            agency=agency,
        )


def _person(ground: Ground, username: str, name: str, role: str, password: str, **place: object) -> User:
    user = User.objects.create(
        username=username, full_name=name, email=f"{username}@portal.example", password=password
    )
    membership = Membership.objects.create(
        user=user, role=role, organization=ground.organization, valid_from=ground.year.starts_on, **place
    )
    return user.act_through(membership)


def _windows(ground: Ground, plan: Plan) -> None:
    """One window per cut-off; the year is over, so the deputy holds it open while the files come in."""
    today, deputy = jalali.today(), ground.staff["budget_deputy"]
    for cutoff in plan.cutoffs:
        period = ReportingPeriod.objects.create(
            fiscal_year=ground.year,
            cutoff=cutoff.cutoff,
            cutoff_date=jalali.cutoff_date(plan.year, cutoff.cutoff),
        )
        opens = period.cutoff_date + dt.timedelta(days=10)
        due = [opens + dt.timedelta(days=days) for days in (20, 24, 34, 38, 42)]
        ground.windows[cutoff.cutoff] = PeriodWindow.objects.create(
            period=period,
            organization=ground.organization,
            kind="expense",
            opens_on=opens,
            entry_due=due[0],
            treasurer_due=due[1],
            expert_due=due[2],
            consolidation_due=due[3],
            publication_on=due[4],
            extended_to=max(today + dt.timedelta(days=OPEN_DAYS), due[0]),
            extension_reason=LATE,
            extended_by=deputy,
        )
