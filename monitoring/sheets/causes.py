"""The causes of a project's delay in one cell: «علت: سهم؛ علت: سهم (توضیح)». Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from budget_portal.digits import drop_marks
from budget_portal.numbers import read_percent
from budget_portal.text import fold, normalise

CELL = "causes"
_PARTS = re.compile(r"[؛;\n]+")
_ONE = re.compile(r"(?P<cause>[^:：=]+?)\s*[:：=]\s*(?P<share>[^()]+?)\s*(?:\((?P<text>.*)\))?", re.DOTALL)
SHAPE = "علت‌ها را به شکل «علت: سهم؛ علت: سهم» بنویسید، مانند «{example}: ۶۰»."
UNKNOWN = "«{cause}» در فهرست علت‌های تأخیر نیست."
TWICE = "علت «{cause}» دو بار آمده است."
RANGE = "سهم هر علت بیش از ۰ و حداکثر ۱۰۰ است."
NO_TEXT = "برای علت «{cause}» توضیح را در پرانتز بنویسید."
MOST = 5
TOO_MANY = "دست‌بالا پنج علت بنویسید."

Shares = dict[int, tuple[Decimal, str]]


def written(causes: Iterable[Any]) -> str:
    """The stored causes as the cell holds them, the largest share first."""
    rows = sorted(causes, key=lambda row: (-row.share, row.cause.position))
    return "؛ ".join(
        f"{row.cause.title}: {row.share.normalize():f}{f' ({row.text})' if row.text else ''}" for row in rows
    )


def read(text: str, known: Mapping[int, Any]) -> tuple[Shares, str | None]:
    """Cause -> (share, text), or the sentence of why the cell cannot be read."""
    by_name = {fold(cause.title): cause for cause in known.values()} | {
        fold(cause.code): cause for cause in known.values()
    }
    found: Shares = {}
    for part in _PARTS.split(drop_marks(text)):
        if not part.strip():
            continue
        match = _ONE.fullmatch(part.strip())
        if match is None:
            return {}, SHAPE.format(example=next(iter(known.values())).title if known else "علت")
        cause = by_name.get(fold(match["cause"]))
        if cause is None:
            return {}, UNKNOWN.format(cause=normalise(match["cause"])[:60])
        share = read_percent(match["share"])
        if share.problem or share.value is None or share.value <= 0:
            return {}, share.problem or RANGE
        if cause.pk in found:
            return {}, TWICE.format(cause=cause)
        note = normalise(match["text"] or "")[:300]
        if cause.needs_text and not note:
            return {}, NO_TEXT.format(cause=cause)
        found[cause.pk] = (share.value, note)
    return (found, None) if len(found) <= MOST else ({}, TOO_MANY)
