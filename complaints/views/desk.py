"""The desk: the queue of an organization and the page of one case (mock 17)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from budget_portal import files
from budget_portal.errors import DomainError, NotAllowed
from budget_portal.forms import PortalForm
from complaints import case_page, permissions, queue
from complaints.forms import (
    AnswerForm,
    AskForm,
    AssignForm,
    ExtendForm,
    ForwardForm,
    NoteForm,
    RejectForm,
    SendBackForm,
    SenderForm,
    VersionForm,
)
from complaints.models import Complaint
from complaints.workflow import complaints as workflow

PER_PAGE = 25
NOT_YOURS = "میز شکایات با نقش «مسئول رسیدگی به شکایات»، کارشناس، معاون، رئیس یا حسابرس دیده می‌شود."


@never_cache
@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    user = _desk_person(request)
    return render(request, "complaints/desk.html", _queue(request, user))


@never_cache
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    user = _desk_person(request)
    return _case_page(request, user, _complaint(user, pk))


@never_cache
@require_safe
def attachment(request: HttpRequest, pk: int, public_id: uuid.UUID) -> HttpResponseBase:
    complaint = _complaint(_desk_person(request), pk)
    found = complaint.attachments.select_related("file").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    inline = found.file.media_type.startswith("image/") and "show" in request.GET
    return files.serve(found.file, download=not inline)


# --- the moves of the page: one small form each -----------------------------------------------------------


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    def make(complaint: Complaint) -> AssignForm:
        return AssignForm(request.POST, people=people(complaint))

    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        workflow.assign(
            complaint.pk,
            by=user,
            assignee_id=int(form.cleaned_data["assignee"]),
            note=form.cleaned_data["note"],
            version=form.cleaned_data["version"],
        )

    return _move(request, pk, "assign", make, send, "درخواست ارجاع شد.")


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        workflow.start(complaint.pk, by=user, version=form.cleaned_data["version"])

    return _move(request, pk, "start", lambda _: VersionForm(request.POST), send, "بررسی آغاز شد.")


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        workflow.take_objection(complaint.pk, by=user, version=form.cleaned_data["version"])

    said = "رسیدگی به اعتراض آغاز شد."
    return _move(request, pk, "take_objection", lambda _: VersionForm(request.POST), send, said)


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.ask_info(complaint.pk, by=user, text=data["text"], version=data["version"])

    said = "پرسش برای فرستنده رفت؛ ساعت تا پاسخ او ایستاده است."
    return _move(request, pk, "ask_info", lambda _: AskForm(request.POST), send, said)


@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.extend(complaint.pk, by=user, reason=data["reason"], version=data["version"])

    said = "مهلت تمدید شد و به فرستنده خبر داده می‌شود."
    return _move(request, pk, "extend", lambda _: ExtendForm(request.POST), send, said)


@require_POST
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.forward(
            complaint.pk, by=user, body=data["body"], reason=data["reason"], version=data["version"]
        )

    said = "مرجع دارای صلاحیت به فرستنده اعلام شد."
    return _move(request, pk, "forward", lambda _: ForwardForm(request.POST), send, said)


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.reject(complaint.pk, by=user, reason=data["reason"], version=data["version"])

    return _move(request, pk, "reject", lambda _: RejectForm(request.POST), send, "درخواست با دلیل رد شد.")


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.write_answer(
            complaint.pk, by=user, text=data["text"], outcome=data["outcome"], version=data["version"]
        )

    said = "پاسخ نوشته شد و منتظر نفر دوم است."
    return _move(request, pk, "write_answer", lambda _: AnswerForm(request.POST), send, said)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    def send(form: PortalForm, complaint: Complaint, user: User) -> None:
        data = form.cleaned_data
        workflow.send_back(complaint.pk, by=user, note=data["note"], version=data["version"])

    said = "پیش‌نویس به نویسنده بازگشت."
    return _move(request, pk, "send_back", lambda _: SendBackForm(request.POST), send, said)


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    def run(form: PortalForm, complaint: Complaint, user: User) -> None:
        workflow.send_answer(complaint.pk, by=user, version=form.cleaned_data["version"])

    return _move(request, pk, "send_answer", lambda _: VersionForm(request.POST), run, "پاسخ فرستاده شد.")


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    def run(form: PortalForm, complaint: Complaint, user: User) -> None:
        workflow.note(complaint.pk, by=user, text=form.cleaned_data["text"])

    return _move(request, pk, "note", lambda _: NoteForm(request.POST), run, "یادداشت ثبت شد.")


@never_cache
@require_POST
def sender(request: HttpRequest, pk: int) -> HttpResponse:
    """Identity is shown on this one answer; opening it again asks for a reason again."""
    user = _desk_person(request)
    complaint = _complaint(user, pk)
    form = SenderForm(request.POST)
    if not form.is_valid():
        return _case_page(request, user, complaint, {"sender": form}, status=422)
    content = workflow.read_sender(complaint.pk, by=user, reason=form.cleaned_data["reason"])
    lines = [{"label": "نوع", "value": content["kind"]}, *case_page.sender_lines(content)]
    return _case_page(request, user, _complaint(user, pk), shown_sender=lines)


# --- parts --------------------------------------------------------------------------------------------------

Make = Callable[[Complaint], PortalForm]
Send = Callable[[PortalForm, Complaint, User], None]


def people(complaint: Complaint) -> list[tuple[str, str]]:
    """Officers and experts to whom a case may go, with the office of each."""
    memberships = workflow.holders(complaint.organization_id).order_by("role", "user__full_name")
    return [
        (str(row.user_id), f"{row.user.full_name} – {workflow.office_of(row)}")
        for row in memberships
        if row.user_id != complaint.assignee_id
    ]


def _desk_person(request: HttpRequest) -> User:
    """Everybody else has no desk; what of it a person sees is the queryset's to say."""
    user = request.user
    if not isinstance(user, User) or user.role not in permissions.SEES_DESK:
        raise NotAllowed(NOT_YOURS)
    return user


def _complaint(user: User, pk: int) -> Complaint:
    rows = Complaint.objects.for_user(user).select_related(
        "organization", "agency", "project", "assignee", "answer_written_by", "answered_by", "sender"
    )
    found: Complaint = get_object_or_404(rows, pk=pk)
    return found


def _move(request: HttpRequest, pk: int, name: str, make: Make, send: Send, said: str) -> HttpResponse:
    """Judge the right to the move before the form; show the case again with what was typed when it fails."""
    user = _desk_person(request)
    complaint = _complaint(user, pk)
    permissions.require_move(user, complaint, name)
    form = make(complaint)
    if not form.is_valid():
        return _case_page(request, user, complaint, {name: form}, status=422)
    try:
        send(form, complaint, user)
    except DomainError as refusal:
        if refusal.status == 409:
            raise
        form.add_error(None, refusal.message)
        return _case_page(request, user, complaint, {name: form}, status=refusal.status)
    messages.success(request, said)
    seen = Complaint.objects.for_user(user).filter(pk=pk).exists()
    return redirect("complaints:desk-case", pk=pk) if seen else redirect("complaints:desk")


def _queue(request: HttpRequest, user: User, open_pk: int | None = None) -> dict[str, Any]:
    counts = queue.counts(user)
    tab = request.GET.get("tab", "mine" if counts["mine"] else "all")
    filters = {name: request.GET.get(name, "") for name in ("kind", "state", "agency")}
    page = Paginator(queue.rows(user, tab, filters), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "counts": counts,
        "tabs": [
            queue.Tab(label, _query(tab=name, **filters), counts[name], name == tab)
            for name, label in queue.TABS
        ],
        "tab": tab,
        "filters": filters,
        "kinds": Complaint.Kind.choices,
        "states": Complaint.State.choices,
        "agencies": queue.agencies(user),
        "page": page,
        "items": queue.items(list(page.object_list), user),
        "open_pk": open_pk,
        "suffix": _query(tab=tab, **filters),
    }


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return f"?{query.urlencode()}"


def _case_page(
    request: HttpRequest,
    user: User,
    complaint: Complaint,
    forms: dict[str, PortalForm] | None = None,
    *,
    shown_sender: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; `forms` are those that came back with problems."""
    first = {"version": complaint.version}
    answer = {**first, "text": complaint.answer, "outcome": complaint.outcome}
    fresh: dict[str, PortalForm] = {
        "assign": AssignForm(initial=first, people=people(complaint), prefix=None, auto_id="assign_%s"),
        "ask_info": AskForm(initial=first, auto_id="ask_%s"),
        "extend": ExtendForm(initial=first, auto_id="extend_%s"),
        "forward": ForwardForm(initial=first, auto_id="forward_%s"),
        "reject": RejectForm(initial=first, auto_id="reject_%s"),
        "write_answer": AnswerForm(initial=answer, auto_id="answer_%s"),
        "send_back": SendBackForm(initial=first, auto_id="back_%s"),
        "note": NoteForm(auto_id="note_%s"),
        "sender": SenderForm(auto_id="sender_%s"),
    }
    for name, form in (forms or {}).items():
        if name in fresh:
            form.auto_id = fresh[name].auto_id
    context = {
        **_queue(request, user, complaint.pk),
        **case_page.for_desk(complaint),
        "complaint": complaint,
        "moves": permissions.allowed(user, complaint),
        "forms": {**fresh, **(forms or {})},
        "failed": forms or {},
        "may_note": permissions.may_note(user, complaint),
        "may_read_sender": permissions.may_read_sender(user, complaint),
        "sender_row": getattr(complaint, "sender", None),
        "shown_sender": shown_sender,
        "send_refusal": permissions.can(user, complaint, "send_answer"),
    }
    return render(request, "complaints/desk_case.html", context, status=status)
