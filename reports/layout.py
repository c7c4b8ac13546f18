"""From the frozen report to the HTML of its printed form. Needs templates, no database and no browser.

Sections without data vanish; one with a `Silence` keeps its title and says why. Numbers of sections, tables and
figures are given here, in the order of printing, so that contents and references cannot disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.maps import NOTE, MapShape, country_map, county_map
from budget_portal.digits import to_persian
from monitoring.ratios import Ratio
from reports import charts_pdf
from reports.package import R1Report, SectionKey, Signer
from reports.parts import Count, OperationRow, Photo, ProjectPage
from reports.printing import number, ordinal
from reports.table_rows import agency_rows, county_rows, programme_rows, project_rows
from reports.tables import LongTable
from reports.wording import words

TEMPLATE_VERSION = "1.0"
MAP_WIDTH, MAP_HEIGHT, MAP_HEIGHT_OF_MANY = 150.0, 74.0, 125.0  # mm, at most
COMBINED_LIMIT = 100_000_000  # nine digits no longer fit beside each other: two tables instead of one
TITLES: dict[SectionKey, str] = {
    "summary": "خلاصهٔ مدیریتی",
    "stages": "از ابلاغ تا عملکرد",
    "agencies": "عملکرد دستگاه‌های اجرایی",
    "physical": "پیشرفت فیزیکی در برابر برنامه",
    "counties": "جذب اعتبار در شهرستان‌ها",
    "projects": "پروژه‌ها",
    "pages": "برگهٔ پروژه",
    "evidence": "مستندات بازدید",
    "causes": "علل تأخیر",
    "deviating": "پروژه‌های منحرف و بحرانی",
    "expense": "اعتبارات هزینه‌ای",
    "visits": "بازدیدها و یافته‌ها",
    "complaints": "شکایات، نظرات و پیشنهادها",
    "held": "ردیف‌های نگه‌داشته‌شده",
    "definitions": "تعریف شاخص‌ها",
    "method": "پوشش و روش",
    "signers": "تهیه، تأیید و تصویب",
}
SIGNER_ROLES = ("تهیه‌کننده", "تأییدکننده", "تصویب‌کننده")
APPENDICES = ("held", "definitions", "method")


@dataclass(frozen=True, slots=True)
class Caption:
    kind: str
    anchor: str
    label: str
    title: str


@dataclass
class Captions:
    """Counts tables and figures while the sections are rendered."""

    entries: list[Caption] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, title: str) -> Caption:
        word = {"table": "جدول", "figure": "شکل"}[kind]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        label = f"{word} {to_persian(self.counts[kind])}"
        entry = Caption(kind, f"{kind}-{self.counts[kind]}", label, title.split("؛")[0])
        self.entries.append(entry)
        return entry


@dataclass(frozen=True, slots=True)
class Section:
    key: SectionKey
    anchor: str
    title: str
    number: str
    template: str
    page: ProjectPage | None = None
    silence: str = ""
    breaks: bool = False  # begins a page


class Layout:
    """One printing of one report: what goes on which page, and the HTML of it."""

    def __init__(self, report: R1Report, *, draft: bool, photos: Mapping[str, bytes] | None = None) -> None:
        self.report = report
        self.draft = draft
        self.photos = photos or {}

    # --- sections --------------------------------------------------------------------------------
    @cached_property
    def sections(self) -> list[Section]:
        found: list[Section] = []
        main = appendix = 0
        for key, page in self._keys():
            if key in APPENDICES:
                appendix += 1
                number = f"پ{to_persian(appendix)}"
            elif key == "signers":
                number = ""
            else:
                main += 1
                number = to_persian(main)
            found.append(self._section(key, page, number, len(found)))
        return found

    def _section(self, key: SectionKey, page: ProjectPage | None, number: str, position: int) -> Section:
        title = self._title(key, page)
        silence = "" if self._has(key) else self.report.silence(key)
        anchor = f"s-{key}" if page is None or page is self.report.pages[0] else f"s-{key}-{position}"
        template = "_silence.html" if silence else f"_{key}.html"
        breaks = not silence and (
            key in ("summary", "stages", "pages") or any(table.long for table in self.tables.get(key, ()))
        )
        return Section(key, anchor, title, number, f"reports/pdf/{template}", page, silence, breaks)

    def _title(self, key: SectionKey, page: ProjectPage | None) -> str:
        if page is not None:
            return f"{TITLES[key]}: {page.title}"
        if key == "counties" and self.report.counties is not None:
            return f"جذب اعتبار در {self.report.counties.level}‌ها"
        if key == "agencies" and self.report.header.scope.row_noun != "دستگاه":
            return f"عملکرد به تفکیک {self.report.header.scope.row_noun}"
        return TITLES[key]

    def _keys(self) -> Iterator[tuple[SectionKey, ProjectPage | None]]:
        for key in TITLES:
            if key == "pages" and self.report.pages:
                yield from ((key, page) for page in self.report.pages)
            elif self._has(key) or self.report.silence(key):
                yield key, None

    def _has(self, key: SectionKey) -> bool:
        report = self.report
        detail = report.expense_detail
        present: dict[SectionKey, Any] = {
            "stages": report.capital or report.expense,
            "agencies": sum(len(group.rows) for group in report.groups) > 1,
            "physical": self.bullets,
            "counties": report.counties,
            "projects": report.projects,
            "pages": report.pages,
            "evidence": self.evidence,
            "causes": report.causes,
            "deviating": report.deviating or report.critical,
            "expense": detail
            and (detail.programmes or detail.chapters or detail.activities or detail.focuses),
            "visits": report.visits,
            "complaints": report.complaints and report.complaints.rows,
            "held": report.coverage.held,
            "definitions": report.definitions,
        }
        return bool(present.get(key, True))

    @cached_property
    def numbers(self) -> dict[str, str]:
        return {section.key: section.number for section in reversed(self.sections)}

    # --- long tables -----------------------------------------------------------------------------
    @cached_property
    def tables(self) -> dict[str, list[LongTable]]:
        report = self.report
        found: dict[str, list[LongTable]] = {}
        if self._has("agencies"):
            found["agencies"] = [
                LongTable(f"agencies-{kind}", kind, agency_rows(report.groups, kind))
                for kind in self._kinds()
            ]
        if report.counties is not None:
            found["counties"] = [LongTable("counties", "counties", county_rows(report.counties))]
        if self._has("deviating"):
            rows = project_rows(report.deviating, report.critical)
            found["deviating"] = [LongTable("deviating", "projects", rows)]
        detail = report.expense_detail
        if detail is not None and detail.programmes:
            found["expense"] = [LongTable("programmes", "programmes", programme_rows(detail.programmes))]
        return found

    def _kinds(self) -> Sequence[Any]:
        report = self.report
        if report.capital is None or report.expense is None:
            return ("capital",) if report.expense is None else ("expense",)
        largest = max(flow.agreed or 0 for flow in (report.capital, report.expense))
        return ("both",) if largest < COMBINED_LIMIT else ("capital", "expense")

    @property
    def long_tables(self) -> list[LongTable]:
        return [table for tables in self.tables.values() for table in tables if table.long]

    # --- rendering -------------------------------------------------------------------------------
    def html(self, cuts: Mapping[str, Sequence[int]] | None = None) -> str:
        captions = Captions()
        bodies = [(section, self._render(section, captions, cuts or {})) for section in self.sections]
        context = {
            **self._common(captions),
            "bodies": bodies,
            "sections": self.sections,
            "kinds": ("table", "figure"),
        }
        return render_to_string("reports/pdf/r1.html", context)

    def measuring_html(self) -> str:
        """Only what decides the heights of long tables: their titles, heads and the cells that may wrap."""
        wanted = {table.key for table in self.long_tables}
        keys = [key for key, tables in self.tables.items() if any(table.key in wanted for table in tables)]
        captions = Captions()
        bodies = [
            (
                section,
                self._render(
                    section, captions, {table.key: [1] for table in self.long_tables}, measuring=True
                ),
            )
            for section in self.sections
            if section.key in keys
        ]
        return render_to_string(
            "reports/pdf/r1.html", {**self._common(captions), "bodies": bodies, "measuring": True}
        )

    def _render(
        self,
        section: Section,
        captions: Captions,
        cuts: Mapping[str, Sequence[int]],
        *,
        measuring: bool = False,
    ) -> SafeString:
        tables = [
            (table, table.chunks(cuts.get(table.key, ()))) for table in self.tables.get(section.key, [])
        ]
        context = {
            **self._common(captions),
            "section": section,
            "lead": self.report.lead(section.key),
            "page": section.page,
            **self._page_context(section.page),
            "tables": tables,
            "measuring": measuring,
        }
        return render_to_string(section.template, context)

    def _page_context(self, page: ProjectPage | None) -> dict[str, Any]:
        if page is None:
            return {}
        period = self.report.header.period
        return {
            "page_curve": charts_pdf.s_curve(page, period.cutoff_on, period.title),
            "sums": _operation_sums(page.operations),
        }

    def _common(self, captions: Captions) -> dict[str, Any]:
        return {
            "layout": self,
            "r": self.report,
            "h": self.report.header,
            "draft": self.draft,
            "captions": captions,
            "numbers": self.numbers,
            "words": words(self.report).most_common(),
            "template_version": TEMPLATE_VERSION,
        }

    # --- drawn parts -----------------------------------------------------------------------------
    @property
    def capital_stages(self) -> SafeString:
        return (
            charts_pdf.stages(self.report.capital, "جریان اعتبار سرمایه‌ای")
            if self.report.capital
            else SafeString()
        )

    @property
    def expense_stages(self) -> SafeString:
        return (
            charts_pdf.stages(self.report.expense, "جریان اعتبار هزینه‌ای")
            if self.report.expense
            else SafeString()
        )

    @cached_property
    def bullets(self) -> list[tuple[str, Any]]:
        rows = [(group.title, group.physical) for group in self.report.groups if group.physical is not None]
        whole = self.report.physical
        if whole is None:
            return []
        return [*(rows if len(rows) > 1 else []), (self.report.header.scope.whole, whole)]

    @property
    def bullet_chart(self) -> SafeString:
        return charts_pdf.bullets(self.bullets, "پیشرفت فیزیکی در برابر برنامه")

    @cached_property
    def map_shape(self) -> MapShape | None:
        counties = self.report.counties
        if counties is None or not counties.map_code:
            return None
        return country_map() if counties.map_code == "IR" else county_map(counties.map_code)

    @property
    def map_note(self) -> str:
        return NOTE

    @property
    def map(self) -> SafeString:
        counties, shape = self.report.counties, self.map_shape
        if counties is None or shape is None:
            return SafeString()
        height = MAP_HEIGHT if len(shape.regions) <= 16 else MAP_HEIGHT_OF_MANY
        width = min(MAP_WIDTH, height * shape.width / shape.height)
        return charts_pdf.region_map(shape, counties, round(width, 1))

    @property
    def map_legend(self) -> list[tuple[str, str]]:
        counties = self.report.counties
        return charts_pdf.legend(counties.breaks) if counties else []

    @property
    def cause_chart(self) -> SafeString:
        return charts_pdf.cause_bars(self.report.causes) if self.report.causes else SafeString()

    @property
    def quality_chart(self) -> SafeString:
        return charts_pdf.quality_bar(self.report.visits.quality) if self.report.visits else SafeString()

    @property
    def rated(self) -> int:
        return sum(item.count for item in self.report.visits.quality) if self.report.visits else 0

    @property
    def quality_title(self) -> str:
        return f"کیفیت کلی اجرا در {number(self.rated)} بازدید دارای نمره"

    @property
    def quality_shares(self) -> list[tuple[Count, Ratio]]:
        visits = self.report.visits
        return [(item, Ratio(item.count, self.rated)) for item in visits.quality] if visits else []

    @cached_property
    def evidence(self) -> list[tuple[ProjectPage, list[list[Photo]]]]:
        """What visits left of the projects that have a page: photos in pairs."""
        found = []
        for page in self.report.pages:
            if page.visit is not None:
                shown = [photo for photo in page.visit.photos if photo.sha256 in self.photos]
                found.append((page, [shown[place : place + 2] for place in range(0, len(shown), 2)]))
        return found

    @property
    def signers(self) -> Sequence[Signer]:
        """All three places, also while nobody has signed."""
        signed = {signer.role: signer for signer in self.report.imprint.signers}
        return [signed.get(role, Signer(role)) for role in SIGNER_ROLES]

    @property
    def size(self) -> str:
        """How wide the longest sum is: ten digits fit as they are, more need narrower letters."""
        money = self.report.money
        largest = max(money.notified or 0, money.agreed or 0, money.allocated or 0) if money else 0
        return "" if largest < 10**10 else "vast" if largest < 10**12 else "huge"

    @property
    def created(self) -> str:
        return f"{self.report.header.data_as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @cached_property
    def verify_url(self) -> str:
        base = self.report.imprint.verify_url
        return f"{base}{'&' if '?' in base else '?'}d={self.report.digest[:16]}" if base else ""

    @cached_property
    def qr(self) -> SafeString:
        """The address of the check page, or the bare number and digest while there is none."""
        content = self.verify_url or f"{self.report.header.number} {self.report.digest}"
        stream = BytesIO()
        code = segno.make(content, error="m", micro=False)
        code.save(
            stream,
            kind="svg",
            border=0,
            dark="#17212E",
            xmldecl=False,
            omitsize=True,
            nl=False,
            title="رمزینهٔ سنجش اصالت",
        )
        return mark_safe(stream.getvalue().decode())  # noqa: S308  (segno's own drawing)

    @property
    def short_digest(self) -> str:
        return f"{self.report.digest[:4]}-{self.report.digest[4:8]}"

    @property
    def digest_lines(self) -> tuple[str, str]:
        return self.report.digest[:32], self.report.digest[32:]

    @property
    def running(self) -> dict[str, str]:
        """Head and foot of each page; Latin runs are isolated, since margin boxes know no markup."""
        header = self.report.header
        return {
            "org": header.organization,
            "rep": header.title,
            "per": f"مقطع {header.period.title}",
            "ed": f"\u2067شمارهٔ \u2066{header.number}\u2069 · ویرایش {ordinal(header.edition)}\u2069",
            "dig": f"\u2067چکیدهٔ داده‌ها: \u2066{self.short_digest}\u2069\u2069",
        }


def _operation_sums(rows: Sequence[OperationRow]) -> dict[str, Decimal | None]:
    """Weights and progress by origin; a column without any figure has no sum."""

    def progress(name: str) -> Decimal | None:
        if all(getattr(row, name) is None for row in rows):
            return None
        return sum((row.share(getattr(row, name)) or Decimal(0) for row in rows), Decimal(0))

    return {
        "weight": sum((row.weight for row in rows), Decimal(0)),
        "start": progress("start"),
        "agency": progress("agency"),
        "visited": progress("visited"),
        "part": sum((row.part or Decimal(0) for row in rows), Decimal(0)),
    }
