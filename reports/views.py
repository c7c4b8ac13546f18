"""Pages of supervision reports: list, new, one edition with its moves; and the published ones for everybody."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from accounts.second_factor import asked_again
from budget_portal import files
from reports import presenters
from reports.forms import NewReportForm, ReturnReportForm
from reports.models import SupervisionReport
from reports.workflow import reports as workflow

SIGNED = {
    "review": (workflow.review, "گزارش بررسی شد و نزد معاون بودجه رفت."),
    "confirm": (workflow.confirm, "گزارش تأیید شد و نزد رئیس سازمان رفت."),
    "approve": (workflow.approve, "گزارش تصویب و منتشر شد."),
}
WITH = ("organization", "period__fiscal_year", "agency", "sector_group", "county", "job", "pdf")


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _report(request: HttpRequest, pk: int) -> SupervisionReport:
    rows = SupervisionReport.objects.for_user(_person(request)).select_related(*WITH)
    return get_object_or_404(rows, pk=pk)


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    rows = SupervisionReport.objects.for_user(_person(request)).select_related(*WITH)
    state = request.GET.get("state", "")
    if state in SupervisionReport.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": SupervisionReport.State.choices,
        "can_draft": workflow.can_draft(_person(request)),
    }
    return render(request, "reports/report_list.html", context)


@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    require(workflow.can_draft(user))
    form = NewReportForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        report = workflow.draft(
            data["period"], by=user, level=data["level"], agency=data["agency"],
            sector_group=data["sector_group"], county=data["county"],
        )  # fmt: skip
        messages.success(request, "ساخت گزارش آغاز شد. پیشرفت آن را همین‌جا ببینید.")
        return redirect("reports:report-detail", report.pk)
    return render(request, "reports/report_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    return _detail(request, report)


def _detail(
    request: HttpRequest, report: SupervisionReport, status: int = 200, **more: object
) -> HttpResponse:
    package = presenters.package_of(report)
    user = _person(request)
    context = {
        "report": report,
        "package": package,
        "ratios": presenters.ratio_rows(package) if package else [],
        "coverage": presenters.coverage_sentence(package) if package else "",
        "measured": presenters.measured_sentence(package) if package else "",
        "agreed": presenters.agreed_rows(user, report) if package else [],
        "steps": presenters.sign_steps(report),
        "digest": presenters.digest_groups(report),
        "actions": presenters.actions(user, report),
        "can_rebuild": workflow.can_rebuild(user, report),
        "can_reprint": workflow.can_reprint(user, report),
        "running": report.job if report.job and report.job.state in {"queued", "running"} else None,
        "failed": report.job if report.job and report.job.state in {"failed", "cancelled"} else None,
        "editions": SupervisionReport.objects.for_user(user)
        .filter(organization=report.organization_id, number=report.number)
        .exclude(pk=report.pk),
        **more,
    }
    return render(request, "reports/report_detail.html", context, status=status)


@require_safe
def report_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving line; tells the page to load anew when the worker is through."""
    report = _report(request, pk)
    running = report.job if report.job and report.job.state in {"queued", "running"} else None
    response = render(request, "reports/_progress.html", {"report": report, "running": running})
    if running is None:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@asked_again
def report_sign(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Review, confirm or approve; the second factor is asked again where the role demands it."""
    if move not in SIGNED:
        raise Http404
    report = _report(request, pk)
    verb, words = SIGNED[move]
    verb(report.pk, by=_person(request), digest=request.POST.get("digest"))
    messages.success(request, words)
    return redirect("reports:report-detail", report.pk)


@require_POST
def report_return(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    form = ReturnReportForm(request.POST)
    if not form.is_valid():
        require(workflow.can(_person(request), report, "return_to_draft"))
        return _detail(request, report, status=422, return_form=form)
    workflow.return_to_draft(report.pk, by=_person(request), reason=form.cleaned_data["reason"])
    messages.success(request, "گزارش به گروه تلفیق برگشت.")
    return redirect("reports:report-detail", report.pk)


@require_POST
def report_rebuild(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    workflow.rebuild(report.pk, by=_person(request))
    messages.success(request, "ساخت دوبارهٔ گزارش آغاز شد.")
    return redirect("reports:report-detail", report.pk)


@require_POST
def report_reprint(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    workflow.reprint(report.pk, by=_person(request))
    messages.success(request, "ساخت دوبارهٔ نسخهٔ چاپی آغاز شد.")
    return redirect("reports:report-detail", report.pk)


@require_safe
def report_pdf(request: HttpRequest, pk: int) -> FileResponse:
    report = _report(request, pk)
    if report.pdf is None:
        raise Http404
    return files.serve(report.pdf, inline=True)


# --- for everybody --------------------------------------------------------------------------------------
@login_not_required
@require_safe
def published_list(request: HttpRequest) -> HttpResponse:
    rows = SupervisionReport.objects.published().select_related(*WITH)
    return render(
        request,
        "reports/published_list.html",
        {"page": Paginator(rows, 25).get_page(request.GET.get("page"))},
    )


@login_not_required
@require_safe
def published(request: HttpRequest, public_id: str) -> HttpResponse:
    report = _published(public_id)
    package = presenters.package_of(report)
    assert package is not None  # noqa: S101 - a constraint demands it of published editions
    newer = SupervisionReport.objects.published().filter(supersedes=report.pk).first()
    context = {
        "report": report,
        "package": package,
        "ratios": presenters.ratio_rows(package),
        "coverage": presenters.coverage_sentence(package),
        "steps": presenters.sign_steps(report)[1:],
        "newer": newer,
        "digest": presenters.digest_groups(report),
        "pdf_size": presenters.size_words(report.pdf.size) if report.pdf else "",
    }
    return render(request, "reports/published.html", context)


@login_not_required
@require_safe
def published_pdf(request: HttpRequest, public_id: str) -> FileResponse:
    report = _published(public_id)
    if report.pdf is None:
        raise Http404
    return files.serve(report.pdf, inline=True)


def _published(public_id: str) -> SupervisionReport:
    return get_object_or_404(
        SupervisionReport.objects.published().select_related(
            *WITH, "reviewed_by", "confirmed_by", "approved_by"
        ),
        public_id=public_id,
    )
