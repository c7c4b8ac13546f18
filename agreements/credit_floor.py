"""V1 from the side of the agreement: an amendment may not fall below what is already allocated against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accounts.models import Agency
from agreements import in_force
from agreements.ledger import Key, allocated
from agreements.letters import ALLOCATION, as_entry, issued_lines, key_of, title_of, with_names
from agreements.models import CapitalAgreement
from budget_portal import jalali
from budget_portal.digits import group
from budget_portal.errors import RuleBroken

if TYPE_CHECKING:
    from agreements.models import ExpenseAgreement

TOO_LOW = "مبادله ثبت نشد؛ اعتبار از تخصیص صادرشده کمتر می‌شود."
BELOW = (
    "«{title}»: اعتبار اصلاحیه ({credit}) از جمع تخصیص تا {day} ({sum}) کمتر است. نخست با ابلاغیهٔ کاهنده تخصیص را "
    "کم کنید یا اصلاحیه را برگردانید تا اعتبار بیشتر شود."
)


def below(agency: int, year: int, kind: str, since: dt.date, wanted: Mapping[Any, int]) -> dict[Key, str]:
    """The same asked before anything is written: sentences by line, for a version with these credits."""
    lines = list(with_names(ALLOCATION, issued_lines(ALLOCATION, [agency], year, kind)))
    entries = [as_entry(ALLOCATION, line.notice, line) for line in lines]
    titles = {key_of(ALLOCATION, kind, line): title_of(line) for line in lines}
    broken: dict[Key, str] = {}
    for day in sorted({since, *(entry.day for entry in entries if entry.day > since)}) if lines else []:
        before = in_force.credits(agency, year, kind, day)
        for key, amounts in allocated(entries, day).items():
            credit = wanted.get(key, 0)
            if credit < amounts.total and credit < before.get(key, 0) and key not in broken:
                shown = {"credit": group(credit), "sum": group(amounts.total)}
                broken[key] = BELOW.format(title=titles[key], day=jalali.format_date(day), **shown)
    return broken


@contextmanager
def kept_above_allocation(agreement: CapitalAgreement | ExpenseAgreement, since: dt.date) -> Iterator[None]:
    """Wraps the exchange; holds the agency, so that no letter to it is issued meanwhile. Raises RuleBroken.

    A credit that stays or rises is never refused, whatever was allocated before.
    """
    Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agreement.agency_id)
    if not agreement.amends_id:
        yield
        return
    kind = "capital" if isinstance(agreement, CapitalAgreement) else "expense"
    where = (agreement.agency_id, agreement.fiscal_year_id, kind)
    lines = list(with_names(ALLOCATION, issued_lines(ALLOCATION, [where[0]], *where[1:])))
    entries = [as_entry(ALLOCATION, line.notice, line) for line in lines]
    titles = {key_of(ALLOCATION, kind, line): title_of(line) for line in lines}
    days = sorted({since, *(entry.day for entry in entries if entry.day > since)})
    before = {day: in_force.credits(*where, day) for day in days}
    yield
    broken: dict[Key, str] = {}
    for day in days:
        after = in_force.credits(*where, day)
        for key, amounts in allocated(entries, day).items():
            credit = after.get(key, 0)
            if credit < amounts.total and credit < before[day].get(key, 0) and key not in broken:
                shown = {"credit": group(credit), "sum": group(amounts.total)}
                broken[key] = BELOW.format(title=titles[key], day=jalali.format_date(day), **shown)
    if broken:
        raise RuleBroken(TOO_LOW, list(broken.values()))
