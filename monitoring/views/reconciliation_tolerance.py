"""The tolerance of the treasurer's bench, with its history."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.decisions import require
from budget_portal.errors import NotAllowed
from monitoring.forms.reconciliation import BenchToleranceForm
from monitoring.models import ReconciliationTolerance
from monitoring.nav import DESK
from monitoring.reconciliation import tolerances
from monitoring.views.common import person


@require_http_methods(["GET", "HEAD", "POST"])
def tolerance(request: HttpRequest) -> HttpResponse:
    """What holds from which cut-off on; consolidation writes the next one."""
    user = person(request)
    if user.role not in DESK:
        raise NotAllowed(tolerances.NOT_YOURS)
    form = BenchToleranceForm(request.POST or None, user=user)
    if request.method == "POST":
        require(tolerances.can_set(user))
        if form.is_valid():
            tolerances.set_tolerance(by=user, **form.cleaned_data)
            messages.success(
                request, "رواداری ثبت شد؛ دفترهایی که از این پس تطبیق می‌یابد با آن سنجیده می‌شود."
            )
            return redirect("monitoring:reconciliation-tolerance")
    context = {
        "rows": ReconciliationTolerance.objects.for_user(user).select_related("set_by"),
        "form": form,
        "may": tolerances.can_set(user),
    }
    status = 422 if form.errors else 200
    return render(request, "manage/reconciliation_tolerance.html", context, status=status)
