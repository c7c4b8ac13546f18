"""The cast: one person per role in two agencies, two sector groups and two counties of one province, the same in
another province, a national viewer, a stranger country and somebody without any role.

Everything is made when first asked for, so a test pays for whom it calls:

    def test_x(cast):
        cast.deputy                     # a User who acts through the deputy's membership
        cast.client("deputy")           # a signed-in Client, with the second factor where it is demanded
        cast.agency, cast.agency2       # two agencies of one province, of two groups and two counties
        cast.period("Q2"), cast.window("capital", state="open")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, County, Membership, Organization, Province, SectorGroup, User
from agreements.models import FiscalYear, PeriodWindow, ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import to_persian
from tests.factories import walk_window

PUBLIC = "public"
NOBODY = "nobody"

#            name          role              place
_HOME = {
    "agency_user": ("agency_user", "agency"),
    "agency_head": ("agency_head", "agency"),
    "treasurer": ("treasurer", "agency"),
    "expert": ("budget_expert", "group"),
    "consolidation": ("consolidation", "organization"),
    "deputy": ("budget_deputy", "organization"),
    "head": ("org_head", "organization"),
    "complaints": ("complaints_officer", "organization"),
    "county_viewer": ("county_viewer", "county"),
    "auditor": ("auditor", "organization"),
    "admin": ("admin", "organization"),
}
_NEAR = {
    "agency_user2": ("agency_user", "agency2"),
    "agency_head2": ("agency_head", "agency2"),
    "treasurer2": ("treasurer", "agency2"),
    "expert2": ("budget_expert", "group2"),
    "county_viewer2": ("county_viewer", "county2"),
}
_FAR = {f"far_{name}": (role, f"far_{place}") for name, (role, place) in _HOME.items()}
_OTHER = {
    "national": ("national_viewer", "national_organization"),
    "abroad": ("national_viewer", "abroad_organization"),
    "abroad_consolidation": ("consolidation", "abroad_organization"),
}
PEOPLE: dict[str, tuple[str, str]] = {**_HOME, **_NEAR, **_FAR, **_OTHER}

HOME = tuple(_HOME)  # the main province
NEAR = tuple(_NEAR)  # strangers of the same province: other agency, group, county
FAR = tuple(_FAR)  # strangers of another province under the same national organization
COLUMNS = (PUBLIC, NOBODY, *PEOPLE)
ROLE_HOLDERS = {role: name for name, (role, _) in {**_OTHER, **_FAR, **_NEAR, **_HOME}.items()}

_NAMES = (
    "آذر",
    "بهرام",
    "پروانه",
    "ترانه",
    "جمشید",
    "خورشید",
    "داریوش",
    "رامین",
    "سپیده",
    "شیرین",
    "فرهاد",
    "کاوه",
)


class Cast:
    YEAR = 1405

    def __init__(self) -> None:
        self._people: dict[str, User] = {}
        self._clients: dict[str, Client] = {}

    # --- places -----------------------------------------------------------------------------------------

    @cached_property
    def national_organization(self) -> Organization:
        return Organization.objects.create(code="iran", name="سازمان ملی نمونه", level="national")

    @cached_property
    def abroad_organization(self) -> Organization:
        return Organization.objects.create(code="abroad", name="سازمان ملی دیگر", level="national")

    @cached_property
    def organization(self) -> Organization:
        return self._province_organization("06", "خوزستان")

    @cached_property
    def far_organization(self) -> Organization:
        return self._province_organization("25", "قم")

    def _province_organization(self, code: str, name: str) -> Organization:
        province, _ = Province.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": f"Province {code}", "seat_name": name}
        )
        return Organization.objects.create(
            code=f"province-{code}",
            name=f"سازمان استان {name} (نمونه)",
            level="provincial",
            parent=self.national_organization,
            province=province,
        )

    def _county(self, organization: Organization, code: str, name: str) -> County:
        county, _ = County.objects.get_or_create(
            code=code,
            defaults={
                "province": organization.province,
                "name": name,
                "seat_name": name,
                "seat_lat": "31.32000",
                "seat_lon": "48.67000",
            },
        )
        return county

    @cached_property
    def county(self) -> County:
        return self._county(self.organization, "0601", "شهرستان یکم")

    @cached_property
    def county2(self) -> County:
        return self._county(self.organization, "0602", "شهرستان دوم")

    @cached_property
    def far_county(self) -> County:
        return self._county(self.far_organization, "2501", "شهرستان دور")

    @cached_property
    def group(self) -> SectorGroup:
        return SectorGroup.objects.create(organization=self.organization, code="infra", name="امور زیربنایی")

    @cached_property
    def group2(self) -> SectorGroup:
        return SectorGroup.objects.create(organization=self.organization, code="social", name="امور اجتماعی")

    @cached_property
    def far_group(self) -> SectorGroup:
        return SectorGroup.objects.create(
            organization=self.far_organization, code="infra", name="امور زیربنایی"
        )

    @cached_property
    def agency(self) -> Agency:
        return Agency.objects.create(
            organization=self.organization,
            sector_group=self.group,
            county=self.county,
            code="1001",
            name="ادارهٔ کل راه نمونه",
        )

    @cached_property
    def agency2(self) -> Agency:
        return Agency.objects.create(
            organization=self.organization,
            sector_group=self.group2,
            county=self.county2,
            code="1002",
            name="ادارهٔ کل بهداشت نمونه",
        )

    @cached_property
    def far_agency(self) -> Agency:
        return Agency.objects.create(
            organization=self.far_organization,
            sector_group=self.far_group,
            county=self.far_county,
            code="1001",
            name="ادارهٔ کل راه دور",
        )

    # --- people -----------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> User:
        if name in PEOPLE or name == NOBODY:
            return self.person(name)
        raise AttributeError(name)

    def person(self, name: str) -> User:
        if name not in self._people:
            self._people[name] = self._make_person(name)
        return self._people[name]

    def _make_person(self, name: str) -> User:
        number = (*PEOPLE, NOBODY).index(name)
        user = User.objects.create(
            username=name,
            full_name=to_persian(f"{_NAMES[number % len(_NAMES)]} نمونه {number}"),
            email=f"{name}@example.test",
            password="!",
        )
        if name in PEOPLE:
            role, place = PEOPLE[name]
            user.act_through(self.membership(user, role, getattr(self, place)))
        return user

    def membership(self, user: User, role: str, place: Any, **fields: Any) -> Membership:
        """A role of a person at an agency, group, county or organization; counties belong to their province."""
        key = {Agency: "agency", SectorGroup: "sector_group", County: "county"}.get(type(place))
        if key == "county":
            organization = Organization.objects.get(province=place.province)
        else:
            organization = place if key is None else place.organization
        fields.setdefault("valid_from", dt.date(2020, 1, 1))
        if key:
            fields[key] = place
        return Membership.objects.create(user=user, role=role, organization=organization, **fields)

    def holder(self, role: str) -> User:
        """The person at home who holds a role (the national viewer for that role)."""
        return self.person(ROLE_HOLDERS[role])

    # --- signing in -------------------------------------------------------------------------------------

    def client(self, name: str) -> Client:
        """A client of one person, or of the public; made once, with the second factor where demanded."""
        if name not in self._clients:
            self._clients[name] = Client() if name == PUBLIC else self.sign_in(self.person(name))
        return self._clients[name]

    def sign_in(self, user: User, *, second_factor: bool | None = None, fresh: bool = True) -> Client:
        """Signed in as the login page would leave it; `fresh=False`: signing asks the code again."""
        client = Client(raise_request_exception=False)
        client.force_login(user)
        wanted = user.role in settings.SECOND_FACTOR_ROLES if second_factor is None else second_factor
        if wanted:
            if not Authenticator.objects.filter(user=user, type="totp").exists():
                TOTP.activate(user, generate_totp_secret())
            request = HttpRequest()
            request.user, request.session = user, client.session
            # allauth's own record of how this session was opened.
            request.session["account_authentication_methods_user"] = str(user.pk)
            record_authentication(request, user, "password")
            again = {"reauthenticated": True} if fresh else {}
            record_authentication(request, user, "mfa", type="totp", **again)
            request.session.save()
        return client

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside, in the database and in this cast, is taken back."""
        kept = dict(self.__dict__), dict(self._people), dict(self._clients)
        with transaction.atomic():
            try:
                yield
            finally:
                self.__dict__.clear()
                self.__dict__.update(kept[0])
                self._people, self._clients = kept[1], kept[2]
                transaction.set_rollback(True)

    # --- calendar ---------------------------------------------------------------------------------------

    @cached_property
    def fiscal_year(self) -> FiscalYear:
        return self._fiscal_year(self.national_organization)

    @cached_property
    def abroad_fiscal_year(self) -> FiscalYear:
        return self._fiscal_year(self.abroad_organization)

    def _fiscal_year(self, organization: Organization) -> FiscalYear:
        year = self.YEAR
        return FiscalYear.objects.create(
            organization=organization,
            year=year,
            starts_on=jalali.fiscal_year_start(year),
            ends_on=jalali.end_of_year(year),
            expense_deadline=jalali.end_of_year(year),
            cash_return_deadline=jalali.month_end(year + 1, 1),
            capital_deadline=jalali.month_end(year + 1, 6),
            final_statement_deadline=jalali.month_end(year + 1, 7),
        )

    def period(self, cutoff: str = "Q2") -> ReportingPeriod:
        return self._period(self.fiscal_year, cutoff)

    def abroad_period(self, cutoff: str = "Q2") -> ReportingPeriod:
        return self._period(self.abroad_fiscal_year, cutoff)

    def _period(self, year: FiscalYear, cutoff: str) -> ReportingPeriod:
        date = year.capital_deadline if cutoff == "CLOSING" else jalali.cutoff_date(year.year, cutoff)
        period, _ = ReportingPeriod.objects.get_or_create(
            fiscal_year=year, cutoff=cutoff, defaults={"cutoff_date": date}
        )
        return period

    def window(
        self,
        kind: str = "capital",
        *,
        cutoff: str = "Q2",
        organization: Organization | None = None,
        group: SectorGroup | None = None,
        state: str = "open",
        **fields: Any,
    ) -> PeriodWindow:
        """A window in any state, its dates around today so that the clock leaves it alone."""
        today = timezone.localdate()
        organization = organization or self.organization
        year = self.abroad_fiscal_year if organization.national_id == self._abroad_id else self.fiscal_year
        starts = {"planned": 10, "open": -5, "closed": -40, "published": -60}[state]
        defaults: dict[str, Any] = {
            name: today + dt.timedelta(days=starts + days)
            for name, days in {
                "opens_on": 0,
                "entry_due": 20,
                "treasurer_due": 23,
                "expert_due": 28,
                "consolidation_due": 31,
                "publication_on": 35,
            }.items()
        }
        if state == "published":
            defaults |= {"published_at": timezone.now(), "published_by": self.consolidation}
        window, is_new = PeriodWindow.objects.get_or_create(
            period=self._period(year, cutoff),
            organization=organization,
            kind=kind,
            sector_group=group,
            defaults=defaults | fields,
        )
        return walk_window(window, state) if is_new else window

    @property
    def _abroad_id(self) -> int | None:
        found = self.__dict__.get("abroad_organization")
        return found.pk if found else None


Make = Callable[[Cast], Any]
