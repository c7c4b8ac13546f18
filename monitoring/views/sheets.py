"""Excel as the neighbour of the grid: paste with preview, the filled template, its upload, and one undo for all."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import exports, files, jobs
from budget_portal.digits import group
from budget_portal.errors import RuleBroken
from budget_portal.files import FileRefused
from budget_portal.tables.reader import UnreadableTable
from monitoring import opening, permissions
from monitoring.models import PerformanceSubmission, SheetLoad
from monitoring.presenters import words
from monitoring.sheets import error_book, form, loads, page
from monitoring.sheets import template as templates
from monitoring.sheets.columns import tables_of
from monitoring.sheets.loads import Choice
from monitoring.sheets.writing import Conflicts
from monitoring.views.common import agency_of, period_of, person, submission_of

NO_FILE = "پرونده‌ای برگزیده نشده است."
NOTHING_PASTED = "چیزی چسبانده نشده است. ردیف‌ها را در اکسل رونوشت کنید و این‌جا بچسبانید."
DROPPED = "کنار گذاشته شد؛ چیزی در جدول عوض نشد."


@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """A block from the clipboard becomes a preview."""
    user, period = person(request), period_of(person(request), p)
    text = request.POST.get("text", "")
    problem = ""
    if request.method == "POST":
        submission = _started(user, period, k)
        try:
            if not text.strip():
                raise RuleBroken(NOTHING_PASTED)
            load = loads.paste(submission.pk, text, start=request.POST.get("start", ""), by=user)
            return redirect("monitoring:entry-sheet", p, k, load.public_id)
        except RuleBroken as refusal:
            problem = refusal.message
    context = {**_around(request, user, period, k), "text": text, "problem": problem}
    context["tables"] = tables_of(k, is_closing=period.is_closing)
    return render(request, "monitoring/sheets/paste.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """The filled template; a long one is read in the background."""
    user, period = person(request), period_of(person(request), p)
    problem = ""
    if request.method == "POST":
        submission = _started(user, period, k)
        try:
            return _uploaded(request, user, submission)
        except (UnreadableTable, FileRefused) as refused:
            problem = str(refused)
        except RuleBroken as refusal:
            problem = refusal.message
    context = {**_around(request, user, period, k), "problem": problem, "files": []}
    rows = SheetLoad.objects.for_user(user).filter(submission=context["submission"])
    context["earlier"] = rows.exclude(applied_at=None).select_related("file", "applied_by")[:10]
    return render(request, "monitoring/sheets/upload.html", context, status=422 if problem else 200)


def _uploaded(request: HttpRequest, user: User, submission: PerformanceSubmission) -> HttpResponse:
    sent = request.FILES.get("file")
    if sent is None:
        raise RuleBroken(NO_FILE)
    organization = user.acting.organization if user.acting else None
    stored = files.store_table(cast(Any, sent), organization=organization, by=user)
    load = loads.upload(submission.pk, stored, by=user)
    if loads.is_long(stored):
        title = f"خواندن «{stored.name}»"
        load_job = jobs.enqueue("sheets.read", by=user, title=title, params={"load": load.pk})
        return redirect("ground:job", public_id=load_job.public_id)
    loads.read(load.pk, by=user)
    period = submission.period
    return redirect("monitoring:entry-sheet", period.code, submission.kind, load.public_id)


@require_safe
def template(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """The agency's own lines as a workbook; before the first draft, as it would be opened."""
    user = person(request)
    period, agency = period_of(user, p), agency_of(user)
    if submission_of(user, period, k) is None:
        require(permissions.can_start(user, agency, period, k))
    found = form.of_person(agency, period, k, user)
    answer = HttpResponse(templates.build(found), content_type=exports.XLSX)
    return _attached(answer, templates.file_name(found))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, p: str, k: str, public_id: uuid.UUID) -> HttpResponse:
    """The preview; a POST reads the columns otherwise, or writes what was chosen."""
    user = person(request)
    load = _load(user, p, k, public_id)
    if load.tables is None and load.is_open:
        return _still_reading(request, load)
    if request.method != "POST":
        return _preview(request, user, load)
    if "match" in request.POST:
        found = form.of(load.submission, user)
        loads.rematch(load.pk, page.matches_of(request.POST.dict(), load, found), by=user)
        return redirect(request.get_full_path())
    return _apply(request, user, load)


def _apply(request: HttpRequest, user: User, load: SheetLoad) -> HttpResponse:
    choice = page.choice_of(request.POST)
    partly = load.way == "paste" or "partly" in request.POST
    try:
        if load.way == "file" and _rows(load) > loads.AT_ONCE:
            return _apply_later(user, load, partly)
        load, written = loads.apply(load.pk, choice, by=user, partly=partly)
    except Conflicts as conflicts:
        return _preview(request, user, load, choice=choice, conflicts=conflicts, status=409)
    except RuleBroken as refusal:
        return _preview(request, user, load, choice=choice, problem=refusal.message, status=422)
    messages.success(
        request, f"{group(written.rows)} ردیف ({group(len(written.cells))} خانه) در جدول نوشته شد."
    )
    return redirect(
        "monitoring:entry-sheet", load.submission.period.code, load.submission.kind, load.public_id
    )


def _apply_later(user: User, load: SheetLoad, partly: bool) -> HttpResponse:
    sheets = loads.sheets_of(load, form.of(load.submission, user))
    bad = loads.bad_rows(sheets)
    if bad and not partly:
        raise RuleBroken(loads.HAS_ERRORS.format(count=bad))
    job = jobs.enqueue(
        "sheets.apply", by=user, title=f"ثبت «{load}»", params={"load": load.pk, "partly": partly}
    )
    SheetLoad.objects.for_user(user).filter(pk=load.pk).update(job=job)
    return redirect("ground:job", public_id=job.public_id)


def _preview(
    request: HttpRequest,
    user: User,
    load: SheetLoad,
    *,
    choice: Choice | None = None,
    conflicts: Conflicts | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    found = form.of(load.submission, user)
    sheets = loads.sheets_of(load, found) if load.is_open else []
    everything = "all" in request.GET
    views = page.view(load, sheets, found, choice=choice, conflicts=conflicts, everything=everything)
    context = {
        **_around(request, user, load.submission.period, load.submission.kind),
        "load": load,
        "sheets": views,
        "ticks": load.way == "paste",
        "seen": page.seen_of(sheets),
        "may": page.may_of(user, load),
        "chosen": sum(row.chosen for one in views for row in (*one.rows, *one.hidden)),
        "good": sum(row.result == "ok" for one in sheets for row in one.results),
        "bad": loads.bad_rows(sheets, choice),
        "same": sum(one.counts["same"] for one in views if one.chips),
        "emptied": sum(len(row.emptied) for one in sheets for row in one.results),
        "blocked": sum(bool(row.blocks) for one in sheets for row in one.results),
        "totals": sum(row.result == "total" for one in sheets for row in one.results),
        "everything": everything,
        "problem": conflicts.message if conflicts else problem,
        "kept": load.kept,
        "partly": "partly" in request.POST,
    }
    return render(request, "monitoring/sheets/sheet.html", context, status=status)


def _still_reading(request: HttpRequest, load: SheetLoad) -> HttpResponse:
    """A long file that a worker is reading, or one that could not be read."""
    return render(request, "monitoring/sheets/reading.html", {"load": load, "period": load.submission.period})


@require_POST
def undo(request: HttpRequest, p: str, k: str, public_id: uuid.UUID) -> HttpResponse:
    load = _load(person(request), p, k, public_id)
    load, written = loads.undo(load.pk, by=person(request))
    messages.success(request, f"{group(len(written.cells))} خانه به آنچه پیش از این ثبت بود برگشت.")
    return redirect("monitoring:entry-sheet", p, k, load.public_id)


@require_POST
def drop(request: HttpRequest, p: str, k: str, public_id: uuid.UUID) -> HttpResponse:
    load = _load(person(request), p, k, public_id)
    loads.drop(load.pk, by=person(request))
    messages.info(request, DROPPED)
    return redirect("monitoring:entry", p, k)


@require_safe
def errors(request: HttpRequest, p: str, k: str, public_id: uuid.UUID) -> HttpResponse:
    """The agency's own workbook with what is wrong in each row."""
    user = person(request)
    load = _load(user, p, k, public_id)
    if load.tables is None:
        raise Http404
    sheets = loads.sheets_of(load, form.of(load.submission, user))
    answer = HttpResponse(error_book.build(load, sheets), content_type=exports.XLSX)
    return _attached(answer, error_book.file_name(load))


# --- parts ----------------------------------------------------------------------------------------------------


def _load(user: User, p: str, k: str, public_id: uuid.UUID) -> SheetLoad:
    """A load of the person's own agency; other roles have no page here."""
    period, agency = period_of(user, p), agency_of(user)
    rows = SheetLoad.objects.for_user(user).filter(
        submission__agency=agency, submission__period=period, submission__kind=k
    )
    rows = rows.select_related(
        "submission__agency__organization", "submission__period__fiscal_year", "file", "job", "applied_by"
    )
    return cast(SheetLoad, get_object_or_404(rows, public_id=public_id))


def _started(user: User, period: ReportingPeriod, kind: str) -> PerformanceSubmission:
    """The submission to write into; the first figures may come from a sheet as well."""
    submission = submission_of(user, period, kind)
    if submission is not None:
        require(permissions.can_fill(user, submission))
        return submission
    agency = agency_of(user)
    require(permissions.can_start(user, agency, period, kind))
    return opening.open_submission(agency, period, kind, by=user)


def _around(request: HttpRequest, user: User, period: ReportingPeriod, kind: str) -> dict[str, Any]:
    submission = submission_of(user, period, kind)
    agency = agency_of(user)
    start = permissions.can_start
    may = permissions.can_fill(user, submission) if submission else start(user, agency, period, kind)
    return {
        "period": period,
        "kind": kind,
        "kind_title": words.KINDS[kind],
        "period_title": words.period_title(period),
        "agency": agency,
        "submission": submission,
        "locked": "" if may else getattr(may, "reason", ""),
    }


def _rows(load: SheetLoad) -> int:
    return sum(len(table["rows"]) for table in load.tables or ())


def _attached(answer: HttpResponse, name: str) -> HttpResponse:

    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer
