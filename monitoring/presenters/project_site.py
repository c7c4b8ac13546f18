"""The site of a project without any tile server: its point with what is near to it, where visits stood, the newest
photos."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from typing import TYPE_CHECKING, Any

from budget_portal.digits import to_persian
from budget_portal.places import Point, distance_m
from monitoring.models import FieldVisit, VisitPhoto
from monitoring.querysets import NO_FIGURES
from monitoring.rulebook import in_force
from monitoring.rules.places import PLACE_FAR

if TYPE_CHECKING:
    from accounts.models import User
    from agreements.models import Project

RADIUS, EDGE = (
    300,
    600,
)  # the circle of what is near, and how far the drawing reaches, in units of the drawing
DEGREE_M = 111_195  # of latitude, on the mean sphere of `distance_m`
PHOTOS = 4


@dataclass(frozen=True)
class Spot:
    """Where a visit stood, to the east and to the south of the project, in units of the drawing."""

    x: int
    y: int


@dataclass(frozen=True)
class Site:
    spots: list[Spot]
    sentence: str
    photos: list[VisitPhoto]
    is_drawn: bool


def of(user: User, project: Project) -> Site | None:
    """Nothing for who sees no figures, nor of a project without a point and without photos."""
    if user.role in NO_FIGURES:
        return None
    photos = VisitPhoto.objects.for_user(user).filter(visit__project=project).select_related("shown", "visit")
    newest = list(photos.order_by("-pk")[:PHOTOS])
    if project.latitude is None or project.longitude is None:
        return Site([], "", newest, is_drawn=False) if newest else None
    place = Point(project.latitude, project.longitude)
    rows = FieldVisit.objects.for_user(user).filter(project=project, latitude__isnull=False)
    visits = list(rows.select_related("period", "agency").order_by("period__cutoff_date", "pk"))
    near = _near(visits)
    points = [Point(visit.latitude, visit.longitude) for visit in visits]
    spots = [spot for point in points if (spot := _spot(place, point, near))]
    said = _sentence([distance_m(place, point) for point in points], near)
    return Site(spots, said, newest, is_drawn=True)


def _near(visits: list[FieldVisit]) -> int:
    """What counts as near by the rule in force at the newest visit; as shipped where nobody has been."""
    book = in_force.book_at(visits[-1]) if visits else in_force.shipped_book("capital")
    return int(book.threshold(PLACE_FAR.code, "near_project"))


def _spot(place: Point, point: Point, near: int) -> Spot | None:
    """Flat enough for some hundred metres; what lies farther is told and not drawn."""
    east = _metres(point.longitude, place.longitude) * cos(radians(place.latitude)) * RADIUS / near
    south = _metres(place.latitude, point.latitude) * RADIUS / near
    return Spot(round(east), round(south)) if max(abs(east), abs(south)) <= EDGE else None


def _metres(one: Any, other: Any) -> float:
    return float(Decimal(one) - Decimal(other)) * DEGREE_M


def _sentence(distances: list[int], near: int) -> str:
    if not distances:
        return f"دایره {to_persian(near)} متر گرد محل پروژه است؛ هنوز بازدیدی با مکان ثبت نشده است."
    inside = sum(distance <= near for distance in distances)
    said = f"{to_persian(inside)} از {to_persian(len(distances))} بازدید در {to_persian(near)} متری محل پروژه بوده است."
    far = max(distances)
    return f"{said} دورترین: {to_persian(far)} متر." if far > near else said
