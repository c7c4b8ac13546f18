"""The case in the sender's hands: opened by POST, held by the session, no code in any address (mock 5b)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from budget_portal import files
from budget_portal.errors import DomainError
from complaints import attachments, case_page, limits, tracking
from complaints.forms import MoreForm, ObjectionForm, TrackForm, WithdrawForm
from complaints.models import Complaint
from complaints.workflow import complaints as workflow

CaseView = Callable[..., HttpResponse]
CASE = "complaints:case"


@login_not_required
@never_cache
@sensitive_post_parameters("number", "key")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and secret, or number and mobile. Every wrong pair gets the same sentence."""
    if request.method != "POST":
        return render(request, "complaints/track.html", {"form": TrackForm()})
    form = TrackForm(request.POST)
    if not form.is_valid():
        return render(request, "complaints/track.html", {"form": form}, status=422)
    block = limits.address_block(request)
    try:
        complaint = tracking.find(form.cleaned_data["number"], form.cleaned_data["key"], block)
    except tracking.TooManyTries:
        form.add_error(None, tracking.WAIT)
        return render(request, "complaints/track.html", {"form": form}, status=429)
    if complaint is None:
        form.add_error(None, tracking.WRONG)
        return render(request, "complaints/track.html", {"form": form}, status=422)
    tracking.hold(request, complaint)
    return redirect(CASE)


def with_case(view: CaseView) -> CaseView:
    """A page of the case that this session has opened; without one, the page that asks for the codes."""

    @login_not_required
    @never_cache
    @wraps(view)
    def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        complaint = tracking.held(request)
        if complaint is None:
            return redirect("complaints:track")
        return view(request, complaint, **kwargs)

    return run


@require_GET
@with_case
def case(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    return render(request, "complaints/case.html", case_page.for_sender(complaint))


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def add(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    """What the desk asked for: a text, and files if there are any."""
    form = MoreForm(request.POST or None, request.FILES or None)

    def send() -> None:
        stored = attachments.keep(form.cleaned_data["uploads"], complaint.organization)
        try:
            workflow.sender_answers(complaint.pk, by=None, text=form.cleaned_data["text"], files=stored)
        except DomainError:
            attachments.discard(stored)
            raise

    return _one_form(request, complaint, "add", form, send, "توضیح شما فرستاده شد.")


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def objection(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = ObjectionForm(request.POST or None)

    def send() -> None:
        workflow.object_to_answer(complaint.pk, by=None, text=form.cleaned_data["text"])

    return _one_form(request, complaint, "objection", form, send, "اعتراض شما ثبت شد.")


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def withdraw(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = WithdrawForm(request.POST if request.method == "POST" else None)

    def send() -> None:
        workflow.withdraw(complaint.pk, by=None, reason=form.cleaned_data["reason"])

    return _one_form(request, complaint, "withdraw", form, send, "انصراف شما ثبت شد.")


@login_not_required
@never_cache
@require_GET
def attachment(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    complaint = tracking.held(request)
    rows = complaint.attachments.select_related("file") if complaint else None
    found = rows.filter(public_id=public_id).first() if rows is not None else None
    if found is None:
        raise Http404
    return files.serve(found.file, download=True)


@require_POST
@with_case
def leave(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    """On a shared computer: this session forgets the case."""
    tracking.leave(request)
    messages.success(request, "پیگیری پایان یافت؛ برای دیدن دوباره، شماره و رمز را وارد کنید.")
    return redirect("complaints:track")


def _one_form(
    request: HttpRequest,
    complaint: Complaint,
    name: str,
    form: Any,
    send: Callable[[], None],
    said: str,
) -> HttpResponse:
    """Show the form, or send it and go back to the case; a refusal keeps what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                send()
            except DomainError as refusal:
                form.add_error(None, refusal.message)
                status = refusal.status
            else:
                messages.success(request, said)
                return redirect(CASE)
    context = {**case_page.for_sender(complaint), "form": form}
    return render(request, f"complaints/case_{name}.html", context, status=status)
