"""Asking for an agreement on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from agreements.drafting import access, words
from agreements.kinds import Kind
from agreements.presenters.chains import subject
from budget_portal import jobs

if TYPE_CHECKING:
    from accounts.models import User


@require_POST
def agreement_print(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Whoever reads a version may print it; a draft says on every page that it is one."""
    user = cast("User", request.user)
    if kind not in Kind.values:
        raise Http404
    found = get_object_or_404(access.versions(kind, user), pk=pk)
    title = f"چاپ {subject(found)} – {words.version_name(found)}"
    job = jobs.enqueue("agreement_print", by=user, title=title, params={"kind": kind, "agreement": pk})
    return redirect("ground:job", job.public_id)
