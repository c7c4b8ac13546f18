"""Pages of both kinds of letters; `sort` comes with the address. Consolidation writes, everybody in scope reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import Role
from agreements import letter_pages as pages
from agreements import letter_rules, letters, permissions
from agreements.forms.letters import CancelForm, HeadForm, line_form, said
from agreements.letters import SORTS, Sort
from agreements.workflow import notices
from budget_portal import files
from budget_portal.errors import DomainError, NotAllowed, RuleBroken, StaleVersion
from budget_portal.keyset import slice_of

if TYPE_CHECKING:
    from django import forms

    from accounts.models import User

PER_PAGE = 100
GET_POST = ["GET", "HEAD", "POST"]


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _letter(request: HttpRequest, sort: Sort, pk: int) -> Any:
    when = "period__fiscal_year" if sort is letters.ALLOCATION else "fiscal_year"
    rows = sort.letter.objects.for_user(_person(request))
    linked = rows.select_related("agency__organization", when, "issued_by", "document")
    return get_object_or_404(linked, pk=pk)


@require_safe
def letter_list(request: HttpRequest, sort: str) -> HttpResponse:
    """Letters newest first, with the sum of those issued among the chosen."""
    of, user = SORTS[sort], _person(request)
    found = pages.filters(of, user, request.GET.dict())
    rows = pages.narrowed(of, user, found.chosen)
    page = slice_of(pages.with_sums(of, user, rows), request)
    count, total = pages.totals(of, user, rows)
    context = {
        "sort": of,
        "tabs": pages.tabs(user, of.name),
        "filters": found,
        "rows": pages.listed(of, page.rows),
        "page": page,
        "count": count,
        "total": total,
        "new_url": pages.url(of, "new") if user.role == Role.CONSOLIDATION else "",
    }
    return render(request, "agreements/letter_list.html", context)


@require_http_methods(GET_POST)
def letter_new(request: HttpRequest, sort: str) -> HttpResponse:
    """The head of a new letter; lines are added on its own page."""
    of, user = SORTS[sort], _person(request)
    if user.role != Role.CONSOLIDATION:
        raise NotAllowed(permissions.LETTERS_OF)
    initial = {"kind": request.GET.get("kind", "")}
    form = HeadForm(request.POST or None, request.FILES or None, sort=of, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values() | _stored(form, values_of=form.cleaned_data["agency"], user=user)
            made = notices.draft(of, values, by=user)
        except RuleBroken as refusal:
            form.add_error(_field_of(refusal), refusal.message)
        else:
            messages.success(request, "پیش‌نویس ساخته شد؛ ردیف‌ها را بیفزایید.")
            return redirect(pages.url(of, "", made.pk))
    context = {"sort": of, "form": form, "back": pages.url(of, "list")}
    return render(request, "agreements/letter_head.html", context, status=422 if form.errors else 200)


@require_safe
def letter_detail(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    own = of.line.objects.for_user(user).filter(**{of.parent: letter})
    page = Paginator(letters.with_names(of, own), PER_PAGE).get_page(request.GET.get("page"))
    writes = permissions.can_write_letter(user, letter)
    context = {
        "sort": of,
        "letter": letter,
        "when": pages.when(letter),
        "facts": pages.facts(of, letter),
        "actions": pages.actions(of, user, letter),
        "page": page,
        "rows": [pages.line_row(of, letter.kind, line) for line in page.object_list],
        "sums": pages.sums(of, own),
        "writes": writes,
        "problems": letter_rules.problems(of, letter) if writes else [],
        "form": line_form(of, letter, user) if writes else None,
        "urls": _urls(of, letter),
    }
    return render(request, "agreements/letter.html", context)


@require_http_methods(GET_POST)
def letter_head(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    require(permissions.can_write_letter(user, letter))
    conflict: list[tuple[str, str, str]] = []
    if request.method == "POST":
        form = HeadForm(request.POST, request.FILES, sort=of, user=user, letter=letter)
        if form.is_valid():
            try:
                values = form.values() | _stored(form, values_of=letter.agency, user=user)
                notices.change_head(of, pk, values, seen=form.cleaned_data["seen"], by=user)
            except StaleVersion as stale:
                conflict = _conflict(form, stale)
                form = _again(form, letters.seen(_letter(request, of, pk), of.head))
            except RuleBroken as refusal:
                form.add_error(_field_of(refusal), refusal.message)
            else:
                messages.success(request, "سربرگ نامه ذخیره شد.")
                return redirect(pages.url(of, "", pk))
    else:
        form = HeadForm.of(of, letter, user)
    context = {
        "sort": of,
        "letter": letter,
        "form": form,
        "conflict": conflict,
        "back": pages.url(of, "", pk),
    }
    return render(request, "agreements/letter_head.html", context, status=_status(form, conflict))


@require_http_methods(GET_POST)
def line_new(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    require(permissions.can_write_letter(user, letter))
    form = line_form(of, letter, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            notices.add_line(of, pk, form.values(), by=user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "ردیف افزوده شد.")
            return redirect(f"{pages.url(of, '', pk)}#add")
    context = {"sort": of, "letter": letter, "form": form, "back": pages.url(of, "", pk)}
    return render(request, "agreements/letter_line.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def line_edit(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    """One line of a draft; when somebody else changed it meanwhile, both values are shown."""
    of, user = SORTS[sort], _person(request)
    line = get_object_or_404(of.line.objects.for_user(user), pk=pk)
    letter = _letter(request, of, getattr(line, f"{of.parent}_id"))
    require(permissions.can_write_letter(user, letter))
    form = line_form(of, letter, user, request.POST or None, line=line)
    conflict: list[tuple[str, str, str]] = []
    if request.method != "POST":
        form.initial_of(of, line)
    elif form.is_valid():
        try:
            notices.change_line(of, pk, form.values(), seen=form.cleaned_data["seen"], by=user)
        except StaleVersion as stale:
            conflict = _conflict(form, stale)
            form = _again(form, letters.seen(of.line.objects.for_user(user).get(pk=pk), of.parts))
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "ردیف ذخیره شد.")
            return redirect(pages.url(of, "", letter.pk))
    context = {
        "sort": of,
        "letter": letter,
        "line": line,
        "form": form,
        "conflict": conflict,
        "back": pages.url(of, "", letter.pk),
    }
    return render(request, "agreements/letter_line.html", context, status=_status(form, conflict))


@require_POST
def line_remove(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    get_object_or_404(of.line.objects.for_user(user), pk=pk)
    letter = notices.remove_line(of, pk, seen=request.POST.get("seen", ""), by=user)
    messages.success(request, "ردیف برداشته شد.")
    return redirect(pages.url(of, "", letter.pk))


@require_http_methods(GET_POST)
def letter_issue(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    """Shows what will be issued and what is wrong with it; the POST carries the mark of what was shown."""
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    require(permissions.can_move_letter(user, letter, of.moves["issue"]))
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            notices.issue(of, pk, seen=request.POST.get("seen", ""), by=user)
        except (RuleBroken, StaleVersion) as refused:
            refusal = refused
        else:
            messages.success(request, "نامه صادر شد و دستگاه آگاه شد.")
            return redirect(pages.url(of, "", pk))
    context = {
        "sort": of,
        "letter": letter,
        "when": pages.when(letter),
        "problems": letter_rules.problems(of, letter),
        "sums": pages.sums(of, of.line.objects.for_user(user).filter(**{of.parent: letter})),
        "seen": letters.seen_whole(of, letter),
        "refusal": refusal,
        "back": pages.url(of, "", pk),
    }
    return render(request, "agreements/letter_issue.html", context, status=refusal.status if refusal else 200)


@require_http_methods(GET_POST)
def letter_cancel(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    require(permissions.can_move_letter(user, letter, of.moves["cancel"]))
    form = CancelForm(request.POST or None)
    hindrances = letter_rules.hindrances(of, letter)
    if request.method == "POST" and form.is_valid():
        try:
            notices.cancel(of, pk, reason=form.cleaned_data["reason"], by=user)
        except RuleBroken as refusal:
            hindrances = refusal.problems
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "نامه باطل شد و دستگاه آگاه شد.")
            return redirect(pages.url(of, "", pk))
    context = {
        "sort": of,
        "letter": letter,
        "when": pages.when(letter),
        "form": form,
        "hindrances": hindrances,
        "back": pages.url(of, "", pk),
    }
    return render(request, "agreements/letter_cancel.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def letter_discard(request: HttpRequest, sort: str, pk: int) -> HttpResponse:
    of, user = SORTS[sort], _person(request)
    letter = _letter(request, of, pk)
    require(permissions.can_write_letter(user, letter))
    if request.method == "POST":
        notices.discard(of, pk, by=user)
        messages.success(request, "پیش‌نویس حذف شد؛ محتوای آن در رویدادنگار می‌ماند.")
        return redirect(pages.url(of, "list"))
    context = {"sort": of, "letter": letter, "when": pages.when(letter), "back": pages.url(of, "", pk)}
    return render(request, "agreements/letter_discard.html", context)


@require_safe
def letter_file(request: HttpRequest, sort: str, pk: int) -> Any:
    """The scanned letter, for whoever sees the letter."""
    letter = _letter(request, SORTS[sort], pk)
    if letter.document is None:
        raise Http404
    return files.serve(letter.document, inline=request.GET.get("show") == "1")


# --- steps ------------------------------------------------------------------------------------------------------------


def _stored(form: HeadForm, *, values_of: Any, user: User) -> dict[str, Any]:
    """The scanned letter is checked and kept before the verb's transaction."""
    upload = form.cleaned_data.get("document")
    if not upload:
        return {}
    return {"document_id": files.store(upload, organization=values_of.organization, by=user).pk}


def _field_of(refusal: RuleBroken) -> str:
    return "document" if isinstance(refusal, files.FileRefused) else "letter_number"


def _conflict(form: forms.BaseForm, stale: StaleVersion) -> list[tuple[str, str, str]]:
    """(label, mine, theirs) of every value that differs."""
    return [
        (*said(form, name, mine), said(form, name, stale.theirs[name])[1])
        for name, mine in stale.mine.items()
    ]


def _again(form: Any, seen: str) -> Any:
    """The same typed values, now over what stands: saving them again is the person's decision."""
    form.data = form.data.copy()
    form.data["seen"] = seen
    return form


def _status(form: forms.BaseForm, conflict: list[tuple[str, str, str]]) -> int:
    return 409 if conflict else 422 if form.errors else 200


def _urls(sort: Sort, letter: Any) -> dict[str, str]:
    found = {"list": pages.url(sort, "list"), "add": pages.url(sort, "line-new", letter.pk)}
    if letter.document_id:
        found["file"] = pages.url(sort, "file", letter.pk)
    return found
