"""What cells of sort «ref» are picked from: codes and titles that the agency of an agreement may name."""

from __future__ import annotations

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


class Lists:
    """Each list is read once, when something asks for it."""

    def __init__(self, agreement: AgreementVersion) -> None:
        self.organization = agreement.agency.organization

    def of(self, name: str) -> dict[str, Entry]:
        found: dict[str, Entry] = getattr(self, name)
        return found

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
        rows = FundingSource.objects.filter(organization=self.organization.national_id).order_by("code")
        return {row.code: Entry(row.pk, row.code, row.title, row.kind) for row in rows}

    @cached_property
    def agency(self) -> dict[str, Entry]:
        rows = Agency.objects.filter(organization=self.organization).order_by("name_sort")
        return {row.code: Entry(row.pk, row.code, row.name) for row in rows}

    @cached_property
    def county(self) -> dict[str, Entry]:
        rows = County.objects.order_by("code")
        if self.organization.province_id:
            rows = rows.filter(province=self.organization.province_id)
        return {row.code: Entry(row.pk, row.code, row.name) for row in rows}

    def _national(self, model: Any) -> dict[str, Entry]:
        rows = model.objects.filter(organization=self.organization.national_id).order_by("code")
        return {row.code: Entry(row.pk, row.code, row.title) for row in rows}
