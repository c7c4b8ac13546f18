"""Points on the ground and the distance between them. Pure; knows nothing of Django."""

from dataclasses import dataclass
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG): at most half a percent off anywhere, far finer than any limit asked here."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS 84. Places are the one thing here that may be a float."""

    latitude: float | Decimal
    longitude: float | Decimal


def distance_m(start: Point, end: Point) -> int:
    """Great-circle distance by the haversine formula, in whole metres."""
    lat1, lon1 = radians(start.latitude), radians(start.longitude)
    lat2, lon2 = radians(end.latitude), radians(end.longitude)
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord))))
