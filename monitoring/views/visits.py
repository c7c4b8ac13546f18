"""Field visits: the list, planning one, writing it on a phone, handing it in, and the sheet that stays."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db.models import Q
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import Allowed, Denied, require
from accounts.models import Agency
from agreements.models import PeriodWindow, Project, ReportingPeriod
from budget_portal import files
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.forms import FieldProblem
from budget_portal.text import fold
from monitoring import visit_facts, visits
from monitoring.forms.visits import FindingForm, PlanForm, ReplyForm, ReturnVisitForm, VisitForm
from monitoring.models import FieldVisit
from monitoring.presenters import visit_list as lists
from monitoring.presenters import visits as present
from monitoring.presenters import words
from monitoring.rules import Point
from monitoring.views.common import person
from monitoring.workflow import visits as moves

if TYPE_CHECKING:
    from accounts.models import User

NOT_EXPERT = "بازدید را کارشناس بودجهٔ گروهی ثبت می‌کند که دستگاه از آن است."
MOST_FOUND = 20


@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    return render(request, "monitoring/visits/list.html", {"list": lists.build(person(request), request)})


# --- a new visit --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def visit_new(request: HttpRequest) -> HttpResponse:
    """`?project=CODE` or `?agency=CODE`; without either a search for one."""
    user = person(request)
    require(Allowed() if user.role == "budget_expert" else Denied(NOT_EXPERT))
    if not (request.GET.get("project") or request.GET.get("agency")):
        return render(request, "monitoring/visits/choose.html", _choices(user, request.GET))
    agency, project = _target(user, request.GET)
    periods = _periods(user, agency, "capital" if project else "expense")
    form = PlanForm(periods, request.POST or None, initial=_first_plan(periods, request.GET))
    if form.is_bound and form.is_valid():
        visit, fresh = _plan(user, agency, project, form, dict(periods))
        if not fresh:
            messages.info(request, "این بازدید پیش‌تر آغاز شده است؛ همان را ادامه دهید.")
        return redirect("monitoring:visit", pk=visit.pk)
    open_visit = _open_visits(user, agency, project).select_related("period__fiscal_year").first()
    context = {
        "agency": agency,
        "project": project,
        "form": form,
        "periods": periods,
        "open_visit": open_visit,
    }
    return render(request, "monitoring/visits/new.html", context, status=422 if form.errors else 200)


def _choices(user: User, query: QueryDict) -> dict[str, Any]:
    """Projects and agencies of the expert's group, narrowed by what is searched."""
    words = fold(query.get("q", "")).strip()
    projects = Project.objects.for_user(user).select_related("agency", "county").order_by("title_folded")
    agencies = Agency.objects.for_user(user).order_by("name")
    if words:
        projects = projects.filter(Q(title_folded__contains=words) | Q(code__contains=words))
        agencies = [row for row in agencies if words in fold(row.name) or words in row.code]
    return {
        "q": query.get("q", ""),
        "projects": projects[:MOST_FOUND],
        "agencies": list(agencies[:MOST_FOUND]),
        "most": MOST_FOUND,
    }


def _target(user: User, query: QueryDict) -> tuple[Agency, Project | None]:
    if code := query.get("project"):
        rows = Project.objects.for_user(user).select_related("agency__sector_group", "county")
        project: Project = get_object_or_404(rows, code=code)
        return project.agency, project
    agency: Agency = get_object_or_404(Agency.objects.for_user(user), code=query.get("agency"))
    return agency, None


def _periods(user: User, agency: Agency, kind: str) -> list[tuple[int, str]]:
    """Cut-offs whose window has been open, the newest first."""
    windows = PeriodWindow.objects.for_user(user).for_agency(agency, kind).exclude(state="planned")
    rows = {window.period_id: window.period for window in windows.select_related("period__fiscal_year")}
    ordered = sorted(rows.values(), key=lambda row: (row.fiscal_year.year, not row.is_closing, row.cutoff))
    return [(row.pk, words.period_name(row)) for row in reversed(ordered)]


def _first_plan(periods: list[tuple[int, str]], query: QueryDict) -> dict[str, Any]:
    wanted = query.get("period", "")
    first = wanted if any(str(pk) == wanted for pk, _ in periods) else (periods[0][0] if periods else None)
    return {"period": first, "client_id": uuid.uuid4()}


def _open_visits(user: User, agency: Agency, project: Project | None) -> Any:
    rows = FieldVisit.objects.for_user(user).filter(expert=user, agency=agency, project=project)
    return rows.filter(state__in=visits.WRITABLE)


def _plan(
    user: User, agency: Agency, project: Project | None, form: PlanForm, periods: dict[int, str]
) -> tuple[FieldVisit, bool]:
    """A new visit, or the one of this cut-off that the expert has begun already."""
    period = ReportingPeriod.objects.for_user(user).select_related("fiscal_year")
    chosen = period.get(pk=int(form.cleaned_data["period"]))
    begun = _open_visits(user, agency, project).filter(period=chosen).first()
    if begun is not None:
        return begun, False
    made = visits.plan_visit(
        agency,
        chosen,
        by=user,
        project=project,
        planned_for=form.cleaned_data["planned_for"],
        client_id=form.cleaned_data["client_id"],
    )
    return made, True


# --- one visit ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form while its expert writes it, the sheet afterwards and for everybody else."""
    found, user = get_visit(request, pk), person(request)
    if request.method == "POST":
        return _write(request, found)
    if visits.can_write(user, found):
        form = VisitForm(found, visit_facts.activities_of(found))
        return _form_page(request, found, form, FindingForm())
    return sheet(request, found)


def get_visit(request: HttpRequest, pk: int) -> FieldVisit:
    rows = FieldVisit.objects.for_user(person(request)).select_related(
        "agency__county",
        "agency__organization",
        "agency__sector_group",
        "project__county",
        "period__fiscal_year",
        "expert",
        "confirmed_by",
    )
    found: FieldVisit = get_object_or_404(rows, pk=pk)
    return found


def sheet(
    request: HttpRequest,
    found: FieldVisit,
    return_form: ReturnVisitForm | None = None,
    reply_form: ReplyForm | None = None,
) -> HttpResponse:
    forms = [form for form in (return_form, reply_form) if form is not None]
    context = {
        "page": present.sheet_page(found, person(request)),
        "visit": found,
        "return_form": return_form or ReturnVisitForm(),
        "reply_form": reply_form or ReplyForm(),
        "period": words.period_name(found.period),
    }
    return render(request, "monitoring/visits/sheet.html", context, status=422 if forms else 200)


def _form_page(
    request: HttpRequest,
    found: FieldVisit,
    form: VisitForm,
    finding: FindingForm,
    *,
    problems: list[FieldProblem] | None = None,
    conflicts: list[present.Conflict] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": present.form_page(found, form),
        "visit": found,
        "form": form,
        "finding_form": finding,
        "problems": problems or [],
        "conflicts": conflicts or [],
        "period": words.period_name(found.period),
    }
    return render(request, "monitoring/visits/form.html", context, status=status)


def _write(request: HttpRequest, found: FieldVisit) -> HttpResponse:
    """Save what could be read and show what could not; then the rest of what was asked."""
    user = person(request)
    require(visits.can_write(user, found))
    form = VisitForm(found, visit_facts.activities_of(found), request.POST, request.FILES)
    finding = FindingForm(request.POST)
    form.is_valid()
    try:
        _save(user, found, form)
    except StaleVersion:
        return _stale(request, found, form, finding)
    problems = [*form.error_summary(), *_add_photos(request, found), *_add_finding(user, found, finding)]
    action, _, key = request.POST.get("action", "").partition(":")
    if action == "remove-photo" and key.isdecimal():
        visits.remove_photo(found.pk, int(key), by=user)
    elif action == "remove-finding" and key.isdecimal():
        visits.remove_finding(found.pk, int(key), by=user)
    elif action == "submit" and not problems:
        problems = _hand_in(user, found.pk)
        if not problems:
            messages.success(request, "بازدید ارسال شد. گام بعد: تأیید گروه تلفیق.")
            return redirect("monitoring:visit", pk=found.pk)
    if problems:
        return _again(request, found.pk, form, finding, problems)
    messages.success(request, "پیش‌نویس بازدید ذخیره شد.")
    anchor = {
        "remove-photo": "#photos",
        "photo": "#photos",
        "finding": "#findings",
        "remove-finding": "#findings",
    }
    return redirect(reverse("monitoring:visit", args=[found.pk]) + anchor.get(action, ""))


def _save(user: User, found: FieldVisit, form: VisitForm) -> None:
    version = form.cleaned_data.get("version")
    saved = visits.write_visit(
        found.pk,
        by=user,
        facts=form.facts(),
        quantities=form.quantities(),
        causes=form.delay_causes(),
        activities=form.checks(),
        version=version,
    )
    if saved.state == "planned" and saved.visited_on is not None:
        moves.mark_done(found.pk, by=user)


def _add_photos(request: HttpRequest, found: FieldVisit) -> list[FieldProblem]:
    """Each photo by itself: what is refused says why and keeps nothing else back."""
    user, problems = person(request), []
    taken = set(found.photos.values_list("original__sha256", flat=True))
    for name in ("camera", "gallery"):
        for upload in request.FILES.getlist(name):
            try:
                photo = files.store_photo(
                    cast("files.Upload", upload), organization=found.agency.organization, by=user
                )
            except files.FileRefused as refusal:
                problems.append(FieldProblem(name, refusal.message))
                continue
            if photo.original.sha256 in taken:
                problems.append(
                    FieldProblem(name, f"عکس «{upload.name}» پیش‌تر به این بازدید افزوده شده است.")
                )
                continue
            taken.add(photo.original.sha256)
            at = (
                Point(photo.latitude, photo.longitude)
                if photo.latitude is not None and photo.longitude is not None
                else None
            )
            visits.add_photo(
                found.pk,
                by=user,
                original=photo.original,
                shown=photo.shown,
                taken_at=photo.taken_at,
                at=at,
                caption=request.POST.get("caption", "").strip()[:200],
            )
    return problems


def _add_finding(user: User, found: FieldVisit, finding: FindingForm) -> list[FieldProblem]:
    if finding.is_written:
        written = finding.cleaned_data
        visits.add_finding(
            found.pk,
            by=user,
            text=written["text"],
            severity=written["severity"],
            responsible=written["responsible"],
            due_on=written["due_on"],
        )
        retyped(finding, **dict.fromkeys(finding.fields, ""))  # a page shown again starts a fresh one
    return finding.error_summary()


def retyped(form: BaseForm, **values: str) -> None:
    """Other text in the fields of a form that is shown again."""
    data = cast("QueryDict", form.data).copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data


def _hand_in(user: User, pk: int) -> list[FieldProblem]:
    """Hand the visit in; what is still missing comes back as problems of the page."""
    try:
        if FieldVisit.objects.for_user(user).get(pk=pk).state == "planned":
            moves.mark_done(pk, by=user)
        moves.submit(pk, by=user)
    except RuleBroken as refusal:
        return [FieldProblem(_field_of(text), str(text)) for text in refusal.problems or [refusal.message]]
    return []


def _field_of(problem: str) -> str:
    """Where on the page a sentence of the workflow is mended."""
    places = {
        "تاریخ": "id_visited_on",
        "بازدیدکنندگان": "id_visitors",
        "مقدار": "measures",
        "کیفیت": "id_quality_overall_0",
        "عکس": "camera",
    }
    return next((field for word, field in places.items() if word in problem), "id_remarks")


def _again(
    request: HttpRequest, pk: int, form: VisitForm, finding: FindingForm, problems: list[FieldProblem]
) -> HttpResponse:
    """The page with everything that was typed; what could be read is saved already."""
    found = get_visit(request, pk)
    retyped(form, version=str(found.version))
    return _form_page(request, found, form, finding, problems=problems, status=422)


def _stale(request: HttpRequest, found: FieldVisit, form: VisitForm, finding: FindingForm) -> HttpResponse:
    """Somebody (perhaps this person on another device) saved meanwhile: both are shown, nothing is lost."""
    now = get_visit(request, found.pk)
    retyped(form, version=str(now.version))
    different = present.conflicts(form, now)
    return _form_page(request, now, form, finding, conflicts=different, status=409)


@require_POST
def visit_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress and distance for what is typed so far, while it is typed; saves nothing."""
    found = get_visit(request, pk)
    require(visits.can_write(person(request), found))
    form = VisitForm(found, visit_facts.activities_of(found), request.POST)
    summary, place = present.preview(found, form)
    return render(
        request,
        "monitoring/visits/_preview.html",
        {"visit": found, "summary": summary, "place": place, "form": form},
    )


@require_safe
def visit_photo(request: HttpRequest, pk: int, photo: int) -> FileResponse:
    """The copy without metadata; `?original` the untouched file, as a download."""
    found = get_object_or_404(get_visit(request, pk).photos.select_related("original", "shown"), pk=photo)
    if "original" in request.GET:
        return files.serve(found.original)
    return files.serve(found.shown, inline=True)


# --- moves of the sheet -------------------------------------------------------------------------------------


@require_POST
def visit_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    moves.confirm(get_visit(request, pk).pk, by=person(request))
    messages.success(request, "بازدید تأیید شد.")
    return redirect("monitoring:visit", pk=pk)


@require_POST
def visit_return(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_visit(request, pk), ReturnVisitForm(request.POST)
    require(moves.can(person(request), found, "return_to_expert"))
    if not form.is_valid():
        return sheet(request, found, return_form=form)
    moves.return_to_expert(pk, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, "بازدید با دلیل به کارشناس برگشت.")
    return redirect("monitoring:visit", pk=pk)


@require_POST
def visit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_visit(request, pk), ReplyForm(request.POST)
    require(moves.can(person(request), found, "reply"))
    if not form.is_valid():
        return sheet(request, found, reply_form=form)
    moves.reply(pk, by=person(request), text=form.cleaned_data["text"])
    messages.success(request, "پاسخ دستگاه ثبت شد.")
    return redirect("monitoring:visit", pk=pk)


@require_POST
def visit_close(request: HttpRequest, pk: int) -> HttpResponse:
    moves.close(get_visit(request, pk).pk, by=person(request))
    messages.success(request, "بازدید مختومه شد.")
    return redirect("monitoring:visit", pk=pk)
