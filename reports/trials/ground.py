"""An organization of its own for every trial, with its people, agencies and years; nothing else is touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password

from accounts.models import Agency, Membership, Organization, SectorGroup, User
from agreements import reference
from agreements.models import FiscalYear
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.text import normalise


def free_code(stem: str) -> str:
    """The trial may be repeated: each time in an organization of its own."""
    taken = set(Organization.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for number in range(1, 1_000) if (code := f"{stem}-{number}") not in taken)


def organization(stem: str, name: str, *, parent: Organization | None = None) -> Organization:
    code = free_code(stem)
    number = to_persian(code.rpartition("-")[2])
    level = "provincial" if parent else "national"
    found: Organization = Organization.objects.create(
        code=code, name=f"{name} ({number})", level=level, parent=parent
    )
    return found


def national(stem: str, name: str) -> Organization:
    found = organization(stem, name)
    reference.load(found)
    return found


def year(owner: Organization, number: int) -> FiscalYear:
    ends = jalali.end_of_year(number)
    found: FiscalYear = FiscalYear.objects.create(
        organization=owner,
        year=number,
        starts_on=jalali.fiscal_year_start(number),
        ends_on=ends,
        expense_deadline=ends,
        cash_return_deadline=jalali.month_end(number + 1, 1),
        capital_deadline=jalali.month_end(number + 1, 6),
        final_statement_deadline=jalali.month_end(number + 1, 7),
    )
    return found


def person(owner: Organization, role: str, name: str, since: dt.date, password: str | None = None) -> User:
    username = f"{owner.code}-{role.replace('_', '-')}"
    user = User.objects.create(
        username=username,
        full_name=name,
        email=f"{username}@portal.example",
        password=make_password(password),
    )
    membership = Membership.objects.create(user=user, role=role, organization=owner, valid_from=since)
    acting: User = user.act_through(membership)
    return acting


def agencies(owner: Organization, names: Iterable[str]) -> dict[str, Agency]:
    """One agency per name, in the order of the names."""
    group = SectorGroup.objects.create(organization=owner, code="all", name="همهٔ دستگاه‌ها")
    return {
        name: Agency.objects.create(
            organization=owner, sector_group=group, code=f"{place:04}", name=normalise(name)[:200]
        )
        for place, name in enumerate(dict.fromkeys(names), 1)
    }
