"""The catalogue of rules for everybody, and the rule lab of an organization."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from budget_portal import jobs
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, WrongState
from monitoring.forms.rules import EndForm, LiveForm, OwnRuleForm, ShippedRuleForm, TrialForm
from monitoring.models import RuleTrial, RuleVersion
from monitoring.presenters import words
from monitoring.presenters.trials import trial_page
from monitoring.rulebook import catalogue as book
from monitoring.rulebook import lab, rights, standing
from monitoring.rules import RULES
from monitoring.views.common import person, visible_submission
from monitoring.workflow import rules
from monitoring.workflow.moves import RULE_MOVES

Form = OwnRuleForm | ShippedRuleForm


# --- for everybody ---------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every rule that holds for an organization at a cut-off, and the log of changes."""
    known = book.organizations()
    asked = request.GET.get("organization", "")
    chosen = next((row for row in known if row.code == asked), known[0] if known else None)
    periods = book.periods(chosen)
    code = request.GET.get("period", "")
    period = next((row for row in periods if row.code == code), periods[0] if periods else None)
    context = {
        "found": book.build(chosen, period),
        "organizations": [(row.code, str(row)) for row in known],
        "periods": [(row.code, words.period_name(row)) for row in periods],
        "chosen": chosen.code if chosen else "",
        "period": period.code if period else "",
        "history": book.history(),
    }
    return render(request, "public/rules.html", context)


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(book.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rules.csv"'
    return response


# --- the lab ----------------------------------------------------------------------------------------------------


def _reader(request: HttpRequest) -> User:
    user = person(request)
    require(rights.can_read(user))
    return user


def _own(user: User, code: str) -> Any:
    assert user.acting is not None  # noqa: S101 - rights were asked first
    rows = RuleVersion.objects.for_user(user).filter(organization=user.acting.organization_id, code=code)
    return rows.select_related("organization", "valid_from__fiscal_year", "ends_before__fiscal_year")


def _version(user: User, code: str, *states: str) -> RuleVersion:
    """The version in one of these states, else the newest one, of which the verb says what it is."""
    rows = list(_own(user, code).order_by("-number"))
    if not rows:
        raise Http404
    return cast(RuleVersion, next((row for row in rows if row.state in states), rows[0]))


OPEN = ("draft", "tried")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    assert user.acting is not None  # noqa: S101 - rights were asked first
    own = RuleVersion.objects.for_user(user).filter(organization=user.acting.organization_id)
    own = own.select_related("organization", "valid_from__fiscal_year", "ends_before__fiscal_year")
    context = {
        "own": [book.entry(row) for row in own.order_by("code", "-number")],
        "shipped": [book.entry(book.shipped(code)) for code in RULES],
        "may_draft": bool(rights.can_draft(user)),
    }
    return render(request, "monitoring/rules/list.html", context)


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: its versions, its last trial, and the steps that are open to this person."""
    user = _reader(request)
    versions = list(_own(user, code))
    if not versions and code not in RULES:
        raise Http404
    current = next((row for row in versions if row.is_open), versions[0] if versions else None)
    trials = RuleTrial.objects.for_user(user).filter(version=current) if current else RuleTrial.objects.none()
    context = {
        "code": code,
        "title": current.title if current else RULES[code].title,
        "entries": [book.entry(row) for row in versions],
        "base": book.entry(book.shipped(code)) if code in RULES else None,
        "current": current,
        "trial": trial_page(trials.first(), request.GET),
        "problems": rules.problems(current) if current and current.is_open else [],
        "may": {name: bool(rights.can(user, current, name)) for name in RULE_MOVES} if current else {},
        "why_not": getattr(rights.can(user, current, "put_live"), "reason", "") if current else "",
        "may_draft": bool(rights.can_draft(user)) and not (current and current.is_open),
        "trial_form": TrialForm(_periods(lab.periods_behind(current, user))) if current else None,
        "live_form": LiveForm(_periods(rules.periods_ahead(current, user))) if current else None,
        "end_form": EndForm(_periods(rules.periods_ahead(current, user))) if current else None,
    }
    return render(request, "monitoring/rules/detail.html", context)


def _periods(rows: Any) -> list[tuple[str, str]]:
    return [(str(row.pk), words.period_name(row)) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A rule of the organization's own."""
    user = _reader(request)
    require(rights.can_draft(user))
    form = OwnRuleForm(_posted(request), initial={"severity": "warn"})
    return _written(request, user, form, None, "قاعدهٔ تازه")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a rule, or the one that is being made."""
    user = _reader(request)
    require(rights.can_draft(user))
    versions = list(_own(user, code))
    row = next((one for one in versions if one.is_open), None)
    if row is not None:
        require(rights.can_edit(user, row))
    last = row or (versions[0] if versions else None)
    if last is None and code not in RULES:
        raise Http404
    form = _form(code, last or book.shipped(code), row, request)
    return _written(request, user, form, row, f"تغییر قاعدهٔ {code}")


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(code: str, last: RuleVersion, row: RuleVersion | None, request: HttpRequest) -> Form:
    names = (
        "severity",
        "law",
        "must_pass",
        "must_fail",
        "code",
        "title",
        "scope",
        "kinds",
        "expression",
        "cell",
    )
    initial: dict[str, Any] = {name: getattr(last, name) for name in names}
    initial |= {"message": last.messages.get("", ""), "reason": row.reason if row else ""}
    if code in RULES:
        rule = RULES[code]
        initial |= {
            f"p_{name}": last.parameters.get(name, f"{one.default:f}")
            for name, one in rule.parameters.items()
        }
        return ShippedRuleForm(rule, _posted(request), initial=initial)
    return OwnRuleForm(_posted(request), initial=initial, fixed_code=code)


def _written(
    request: HttpRequest, user: User, form: Form, row: RuleVersion | None, heading: str
) -> HttpResponse:
    status = 422
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                made = rules.draft(form.wanted, by=user)
            elif row.state == "tried":
                made = rules.revise(row.pk, form.wanted, by=user)
            else:
                made = rules.rewrite(row.pk, form.wanted, by=user)
            messages.success(request, "پیش‌نویس قاعده ذخیره شد. اکنون آن را بر مقطع‌های گذشته بیازمایید.")
            return redirect("monitoring:rule", made.code)
        except RuleBroken as refusal:
            field = "expression" if "expression" in form.fields else "message"
            form.add_error(field, refusal.message)
        except WrongState as refusal:
            form.add_error("code" if "code" in form.fields else None, refusal.message)
            status = refusal.status
    context = {"form": form, "heading": heading, "named": book.named(), "row": row}
    return render(request, "monitoring/rules/form.html", context, status=status if form.errors else 200)


@require_POST
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a trial; it runs as a job with progress, and may be cancelled."""
    user = _reader(request)
    require(rights.can_draft(user))
    row = _version(user, code, *OPEN)
    require(rights.can(user, row, "try"))
    form = TrialForm(_periods(lab.periods_behind(row, user)), request.POST)
    chosen = [int(pk) for pk in form.cleaned_data["periods"]] if form.is_valid() else []
    job = jobs.enqueue(
        "rule.trial", by=user, title=f"آزمایش قاعدهٔ {code}", params={"rule": row.pk, "periods": chosen}
    )
    return redirect("ground:job", job.public_id)


@require_POST
def live(request: HttpRequest, code: str) -> HttpResponse:
    user = _reader(request)
    row = _version(user, code, *OPEN)
    rules.put_live(row.pk, valid_from=_chosen(request), by=user)
    messages.success(request, "قاعده جاری شد و از مقطع گفته‌شده سنجیده می‌شود.")
    return redirect("monitoring:rule", code)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    user = _reader(request)
    rules.withdraw(_version(user, code, *OPEN).pk, by=user)
    messages.success(request, "پیش‌نویس کنار گذاشته شد.")
    return redirect("monitoring:rule-list")


@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    user = _reader(request)
    row = _version(user, code, "live")
    rules.retire(row.pk, ends_before=_chosen(request), reason=request.POST.get("reason", ""), by=user)
    messages.success(request, "پایان قاعده ثبت شد.")
    return redirect("monitoring:rule", code)


def _chosen(request: HttpRequest) -> int:
    text = request.POST.get("period", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 12 else 0


@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge a submission by the rules of today, and go back to where it was asked."""
    user = person(request)
    submission = visible_submission(user, pk)
    standing.recheck(submission.pk, by=user)
    count = submission.checks.count()
    messages.success(request, f"پرونده با قاعده‌های جاری سنجیده شد؛ {to_persian(count)} یافته دارد.")
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("monitoring:inbox")
    return redirect(back)
