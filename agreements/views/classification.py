"""The trees of classification by fiscal year, and what becomes of their rows in the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from agreements import classification
from agreements.classification import TREES, Tree
from agreements.forms.classification import MappingForm, RenameForm, RowForm
from agreements.forms.register import EndForm
from agreements.models import FiscalYear
from agreements.views.register import person
from budget_portal import jalali
from budget_portal.digits import to_latin
from budget_portal.errors import DomainError, RuleBroken

# The tabs of the page, each with the trees that it shows from the trunk to the leaves.
TABS = {
    "functional": ("امور، فصل و برنامه", ("affair", "chapter", "programme")),
    "expense": ("فصل‌های هزینه", ("expense-chapter",)),
    "capital": ("فصل‌های سرمایه‌ای", ("capital-chapter", "capital-sub-chapter")),
    "sources": ("منابع اعتبار", ("funding-source",)),
}
TAB_OF = {key: tab for tab, (_, keys) in TABS.items() for key in keys}


@dataclass
class Node:
    row: Any
    tree: Tree
    url: str
    children: list[Node] = field(default_factory=list)


@require_safe
def trees(request: HttpRequest) -> HttpResponse:
    """One tree of one year."""
    user = person(request)
    require(classification.can_read(user))
    years = list(FiscalYear.objects.for_user(user).order_by("-year"))
    year = _chosen(years, to_latin(request.GET.get("year", "")))
    tab = request.GET.get("tree", "functional")
    tab = tab if tab in TABS else "functional"
    context = {
        "years": years,
        "year": year,
        "tabs": _tabs(tab, year),
        "nodes": _nodes(tab, year) if year else [],
        "trees": [TREES[key] for key in TABS[tab][1]],
        "may_write": bool(classification.can_write(user)),
    }
    return render(request, "agreements/classification/trees.html", context)


@require_http_methods(["GET", "POST"])
def row_new(request: HttpRequest, tree: str) -> HttpResponse:
    user = person(request)
    require(classification.can_write(user))
    kind = _tree(tree)
    form = RowForm(request.POST or None, tree=kind, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            classification.add_row(kind, form.cleaned_data, by=user)
            messages.success(request, "ردیف تازه تعریف شد.")
            return redirect(_url(kind))
        except RuleBroken as refusal:
            form.add_error("code", refusal.message)
    return _form(request, f"{kind.label} تازه", "تعریف ردیف", form, _url(kind))


@require_safe
def row(request: HttpRequest, tree: str, pk: int) -> HttpResponse:
    """A row with its names, and the ways to rename and to end it."""
    user = person(request)
    require(classification.can_read(user))
    kind = _tree(tree)
    found = _row(user, kind, pk)
    names = kind.model.objects.for_user(user).filter(code=found.code).order_by("-valid_from")
    context = {
        "tree": kind,
        "row": found,
        "names": names,
        "back": _url(kind),
        "may_write": bool(classification.can_write(user)),
    }
    return render(request, "agreements/classification/row.html", context)


@require_http_methods(["GET", "POST"])
def row_rename(request: HttpRequest, tree: str, pk: int) -> HttpResponse:
    user = person(request)
    require(classification.can_write(user))
    kind = _tree(tree)
    found = _row(user, kind, pk)
    form = RenameForm(request.POST or None, initial={"title": found.title})
    if request.method == "POST" and form.is_valid():
        try:
            classification.rename_row(kind, found.pk, **form.cleaned_data, by=user)
            messages.success(request, "عنوان از این تاریخ تغییر می‌کند.")
            return redirect(_url(kind))
        except DomainError as refusal:
            form.add_error(None, refusal.message)
    return _form(request, f"تغییر نام {kind.label} {found.code}", "تغییر نام", form, _row_url(kind, pk))


@require_http_methods(["GET", "POST"])
def row_end(request: HttpRequest, tree: str, pk: int) -> HttpResponse:
    user = person(request)
    require(classification.can_write(user))
    kind = _tree(tree)
    found = _row(user, kind, pk)
    form = EndForm(request.POST) if request.method == "POST" else EndForm.today()
    if form.is_bound and form.is_valid():
        try:
            classification.end_row(kind, found.pk, last_day=form.cleaned_data["last_day"], by=user)
            messages.success(request, "پایان اعتبار ردیف ثبت شد.")
            return redirect(_url(kind))
        except DomainError as refusal:
            form.add_error("last_day", refusal.message)
    return _form(request, f"پایان اعتبار {kind.label} {found.code}", "ثبت پایان", form, _row_url(kind, pk))


@require_POST
def year_open(request: HttpRequest, year: int) -> HttpResponse:
    user = person(request)
    require(classification.can_write(user))
    found = get_object_or_404(FiscalYear.objects.for_user(user), year=year)
    try:
        made = classification.open_year(found.pk, by=user)
    except RuleBroken as refusal:
        messages.error(request, refusal.message)
        return redirect("agreements:year-detail", year=year)
    said = f"{made} ردیف از سال پیش آورده شد." if made else "ردیفی برای آوردن نمانده بود."
    messages.success(request, said)
    return redirect("agreements:classification-mapping", year=year)


@require_safe
def mapping(request: HttpRequest, year: int) -> HttpResponse:
    """Per tree what becomes of the rows of the year before; first what could not be mapped."""
    user = person(request)
    require(classification.can_read(user))
    found = get_object_or_404(FiscalYear.objects.for_user(user), year=year)
    parts = []
    for tree in TREES.values():
        rows = classification.mapping_of(tree, found)
        if rows:
            parts.append(
                {
                    "tree": tree,
                    "unmapped": [item for item in rows if not item.targets],
                    "changed": [item for item in rows if item.targets and not item.is_itself],
                    "same": sum(item.is_itself for item in rows),
                }
            )
    context = {
        "year": found,
        "last": classification.before(found),
        "parts": parts,
        "may_write": bool(classification.can_write(user)),
    }
    return render(request, "agreements/classification/mapping.html", context)


@require_http_methods(["GET", "POST"])
def mapping_row(request: HttpRequest, year: int, tree: str, code: str) -> HttpResponse:
    user = person(request)
    require(classification.can_write(user))
    found = get_object_or_404(FiscalYear.objects.for_user(user), year=year)
    kind = _tree(tree)
    rows = {item.code: item for item in classification.mapping_of(kind, found)}
    if code not in rows:
        raise Http404
    targets = list(
        classification.rows_in(kind, found).order_by("code").values_list("code", "title").distinct()
    )
    form = MappingForm(request.POST or None, targets=targets, parts=rows[code].targets)
    if request.method == "POST" and form.is_valid():
        try:
            classification.map_row(found.pk, kind, code, form.shares, by=user)
            messages.success(request, "نگاشت ردیف ذخیره شد.")
            return redirect("agreements:classification-mapping", year=year)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
    heading = f"نگاشت {kind.label} {code} – {rows[code].title}"
    back = reverse("agreements:classification-mapping", args=[year])
    return _form(request, heading, "ذخیرهٔ نگاشت", form, back)


def _tree(key: str) -> Tree:
    if key not in TREES:
        raise Http404
    return TREES[key]


def _row(user: User, tree: Tree, pk: int) -> Any:
    return get_object_or_404(tree.model.objects.for_user(user), pk=pk)


def _url(tree: Tree) -> str:
    return f"{reverse('agreements:classification')}?tree={TAB_OF[tree.key]}"


def _row_url(tree: Tree, pk: int) -> str:
    return reverse("agreements:classification-row", args=[tree.key, pk])


def _tabs(current: str, year: FiscalYear | None) -> list[dict[str, Any]]:
    suffix = f"&year={year.year}" if year else ""
    return [
        {"label": label, "url": f"?tree={key}{suffix}", "count": None, "current": key == current}
        for key, (label, _) in TABS.items()
    ]


def _chosen(years: list[FiscalYear], asked: str) -> FiscalYear | None:
    """The year of the address, else the one that runs."""
    by_number = {str(year.year): year for year in years}
    running = [year for year in years if year.starts_on <= jalali.today()]
    return by_number.get(asked) or next(iter(running or years), None)


def _nodes(tab: str, year: FiscalYear) -> list[Node]:
    """The tree of a year; a child hangs on the row of its parent's code, whichever name that has now."""
    levels = [TREES[key] for key in TABS[tab][1]]
    roots: list[Node] = []
    above: dict[str, Node] = {}
    for tree in levels:
        rows = classification.rows_in(tree, year).order_by("code", "valid_from")
        rows = rows.select_related(tree.parent) if tree.parent else rows
        nodes = [Node(found, tree, _row_url(tree, found.pk)) for found in rows]
        for node in nodes:
            parent = getattr(node.row, tree.parent, None) if tree.parent else None
            home = above.get(parent.code) if parent else None
            (home.children if home else roots).append(node)
        above = {node.row.code: node for node in nodes}
    return roots


def _form(request: HttpRequest, heading: str, verb: str, form: Any, back: str) -> HttpResponse:
    context = {"heading": heading, "verb": verb, "form": form, "back": back}
    status = 422 if form.errors else 200
    return render(request, "agreements/classification/form.html", context, status=status)
