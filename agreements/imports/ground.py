"""What the codes of a file mean: agencies, classification and year of one organization, looked up once."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import F

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
from budget_portal.digits import to_persian
from budget_portal.tables.extract import Problem, Row, title_of
from budget_portal.tables.mapping import Mapping
from budget_portal.tables.outcome import Refused
from budget_portal.text import fold

UNKNOWN = "«{text}» در این سازمان تعریف نشده است."
PADDED = "«{text}» با صفر در آغاز، {code} خوانده شد؛ صفر آغاز کد در پرونده افتاده است."
NEAREST = "«{text}» در این سازمان تعریف نشده است؛ نزدیک‌ترین کد {code} است."
OWN = "any"  # codes or titles, as the pages of imports read them
_SPACES = re.compile(r"\s+")


class Line(NamedTuple):
    """One line of credit: what a row is about. Capital lines have a project or plan, expense lines a chapter.
    `letter` tells apart lines of several letters in one file, `paper` securities and advances from plain cash."""

    agency_id: int
    funding_source_id: int
    programme_id: int | None = None
    expense_chapter_id: int | None = None
    project_id: int | None = None
    plan_id: int | None = None
    letter: str = ""
    paper: str = ""

    @property
    def part(self) -> dict[str, int]:
        """Columns of a row of this line, the agency aside."""
        others = ("agency_id", "letter", "paper")
        return {name: value for name, value in self._asdict().items() if value and name not in others}

    @property
    def bare(self) -> Line:
        """The line of the form, whatever letter and paper speak of it."""
        return self._replace(letter="", paper="") if self.letter or self.paper else self

    @property
    def unlettered(self) -> Line:
        return self._replace(letter="") if self.letter else self


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
        self._by_key: dict[str, Agency] = {self._agency_key(row): row for row in self.agencies.values()}
        counts = Counter(self._agency_key(row) for row in self.agencies.values())
        self._ambiguous = {key for key, count in counts.items() if count > 1}
        if mapping.agency_by == OWN:
            self._by_key |= {row.code: row for row in self.agencies.values()}
        self.codes = {
            "programme": self._codes(Programme),
            "expense_chapter": self._codes(ExpenseChapter),
            "funding_source": self._codes(FundingSource),
        }
        self.plans = {row.code: row for row in Plan.objects.filter(organization=organization)}
        self.projects = {row.code: row for row in Project.objects.filter(agency__in=list(self.agencies))}
        self._owners = {row.pk: row.agency_id for row in self.projects.values()}
        self._periods: dict[str, ReportingPeriod] = {}

    def _codes(self, model: Any) -> dict[str, int]:
        """Code -> key; where the mapping leaves open what stands in the file, also folded title -> key."""
        owner = self.organization.national_id
        held = model.objects.filter(organization=owner).order_by(F("valid_from").asc(nulls_first=True))
        rows = list(held.values_list("code", "pk", "title"))  # a code that was renamed means its newest row
        codes = {code: pk for code, pk, _ in rows}
        if self.mapping.agency_by != OWN:
            return codes
        titles = Counter(fold(title) for _, _, title in rows)
        return {fold(title): pk for _, pk, title in rows if titles[fold(title)] == 1} | codes

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

    def line(self, row: Row, *, grain: tuple[str, ...], letter: str = "", paper: str = "") -> Line | None:
        """The line that a row names; what is unknown is written among the row's problems."""
        agency = self._agency(row)
        found: dict[str, int | None] = {}
        for name in grain:
            found[f"{name}_id"] = self.find(row, name)
        if agency is None or any(value is None for value in found.values()):
            return None
        project = found.get("project_id")
        if project and self._owners.get(project) != agency.pk:
            row.refuse(title_of(self.mapping, "project"), "این پروژه از آن این دستگاه نیست.")
            return None
        return Line(agency_id=agency.pk, letter=letter, paper=paper, **found)  # type: ignore[arg-type]

    def find(self, row: Row, name: str) -> int | None:
        """The key of what a code says; a code that lost its zeros is found with a warning."""
        table, text = self._table(name), row.texts[name]
        found = table.get(text)
        if found is None and self.mapping.agency_by == OWN and text:
            found = table.get(fold(text))
            if found is None and (code := padded(text, table)):
                found = table[code]
                row.warnings.append(PADDED.format(text=to_persian(text), code=to_persian(code)))
        if found is None:
            self._refuse(row, name)
        return found

    def _refuse(self, row: Row, name: str) -> None:
        title = title_of(self.mapping, name)
        if row.texts[name]:
            near = nearest(row.texts[name], self._table(name)) if self.mapping.agency_by == OWN else ""
            sentence = NEAREST if near else UNKNOWN
            row.refuse(title, sentence.format(text=row.texts[name], code=to_persian(near)))
        elif all(problem.column != title for problem in row.problems):
            row.refuse(title, "خالی است.")

    def _table(self, name: str) -> dict[str, int]:
        if name in ("plan", "project") and name not in self.codes:
            rows: dict[str, Any] = self.plans if name == "plan" else self.projects
            self.codes[name] = {code: row.pk for code, row in rows.items()}
        return self.codes[name]

    def name_of(self, text: str) -> str:
        """The name of the agency that a text means, or the text."""
        found = self._by_key.get(text) or self._by_key.get(self.fold_name(text))
        return found.name if found else text

    def agency(self, row: Row) -> Agency | None:
        return self._agency(row)

    def _agency(self, row: Row) -> Agency | None:
        text = row.texts["agency"]
        key = text if self.mapping.agency_by == "code" else self.fold_name(text)
        if self.mapping.agency_by == OWN and text in self._by_key:
            key = text
        if key in self._ambiguous:
            row.refuse(title_of(self.mapping, "agency"), f"نام «{text}» از آن بیش از یک دستگاه است.")
            return None
        found = self._by_key.get(key)
        if found is None and self.mapping.agency_by == OWN and (code := padded(text, self._by_key)):
            row.warnings.append(PADDED.format(text=to_persian(text), code=to_persian(code)))
            return self._by_key[code]
        if found is None and text:
            row.refuse(title_of(self.mapping, "agency"), UNKNOWN.format(text=text))
        return found

    def _agency_key(self, agency: Agency) -> str:
        return agency.code if self.mapping.agency_by == "code" else self.fold_name(agency.name)

    def fold_name(self, name: str) -> str:
        return fold_name(name, ignore_spaces=self.mapping.ignore_spaces)

    def place_of(self, row: Row) -> str:
        """How a held row is named: agency and code."""
        parts = (row.texts.get(name, "") for name in ("agency", "project", "plan", "programme"))
        return "، ".join(part for part in parts if part)


def padded(text: str, known: Any) -> str:
    """The one known code that this becomes with zeros before it."""
    if not text.isdecimal():
        return ""
    found = [code for zeros in range(1, 8) if (code := "0" * zeros + text) in known]
    return found[0] if len(found) == 1 else ""


def nearest(text: str, known: Any) -> str:
    """A known code that differs by one digit left out or one written wrong; nothing when there are several."""
    if not text.isdecimal() or len(text) < 6:
        return ""
    digits = "0123456789"
    variants = {text[:place] + digit + text[place:] for place in range(len(text) + 1) for digit in digits}
    variants |= {text[:place] + digit + text[place + 1 :] for place in range(len(text)) for digit in digits}
    found = [code for code in variants if code in known]
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=10_000)
def fold_name(name: str, *, ignore_spaces: bool) -> str:
    """The name as it is matched; without blanks when the mapping says that only those differ."""
    return _SPACES.sub("", fold(name)) if ignore_spaces else fold(name)
