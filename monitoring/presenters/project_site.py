"""The site of a project without any tile server: its point, 300 m around it, where visits stood, the newest photos."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from typing import TYPE_CHECKING, Any

from budget_portal.digits import to_persian
from budget_portal.places import Point, distance_m
from monitoring.models import FieldVisit, VisitPhoto
from monitoring.querysets import NO_FIGURES

if TYPE_CHECKING:
    from accounts.models import User
    from agreements.models import Project

NEAR_M, EDGE_M = 300, 600  # the circle, and how far the drawing reaches
DEGREE_M = 111_195  # of latitude, on the mean sphere of `distance_m`
PHOTOS = 4


@dataclass(frozen=True)
class Spot:
    """Where a visit stood: metres to the east and to the south of the project."""

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
    visits = FieldVisit.objects.for_user(user).filter(project=project, latitude__isnull=False)
    points = [Point(*point) for point in visits.values_list("latitude", "longitude")]
    spots = [spot for point in points if (spot := _spot(place, point))]
    return Site(spots, _sentence([distance_m(place, point) for point in points]), newest, is_drawn=True)


def _spot(place: Point, point: Point) -> Spot | None:
    """Flat enough for some hundred metres; what lies farther is told and not drawn."""
    east = _metres(point.longitude, place.longitude) * cos(radians(place.latitude))
    south = _metres(place.latitude, point.latitude)
    return Spot(round(east), round(south)) if max(abs(east), abs(south)) <= EDGE_M else None


def _metres(one: Any, other: Any) -> float:
    return float(Decimal(one) - Decimal(other)) * DEGREE_M


def _sentence(distances: list[int]) -> str:
    if not distances:
        return f"دایره {to_persian(NEAR_M)} متر گرد محل پروژه است؛ هنوز بازدیدی با مکان ثبت نشده است."
    near = sum(distance <= NEAR_M for distance in distances)
    said = f"{to_persian(near)} از {to_persian(len(distances))} بازدید در {to_persian(NEAR_M)} متری محل پروژه بوده است."
    far = max(distances)
    return f"{said} دورترین: {to_persian(far)} متر." if far > NEAR_M else said
