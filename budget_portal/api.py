"""The ground of `/api/v1/`: router, renderer, pages, shape of errors, the read-only viewset (decision 18).

Each app registers its viewsets in `<app>/api.py`; urls.py collects them:

    @register("projects")
    class ProjectViewSet(RowsViewSet[Project]):
        queryset = Project.objects.all()
        serializer_class = ProjectSerializer       # fields listed one by one, «id» the first
        filterset_fields = ("agency",)

Rows are written as JSON by the database (`api_rows.written`); the serializer says which columns and describes them in
the schema. `computed` gives the expressions of fields that are no columns.

Errors: `{"error": {"code": "wrong_state", "message": "…", "problems": ["…"]}}`. Lists:
`{"results": […], "next": "…?after=120" or null}`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import orjson
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import exception_handler as framework_handler

from budget_portal.api_output import KeysetPagination, OrjsonRenderer
from budget_portal.api_rows import written
from budget_portal.errors import DomainError, NotAllowed

__all__ = [
    "KeysetPagination",
    "OrjsonRenderer",
    "RowsViewSet",
    "ScopedReadOnlyViewSet",
    "exception_handler",
    "register",
    "router",
]

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=type[viewsets.GenericViewSet[Any]])

router = DefaultRouter()


def register(prefix: str, basename: str = "") -> Callable[[V], V]:
    """Put a viewset under `/api/v1/<prefix>/`; the names of its URLs are `<prefix>-list`, `<prefix>-detail`."""

    def add(viewset: V) -> V:
        router.register(prefix, viewset, basename=basename or prefix)
        return viewset

    return add


# --- what is refused ----------------------------------------------------------------------------------------

MESSAGES = {
    "not_found": "چنین چیزی نیست یا در دسترس شما نیست.",
    "permission_denied": "این کار در اختیار شما نیست.",
    "not_authenticated": "نخست وارد شوید یا کلید API بفرستید.",
    "authentication_failed": "کلید یا نشست شما معتبر نیست.",
    "method_not_allowed": "این نشانی چنین درخواستی نمی‌پذیرد.",
    "not_acceptable": "پاسخ تنها به شکل JSON است.",
    "unsupported_media_type": "درخواست را به شکل JSON بفرستید.",
    "parse_error": "بدنهٔ درخواست خوانا نیست.",
    "throttled": "درخواست‌ها بیش از اندازه است؛ اندکی بعد دوباره بفرستید.",
    "invalid": "درخواست ایراد دارد.",
    "too_large": "بدنهٔ درخواست بیش از اندازه بزرگ است.",
}
# The framework's own sentences about a field are partly English, or name types of Python: these stand for them.
FIELDS = {
    "not_a_list": "فهرستی از مقدارها بفرستید.",
    "invalid_choice": "از گزینه‌های موجود نیست.",
    "does_not_exist": "چنین چیزی نیست.",
    "datetime": "تنها تاریخ بفرستید، بی‌ساعت.",
    "invalid": "خوانا نیست.",
}
LATIN_WORD = re.compile("[A-Za-z]{2,}")


@login_not_required
def nothing_here(request: HttpRequest) -> JsonResponse:
    """Any other address below /api/."""
    body = {"code": "not_found", "message": MESSAGES["not_found"], "problems": []}
    return JsonResponse({"error": body}, status=404, json_dumps_params={"ensure_ascii": False})


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal in one shape. What is no refusal stays an error of ours (500)."""
    if isinstance(error, DomainError):
        code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
        return _refusal(error.status, code, error.message, getattr(error, "problems", []))
    if isinstance(error, NotAllowed):
        return _refusal(403, "not_allowed", error.message)
    response = framework_handler(error, dict(context))
    if response is None:
        return None
    code = _code(error)
    problems = sentences(response.data) if isinstance(error, exceptions.ValidationError) else []
    refusal = _refusal(
        response.status_code, code, MESSAGES.get(code) or _persian(getattr(error, "detail", error)), problems
    )
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response.headers:
            refusal[header] = response.headers[header]
    return refusal


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return str(getattr(error, "default_code", "error"))


def _refusal(status: int, code: str, message: str, problems: Sequence[Any] = ()) -> Response:
    body = {"code": code, "message": message, "problems": [str(problem) for problem in problems]}
    return Response({"error": body}, status=status)


def sentences(detail: Any, field: str = "") -> list[str]:
    """One per fault of what was sent, each with the name of its field."""
    if isinstance(detail, Mapping):
        return [text for name, part in detail.items() for text in sentences(part, str(name))]
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        return [text for part in detail for text in sentences(part, field)]
    text = _persian(detail)
    return [f"{field}: {text}" if field and field != "non_field_errors" else text]


def _persian(detail: Any) -> str:
    text = str(detail)
    if not LATIN_WORD.search(text):
        return text
    return FIELDS.get(getattr(detail, "code", ""), MESSAGES["invalid"])


# --- what is read -------------------------------------------------------------------------------------------


class ScopedReadOnlyViewSet(viewsets.ReadOnlyModelViewSet[M]):
    """Lists and shows the rows of the person's scope, and nothing else: foreign looks like missing."""

    filterset_fields: ClassVar[Sequence[str]] = ()
    lookup_value_regex = "[0-9]{1,18}"  # what no key can be is no address

    def get_queryset(self) -> QuerySet[M]:
        if getattr(self, "swagger_fake_view", False):  # the schema is made without a person
            return super().get_queryset().none()
        scoped: QuerySet[M] = super().get_queryset().for_user(self.request.user)  # type: ignore[attr-defined]
        return scoped


class RowsViewSet(ScopedReadOnlyViewSet[M]):
    """Rows as they stand in the table: no instances are made, no serializer runs."""

    computed: ClassVar[Mapping[str, Any]] = {}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        names, rows = self._columns(self.filter_queryset(self.get_queryset()))
        pages: KeysetPagination = self.paginator  # type: ignore[assignment]
        page = pages.cut(written(pages.bounded(rows, request), names), request)
        return pages.get_paginated_response(orjson.Fragment(f"[{','.join(text for _, text in page)}]"))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(orjson.Fragment(self._row(int(kwargs["pk"]))))

    def row(self, pk: int) -> dict[str, Any]:
        """One row of the person's scope, or 404."""
        found: dict[str, Any] = orjson.loads(self._row(pk))
        return found

    def _row(self, pk: int) -> str:
        names, rows = self._columns(self.get_queryset().filter(pk=pk))
        found = written(rows, names)
        if not found:
            raise Http404
        return found[0][1]

    def _columns(self, queryset: QuerySet[M]) -> tuple[tuple[str, ...], QuerySet[M, tuple[Any, ...]]]:
        names, paths = columns(self.get_serializer_class(), tuple(self.computed))  # type: ignore[arg-type]
        expressions = {f"api_{name}": expression for name, expression in self.computed.items()}
        return names, queryset.annotate(**expressions).order_by("pk").values_list(*paths)


@functools.cache
def columns(
    serializer_class: type[serializers.Serializer[Any]], computed: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that a serializer gives and the paths of their columns."""
    fields = serializer_class().fields.items()
    return tuple(name for name, _ in fields), tuple(_path(name, field, computed) for name, field in fields)


def _path(name: str, field: serializers.Field[Any, Any, Any, Any], computed: tuple[str, ...]) -> str:
    if name in computed:
        return f"api_{name}"
    path = (field.source or name).replace(".", "__")
    return f"{path}__{field.slug_field}" if isinstance(field, serializers.SlugRelatedField) else path
