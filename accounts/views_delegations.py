"""Pages of substitutes: the administrator registers a letter, the deputy confirms it, the auditor reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions, second_factor
from accounts.decisions import Allowed
from accounts.forms_delegations import DelegationForm, DelegationReasonForm
from accounts.models import Delegation, Membership, Role, User
from accounts.workflow import delegations as workflow
from budget_portal import files
from budget_portal.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

READERS = (Role.ADMIN, Role.BUDGET_DEPUTY, Role.AUDITOR)
PAGE = 50
WITH = (
    "substitute",
    "membership__user",
    "membership__organization",
    "membership__agency",
    "membership__sector_group",
    "membership__county",
)


def _reader(request: HttpRequest) -> User:
    user = cast("User", request.user)
    permissions.require_role(user, *READERS)
    return user


def _rows(user: User) -> QuerySet[Delegation]:
    rows: QuerySet[Delegation] = Delegation.objects.for_user(user).select_related(*WITH)
    return rows


def people_of(user: User) -> QuerySet[User]:
    """Whoever holds or held a role in the organization may be named a substitute in it."""
    return User.objects.filter(pk__in=Membership.objects.for_user(user).values("user"))


@require_safe
def delegation_list(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    page = Paginator(_rows(user), PAGE).get_page(request.GET.get("page"))
    rows = [(row, standing_now(row)) for row in page.object_list]
    context = {"page": page, "rows": rows, "may_register": user.role == Role.ADMIN}
    return render(request, "manage/delegations.html", context)


def standing_now(row: Delegation) -> tuple[str, str, str]:
    """Label, tone and icon of where a letter stands today: the date ends it without anybody."""
    today = timezone.localdate()
    if row.state == Delegation.State.REGISTERED:
        return "در انتظار تأیید معاون", "wait", "clock"
    if row.state == Delegation.State.REFUSED:
        return "رد شد", "bad", "x-mark"
    if row.state == Delegation.State.ENDED:
        return "پیش از موعد پایان یافت", "neutral", "no-symbol"
    if row.valid_from > today:
        return "تأییدشده، هنوز آغاز نشده", "info", "calendar"
    if row.valid_to < today:
        return "پایان یافت", "neutral", "check"
    return "برقرار", "ok", "check"


@require_http_methods(["GET", "POST"])
def delegation_create(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    permissions.require_role(user, Role.ADMIN)
    initial = {"membership": request.GET.get("membership")}
    form = DelegationForm(
        request.POST or None, request.FILES or None, by=user, people=people_of(user), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        second_factor.require_fresh(request)
        if (row := _registered(form, user)) is not None:
            messages.success(request, "جانشینی ثبت شد و در انتظار تأیید معاون بودجه است.")
            return redirect("accounts:delegation", pk=row.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "manage/delegation_create.html", {"form": form}, status=status)


def _registered(form: DelegationForm, user: User) -> Delegation | None:
    data = dict(form.cleaned_data)
    membership, substitute, upload = data.pop("membership"), data.pop("substitute"), data.pop("document")
    try:
        paper = files.store(upload, organization=membership.organization, by=user)
    except RuleBroken as refusal:
        form.add_error("document", refusal.message)
        return None
    try:
        return workflow.register(membership, substitute, data, paper, by=user)
    except RuleBroken as refusal:
        form.add_error(None, refusal.message)
        return None


@require_safe
def delegation(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reader(request)
    return _page(request, user, get_object_or_404(_rows(user), pk=pk))


def _page(
    request: HttpRequest, user: User, row: Delegation, *, asked: str = "", form: Any = None
) -> HttpResponse:
    may = {name: workflow.can(user, row, name) for name in workflow.MOVES}
    context = {
        "row": row,
        "when": standing_now(row),
        "may": may,
        "asked": asked,
        "forms": {
            name: form if name == asked else DelegationReasonForm(prefix=name) for name in ("refuse", "end")
        },
        "takes_step": any(isinstance(decision, Allowed) for decision in may.values()),
        "events": _events(row),
    }
    return render(request, "manage/delegation.html", context, status=422 if asked else 200)


def _events(row: Delegation) -> list[dict[str, Any]]:
    """Newest first."""
    found = [{"title": "ثبت از روی نامه", "by": row.registered_by, "at": row.registered_at, "state": "done"}]
    if row.confirmed_by:
        found.append(
            {"title": "تأیید معاون بودجه", "by": row.confirmed_by, "at": row.confirmed_at, "state": "done"}
        )
    if row.closed_by:
        title = "رد شد" if row.state == Delegation.State.REFUSED else "پیش از موعد پایان یافت"
        found.append(
            {"title": title, "text": row.reason, "by": row.closed_by, "at": row.closed_at, "state": "bad"}
        )
    return found[::-1]


@require_POST
@second_factor.asked_again
def delegation_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reader(request)
    row = get_object_or_404(_rows(user), pk=pk)
    workflow.confirm(row.pk, by=user)
    messages.success(request, f"جانشینی {row.substitute} تأیید شد.")
    return redirect("accounts:delegation", pk=pk)


@require_POST
def delegation_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _closed(request, pk, workflow.refuse, "جانشینی رد شد.")


@require_POST
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _closed(request, pk, workflow.end, "جانشینی پایان یافت.")


def _closed(request: HttpRequest, pk: int, make: Callable[..., Delegation], said: str) -> HttpResponse:
    """A verb has the name of its move."""
    user, name = _reader(request), make.__name__
    row = get_object_or_404(_rows(user), pk=pk)
    form = DelegationReasonForm(request.POST, prefix=name)
    if not form.is_valid():
        return _page(request, user, row, asked=name, form=form)
    second_factor.require_fresh(request)
    made = make(row.pk, by=user, reason=form.cleaned_data["reason"])
    closed = " نشست‌های جانشین بسته شد." if made.confirmed_at and name == "end" else ""
    messages.success(request, said + closed)
    return redirect("accounts:delegation", pk=pk)


@require_safe
def delegation_letter(request: HttpRequest, pk: int) -> FileResponse:
    """The scanned letter, for whoever sees its row."""
    row = get_object_or_404(_rows(_reader(request)).select_related("document"), pk=pk)
    return files.serve(row.document, inline=request.GET.get("show") == "1")
