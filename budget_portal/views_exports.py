"""`/export/<list>.<kind>`: a list as a file with the filters of the address; a long one through a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from budget_portal import exports, jobs

if TYPE_CHECKING:
    from accounts.models import User


@require_safe
@never_cache
def export(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The rows that the person sees, in the file that they asked for."""
    if name not in exports.LISTS or kind not in exports.MEDIA_TYPES:
        raise Http404
    user = cast("User", request.user)
    chosen = {key: str(value)[:200] for key, value in request.GET.items()}
    if exports.LISTS[name].make(user, chosen).count > exports.AT_ONCE:
        title = f"خروجی «{exports.LISTS[name].title}» ({kind})"
        params = {"name": name, "kind": kind, "chosen": chosen}
        return redirect(
            "ground:job", public_id=jobs.enqueue("export", by=user, title=title, params=params).public_id
        )
    content, _ = exports.written(name, kind, chosen, by=user)
    response = HttpResponse(content, content_type=exports.MEDIA_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, exports.file_name(name, kind)) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
