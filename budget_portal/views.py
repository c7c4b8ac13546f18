"""Pages that belong to no application: the gallery of components and the answers to failures."""

from __future__ import annotations

import sys

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_safe
from django_ratelimit.exceptions import Ratelimited

from budget_portal import gallery as samples


@login_not_required
@require_safe
def gallery(request: HttpRequest, template: str = "gallery.html") -> HttpResponse:
    """Every component in every state; open to everybody only where the data is invented anyway."""
    if not (settings.DEBUG or settings.DEMO):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(getattr(request.user, "acting", None), "role", "") != "admin":
            raise Http404
    return render(request, template, dict(samples.context()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Too many attempts is an answer of its own; everything else says which role it takes."""
    if isinstance(exception, Ratelimited):
        response = render(request, "429.html", status=429)
        response.headers["Retry-After"] = "600"
        return response
    return render(request, "403.html", {"reason": getattr(exception, "message", "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away: a matter of seconds, and no reason to look for a fault."""
    if request.path.startswith("/api/"):
        error = {"code": "unavailable", "message": "پایگاه داده در دسترس نیست؛ اندکی بعد دوباره بفرستید."}
        return JsonResponse({"error": error}, status=503, json_dumps_params={"ensure_ascii": False})
    response = HttpResponse(get_template("503.html").render({}), status=503)
    response.headers["Retry-After"] = "15"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processors: whatever failed may be one of them. The code leads to the log line."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return _unavailable(request)
    code = structlog.contextvars.get_contextvars().get("request_id", "")
    if request.path.startswith("/api/"):
        error = {"code": "error", "message": "خطایی در سامانه رخ داد.", "problems": [], "request_id": code}
        return JsonResponse({"error": error}, status=500, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(get_template("500.html").render({"request_id": code}), status=500)
