"""Sums of sent and approved figures by agency, county and organization, added up in the database.

One read per kind of credit, whatever the number of agencies; what R1 prints from single lines is the same sum
(a test compares them). A held line is in no sum (decision 16); its raw figure is kept apart as `held`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Sum

from accounts.models import Agency, User
from agreements.models import Project, ReportingPeriod
from monitoring.consolidation import measured_progress
from monitoring.due import Due, Pair, due_at
from monitoring.indicators import deviation_pp
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, ProjectProgress
from monitoring.ratios import Ratio
from reports.builders.physical import measure
from reports.figures import Flow, Physical, total, total_physical

K = TypeVar("K", bound=Hashable)
MONEY = ("credit_in_force", "allocated_cash", "allocated_securities", "spent")
APPROVED = frozenset({"approved"})
# Who sees figures only when they are approved.
OUTSIDERS = frozenset({"county_viewer", "national_viewer"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure belongs: keys of organization, agency and county (of the project, or of the agency)."""

    organization: int
    agency: int
    county: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Money of one place, kind and state of submission; `held` is what stands in held lines, in no sum."""

    place: Place
    kind: str
    state: str
    flow: Flow
    held: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """Physical side of one project."""

    place: Place
    state: str
    project: int
    progress: Decimal | None
    planned: Decimal | None
    estimate: int

    @property
    def physical(self) -> Physical:
        return measure(self.progress, self.planned, self.estimate)

    @property
    def deviation(self) -> Decimal | None:
        return deviation_pp(self.progress, self.planned)


@dataclass
class Totals:
    """What a person may see of one cut-off."""

    period: ReportingPeriod
    cells: list[Cell] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    due: dict[Pair, Due] = field(default_factory=dict)

    def only(self, kind: str = "", states: Collection[str] = ()) -> Totals:
        """Narrowed to a kind of credit and to states of submissions; what is due stays."""
        return Totals(
            self.period,
            [c for c in self.cells if kind in ("", c.kind) and (not states or c.state in states)],
            [w for w in self.works if kind in ("", "capital") and (not states or w.state in states)],
            {pair: due for pair, due in self.due.items() if kind in ("", pair[1])},
        )

    def entered(self) -> Totals:
        """Without the places of which nothing was entered: their allocation would only lower the ratios."""
        cells = [cell for cell in self.cells if cell.flow.spent is not None or cell.held]
        return replace(self, cells=cells)

    @property
    def agencies(self) -> int:
        """How many agencies the sums hold."""
        return len({cell.place.agency for cell in self.cells})

    @property
    def flow(self) -> Flow | None:
        return total(cell.flow for cell in self.cells)

    @property
    def physical(self) -> Physical | None:
        return total_physical(work.physical for work in self.works)

    @property
    def held(self) -> int:
        return sum(cell.held for cell in self.cells)

    def flows(self, key: Callable[[Cell], K]) -> dict[K, Flow]:
        found: dict[K, list[Flow]] = {}
        for cell in self.cells:
            found.setdefault(key(cell), []).append(cell.flow)
        return {name: flow for name, flows in found.items() if (flow := total(flows)) is not None}

    def physicals(self, key: Callable[[Work], K]) -> dict[K, Physical]:
        found: dict[K, list[Physical]] = {}
        for work in self.works:
            found.setdefault(key(work), []).append(work.physical)
        return {name: one for name, parts in found.items() if (one := total_physical(parts)) is not None}

    @property
    def approved(self) -> set[Pair]:
        """Pairs of agency and kind that are due and finally approved."""
        found = {(cell.place.agency, cell.kind) for cell in self.cells if cell.state in APPROVED}
        return found & self.due.keys()

    def coverage(self, agencies: Iterable[int] | None = None) -> Share:
        """«n of m agencies, x percent of credit», of all or of some agencies."""
        only = None if agencies is None else set(agencies)
        due = {pair: row for pair, row in self.due.items() if only is None or pair[0] in only}
        waiting = {agency for agency, _ in due.keys() - self.approved}
        everybody = {agency for agency, _ in due}
        credit = sum(row.credit for pair, row in due.items() if pair in self.approved)
        return Share(
            Ratio(len(everybody - waiting), len(everybody)),
            Ratio(credit, sum(row.credit for row in due.values())),
        )


@dataclass(frozen=True, slots=True)
class Share:
    """How complete a total is (every total says so)."""

    agencies: Ratio
    credit: Ratio


# --- reading ---------------------------------------------------------------------------------------------------------


def read(user: User, period: ReportingPeriod) -> Totals:
    """The cut-off as this person may see it: own county, own organization, or the provinces below."""
    outsider = user.role in OUTSIDERS
    found = Totals(period)
    found.cells = [
        *_cells(user, period, CapitalFinanceLine, "capital", "project__county", approved_only=outsider),
        *_cells(
            user, period, ExpenseFinanceLine, "expense", "submission__agency__county", approved_only=outsider
        ),
    ]
    found.works = _works(user, period, approved_only=outsider)
    found.due = due_at(period, _agencies(user), county=_county(user))
    return found


def approved_flow(user: User, period: ReportingPeriod) -> Totals:
    """Only the approved money, such as last year's to compare with."""
    places = {"capital": "project__county", "expense": "submission__agency__county"}
    models: dict[str, Any] = {"capital": CapitalFinanceLine, "expense": ExpenseFinanceLine}
    found = Totals(period)
    for kind, place in places.items():
        found.cells += _cells(user, period, models[kind], kind, place, approved_only=True)
    return found


def project_flows(user: User, period: ReportingPeriod) -> dict[int, Flow]:
    """Approved money per project that the person may see."""
    rows = CapitalFinanceLine.objects.for_user(user).filter(
        submission__period=period, submission__state="approved"
    )
    grouped = rows.counted().order_by().values_list("project").annotate(*(Sum(name) for name in MONEY))
    return {
        project: Flow(agreed=int(agreed), allocated=int(cash) + int(securities), spent=_whole(spent))
        for project, agreed, cash, securities, spent in grouped
    }


def _county(user: User) -> int | None:
    acting = user.acting
    return acting.county_id if acting and user.role == "county_viewer" else None


def _agencies(user: User) -> list[int]:
    """Agencies that owe figures; for a county also those whose projects stand there."""
    rows = Agency.objects.for_user(user).filter(is_active=True)
    found = set(rows.values_list("pk", flat=True))
    if user.role == "county_viewer":
        found |= set(Project.objects.for_user(user).values_list("agency", flat=True))
    return sorted(found)


PLACE = ("submission__agency__organization", "submission__agency")


def _cells(
    user: User, period: ReportingPeriod, model: Any, kind: str, county: str, *, approved_only: bool
) -> list[Cell]:
    rows = model.objects.for_user(user).filter(submission__period=period)
    if approved_only:
        rows = rows.filter(submission__state="approved")
    keys = (*PLACE, county, "submission__state")
    sums = {f"sum_{name}": Sum(name, filter=rows.COUNTED) for name in MONEY}
    grouped = rows.values_list(*keys).annotate(**sums)
    held = _held(rows, keys)
    found = []
    for organization, agency, place, state, agreed, cash, securities, spent in grouped.order_by():
        key = (organization, agency, place, state)
        allocated = None if cash is None else int(cash) + int(securities)
        flow = Flow(agreed=_whole(agreed), allocated=allocated, spent=_whole(spent))
        found.append(Cell(Place(organization, agency, place), kind, state, flow, held.get(key, 0)))
    return found


def _whole(value: Decimal | int | None) -> int | None:
    return None if value is None else int(value)


def _held(rows: Any, keys: tuple[str, ...]) -> dict[tuple[Any, ...], int]:
    """The raw spending of held lines; there are few of them."""
    found: dict[tuple[Any, ...], int] = {}
    for *key, raw in rows.filter(held=True).values_list(*keys, "held_raw"):
        if isinstance(spent := raw.get("spent"), int):
            found[tuple(key)] = found.get(tuple(key), 0) + spent
    return found


def _works(user: User, period: ReportingPeriod, *, approved_only: bool) -> list[Work]:
    """Progress of every project; the closing cut-off takes that of Q4 (domain guide §9)."""
    at = {"submission__period": period}
    if period.is_closing:
        at = {"submission__period__fiscal_year": period.fiscal_year_id, "submission__period__cutoff": "Q4"}  # type: ignore[dict-item]
    rows = ProjectProgress.objects.for_user(user).filter(**at)
    if approved_only or period.is_closing:
        rows = rows.filter(submission__state="approved")
    measured = measured_progress(user, period)
    fields = (
        *PLACE, "project__county", "submission__state", "project", "physical_progress", "planned_progress",
        "agreement_project__latest_estimate",
    )  # fmt: skip
    return [
        Work(
            Place(organization, agency, county),
            state,
            project,
            measured.get(project, claimed) if state == "approved" or claimed is not None else None,
            planned,
            estimate,
        )
        for organization, agency, county, state, project, claimed, planned, estimate in rows.values_list(
            *fields
        )
    ]
