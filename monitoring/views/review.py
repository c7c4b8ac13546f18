"""The treasurer's pages: queue, one submission with its lines, confirmation, return, receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.second_factor import asked_again
from agreements.models import ReportingPeriod
from budget_portal.errors import DomainError, NotAllowed
from budget_portal.signers import signer
from monitoring import permissions
from monitoring.forms.review import ReturnForm
from monitoring.models import PerformanceSubmission, SubmissionDocument
from monitoring.presenters import before_sending, deadlines, evidence, overview, review, words
from monitoring.presenters.queue import submissions_of_period
from monitoring.views.common import agency_of, period_of, person, visible_submission, whole
from monitoring.workflow import submissions

TREASURER_ONLY = "نوبت بررسی از آن ذیحساب دستگاه است."


def _treasurer(user: User) -> None:
    agency_of(user)
    if user.role != "treasurer":
        raise NotAllowed(TREASURER_ONLY)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The cut-off in which something waits, else the newest one."""
    user = person(request)
    _treasurer(user)
    own = PerformanceSubmission.objects.for_user(user).exclude(state="draft")
    newest = own.filter(state="submitted").order_by("-period__cutoff_date").first()
    newest = newest or own.order_by("-period__cutoff_date").first()
    if newest is None:
        return render(request, "monitoring/review_none.html", {})
    return redirect("monitoring:review", newest.period.code)


@require_safe
def queue(request: HttpRequest, p: str) -> HttpResponse:
    """What the agency sent at a cut-off, and where it stands."""
    user = person(request)
    period: ReportingPeriod = period_of(user, p)
    _treasurer(user)
    return render(request, "monitoring/review_queue.html", submissions_of_period(user, period))


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One submission: the list of lines and the open one, before and now."""
    user = person(request)
    submission = visible_submission(user, pk)
    return _page(request, user, submission)


def _page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    pack = review.load(submission)
    opened = request.POST.get("open") or request.GET.get("line") or ""
    if opened not in pack.groups:
        opened = next(iter(pack.groups), "")
    items = review.queue(pack, opened)
    line = review.line(pack, opened) if opened else None
    context = {
        "submission": submission,
        "period": submission.period,
        "period_title": words.period_title(submission.period),
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "badge": words.submission_badge(submission),
        "queue": items,
        "line": line,
        "next": _next(items),
        "overview": overview.of(submission),
        "documents": _documents(user, submission, line),
        "form": form or ReturnForm(known=set(pack.groups)),
        "chosen": form.chosen if form else [],
        **_decisions(user, submission),
        **_people(submission),
        "due": _due(user, submission),
        "steps": words.steps(submission),
    }
    return render(request, "monitoring/review_detail.html", context, status=status)


def _next(items: list[review.QueueItem]) -> review.QueueItem | None:
    place = next((index for index, item in enumerate(items) if item.open), None)
    return items[place + 1] if place is not None and place + 1 < len(items) else None


def _documents(
    user: User, submission: PerformanceSubmission, line: review.Line | None
) -> list[evidence.Evidence]:
    """Evidence of the open line and of the whole."""
    rows = SubmissionDocument.objects.for_user(user).filter(submission=submission, removed_at=None)
    rows = rows.select_related("file", "added_by", "project", "programme")
    mine = [
        row
        for row in rows
        if (row.project_id is None and row.programme_id is None)
        or (line and row.project_id and row.project_id == line.project_id)
        or (line and row.programme_id and row.programme_id == line.programme_id)
    ]
    return evidence.listing(user, mine, submission)


def _decisions(user: User, submission: PerformanceSubmission) -> dict[str, object]:
    confirm = permissions.can(user, submission, "confirm")
    give_back = permissions.can(user, submission, submissions.return_move(user))
    return {
        "may_confirm": bool(confirm),
        "confirm_reason": getattr(confirm, "reason", ""),
        "may_return": bool(give_back),
        "return_reason": getattr(give_back, "reason", ""),
    }


def _people(submission: PerformanceSubmission) -> dict[str, object]:
    authors = submission.authors.filter(revision=submission.revision).select_related("person")
    return {"authors": [str(author.person) for author in authors]}


def _due(user: User, submission: PerformanceSubmission) -> words.Due | None:
    window = permissions.window_of(submission)
    if window is None or submission.state != "submitted" or user.role != "treasurer":
        return None
    return deadlines.step_due(submission, "مهلت تأیید شما", window.treasurer_due)


@require_POST
@asked_again
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the whole submission; the ten-day service clock starts."""
    user = person(request)
    submission = visible_submission(user, pk)
    submissions.confirm(submission.pk, by=user, revision=whole(request.POST.get("revision")))
    messages.success(request, "عملکرد تأیید شد. ساعت ده‌روزهٔ خدمت آغاز شد.")
    return redirect("monitoring:review-receipt", pk)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the ticked lines (or the open one) with a reason."""
    user = person(request)
    submission = visible_submission(user, pk)
    known = set(review.load(submission).groups)
    form = ReturnForm(request.POST, known=known, opened=request.POST.get("open", ""))
    if not form.is_valid():
        return _page(request, user, submission, form=form, status=422)
    try:
        submissions.return_to_agency(submission.pk, by=user, lines=form.lines())
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        submission.refresh_from_db()
        return _page(request, user, submission, form=form, status=refusal.status)
    messages.success(request, "ردیف‌ها با دلیل به دستگاه برگشت داده شد.")
    return redirect("monitoring:review-detail", pk)


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable confirmation: number, figures, who entered and who confirmed, digest."""
    user = person(request)
    submission = visible_submission(user, pk)
    if submission.confirmed_by_id is None:
        raise Http404
    snapshot = submission.snapshots.filter(event="treasurer_confirmed").order_by("-pk").first()
    context = {
        "submission": submission,
        "period_title": words.period_title(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "number": words.receipt_number(submission),
        "digest": snapshot.digest if snapshot else "",
        "overview": overview.of(submission),
        "held": before_sending.held(submission),
        "badge": words.submission_badge(submission),
        "signatures": [
            {
                "label": "ارسال‌کنندهٔ دستگاه",
                "person": signer(submission, "submitted"),
                "when": submission.submitted_at,
            },
            {"label": "ذیحساب", "person": signer(submission, "confirmed"), "when": submission.confirmed_at},
        ],
        **_people(submission),
    }
    return render(request, "monitoring/review_receipt.html", context)
