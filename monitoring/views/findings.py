"""Findings of visits and their follow-up: the agency answers, the expert verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.decisions import require
from monitoring.forms.visits import FollowForm
from monitoring.models import VisitFinding
from monitoring.presenters import visit_list as lists
from monitoring.presenters import words
from monitoring.presenters.visits import Action
from monitoring.views.common import person
from monitoring.workflow import visits as moves
from monitoring.workflow.moves import FINDING_MOVES

if TYPE_CHECKING:
    pass


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    context = {"list": lists.findings(person(request), request)}
    return render(request, "monitoring/findings/list.html", context)


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


@require_POST
def follow(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One step of the follow-up, with a word on it."""
    found = _get(request, pk)
    if move not in FINDING_MOVES:
        raise Http404
    require(moves.can_follow(person(request), found, move))
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    moves.follow_finding(found.pk, move, by=person(request), text=form.cleaned_data["text"])
    messages.success(request, f"«{FINDING_MOVES[move].label}» ثبت شد.")
    return redirect("monitoring:finding", pk=pk)


def _get(request: HttpRequest, pk: int) -> VisitFinding:
    rows = VisitFinding.objects.for_user(person(request)).select_related(
        "visit__agency", "visit__project__county", "visit__period__fiscal_year", "visit__expert"
    )
    found: VisitFinding = get_object_or_404(rows, pk=pk)
    return found


def _page(request: HttpRequest, found: VisitFinding, form: FollowForm | None = None) -> HttpResponse:
    user = person(request)
    actions = [
        Action(move.name, move.label, moves.can_follow(user, found, move.name))
        for move in FINDING_MOVES.values()
        if user.role in move.roles and move.allows_state(found.state)
    ]
    steps = [
        {
            "title": step.get_state_display(),
            "text": step.text,
            "by": step.by.full_name,
            "at": step.at,
            "state": "done" if step.state in {"resolved", "verified"} else "now",
        }
        for step in found.follow_ups.select_related("by").order_by("-pk")
    ]
    context = {
        "finding": found,
        "visit": found.visit,
        "actions": actions,
        "steps": steps,
        "form": form or FollowForm(),
        "period": words.period_name(found.visit.period),
        "overdue": found.due_on is not None
        and found.due_on < timezone.localdate()
        and found.state not in {"resolved", "verified"},
    }
    return render(request, "monitoring/findings/detail.html", context, status=422 if form else 200)
