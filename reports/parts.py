"""The rows of report R1, section by section; `reports.package` puts them together.

Every type is frozen. Derived values are properties, so that a printed ratio cannot disagree with its terms.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from monitoring.indicators import (
    cost_overrun,
    deviation_pp,
    phys_fin_gap,
    unit_cost_deviation,
    volume_achievement,
)
from monitoring.ratios import Ratio
from reports.figures import Flow, Physical, total, total_physical

UNKNOWN = Ratio(None, None)


# --- money and agencies --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SourceRow:
    title: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """None for a kind without agreement. The row may be a province, see `Scope.row_noun`."""

    code: str
    title: str
    capital: Flow | None = None
    expense: Flow | None = None
    physical: Physical | None = None


@dataclass(frozen=True, slots=True)
class AgencyGroup:
    title: str
    rows: tuple[AgencyRow, ...]

    @property
    def capital(self) -> Flow | None:
        return total(row.capital for row in self.rows)

    @property
    def expense(self) -> Flow | None:
        return total(row.expense for row in self.rows)

    @property
    def physical(self) -> Physical | None:
        return total_physical(row.physical for row in self.rows)


@dataclass(frozen=True, slots=True)
class CountyRow:
    code: str  # the map's code; empty for what belongs to no county
    title: str
    capital: Flow | None = None
    expense: Flow | None = None


@dataclass(frozen=True, slots=True)
class Counties:
    """`map_code`: the province whose outline is drawn, «IR» for provinces of the country, empty for none."""

    rows: tuple[CountyRow, ...]
    unplaced: CountyRow | None = None
    map_code: str = ""
    breaks: tuple[int, ...] = (75, 80, 85, 90)
    level: str = "شهرستان"
    note: str = ""


# --- projects ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of a project list. `financial` = (before + spent) ÷ latest estimate."""

    code: str
    title: str
    agency: str
    county: str
    planned: Decimal | None
    progress: Decimal | None
    origin: str = ""  # بازدید / دستگاه
    financial: Ratio = UNKNOWN
    flow: Flow | None = None
    status: str = ""
    word: str = ""  # kind of divergence
    cause: str = ""
    delay_days: int | None = None
    critical: tuple[str, ...] = ()  # reasons; empty for a project that is only deviating
    remedy: str = ""

    @property
    def deviation(self) -> Decimal | None:
        return deviation_pp(self.progress, self.planned)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    on: date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class SCurve:
    """Four cumulative lines in percent; any may be empty."""

    starts_on: date
    ends_on: date  # the later of agreed end and cut-off
    planned: tuple[CurvePoint, ...] = ()
    agency: tuple[CurvePoint, ...] = ()
    visited: tuple[CurvePoint, ...] = ()
    financial: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class CutoffRow:
    title: str
    flow: Flow
    planned: Decimal | None
    agency: Decimal | None
    visited: Decimal | None
    progress: Decimal | None  # the one that counts, by the origin rule
    financial: Ratio

    @property
    def deviation(self) -> Decimal | None:
        return deviation_pp(self.progress, self.planned)

    @property
    def gap(self) -> Decimal | None:  # I8
        return phys_fin_gap(self.progress, self.financial)


@dataclass(frozen=True, slots=True)
class OperationRow:
    title: str
    unit: str
    target: Decimal
    weight: Decimal
    start: Decimal | None  # quantity done at the start of the year
    agency: Decimal | None
    visited: Decimal | None

    def share(self, done: Decimal | None) -> Decimal | None:
        """Points this operation adds to the progress of its project; over-delivery is capped."""
        if done is None or not self.target:
            return None
        return self.weight * min(done / self.target, Decimal(1))

    @property
    def done(self) -> Ratio:
        return Ratio(self.agency if self.visited is None else self.visited, self.target)

    @property
    def part(self) -> Decimal | None:
        return self.share(self.agency if self.visited is None else self.visited)


@dataclass(frozen=True, slots=True)
class Photo:
    """The picture itself is handed to the renderer by its hash, so that the digest covers it."""

    sha256: str
    lead: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class VisitSheet:
    number: str
    line: str  # date, hours, quality, state of the site
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class CauseShare:
    title: str
    share: Decimal  # percent of this project's delay


@dataclass(frozen=True, slots=True)
class ProjectPage:
    code: str
    title: str
    agency: str
    county: str
    starts_on: date | None
    ends_on: date | None  # agreed end
    original_estimate: int | None
    latest_estimate: int | None
    spent_before: int | None
    before_title: str  # پایان ۱۴۰۲
    curve: SCurve | None
    cutoffs: tuple[CutoffRow, ...]
    operations: tuple[OperationRow, ...]
    status: str = ""
    execution_method: str = ""
    band: str = ""  # عادی، نیازمند توجه، منحرف
    critical: tuple[str, ...] = ()
    forecast_end: date | None = None
    delay_days: int | None = None
    causes: tuple[CauseShare, ...] = ()
    obstacles: str = ""
    remedy: str = ""
    visit: VisitSheet | None = None
    line: str = ""  # the one sentence under the title

    @property
    def alarming(self) -> bool:
        return bool(self.critical) or self.band == "منحرف"

    @property
    def now(self) -> CutoffRow | None:
        return self.cutoffs[-1] if self.cutoffs else None

    @property
    def overrun(self) -> Ratio:  # I13
        return cost_overrun(self.latest_estimate, self.original_estimate)


@dataclass(frozen=True, slots=True)
class CauseRow:
    """I17: Σ of this cause's shares (in projects: 100 percent = 1) ÷ projects with causes."""

    title: str
    share: Ratio


@dataclass(frozen=True, slots=True)
class Causes:
    rows: tuple[CauseRow, ...]  # largest first, «سایر» last
    projects: int


# --- expense -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    title: str
    flow: Flow
    code: str = ""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    agency: str
    title: str
    unit: str
    target: Decimal | None
    done: Decimal | None
    unit_cost: Decimal | None  # agreed, million rials
    cost: int | None

    @property
    def volume(self) -> Ratio:  # I18
        return volume_achievement(self.done, self.target)

    @property
    def actual(self) -> Ratio:
        return Ratio(self.cost, self.done)

    @property
    def difference(self) -> Ratio:  # I19
        return unit_cost_deviation(self.cost, self.done, self.unit_cost)


@dataclass(frozen=True, slots=True)
class ExpenseFocus:
    """One agency shown closer: chapters, volume weighted with credit (I18), efficiency (I20)."""

    agency: str
    flow: Flow
    chapters: tuple[ProgrammeRow, ...] = ()
    returned: int | None = None
    volume: Ratio | None = None
    efficiency: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    programmes: tuple[ProgrammeRow, ...] = ()
    chapters: tuple[ProgrammeRow, ...] = ()
    activities: tuple[ActivityRow, ...] = ()
    focuses: tuple[ExpenseFocus, ...] = ()
    selected: bool = False  # the activities are a choice, not all


# --- visits, complaints, service -----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Count:
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    text: str
    severity: Literal["critical", "major", "minor", "info"]
    responsible: str
    due_on: date | None
    state: str
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Visits:
    projects: Ratio  # visited ÷ active (I15)
    no_visit_reasons: int = 0
    person_days: int | None = None
    expense_visits: int = 0
    quality: tuple[Count, ...] = ()  # عالی، خوب، متوسط، ضعیف (I16)
    severities: tuple[Count, ...] = ()  # all findings, gravest first
    solved: int = 0  # verified
    open: int = 0
    overdue: int = 0
    findings: tuple[FindingRow, ...] = ()  # the open ones that are listed


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    title: str
    received: int
    in_time: int
    late: int
    open: int
    days: Ratio  # Σ working days ÷ answered

    @property
    def answered(self) -> int:
        return self.in_time + self.late

    @property
    def timely(self) -> Ratio:
        return Ratio(self.in_time, self.answered)


@dataclass(frozen=True, slots=True)
class Complaints:
    rows: tuple[ComplaintRow, ...]
    span: str  # در سال ۱۴۰۳

    @property
    def whole(self) -> ComplaintRow:
        def count(name: str) -> int:
            return sum(getattr(row, name) for row in self.rows)

        days = sum(row.days.numerator or 0 for row in self.rows)
        mean = Ratio(days, sum(row.days.denominator or 0 for row in self.rows))
        return ComplaintRow("جمع", count("received"), count("in_time"), count("late"), count("open"), mean)


@dataclass(frozen=True, slots=True)
class Service:
    """Working days from the treasurer's confirmation to final approval (decision 22), and I21."""

    median_days: Decimal | None
    worst_days: int | None
    in_time: Ratio  # approved within the limit ÷ approved (I22)
    limit_days: int = 10
    sent_in_time: Ratio | None = None
    returned: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    title: str
    formula: str
    note: str = ""
