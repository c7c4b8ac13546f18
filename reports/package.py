"""The whole content of report R1 (گزارش نظارتی دوره‌ای) as frozen dataclasses.

A builder fills them once; page, PDF, spreadsheet and API read them and compute nothing but ratios of figures
that stand here. `to_plain()` or `to_json()` is what the database keeps of an edition, `from_plain()`
or `from_json()` rebuilds the same object, `R1Report.digest` is what the printed edition shows.

An empty tuple or None takes the section out of the report; a `Silence` keeps its heading and says why.
Texts are Persian and ready to print. Money is whole million rials. Percents of single projects are Decimals
0–100 as the indicators give them; every other ratio is a `Ratio` with its two terms.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from monitoring.ratios import Ratio
from reports import canonical
from reports.figures import Flow, Physical, total
from reports.parts import (
    AgencyGroup,
    Causes,
    Complaints,
    Counties,
    Definition,
    Expense,
    ProjectPage,
    ProjectRow,
    Service,
    SourceRow,
    Visits,
)

ScopeKind = Literal["country", "province", "county", "sector_group", "agency"]
Tone = Literal["plain", "bad"]
SectionKey = Literal[
    "summary", "stages", "agencies", "physical", "counties", "projects", "pages", "evidence", "causes",
    "deviating", "expense", "visits", "complaints", "held", "definitions", "method", "signers",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """What the report is about. `place` follows a preposition: «استان قم», «شهرستان کهک», «ادارهٔ کل …»."""

    kind: ScopeKind
    code: str
    title: str
    place: str
    whole: str = "جمع کل"  # label of the total: «استان», «کشور», «دستگاه»
    row_noun: str = "دستگاه"  # what a row of the agencies table is: «استان» in a country of provinces


@dataclass(frozen=True, slots=True)
class Period:
    code: str  # 1403-Q4
    title: str  # پایان اسفند ۱۴۰۳
    span: str  # عملکرد سالانهٔ ۱۴۰۳
    starts_on: date
    cutoff_on: date
    money_only: bool = False  # CLOSING


@dataclass(frozen=True, slots=True)
class Header:
    number: str  # R1-1403-Q4
    edition: int
    organization: str
    parent: str
    unit: str
    subject: str  # نظارت بر عملکرد بودجهٔ دستگاه‌های اجرایی استان قم
    scope: Scope
    period: Period
    data_as_of: datetime
    title: str = "گزارش نظارتی دوره‌ای"
    contact: str = ""
    rules_version: str = ""
    demo: bool = False  # prints that figures and names are invented


@dataclass(frozen=True, slots=True)
class Signer:
    role: str  # تهیه‌کننده، تأییدکننده، تصویب‌کننده
    name: str = ""
    post: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Imprint:
    """What is added after the figures were frozen. It is outside the digest."""

    published_at: datetime | None = None
    signers: tuple[Signer, ...] = ()
    verify_url: str = ""
    open_data_url: str = ""


# --- coverage ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AbsentAgency:
    """Due, but not finally approved when the data were frozen: in no total."""

    title: str
    kinds: str  # سرمایه‌ای و هزینه‌ای
    state: str
    reason: str = ""
    capital_credit: int | None = None
    expense_credit: int | None = None


@dataclass(frozen=True, slots=True)
class LateEntry:
    """Sent after the last day on which it was in time, by an extension that was asked for and granted."""

    title: str
    kind: str
    sent_on: date
    days: int  # working days
    reason: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line kept out of every total (decision 16), with its raw figures and the rule that holds it."""

    agency: str
    title: str
    kind: str  # سرمایه‌ای / هزینه‌ای
    rule: str  # V1
    reason: str
    credit: int | None = None
    allocated: int | None = None
    received: int | None = None
    spent: int | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """entered − held = approved, in one measure."""

    title: str
    entered: int
    held: int
    approved: int


@dataclass(frozen=True, slots=True)
class Coverage:
    agencies: Ratio  # approved ÷ due
    credit: Ratio  # their credit in force ÷ credit of all that are due
    lines: Ratio | None = None  # counted ÷ all lines of approved submissions
    absent: tuple[AbsentAgency, ...] = ()
    late: tuple[LateEntry, ...] = ()
    held: tuple[HeldLine, ...] = ()
    reconciliation: tuple[Reconciliation, ...] = ()
    window_note: str = ""  # when the window was still open


@dataclass(frozen=True, slots=True)
class Measured:
    """The versions of agreements that the rows name, as known when the figures were taken."""

    versions: int
    amended: int  # of them, not the first of their year
    names: tuple[str, ...] = ()  # of amended ones
    replaced: int = (
        0  # whose place another version takes at the cut-off, recorded after the rows were approved
    )


# --- summary -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the strip under the headline; `note` says what it is measured against."""

    label: str
    note: str
    kind: Literal["money", "percent", "count"]
    amount: int | None = None  # million rials, or a count
    ratio: Ratio | None = None  # of kind percent


@dataclass(frozen=True, slots=True)
class Sentence:
    """`lead` is printed bold; `section` is named at the end as «بخش n»."""

    lead: str
    text: str = ""
    section: SectionKey | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """The one sentence under a section's title; red bar only where somebody must act."""

    section: SectionKey
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Silence:
    section: SectionKey
    reason: str


# --- the report ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class R1Report:
    header: Header
    coverage: Coverage
    measured: Measured | None = None
    imprint: Imprint = Imprint()
    kpis: tuple[Kpi, ...] = ()
    headline: Sentence | None = None
    findings: tuple[Sentence, ...] = ()
    proposals: tuple[Sentence, ...] = ()
    leads: tuple[Lead, ...] = ()
    silences: tuple[Silence, ...] = ()
    capital: Flow | None = None
    expense: Flow | None = None
    capital_sources: tuple[SourceRow, ...] = ()
    expense_sources: tuple[SourceRow, ...] = ()
    groups: tuple[AgencyGroup, ...] = ()
    physical: Physical | None = None
    counties: Counties | None = None
    projects: tuple[ProjectRow, ...] = ()  # every project, for reports of one agency or county
    pages: tuple[ProjectPage, ...] = ()
    causes: Causes | None = None
    deviating: tuple[ProjectRow, ...] = ()  # worst deviation first
    critical: tuple[ProjectRow, ...] = ()  # critical for another reason than deviation
    expense_detail: Expense | None = None
    visits: Visits | None = None
    complaints: Complaints | None = None
    service: Service | None = None
    definitions: tuple[Definition, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = "R1"

    def to_json(self) -> str:
        return canonical.dumps(self)

    @classmethod
    def from_json(cls, text: str) -> "R1Report":
        return canonical.loads(cls, text)

    def to_plain(self) -> dict[str, Any]:
        """For a JSON column: the same content as `to_json`, parsed."""
        content: dict[str, Any] = canonical.plain(self)
        return content

    @classmethod
    def from_plain(cls, content: dict[str, Any]) -> "R1Report":
        return canonical.read(cls, content)

    @property
    def digest(self) -> str:
        """SHA-256 of the frozen content; names, times of signature and addresses may follow later."""
        content = canonical.dumps(replace(self, imprint=Imprint()))
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def money(self) -> Flow | None:
        return total((self.capital, self.expense))

    def lead(self, section: str) -> Lead | None:
        return next((lead for lead in self.leads if lead.section == section), None)

    def silence(self, section: str) -> str:
        return next((silence.reason for silence in self.silences if silence.section == section), "")
