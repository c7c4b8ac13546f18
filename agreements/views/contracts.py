"""Pages of the contracts of one project; every one works without JavaScript."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decisions import require
from agreements import contracts
from agreements.forms.contracts import AmountChangeForm, ContractForm, PaidForm, StatementForm
from agreements.forms.letters import said
from agreements.models import Contract, ContractStatement
from agreements.register import rights
from agreements.views.register import person, project_of
from budget_portal.errors import DomainError, RuleBroken, StaleVersion, WrongState

Conflict = list[tuple[str, str, str]]  # label, mine, theirs


@require_safe
def listing(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    project = project_of(user, code)
    context = {
        "project": project,
        "rows": contracts.of_project(project),
        "may_keep": bool(rights.can_keep(user, project)),
    }
    return render(request, "agreements/contracts/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    project = project_of(user, code)
    require(rights.can_keep(user, project))
    form = ContractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = contracts.add_contract(project.pk, form.facts, **form.company, by=user)
            messages.success(request, "پیمان ثبت شد.")
            return redirect("agreements:contract", code=code, pk=made.pk)
        except RuleBroken as refusal:
            form.add_error(getattr(refusal, "field", "number"), refusal.message)
    return _form(request, "پیمان تازه", "ثبت پیمان", project, form)


@require_safe
def detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Terms, what it is worth now, changes, statements and adjustments."""
    user = person(request)
    row = _contract(request, code, pk)
    context = {
        "project": row.project,
        "contract": row,
        "facts": contracts.facts_of(row),
        "may_keep": bool(rights.can_keep(user, row.project)),
    }
    return render(request, "agreements/contracts/detail.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = _kept(request, code, pk)
    # An amount that was typed before a statement came is not dropped without a word.
    signed_too = not contracts.is_built_on(row) or "amount" in request.POST
    form = ContractForm.of(row, request.POST or None, signed_too=signed_too)
    conflict: Conflict = []
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            contracts.change_contract(row.pk, form.facts, seen=seen, **form.company, by=person(request))
            messages.success(request, "پیمان ذخیره شد.")
            return redirect("agreements:contract", code=code, pk=pk)
        except StaleVersion as stale:
            conflict = _conflict(form, stale, contracts.stamp(_contract(request, code, pk)))
        except RuleBroken as refusal:
            form.add_error(getattr(refusal, "field", "number"), refusal.message)
        except WrongState as refusal:
            form.add_error("amount", refusal.message)
            return _form(request, f"اصلاح پیمان {row}", "ذخیره", row.project, form, row, status=409)
    note = "" if signed_too else "مبلغ و طرف پیمان پس از صورت‌وضعیت یا تغییر مبلغ اصلاح نمی‌شود."
    heading = f"اصلاح پیمان {row}"
    return _form(request, heading, "ذخیره", row.project, form, row, note, conflict=conflict)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A new amount; beyond a quarter it is recorded and warned of."""
    row = _kept(request, code, pk)
    facts = contracts.facts_of(row)
    form = AmountChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = contracts.change_amount(row.pk, **form.cleaned_data, by=person(request))
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "تغییر مبلغ ثبت شد.")
            if contracts.is_beyond(facts.signed, made.new_amount):
                messages.warning(request, contracts.BEYOND)
            return redirect("agreements:contract", code=code, pk=pk)
    return _form(request, f"تغییر مبلغ پیمان {row}", "ثبت تغییر", row.project, form, row, facts=facts)


@require_http_methods(["GET", "POST"])
def statement_new(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = _kept(request, code, pk)
    facts = contracts.facts_of(row)
    form = StatementForm(request.POST) if request.method == "POST" else StatementForm.next_of(facts)
    if form.is_bound and form.is_valid():
        try:
            contracts.state(row.pk, form.cleaned_data, by=person(request))
            messages.success(request, "صورت‌وضعیت ثبت شد.")
            return redirect("agreements:contract", code=code, pk=pk)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
    return _form(request, f"صورت‌وضعیت پیمان {row}", "ثبت صورت‌وضعیت", row.project, form, row, facts=facts)


@require_http_methods(["GET", "POST"])
def statement_pay(request: HttpRequest, code: str, pk: int, statement: int) -> HttpResponse:
    row = _kept(request, code, pk)
    found: Any = get_object_or_404(
        ContractStatement.objects.for_user(person(request)), pk=statement, contract=row
    )
    form = PaidForm(request.POST or None, initial={"paid": found.paid, "seen": found.paid})
    conflict: Conflict = []
    if request.method == "POST" and form.is_valid():
        try:
            contracts.pay(found.pk, **form.cleaned_data, by=person(request))
            messages.success(request, "پرداخت ثبت شد.")
            return redirect("agreements:contract", code=code, pk=pk)
        except StaleVersion as stale:
            conflict = _conflict(form, stale, str(stale.theirs["paid"]))
        except RuleBroken as refusal:
            form.add_error("paid", refusal.message)
    heading = f"پرداخت صورت‌وضعیت {found}"
    return _form(request, heading, "ثبت پرداخت", row.project, form, row, conflict=conflict)


def _conflict(form: Any, stale: StaleVersion, seen: str) -> Conflict:
    """Both values of what differs; the form keeps what was typed, now over what stands: a person decides."""
    found = [
        (*said(form, name, mine), said(form, name, stale.theirs[name])[1])
        for name, mine in stale.mine.items()
    ]
    form.data = {**form.data.dict(), "seen": seen}
    return found


def _contract(request: HttpRequest, code: str, pk: int) -> Contract:
    project = project_of(person(request), code)
    rows = Contract.objects.for_user(person(request)).select_related("company")
    row = cast(Contract, get_object_or_404(rows, pk=pk, project=project))
    row.project = project
    return row


def _kept(request: HttpRequest, code: str, pk: int) -> Contract:
    row = _contract(request, code, pk)
    require(rights.can_keep(person(request), row.project))
    return row


def _form(
    request: HttpRequest,
    heading: str,
    verb: str,
    project: Any,
    form: Any,
    contract: Contract | None = None,
    note: str = "",
    facts: contracts.ContractFacts | None = None,
    *,
    conflict: Conflict | None = None,
    status: int = 0,
) -> HttpResponse:
    """One page for every form of a contract; what was typed stays."""
    context = {
        "heading": heading,
        "verb": verb,
        "project": project,
        "form": form,
        "contract": contract,
        "note": note,
        "facts": facts,
        "conflict": conflict,
    }
    status = status or (409 if conflict else 422 if form.errors else 200)
    return render(request, "agreements/contracts/form.html", context, status=status)
