"""Filters and tags of every page (a builtin library): digits, Jalali dates, badges, icons, wrappers.

Only for what people read. JSON and CSV never pass through here.
"""

import datetime as dt
import functools
import html
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.http import QueryDict
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_outline

from budget_portal import badges, identifiers, jalali, signers
from budget_portal.digits import PLUS, group, to_persian
from budget_portal.jalali import WEEKDAYS
from budget_portal.numbers import round_half_up

register = template.Library()
DASH = "—"
SELECTED = " selected"
DIGEST = re.compile(r"[0-9a-f]{32,64}")


def _missing(value: Any) -> bool:
    return value is None or value == ""


# --- figures ------------------------------------------------------------------------------------------------


@register.filter
def fa(value: Any) -> str:
    """The same text with Persian digits; nothing else changes."""
    return "" if value is None else to_persian(value)


@register.filter
def brief(value: str) -> str:
    """Persian digits; a digest as code, by its first twelve signs."""
    if DIGEST.fullmatch(value):
        return format_html('<bdi dir="ltr" class="mono">{}…</bdi>', value[:12])
    return to_persian(value)


@register.filter
def filesize(octets: int) -> str:
    """«۱۰۶ کیلوبایت»، «۲٫۴ مگابایت»."""
    if octets < 1_000_000:
        return f"{group(max(1, round(octets / 1_000)))} کیلوبایت"
    return f"{group(round(Decimal(octets) / 1_000_000, 1))} مگابایت"


@register.filter
def weekdays(numbers: Iterable[int]) -> str:
    """«پنجشنبه، جمعه» of `date.weekday()` numbers, in the order of the week."""
    return "، ".join(WEEKDAYS[day] for day in sorted(numbers, key=lambda day: (day + 2) % 7))


@register.filter
def dash(value: Any) -> Any:
    return DASH if _missing(value) else value


@register.filter
def signer(row: Any, step: str) -> str:
    """`{{ submission|signer:"confirmed" }}`: who took the step, and for whom a substitute took it."""
    return signers.signer(row, step) or DASH


@register.filter
def mrial(value: int | Decimal | None) -> str:
    """۲۷٬۶۵۰: whole million rials; the unit stands in the caption."""
    return DASH if _missing(value) else group(round_half_up(value, 0))  # type: ignore[arg-type]


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count or a quantity, with the decimals it has and no empty ones: ۱٬۲۳۴٫۵"""
    if _missing(value):
        return DASH
    rounded = round_half_up(value, 3)  # type: ignore[arg-type]
    return group(
        rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()
    )


@register.filter
def percent(value: Decimal | int | None) -> str:
    """۵۷٫۶: one decimal; the sign stands in the head of the column."""
    return DASH if _missing(value) else group(round_half_up(value, 1))  # type: ignore[arg-type]


@register.filter
def percent_text(value: Decimal | int | None) -> str:
    """۶۸٪ or ۵۷٫۶٪, for running text."""
    return DASH if _missing(value) else f"{number(round_half_up(value, 1))}٪"  # type: ignore[arg-type]


@register.filter
def share(value: Decimal | None) -> str:
    """۳۳٫۳۳۳۳٪ of a share of one, with the decimals it has."""
    return DASH if _missing(value) else f"{number(value * 100)}٪"  # type: ignore[operator]


@register.filter
def pp(value: Decimal | int | None) -> str:
    """Signed percentage points, one decimal: ‎+۳٫۲ · ‎−۱۴٫۰"""
    if _missing(value):
        return DASH
    rounded = round_half_up(value, 1)  # type: ignore[arg-type]
    return (PLUS if rounded > 0 else "") + group(rounded)


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The choices of a long list, the chosen one marked; a loop of the template takes ten times as long."""
    return SafeString(
        "".join(
            f'<option value="{html.escape(value)}"{SELECTED if value == chosen else ""}>{html.escape(label)}</option>'
            for value, label in choices
        )
    )


# --- dates --------------------------------------------------------------------------------------------------


def _date(value: dt.date | None, style: jalali.Style) -> str:
    return DASH if value is None or value == "" else jalali.format_date(value, style)


@register.filter
def jdate(value: dt.date | None) -> str:
    """۱۴۰۵/۰۸/۲۹"""
    return _date(value, "table")


@register.filter
def jdate_text(value: dt.date | None) -> str:
    """۲۹ آبان ۱۴۰۵"""
    return _date(value, "text")


@register.filter
def jstamp(value: dt.datetime | None) -> str:
    """۲۹ آبان ۱۴۰۵، ۱۰:۴۲"""
    return _date(value, "stamp")


@register.filter
def jdeadline(value: dt.date | None) -> str:
    """شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴"""
    return _date(value, "deadline")


@register.filter
def jrelative(value: dt.date | None) -> str:
    """«دیروز» within a week, the date beyond; use {% jtime %} where the exact date must be at hand."""
    return DASH if _missing(value) else jalali.relative(value, jalali.today())  # type: ignore[arg-type]


@register.simple_tag
def jtime(value: dt.date | None, style: jalali.Style | str = "text") -> str:
    """A <time> that carries ISO; style `relative` adds the exact date as title."""
    if value is None or value == "":
        return DASH
    if style == "relative":
        exact = jalali.format_date(value, "stamp" if isinstance(value, dt.datetime) else "text")
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, jrelative(value)
        )
    shown = jalali.format_date(value, style)  # type: ignore[arg-type]
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


# --- codes --------------------------------------------------------------------------------------------------


@register.filter
def code(value: Any) -> str:
    """A code kept left to right; Persian digits unless it has Latin letters."""
    if _missing(value):
        return DASH
    written = str(value)
    latin = any(char.isascii() and char.isalpha() for char in written)
    return format_html('<bdi dir="ltr" class="code">{}</bdi>', written if latin else to_persian(written))


@register.filter
def public_number(value: str) -> str:
    """A complaint's public number: ۴۰۵۸-۷۳۱۶-۲۳"""
    return DASH if _missing(value) else code(identifiers.format_public_number(value))


@register.filter
def masked(value: str) -> str:
    """A personal code outside its case file: ۱۲۳****۸۹۱"""
    return DASH if _missing(value) else code(identifiers.mask(value))


# --- badges and icons ---------------------------------------------------------------------------------------


@register.simple_tag
@functools.cache
def icon(name: str, size: int = 20, flip: bool = False) -> str:
    """A decorative icon; `flip` for those that point, they turn with the direction of the page."""
    css = "icon icon--flip" if flip else "icon"
    return heroicon_outline(name, size=size, **{"class": css, "aria-hidden": "true", "focusable": "false"})


@register.simple_tag
def status_badge(thing: Any, kind: str = "") -> str:
    """The badge of a model's status, or of a bare value with its `kind` (see budget_portal.badges)."""
    badge = _badge(thing, kind)
    if badge is None:
        return DASH
    drawn = icon(badge.icon, size=16) if badge.icon else ""
    return format_html('<span class="badge badge--{}">{}{}</span>', badge.tone, drawn, badge.label)


def _badge(thing: Any, kind: str) -> badges.Badge | None:
    if _missing(thing):
        return None
    meta = getattr(thing, "_meta", None)
    if meta is None:
        found = badges.find(kind, thing)
        return found or badges.Badge(str(getattr(thing, "label", thing)))
    for attribute in ("status", "state"):
        if hasattr(thing, attribute):
            shown = getattr(thing, f"get_{attribute}_display", None)
            value = getattr(thing, attribute)
            return badges.find(kind or meta.label_lower, value) or badges.Badge(
                str(shown() if shown else value)
            )
    raise TypeError(f"{meta.label} has neither status nor state.")


# --- queries ------------------------------------------------------------------------------------------------


def _changed_query(context: Context, changes: dict[str, Any]) -> QueryDict:
    query: QueryDict = context["request"].GET.copy()
    if set(changes) - {"page"}:
        query.pop("page", None)  # another filter or order starts at the first page again
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query.setlist(
                name, [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
            )
    for name in [name for name in query if not any(query.getlist(name))]:
        del query[name]
    return query


@register.simple_tag(takes_context=True)
def querystring(context: Context, **changes: Any) -> str:
    """The filters of this page with some changed («?kind=capital&page=2»); None takes one away."""
    return f"?{_changed_query(context, changes).urlencode()}"


# --- wrappers -----------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2, tone: str = "", id: str = "") -> str:
    """A titled box of a page. `content` comes rendered and escaped by its own template."""
    css = f"card card--{tone}" if tone else "card"
    head = format_html('<h{} class="card__title">{}</h{}>', level, title, level) if title else ""
    anchor = format_html(' id="{}"', id) if id else ""
    body = SafeString(content)
    return format_html(
        '<section class="{}"{}>{}<div class="card__body">{}</div></section>', css, anchor, head, body
    )


@register.simple_block_tag
def field_row(content: str) -> str:
    """Form fields that stand beside each other where there is room."""
    return format_html('<div class="field-row">{}</div>', SafeString(content))


@register.simple_block_tag
def fact(content: str, label: str, unit: str = "") -> str:
    """One line of a <dl class="facts">: what it is, its unit, its value."""
    shown_unit = format_html(' <span class="fact__unit">({})</span>', unit) if unit else ""
    return format_html(
        '<div class="fact"><dt class="fact__label">{}{}</dt><dd class="fact__value">{}</dd></div>',
        label,
        shown_unit,
        SafeString(content),
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """The problems of one or more PortalForms on top of the page, each linking to its field."""
    return {"errors": [problem for form in forms for problem in form.error_summary()]}  # type: ignore[attr-defined]
