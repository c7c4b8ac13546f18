"""Pages of the shared ground: one's alerts and jobs; for the administrator jobs, effects and sent messages."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from budget_portal import alerts, files, jobs, outbox
from budget_portal.errors import NotAllowed
from budget_portal.identifiers import mask
from budget_portal.keyset import slice_of
from budget_portal.models import Alert, Job, OutboxMessage, SentMessage

if TYPE_CHECKING:
    from accounts.models import User


def person_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def require_role(user: User, roles: dict[str, str]) -> int:
    """The organization for which a person acts in one of these roles (code → name); 403 for others."""
    acting = user.acting
    if acting is None or acting.role not in roles:
        raise NotAllowed(f"این صفحه برای نقش «{'، '.join(roles.values())}» است.")
    return acting.organization_id


ADMIN = {"admin": "مدیر سامانه"}


# --- alerts -------------------------------------------------------------------------------------------------


@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    rows = Alert.objects.for_user(person_of(request))
    return render(request, "alerts/list.html", {"page": slice_of(rows, request)})


@require_POST
def alert_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go to what it tells of."""
    alert = get_object_or_404(Alert.objects.for_user(person_of(request)), pk=pk)
    alerts.mark_read(person_of(request), alert.pk)
    inside = url_has_allowed_host_and_scheme(alert.url, allowed_hosts=None)
    return redirect(alert.url if alert.url and inside else "ground:alerts")


@require_POST
def alert_read_all(request: HttpRequest) -> HttpResponse:
    alerts.mark_read(person_of(request))
    return redirect("ground:alerts")


# --- one job ------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def job(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The progress of a job; the page asks for its middle part again while the job is open."""
    row = _job(request, public_id)
    context = {"job": row, "is_open": row.state in jobs.OPEN, "may_load": _may_load(request, row)}
    partial = getattr(request, "htmx", False)
    return render(request, "jobs/progress.html" if partial else "jobs/job.html", context)


@require_POST
def job_cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    row = _job(request, public_id)
    jobs.cancel(row.pk, by=person_of(request))
    messages.info(request, "درخواست لغو ثبت شد.")
    return redirect("ground:job", public_id=row.public_id)


@require_safe
def job_file(request: HttpRequest, public_id: uuid.UUID) -> FileResponse:
    """The file that a job made: for its requester, as long as the role of the request holds."""
    row = _job(request, public_id)
    if not _may_load(request, row) or row.file is None:
        raise Http404
    return files.serve(row.file)


def _job(request: HttpRequest, public_id: uuid.UUID) -> Job:
    rows: QuerySet[Job] = Job.objects.for_user(person_of(request)).select_related("requester", "file")
    return get_object_or_404(rows, public_id=public_id)


def _may_load(request: HttpRequest, row: Job) -> bool:
    user = person_of(request)
    return (
        row.file_id is not None
        and row.requester_id == user.pk
        and user.roles_today().filter(pk=row.membership_id).exists()
    )


# --- administration -----------------------------------------------------------------------------------------


@require_safe
def manage_jobs(request: HttpRequest) -> HttpResponse:
    """All jobs of the organization, and effects that were tried in vain."""
    user = person_of(request)
    organization = require_role(user, ADMIN)
    rows = Job.objects.for_user(user).filter(organization=organization).select_related("requester")
    context = {
        "page": slice_of(rows, request),
        "failed": _effects(organization).filter(failed_at__isnull=False)[:50],
        "waiting": outbox.waiting().filter(data__organization=organization).count(),
    }
    return render(request, "manage/jobs.html", context)


@require_POST
def effect_again(request: HttpRequest, pk: int) -> HttpResponse:
    user = person_of(request)
    found = get_object_or_404(_effects(require_role(user, ADMIN)), pk=pk)
    outbox.try_again(found.pk, by=user)
    messages.success(request, "کار دوباره در نوبت قرار گرفت.")
    return redirect("ground:manage-jobs")


def _effects(organization: int) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(data__organization=organization).order_by("-pk")


@require_safe
def manage_messages(request: HttpRequest) -> HttpResponse:
    """Mail and SMS of the organization. Addresses of citizens are masked: their case file has them."""
    user = person_of(request)
    require_role(user, ADMIN)
    page = slice_of(SentMessage.objects.for_user(user), request)
    own = _own_addresses(user, {row.recipient for row in page.rows})
    for row in page.rows:
        row.shown = row.recipient if row.recipient in own else mask(row.recipient)
    context = {"page": page, "is_local": not (settings.EMAIL_URL or settings.SMS_GATEWAY)}
    return render(request, "manage/messages.html", context)


def _own_addresses(user: User, recipients: set[str]) -> set[str]:
    acting = user.acting
    organization = acting.organization_id if acting else None
    people = get_user_model()._default_manager.filter(memberships__organization=organization)
    addresses = people.values_list("email", "mobile")
    return {address for pair in addresses for address in pair} & recipients
