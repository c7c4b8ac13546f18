"""What printed reports need beside the filters of every page: ratios, and captions that number themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from monitoring.ratios import Ratio
from reports import printing

register = template.Library()


def on_paper(write: Callable[..., str]) -> Callable[..., str]:
    """Django hands a filter "" for an attribute of None: both are the undefined «—» here."""

    @wraps(write)
    def filtered(value: Any, *options: Any) -> str:
        return write(None if value == "" else value, *options)

    return filtered


register.filter("pct", on_paper(printing.percent))
register.filter("pts", on_paper(printing.signed))
register.filter("decimals", on_paper(printing.number))
register.filter("milliards", on_paper(printing.milliards))
register.filter("weekday", on_paper(printing.weekday))
register.filter("ordinal", printing.ordinal)


@register.filter
def value(ratio: Ratio, places: int) -> str:
    """The quotient itself, for indexes and unit costs."""
    return printing.number(ratio.value, places)


@register.filter
def terms(ratio: Ratio) -> str:
    """«۲۲۱ از ۲۵۴»."""
    return f"{printing.quantity(ratio.numerator)} از {printing.quantity(ratio.denominator)}"


@register.simple_tag(takes_context=True)
def caption(context: dict[str, Any], kind: str, title: str, unit: str = "") -> SafeString:
    """«جدول ۲ – …» with the unit at the far end; enters the list of tables and figures."""
    entry = context["captions"].add(kind, title)
    return format_html(
        '<p class="cap" id="{}">{}<b>{}</b> – {}</p>',
        entry.anchor,
        format_html("<i>{}</i>", unit) if unit else "",
        entry.label,
        title,
    )


@register.simple_tag(takes_context=True)
def continued(context: dict[str, Any], title: str, unit: str = "") -> SafeString:
    """The caption of a table that goes on over the page; it has the number of the last caption."""
    entry = context["captions"].entries[-1]
    return format_html(
        '<p class="cap top">{}<b>{}</b> (ادامه) – {}</p>',
        format_html("<i>{}</i>", unit) if unit else "",
        entry.label,
        title,
    )


@register.simple_tag(takes_context=True)
def part(context: dict[str, Any], section: str) -> SafeString:
    """«بخش ۹» as a link, empty when this report has no such section."""
    number = context["numbers"].get(section, "")
    if not number:
        return mark_safe("")
    word = "پیوست" if number.startswith("پ") else "بخش"
    return format_html('<a href="#{}">{} {}</a>', f"s-{section}", word, number.removeprefix("پ"))
