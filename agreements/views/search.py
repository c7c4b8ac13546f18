"""The search of the header."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements import search
from agreements.views.register import person


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What was found, by group; or why nothing was looked for."""
    written = request.GET.get("q", "")[: search.MOST].strip()
    asked = search.Asked.of(written)
    groups: list[search.Group] = []
    is_slow = False
    try:
        groups = search.find(person(request), written)
    except search.TooSlow:
        is_slow = True
    context = {
        "q": written,
        "groups": groups,
        "count": search.count(groups),
        "too_short": bool(written) and asked.is_short,
        "is_slow": is_slow,
    }
    return render(request, "agreements/search.html", context, status=503 if is_slow else 200)
