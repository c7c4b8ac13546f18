"""What the dashboards say: an organization at a cut-off, one county, or the provinces of the country.

Selectors of frozen rows; the sums come from `reports.totals`, the steps and clocks from `monitoring.consolidation`,
the ratios are those of every report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from accounts.maps import country_map, county_map
from accounts.models import Agency, County, Organization, User
from agreements.models import PeriodWindow, Project, ReportingPeriod
from monitoring.consolidation import matrix
from monitoring.ratios import Ratio
from monitoring.service_clock import PeriodClocks
from monitoring.signals import Band, band
from monitoring.standing import AgencyStanding, Matrix
from reports import totals
from reports.figures import Flow, Physical
from reports.map_view import MapRow, MapView, map_view
from reports.models import SupervisionReport
from reports.printing import percent
from reports.totals import APPROVED, Share, Totals

LAST_DAY = 11  # columns of the clock: 1 to 10 working days, then everything later


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the service against all rows that are due."""

    number: int
    label: str
    share: Ratio


@dataclass(frozen=True, slots=True)
class Need:
    """One agency in the order of need."""

    name: str
    url: str
    budget_url: str  # from notification to spending
    complete: Ratio
    absorption: Ratio
    deviation: Decimal | None
    band: Band | None
    late_days: int


@dataclass(frozen=True, slots=True)
class OrganizationPicture:
    """Of a province (or a national organization with agencies of its own) at one cut-off."""

    period: ReportingPeriod
    kind: str
    basis: str
    flow: Flow | None
    last_year: Ratio
    physical: Physical | None
    share: Share
    held: int
    counted: Ratio
    rows: int
    steps: tuple[Step, ...]
    clocks: PeriodClocks | None
    days: tuple[int, ...]
    needs: tuple[Need, ...]
    counties: MapView | None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    code: str
    title: str
    agency: str
    progress: Decimal | None
    planned: Decimal | None
    deviation: Decimal | None
    band: Band | None
    flow: Flow | None


@dataclass(frozen=True, slots=True)
class CountyPicture:
    """A county's own figures, as finally approved."""

    period: ReportingPeriod
    county: County
    flows: tuple[tuple[str, Flow | None], ...]
    physical: Physical | None
    share: Share
    projects: tuple[ProjectLine, ...]


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    name: str
    code: str
    flow: Flow | None
    physical: Physical | None
    share: Share


@dataclass(frozen=True, slots=True)
class CountryPicture:
    """The provinces of a national organization, as finally approved."""

    period: ReportingPeriod
    flow: Flow | None
    physical: Physical | None
    share: Share
    provinces: tuple[ProvinceRow, ...]
    map: MapView | None


# --- an organization -------------------------------------------------------------------------------------------------


def organization_picture(
    user: User, period: ReportingPeriod, *, kind: str, basis: str
) -> OrganizationPicture:
    """`kind`: capital, expense or nothing for both; `basis`: figures that were «sent», or only «approved» ones.

    What an agency has not sent yet is its own: it counts as not there."""
    everything = totals.read(user, period)
    counted = everything.only(kind, APPROVED if basis == "approved" else ()).entered()
    standing = matrix(user, period)
    rows = [_of_kind(row, kind) for row in standing.agencies]
    return OrganizationPicture(
        period=period,
        kind=kind,
        basis=basis,
        flow=counted.flow,
        last_year=_last_year(user, period, kind),
        physical=counted.physical,
        share=everything.only(kind).coverage(),
        held=counted.held,
        counted=Ratio(counted.agencies, len([row for row in rows if row.parts])),
        rows=sum(row.rows for row in rows),
        steps=_steps(user, period, rows),
        clocks=standing.clocks,
        days=_days(standing),
        needs=_needs(period, [row for row in rows if row.parts], counted),
        counties=_county_map(user, counted),
    )


def _of_kind(row: AgencyStanding, kind: str) -> AgencyStanding:
    return AgencyStanding(row.agency, [part for part in row.parts if kind in ("", part.kind)])


def _last_year(user: User, period: ReportingPeriod, kind: str) -> Ratio:
    """Absorption at the same cut-off a year before, as approved."""
    before = (
        ReportingPeriod.objects.for_user(user)
        .filter(fiscal_year__year=period.fiscal_year.year - 1, cutoff=period.cutoff)
        .select_related("fiscal_year")
        .first()
    )
    flow = totals.approved_flow(user, before).only(kind).flow if before else None
    return flow.absorption if flow else Ratio(None, None)


def _steps(user: User, period: ReportingPeriod, rows: list[AgencyStanding]) -> tuple[Step, ...]:
    due = sum(row.rows for row in rows)
    visits = [row.visits for row in rows]
    approved = sum(row.approved.done for row in rows)
    return (
        Step(1, "ورود دستگاه", Ratio(sum(row.entered.done for row in rows), due)),
        Step(1, "تأیید ذیحساب", Ratio(sum(row.confirmed.done for row in rows), due)),
        Step(2, "نظارت و بازدید", Ratio(sum(v.done for v in visits), sum(v.total for v in visits))),
        Step(3, "تأیید نهایی تلفیق", Ratio(approved, due)),
        Step(4, "درج در گزارش نظارتی", Ratio(_reported(user, period, rows), due)),
    )


def _reported(user: User, period: ReportingPeriod, rows: list[AgencyStanding]) -> int:
    """Rows that were approved before the figures of the newest published edition were taken."""
    report = (
        SupervisionReport.objects.for_user(user)
        .filter(period=period, level="organization", state="approved")
        .order_by("-known_at")
        .first()
    )
    if report is None or report.known_at is None:
        return 0
    return sum(
        part.rows - part.held
        for row in rows
        for part in row.parts
        if part.submission and part.submission.approved_at and part.submission.approved_at <= report.known_at
    )


def _days(standing: Matrix) -> tuple[int, ...]:
    """How many submissions stand at working day 1, 2 … 10, and later than that."""
    found = Counter(
        min(max(part.clock.day, 1), LAST_DAY)
        for part in standing.parts
        if part.clock is not None and part.clock.started_on is not None
    )
    return tuple(found[day] for day in range(1, LAST_DAY + 1))


def _needs(period: ReportingPeriod, rows: list[AgencyStanding], counted: Totals) -> tuple[Need, ...]:
    """Furthest behind its plan first, then what is late, then the least complete."""
    flows = counted.flows(lambda cell: cell.place.agency)
    physicals = counted.physicals(lambda work: work.place.agency)
    found = []
    for row in rows:
        physical, flow = physicals.get(row.agency.pk), flows.get(row.agency.pk)
        deviation = physical.deviation if physical else None
        found.append(
            Need(
                name=row.agency.name.removesuffix(" (نمونه)"),
                url=reverse("monitoring:final-review", args=[period.code, row.agency.code]),
                budget_url=reverse("monitoring:waterfall", args=[row.agency.code, period.code, "capital"]),
                complete=Ratio(row.entered.done, row.entered.total),
                absorption=flow.absorption if flow else Ratio(None, None),
                deviation=deviation,
                band=band(deviation),
                late_days=_late_days(row),
            )
        )
    return tuple(sorted(found, key=_need))


def _need(row: Need) -> tuple[int, Decimal, int, Decimal]:
    behind = row.deviation if row.deviation is not None else Decimal(0)
    order = {Band.RED: 0, Band.AMBER: 1}
    place = order.get(row.band, 2) if row.band else 2
    return (place, behind, -row.late_days, row.complete.exact_percent or Decimal(0))


def _late_days(row: AgencyStanding) -> int:
    """Days since the due date of the step at which the agency stands; 0 when it is in time."""
    today = timezone.localdate()
    late = [(today - part.due_on).days for part in row.parts if part.is_late and part.due_on]
    over = [part.clock.day - part.clock.limit for part in row.parts if part.is_late and part.clock]
    return max([*late, *over, 0])


def _county_map(user: User, counted: Totals) -> MapView | None:
    """Absorption per county: capital by the project's county, expense by the agency's (decision 7)."""
    organization = user.acting.organization if user.acting else None
    province = organization.province if organization else None
    if province is None:
        return None
    flows = counted.flows(lambda cell: cell.place.county)
    counties = County.objects.filter(pk__in=[pk for pk in flows if pk])
    rows = [MapRow(row.code, row.name, flows[row.pk].absorption) for row in counties]
    if not rows:
        return None
    note = "اعتبار سرمایه‌ای با شهرستان پروژه و اعتبار هزینه‌ای با شهرستان دستگاه آمده است."
    return map_view(
        county_map(province.code),
        rows,
        title="جذب تخصیص به تفکیک شهرستان",
        noun="شهرستان",
        note=f"{note}{_unplaced(flows)}",
    )


def _unplaced(flows: dict[int | None, Flow]) -> str:
    """What belongs to no county is on no map, and is said so."""
    outside = flows.get(None)
    whole = sum(flow.agreed or 0 for flow in flows.values())
    if outside is None or not outside.agreed:
        return ""
    return f" {percent(Ratio(outside.agreed, whole))} درصد اعتبار بدون شهرستان است و در نقشه نیامده است."


# --- a county --------------------------------------------------------------------------------------------------------


def county_picture(user: User, period: ReportingPeriod) -> CountyPicture:
    acting = user.acting
    assert acting is not None  # noqa: S101 - the view asks it of county viewers
    assert acting.county is not None  # noqa: S101 - a constraint demands it of the role
    found = totals.read(user, period)
    kinds = (("سرمایه‌ای (پروژه‌های شهرستان)", "capital"), ("هزینه‌ای (دستگاه‌های شهرستان)", "expense"))
    return CountyPicture(
        period=period,
        county=acting.county,
        flows=tuple((label, found.only(kind).flow) for label, kind in kinds),
        physical=found.physical,
        share=found.coverage(),
        projects=tuple(_projects(user, found)),
    )


def _projects(user: User, found: Totals) -> Iterable[ProjectLine]:
    """The county's projects, worst deviation first; those without approved figures last."""
    works = {work.project: work for work in found.works}
    money = totals.project_flows(user, found.period)
    rows = Project.objects.for_user(user).select_related("agency").order_by("code")
    lines = []
    for row in rows:
        work = works.get(row.pk)
        deviation = work.deviation if work else None
        lines.append(
            ProjectLine(
                code=row.code,
                title=row.title,
                agency=row.agency.name.removesuffix(" (نمونه)"),
                progress=work.progress if work else None,
                planned=work.planned if work else None,
                deviation=deviation,
                band=band(deviation),
                flow=money.get(row.pk),
            )
        )
    return sorted(lines, key=lambda line: (line.deviation is None, line.deviation or 0, line.code))


# --- the country -----------------------------------------------------------------------------------------------------


def country_picture(user: User, period: ReportingPeriod) -> CountryPicture:
    found = totals.read(user, period)
    flows = found.flows(lambda cell: cell.place.organization)
    physicals = found.physicals(lambda work: work.place.organization)
    agencies: dict[int, list[int]] = {}
    for agency, organization in Agency.objects.for_user(user).values_list("pk", "organization"):
        agencies.setdefault(organization, []).append(agency)
    organizations = Organization.objects.for_user(user).filter(is_active=True).select_related("province")
    rows = [
        ProvinceRow(
            name=str(row.province or row.name),
            code=row.province.code if row.province else "",
            flow=flows.get(row.pk),
            physical=physicals.get(row.pk),
            share=found.coverage(agencies.get(row.pk, [])),
        )
        for row in organizations
        if row.province or row.pk in flows
    ]
    return CountryPicture(
        period=period,
        flow=found.flow,
        physical=found.physical,
        share=found.coverage(),
        provinces=tuple(rows),
        map=_country_map(rows),
    )


def _country_map(rows: list[ProvinceRow]) -> MapView | None:
    placed = [MapRow(row.code, row.name, row.flow.absorption) for row in rows if row.code and row.flow]
    if not placed:
        return None
    return map_view(country_map(), placed, title="جذب تخصیص به تفکیک استان", noun="استان")


# --- which cut-off ---------------------------------------------------------------------------------------------------


def periods(user: User) -> list[ReportingPeriod]:
    """Cut-offs with an opened window, newest first."""
    rows = ReportingPeriod.objects.for_user(user).begun(user).select_related("fiscal_year")
    return list(rows.order_by("-cutoff_date", "cutoff"))


def chosen_period(user: User, found: list[ReportingPeriod], code: str) -> ReportingPeriod | None:
    """The asked one; else the newest, for who sees approved figures only the newest that is published."""
    by_code = {row.code: row for row in found}
    if code in by_code:
        return by_code[code]
    usual = [row for row in found if not row.is_closing] or found
    if user.role in totals.OUTSIDERS:
        published = PeriodWindow.objects.for_user(user).filter(state="published")
        known = set(published.values_list("period", flat=True))
        usual = [row for row in usual if row.pk in known] or usual
    return next(iter(usual), None)
