"""Filing in three steps, without an account and without JavaScript (mocks 5a, 5c)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from budget_portal import identifiers
from budget_portal.errors import RuleBroken
from complaints import attachments, case_page, draft, limits, organizations, services
from complaints.draft import Draft
from complaints.forms import ContactForm, SubjectForm
from complaints.models import Complaint

TOO_MANY = "از این نشانی درخواست‌های زیادی ثبت شده است. یک ساعت دیگر دوباره تلاش کنید."
SUBJECT, CONTACT, CHECK = "complaints:new-subject", "complaints:new-contact", "complaints:new-check"
TYPED = ("kind", "organization", "about", "service_step", "subject", "text")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subject(request: HttpRequest) -> HttpResponse:
    """Step 1. `?kind=report` and `?project=<public_id>` come from links of public pages."""
    pending = draft.load(request)
    offered = organizations.with_desk()
    if not offered:
        return render(request, "complaints/no_desk.html")
    if request.method == "POST":
        return _subject_posted(request, pending, offered)
    initial = _subject_initial(request, pending, offered)
    form = SubjectForm(initial=initial, offered=offered, kept_files=len(pending.files))
    return _subject_page(request, form, pending)


def _subject_initial(request: HttpRequest, pending: Draft, offered: list[Any]) -> dict[str, Any]:
    initial = {name: getattr(pending, name) for name in TYPED}
    if request.GET.get("kind") in Complaint.Kind.values:
        initial["kind"] = request.GET["kind"]
    found = organizations.by_public_id(request.GET.get("project", ""))
    if found and found.project and found.agency.organization in offered:
        initial |= {"organization": str(found.agency.organization_id), "about": found.project.code}
    return initial


def _subject_posted(request: HttpRequest, pending: Draft, offered: list[Any]) -> HttpResponse:
    removed = request.POST.get("remove", "")
    if removed in pending.files:
        attachments.drop_draft([removed])
        pending.files.remove(removed)
    form = SubjectForm(request.POST, request.FILES, offered=offered, kept_files=len(pending.files))
    if form.is_trapped:
        return redirect("complaints:home")
    valid = form.is_valid()
    if not form.errors.get("uploads") and form.cleaned_data.get("uploads"):
        valid = _keep_files(request, form, pending) and valid
    _remember_subject(pending, request, form, done=valid)
    draft.save(request, pending)
    if removed:
        initial = {name: getattr(pending, name) for name in TYPED}
        form = SubjectForm(initial=initial, offered=offered, kept_files=len(pending.files))
        return _subject_page(request, form, pending)
    if not valid:
        return _subject_page(request, form, pending, status=422)
    return redirect(CONTACT if pending.asks_contact else CHECK)


def _keep_files(request: HttpRequest, form: SubjectForm, pending: Draft) -> bool:
    """What is taken stays in the draft, also when another field must be mended first."""
    if limits.too_many(request, "files", per_hour=60):
        form.add_error("uploads", TOO_MANY)
        return False
    try:
        pending.files = [*pending.files, *attachments.draft(form.cleaned_data["uploads"])]
    except RuleBroken as refusal:
        form.add_error("uploads", refusal.message)
        return False
    return True


def _remember_subject(pending: Draft, request: HttpRequest, form: SubjectForm, *, done: bool) -> None:
    """What was typed stays, right or wrong; an agency or project only when it is settled."""
    before = pending.kind
    for name in TYPED:
        setattr(pending, name, str(form.cleaned_data.get(name) or request.POST.get(name, "")))
    pending.concerned = form.found.key if form.found else ""
    pending.subject_done = done
    if (pending.kind == Complaint.Kind.COMPLAINT) != (before == Complaint.Kind.COMPLAINT):
        pending.contact_done = False  # who must say who they are may have changed


def _subject_page(request: HttpRequest, form: SubjectForm, pending: Draft, status: int = 200) -> HttpResponse:
    wanted = str(form["organization"].value() or form.fields["organization"].initial or "")
    organization = next((row for row in form.offered if str(row.pk) == wanted), None)
    context = {
        "form": form,
        "files": attachments.of_draft(pending.files),
        "agency_names": organizations.agency_names(organization) if organization else [],
    }
    return render(request, "complaints/subject.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Step 2; an anonymous report goes past it."""
    pending = draft.load(request)
    if not pending.subject_done:
        return redirect(SUBJECT)
    if not pending.asks_contact:
        return redirect(CHECK)
    if request.method != "POST":
        form = ContactForm(initial=pending.read_contact().get("typed"), kind=pending.kind)
        return render(request, "complaints/contact.html", {"form": form})
    form = ContactForm(request.POST, kind=pending.kind)
    if form.is_trapped:
        return redirect("complaints:home")
    valid = form.is_valid()
    pending.keep_contact(_contact_kept(request, form, valid))
    pending.contact_done = valid
    draft.save(request, pending)
    return (
        redirect(CHECK) if valid else render(request, "complaints/contact.html", {"form": form}, status=422)
    )


def _contact_kept(request: HttpRequest, form: ContactForm, valid: bool) -> dict[str, Any]:
    names = [name for name in form.fields if name != "website"]
    typed = {name: form.cleaned_data.get(name) or request.POST.get(name, "") for name in names}
    if not valid:
        return {"typed": typed}
    sender = form.sender()
    return {
        "typed": typed,
        "sender": sender,
        "wants_sms": bool(sender and form.cleaned_data["wants_sms"]),
    }


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Step 3: everything once more, then filed."""
    pending = draft.load(request)
    if not pending.is_complete:
        if request.method == "POST":
            return redirect("complaints:done")  # pressed twice: the first press has filed it
        return redirect(CONTACT if pending.subject_done else SUBJECT)
    if request.method != "POST":
        return _check_page(request, pending)
    if limits.too_many(request, "filing"):
        return _check_page(request, pending, TOO_MANY, status=429)
    try:
        services.file_draft(request)
    except RuleBroken as refusal:
        return _check_page(request, pending, refusal.message, status=422)
    return redirect("complaints:done")


def _check_page(request: HttpRequest, pending: Draft, problem: str = "", status: int = 200) -> HttpResponse:
    organization, concerned = pending.chosen(organizations.with_desk())
    if organization is None:
        return redirect(SUBJECT)
    sender = pending.sender()
    context = {
        "draft": pending,
        "kind_label": Complaint.Kind(pending.kind).label,
        "step_label": Complaint.Step(pending.service_step).label if pending.service_step else "",
        "place": organizations.label(organization),
        "concerned": concerned,
        "sender": case_page.sender_lines(sender.content()) if sender else [],
        "wants_sms": pending.read_contact().get("wants_sms"),
        "files": attachments.of_draft(pending.files),
        "problem": problem,
    }
    return render(request, "complaints/check.html", context, status=status)


@login_not_required
@never_cache
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """The receipt, once. The secret is nowhere else after this page."""
    receipt = services.take_receipt(request)
    if receipt is None:
        return redirect("complaints:track")
    context = {
        "receipt": receipt,
        "number": identifiers.format_public_number(receipt["number"]),
        "secret": identifiers.format_secret(receipt["secret"]),
        "masked_mobile": case_page.mask_mobile(receipt["mobile"]),
        "due_on": dt.date.fromisoformat(receipt["due_on"]),
        "kind_label": Complaint.Kind(receipt["kind"]).label,
        "is_report": receipt["kind"] == Complaint.Kind.REPORT,
    }
    return render(request, "complaints/done.html", context)
