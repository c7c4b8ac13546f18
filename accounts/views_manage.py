"""The administrator's pages: people and roles, agencies, groups. Auditors read the list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions, second_factor, services
from accounts.forms import (
    AgencyForm,
    DeactivateForm,
    EndMembershipForm,
    GroupForm,
    MembershipForm,
    PersonForm,
)
from accounts.models import Agency, Delegation, Membership, Role, SectorGroup, User
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.text import fold, normalise

if TYPE_CHECKING:
    from django import forms

PAGE = 50


def _admin(request: HttpRequest, *also: str) -> User:
    user = cast("User", request.user)
    permissions.require_role(user, Role.ADMIN, *also)
    return user


def _people(user: User) -> QuerySet[User]:
    """People who hold or held a role in the organization."""
    return User.objects.filter(pk__in=Membership.objects.for_user(user).values("user"))


# --- people ---------------------------------------------------------------------------------------------


@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    user = _admin(request, Role.AUDITOR)
    asked, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    people = _people(user)
    if asked:
        people = people.filter(Q(full_name__icontains=normalise(asked)) | Q(username__icontains=asked))
    if role in Role.values:
        holders = Membership.objects.for_user(user).valid().filter(role=role)
        people = people.filter(pk__in=holders.values("user"))
    letters = Delegation.objects.for_user(user).in_force().select_related("substitute")
    shown = (
        Membership.objects.for_user(user)
        .valid()
        .select_related("agency", "sector_group", "county", "organization")
        .prefetch_related(Prefetch("delegations", queryset=letters, to_attr="letters"))
    )
    people = people.order_by("-is_active", "full_name", "pk").prefetch_related(
        Prefetch("memberships", queryset=shown, to_attr="shown")
    )
    context = {
        "page": Paginator(people, PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "role": role,
        "roles": Role.choices,
        "may_create": user.role == Role.ADMIN,
    }
    return render(request, "manage/users.html", context)


@require_http_methods(["GET", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """A person with a first role; the first password is shown on the answer, once."""
    user = _admin(request)
    data = request.POST or None
    person, membership = PersonForm(data), MembershipForm(data, by=user)
    if request.method == "POST" and person.is_valid() & membership.is_valid():
        second_factor.require_fresh(request)
        try:
            made, password = services.create_person(person.cleaned_data, membership.cleaned_data, by=user)
        except RuleBroken as refusal:
            membership.add_error(None, refusal.message)
        else:
            return render(request, "manage/user_password.html", {"member": made, "password": password})
    context = {"forms": [person, membership]}
    return render(request, "manage/user_create.html", context, status=_status(person, membership))


@require_http_methods(["GET", "POST"])
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: facts, roles with their dates, what the administrator may do."""
    user = _admin(request, Role.AUDITOR)
    person = get_object_or_404(_people(user), pk=pk)
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=pk))
    if request.method == "POST":
        _admin(request)
        if form.is_valid():
            services.change_person(person.pk, form.cleaned_data, by=user)
            messages.success(request, "مشخصات ذخیره شد.")
            return redirect("accounts:user-detail", pk=pk)
    return _user_page(request, user, person, form=form, status=_status(form))


@require_POST
def user_grant(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    person = get_object_or_404(_people(user), pk=pk)
    form = MembershipForm(request.POST, by=user)
    if form.is_valid():
        second_factor.require_fresh(request)
        try:
            services.grant(person, form.cleaned_data, by=user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "نقش داده شد.")
            return redirect("accounts:user-detail", pk=pk)
    return _user_page(request, user, person, grant=form, status=422)


@require_http_methods(["GET", "POST"])
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the reason, ends the role and the person's sessions."""
    user = _admin(request)
    membership = get_object_or_404(Membership.objects.for_user(user).select_related("user"), pk=pk)
    form = EndMembershipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.require_fresh(request)
        services.end_membership(membership.pk, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"نقش «{membership}» پایان یافت.")
        return redirect("accounts:user-detail", pk=membership.user_id)
    context = {
        "form": form,
        "title": f"پایان نقش «{membership}»",
        "text": f"نقش {membership.user.full_name} از امروز پایان می‌یابد و نشست‌های باز او بسته می‌شود.",
        "verb": "پایان نقش",
        "back": membership.user_id,
    }
    return render(request, "manage/user_reason.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    person = get_object_or_404(_people(user), pk=pk)
    form = DeactivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.require_fresh(request)
        services.deactivate_person(person.pk, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"حساب {person.full_name} غیرفعال شد.")
        return redirect("accounts:user-detail", pk=pk)
    context = {
        "form": form,
        "title": f"غیرفعال‌کردن حساب {person.full_name}",
        "text": "حساب حذف نمی‌شود؛ دیگر نمی‌تواند وارد شود و نشست‌های باز آن بسته می‌شود.",
        "verb": "غیرفعال‌کردن",
        "back": pk,
    }
    return render(request, "manage/user_reason.html", context, status=_status(form))


@require_POST
def user_activate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    person = get_object_or_404(_people(user), pk=pk)
    services.activate_person(person.pk, by=user)
    messages.success(request, f"حساب {person.full_name} فعال شد.")
    return redirect("accounts:user-detail", pk=pk)


@require_POST
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    person = get_object_or_404(_people(user), pk=pk)
    second_factor.require_fresh(request)
    password = services.renew_password(person.pk, by=user)
    return render(request, "manage/user_password.html", {"member": person, "password": password})


@require_POST
def user_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """For a lost phone."""
    user = _admin(request)
    person = get_object_or_404(_people(user), pk=pk)
    second_factor.require_fresh(request)
    services.drop_second_factor(person.pk, by=user)
    messages.success(request, "رمز دوم برداشته شد؛ در ورود بعدی از نو ساخته می‌شود.")
    return redirect("accounts:user-detail", pk=pk)


def _user_page(
    request: HttpRequest,
    user: User,
    person: User,
    *,
    form: PersonForm | None = None,
    grant: MembershipForm | None = None,
    status: int = 200,
) -> HttpResponse:
    memberships = Membership.objects.for_user(user).filter(user=person).order_by("-valid_from", "-pk")
    places = memberships.select_related("agency", "sector_group", "county", "organization")
    context = {
        "member": person,
        "form": form or PersonForm(instance=person),
        "grant": grant or MembershipForm(by=user),
        "memberships": [(row, permissions.can_end(user, row)) for row in places],
        "may_manage": permissions.can_manage(user, person),
        "may_deactivate": permissions.can_deactivate(user, person),
        "may_grant": permissions.can_grant(user, person, ""),
        "has_second_factor": second_factor.has_totp(person),
    }
    return render(request, "manage/user.html", context, status=status)


# --- agencies and groups --------------------------------------------------------------------------------


@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    user = _admin(request)
    asked = request.GET.get("q", "").strip()
    agencies = Agency.objects.for_user(user).select_related("sector_group", "county")
    if asked:
        agencies = agencies.filter(Q(name_folded__contains=fold(asked)) | Q(code=asked))
    page = Paginator(agencies.order_by("name_folded", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "manage/agencies.html", {"page": page, "asked": asked})


@require_http_methods(["GET", "POST"])
def agency_create(request: HttpRequest) -> HttpResponse:
    user = _admin(request)
    return _place(request, user, AgencyForm, Agency(organization_id=_organization(user)), "دستگاه تازه")


@require_http_methods(["GET", "POST"])
def agency_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    agency = get_object_or_404(Agency.objects.for_user(user), pk=pk)
    return _place(request, user, AgencyForm, agency, agency.name)


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    user = _admin(request)
    groups = SectorGroup.objects.for_user(user).prefetch_related("agencies")
    return render(request, "manage/groups.html", {"groups": groups})


@require_http_methods(["GET", "POST"])
def group_create(request: HttpRequest) -> HttpResponse:
    user = _admin(request)
    return _place(request, user, GroupForm, SectorGroup(organization_id=_organization(user)), "گروه تازه")


@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    group = get_object_or_404(SectorGroup.objects.for_user(user), pk=pk)
    return _place(request, user, GroupForm, group, group.name)


def _place(
    request: HttpRequest, user: User, form_class: Any, place: Agency | SectorGroup, title: str
) -> HttpResponse:
    """The form of an agency or a group; both are saved and logged by one verb."""
    back = "accounts:agency-list" if isinstance(place, Agency) else "accounts:group-list"
    extra = {"by": user} if isinstance(place, Agency) else {}
    form = form_class(request.POST or None, instance=place, **extra)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_place(form.save(commit=False), by=user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "ذخیره شد.")
            return redirect(back)
    context = {"form": form, "title": title, "back": back}
    return render(request, "manage/place.html", context, status=_status(form))


# --- shared ---------------------------------------------------------------------------------------------


def _status(*forms_: forms.BaseForm) -> int:
    return 422 if any(form.is_bound and form.errors for form in forms_) else 200


def _organization(user: User) -> int:
    if user.acting is None:
        raise NotAllowed("نخست نقشی برگزینید.")
    return user.acting.organization_id
