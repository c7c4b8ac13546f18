"""What the API sends: JSON by orjson, lists in pages by id. Apart from api.py, which stands on DRF's views.

The framework's own modules load these classes by their settings names while they are loading themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

R = TypeVar("R")


class OrjsonRenderer(BaseRenderer):
    """Integers stay integers, decimals are text, Persian is readable."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "بدنهٔ درخواست بیش از اندازه بزرگ است."


class OrjsonParser(BaseParser):
    """JSON only, of bounded size; whatever is no JSON (NaN, deep nesting, broken UTF-8) is a 400."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as problem:
            raise ParseError from problem


def _plain(value: Any) -> Any:
    if isinstance(value, QuerySet | set | frozenset):
        return list(value)
    if isinstance(value, Promise) or hasattr(value, "as_tuple"):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class KeysetPagination(BasePagination):
    """Pages by id: `?after=<last id>&limit=<n>`; stable while rows are added, never counted."""

    default_limit, max_limit = 100, 1000
    limit: int
    next_link: str | None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self.cut(list(self.bounded(queryset, request)), request)

    def bounded(self, queryset: Any, request: Request) -> Any:
        """The rows of the page and one more, which says whether another page follows."""
        after = _whole_number(request, "after", 0, 2**63 - 1)
        self.limit = _whole_number(request, "limit", self.default_limit, self.max_limit) or 1
        return queryset.filter(pk__gt=after).order_by("pk")[: self.limit + 1]

    def cut(self, rows: list[R], request: Request) -> list[R]:
        more, rows = len(rows) > self.limit, rows[: self.limit]
        here = request.build_absolute_uri()
        self.next_link = replace_query_param(here, "after", _pk(rows[-1])) if more else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next_link})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
            for name, text, schema in (
                ("after", "شناسهٔ آخرین ردیف صفحهٔ پیش", {"type": "integer", "minimum": 0}),
                (
                    "limit",
                    "شمار ردیف‌های صفحه",
                    {"type": "integer", "minimum": 1, "maximum": self.max_limit},
                ),
            )
        ]


def _pk(row: Any) -> Any:
    """The id of a row: of a tuple whose first part it is, or of an instance."""
    return row[0] if isinstance(row, tuple) else row.pk


def _whole_number(request: Request, name: str, default: int, highest: int) -> int:
    raw = request.query_params.get(name, "")
    if raw == "":
        return default
    if not re.fullmatch(r"[0-9]{1,19}", raw):
        raise ValidationError({name: ["عددی درست و نامنفی بنویسید."]})
    return min(int(raw), highest)
