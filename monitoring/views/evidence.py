"""/manage/evidence/: from which amount a line needs a document, and how many of the others are opened."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.decisions import require
from accounts.models import User
from agreements.kinds import Kind
from budget_portal.errors import NotAllowed, RuleBroken
from monitoring.evidence import policy
from monitoring.forms.evidence import PolicyForm
from monitoring.models import EvidencePolicy
from monitoring.views.common import person

READERS = frozenset(
    {"consolidation", "budget_deputy", "org_head", "auditor", "admin", "treasurer", "budget_expert"}
)
NOT_READ = "این صفحه برای گروه تلفیق، ذیحساب، کارشناس بودجه، معاون، رئیس، حسابرس و مدیر سامانه است."


@require_http_methods(["GET", "HEAD", "POST"])
def policies(request: HttpRequest) -> HttpResponse:
    """Every policy with its history; consolidation writes the next one."""
    user = person(request)
    if user.role not in READERS:
        raise NotAllowed(NOT_READ)
    form = PolicyForm(request.POST or None, user=user)
    if request.method == "POST":
        require(policy.may_set(user))
        if form.is_valid() and _set(user, form):
            messages.success(request, "حد نصاب سند ثبت شد.")
            return redirect("monitoring:evidence-policies")
    rows = EvidencePolicy.objects.for_user(user).select_related(
        "from_period__fiscal_year", "set_by", "organization"
    )
    found = list(rows)
    context = {
        "kinds": [(label, [row for row in found if row.kind == kind]) for kind, label in Kind.choices],
        "form": form,
        "may": policy.may_set(user),
    }
    return render(request, "manage/evidence.html", context, status=422 if form.errors else 200)


def _set(user: User, form: PolicyForm) -> bool:
    data = form.cleaned_data
    assert user.acting is not None  # noqa: S101 - required above
    try:
        policy.set_policy(user.acting.organization, data.pop("kind"), by=user, **data)
    except RuleBroken as refusal:
        form.add_error("from_period", refusal.message)
        return False
    return True
