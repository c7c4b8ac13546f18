"""The public page of who submitted and certified when (feature E3), for published cut-offs only."""

from __future__ import annotations

import csv
import io

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements.models import ReportingPeriod
from monitoring.presenters import submitted as printed
from monitoring.presenters import words
from monitoring.presenters.packages import inert

NAMES = (
    "organization", "agency", "kind", "credit", "submitted_on", "confirmed_on", "approved_on", "due_on", "timing",
    "note", "assurance",
)  # fmt: skip


def _chosen(request: HttpRequest) -> tuple[list[ReportingPeriod], ReportingPeriod | None]:
    found = printed.periods()
    code = request.GET.get("period", "")
    if not code:
        return found, next(iter(found), None)
    period = next((row for row in found if row.code == code), None)
    if period is None:
        raise Http404
    return found, period


@login_not_required
@require_safe
def submitted(request: HttpRequest) -> HttpResponse:
    periods, period = _chosen(request)
    rows = printed.rows(period) if period else []
    lead, text = printed.finding(rows)
    context = {
        "periods": [(row.code, words.period_name(row)) for row in periods],
        "period": period,
        "period_title": words.period_title(period) if period else "",
        "rows": rows,
        "lead": lead,
        "text": text,
        "several": len({row.organization for row in rows}) > 1,
    }
    return render(request, "public/submissions.html", context)


@login_not_required
@require_safe
def submitted_csv(request: HttpRequest) -> HttpResponse:
    _, period = _chosen(request)
    if period is None:
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["period", *NAMES])
    for row in printed.rows(period):
        writer.writerow([period.code, *(inert(getattr(row, name)) for name in NAMES)])
    name = f"submissions-{period.code}.csv"
    return HttpResponse(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
