"""Decisions on single lines, from the treasurer's page and from the expert's: accept, collect, take back, together."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from budget_portal.digits import to_persian
from budget_portal.errors import StaleVersion
from monitoring.forms.review import ReturnForm
from monitoring.lines import LineKey
from monitoring.models import PerformanceSubmission
from monitoring.presenters import review, words
from monitoring.review import decisions
from monitoring.review.lines import lines_of
from monitoring.review.page import total_of
from monitoring.views import expert
from monitoring.views import review as treasurer
from monitoring.views.common import person, shown_revision, visible_submission

NOTHING = "ردیفی را که تأیید می‌کنید انتخاب کنید."


def _found(request: HttpRequest, pk: int) -> tuple[User, PerformanceSubmission]:
    user = person(request)
    return user, visible_submission(user, pk)


def page_of(user: User, submission: PerformanceSubmission) -> str:
    """Where a reviewer reads the lines of a submission."""
    name = "expert-review" if user.role == "budget_expert" else "review-detail"
    return reverse(f"monitoring:{name}", args=[submission.pk])


def _key(text: str) -> LineKey:
    try:
        return LineKey.parse(text)
    except ValueError as unknown:
        raise Http404 from unknown


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The open line as it was shown, then the next one that waits."""
    user, submission = _found(request, pk)
    key = _key(request.POST.get("open", ""))
    try:
        decisions.accept(
            pk,
            key,
            by=user,
            seen=request.POST.get("seen", ""),
            revision=shown_revision(request),
        )
    except StaleVersion as changed:
        messages.error(request, changed.message)
        return redirect(f"{page_of(user, submission)}?{urlencode({'line': str(key)}, safe=':')}#line")
    return _on(request, user, submission, key)


@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the ticked lines (or the open one) beside the others that go back, with a reason of their own."""
    user, submission = _found(request, pk)
    form = ReturnForm(
        request.POST, known=set(review.load(submission).groups), opened=request.POST.get("open", "")
    )
    if not form.is_valid():
        return _again(request, user, submission, form)
    lines = [line for line in form.lines() if not LineKey.of(line).is_whole]
    for line in lines:
        decisions.prepare_return(
            pk,
            LineKey.of(line),
            by=user,
            reason=line.reason,
            reason_code=line.reason_code,
            due_on=line.due_on,
            revision=shown_revision(request),
        )
    messages.success(request, f"{len(lines)} ردیف به فهرست برگشت افزوده شد؛ هنوز فرستاده نشده است.")
    return _on(request, user, submission, LineKey.parse(request.POST.get("open", "whole")))


def _again(
    request: HttpRequest, user: User, submission: PerformanceSubmission, form: ReturnForm
) -> HttpResponse:
    if user.role == "budget_expert":
        return expert.page(request, user, submission, return_form=form, status=422)
    return treasurer.page(request, user, submission, form=form, status=422)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo what was decided on one line."""
    user, submission = _found(request, pk)
    key = _key(request.POST.get("line", ""))
    decisions.take_back(pk, key, by=user)
    messages.success(request, "تصمیم این ردیف پس گرفته شد.")
    return redirect(f"{page_of(user, submission)}?{urlencode({'line': str(key)}, safe=':')}#line")


@require_POST
def together(request: HttpRequest, pk: int) -> HttpResponse:
    """Several lines at once: first the sentence of what is accepted, then one result per line."""
    user, submission = _found(request, pk)
    seen = _chosen(request, submission)
    back = page_of(user, submission)
    if not seen:
        messages.error(request, NOTHING)
        return redirect(back)
    if request.POST.get("sure") != "1":
        return _sentence(request, submission, seen, back)
    outcomes = decisions.accept_many(pk, seen, by=user, revision=shown_revision(request))
    refused = [row for row in outcomes if not row.accepted]
    done = len(outcomes) - len(refused)
    if done:
        messages.success(request, f"{done} ردیف تأیید شد.")
    if not refused:
        return redirect(back)
    context = {**_head(submission), "done": done, "refused": refused, "back": back}
    return render(request, "monitoring/review/batch_done.html", context)


def _chosen(request: HttpRequest, submission: PerformanceSubmission) -> dict[LineKey, str]:
    """The ticked lines with what was seen of each; or all clean ones that wait, as they stand now."""
    if request.POST.get("all") == "clean" and request.POST.get("sure") != "1":
        rows = decisions.left(submission, decisions.stage_of(person(request)))
        going = {row.line for row in decisions.prepared(submission, decisions.stage_of(person(request)))}
        return {
            row.key: row.digest[: decisions.SEEN]
            for row in rows
            if row.is_clean and str(row.key) not in going
        }
    found = {}
    for value in request.POST.getlist("rows"):
        name, _, digest = value.partition("~")
        if name != "whole" and digest:
            found[_key(name)] = digest[:64]
    return found


def _sentence(
    request: HttpRequest, submission: PerformanceSubmission, seen: dict[LineKey, str], back: str
) -> HttpResponse:
    lines = lines_of(submission)
    rows = [lines[key] for key in seen if key in lines]
    clean = [row for row in rows if row.is_clean]
    context = {
        **_head(submission),
        "said": total_of(clean).said("ردیف بدون هشدار"),
        "rows": [
            {"title": row.title, "spent": row.spent, "value": f"{row.key}~{seen[row.key]}"} for row in clean
        ],
        "refused": [
            {"title": row.title, "reason": decisions.WARNED if row.warned else decisions.HELD}
            for row in rows
            if not row.is_clean
        ],
        "back": back,
        "count": to_persian(len(clean)),
    }
    return render(request, "monitoring/review/batch.html", context)


def _head(submission: PerformanceSubmission) -> dict[str, object]:
    return {
        "submission": submission,
        "period_title": words.period_title(submission.period),
        "kind_name": words.KINDS[submission.kind],
    }


def _on(request: HttpRequest, user: User, submission: PerformanceSubmission, after: LineKey) -> HttpResponse:
    """To the next line that waits, from this one on and round; to the signature when none is left."""
    base = page_of(user, submission)
    stage = decisions.stage_of(user)
    lines = lines_of(submission)
    decided = decisions.standing(submission, stage, lines)
    waiting = [
        str(key)
        for key in lines
        if not (key in decided and (decided[key].is_accepted or decided[key].is_return))
    ]
    if not waiting:
        return redirect(f"{base}#sign")
    order = list(review.load(submission).groups)
    place = order.index(str(after)) if str(after) in order else -1
    later = [key for key in [*order[place + 1 :], *order[: place + 1]] if key in waiting]
    return redirect(f"{base}?{urlencode({'line': (later or waiting)[0]}, safe=':')}#line")
