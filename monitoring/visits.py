"""Writing a visit: plan it, fill it in, add photos and findings. Moves are in workflow/visits.py."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import Agency, County, User
from agreements.models import AgreementProject, Project, ReportingPeriod
from budget_portal import audit
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.models import StoredFile
from budget_portal.moves import verb
from monitoring import copied, rule_inputs, visit_facts
from monitoring.models import (
    DelayCause,
    FieldVisit,
    VisitActivityCheck,
    VisitDelayCause,
    VisitFinding,
    VisitMeasurement,
    VisitPhoto,
)
from monitoring.rulebook import in_force
from monitoring.rules import Hit, PlaceContext, PlaceFigures, Point, Scope, distance_m, is_reason

WRITABLE = frozenset({"planned", "done"})
# Fields of a visit that its form writes; everything else is computed or set by a move.
FACTS = (
    "visited_on",
    "visitors",
    "person_days",
    "agency_representative",
    "contractor_representative",
    "weather",
    "latitude",
    "longitude",
    "accuracy_m",
    "located_at",
    "place_reason",
    "site_state",
    "workers",
    "machinery",
    "quality_materials",
    "quality_workmanship",
    "quality_safety",
    "quality_documents",
    "quality_overall",
    "obstacles",
    "recommendations",
    "remarks",
    "dispute_comment",
)


@verb
def plan_visit(
    agency: Agency,
    period: ReportingPeriod,
    *,
    by: User,
    project: Project | None = None,
    planned_for: Any = None,
    client_id: uuid.UUID | None = None,
) -> FieldVisit:
    """A planned visit of the expert to a project or, without one, to the agency; the same client id is one visit."""
    if by.role != "budget_expert" or by.acting is None or by.acting.sector_group_id != agency.sector_group_id:
        require(Denied("بازدید را کارشناس بودجهٔ گروهی ثبت می‌کند که دستگاه از آن است."))
    if client_id is not None and (known := FieldVisit.objects.filter(client_id=client_id, expert=by).first()):
        return known
    agreed = _agreed(project, period)
    visit = FieldVisit.objects.create(
        agency=agency,
        project=project,
        period=period,
        expert=by,
        planned_for=planned_for,
        client_id=client_id or uuid.uuid4(),
        agreement_project=agreed,
        planned_progress=copied.planned_progress(agreed, period) if agreed else None,
    )
    for operation in agreed.operations.all() if agreed else ():
        VisitMeasurement.objects.create(visit=visit, operation=operation)
    audit.record("visit.planned", visit, by=by, after={"project": project.code if project else None})
    return visit


@verb
def write_visit(
    visit_id: int,
    *,
    by: User,
    facts: Mapping[str, Any],
    quantities: Mapping[int, tuple[Decimal | None, str]] | None = None,
    causes: Mapping[DelayCause, tuple[Decimal, str]] | None = None,
    activities: Mapping[int, tuple[Decimal | None, str, str]] | None = None,
    version: int | None = None,
) -> FieldVisit:
    """Save what the expert typed. `quantities`: measurement id -> (quantity, unreadable text);
    `activities`: activity id -> (verified volume, documents seen, remark)."""
    visit = locked_for_writing(visit_id, by, version)
    before = {name: getattr(visit, name) for name in FACTS}
    for name in FACTS:
        if name in facts:
            setattr(visit, name, facts[name])
    for pk, (quantity, raw) in (quantities or {}).items():
        VisitMeasurement.objects.filter(pk=pk, visit=visit).update(quantity_done=quantity, raw=raw[:60])
    was_said, is_said = _write_causes(visit, causes)
    for activity, (volume, seen, remark) in (activities or {}).items():
        VisitActivityCheck.objects.update_or_create(
            visit=visit,
            activity_id=activity,
            defaults={"volume_verified": volume, "documents_seen": seen, "remark": remark},
        )
    compute(visit)
    visit.version += 1
    visit.save()
    changed = {name: getattr(visit, name) for name in FACTS if getattr(visit, name) != before[name]}
    audit.record(
        "visit.written",
        visit,
        by=by,
        before={n: before[n] for n in changed} | was_said,
        after=changed | is_said,
    )
    return visit


Causes = dict[str, Any]


def _write_causes(
    visit: FieldVisit, causes: Mapping[DelayCause, tuple[Decimal, str]] | None
) -> tuple[Causes, Causes]:
    """Replace the causes of delay when they differ; what they were and are, for the log."""
    rows = visit.delay_causes.select_related("cause")
    before = {row.cause.code: [row.share, row.text] for row in rows}
    after = {cause.code: [share, text] for cause, (share, text) in (causes or {}).items()}
    if causes is None or before == after:
        return {}, {}
    rows.delete()
    for cause, (share, text) in causes.items():
        VisitDelayCause.objects.create(visit=visit, cause=cause, share=share, text=text)
    return {"delay_causes": before}, {"delay_causes": after}


@verb
def comment_dispute(visit_id: int, *, by: User, text: str) -> FieldVisit:
    """V10: the expert's word on a claim far above the measurement, written when the claim is reviewed."""
    visit: FieldVisit = FieldVisit.objects.for_user(by).locked(visit_id)
    if by.role != "budget_expert":
        require(Denied("نظر دربارهٔ اختلاف را کارشناس بودجه می‌نویسد."))
    if visit.state in WRITABLE or visit.state == "closed":
        raise WrongState("نظر دربارهٔ اختلاف پس از ارسال بازدید و پیش از مختومه شدن آن نوشته می‌شود.")
    if not is_reason(text):
        raise RuleBroken("نظر خود را در دست‌کم ۲۰ نویسه بنویسید.")
    before, visit.dispute_comment = visit.dispute_comment, text
    visit.save(update_fields=["dispute_comment"])
    audit.record(
        "visit.dispute_commented",
        visit,
        by=by,
        before={"dispute_comment": before},
        after={"dispute_comment": text},
    )
    return visit


@verb
def add_photo(
    visit_id: int,
    *,
    by: User,
    original: StoredFile,
    shown: StoredFile,
    client_id: uuid.UUID | None = None,
    taken_at: Any = None,
    at: Point | None = None,
    caption: str = "",
) -> VisitPhoto:
    """A photo with its untouched original; the same client id is one photo."""
    visit = locked_for_writing(visit_id, by)
    if client_id is not None and (
        known := VisitPhoto.objects.filter(client_id=client_id, visit=visit).first()
    ):
        return known
    photo = VisitPhoto(
        visit=visit,
        client_id=client_id or uuid.uuid4(),
        original=original,
        shown=shown,
        caption=caption,
        taken_at=taken_at,
    )
    if at is not None:
        photo.latitude, photo.longitude = _degrees(at.latitude), _degrees(at.longitude)
        photo.distance_m = distance(visit, at)
    photo.flags = [{"code": hit.code, "sentence": hit.sentence} for hit in _place_hits(visit, at)]
    photo.save()
    audit.record("visit.photo_added", visit, by=by, after={"sha256": original.sha256, "flags": photo.flags})
    return photo


@verb
def remove_photo(visit_id: int, photo_id: int, *, by: User) -> None:
    """Take a photo off a visit that is not handed in yet; its files stay, and the log knows their sum."""
    visit = locked_for_writing(visit_id, by)
    photo = visit.photos.select_related("original").filter(pk=photo_id).first()
    if photo is not None:
        photo.delete()
        audit.record("visit.photo_removed", visit, by=by, before={"sha256": photo.original.sha256})


@verb
def add_finding(
    visit_id: int, *, by: User, text: str, severity: str, responsible: str = "", due_on: Any = None
) -> VisitFinding:
    visit = locked_for_writing(visit_id, by)
    finding = VisitFinding.objects.create(
        visit=visit, text=text, severity=severity, responsible=responsible, due_on=due_on
    )
    audit.record("finding.opened", finding, by=by, after={"text": text, "severity": severity})
    return finding


@verb
def remove_finding(visit_id: int, finding_id: int, *, by: User) -> None:
    visit = locked_for_writing(visit_id, by)
    finding = visit.findings.filter(pk=finding_id).first()
    if finding is not None:
        audit.record("finding.removed", finding, by=by, before={"text": finding.text})
        finding.delete()


def can_write(user: User, visit: FieldVisit) -> Decision:
    """Its own expert, or who stands in for him by a letter, until it is handed in."""
    if user.role != "budget_expert" or visit.expert_id not in user.persons:
        return Denied("این بازدید را تنها کارشناسی که آن را انجام داده است می‌نویسد.")
    if visit.state not in WRITABLE:
        return Denied("این بازدید ارسال شده است. برای تغییر، گروه تلفیق باید آن را برگرداند.", "state")
    return Allowed()


def locked_for_writing(visit_id: int, by: User, version: int | None = None) -> FieldVisit:
    """The visit, locked, if it is this expert's and not handed in yet."""
    visit: FieldVisit = FieldVisit.objects.for_user(by).locked(visit_id)
    require(can_write(by, visit))
    if version is not None and version != visit.version:
        raise StaleVersion("این بازدید در جای دیگری تغییر کرده است. کدام متن بماند؟", theirs=visit.version)
    return visit


def compute(visit: FieldVisit) -> None:
    """Progress from the measured quantities, distance to the registered point, what the agency sent beside it."""
    rows = visit.measurements.select_related("operation")
    visit.physical_progress = rule_inputs.computed_progress(
        (row.operation, row.quantity_done) for row in rows
    )
    visit.agency_progress = visit_facts.claimed_progress(visit)
    at = point_of(visit)
    visit.distance_m = distance(visit, at) if at else None
    if at and visit.located_at is None:
        visit.located_at = timezone.now()


def place_hits(visit: FieldVisit) -> list[Hit]:
    """PLACE_FAR: a warning that asks a reason, never a block."""
    return _place_hits(visit, point_of(visit))


def _place_hits(visit: FieldVisit, at: Point | None) -> list[Hit]:
    figures = PlaceFigures(at=at, reason=visit.place_reason)
    return in_force.book_at(visit).judge(Scope.PLACE, figures, place_context(visit))


def place_context(visit: FieldVisit) -> PlaceContext:
    project, county = visit.project, _county(visit)
    registered = None
    if project is not None and project.latitude is not None and project.longitude is not None:
        registered = Point(project.latitude, project.longitude)
    return PlaceContext(
        registered=registered, county_seat=Point(county.seat_lat, county.seat_lon) if county else None
    )


def point_of(visit: FieldVisit) -> Point | None:
    if visit.latitude is None or visit.longitude is None:
        return None
    return Point(visit.latitude, visit.longitude)


def distance(visit: FieldVisit, at: Point) -> int | None:
    """Metres to the project's registered point, else to the county's seat; judged on the server."""
    context = place_context(visit)
    target = context.registered or context.county_seat
    return distance_m(target, at) if target else None


def visit_before(visit: FieldVisit) -> FieldVisit | None:
    """The last visit to the same project (for expense: the agency) that was handed in before this one."""
    rows = FieldVisit.objects.filter(
        agency=visit.agency_id, project=visit.project_id, created_at__lt=visit.created_at
    )
    return rows.exclude(state__in=WRITABLE).order_by("-visited_on", "-pk").first()


def measured(visit: FieldVisit | None) -> dict[int, Decimal]:
    """Operation key -> quantity that a visit found, for showing beside the field."""
    rows = visit.measurements.select_related("operation") if visit else VisitMeasurement.objects.none()
    return {row.operation.key: row.quantity_done for row in rows if row.quantity_done is not None}


def _agreed(project: Project | None, period: ReportingPeriod) -> AgreementProject | None:
    if project is None:
        return None
    rows = AgreementProject.objects.in_force(period.cutoff_date).filter(
        project=project, agreement__fiscal_year=period.fiscal_year_id
    )
    return rows.prefetch_related("operations", "schedule").first()


def _county(visit: FieldVisit) -> County | None:
    return visit.project.county if visit.project else visit.agency.county


def _degrees(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.00001"))
