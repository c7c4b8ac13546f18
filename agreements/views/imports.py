"""Pages of imports: a file, its columns, what every row will do, applying and undoing (mock 13)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from agreements.forms.imports import ColumnsForm, UndoForm, UploadForm
from agreements.imports import batches, error_file, undoing
from agreements.imports.choices import TABLES
from agreements.workflow import imports
from budget_portal import files, jobs
from budget_portal.digits import to_latin
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.files import FileRefused
from budget_portal.models import ImportBatch, ImportMapping, ImportRow
from budget_portal.querysets import READS_IMPORTS
from budget_portal.tables.detect import letter
from budget_portal.tables.reader import UnreadableTable

if TYPE_CHECKING:
    from accounts.models import User

PAGE = 50
WORKS_ON = ("new", "changed", "error", "held")
STEPS = ("پرونده", "ستون‌ها", "پیش‌نمایش", "اعمال")
AT = {"uploaded": 2, "mapped": 3, "previewed": 3, "applying": 4, "applied": 5, "undone": 5, "failed": 3}
ONLY_READERS = "ورود از پرونده کار گروه تلفیق است."
STAYED = "چیزی نوشته نشد."


@dataclass(frozen=True)
class Step:
    number: int
    label: str
    note: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Chip:
    """One of the six counts above the rows."""

    kind: str
    label: str
    count: int
    url: str
    current: bool


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _batch(request: HttpRequest, public_id: uuid.UUID) -> ImportBatch:
    rows = ImportBatch.objects.for_user(_person(request))
    found: ImportBatch = get_object_or_404(
        rows.select_related("file", "job", "organization", "uploaded_by", "applied_by", "undone_by"),
        public_id=public_id,
    )
    return found


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """All batches of the organization, the newest first."""
    user = _person(request)
    if user.role not in READS_IMPORTS and not imports.can_import(user):
        raise NotAllowed(ONLY_READERS)
    rows = ImportBatch.objects.for_user(user).select_related("file", "uploaded_by")
    page = Paginator(rows, PAGE).get_page(to_latin(request.GET.get("page", "1")))
    for row in page.object_list:
        row.table_title = TABLES[row.table].title if row.table in TABLES else row.table
    context = {"page": page, "may_import": bool(imports.can_import(user))}
    return render(request, "agreements/imports/list.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    require(imports.can_import(user))
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            organization = user.acting.organization if user.acting else None
            stored = files.store_table(form.cleaned_data["file"], organization=organization, by=user)
        except (UnreadableTable, FileRefused) as refused:
            form.add_error("file", str(refused))
        else:
            batch = imports.upload(stored, form.cleaned_data["table"], by=user)
            return redirect("agreements:import-columns", public_id=batch.public_id)
    status = 422 if form.errors else 200
    context = {"form": form, "steps": _steps(None, 1), "tables": form.tables}
    return render(request, "agreements/imports/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Which column is which field; sheet and header row of the address overrule what was found."""
    user, batch = _person(request), _batch(request, public_id)
    require(imports.can(user, batch, "map"))
    table = batches.table_of(batch)
    saved = list(ImportMapping.objects.for_user(user).filter(table=batch.table))
    given = request.POST if request.method == "POST" else request.GET
    proposal = batches.propose(
        table,
        batches.heads_of(batch.file),
        saved,
        sheet=_number(given.get("sheet")) or batch.sheet,
        header_row=_number(given.get("header_row")) or (0 if "sheet" in given else batch.header_row),
    )
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(data, proposal=proposal, table=table, user=user, batch=batch)
    if request.method == "POST" and form.is_valid():
        imports.choose_columns(
            batch.pk,
            sheet=proposal.sheet,
            sheet_name=proposal.sheet_name,
            header_row=proposal.header_row,
            headers=proposal.headers,
            mapping=form.mapping(),
            by=user,
            save_as=form.cleaned_data["save_as"].strip(),
        )
        return _previewed(request, batch, form, proposal)
    return _columns_page(request, batch, form, proposal, 422 if form.errors else 200)


def _previewed(request: HttpRequest, batch: ImportBatch, form: ColumnsForm, proposal: Any) -> HttpResponse:
    """Short files at once; long ones in the background, with a page that says how far it is."""
    user = _person(request)
    if proposal.height > batches.LONG:
        title = f"پیش‌نمایش «{batch.file.name}»"
        job = jobs.enqueue("import.preview", by=user, title=title, params={"batch": batch.pk})
        return redirect("ground:job", public_id=job.public_id)
    try:
        imports.preview(batch.pk, by=user)
    except RuleBroken as refusal:
        for problem in refusal.problems or [refusal.message]:
            form.add_error(None, str(problem))
        return _columns_page(request, batch, form, proposal, 422)
    return redirect("agreements:import-detail", public_id=batch.public_id)


def _columns_page(
    request: HttpRequest, batch: ImportBatch, form: ColumnsForm, proposal: Any, status: int
) -> HttpResponse:
    context = {"batch": batch, "form": form, "proposal": proposal, "steps": _steps(batch, 2)}
    context["table"] = batches.table_of(batch)
    return render(request, "agreements/imports/columns.html", context, status=status)


@require_safe
@never_cache
def import_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What every row does, and the one next step. While the batch is applied, the foot asks for itself again."""
    user, batch = _person(request), _batch(request, public_id)
    if batch.state in ("uploaded", "mapped") and imports.can(user, batch, "map"):
        return redirect("agreements:import-columns", public_id=batch.public_id)
    may = {name: imports.can(user, batch, name) for name in ("map", "apply", "halt", "discard", "undo")}
    context: dict[str, Any] = {"batch": batch, "may": may, "job": batch.job}
    if getattr(request, "htmx", False) and request.GET.get("part") == "foot":
        return render(request, "agreements/imports/_foot.html", context)
    kind = request.GET.get("kind", "")
    rows = ImportRow.objects.for_user(user).filter(batch=batch)
    shown = rows.filter(kind__in=WORKS_ON) if kind == "works" else rows.filter(kind=kind) if kind else rows
    context |= {
        "page": Paginator(shown, PAGE).get_page(to_latin(request.GET.get("page", "1"))),
        "chips": _chips(batch, kind),
        "kind": kind,
        "works": sum(int(batch.count(name)) for name in WORKS_ON),
        "columns": _columns(batch),
        "size": (batch.file.size + 1023) // 1024,
        "table": batches.table_of(batch),
        "steps": _steps(batch, AT.get(batch.state, 3)),
        "rests": undoing.hindrances(batch) if may["undo"] else [],
    }
    return render(request, "agreements/imports/detail.html", context)


@require_POST
def import_apply(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    batch = _batch(request, public_id)
    try:
        imports.apply(batch.pk, hold="hold" in request.POST, by=_person(request))
    except RuleBroken as refusal:
        messages.error(request, f"{refusal.message} {STAYED}")
    return redirect("agreements:import-detail", public_id=batch.public_id)


@require_POST
def import_stop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    batch = _batch(request, public_id)
    imports.stop(batch.pk, by=_person(request))
    messages.info(request, "اعمال متوقف می‌شود و هیچ سطری نوشته نمی‌ماند.")
    return redirect("agreements:import-detail", public_id=batch.public_id)


@require_POST
def import_discard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    imports.discard(_batch(request, public_id).pk, by=_person(request))
    messages.info(request, "پرونده کنار گذاشته شد؛ چیزی از آن نوشته نشد.")
    return redirect("agreements:import-list")


@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks for the reason, and says what rests on the batch."""
    user, batch = _person(request), _batch(request, public_id)
    require(imports.can(user, batch, "undo"))
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            imports.undo(batch.pk, reason=form.cleaned_data["reason"], by=user)
        except RuleBroken as refusal:
            for problem in refusal.problems or [refusal.message]:
                form.add_error(None, str(problem))
        else:
            messages.success(request, "همهٔ این ورود برگردانده شد.")
            return redirect("agreements:import-detail", public_id=batch.public_id)
    context = {"batch": batch, "form": form, "rests": undoing.hindrances(batch)}
    context["consequence"] = undoing.consequence(batch)
    return render(request, "agreements/imports/undo.html", context, status=422 if form.errors else 200)


@require_safe
def import_errors(request: HttpRequest, public_id: uuid.UUID) -> FileResponse:
    """The person's own file with one column more: what is wrong with each row."""
    batch = _batch(request, public_id)
    return error_file.answer(batch)


# --- parts --------------------------------------------------------------------------------------------------


def _number(text: str | None) -> int:
    found = to_latin(text or "").strip()
    return int(found) if found.isdecimal() and len(found) < 6 else 0


def _steps(batch: ImportBatch | None, at: int) -> list[Step]:
    """The four steps; done ones lead back while that is possible."""
    back = ""
    if batch is not None and batch.state in ("mapped", "previewed", "failed"):
        back = reverse("agreements:import-columns", args=[batch.public_id])
    return [
        Step(
            number,
            label,
            "",
            "done" if number < at else "current" if number == at else "todo",
            back if number == 2 and number < at else "",
        )
        for number, label in enumerate(STEPS, start=1)
    ]


def _chips(batch: ImportBatch, kind: str) -> list[Chip]:
    url = reverse("agreements:import-detail", args=[batch.public_id])
    every = sum(int(count) for count in batch.counts.values())
    found = [Chip("", "همهٔ سطرها", every, url, not kind)]
    return found + [
        Chip(value, str(label), int(batch.count(value)), f"{url}?kind={value}", kind == value)
        for value, label in ImportRow.Kind.choices
    ]


def _columns(batch: ImportBatch) -> list[dict[str, str]]:
    table = batches.table_of(batch)
    by_place = {int(place): name for name, place in batch.mapping.get("columns", {}).items()}
    return [
        {
            "letter": letter(place),
            "header": header,
            "field": table.title_of(by_place[place]) if place in by_place else "",
        }
        for place, header in enumerate(batch.headers)
    ]
