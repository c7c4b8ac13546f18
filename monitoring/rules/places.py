"""How far a visit or a photo is from where it should be: a warning that asks a reason, never a block."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from budget_portal.places import Point, distance_m
from monitoring.rules.base import Breach, Example, Hit, Parameter, Rule, Scope, Severity, is_reason, said

NEAR_PROJECT_M = 300
NEAR_SEAT_M = 100_000


@dataclass(frozen=True, kw_only=True)
class PlaceFigures:
    """Where a visit or a photo was taken; None when the device gave no place."""

    at: Point | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceContext:
    """The project's registered point and its county's seat, as far as they are known."""

    registered: Point | None = None
    county_seat: Point | None = None


Place = Example[PlaceFigures, PlaceContext]


def _near(
    place: PlaceFigures,
    context: PlaceContext,
    *,
    near_project: Decimal = Decimal(NEAR_PROJECT_M),
    near_seat: Decimal = Decimal(NEAR_SEAT_M),
) -> Iterator[Breach]:
    """One breach at most: the registered point is the finer test, the seat catches a wrong one."""
    for target, limit, variant in (
        (context.registered, int(near_project), ""),
        (context.county_seat, int(near_seat), "seat"),
    ):
        if place.at is None or target is None:
            continue
        distance = distance_m(place.at, target)
        if distance > limit:
            words = {"distance": _said_distance(distance), "limit": _said_distance(limit)}
            yield Breach("place", limit, distance, variant, is_reason(place.reason), words)
            return


def _said_distance(metres: int) -> str:
    if metres < 1_000:
        return f"{said(metres)} متر"
    return f"{said((Decimal(metres) / 1_000).quantize(Decimal('0.1')))} کیلومتر"


_AHVAZ = Point(31.3203, 48.6692)
_DEZFUL = Point(32.3831, 48.4236)
_BRIDGE = Point(Decimal("31.320300"), Decimal("48.671300"))  # 200 m east of Ahvaz's point
_CANAL = Point(31.3203, 48.6732)  # 380 m east

PLACE_FAR = Rule(
    code="PLACE_FAR",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PLACE,
    title="محل بازدید و عکس به محل پروژه (۳۰۰ متر) و مرکز شهرستان (۱۰۰ کیلومتر) نزدیک است.",
    messages={
        "": "این محل {distance} با محل ثبت‌شدهٔ پروژه فاصله دارد؛ تا {limit} پذیرفته است. علت را بنویسید.",
        "seat": "این محل {distance} با مرکز شهرستان فاصله دارد؛ تا {limit} پذیرفته است. علت را بنویسید.",
    },
    check=_near,
    asks_reason=True,
    law="شناسنامهٔ خدمت، گام ۲؛ بازدید میدانی",
    explainer="visitor",
    parameters={
        "near_project": Parameter(
            "فاصله تا محل پروژه", Decimal(NEAR_PROJECT_M), Decimal(50), Decimal(20_000), "متر"
        ),
        "near_seat": Parameter(
            "فاصله تا مرکز شهرستان", Decimal(NEAR_SEAT_M), Decimal(5_000), Decimal(500_000), "متر"
        ),
    },
    must_pass=(
        Place(PlaceFigures(at=_BRIDGE), PlaceContext(registered=_AHVAZ, county_seat=_AHVAZ)),
        Place(PlaceFigures(at=_CANAL), PlaceContext(county_seat=_AHVAZ)),
        Place(PlaceFigures(at=_CANAL), PlaceContext()),
        Place(PlaceFigures(), PlaceContext(registered=_AHVAZ, county_seat=_AHVAZ)),
    ),
    must_fail=(
        Place(PlaceFigures(at=_CANAL), PlaceContext(registered=_AHVAZ, county_seat=_AHVAZ)),
        Place(PlaceFigures(at=_DEZFUL), PlaceContext(county_seat=_AHVAZ)),
        Place(PlaceFigures(at=_DEZFUL), PlaceContext(registered=_DEZFUL, county_seat=_AHVAZ)),
        Place(
            PlaceFigures(at=_CANAL, reason="راه پروژه بسته بود و از آن سوی رود عکس گرفتیم."),
            PlaceContext(registered=_AHVAZ),
        ),
    ),
)

PLACE_RULES: tuple[Rule[PlaceFigures, PlaceContext], ...] = (PLACE_FAR,)


def check_place(place: PlaceFigures, context: PlaceContext) -> list[Hit]:
    """Every rule of a place, in the order of the table."""
    return [hit for rule in PLACE_RULES for hit in rule.judge(place, context)]
