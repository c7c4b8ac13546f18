"""A new draft: the first version of a plan's or an agency's year, with what does not change copied from the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.decisions import require
from accounts.models import Agency
from agreements.drafting import access, document
from agreements.drafting.document import HELD, Content, Document
from agreements.drafting.spec import POSITION
from agreements.models import CapitalAgreement, ExpenseAgreement, FiscalYear, Plan, Project
from agreements.models.projects import FINISHED
from budget_portal import audit
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

EXISTS = "موافقتنامهٔ این سال پیش‌تر ساخته شده است؛ همان را ادامه دهید یا اصلاحیه بسازید."
NO_PROJECTS = "این طرح پروژهٔ فعالی از دستگاه شما ندارد؛ پروژهٔ تازه را گروه تلفیق بودجه ثبت می‌کند."
# What a new year keeps of the last: form -> cells, () for all of them. Curves and credit are written anew.
KEPT: dict[str, dict[str, tuple[str, ...]]] = {
    "capital": {"CA-1": (), "CA-2": (), "CA-3": (), "CA-4": ()},
    "expense": {
        "2-b": ("title", "programme"),
        "3": ("programme", "title", "unit", "unit_cost"),
        "4": (),
        "6": (),
    },
}


@verb
def start_capital(plan_id: int, year_id: int, *, by: User) -> CapitalAgreement:
    """A draft of a plan's year with its active projects; the plan is locked, so that two never start at once."""
    agency = _agency(by)
    plan: Plan = Plan.objects.for_user(by).select_for_update(of=("self",), no_key=True).get(pk=plan_id)
    year = FiscalYear.objects.for_user(by).get(pk=year_id)
    rows = CapitalAgreement.objects.filter(plan=plan, agency=agency)
    projects = Project.objects.filter(plan=plan, agency=agency).exclude(status__in=FINISHED)
    codes = list(projects.values_list("code", flat=True))
    if not codes:
        raise RuleBroken(NO_PROJECTS)
    content = _kept(rows, year, "capital")
    content = {form: _only(parts, codes) for form, parts in content.items()}
    content["CA-2"] = {code: content.get("CA-2", {}).get(code, {}) for code in codes}
    return _begin(CapitalAgreement(plan=plan), agency, year, rows, content, by)


@verb
def start_expense(year_id: int, *, by: User) -> ExpenseAgreement:
    """A draft of the agency's year; the agency is locked, so that two never start at once."""
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=_agency(by).pk)
    year = FiscalYear.objects.for_user(by).get(pk=year_id)
    rows = ExpenseAgreement.objects.filter(agency=agency)
    return _begin(ExpenseAgreement(), agency, year, rows, _kept(rows, year, "expense"), by)


def _agency(by: User) -> Agency:
    require(access.can_start(by))
    if by.acting is None or by.acting.agency is None:
        raise NotAllowed(access.NOT_YOURS)
    return by.acting.agency


def _begin(made: Any, agency: Agency, year: FiscalYear, rows: Any, content: Content, by: User) -> Any:
    if rows.filter(fiscal_year=year).exists():
        raise RuleBroken(EXISTS)
    made.agency, made.fiscal_year, made.draft, made.created_by = agency, year, content, by
    made.valid_from, made.recorded_at = year.starts_on, timezone.now()
    made.save()
    audit.record("agreement.begun", made, by=by, after={"year": year.year, "version": made.version})
    return made


def _kept(rows: Any, year: FiscalYear, kind: str) -> Content:
    """What the last version of an earlier year says, of what a new year keeps."""
    earlier = rows.filter(state__in=HELD, fiscal_year__year__lt=year.year)
    last = earlier.order_by("-fiscal_year__year", "-version").first()
    if last is None:
        return {}
    found: Document = document.from_tables(last)
    kept: Content = {}
    for form, names in KEPT[kind].items():
        for part, texts in found.content.get(form, {}).items():
            kept.setdefault(form, {})[part] = {key: _cells(row, names) for key, row in texts.items()}
    return kept


def _cells(row: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name, text in row.items() if not names or name in names or name == POSITION}


def _only(
    parts: dict[str, dict[str, dict[str, str]]], codes: list[str]
) -> dict[str, dict[str, dict[str, str]]]:
    """Texts of the version itself and of projects that are still active."""
    return {part: rows for part, rows in parts.items() if not part or part in codes}
