"""کارتابل: the home of everybody who signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audience
from accounts.models import User
from budget_portal import worklist
from monitoring.views.common import person

SHOWN = 50
AGENCY = frozenset({"agency_user", "agency_head"})


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what others have in hand."""
    user = person(request)
    found = list(worklist.items(user))
    todo = sorted((item for item in found if item.group == "todo"), key=lambda item: item.urgency)
    worklist.keep_count(user, len(todo))
    waiting = [item for item in found if item.group == "waiting"]
    context = {
        "todo": [(item, item.progress() if item.progress else None) for item in todo[:SHOWN]],
        "todo_count": len(todo),
        "more": max(0, len(todo) - SHOWN),
        "waiting": [(item, item.progress() if item.progress else None) for item in waiting],
        "acting": user.acting,
        "role": user.acting.get_role_display() if user.acting else "",
        "experts": experts(user),
    }
    return render(request, "monitoring/inbox.html", context)


def experts(user: User) -> list[User]:
    """Whom an agency asks: the budget experts of its group today, or who stands in for them."""
    if user.role not in AGENCY or user.acting is None or user.acting.agency is None:
        return []
    group = user.acting.agency.sector_group_id
    return audience.holders(role="budget_expert", sector_group=group)
