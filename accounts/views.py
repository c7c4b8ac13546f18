"""A person's own pages: role, profile, devices, API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import api_keys, second_factor, services
from accounts.browsers import browser_name
from accounts.forms import ApiKeyForm
from accounts.models import ApiKey

if TYPE_CHECKING:
    from accounts.models import User


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_http_methods(["GET", "POST"])
def role(request: HttpRequest) -> HttpResponse:
    """The valid memberships of the person; a POST acts through another one from now on."""
    user = _person(request)
    valid = user.roles_today().select_related("organization", "agency", "sector_group", "county", "user")
    if request.method == "POST":
        chosen = get_object_or_404(valid, pk=whole(request.POST.get("membership")))
        services.switch_role(request, chosen, by=user)
        stands_in = f" به جانشینی از {chosen.user}" if chosen.delegation_id else ""
        messages.success(request, f"اکنون با نقش «{chosen}»{stands_in} کار می‌کنید.")
        return redirect(_next(request))
    return render(request, "accounts/role.html", {"memberships": valid, "next": request.GET.get("next", "")})


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    context = {
        "memberships": user.memberships.valid().select_related(
            "organization", "agency", "sector_group", "county"
        ),
        "has_second_factor": second_factor.has_totp(user),
        "second_factor_demanded": second_factor.is_demanded(user),
        "recovery_left": _recovery_codes_left(user),
        "keys": ApiKey.objects.filter(membership__user=user).select_related("membership__organization"),
        "key_form": ApiKeyForm(),
    }
    return render(request, "accounts/profile.html", context)


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    sessions = sorted(UserSession.objects.purge_and_list(_person(request)), key=lambda row: row.created_at)
    rows = [(row, browser_name(row.user_agent)) for row in reversed(sessions)]
    return render(request, "accounts/devices.html", {"sessions": rows})


@require_POST
def device_end(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=_person(request))
    is_this_one = session.session_key == request.session.session_key
    services.end_session(session.pk, by=_person(request))
    if is_this_one:
        return redirect("account_login")
    messages.success(request, "آن نشست پایان یافت.")
    return redirect("accounts:devices")


@require_POST
def key_create(request: HttpRequest) -> HttpResponse:
    """Make a key; its text is shown this once and kept nowhere."""
    user = _person(request)
    second_factor.require_fresh(request)
    form = ApiKeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(problem.message for problem in form.error_summary()))
        return redirect("accounts:profile")
    key, text = api_keys.create(form.cleaned_data["name"], form.cleaned_data["days"], by=user)
    return render(request, "accounts/key_created.html", {"key": key, "text": text})


@require_POST
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, membership__user=_person(request))
    api_keys.revoke(key.pk, by=_person(request))
    messages.success(request, f"کلید «{key.name}» باطل شد.")
    return redirect("accounts:profile")


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else "/inbox/"


def whole(written: str | None) -> int:
    """A key that came as text; what is no number fits no row."""
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 16 else 0


def _recovery_codes_left(user: User) -> int | None:
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else None
