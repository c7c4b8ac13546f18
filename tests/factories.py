"""Single rows with sensible defaults: places, people, calendar, classification, agreements, notices.

`World` is a small province with one person per role. Tests with the cast pass that instead: both have the same
names (agency, agency_user, treasurer, expert, consolidation, deputy, head, period(), window()).
"""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, County, Membership, Organization, Province, SectorGroup, User
from agreements.models import (
    Activity,
    AgreementProject,
    AllocationLine,
    AllocationNotice,
    CapitalAgreement,
    Chapter,
    Company,
    Contract,
    ContractChange,
    ContractStatement,
    CreditSchedule,
    ExpenseAgreement,
    ExpenseChapter,
    FiscalYear,
    FundingSource,
    PeriodWindow,
    PhysicalSchedule,
    Plan,
    Programme,
    ProgrammeCredit,
    Project,
    ProjectCredit,
    ProjectIdentifier,
    ProjectStatusChange,
    ReportingPeriod,
    WorkOperation,
)
from agreements.workflow.arrivals import exchange
from budget_portal import files, jalali
from budget_portal.identifiers import legal_id_problem
from budget_portal.models import StoredFile

_numbers = itertools.count(1)

WINDOW_STATES = ("planned", "open", "closed", "published")
ROLES = {
    "agency_user": ("agency_user", "agency"),
    "agency_head": ("agency_head", "agency"),
    "treasurer": ("treasurer", "agency"),
    "expert": ("budget_expert", "group"),
    "consolidation": ("consolidation", "organization"),
    "deputy": ("budget_deputy", "organization"),
    "head": ("org_head", "organization"),
    "complaints": ("complaints_officer", "organization"),
    "auditor": ("auditor", "organization"),
    "admin": ("admin", "organization"),
}


def number() -> int:
    """A number that no other call of this process gives."""
    return next(_numbers)


def make_paper(organization: Organization | None = None) -> StoredFile:
    """A scanned letter, kept where files are."""
    return files.store_made(
        b"%PDF-1.4", name="letter.pdf", media_type="application/pdf", organization=organization, by=None
    )


# --- people and places ----------------------------------------------------------------------------------------


def make_person(role: str, place: Any, *, name: str = "") -> User:
    """A person who acts through one membership at an agency, sector group, county or organization."""
    key = number()
    user = User.objects.create(
        username=f"{role}-{key}",
        full_name=name or f"شخص {key}",
        email=f"p{key}@example.test",
        password="!",
    )
    field = {Agency: "agency", SectorGroup: "sector_group", County: "county"}.get(type(place))
    organization = place if field is None else place.organization
    values: dict[str, Any] = {"valid_from": dt.date(2020, 1, 1)} | ({field: place} if field else {})
    membership = Membership.objects.create(user=user, role=role, organization=organization, **values)
    return user.act_through(membership)


class World:
    """One province with an agency and one person per role, made when first asked for."""

    YEAR = 1405

    def __getattr__(self, name: str) -> Any:
        if name not in ROLES:
            raise AttributeError(name)
        role, place = ROLES[name]
        person = make_person(role, getattr(self, place))
        self.__dict__[name] = person
        return person

    def holder(self, role: str) -> User:
        """The person who holds a role."""
        return getattr(self, next(name for name, (held, _) in ROLES.items() if held == role))

    @cached_property
    def national_organization(self) -> Organization:
        return Organization.objects.create(code=f"n{number()}", name="سازمان ملی", level="national")

    @cached_property
    def organization(self) -> Organization:
        return Organization.objects.create(
            code=f"o{number()}",
            name="سازمان استان نمونه",
            level="provincial",
            parent=self.national_organization,
            province=self.county.province,
        )

    @cached_property
    def far_organization(self) -> Organization:
        return type(self)().organization

    @cached_property
    def county(self) -> County:
        province, _ = Province.objects.get_or_create(
            code="99", defaults={"name": "استان نمونه", "name_en": "Sample", "seat_name": "مرکز"}
        )
        place = {"name": "شهرستان نمونه", "seat_name": "مرکز", "seat_lat": "31.3", "seat_lon": "48.6"}
        return County.objects.create(province=province, code=f"{9000 + number() % 1000}", **place)

    @cached_property
    def group(self) -> SectorGroup:
        return SectorGroup.objects.create(organization=self.organization, code="infra", name="امور زیربنایی")

    @cached_property
    def agency(self) -> Agency:
        return self.another_agency("ادارهٔ کل راه نمونه")

    def another_agency(self, name: str) -> Agency:
        return Agency.objects.create(
            organization=self.organization,
            sector_group=self.group,
            county=self.county,
            code=f"{5000 + number()}",
            name=name,
        )

    def next_door(self) -> World:
        """Another agency of this province with its own user, head and treasurer; all else is shared."""
        other = type(self)()
        shared = ("national_organization", "organization", "county", "group", "fiscal_year", "consolidation")
        other.__dict__ |= {name: getattr(self, name) for name in shared}
        other.__dict__["agency"] = self.another_agency("ادارهٔ همسایه")
        return other

    @cached_property
    def fiscal_year(self) -> FiscalYear:
        return make_fiscal_year(self.national_organization, self.YEAR)

    def period(self, cutoff: str = "Q2") -> ReportingPeriod:
        return make_period(self.fiscal_year, cutoff)

    def window(
        self,
        kind: str = "capital",
        *,
        cutoff: str = "Q2",
        state: str = "open",
        organization: Organization | None = None,
    ) -> PeriodWindow:
        place = organization or self.organization
        return make_window(place, self.period(cutoff), kind, state=state, by=self.consolidation)


# --- calendar ---------------------------------------------------------------------------------------------------


def make_fiscal_year(organization: Organization, year: int) -> FiscalYear:
    found, _ = FiscalYear.objects.get_or_create(
        organization=organization,
        year=year,
        defaults={
            "starts_on": jalali.fiscal_year_start(year),
            "ends_on": jalali.end_of_year(year),
            "expense_deadline": jalali.end_of_year(year),
            "cash_return_deadline": jalali.month_end(year + 1, 1),
            "capital_deadline": jalali.month_end(year + 1, 6),
            "final_statement_deadline": jalali.month_end(year + 1, 7),
        },
    )
    return found


def make_period(year: FiscalYear, cutoff: str) -> ReportingPeriod:
    date = year.capital_deadline if cutoff == "CLOSING" else jalali.cutoff_date(year.year, cutoff)
    found, _ = ReportingPeriod.objects.get_or_create(
        fiscal_year=year, cutoff=cutoff, defaults={"cutoff_date": date}
    )
    return found


def make_window(
    organization: Organization, period: ReportingPeriod, kind: str, *, state: str = "open", by: User
) -> PeriodWindow:
    """A window whose dates lie around today, so that the clock leaves it alone."""
    start = timezone.localdate() - dt.timedelta(
        days={"planned": -10, "open": 5, "closed": 40, "published": 60}[state]
    )
    steps = {
        "opens_on": 0,
        "entry_due": 20,
        "treasurer_due": 23,
        "expert_due": 28,
        "consolidation_due": 31,
        "publication_on": 35,
    }
    values: dict[str, Any] = {name: start + dt.timedelta(days=days) for name, days in steps.items()}
    if state == "published":
        values |= {"published_at": timezone.now(), "published_by": by}
    found, is_new = PeriodWindow.objects.get_or_create(
        period=period, organization=organization, kind=kind, sector_group=None, defaults=values
    )
    return walk_window(found, state) if is_new else found


def walk_window(window: PeriodWindow, state: str) -> PeriodWindow:
    """From planned to a state, past the verbs but along the edges that the database allows."""
    for step in WINDOW_STATES[1 : WINDOW_STATES.index(state) + 1]:
        PeriodWindow.objects.filter(pk=window.pk).update(state=step)
    window.refresh_from_db()
    return window


# --- classification -----------------------------------------------------------------------------------------------


def make_source(national: Organization, kind: str = "general") -> FundingSource:
    title = {"general": "منابع عمومی", "own_revenue": "درآمد اختصاصی", "misc": "متفرقه"}[kind]
    found, _ = FundingSource.objects.get_or_create(
        organization=national, code=kind.replace("_", "-"), defaults={"title": title, "kind": kind}
    )
    return found


def make_expense_chapter(national: Organization, code: str = "1") -> ExpenseChapter:
    titles = {
        "1": "جبران خدمات کارکنان",
        "2": "استفاده از کالاها و خدمات",
        "6": "رفاه اجتماعی",
        "7": "سایر هزینه‌ها",
    }
    found, _ = ExpenseChapter.objects.get_or_create(
        organization=national, code=code, defaults={"title": titles.get(code, f"فصل {code}")}
    )
    return found


def make_programme(national: Organization, title: str = "برنامهٔ نگهداری راه‌ها") -> Programme:
    from agreements.models import Affair

    affair, _ = Affair.objects.get_or_create(
        organization=national, code="10", defaults={"title": "امور اقتصادی"}
    )
    chapter, _ = Chapter.objects.get_or_create(
        organization=national, code="1003", defaults={"title": "حمل و نقل", "affair": affair}
    )
    found, _ = Programme.objects.get_or_create(
        organization=national, title=title, defaults={"code": f"1003{number():03}", "chapter": chapter}
    )
    return found


def make_project(agency: Agency, *, title: str = "", county: County | None = None, **fields: Any) -> Project:
    key = number()
    national = agency.organization.parent or agency.organization
    plan, _ = Plan.objects.get_or_create(
        organization=agency.organization,
        code=f"T{agency.pk}",
        defaults={"title": "طرح بهسازی راه‌ها", "programme": make_programme(national)},
    )
    return Project.objects.create(
        agency=agency,
        plan=plan,
        code=f"15030{key:05}",
        title=title or f"پروژهٔ نمونهٔ {key}",
        county=county or agency.county,
        **fields,
    )


def make_status_change(
    project: Project, status: str, *, cause: str = "", since: dt.date | None = None
) -> ProjectStatusChange:
    """A change as the verb leaves it: the project's own status is in step."""
    change = ProjectStatusChange.objects.create(
        project=project,
        before=project.status,
        status=status,
        cause=cause,
        since=since or jalali.fiscal_year_start(1405),
        recorded_at=timezone.now(),
    )
    project.status = status
    project.save(update_fields=["status"])
    return change


def make_identifier(project: Project, code: str = "", **fields: Any) -> ProjectIdentifier:
    defaults = {"system": "nezarat4", "valid_from": jalali.fiscal_year_start(1404)}
    return ProjectIdentifier.objects.create(
        project=project, code=code or f"N4-{number()}", recorded_at=timezone.now(), **{**defaults, **fields}
    )


def legal_id(seed: int = 0) -> str:
    """A well formed legal id of no company that is known."""
    ten = f"14017{seed or number():05d}"
    return next(f"{ten}{last}" for last in range(10) if not legal_id_problem(f"{ten}{last}"))


def make_company(national: Organization, name: str = "", **fields: Any) -> Company:
    key = number()
    values = {"legal_id": legal_id(key), "name": name or f"شرکت نمونهٔ {key}"} | fields
    return Company.objects.create(organization=national, **values)


def make_contract(project: Project, **fields: Any) -> Contract:
    organization = project.agency.organization
    day = jalali.gregorian(1404, 3, 1)
    values: dict[str, Any] = {
        "number": f"پ-{number()}",
        "part": "contractor",
        "signed_on": day,
        "subject": "اجرای عملیات",
        "amount": 100_000,
        "duration_days": 360,
        "starts_on": day,
    }
    if "company" not in fields:
        fields["company"] = make_company(organization.parent or organization)
    return Contract.objects.create(project=project, **{**values, **fields})


def make_contract_change(contract: Contract, new_amount: int = 110_000) -> ContractChange:
    return ContractChange.objects.create(
        contract=contract,
        decided_on=jalali.gregorian(1404, 9, 1),
        old_amount=contract.amount,
        new_amount=new_amount,
        reason="افزایش مقادیر کار",
        recorded_at=timezone.now(),
    )


def make_statement(contract: Contract, *, count: int = 1, **fields: Any) -> ContractStatement:
    first, last = jalali.gregorian(1404, 4, 1), jalali.gregorian(1404, 4, 31)
    values = {"worked_from": first, "worked_to": last, "stated_on": last, "gross": 20_000, "paid": 5_000}
    return ContractStatement.objects.create(contract=contract, number=count, **{**values, **fields})


# --- agreements and notices -----------------------------------------------------------------------------------------

OPERATIONS = (("عملیات خاکی", "متر مکعب", 10_000, 60), ("روسازی", "متر مربع", 4_000, 40))
Operations = tuple[tuple[str, str, int, int], ...]
SCHEDULE = ((1, 20), (2, 45), (3, 70), (4, 100))
ACTIVITIES = (
    ("نگهداری راه", "کیلومتر", 100, "300.000", 30_000),
    ("راهدارخانه", "باب", 10, "1000.000", 10_000),
)


def _version(amends: Any, year: FiscalYear) -> dict[str, Any]:
    """The first version holds from the first of Farvardin, an amendment from a month and a half later."""
    day = amends.valid_from + dt.timedelta(days=45) if amends else year.starts_on
    grounds = {"reason": "ابلاغ متمم", "imported_from": "اصلاحیه.csv"} if amends else {}
    return {
        **grounds,
        "amends": amends,
        "version": amends.version + 1 if amends else 1,
        "agreed_on": day,
        "valid_from": day,
        "recorded_at": jalali.start_of_day(day),
    }


def make_capital_agreement(
    agency: Agency,
    year: FiscalYear,
    credits: dict[Project, dict[FundingSource, int]],
    *,
    amends: CapitalAgreement | None = None,
    operations: Operations = OPERATIONS,
) -> CapitalAgreement:
    """An agreement over projects of one plan: operations, planned curve, credit per source; exchanged last."""
    with transaction.atomic():
        agreement = CapitalAgreement.objects.create(
            plan=next(iter(credits)).plan,
            agency=agency,
            fiscal_year=year,
            number=f"م-{number()}",
            **_version(amends, year),
        )
        for project, sources in credits.items():
            _agreed_project(agreement, project, sources, operations)
        exchange(agreement, by=None)
    return agreement


def _agreed_project(
    agreement: CapitalAgreement,
    project: Project,
    sources: dict[FundingSource, int],
    operations: Operations,
) -> AgreementProject:
    year = agreement.fiscal_year.year
    row = AgreementProject.objects.create(
        agreement=agreement,
        project=project,
        start_date=jalali.fiscal_year_start(year - 2),
        end_date=jalali.end_of_year(year),
        original_estimate=160_000,
        latest_estimate=200_000,
        estimate_reason="تعدیل نرخ",
        spent_before=20_000,
        progress_before=10,
    )
    for key, (title, unit, target, weight) in enumerate(operations, start=1):
        WorkOperation.objects.create(
            agreement_project=row, key=key, title=title, unit=unit, target_quantity=target, weight=weight
        )
    for quarter, planned in SCHEDULE:
        PhysicalSchedule.objects.create(agreement_project=row, year=year, quarter=quarter, planned=planned)
    for source, amount in sources.items():
        ProjectCredit.objects.create(agreement_project=row, funding_source=source, amount=amount)
    CreditSchedule.objects.create(agreement_project=row, year=year + 1, amount=20_000)
    return row


def make_expense_agreement(
    agency: Agency,
    year: FiscalYear,
    credits: dict[tuple[Programme, ExpenseChapter, FundingSource], int],
    *,
    activities: bool = True,
    amends: ExpenseAgreement | None = None,
) -> ExpenseAgreement:
    """An expense agreement, exchanged last; the activities belong to the first programme."""
    with transaction.atomic():
        agreement = ExpenseAgreement.objects.create(
            agency=agency,
            fiscal_year=year,
            number=f"ه-{number()}",
            **_version(amends, year),
        )
        for (programme, chapter, source), amount in credits.items():
            ProgrammeCredit.objects.create(
                agreement=agreement,
                programme=programme,
                expense_chapter=chapter,
                funding_source=source,
                amount=amount,
            )
        programme = next(iter(credits))[0]
        for key, (title, unit, target, unit_cost, credit) in enumerate(
            ACTIVITIES if activities else (), start=1
        ):
            Activity.objects.create(
                agreement=agreement,
                programme=programme,
                key=key,
                title=title,
                unit=unit,
                target_volume=target,
                unit_cost=unit_cost,
                credit=credit,
            )
        exchange(agreement, by=None)
    return agreement


def make_allocation(
    agency: Agency, period: ReportingPeriod, kind: str, lines: list[dict[str, Any]], *, by: User
) -> AllocationNotice:
    """An issued notice that counts from a month before the cut-off; lines are fields of `AllocationLine`."""
    day = period.cutoff_date - dt.timedelta(days=30)
    with transaction.atomic():
        notice = AllocationNotice.objects.create(
            agency=agency,
            kind=kind,
            period=period,
            letter_number=f"ت-{number()}",
            letter_date=day,
            valid_from=day,
            recorded_at=jalali.start_of_day(day),
        )
        for line in lines:
            AllocationLine.objects.create(notice=notice, **line)
        notice.state, notice.issued_by, notice.issued_at = "issued", by, timezone.now()
        notice.save(update_fields=["state", "issued_by", "issued_at"])
    return notice
