"""The register of one project: identity, status, codes of other systems, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decisions import require
from agreements import register
from agreements.forms.register import EndForm, IdentifierForm, IdentityForm, NewProjectForm, StatusForm
from agreements.models import Project, ProjectIdentifier
from agreements.register import history as register_history
from agreements.register import new as register_new
from agreements.register import rights
from agreements.workflow import projects
from budget_portal.errors import RuleBroken, StaleVersion

if TYPE_CHECKING:
    from accounts.models import User

PROJECT_PAGE = "monitoring:project"


def person(request: HttpRequest) -> User:
    return cast("User", request.user)


def project_of(user: User, code: str) -> Project:
    rows = Project.objects.for_user(user).select_related("agency", "plan", "county__province")
    return cast(Project, get_object_or_404(rows, code=code))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A project enters the register, with its plan where that is new too."""
    user = person(request)
    require(rights.can_register(user))
    form = NewProjectForm(request.POST or None, by=user)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            project = register_new.add_project(form.facts, by=user)
        except register.PlaceInDoubt as doubt:
            problems = doubt.problems
            form.add_error("place_reason", doubt.message)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "پروژه ثبت شد. عملیات و وزن‌ها در فرم CA-4 موافقتنامه نوشته می‌شود.")
            return redirect(PROJECT_PAGE, code=project.code)
    context = {"form": form, "problems": problems}
    return render(request, "agreements/register/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Identity and place; a doubtful place comes back with its sentences and asks the reason."""
    user = person(request)
    project = project_of(user, code)
    require(rights.can_keep(user, project))
    form = IdentityForm(request.POST or None, project=project, by=user)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                register.change_identity(project.pk, form.changes, seen=form.cleaned_data["seen"], by=user)
                messages.success(request, "شناسنامهٔ پروژه ذخیره شد.")
                return redirect(PROJECT_PAGE, code=code)
            except register.PlaceInDoubt as doubt:
                problems = doubt.problems
                form.add_error("place_reason", doubt.message)
            except StaleVersion as stale:
                form = _again(request, project, user)
                form.add_error(None, stale.message)
                status = stale.status
    context = {
        "project": project,
        "form": form,
        "problems": problems,
        "stale": status == 409,
        "now": register_history.facts(project),
        "may_all": bool(rights.can_consolidate(user, project)),
    }
    return render(request, "agreements/register/edit.html", context, status=status)


def _again(request: HttpRequest, project: Project, user: User) -> IdentityForm:
    """What was typed, to be saved over what now stands, if the person so decides."""
    typed = request.POST.copy()
    typed["seen"] = register.stamp(project)
    return IdentityForm(typed, project=project, by=user)


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, code: str) -> HttpResponse:
    """A new status with its day and cause, below it the statuses so far."""
    user = person(request)
    project = project_of(user, code)
    require(rights.can_change_status(user, project))
    form = StatusForm(request.POST or None, project=project, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            projects.change_status(project.pk, **form.cleaned_data, by=user)
            messages.success(request, "وضعیت پروژه ثبت شد.")
            return redirect(PROJECT_PAGE, code=code)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
    context = {"project": project, "form": form, "changes": register_history.statuses(project)}
    return render(request, "agreements/register/status.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def identifiers(request: HttpRequest, code: str) -> HttpResponse:
    """Codes of other systems, those of the past too; who may adds one."""
    user = person(request)
    project = project_of(user, code)
    form = IdentifierForm(request.POST or None, project=project, by=user)
    may_add = rights.can_keep(user, project)
    if request.method == "POST":
        require(may_add)
        if form.is_valid():
            try:
                register.set_identifier(project.pk, **form.cleaned_data, by=user)
                messages.success(request, "شناسه ثبت شد.")
                return redirect("agreements:project-identifiers", code=code)
            except RuleBroken as refusal:
                form.add_error(None, refusal.message)
    context = {
        "project": project,
        "form": form if may_add else None,
        "rows": register_history.identifiers(project, user),
    }
    answer = 422 if form.errors else 200
    return render(request, "agreements/register/identifiers.html", context, status=answer)


@require_http_methods(["GET", "POST"])
def identifier_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user = person(request)
    row: Any = get_object_or_404(
        ProjectIdentifier.objects.for_user(user).select_related("project__agency"), pk=pk, project__code=code
    )
    require(rights.can_change_identifier(user, row.project, row.system))
    form = EndForm(request.POST) if request.method == "POST" else EndForm.today()
    if form.is_bound and form.is_valid():
        try:
            register.end_identifier(row.pk, last_day=form.cleaned_data["last_day"], by=user)
            messages.success(request, "پایان اعتبار شناسه ثبت شد.")
            return redirect("agreements:project-identifiers", code=code)
        except RuleBroken as refusal:
            form.add_error("last_day", refusal.message)
    context = {"project": row.project, "row": row, "form": form}
    return render(
        request, "agreements/register/identifier_end.html", context, status=422 if form.errors else 200
    )


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """What changed in the register of this project, when and by whom."""
    project = project_of(person(request), code)
    context = {"project": project, "events": register_history.events(project)}
    return render(request, "agreements/register/history.html", context)
