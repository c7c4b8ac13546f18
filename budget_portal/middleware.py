from __future__ import annotations

from collections.abc import Callable

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
                "problems": getattr(exception, "problems", []),
                "stale": exception if isinstance(exception, StaleVersion) else None,
            }
            return render(request, "409.html", context, status=exception.status)
        return None
