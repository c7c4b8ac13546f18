"""The treasurer's pages: queue, one submission with its lines, confirmation, return, receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.second_factor import asked_again
from agreements.models import ReportingPeriod
from budget_portal.errors import DomainError, NotAllowed, WrongState
from budget_portal.signers import signer
from monitoring import permissions, remarks
from monitoring.forms.review import ReturnForm
from monitoring.lines import LineKey
from monitoring.models import PerformanceSubmission, SubmissionDocument
from monitoring.presenters import before_sending, deadlines, evidence, overview, review, signatures, words
from monitoring.presenters.queue import submissions_of_period
from monitoring.presenters.remarks import threads
from monitoring.review import decisions, together
from monitoring.review.page import desk, signing
from monitoring.views.common import (
    agency_of,
    period_of,
    person,
    shown_revision,
    visible_submission,
    whole_or_404,
)
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return

NOTHING_COLLECTED = "ردیفی برای برگشت کنار گذاشته نشده است، یا پیش از این برگشت داده شد."
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
    return page(request, user, submission)


def page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    base = reverse("monitoring:review-detail", args=[submission.pk])
    found = desk(request, user, submission, base=base)
    context = {
        "submission": submission,
        "period": submission.period,
        "period_title": words.period_title(submission.period),
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "badge": words.submission_badge(submission),
        "desk": found,
        "line": found.line,
        "overview": overview.of(submission),
        "documents": documents_of(user, submission, found.line),
        "form": form or ReturnForm(known=set(found.pack.groups)),
        "chosen": form.chosen if form else [],
        "sign": signing(user, submission, found),
        **talk(request, user, submission, found.line),
        **_people(submission),
        "due": _due(user, submission),
        "steps": words.steps(submission),
        "final_url": _final_url(user, submission),
    }
    return render(request, "monitoring/review_detail.html", context, status=status)


def _final_url(user: User, submission: PerformanceSubmission) -> str:
    """The consolidation group decides on the whole in the final review; here on its lines."""
    if user.role != "consolidation":
        return ""
    place = [submission.period.code, submission.agency.code]
    return f"{reverse('monitoring:final-review', args=place)}#{submission.kind}"


def talk(
    request: HttpRequest, user: User, submission: PerformanceSubmission, line: review.Line | None
) -> dict[str, object]:
    """Questions and remarks about the open line, and where to write another."""
    place = remarks.Place()
    if line is not None:
        place = remarks.Place(project=line.project_id, programme=line.programme_id, chapter=line.chapter_id)
    return {
        "remarks": threads(user, submission, place) if line else [],
        "place": place,
        "may_speak": bool(remarks.can_speak(user)),
        "next": f"{request.path}?line={line.key}#line" if line else request.path,
    }


def documents_of(
    user: User, submission: PerformanceSubmission, line: review.Line | None
) -> list[evidence.Evidence]:
    """Evidence of the open line and of the whole."""
    rows = SubmissionDocument.objects.for_user(user).filter(submission=submission, removed_at=None)
    rows = rows.select_related("file", "added_by", "project", "programme")
    keys = {(None, None)} | ({(line.project_id, line.programme_id)} if line else set())
    mine = [row for row in rows if (row.project_id, row.programme_id) in keys]
    return evidence.listing(user, mine, submission)


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
    submissions.confirm(submission.pk, by=user, revision=shown_revision(request))
    messages.success(request, "عملکرد تأیید شد. ساعت ده‌روزهٔ خدمت آغاز شد.")
    return redirect("monitoring:review-receipt", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@asked_again
def sign_several(request: HttpRequest) -> HttpResponse:
    """Choose among what waits, read what is signed, sign: one result per submission."""
    user = person(request)
    _treasurer(user)
    rows = {str(row.pk): row for row in together.waiting(user)}
    if request.method == "POST":
        seen = dict(value.split("~", 1) for value in request.POST.getlist("signed") if "~" in value)
        outcomes = [_sign_one(row, digest, user) for row, digest in _chosen(user, seen).items()]
        context = {"outcomes": outcomes, "done": sum(not row["refusal"] for row in outcomes)}
        return render(request, "monitoring/review/several_done.html", context)
    asked = request.GET.getlist("s")
    offered = together.offer(user, [row for pk, row in rows.items() if not asked or pk in asked])
    context = {"offered": offered, "asked": bool(asked), "said": together.said(offered)}
    return render(request, "monitoring/review/several.html", context)


def _sign_one(submission: PerformanceSubmission, seen: str, user: User) -> dict[str, object]:
    """A refusal of one leaves the others signed."""
    refusal = ""
    try:
        together.sign_clean(submission.pk, by=user, seen=seen)
    except (DomainError, NotAllowed) as refused:
        refusal = refused.message
    return {"submission": submission, "title": together.title_of(submission), "refusal": refusal}


def _chosen(user: User, seen: dict[str, str]) -> dict[PerformanceSubmission, str]:
    """What was chosen with the digest that its page showed; another's is not found."""
    return {visible_submission(user, whole_or_404(pk)): digest[:64] for pk, digest in seen.items()}


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back in one move what was collected, and with a reason the ticked lines (or the open one)."""
    user = person(request)
    submission = visible_submission(user, pk)
    form, lines = read_returns(request, user, submission)
    if lines is None:
        return page(request, user, submission, form=form, status=422)
    try:
        submissions.return_to_agency(submission.pk, by=user, lines=lines)
    except DomainError as refusal:
        if not form.is_bound:  # what was collected, not typed
            raise
        form.add_error(None, refusal.message)
        submission.refresh_from_db()
        return page(request, user, submission, form=form, status=refusal.status)
    messages.success(request, "ردیف‌ها با دلیل به دستگاه برگشت داده شد.")
    return redirect("monitoring:review-detail", pk)


def read_returns(
    request: HttpRequest, user: User, submission: PerformanceSubmission
) -> tuple[ReturnForm, list[Return] | None]:
    """What goes back; nothing when the form must be mended. `send=prepared` asks for no further reason."""
    known = set(review.load(submission).groups)
    collected = {
        LineKey.of(row): Return(row.reason, row.reason_code, **LineKey.of(row).columns, due_on=row.due_on)
        for row in decisions.prepared(submission, decisions.stage_of(user))
    }
    if request.POST.get("send") == "prepared":
        if not collected:
            raise WrongState(NOTHING_COLLECTED)
        return ReturnForm(known=known), list(collected.values())
    form = ReturnForm(request.POST, known=known, opened=request.POST.get("open", ""))
    if not form.is_valid():
        return form, None
    typed = {LineKey.of(line): line for line in form.lines()}
    return form, list(typed.values() if LineKey() in typed else (collected | typed).values())


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
        "signed": signatures.shown(submission, check=request.GET.get("verify") == "1"),
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
