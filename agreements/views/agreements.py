"""Agreements for everybody who sees them: the list, a version with its chain, its moves, remarks and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from agreements import agreement_rights as rights
from agreements.drafting import access, checks, document, words
from agreements.drafting.page import Desk
from agreements.drafting.spec import Path
from agreements.forms.agreements import AmendForm, ExchangeForm, InForceForm, RemarkForm, ReturnForm
from agreements.kinds import Kind
from agreements.models import FiscalYear
from agreements.presenters import chains, totals, version
from agreements.workflow import versions
from agreements.workflow.moves import AGREEMENT_MOVES
from budget_portal import files
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.keyset import slice_of, whole

if TYPE_CHECKING:
    from accounts.models import User

SAID = {
    "submit": "موافقتنامه امضا و فرستاده شد.",
    "review": "موافقتنامه تأیید کارشناس گرفت.",
    "return": "موافقتنامه به دستگاه برگشت.",
    "exchange": "مبادله ثبت شد؛ این نسخه لازم‌الاجراست.",
}
ASKED = {
    "submit": "با ارسال، متن قفل می‌شود و کارشناس بودجه آن را بررسی می‌کند. ارسال در حکم امضای رئیس دستگاه است.",
    "review": "با تأیید، موافقتنامه برای ثبت مبادله به گروه تلفیق می‌رود.",
}


@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Of every plan (capital) or agency (expense) the latest version of a year."""
    user, kind = _person(request), _kind(request.GET.get("kind") or Kind.CAPITAL)
    years = list(FiscalYear.objects.for_user(user).order_by("-year"))
    asked = whole(request.GET.get("year"))
    year = next((row for row in years if row.year == asked), None)
    states = dict(chains.STATES)
    state = request.GET.get("state", "")
    when = InForceForm(request.GET)
    as_of = when.is_valid() and when.is_asked
    if as_of:
        year = year or totals.year_at(user, when.day)
        rows = chains.linked(kind, totals.held(user, kind, year, when.day, when.moment))
    else:
        rows = chains.latest(
            user, kind, year=year.pk if year else None, state=state if state in states else ""
        )
    found = slice_of(rows, request)
    context = {
        "when": when,
        "as_of": as_of,
        "total": chains.total(kind, rows) if as_of else None,
        "kind": kind,
        "kinds": Kind.choices,
        "years": years,
        "year": year,
        "state": state,
        "states": chains.STATES,
        "rows": [chains.row_of(kind, row) for row in found.rows],
        "slice": found,
        "may_begin": user.role in rights.WRITERS,
        "several_agencies": user.acting is not None and user.acting.agency_id is None,
    }
    return render(request, "agreements/agreement_list.html", context)


@require_safe
def agreement_totals(request: HttpRequest) -> HttpResponse:
    """Credit of the versions in force on a day, as known on another, added up by agency, group or programme."""
    user, kind = _person(request), _kind(request.GET.get("kind") or Kind.CAPITAL)
    form = InForceForm(request.GET)
    by = request.GET.get("by", "")
    by = by if by in totals.BY else "agency"
    context: dict[str, Any] = {
        "kind": kind,
        "kinds": Kind.choices,
        "form": form,
        "by": by,
        "levels": totals.BY,
    }
    if form.is_valid():
        found = totals.read(user, kind, by, form.day, known_at=form.moment)
        context |= {"found": found, "on": form.day, "known": form.cleaned_data["known"]}
    return render(
        request, "agreements/agreement_totals.html", context, status=200 if form.is_valid() else 422
    )


@require_safe
def agreement(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One version: forms with their state, chain, remarks, and what may be done now."""
    return _page(request, kind, _version(request, kind, pk), InForceForm())


def _page(request: HttpRequest, kind: str, found: Any, in_force: InForceForm) -> HttpResponse:
    user = _person(request)
    desk = Desk(found, bool(access.can_write(user, found)))
    context = _context(kind, found) | {
        "desk": desk,
        "forms": [(form, desk.judged.states[form.code]) for form in desk.forms],
        "chain": version.chain(user, kind, found),
        "actions": version.actions(user, kind, found),
        "remarks": version.remarks(user, kind, found),
        "in_force": in_force,
        "change_count": len(desk.changed),
        "grounds": version.grounds(kind, desk),
    }
    return render(request, "agreements/agreement.html", context, status=422 if in_force.errors else 200)


@require_http_methods(["GET", "POST"])
def agreement_move(request: HttpRequest, kind: str, pk: int, name: str) -> HttpResponse:
    """Asks what the move needs, then makes it."""
    user, found = _person(request), _version(request, kind, pk)
    if name not in SAID:
        raise Http404
    require(rights.can(user, found, name))
    form, stale = _form_of(request, kind, found, name), ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _make(kind, pk, name, user, form.cleaned_data if form else {}, request.POST.get("seen", ""))
        except StaleVersion as refusal:
            stale = refusal.message
        except RuleBroken as refusal:
            if form is None:
                raise
            form.add_error(None, [refusal.message, *refusal.problems])
        else:
            messages.success(request, SAID[name])
            return redirect("agreements:agreement", kind, pk)
    context = _context(kind, found) | {
        "move": AGREEMENT_MOVES[name],
        "form": form,
        "text": ASKED.get(name, ""),
        "seen": versions.mark_of(found),
        "stale": stale,
    }
    if name == "submit":
        problems = checks.problems(found)
        context |= {
            "problems": version.problem_rows(kind, found, problems),
            "stopped": any(problem.blocks for problem in problems),
        }
    status = 409 if stale else 422 if form and form.errors else 200
    return render(request, "agreements/agreement_move.html", context, status=status)


def _form_of(request: HttpRequest, kind: str, found: Any, name: str) -> ReturnForm | ExchangeForm | None:
    data = request.POST or None
    if name == "return":
        return ReturnForm(data)
    if name == "exchange":
        return ExchangeForm(data) if data else ExchangeForm.of(kind, found)
    return None


def _make(kind: str, pk: int, name: str, user: User, typed: dict[str, Any], seen: str | None) -> None:
    if name == "submit":
        versions.submit(kind, pk, by=user, seen=seen)
    elif name == "review":
        versions.review(kind, pk, by=user, seen=seen)
    elif name == "return":
        versions.return_to_draft(kind, pk, by=user, **typed)
    else:
        versions.exchange(kind, pk, by=user, seen=seen, **typed)


@require_http_methods(["GET", "POST"])
def agreement_amend(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Asks why, from when and on which ground, then begins the next version."""
    user, found = _person(request), _version(request, kind, pk)
    require(rights.can_amend(user, found))
    form = AmendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        upload = typed.pop("document")
        try:
            if upload:
                stored = files.store(upload, organization=found.agency.organization, by=user)
                typed["document_id"] = stored.pk
            made = versions.amend(kind, pk, **typed, by=user)
        except RuleBroken as refusal:
            form.add_error("document" if isinstance(refusal, files.FileRefused) else None, refusal.message)
        else:
            messages.success(request, f"{words.version_name(made)} ساخته شد؛ متن نسخهٔ پیشین در آن است.")
            return redirect("agreements:draft", kind, made.pk)
    context = _context(kind, found) | {"form": form}
    return render(request, "agreements/agreement_amend.html", context, status=422 if form.errors else 200)


@require_safe
def agreement_document(request: HttpRequest, kind: str, pk: int) -> Any:
    """The letter of an amendment, for whoever sees the version."""
    found = _version(request, kind, pk)
    if found.document is None:
        raise Http404
    return files.serve(found.document, inline=request.GET.get("show") == "1")


@require_safe
def agreement_changes(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Before and after of every field of an amendment."""
    found = _version(request, kind, pk)
    if found.amends_id is None:
        raise Http404
    context = _context(kind, found) | {
        "rows": version.changed(kind, found),
        "before_name": words.version_name(found.amends),
    }
    return render(request, "agreements/agreement_changes.html", context)


@require_safe
def agreement_in_force(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Leads to the version of the same chain that held on a day, as known on another."""
    user, found = _person(request), _version(request, kind, pk)
    form = InForceForm(request.GET)
    if not form.is_valid():
        return _page(request, kind, found, form)
    mates = [row.version.pk for row in version.chain(user, kind, found)]
    rows = access.versions(kind, user).filter(pk__in=mates)
    held = rows.in_force(form.day, known_at=form.moment).first()
    if held is None:
        messages.error(request, "در آن روز، چنان‌که آن هنگام دانسته بود، هیچ نسخه‌ای لازم‌الاجرا نبود.")
        return redirect("agreements:agreement", kind, pk)
    return redirect("agreements:agreement", kind, held.pk)


@require_http_methods(["GET", "POST"])
def remark_new(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A sentence about one field; `?path=` names it."""
    user, found = _person(request), _version(request, kind, pk)
    path = Path.parse(request.GET.get("path", ""))
    if path is None or not document.has_place(found, str(path)):
        raise Http404
    require(rights.can_remark(user, found))
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        versions.remark(kind, pk, str(path), form.cleaned_data["text"], by=user)
        messages.success(request, "نکته نوشته شد.")
        return redirect(version.place_url(kind, found, path))
    context = _context(kind, found) | {
        "form": form,
        "place": version.place_name(kind, path),
        "standing": version.standing_text(kind, found, path),
        "back": version.place_url(kind, found, path),
    }
    return render(request, "agreements/remark.html", context, status=422 if form.errors else 200)


@require_POST
def remark_resolve(request: HttpRequest, kind: str, pk: int, remark: int) -> HttpResponse:
    found = _version(request, kind, pk)
    try:
        row = versions.resolve_remark(found.remarks.get(pk=remark).pk, by=_person(request))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, "نکته بسته شد.")
    path = Path.parse(row.path)
    if request.POST.get("back") == "form" and path:
        return redirect(version.place_url(kind, found, path))
    return redirect("agreements:agreement", kind, pk)


def _context(kind: str, found: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "agreement": found,
        "subject": chains.subject(found),
        "version_name": words.version_name(found),
    }


def _kind(kind: str) -> str:
    if kind not in Kind.values:
        raise Http404
    return kind


def _version(request: HttpRequest, kind: str, pk: int) -> Any:
    return get_object_or_404(access.versions(_kind(kind), _person(request)), pk=pk)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
