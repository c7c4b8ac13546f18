from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from budget_portal.errors import DomainError, NotAllowed, StaleVersion


class DomainErrorMiddleware:
    """Refusals of verbs become pages: 403 not yours, 409 wrong state or stale, 422 rule broken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"reason": exception.message}, status=403)
        if isinstance(exception, DomainError):
            context = {
                "reason": exception.message,
                "status": exception.status,
                "problems": getattr(exception, "problems", []),
                "stale": exception if isinstance(exception, StaleVersion) else None,
            }
            return render(request, "409.html", context, status=exception.status)
        return None


class NullCharacterMiddleware:
    """A null character fits no column: whoever sends one gets 400, before a query can break on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        # Here and not above: the token of the form was judged, so the form is read already. The API reads
        # its own bodies and answers in its own shape.
        if request.path.startswith("/api/"):
            return
        typed = (text for name, texts in request.POST.lists() for text in (name, *texts))
        if (
            "\0" in request.path
            or "%00" in request.META["QUERY_STRING"]
            or any("\0" in text for text in typed)
        ):
            raise BadRequest("null character")
