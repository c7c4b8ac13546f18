"""The second factor (decision 24): demanded by role at sign-in, asked again at signing.

`settings.SECOND_FACTOR_ROLES` names the roles; empty (the demo) switches all of this off, and the page says so.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from budget_portal.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import User

FRESH_SECONDS = 300


def is_demanded(user: User) -> bool:
    """Whether the role through which the person acts (or the technician's page) needs the second factor."""
    roles = settings.SECOND_FACTOR_ROLES
    return bool(roles) and (user.role in roles or user.is_staff)


def has_totp(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def passed(request: HttpRequest, user: User) -> bool:
    """Whether this session was opened with the code, or the person has just set it up in it."""
    return any(record.get("method") == "mfa" for record in _records(request, user)) or has_totp(user)


def is_fresh(request: HttpRequest, user: User) -> bool:
    """Whether the code was typed again within the last minutes; the one of the sign-in does not count."""
    since = time.time() - FRESH_SECONDS
    return any(
        record.get("method") == "mfa" and record.get("reauthenticated") and record["at"] > since
        for record in _records(request, user)
    )


def require_fresh(request: HttpRequest) -> None:
    """For views that sign: ask the code again, then go on with the very request that was interrupted.

    Call it first, before anything is written; the suspended POST is run again by allauth after the code.
    """
    user = cast("User", request.user)
    if not is_demanded(user) or is_fresh(request, user):
        return
    if request.path.startswith("/api/"):
        raise NotAllowed("این کار رمز دوم می‌خواهد و از راه صفحهٔ سامانه انجام می‌شود.")
    if not has_totp(user):
        raise ImmediateHttpResponse(redirect("mfa_activate_totp"))
    raise ImmediateHttpResponse(suspend_request(request, reverse("mfa_reauthenticate")))


def asked_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`require_fresh` as a decorator of a signing view; a GET of the same address passes."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            require_fresh(request)
        return view(request, *args, **kwargs)

    return run


def deactivate(request: HttpRequest) -> HttpResponseBase:
    """Only who need not have it may switch it off; others replace it through the administrator."""
    if is_demanded(cast("User", request.user)):
        raise NotAllowed("نقش شما رمز دوم می‌خواهد؛ خاموش‌کردن آن ممکن نیست.")
    response: HttpResponse = totp.deactivate_totp(request)
    return response


def _records(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    return records
