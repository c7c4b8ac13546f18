"""Pages of the consolidation group: the matrix of a cut-off, final review of an agency, reopening."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import Decision, Denied, require
from accounts.models import Agency, User
from accounts.second_factor import asked_again
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal.errors import DomainError, NotAllowed, WrongState
from monitoring import permissions
from monitoring.closing.blockers import Blockers, blockers, said
from monitoring.consolidation import matrix, standing_of
from monitoring.forms.consolidation import ReasonForm, ReturnLinesForm
from monitoring.models import PerformanceSubmission
from monitoring.presenters import consolidation as printed
from monitoring.presenters import final_review, words
from monitoring.presenters.closing import windows
from monitoring.views.common import period_of, person, shown_revision
from monitoring.workflow import conflicts, submissions

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = frozenset({"consolidation", "budget_deputy", "org_head", "auditor"})
NOT_YOURS = "این صفحه برای گروه تلفیق، معاون بودجه، رئیس سازمان و حسابرس است."
PER_PAGE = 50


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if user.role not in READERS:
        raise NotAllowed(NOT_YOURS)
    return user


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest cut-off whose window was opened."""
    user = _reader(request)
    windows = (
        PeriodWindow.objects.for_user(user).exclude(state="planned").select_related("period__fiscal_year")
    )
    newest = windows.order_by("-period__cutoff_date").exclude(period__cutoff="CLOSING").first()
    if newest is None:
        return render(request, "monitoring/consolidation/none.html", {})
    return redirect("monitoring:consolidation", newest.period.code)


@require_safe
def overview(request: HttpRequest, p: str) -> HttpResponse:
    user = _reader(request)
    period = period_of(user, p)
    found = matrix(user, period)
    state, group = request.GET.get("show", ""), request.GET.get("group", "")
    left = blockers(user, found)
    extra = printed.extras(user, found, left)
    page = Paginator(printed.chosen(found, state, group, extra), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period": period,
        "period_title": words.period_title(period),
        "periods": _periods(user),
        "matrix": found,
        "finding": printed.finding(found, said(left.found)),
        "blockers": left,
        "steps": printed.steps(user, found),
        "closing": _closing(user, period, left),
        "due": printed.clock_box(found.clocks),
        "chips": printed.chips(found, state, group, extra),
        "page": page,
        "export_filter": urlencode({"period": period.code}),
        "rows": [printed.row(row, period, extra) for row in page.object_list],
        "total_note": printed.total_note(found),
        "step_names": printed.STEP_NAMES,
        "waiting_reopen": _reopen_requests(user, period),
    }
    return render(request, "monitoring/consolidation/matrix.html", context)


def _closing(user: User, period: ReportingPeriod, left: Blockers) -> Decision:
    """The button of closing: why it waits, or that one of the windows has its next move free."""
    decisions = [step.decision for step in windows(user, period, left) if step.decision is not None]
    if not decisions:
        return Denied("پنجره‌های این مقطع منتشر شده است.", "state")
    return next((one for one in decisions if one), decisions[0])


def _periods(user: User) -> list[tuple[str, str]]:
    rows = ReportingPeriod.objects.for_user(user).begun(user).select_related("fiscal_year")
    return [(row.code, words.period_title(row)) for row in rows.order_by("-cutoff_date")]


def _reopen_requests(user: User, period: ReportingPeriod) -> list[PerformanceSubmission]:
    rows = PerformanceSubmission.objects.for_user(user).filter(
        period=period, state="approved", reopen_asked_at__isnull=False
    )
    return list(rows.select_related("agency", "reopen_asked_by").order_by("reopen_asked_at"))


# --- one agency ----------------------------------------------------------------------------------------------------


def _agency(user: User, code: str) -> Agency:
    rows = Agency.objects.for_user(user).select_related("sector_group", "organization")
    return cast(Agency, get_object_or_404(rows, code=code))


@require_safe
def agency_review(request: HttpRequest, p: str, code: str) -> HttpResponse:
    user = _reader(request)
    period, agency = period_of(user, p), _agency(user, code)
    return _review_page(request, user, period, agency)


def _review_page(
    request: HttpRequest,
    user: User,
    period: ReportingPeriod,
    agency: Agency,
    *,
    failed: dict[tuple[str, str], ReturnLinesForm | ReasonForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = standing_of(user, period, agency)
    if standing is None:
        raise Http404
    sheets = [final_review.sheet(user, part, failed or {}) for part in standing.parts if part.submission]
    context = {
        "period": period,
        "period_title": words.period_title(period),
        "agency": agency,
        "row": printed.row(standing, period),
        "sheets": sheets,
        "absent": [printed.KIND_WORDS[part.kind] for part in standing.parts if part.submission is None],
        "failed_form": next(iter((failed or {}).values()), None),
    }
    return render(request, "monitoring/consolidation/final.html", context, status=status)


def _submission(user: User, p: str, code: str, kind: str) -> PerformanceSubmission:
    rows = PerformanceSubmission.objects.for_user(user).select_related("agency", "period__fiscal_year")
    return cast(
        PerformanceSubmission,
        get_object_or_404(rows, period=period_of(user, p), agency=_agency(user, code), kind=kind),
    )


@require_POST
@asked_again
def approve(request: HttpRequest, p: str, code: str, kind: str) -> HttpResponse:
    """Final approval of one kind of credit of an agency; the service clock stops."""
    user = _reader(request)
    submission = _submission(user, p, code, kind)
    conflicts.refresh(
        submission.pk, by=user
    )  # of its own, so that what approval refuses for is seen afterwards
    submissions.approve(
        submission.pk,
        by=user,
        revision=shown_revision(request),
        assurance=request.POST.get("assurance", ""),
    )
    messages.success(request, f"عملکرد {printed.KIND_WORDS[kind]} «{submission.agency}» تأیید نهایی شد.")
    return redirect("monitoring:final-review", p, code)


@require_POST
def give_back(request: HttpRequest, p: str, code: str, kind: str) -> HttpResponse:
    """Return the ticked lines, each with the reason, to the agency."""
    user = _reader(request)
    submission = _submission(user, p, code, kind)
    form = ReturnLinesForm(request.POST, auto_id=f"{kind}-%s", known=final_review.keys(submission))
    return _with_form(
        request,
        user,
        submission,
        ("return", form),
        lambda: submissions.return_by_consolidation(submission.pk, by=user, lines=form.lines()),
        "ردیف‌ها با دلیل به دستگاه برگشت داده شد.",
    )


@require_POST
def ask_reopen(request: HttpRequest, p: str, code: str, kind: str) -> HttpResponse:
    """Ask the deputy to reopen what was approved."""
    user = _reader(request)
    submission = _submission(user, p, code, kind)
    form = ReasonForm(request.POST, auto_id=f"{kind}-reopen-%s")
    return _with_form(
        request,
        user,
        submission,
        ("reopen", form),
        lambda: submissions.ask_reopen(submission.pk, by=user, reason=form.cleaned_data["reason"]),
        "درخواست بازگشایی برای معاون بودجه رفت.",
    )


def _with_form(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    named: tuple[str, ReturnLinesForm | ReasonForm],
    send: Callable[[], object],
    said: str,
) -> HttpResponse:
    """Right and state before the form; what was typed comes back with the page when it fails."""
    name, form = named
    require(
        permissions.can(user, submission, "return_by_consolidation")
        if name == "return"
        else permissions.can_ask_reopen(user, submission)
    )
    try:
        if form.is_valid():
            send()
            messages.success(request, said)
            return redirect("monitoring:final-review", submission.period.code, submission.agency.code)
    except DomainError as refusal:
        if refusal.status == 409:
            raise
        form.add_error(None, refusal.message)
    failed = {(submission.kind, name): form}
    return _review_page(request, user, submission.period, submission.agency, failed=failed, status=422)


# --- reopening -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@asked_again
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The deputy's page: who asked, why, what was approved; opens the whole or the ticked lines."""
    user = _reader(request)
    submission = _of_reopening(user, pk)
    _, form = final_review.open_lines(submission, request.POST or None)
    if request.method == "POST":
        submissions.reopen(submission.pk, by=user, lines=form.returns(reason=submission.reopen_reason))
        messages.success(request, "پرونده بازگشایی شد و نزد دستگاه است.")
        return redirect("monitoring:final-review", submission.period.code, submission.agency.code)
    if submission.reopen_asked_at is None:
        raise WrongState(permissions.NOT_ASKED)
    return _reopening_page(request, user, submission, ReasonForm())


@require_POST
def decline_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page, the other answer: it stays approved, with the reason."""
    user = _reader(request)
    submission = _of_reopening(user, pk)
    require(permissions.can_answer_reopening(user, submission))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _reopening_page(request, user, submission, form, status=422)
    submissions.decline_reopening(submission.pk, by=user, reason=form.cleaned_data["reason"])
    messages.success(request, "پرونده تأییدشده ماند و دلیل شما به گروه تلفیق رسید.")
    return redirect("monitoring:final-review", submission.period.code, submission.agency.code)


def _of_reopening(user: User, pk: int) -> PerformanceSubmission:
    rows = PerformanceSubmission.objects.for_user(user).select_related(
        "agency", "period__fiscal_year", "reopen_asked_by", "approved_by"
    )
    return cast(PerformanceSubmission, get_object_or_404(rows, pk=pk))


def _reopening_page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    form: ReasonForm,
    status: int = 200,
) -> HttpResponse:
    lines, _ = final_review.open_lines(submission, None)
    context = {
        "form": form,
        "submission": submission,
        "kind": printed.KIND_WORDS[submission.kind],
        "period_title": words.period_title(submission.period),
        "lines": lines,
        "is_capital": submission.kind == "capital",
        "people": final_review.people(submission),
        "decision": permissions.can_answer_reopening(user, submission),
    }
    return render(request, "monitoring/consolidation/reopen.html", context, status=status)
