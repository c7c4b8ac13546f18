"""The sheet of the treasurer's bench: signed, printed, given away as it was signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.second_factor import asked_again
from budget_portal import files
from monitoring.models import Reconciliation
from monitoring.presenters import reconciliation as shown
from monitoring.presenters import words
from monitoring.reconciliation import sheet
from monitoring.reconciliation.counting import OPEN_ROWS
from monitoring.reconciliation.figures import is_stale
from monitoring.signing import signatures_of
from monitoring.views.common import person
from monitoring.views.reconciliation import bench_of, heads
from monitoring.workflow import reconciliations


@require_POST
@asked_again
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = reconciliations.sign(bench_of(user, pk).pk, by=user)
    messages.success(request, "صورت تطبیق امضا شد و سند این پرونده است.")
    return redirect("monitoring:reconciliation-sheet", found.pk)


@require_safe
def signed_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable sheet of a signed bench, now or of an earlier revision."""
    user = person(request)
    found = bench_of(user, pk)
    if found.signed_at is None:
        raise Http404
    names = shown.titles(found)
    rows = shown.rows_of(found, "rows", "")
    context = {
        **heads(found.submission, found.measure),
        "bench": found,
        "sums": shown.sums(found),
        "lines": shown.lines_of(found),
        "open": shown.rows(rows.filter(OPEN_ROWS), names),
        "moved": shown.rows(rows.filter(method="manual"), names),
        "aside": shown.rows(rows.filter(shown.ASIDE), names),
        "whole": sheet.is_kept(found),
        "stale": found.state == "signed" and is_stale(found),
        "signature": signatures_of(found).last(),
        "size": words.size(found.sheet_file.size) if found.sheet_file else "",
    }
    return render(request, "monitoring/reconciliation/sheet.html", context)


def _file(of: Callable[[Reconciliation], Any]) -> Callable[[HttpRequest, int], FileResponse]:
    @require_safe
    def download(request: HttpRequest, pk: int) -> FileResponse:
        stored = of(bench_of(person(request), pk))
        if stored is None:
            raise Http404
        return files.serve(stored)

    return download


sheet_file = _file(lambda found: found.sheet_file)
ledger_file = _file(lambda found: found.file)
