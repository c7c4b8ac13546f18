from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SESSION_KEY = "membership"


class ActingMembershipMiddleware:
    """Puts the chosen membership on the user; a revoked or foreign choice falls back to the first valid one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            chosen = request.session.get(SESSION_KEY)
            valid = user.memberships.valid().select_related(
                "organization__parent", "agency", "sector_group", "county"
            )
            rows = list(valid)
            user.act_through(next((row for row in rows if row.pk == chosen), rows[0] if rows else None))
            user.switchable = len(rows) > 1  # type: ignore[attr-defined]
        return self.get_response(request)
