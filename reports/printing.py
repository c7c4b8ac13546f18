"""How figures stand on paper: Persian digits, ٬ and ٫, a sign that keeps its side, «—» for undefined."""

from datetime import date, datetime
from decimal import Decimal

from budget_portal.digits import PLUS, group, to_persian
from budget_portal.jalali import format_date
from monitoring.ratios import Ratio
from reports.figures import half_up

DASH = "—"
Figure = int | Decimal | None


def number(value: Figure, places: int = 0) -> str:
    """Whole millions, counts and quantities; `places` decimals, half up."""
    if value is None:
        return DASH
    return group(half_up(value, places)) if places or isinstance(value, Decimal) else group(value)


def quantity(value: Figure) -> str:
    """A quantity with the decimals it has, at most three."""
    if value is None:
        return DASH
    text = format(half_up(value, 3), "f").rstrip("0").rstrip(".")
    return group(Decimal(text))


def percent(value: "Ratio | Figure", places: int = 1) -> str:
    return number(value.exact_percent if isinstance(value, Ratio) else value, places)


def signed(value: "Ratio | Figure", places: int = 1) -> str:
    """Percentage points: always with their sign, nothing before a printed zero."""
    exact = value.exact_percent if isinstance(value, Ratio) else value
    if exact is None:
        return DASH
    rounded = half_up(exact, places)
    return (PLUS if rounded > 0 else "") + group(rounded if rounded else abs(rounded))


def milliards(value: Figure) -> str:
    """Thousand million rials, for prose only."""
    return DASH if value is None else group(half_up(Decimal(value) / 1000, 0))


def digits(value: object) -> str:
    return to_persian(value)


def day(value: date | None) -> str:
    return DASH if value is None else format_date(value, "table")


def day_text(value: date | None) -> str:
    return DASH if value is None else format_date(value, "text")


def weekday(value: date | None) -> str:
    return DASH if value is None else format_date(value, "weekday")


def stamp(value: datetime | None) -> str:
    return DASH if value is None else format_date(value, "stamp")


def ordinal(edition: int) -> str:
    words = ("", "نخست", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم", "دهم")
    return words[edition] if 0 < edition < len(words) else digits(edition)
