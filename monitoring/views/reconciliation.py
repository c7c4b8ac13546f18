"""The treasurer's bench: load a ledger of payments or receipts, choose its columns, match, move and explain rows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from budget_portal import files
from budget_portal.digits import group, to_latin
from budget_portal.errors import DomainError, NotAllowed, RuleBroken
from budget_portal.files import FileRefused
from budget_portal.tables.outcome import Refused
from budget_portal.tables.reader import UnreadableTable
from monitoring.forms.reconciliation import ExplainForm, LedgerColumnsForm, LedgerForm, MoveForm
from monitoring.models import LedgerRow, PerformanceSubmission, Reconciliation, ReconciliationLine
from monitoring.presenters import reconciliation as shown
from monitoring.presenters import words
from monitoring.querysets import VIEWERS
from monitoring.reconciliation import ledger
from monitoring.reconciliation.facts import MoneyKey
from monitoring.reconciliation.figures import is_stale
from monitoring.reconciliation.targets import key_of, read_key, written_key
from monitoring.views.common import person, visible_submission, whole
from monitoring.workflow import ledger_rows, reconciliations

PAGE = 50
READERS_ONLY = "دفتر ذیحسابی نام گیرندگان را دارد و تنها دست‌اندرکاران پرونده آن را می‌بینند."
RELATED = (
    "file",
    "job",
    "sheet_file",
    "loaded_by",
    "matched_by",
    "signed_by",
    "submission__agency__organization",
    "submission__agency__sector_group",
    "submission__period__fiscal_year",
)


def _submission(user: User, pk: int) -> PerformanceSubmission:
    found = visible_submission(user, pk)
    if user.role in VIEWERS:
        raise NotAllowed(READERS_ONLY)
    return found


def bench_of(user: User, pk: int) -> Reconciliation:
    rows = Reconciliation.objects.for_user(user).select_related(*RELATED)
    found: Reconciliation = get_object_or_404(rows, pk=pk)
    return found


@require_safe
def bench(request: HttpRequest, pk: int, measure: str = "spent") -> HttpResponse:
    """The bench of one amount of a submission: the open one, else the signed one, else the place to load a ledger."""
    user = person(request)
    return _page(request, user, _submission(user, pk), measure)


def _page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    measure: str,
    *,
    form: LedgerForm | None = None,
    explain: ExplainForm | None = None,
    chosen: list[int] | None = None,
    typed: dict[int, str] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    found = Reconciliation.objects.for_user(user).filter(submission=submission, measure=measure)
    rows = list(found.select_related(*RELATED))
    current = next((row for row in rows if row.is_open), None)
    signed = next((row for row in rows if row.state == "signed"), None)
    current = current or signed
    load = reconciliations.can_load(user, submission)
    context: dict[str, Any] = {
        **heads(submission, measure),
        "bench": current,
        "signed": signed,
        "stale": current is not None and current.state in ("matched", "signed") and is_stale(current),
        "history": [row for row in rows if row.state == "superseded" and row.signed_at],
        "measures": shown.measures(submission.pk, measure),
        "steps": shown.steps(current),
        "form": form or LedgerForm(),
        "may_load": bool(load),
        "load_reason": getattr(load, "reason", ""),
        "waits": current is not None and current.job is not None and not current.job.finished_at,
    }
    if current is not None and current.state != "draft":
        context |= _matched(request, user, current, explain, chosen, typed, error)
    return render(request, "monitoring/reconciliation/bench.html", context, status=status)


def heads(submission: PerformanceSubmission, measure: str) -> dict[str, Any]:
    return {
        "submission": submission,
        "measure": measure,
        "measure_name": Reconciliation.Measure(measure).label,
        "bench_url": shown.url_of(submission.pk, measure),
        "period_title": words.period_title(submission.period),
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
    }


def _matched(
    request: HttpRequest,
    user: User,
    current: Reconciliation,
    explain: ExplainForm | None,
    chosen: list[int] | None,
    typed: dict[int, str] | None,
    error: str,
) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    show = given.get("show", "")
    show = show if show in shown.TABS else ""
    line = given.get("line", "")
    sign = reconciliations.can(user, current, "sign")
    sums = shown.sums(current)
    names = shown.titles(current)
    found: Any = shown.rows_of(current, show, line) if show else shown.lines_of(current, typed, error)
    page = Paginator(found, PAGE).get_page(to_latin(given.get("page", "1")))
    return {
        "show": show,
        "line_title": names.get(line, ""),
        "tabs": shown.tabs(current, show),
        "page": page,
        "rows": shown.rows(page.object_list, names) if show else [],
        "sums": sums,
        "may_write": bool(reconciliations.can_write(user, current)),
        "may_sign": bool(sign),
        "sign_reason": getattr(sign, "reason", ""),
        "left": sums.open_lines + sums.open_rows,
        "explain": explain or ExplainForm(),
        "chosen": chosen or [],
    }


# --- the file and its columns -------------------------------------------------------------------------------


@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    submission = _submission(user, pk)
    require(reconciliations.can_load(user, submission))
    form = LedgerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            organization = submission.agency.organization
            stored = files.store_table(form.cleaned_data["file"], organization=organization, by=user)
            measure = form.cleaned_data["measure"]
            found = reconciliations.load(submission.pk, stored, by=user, measure=measure)
        except (UnreadableTable, FileRefused) as refused:
            form.add_error("file", str(refused))
        except DomainError as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("monitoring:reconciliation-columns", found.pk)
    measure = form.cleaned_data.get("measure", "spent")
    return _page(request, user, submission, measure, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is what; sheet and header row of the address overrule what was found."""
    user = person(request)
    found = bench_of(user, pk)
    require(reconciliations.can(user, found, "match"))
    given = request.POST if request.method == "POST" else request.GET
    proposal = ledger.propose(
        ledger.heads_of(found.file),
        reconciliations.saved_mapping(found.submission, found.measure),
        sheet=whole(to_latin(given.get("sheet", ""))) or found.sheet,
        header_row=whole(to_latin(given.get("header_row", "")))
        or (0 if "sheet" in given else found.header_row),
    )
    form = LedgerColumnsForm(
        request.POST if request.method == "POST" else None, proposal=proposal, bench=found
    )
    if request.method == "POST" and form.is_valid():
        reconciliations.choose_columns(
            found.pk,
            sheet=proposal.sheet,
            sheet_name=proposal.sheet_name,
            header_row=proposal.header_row,
            headers=proposal.headers,
            mapping=form.mapping(),
            by=user,
        )
        try:
            return _matched_now(request, user, found, proposal.height)
        except (Refused, UnreadableTable) as refused:
            form.add_error(None, reconciliations.told(refused))
    context = {
        **heads(found.submission, found.measure),
        "bench": found,
        "form": form,
        "proposal": proposal,
        "steps": shown.steps(found),
    }
    status = 422 if form.errors else 200
    return render(request, "monitoring/reconciliation/columns.html", context, status=status)


def _matched_now(request: HttpRequest, user: User, found: Reconciliation, height: int) -> HttpResponse:
    """Short ledgers at once, long ones in the background."""
    if height > reconciliations.LONG:
        job = reconciliations.ask_match(found.pk, by=user)
        return redirect("ground:job", public_id=job.public_id)
    reconciliations.match(found.pk, by=user)
    messages.success(request, "دفتر تطبیق یافت. آنچه نمی‌خواند بالای فهرست است.")
    return redirect(_page_of(found))


@require_POST
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more, against the figures as they stand now."""
    user = person(request)
    found = bench_of(user, pk)
    require(reconciliations.can(user, found, "match"))
    try:
        return _matched_now(
            request, user, found, LedgerRow.objects.for_user(user).filter(reconciliation=found).count()
        )
    except (Refused, UnreadableTable) as refused:
        raise RuleBroken(reconciliations.told(refused)) from refused


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    old = bench_of(user, pk)
    found = reconciliations.renew(old.pk, by=user)
    rows = LedgerRow.objects.for_user(user).filter(reconciliation=old).count()
    return _matched_now(request, user, found, rows)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Only what is not signed is set aside from the page; a signed sheet gives way to the next one."""
    user = person(request)
    found = bench_of(user, pk)
    require(reconciliations.can(user, found, "match"))
    reconciliations.supersede(found.pk, by=user)
    messages.info(request, "این دفتر کنار گذاشته شد؛ صورت امضاشدهٔ پیش از آن سر جای خود است.")
    return redirect(_page_of(found))


# --- a person's word ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the ledger: where it may belong, and why it is put there."""
    user = person(request)
    rows = LedgerRow.objects.for_user(user).select_related("reconciliation", "statement__contract")
    found: LedgerRow = get_object_or_404(rows, pk=pk)
    current = bench_of(user, found.reconciliation_id)
    require(reconciliations.can_write(user, current))
    names = shown.titles(current)
    now = written_key(key_of(found)) if found.funding_source_id else ""
    suggested = [written_key(MoneyKey(*key)) for key in found.suggestions]
    data = request.POST if request.method == "POST" else None
    form = MoveForm(data, lines=names, suggested=suggested, now=now)
    if request.method == "POST" and form.is_valid():
        return _moved(request, user, found, current, form)
    context = {
        **heads(current.submission, current.measure),
        "bench": current,
        "row": next(iter(shown.rows([found], names))),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "monitoring/reconciliation/row.html", context, status=status)


def _moved(
    request: HttpRequest, user: User, found: LedgerRow, current: Reconciliation, form: MoveForm
) -> HttpResponse:
    key = read_key(form.cleaned_data["line"])
    ledger_rows.move_row(found.pk, key, reason=form.cleaned_data["reason"], by=user)
    messages.success(request, f"سطر {group(found.number)} با دلیل جابه‌جا شد و تا پیش از امضا برمی‌گردد.")
    return redirect(f"{_page_of(current)}?show=open")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    seen: LedgerRow = get_object_or_404(
        LedgerRow.objects.for_user(user).select_related("reconciliation"), pk=pk
    )
    ledger_rows.undo_move(seen.pk, by=user)
    messages.success(request, f"سطر {group(seen.number)} به جای پیشین خود برگشت.")
    return redirect(f"{_page_of(seen.reconciliation)}?show=rows")


@require_POST
def explain_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """One sentence for the ticked rows."""
    user = person(request)
    current = bench_of(user, pk)
    require(reconciliations.can_write(user, current))
    form = ExplainForm(request.POST)
    numbers = [number for text in request.POST.getlist("rows") if (number := whole(text)) is not None]
    if not numbers:
        form.add_error(None, ledger_rows.NOTHING)
    if not form.is_valid():
        return _again(request, user, current, explain=form, chosen=numbers)
    count = ledger_rows.explain_rows(current.pk, numbers, text=form.cleaned_data["text"], by=user)
    messages.success(request, f"توضیح {group(count)} سطر نوشته شد.")
    return redirect(f"{_page_of(current)}?show=open")


def _again(request: HttpRequest, user: User, current: Reconciliation, **facts: Any) -> HttpResponse:
    submission = _submission(user, current.submission_id)
    return _page(request, user, submission, current.measure, status=422, **facts)


def _page_of(bench: Reconciliation) -> str:
    return shown.url_of(bench.submission_id, bench.measure)


@require_POST
def explain_line(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    lines = ReconciliationLine.objects.for_user(user).select_related("reconciliation")
    seen: ReconciliationLine = get_object_or_404(lines, pk=pk)
    current = bench_of(user, seen.reconciliation_id)
    require(reconciliations.can_write(user, current))
    text = request.POST.get("text", "")
    try:
        ledger_rows.explain_line(seen.pk, text=text, by=user)
    except RuleBroken as refusal:
        return _again(request, user, current, typed={seen.pk: text}, error=refusal.message)
    messages.success(request, "توضیح اختلاف نوشته شد.")
    return redirect(_page_of(current))
