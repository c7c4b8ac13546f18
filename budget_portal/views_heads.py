"""Heads of the log: the list of days, the page to print, the text to keep, and who is sent it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from budget_portal import audit_heads
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.forms import NameField, PortalForm
from budget_portal.keyset import slice_of
from budget_portal.models import AuditCheckpoint, HeadRecipient
from budget_portal.views_audit import READERS
from budget_portal.views_ground import person_of, require_role


class RecipientForm(PortalForm):
    name = NameField(label="نام گیرنده", max_length=150, help_text="مانند دیوان محاسبات استان")
    email = forms.EmailField(label="رایانامه", widget=forms.EmailInput(attrs={"dir": "ltr"}))


@require_safe
def head_list(request: HttpRequest) -> HttpResponse:
    return _list(request, RecipientForm())


def _list(request: HttpRequest, form: RecipientForm) -> HttpResponse:
    user = person_of(request)
    require_role(user, READERS)
    context = {
        "page": slice_of(AuditCheckpoint.objects.defer("heads"), request),
        "recipients": HeadRecipient.objects.for_user(user).filter(removed_at=None),
        "may_name": audit_heads.may_name(user),
        "form": form,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "manage/heads.html", context, status=status)


@require_safe
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """One page: number, moment, digest in groups of four, QR, and how to check it."""
    require_role(person_of(request), READERS)
    point = get_object_or_404(AuditCheckpoint.objects.defer("heads"), pk=pk)
    context = {
        "point": point,
        "groups": audit_heads.in_groups(point.digest),
        "before": audit_heads.in_groups(point.previous_digest),
        "qr": audit_heads.qr_of(point),
        "text": audit_heads.text_of(point),
        "is_first": set(point.previous_digest) == {"0"},
    }
    return render(request, "manage/head.html", context)


@require_safe
def head_text(request: HttpRequest, pk: int) -> HttpResponse:
    require_role(person_of(request), READERS)
    point = get_object_or_404(AuditCheckpoint.objects.defer("heads"), pk=pk)
    answer = HttpResponse(audit_heads.text_of(point), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-head-{point.pk}.txt"'
    return answer


@require_POST
def recipient_add(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    if not audit_heads.may_name(user):
        raise NotAllowed("گیرندگان سرزنجیره را مدیر سامانه می‌نویسد.")
    form = RecipientForm(request.POST)
    if form.is_valid():
        try:
            audit_heads.add_recipient(**form.cleaned_data, by=user)
        except RuleBroken as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, "گیرنده افزوده شد؛ سرزنجیرهٔ بعدی برای او فرستاده می‌شود.")
            return redirect("ground:heads")
    return _list(request, form)


@require_POST
def recipient_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = person_of(request)
    if not audit_heads.may_name(user):
        raise NotAllowed("گیرندگان سرزنجیره را مدیر سامانه می‌نویسد.")
    row = get_object_or_404(HeadRecipient.objects.for_user(user), pk=pk)
    audit_heads.remove_recipient(row.pk, by=user)
    messages.success(request, f"{row.name} از فهرست گیرندگان برداشته شد.")
    return redirect("ground:heads")
