"""What the codes of a file mean: agencies, classification and year of one organization, looked up once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from accounts.models import Agency, Organization, User
from agreements.models import (
    ExpenseChapter,
    FiscalYear,
    FundingSource,
    Plan,
    Programme,
    Project,
    ReportingPeriod,
)
from budget_portal import jalali
from budget_portal.tables.extract import Problem, Row, title_of
from budget_portal.tables.mapping import Mapping
from budget_portal.tables.outcome import Refused
from budget_portal.text import fold

UNKNOWN = "«{text}» در این سازمان تعریف نشده است."
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Line:
    """One line of credit: what a row is about. Capital lines have a project or plan, expense lines a chapter."""

    agency_id: int
    funding_source_id: int
    programme_id: int | None = None
    expense_chapter_id: int | None = None
    project_id: int | None = None
    plan_id: int | None = None

    @property
    def part(self) -> dict[str, int]:
        """Columns of a row of this line, the agency aside."""
        return {name: value for name, value in vars(self).items() if value and name != "agency_id"}


class Ground:
    """Look-ups for one file. `by` narrows agencies to those that the person sees."""

    def __init__(self, mapping: Mapping, *, by: User | None) -> None:
        self.mapping = mapping
        organization = Organization.objects.filter(code=mapping.values.get("organization", "")).first()
        if organization is None:
            raise Refused([Problem(0, "organization", "کد سازمان در نگاشت یا خط فرمان درست نیست.")])
        self.organization: Organization = organization
        agencies = Agency.objects.filter(organization=organization, is_active=True)
        if by is not None:
            agencies = agencies.filter(pk__in=Agency.objects.for_user(by).values("pk"))
        self.agencies: dict[int, Agency] = {
            row.pk: row for row in agencies.select_related("organization", "sector_group")
        }
        self._by_key = {self._agency_key(row): row for row in self.agencies.values()}
        counts = Counter(self._agency_key(row) for row in self.agencies.values())
        self._ambiguous = {key for key, count in counts.items() if count > 1}
        self.codes = {
            "programme": self._codes(Programme),
            "expense_chapter": self._codes(ExpenseChapter),
            "funding_source": self._codes(FundingSource),
        }
        self.plans = {row.code: row for row in Plan.objects.filter(organization=organization)}
        self.projects = {row.code: row for row in Project.objects.filter(agency__in=list(self.agencies))}
        self._periods: dict[str, ReportingPeriod] = {}

    def _codes(self, model: Any) -> dict[str, int]:
        owner = self.organization.national_id
        return dict(model.objects.filter(organization=owner).values_list("code", "pk"))

    # --- values of the whole file ---------------------------------------------------------------------------

    @property
    def year(self) -> FiscalYear:
        text = self.mapping.values.get("year", "")
        rows = FiscalYear.objects.filter(organization=self.organization.national_id)
        year = rows.filter(year=int(text)).first() if text.isdecimal() else None
        if year is None:
            raise Refused([Problem(0, "year", f"سال مالی «{text}» تعریف نشده است.")])
        return year

    @property
    def period(self) -> ReportingPeriod:
        code = self.mapping.values.get("period", "")
        rows = ReportingPeriod.objects.filter(fiscal_year__organization=self.organization.national_id)
        if code not in self._periods:
            period = rows.by_code(code).select_related("fiscal_year").first()
            if period is None:
                raise Refused([Problem(0, "period", f"مقطع «{code}» تعریف نشده است.")])
            self._periods[code] = period
        return self._periods[code]

    def day(self, name: str, default: Any = None) -> Any:
        """A Jalali date of the mapping."""
        text = self.mapping.values.get(name, "")
        if not text and default is not None:
            return default
        try:
            return jalali.parse(text)
        except ValueError as error:
            raise Refused([Problem(0, name, str(error))]) from error

    def text(self, name: str) -> str:
        text = self.mapping.values.get(name, "")
        if not text:
            raise Refused([Problem(0, name, "مقدار آن در نگاشت یا خط فرمان لازم است.")])
        return text

    # --- one row --------------------------------------------------------------------------------------------

    def line(self, row: Row, *, grain: tuple[str, ...]) -> Line | None:
        """The line that a row names; what is unknown is written among the row's problems."""
        agency = self._agency(row)
        found: dict[str, int | None] = {}
        for name in grain:
            table = self._table(name)
            found[f"{name}_id"] = table.get(row.texts[name])
            if found[f"{name}_id"] is None:
                self._refuse(row, name)
        if agency is None or any(value is None for value in found.values()):
            return None
        project = found.get("project_id")
        if project and project not in {p.pk for p in self.projects.values() if p.agency_id == agency.pk}:
            row.refuse(title_of(self.mapping, "project"), "این پروژه از آن این دستگاه نیست.")
            return None
        return Line(agency_id=agency.pk, **found)  # type: ignore[arg-type]

    def _refuse(self, row: Row, name: str) -> None:
        title = title_of(self.mapping, name)
        if row.texts[name]:
            row.refuse(title, UNKNOWN.format(text=row.texts[name]))
        elif all(problem.column != title for problem in row.problems):
            row.refuse(title, "خالی است.")

    def _table(self, name: str) -> dict[str, int]:
        if name == "plan":
            return {code: row.pk for code, row in self.plans.items()}
        if name == "project":
            return {code: row.pk for code, row in self.projects.items()}
        return self.codes[name]

    def _agency(self, row: Row) -> Agency | None:
        text = row.texts["agency"]
        key = self.fold_name(text) if self.mapping.agency_by == "name" else text
        if key in self._ambiguous:
            row.refuse(title_of(self.mapping, "agency"), f"نام «{text}» از آن بیش از یک دستگاه است.")
            return None
        found = self._by_key.get(key)
        if found is None and text:
            row.refuse(title_of(self.mapping, "agency"), UNKNOWN.format(text=text))
        return found

    def _agency_key(self, agency: Agency) -> str:
        return self.fold_name(agency.name) if self.mapping.agency_by == "name" else agency.code

    def fold_name(self, name: str) -> str:
        return fold_name(name, ignore_spaces=self.mapping.ignore_spaces)

    def place_of(self, row: Row) -> str:
        """How a held row is named: agency and code."""
        parts = (row.texts.get(name, "") for name in ("agency", "project", "plan", "programme"))
        return "، ".join(part for part in parts if part)


def fold_name(name: str, *, ignore_spaces: bool) -> str:
    """The name as it is matched; without blanks when the mapping says that only those differ."""
    return _SPACES.sub("", fold(name)) if ignore_spaces else fold(name)
