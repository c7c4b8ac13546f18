"""Credit of agreements added up: of the versions that held on a day, as known at a moment, beside what is known now.

Two questions that differ where an amendment was recorded after the day from which it holds (decision 10).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from agreements.models import CountyShare, FiscalYear
from agreements.presenters.chains import CREDITS
from agreements.workflow.versions import MODELS

if TYPE_CHECKING:
    from accounts.models import User

AGENCY = {"capital": "agreement_project__agreement__agency", "expense": "agreement__agency"}
PROGRAMME = {"capital": "agreement_project__agreement__plan__programme", "expense": "programme"}
BY = {
    "agency": "دستگاه",
    "group": "گروه بخشی",
    "programme": "برنامه",
    "source": "منبع اعتبار",
    "county": "شهرستان",
    "organization": "سازمان",
}


@dataclass(frozen=True)
class TotalRow:
    code: str
    title: str
    credit: int  # million rials, as asked
    now: int  # of the same day, as known now

    @property
    def difference(self) -> int:
        return self.now - self.credit


@dataclass(frozen=True)
class Totals:
    rows: tuple[TotalRow, ...]
    credit: int
    now: int
    versions: int  # that hold

    @property
    def difference(self) -> int:
        return self.now - self.credit


def year_at(user: User, on: dt.date) -> FiscalYear | None:
    """The year in which a day lies: the last version of a year has no end, and does not count in the next."""
    years = FiscalYear.objects.for_user(user).filter(starts_on__lte=on)
    found: FiscalYear | None = years.order_by("-starts_on").first()
    return found


def held(
    user: User, kind: str, year: FiscalYear | None, on: dt.date, known_at: dt.datetime | None = None
) -> Any:
    """The versions of a year in force on a day as known at a moment, of all chains that the person sees."""
    rows = MODELS[kind].objects.for_user(user).filter(fiscal_year=year)
    return rows.in_force(on, known_at=known_at)


def read(
    user: User,
    kind: str,
    by: str,
    on: dt.date,
    *,
    known_at: dt.datetime | None = None,
    year: FiscalYear | None = None,
    of: dict[str, Any] | None = None,
) -> Totals:
    """Sums of every level that the person sees; without `known_at` both questions are one. `of`: agencies."""
    year = year or year_at(user, on)
    own = {f"agency__{name}": value for name, value in (of or {}).items()}
    asked = held(user, kind, year, on, known_at).filter(**own)
    credit = _sums(user, kind, by, asked)
    now = _sums(user, kind, by, held(user, kind, year, on).filter(**own)) if known_at else credit
    rows = tuple(TotalRow(*key, credit.get(key, 0), now.get(key, 0)) for key in sorted({**credit, **now}))
    return Totals(rows, sum(credit.values()), sum(now.values()), asked.count())


def _sums(user: User, kind: str, by: str, versions: Any) -> dict[tuple[str, str], int]:
    model, link = CREDITS[kind]
    rows = model.objects.for_user(user).filter(**{f"{link}__in": versions})
    if (kind, by) != ("expense", "county"):
        return dict(_summed(rows, *_names(kind, by)))
    # Of expense the county is that of form 7; of a version without it, the agency's (decision 7).
    shares = CountyShare.objects.for_user(user).filter(agreement__in=versions)
    found = Counter(dict(_summed(shares, "county__code", "county__name")))
    rest = rows.exclude(agreement__in=shares.order_by().values("agreement"))
    found.update(dict(_summed(rest, *_names(kind, by))))
    return dict(found)


def _summed(rows: Any, code: str, title: str) -> Iterator[tuple[tuple[str, str], int]]:
    for key, name, total in rows.order_by().values_list(code, title).annotate(total=Sum("amount")):
        yield (key or "", name or "—"), int(total)


def _names(kind: str, by: str) -> tuple[str, str]:
    agency = AGENCY[kind]
    if by == "group":
        return f"{agency}__sector_group__code", f"{agency}__sector_group__name"
    if by == "organization":
        return f"{agency}__organization__code", f"{agency}__organization__name"
    if by == "programme":
        return f"{PROGRAMME[kind]}__code", f"{PROGRAMME[kind]}__title"
    if by == "county":
        place = "agreement_project__project" if kind == "capital" else agency
        return f"{place}__county__code", f"{place}__county__name"
    if by == "source":
        return "funding_source__code", "funding_source__title"
    return f"{agency}__code", f"{agency}__name"
