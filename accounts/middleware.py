from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import second_factor

SESSION_KEY = "membership"


class ActingMembershipMiddleware:
    """Puts the chosen membership on the user; a choice that ended, or is foreign, falls back to the first valid one.

    So a substitute's role is gone with the very next request after its last day, or after it was ended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            chosen = request.session.get(SESSION_KEY)
            rows = list(user.roles_today().select_related("organization", "agency"))
            user.act_through(next((row for row in rows if row.pk == chosen), rows[0] if rows else None))
            user.switchable = len(rows) > 1  # type: ignore[attr-defined]
        return self.get_response(request)


class SecondFactorMiddleware:
    """Sends a person whose role demands the second factor to its set-up, before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and second_factor.is_demanded(user)
            and not second_factor.passed(request, user)
            and not self._is_exempt(request)
        ):
            if request.path.startswith("/api/"):
                body = {
                    "code": "second_factor",
                    "message": "نخست در صفحه‌های سامانه رمز دوم را فعال کنید.",
                    "problems": [],
                }
                return JsonResponse({"error": body}, status=403)
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _is_exempt(request: HttpRequest) -> bool:
        """Pages on the way to the second factor, the way out, and what pages are made of."""
        return request.path.startswith(
            (
                reverse("mfa_index"),
                reverse("account_logout"),
                reverse("account_reauthenticate"),
                reverse("accounts:role"),
                "/static/",
                "/healthz",
                "/readyz",
            )
        )
