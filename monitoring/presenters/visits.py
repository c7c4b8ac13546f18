"""The visit's form and its sheet: measured beside «before, claimed, planned», place, photos, who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.decisions import Decision
from accounts.models import User
from agreements.models import Activity
from budget_portal import numbers
from budget_portal.digits import group
from monitoring import rule_inputs, visit_facts, visits
from monitoring.forms.visits import MOST_CAUSES, QUALITIES, VisitForm
from monitoring.indicators import deviation_pp
from monitoring.models import FieldVisit, VisitFinding, VisitMeasurement, VisitPhoto
from monitoring.rulebook import in_force
from monitoring.workflow import visits as moves
from monitoring.workflow.moves import VISIT_MOVES


@dataclass(frozen=True)
class Measure:
    """One operation: what the visit found, beside the visit before, the agency's claim and the target."""

    title: str
    unit: str
    target: Decimal
    weight: Decimal
    before: Decimal | None
    claimed: Decimal | None
    value: Decimal | None
    raw: str = ""
    problem: str = ""
    field: Any = None


@dataclass(frozen=True)
class Place:
    """Where the visit was, how far that is from where it should be, and what that asks."""

    known: bool
    distance: str
    target: str
    accuracy: int | None
    warnings: list[str]
    reason: str = ""

    @property
    def asks_reason(self) -> bool:
        return bool(self.warnings)


@dataclass(frozen=True)
class Picture:
    photo: VisitPhoto
    distance: str
    label: str

    @property
    def is_far(self) -> bool:
        return bool(self.photo.flags)


@dataclass(frozen=True)
class Check:
    """One activity of an expense visit: promised, claimed and verified volume."""

    activity: Activity
    claimed: Decimal | None
    volume: Decimal | None = None
    seen: str = ""
    remark: str = ""
    fields: Any = None

    @property
    def difference(self) -> Decimal | None:
        return None if self.volume is None or self.claimed is None else self.volume - self.claimed


@dataclass(frozen=True)
class ProgrammeRow:
    """What the agency sent for a programme at this cut-off, in million rials."""

    title: str
    credit: int
    allocated: int
    spent: int | None


@dataclass(frozen=True)
class Said:
    label: str
    value: str
    kind: str = ""


@dataclass(frozen=True)
class Action:
    """A button of the sheet: leads to its move, or stands disabled with the reason."""

    name: str
    label: str
    decision: Decision


@dataclass
class Summary:
    """The three figures that every measured progress stands beside."""

    measured: Decimal | None
    before: Decimal | None
    claimed: Decimal | None
    planned: Decimal | None
    limit: Decimal | None = None  # of V10, where a project is measured

    @property
    def dispute(self) -> Decimal | None:
        """How far the claim lies above the measurement, when that asks the expert's word (V10)."""
        difference = deviation_pp(self.claimed, self.measured)
        above = difference is not None and self.limit is not None and difference > self.limit
        return difference if above else None


@dataclass
class Conflict:
    """One field that somebody else changed meanwhile: what is typed here, what is stored there."""

    label: str
    mine: str
    theirs: str


@dataclass
class Page:
    """Everything that the form and the sheet of one visit show."""

    visit: FieldVisit
    summary: Summary
    place: Place
    measures: list[Measure] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    programmes: list[ProgrammeRow] = field(default_factory=list)
    photos: list[Picture] = field(default_factory=list)
    findings: list[VisitFinding] = field(default_factory=list)
    qualities: list[Said] = field(default_factory=list)
    causes: list[Any] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    @property
    def measured_count(self) -> int:
        return sum(row.value is not None for row in self.measures)

    @property
    def least_photos(self) -> int:
        return moves.LEAST_PHOTOS


def form_page(visit: FieldVisit, form: VisitForm) -> Page:
    page = _page(visit)
    page.measures = _measures(visit, form.measurements, form)
    page.checks = _checks(visit, form.activities, form)
    page.causes = [
        {part: form[f"{part}_{index}"] for part in ("cause", "share", "about")}
        for index in range(MOST_CAUSES if form.causes else 0)
    ]
    return page


def sheet_page(visit: FieldVisit, user: User) -> Page:
    """What was handed in, with the moves that lead on from here."""
    page = _page(visit)
    rows = list(visit.measurements.select_related("operation"))
    page.measures = _measures(visit, rows, None)
    page.checks = _checks(visit, visit_facts.activities_of(visit), None)
    page.qualities = [
        Said(label, str(getattr(visit, f"get_{name}_display")()), getattr(visit, name))
        for name, label in QUALITIES.items()
        if getattr(visit, name)
    ]
    page.causes = list(visit.delay_causes.select_related("cause"))
    page.actions = actions_of(user, visit)
    return page


def actions_of(user: User, visit: FieldVisit) -> list[Action]:
    """Moves that this person's role has from this state; handing back comes last."""
    found = [
        Action(move.name, move.label, moves.can(user, visit, move.name))
        for move in VISIT_MOVES.values()
        if move.allows_state(visit.state) and user.role in move.roles
    ]
    return sorted(found, key=lambda action: action.name == "return_to_expert")


def _page(visit: FieldVisit) -> Page:
    summary = _summary(visit)
    photos = [picture(photo) for photo in visit.photos.select_related("original", "shown")]
    return Page(
        visit,
        summary,
        place_of(visit),
        photos=photos,
        findings=list(visit.findings.all()),
        programmes=_programmes(visit),
    )


def place_of(visit: FieldVisit) -> Place:
    at = visits.point_of(visit)
    context = visits.place_context(visit)
    target = "محل پروژه" if context.registered else "مرکز شهرستان"
    return Place(
        known=at is not None,
        distance=said_distance(visits.distance(visit, at)) if at else "",
        target=target,
        accuracy=visit.accuracy_m,
        warnings=[hit.sentence for hit in visits.place_hits(visit)],
        reason=visit.place_reason,
    )


def picture(photo: VisitPhoto) -> Picture:
    kind = photo.original.media_type.rpartition("/")[2].upper()
    return Picture(photo, said_distance(photo.distance_m), photo.caption or f"عکس {kind}")


def said_distance(metres: int | None) -> str:
    """«۴۰ متر» or «۱۲٫۳ کیلومتر»."""
    if metres is None:
        return ""
    if metres < 1000:
        return f"{group(metres)} متر"
    return f"{group(numbers.round_half_up(Decimal(metres) / 1000, 1))} کیلومتر"


def _measures(visit: FieldVisit, rows: list[VisitMeasurement], form: VisitForm | None) -> list[Measure]:
    before = visits.measured(visits.visit_before(visit)) if rows else {}
    claimed = visit_facts.claimed_quantities(visit) if rows else {}
    return [
        Measure(
            title=row.operation.title,
            unit=row.operation.unit,
            target=row.operation.target_quantity,
            weight=row.operation.weight,
            before=before.get(row.operation.key),
            claimed=claimed.get(row.operation.key),
            value=row.quantity_done,
            raw=row.raw,
            problem=numbers.read_quantity(row.raw).problem or "",
            field=form[f"quantity_{row.pk}"] if form else None,
        )
        for row in rows
    ]


def _checks(visit: FieldVisit, activities: list[Activity], form: VisitForm | None) -> list[Check]:
    if not activities:
        return []
    claimed = visit_facts.claimed_volumes(visit)
    written = {row.activity_id: row for row in visit.activity_checks.all()}
    found = []
    for activity in activities:
        row = written.get(activity.pk)
        fields = [form[f"{part}_{activity.pk}"] for part in ("volume", "seen", "remark")] if form else None
        found.append(
            Check(
                activity,
                claimed.get(activity.key),
                row.volume_verified if row else None,
                row.documents_seen if row else "",
                row.remark if row else "",
                fields,
            )
        )
    return found


def _programmes(visit: FieldVisit) -> list[ProgrammeRow]:
    """Credit, allocation and spending per programme as the agency entered them; expense visits only."""
    if visit.project_id:
        return []
    return [
        ProgrammeRow(
            title,
            sum(line["credit_in_force"] for line in rows),
            sum(line["allocated_cash"] + line["allocated_securities"] for line in rows),
            sum(spent) if (spent := [line["spent"] for line in rows if line["spent"] is not None]) else None,
        )
        for title, rows in visit_facts.expense_lines(visit).items()
    ]


def preview(visit: FieldVisit, form: VisitForm) -> tuple[Summary, Place]:
    """Progress and place as they would be with what is typed; nothing is saved."""
    form.is_valid()
    for name, value in form.facts().items():
        setattr(visit, name, value)
    quantities = form.quantities()
    done = ((row.operation, quantities.get(row.pk, (row.quantity_done, ""))[0]) for row in form.measurements)
    visit.physical_progress = rule_inputs.computed_progress(done)
    return _summary(visit), place_of(visit)


def _summary(visit: FieldVisit) -> Summary:
    """While it is written the claim is the agency's of now; handed in, that of then."""
    before = visits.visit_before(visit) if visit.project_id else None
    is_open = visit.state in visits.WRITABLE
    return Summary(
        measured=visit.physical_progress,
        before=before.physical_progress if before else None,
        claimed=visit_facts.claimed_progress(visit) if is_open else visit.agency_progress,
        planned=visit.planned_progress,
        limit=in_force.dispute_points(in_force.book_at(visit)) if visit.project_id else None,
    )


def conflicts(form: VisitForm, now: FieldVisit) -> list[Conflict]:
    """Fields where what is typed here differs from what is stored meanwhile."""
    stored = VisitForm(now, form.activities)
    found = []
    for name in form.fields:
        if name == "version":
            continue
        mine, theirs = _printed(form, name), _printed(stored, name)
        if mine != theirs:
            found.append(Conflict(str(form.fields[name].label), mine, theirs))
    return found


def _printed(form: VisitForm, name: str) -> str:
    """What stands in a field, as a person reads it; figures that are equal read alike."""
    bound = form[name]
    value = form.cleaned_data.get(name, bound.value()) if form.is_bound else bound.value()
    if name in form.fields and hasattr(form.fields[name], "choices"):
        return str(dict(form.fields[name].choices).get(value or "", "") if value else "")  # type: ignore[attr-defined]
    value = form.fields[name].prepare_value(value)
    return "" if value is None else str(value)
