"""Words of the public pages: dates with their weekday, months, and milliards of rials."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template

from budget_portal.digits import group
from budget_portal.jalali import format_date
from budget_portal.numbers import round_half_up

register = template.Library()
DASH = "—"


@register.filter
def jweekday(day: dt.date | None) -> str:
    """شنبه ۳۰ آبان ۱۴۰۵"""
    return format_date(day, "weekday") if day else DASH


@register.filter
def jmonth(day: dt.date | None) -> str:
    """خرداد ۱۴۰۵"""
    return format_date(day, "month") if day else DASH


@register.filter
def milliard(million_rials: int | None) -> str:
    """۱۱٬۸۲۰: million rials as whole milliards; below ten of them one decimal."""
    if million_rials is None:
        return DASH
    value = Decimal(million_rials) / 1000
    return group(round_half_up(value, 1 if abs(value) < 10 else 0))
