"""Pages on which an agreement is drawn up: the forms, one cell, one row, a pasted table, a new draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import Denied, require
from agreements import agreement_rights as rights
from agreements.drafting import access, page, pasting, posted, saving, spec, starting, words
from agreements.drafting.page import Desk
from agreements.drafting.saving import NoSuchPlace
from agreements.drafting.spec import Form
from agreements.forms.drafting import NewAgreementForm
from agreements.kinds import Kind
from agreements.models import Project
from agreements.workflow import versions
from budget_portal import files
from budget_portal.digits import to_persian
from budget_portal.errors import DomainError, RuleBroken, StaleVersion
from budget_portal.jalali import format_date

if TYPE_CHECKING:
    from accounts.models import User

BOTH = "{message} مقدار شما: {mine}؛ مقدار کنونی: {theirs}. برای نگه‌داشتن مقدار خود، دوباره ذخیره کنید."
SHOWN = 10  # sentences in the list of what is missing


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose plan and year, and begin."""
    user = _person(request)
    require(access.can_start(user))
    kind = "expense" if request.GET.get("kind") == "expense" else "capital"
    form = NewAgreementForm(request.POST if request.method == "POST" else None, user=user, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = _start(kind, form.cleaned_data, user)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "پیش‌نویس ساخته شد.")
            return redirect("agreements:draft", kind, made.pk)
    context = {"form": form, "kind": kind, "agency": user.acting.agency if user.acting else None}
    return render(request, "agreements/drafting/new.html", context, status=422 if form.errors else 200)


def _start(kind: str, chosen: dict[str, Any], user: User) -> Any:
    if kind == "capital":
        return starting.start_capital(chosen["plan"], chosen["year"], by=user)
    return starting.start_expense(chosen["year"], by=user)


@require_safe
def draft(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The first form that is not complete yet."""
    desk = _desk(request, kind, pk)
    left = [form for form in desk.forms if desk.judged.states[form.code] != "complete"]
    return redirect("agreements:draft-form", kind, pk, (left or list(desk.forms))[0].code)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, kind: str, pk: int, code: str) -> HttpResponse:
    """One form; without script a POST saves every changed cell, then adds or removes a row."""
    desk = _desk(request, kind, pk)
    found, part = _place(desk, code, request.GET.get("part", ""))
    if request.method == "POST":
        return _save_all(request, desk, found, part)
    return _page(request, desk, found, part)


@require_POST
def cell(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Save one cell and answer with what changed around it; the input itself is left alone."""
    user, data = _person(request), request.POST
    _visible(user, kind, pk)
    path = posted.path_of(data.get("kind", ""), data.get("pk", ""), data.get("cell", ""))
    try:
        saving.save_cell(kind, pk, path, data.get("text", ""), seen=data.get("seen"), by=user)
    except (ObjectDoesNotExist, NoSuchPlace) as missing:
        raise Http404 from missing
    except StaleVersion as refusal:
        answer = {"message": refusal.message, "mine": refusal.mine, "theirs": refusal.theirs, "version": 0}
        return JsonResponse(answer, status=refusal.status)
    except DomainError as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    desk = _desk(request, kind, pk)
    found, part = _place(desk, path.form, path.part)
    context = _context(request, desk, found, part)
    response = render(request, "agreements/drafting/answer.html", context)
    response["X-Version"] = "0"
    return response


@require_POST
def projects(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A project joins or leaves a capital draft."""
    user = _person(request)
    _visible(user, kind, pk)
    if kind != "capital":
        raise Http404
    code = request.POST.get("project", "")
    try:
        if "leave" in request.POST:
            saving.remove_project(pk, code, by=user)
        else:
            saving.add_project(pk, code, by=user)
    except NoSuchPlace as missing:
        raise Http404 from missing
    return redirect("agreements:draft-form", kind, pk, "CA-1")


@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest, kind: str, pk: int, code: str, number: int) -> HttpResponse:
    """A table from a spreadsheet: first what it would do, then the writing of it."""
    desk = _desk(request, kind, pk)
    require(access.can_write(_person(request), desk.agreement))
    found, part = _place(desk, code, request.GET.get("part", ""))
    if number >= len(found.sections) or not found.sections[number].may_paste:
        raise Http404
    back = _form_url(kind, pk, found, part)
    context: dict[str, Any] = {"form": found, "section": found.sections[number], "back": back}
    if "laid" in request.POST:
        context["problem"] = _lay(request, desk, found, part, number)
        if not context["problem"]:
            return redirect(back)
    text = request.POST.get("text", "")
    if text.strip():
        context["plan"] = pasting.plan(text, desk.document, found, part, found.sections[number], desk.lists)
    context |= {"text": text, "agreement": desk.agreement}
    status = 409 if context.get("problem") else 200
    return render(request, "agreements/drafting/paste.html", context, status=status)


def _lay(request: HttpRequest, desk: Desk, form: Form, part: str, number: int) -> str:
    """Empty when the rows are written, else why not."""
    rows = pasting.laid_rows(request.POST["laid"])
    if rows is None:
        raise Http404
    try:
        kind = desk.document.kind
        count = saving.lay_rows(kind, desk.agreement.pk, form.code, part, number, rows, by=_person(request))
    except NoSuchPlace as missing:
        raise Http404 from missing
    except StaleVersion as refusal:
        return f"{refusal.message} جدول را دوباره بچسبانید."
    except DomainError as refusal:
        return refusal.message
    messages.success(request, f"{to_persian(count)} ردیف نوشته شد.")
    return ""


# --- saving without script -----------------------------------------------------------------------------------------


def _save_all(request: HttpRequest, desk: Desk, form: Form, part: str) -> HttpResponse:
    user, kind, pk = _person(request), desk.document.kind, desk.agreement.pk
    require(access.can_write(user, desk.agreement))
    problems: list[str] = []
    typed: dict[str, str] = {}
    count = 0
    for change in posted.changes(request.POST):
        try:
            saving.save_cell(kind, pk, change.path, change.text, seen=change.seen, by=user)
            count += 1
        except NoSuchPlace as missing:
            raise Http404 from missing
        except DomainError as refusal:
            typed[change.name] = change.text
            problems.append(_sentence(refusal))
    try:
        _attach(request, desk, form)
    except DomainError as refusal:
        problems.append(_sentence(refusal))
    row = ""
    if not problems:
        try:
            row = _row_action(request, desk, form, part)
        except DomainError as refusal:
            problems.append(_sentence(refusal))
    if problems:
        fresh = _desk(request, kind, pk)
        return _page(request, fresh, form, part, problems=problems, typed=typed, status=409)
    if count and not row:
        messages.success(request, f"{to_persian(count)} خانه ذخیره شد.")
    return redirect(_form_url(kind, pk, form, part, row))


def _attach(request: HttpRequest, desk: Desk, form: Form) -> None:
    """The letter of an amendment travels with the cells of its form, so that nothing typed is lost with it."""
    upload: Any = request.FILES.get("document")
    if not form.amendment_only or upload is None:
        return
    user = _person(request)
    stored = files.store(upload, organization=desk.agreement.agency.organization, by=user)
    saving.attach_document(desk.document.kind, desk.agreement.pk, stored.pk, by=user)
    messages.success(request, "سند اصلاحیه پیوست شد.")


def _row_action(request: HttpRequest, desk: Desk, form: Form, part: str) -> str:
    """Add or remove a row; returns the key of a new one."""
    user, data = _person(request), request.POST
    kind, pk = desk.document.kind, desk.agreement.pk
    try:
        if data.get("add", "").isdecimal():
            return saving.add_row(kind, pk, form.code, part, int(data["add"]), by=user)
        if "remove" in data:
            row = data["remove"]
            # Cells of the row that were typed with the same press are saved by now: it says what was posted.
            seen = posted.seen(data, form.code, f"{part}/{row}")
            seen |= {
                change.path.cell: change.text for change in posted.changes(data) if change.path.row == row
            }
            saving.remove_row(kind, pk, form.code, part, row, seen=seen or None, by=user)
            messages.success(request, "ردیف حذف شد.")
        for name in ("up", "down"):
            if name in data:
                saving.move_row(kind, pk, form.code, part, data[name], up=name == "up", by=user)
                return data[name]
        if data.get("answered", "").isdecimal():
            versions.answer_remark(desk.agreement.remarks.get(pk=int(data["answered"])).pk, by=user)
            messages.success(request, "نکته رفع‌شده اعلام شد؛ کارشناس آن را می‌بیند.")
    except (NoSuchPlace, ObjectDoesNotExist) as missing:
        raise Http404 from missing
    return ""


def _sentence(refusal: DomainError) -> str:
    if isinstance(refusal, StaleVersion) and isinstance(refusal.mine, str):
        return BOTH.format(message=refusal.message, mine=refusal.mine, theirs=refusal.theirs or "—")
    return refusal.message


# --- what the pages share ------------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _visible(user: User, kind: str, pk: int) -> Any:
    if kind not in Kind.values:
        raise Http404
    return get_object_or_404(access.versions(kind, user), pk=pk)


def _desk(request: HttpRequest, kind: str, pk: int) -> Desk:
    user = _person(request)
    agreement = _visible(user, kind, pk)
    may_remark = bool(rights.can_remark(user, agreement))
    return Desk(agreement, bool(access.can_write(user, agreement)), may_remark)


def _place(desk: Desk, code: str, part: str) -> tuple[Form, str]:
    """The form and its part; the first project when none is named."""
    form = next((form for form in desk.forms if form.code == code), None)
    if form is None:
        raise Http404
    parts = desk.document.parts(form)
    if not form.per_project or not parts:
        return form, ""
    if part and part not in parts:
        raise Http404
    return form, part or parts[0]


def _page(
    request: HttpRequest,
    desk: Desk,
    form: Form,
    part: str,
    *,
    problems: list[str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, desk, form, part) | {"problems": problems or []}
    for section in context["view"].sections:
        for row in section.rows:
            for view in row.cells:
                view.shown = (typed or {}).get(view.name, view.shown)
            if row.key and row.key == request.GET.get("row"):
                row.cells[0].focus = True
    return render(request, "agreements/drafting/form.html", context, status=status)


def _context(request: HttpRequest, desk: Desk, form: Form, part: str) -> dict[str, Any]:
    kind, pk = desk.document.kind, desk.agreement.pk
    base = reverse("agreements:draft", args=[kind, pk])
    found = page.tasks(desk, form, part, base)
    places = [task.form for task in found]
    following = found[places.index(form) + 1 : places.index(form) + 2]
    decision = access.can_write(_person(request), desk.agreement)
    blocking = desk.judged.blocking
    return {
        "desk": desk,
        "agreement": desk.agreement,
        "kind": kind,
        "form": form,
        "view": page.build(desk, form, part) if part or not form.per_project else _nothing(form),
        "tasks": found,
        "complete": sum(task.state == "complete" for task in found),
        "next_task": following[0] if following else None,
        "blocking": [_blocking(desk, problem, base) for problem in blocking[:SHOWN]],
        "blocking_count": len(blocking),
        "blocking_more": max(0, len(blocking) - SHOWN),
        "heading": f"موافقتنامهٔ {_subject(desk)} – {_version(desk)}",
        "subject": _subject(desk),
        "notice_title": f"نسخهٔ پیشین: {desk.before_name}، {_since(desk)}." if desk.before else "",
        "changes_url": _url("agreements:agreement-changes", kind, pk),
        "signs": bool(rights.can(_person(request), desk.agreement, "submit")),
        "locked": decision.reason if isinstance(decision, Denied) else "",
        "cell_url": reverse("agreements:draft-cell", args=[kind, pk]),
        "paste_base": f"{base}{form.code}/paste/",
        "projects_url": reverse("agreements:draft-projects", args=[kind, pk]),
        "parts": _parts(desk, form, part),
        "projects": _projects(request, desk) if form.code == "CA-1" else [],
        "store": f"draft:{kind}:{pk}:{form.code}:{part}",
        "list_url": _url("agreements:agreement-list"),
        "detail_url": _url("agreements:agreement", kind, pk),
    }


def _nothing(form: Form) -> page.FormView:
    return page.FormView(form, "", [], [], [])


def _blocking(desk: Desk, problem: Any, base: str) -> dict[str, str]:
    path = problem.path
    query = f"?{urlencode({'part': path.part})}" if path.part else ""
    anchor = f"#c-{path.form}-{path.part}-{path.row}-{path.cell}" if path.cell else ""
    several = path.part and len(desk.document.projects) > 1
    form = spec.form_of(desk.document.kind, path.form)
    name = form.name if form else path.form
    place = f"{name} · {to_persian(path.part)}" if several else name
    return {"url": f"{base}{path.form}/{query}{anchor}", "sentence": problem.sentence, "code": place}


def _parts(desk: Desk, form: Form, part: str) -> list[dict[str, Any]]:
    if not form.per_project:
        return []
    titles = {code: row.title for code, row in desk.derived.projects().items()}
    bad = {problem.path.part for problem in desk.judged.of(form) if problem.blocks}
    return [
        {"code": code, "title": titles.get(code, code), "current": code == part, "bad": code in bad}
        for code in desk.document.projects
    ]


def _projects(request: HttpRequest, desk: Desk) -> list[dict[str, Any]]:
    agreement = desk.agreement
    rows = Project.objects.for_user(_person(request)).filter(agency=agreement.agency_id)
    rows = rows.filter(plan=getattr(agreement, "plan_id", None))
    inside = set(desk.document.projects)
    return [{"code": row.code, "title": row.title, "inside": row.code in inside} for row in rows]


def _subject(desk: Desk) -> str:
    plan = getattr(desk.agreement, "plan", None)
    return plan.title if plan else f"هزینه‌ای {to_persian(desk.agreement.fiscal_year.year)}"


def _version(desk: Desk) -> str:
    name = words.version_name(desk.agreement)
    return f"پیش‌نویس {name}" if desk.agreement.state == "draft" else name


def _since(desk: Desk) -> str:
    """Since when the version before holds, and under which number it was exchanged."""
    before = desk.agreement.amends
    if before is None:
        return ""
    since = f"از {format_date(before.valid_from, 'text')}"
    system = versions.SYSTEMS.get(before.external_system)
    return f"{since}، {system} شمارهٔ {to_persian(before.external_number)}" if system else since


def _form_url(kind: str, pk: int, form: Form, part: str, row: str = "") -> str:
    query = {name: value for name, value in (("part", part), ("row", row)) if value}
    url = reverse("agreements:draft-form", args=[kind, pk, form.code])
    return f"{url}?{urlencode(query)}" if query else url


def _url(name: str, *args: Any) -> str:
    """The address of a page that may not be there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
