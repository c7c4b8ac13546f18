"""Long lists in pages by id, newest first: no count, no offset, stable while rows are added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from budget_portal.digits import to_latin

SIZE = 50


@dataclass(frozen=True)
class Slice:
    rows: list[Any]
    older: int | None  # `?before=` of the next page
    is_first: bool


def slice_of(queryset: QuerySet[Any], request: HttpRequest, size: int = SIZE) -> Slice:
    before = whole(request.GET.get("before"))
    rows = queryset.filter(pk__lt=before) if before else queryset
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return Slice(shown, shown[-1].pk if len(found) > size else None, before is None)


def whole(raw: str | None) -> int | None:
    """A whole number as people and links write it; anything else counts as not given."""
    text = to_latin(raw or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
