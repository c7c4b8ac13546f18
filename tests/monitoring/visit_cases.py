"""Visits for tests: a drawn photo, and a visit brought to any state by its own people."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from agreements.models import Project
from budget_portal import files
from monitoring import visits
from monitoring.models import FieldVisit, VisitFinding
from monitoring.rules import Point
from monitoring.workflow import visits as moves

STATES = ("planned", "done", "submitted", "confirmed", "agency_replied", "closed")
_AT = tuple[float, float]


def drawn(seed: int = 1, *, at: _AT | None = None, name: str = "", kind: str = "JPEG") -> SimpleUploadedFile:
    """A small picture of its own colour, with a place in its metadata when asked."""
    image = Image.new("RGB", (64, 48), (seed * 37 % 256, seed * 91 % 256, 120))
    exif = Image.Exif()
    if at is not None:
        north, east = ((int(v), 0.0, round((v - int(v)) * 3600, 3)) for v in at)
        exif.get_ifd(0x8825).update({1: "N", 2: north, 3: "E", 4: east})
        exif.get_ifd(0x8769).update({0x9003: "2026:10:21 10:42:00"})
    content = io.BytesIO()
    image.save(content, kind, exif=exif)
    suffix = {"JPEG": "jpg", "PNG": "png"}[kind]
    return SimpleUploadedFile(
        name or f"photo-{seed}.{suffix}", content.getvalue(), content_type=f"image/{kind.lower()}"
    )


def add_photo(visit: FieldVisit, seed: int = 1, at: Point | None = None) -> Any:
    organization = visit.agency.organization
    stored = files.store_made(
        drawn(seed).read(), name="a.jpg", media_type="image/jpeg", organization=organization, by=visit.expert
    )
    return visits.add_photo(visit.pk, by=visit.expert, original=stored, shown=stored, at=at)


def plan(who: Any, project: Project | None, *, cutoff: str = "Q2") -> FieldVisit:
    """Planned by the expert of a case, a cast or a world; without a project to its agency."""
    period = who.period(cutoff) if callable(who.period) else who.period
    agency = project.agency if project else who.agency
    return visits.plan_visit(agency, period, by=who.expert, project=project)


def fill(visit: FieldVisit, **facts: Any) -> FieldVisit:
    """Everything that handing in asks for."""
    known = {
        "visited_on": timezone.localdate(),
        "visitors": "کارشناس گروه",
        "quality_overall": "good",
        "remarks": "اسناد با عملکرد می‌خواند.",
    }
    quantities = {
        row.pk: (row.operation.target_quantity / 2, "")
        for row in visit.measurements.select_related("operation")
    }
    visits.write_visit(visit.pk, by=visit.expert, facts=known | facts, quantities=quantities)
    for seed in range(moves.LEAST_PHOTOS if visit.project_id else 0):
        add_photo(visit, seed)
    visit.refresh_from_db()
    return visit


def bring(who: Any, visit: FieldVisit, state: str) -> FieldVisit:
    """Fill a planned visit in and walk it on to a state."""
    if state != "planned":
        fill(visit)
    return bring_on(who, visit, state)


def bring_on(who: Any, visit: FieldVisit, state: str) -> FieldVisit:
    """Walk a visit that is filled in on to a state, each step by its own person."""
    steps = {
        "done": lambda: moves.mark_done(visit.pk, by=visit.expert),
        "submitted": lambda: moves.submit(visit.pk, by=visit.expert),
        "confirmed": lambda: moves.confirm(visit.pk, by=who.consolidation),
        "agency_replied": lambda: moves.reply(visit.pk, by=who.agency_user, text="برطرف می‌شود."),
        "closed": lambda: moves.close(visit.pk, by=visit.expert),
    }
    for step in STATES[STATES.index(visit.state) + 1 : STATES.index(state) + 1]:
        steps[step]()
    visit.refresh_from_db()
    return visit


def finding(visit: FieldVisit, text: str = "میلگرد زنگ‌زده در انبار کارگاه", **fields: Any) -> VisitFinding:
    return visits.add_finding(visit.pk, by=visit.expert, text=text, severity="major", **fields)
