"""What cells of sort «ref» are picked from: codes and titles that the agency of an agreement may name.

New rows are offered what holds in the year of the agreement. What has ended keeps its title where it stands, and a code
that was renamed means the row of the agreement's first day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.models import Agency, County
from agreements.models import CapitalSubChapter, ExpenseChapter, FundingSource, Programme
from agreements.models.versions import AgreementVersion


@dataclass(frozen=True)
class Entry:
    pk: int
    code: str
    title: str
    sort: str = ""  # of a funding source
    holds: bool = True  # in the year of the agreement


class Lists:
    """Each list is read once, when something asks for it."""

    def __init__(self, agreement: AgreementVersion) -> None:
        self.organization = agreement.agency.organization
        self.year, self.day = agreement.fiscal_year, agreement.valid_from
        self.is_first = agreement.amends is None  # an amendment keeps the rows of what it amends

    def of(self, name: str) -> dict[str, Entry]:
        found: dict[str, Entry] = getattr(self, name)
        return found

    def offered(self, name: str) -> dict[str, Entry]:
        """What a new row may name."""
        return {code: entry for code, entry in self.of(name).items() if entry.holds}

    def title(self, name: str, code: str) -> str:
        entry = self.of(name).get(code)
        return entry.title if entry else code

    @cached_property
    def programme(self) -> dict[str, Entry]:
        return self._national(Programme)

    @cached_property
    def chapter(self) -> dict[str, Entry]:
        return self._national(ExpenseChapter)

    @cached_property
    def sub_chapter(self) -> dict[str, Entry]:
        return self._national(CapitalSubChapter)

    @cached_property
    def source(self) -> dict[str, Entry]:
        return self._national(FundingSource)

    @cached_property
    def agency(self) -> dict[str, Entry]:
        rows = Agency.objects.filter(organization=self.organization).order_by("name_sort")
        return {row.code: Entry(row.pk, row.code, row.name, holds=row.is_active) for row in rows}

    @cached_property
    def county(self) -> dict[str, Entry]:
        rows = County.objects.order_by("code")
        if self.organization.province_id:
            rows = rows.filter(province=self.organization.province_id)
        return {row.code: Entry(row.pk, row.code, row.name) for row in rows}

    def _national(self, model: Any) -> dict[str, Entry]:
        rows = model.objects.filter(organization=self.organization.national_id)
        found: dict[str, Entry] = {}
        # The last of a code stays: that of the agreement's day, else one of its year, else the newest.
        for row in sorted(rows, key=lambda row: (row.code, self._nearness(row))):
            holds = self._holds(row, self.year.starts_on, self.year.ends_on)
            found[row.code] = Entry(row.pk, row.code, row.title, getattr(row, "kind", ""), holds)
        return found

    def _nearness(self, row: Any) -> tuple[bool, bool, dt.date]:
        within = self._holds(row, self.year.starts_on, self.year.ends_on)
        return self._holds(row, self.day, self.day), within, row.valid_from or dt.date.min

    @staticmethod
    def _holds(row: Any, first: dt.date, last: dt.date) -> bool:
        begun = row.valid_from is None or row.valid_from <= last
        return begun and (row.valid_to is None or row.valid_to >= first)
