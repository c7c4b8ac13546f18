"""The agency's entry: the grid, one cell, one row, start, hold and release."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal.digits import to_persian
from budget_portal.errors import DomainError, StaleVersion
from monitoring import checking, entry, forward, opening, permissions
from monitoring.cells import CELLS
from monitoring.forms import entry as forms
from monitoring.models import (
    ActivityPerformance,
    CheckResult,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ReturnMark,
)
from monitoring.presenters import capital, expense, page
from monitoring.presenters.retype import retype
from monitoring.rulebook import explanations
from monitoring.views.common import agency_of, period_of, person, submission_of, whole

INDENT = re.compile(r"\n +")  # a third of a long grid


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The cut-off that is open now, else the newest one that was opened."""
    user = person(request)
    agency = agency_of(user)
    windows = PeriodWindow.objects.for_user(user).filter(organization=agency.organization_id)
    window = windows.filter(state="open").order_by("-period__cutoff_date", "kind").first()
    if window is None:
        window = windows.exclude(state="planned").order_by("-period__cutoff_date", "kind").first()
    if window is None:
        return render(request, "monitoring/entry_none.html", {})
    return redirect("monitoring:entry", window.period.code, window.kind)


@require_safe
@login_not_required
def worker(request: HttpRequest) -> FileResponse:
    """The script that lets the open grid survive a reload without network; its address is its reach."""
    path = Path(settings.BASE_DIR) / "static" / "js" / "entry-worker.js"
    answer = FileResponse(path.open("rb"), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """The grid; without script a POST saves every changed cell."""
    user = person(request)
    period = period_of(user, p)
    submission = submission_of(user, period, k)
    if submission is None:
        return _not_started(request, user, period, k)
    if request.method == "POST":
        return _save_all(request, user, submission)
    return _page(request, user, submission)


def _page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    typed: dict[str, str] | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen, opened = request.GET.get("rows", ""), whole(request.GET.get("open"))
    build = capital.build if submission.kind == "capital" else expense.build
    found = build(user, submission, chosen=chosen, page=whole(request.GET.get("page")) or 1, opened=opened)
    if typed:
        retype(found.rows, typed)
    context = {**page.context(user, submission, found, chosen), "problems": problems or [], "opened": opened}
    made = render_to_string(f"monitoring/entry_{submission.kind}.html", context, request)
    return HttpResponse(INDENT.sub("\n", made), status=status)


def _not_started(request: HttpRequest, user: User, period: ReportingPeriod, kind: str) -> HttpResponse:
    agency = agency_of(user)
    decision = permissions.can_start(user, agency, period, kind)
    context = page.start_context(user, agency, period, kind, decision)
    return render(request, "monitoring/entry_start.html", context)


@require_POST
def start(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """Open the draft with its lines."""
    user = person(request)
    period, agency = period_of(user, p), agency_of(user)
    require(permissions.can_start(user, agency, period, k))
    opening.open_submission(agency, period, k, by=user)
    return redirect("monitoring:entry", p, k)


@require_POST
def refresh(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """Copy credit, allocation and plan anew."""
    user = person(request)
    submission = submission_of(user, period_of(user, p), k)
    if submission is None:
        raise Http404
    opening.refresh_submission(submission.pk, by=user)
    messages.success(request, "اعتبار، تخصیص و برنامه از موافقتنامه و ابلاغیه‌ها تازه شد.")
    return redirect("monitoring:entry", p, k)


# --- saving ----------------------------------------------------------------------------------------------------


@require_POST
def cell(request: HttpRequest) -> HttpResponse:
    """Save one cell and answer with what changed around it; the input itself is never sent."""
    user, data = person(request), request.POST
    kind, name, pk, version = (
        data.get("kind", ""),
        data.get("cell", ""),
        whole(data.get("pk")),
        whole(data.get("version")),
    )
    if name not in CELLS.get(kind, {}) or pk is None or version is None:
        raise Http404
    try:
        saved = entry.save_cell(
            kind, pk, name, data.get("text", ""), version=version, seen=data.get("seen"), by=user
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except DomainError as refusal:
        return _refused(user, refusal, kind, pk)
    return _answer(request, user, saved.submission, saved.row, saved.around)


@require_POST
def causes(request: HttpRequest) -> HttpResponse:
    """Replace the causes of one project's delay."""
    user, progress = person(request), whole(request.POST.get("progress"))
    if progress is None:
        raise Http404
    read = forms.causes(request.POST, progress)
    if read.problems:
        return JsonResponse({"message": " ".join(read.problems)}, status=422)
    try:
        row = entry.save_delay_causes(progress, read.shares, by=user)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except DomainError as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    return _answer(request, user, row.submission, row)


def _refused(user: User, refusal: DomainError, kind: str, pk: int) -> HttpResponse:
    answer: dict[str, Any] = {"message": refusal.message}
    if isinstance(refusal, StaleVersion):
        model: Any = entry.ROWS[kind]
        now = model.objects.for_user(user).values_list("version", flat=True).get(pk=pk)
        theirs = "" if refusal.theirs is None else str(refusal.theirs)
        answer |= {"mine": refusal.mine, "theirs": theirs, "version": now}
    return JsonResponse(answer, status=refusal.status)


def _answer(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    row: Any,
    around: checking.Around | checking.AroundProgramme | None = None,
) -> HttpResponse:
    """Message rows, states and sums of the saved row's surroundings."""
    context: dict[str, Any] = {"saved": row, "answer": True, **page.row_context(submission, False)}
    is_open = bool(request.POST.get("open"))
    project = entry.part_of(row).get("project")
    if isinstance(around, checking.Around) and project is not None:
        found, context["overview"] = capital.changed(
            user, submission, project, around, is_open=is_open, saved=row
        )
        context["rows"] = [found]
    elif project is not None:
        whole_row, context["overview"] = capital.one(user, submission, project, is_open=is_open, saved=True)
        context["rows"] = [whole_row]
    else:
        known = around if isinstance(around, checking.AroundProgramme) else None
        context["rows"], context["overview"] = expense.several(user, submission, *_expense_key(row), known)
    answer = render_to_string("monitoring/entry_answer.html", context)
    response = HttpResponse(" ".join(answer.split()))  # the indents of the template stay here
    response["X-Version"] = str(row.version)
    return response


def _expense_key(row: Any) -> tuple[tuple[str, int], int]:
    if isinstance(row, ActivityPerformance):
        return ("activity", row.pk), row.activity.programme_id
    assert isinstance(row, ExpenseFinanceLine)  # noqa: S101 - the two kinds of rows of an expense form
    return ("line", row.pk), row.programme_id


def _save_all(request: HttpRequest, user: User, submission: PerformanceSubmission) -> HttpResponse:
    """Save what was changed, cell by cell; what cannot be saved stays on the page as it was typed."""
    typed: dict[str, str] = {}
    problems: list[str] = []
    count = 0
    for change in forms.changes(request.POST):
        try:
            entry.save_cell(
                change.kind,
                change.pk,
                change.cell,
                change.text,
                version=change.version,
                seen=change.seen,
                by=user,
            )
            count += 1
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        except DomainError as refusal:
            typed[change.field] = change.text
            problems.append(_sentence(refusal))
    count += _save_causes(request, user, typed, problems)
    count += _save_explanations(request, user, submission, problems)
    problems += _hold_or_release(request, user)
    problems += _copy_or_confirm(request, user, submission)
    if problems:
        submission.refresh_from_db()
        return _page(request, user, submission, typed=typed, problems=problems, status=409)
    if count:
        messages.success(request, f"{to_persian(count)} خانه ذخیره شد.")
    return redirect(request.get_full_path())


def _sentence(refusal: DomainError) -> str:
    if isinstance(refusal, StaleVersion):
        return f"{refusal.message} مقدار شما: {refusal.mine}؛ مقدار کنونی: {refusal.theirs}. برای نگه‌داشتن مقدار خود، دوباره ذخیره کنید."
    return refusal.message


def _save_causes(request: HttpRequest, user: User, typed: dict[str, str], problems: list[str]) -> int:
    progress = whole(request.POST.get("progress"))
    if progress is None:
        return 0
    read = forms.causes(request.POST, progress)
    try:
        if read.posted and not read.problems and entry.causes_differ(progress, read.shares, by=user):
            entry.save_delay_causes(progress, read.shares, by=user)
            return 1
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except DomainError as refusal:
        read.problems.append(refusal.message)
    if read.problems:
        problems += read.problems
        typed |= {
            name: request.POST[name]
            for name in request.POST
            if name.startswith(("cause:", "share:", "note:"))
        }
    return 0


def _save_explanations(
    request: HttpRequest, user: User, submission: PerformanceSubmission, problems: list[str]
) -> int:
    """Warnings whose figures were changed by this very form may be gone; then nothing is left to explain."""
    texts = forms.explanations(request.POST)
    known = CheckResult.objects.for_user(user).filter(submission=submission, asks=True, pk__in=texts)
    asked = {pk: texts[pk] for pk in known.values_list("pk", flat=True)}
    if not any(asked.values()):
        return 0
    try:
        return len(explanations.explain(submission.pk, asked, by=user))
    except DomainError as refusal:
        problems.append(refusal.message)
    return 0


def _hold_or_release(request: HttpRequest, user: User) -> list[str]:
    for name, verb in (("hold", entry.hold), ("release", entry.release)):
        line = forms.line_of(request.POST.get(name, ""))
        if line is None:
            continue
        try:
            verb(*line, by=user)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        except DomainError as refusal:
            return [refusal.message]
        said = {"hold": "ردیف نگه داشته شد؛ رقم آن در ارسال خالی می‌ماند.", "release": "ردیف آزاد شد."}
        messages.success(request, said[name])
    return []


def _copy_or_confirm(request: HttpRequest, user: User, submission: PerformanceSubmission) -> list[str]:
    """Figures of the last cut-off into empty cells, and «they still hold»."""
    said = {
        "copy": "{} خانه از مقطع قبل پر شد. تا دست نخورد یا تأیید نشود، «کپی‌شده» می‌ماند.",
        "confirm": "{} رقم کپی‌شده تأیید شد.",
    }
    for name, verb in (("copy", forward.copy), ("confirm", forward.confirm)):
        part = forms.part_of(request.POST.get(name, ""))
        if part is None:
            continue
        try:
            count = verb(submission.pk, by=user, **part)
        except DomainError as refusal:
            return [refusal.message]
        messages.success(request, said[name].format(to_persian(count)))
    return []


# --- one row, returned lines -------------------------------------------------------------------------------------


@require_safe
def row(request: HttpRequest, p: str, k: str, pk: int) -> HttpResponse:
    """One project's rows, open or closed, for htmx; without it the page with that row open."""
    user = person(request)
    submission = submission_of(user, period_of(user, p), k)
    if submission is None or k != "capital":
        raise Http404
    order = capital.order(submission)
    if pk not in order:
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('monitoring:entry', args=[p, k])}?open={pk}#p-{pk}")
    is_open = request.GET.get("open") == "1"
    found, _ = capital.one(user, submission, pk, is_open=is_open, number=list(order).index(pk) + 1)
    context = {"row": found, "focus": True, **page.row_context(submission, is_open)}
    return render(request, "monitoring/_project.html", context)


@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Lines that were sent back to this agency and wait for its correction."""
    user = person(request)
    agency = agency_of(user)
    marks = ReturnMark.objects.for_user(user).filter(
        closed_at=None, submission__agency=agency, submission__state__in=["returned", "reopened"]
    )
    found = marks.select_related(
        "submission__period__fiscal_year",
        "project",
        "programme",
        "expense_chapter",
        "reason_code",
        "opened_by",
    )
    return render(request, "monitoring/returned.html", {"marks": page.returned_rows(found), "agency": agency})
