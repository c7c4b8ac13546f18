"""Lists of what was promised as files: letters with their lines, agreements with their credits. What is exported
can be imported again, and then changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from accounts.models import User
from agreements.classification import TREES, Tree, can_read, rows_in
from agreements.forms.agreements import InForceForm
from agreements.models import (
    AllocationLine,
    CapitalAgreement,
    Contract,
    ExpenseAgreement,
    FiscalYear,
    NotificationLine,
    Plan,
    ProgrammeCredit,
    ProjectCredit,
)
from agreements.presenters import chains, totals
from budget_portal import jalali
from budget_portal.errors import RuleBroken
from budget_portal.exports import Column, Listing, listed, money, of_queryset

STATES = {"draft": "پیش‌نویس", "issued": "صادرشده", "cancelled": "باطل‌شده"}
INSTRUMENTS = dict(AllocationLine.Instrument.choices)
KINDS = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}
AGENCY = (
    Column("کد دستگاه", "agency_code", width=12),
    Column("دستگاه اجرایی", "agency_name", width=36),
)
EXPENSE = (
    Column("کد برنامه", "programme_code"),
    Column("شرح برنامه", "programme_title", width=36),
    Column("کد فصل هزینه", "chapter_code", width=10),
    Column("کد منبع اعتبار", "source_code"),
)
EXPENSE_NAMES = {
    "programme_code": F("programme__code"),
    "programme_title": F("programme__title"),
    "chapter_code": F("expense_chapter__code"),
    "source_code": F("funding_source__code"),
}
LETTER = (
    Column("شمارهٔ نامه", "number"),
    Column("تاریخ نامه", "day", "date"),
)


@listed("notifications", "ابلاغیه‌های بودجه")
def notifications(user: User, chosen: Mapping[str, str]) -> Listing:
    """Lines of notifications, one row each, with the letter that they stand in."""
    rows = _letters(
        NotificationLine.objects.for_user(user), chosen, "notification", "notification__fiscal_year__year"
    )
    found = rows.annotate(
        **_letter_names("notification"), **EXPENSE_NAMES, year=F("notification__fiscal_year__year"),
        plan_code=F("plan__code"), plan_title=F("plan__title"),
    ).values(*LETTER_FIELDS, *EXPENSE_NAMES, "year", "plan_code", "plan_title", "budget_row", "amount")  # fmt: skip
    return of_queryset(
        found,
        Column("سال", "year", width=8),
        *AGENCY,
        Column("نوع", lambda row: KINDS[row["kind"]]),
        *EXPENSE,
        Column("کد طرح", "plan_code"),
        Column("عنوان طرح", "plan_title", width=36),
        Column("ردیف بودجه", "budget_row"),
        money("مبلغ ابلاغ", "amount"),
        *LETTER,
        Column("وضعیت", lambda row: STATES[row["state"]]),
    )


@listed("allocations", "ابلاغیه‌های تخصیص")
def allocations(user: User, chosen: Mapping[str, str]) -> Listing:
    rows = _letters(
        AllocationLine.objects.for_user(user), chosen, "notice", "notice__period__fiscal_year__year"
    )
    if "-" in chosen.get("period", ""):
        rows = rows.filter(notice__period__cutoff=chosen["period"].partition("-")[2])
    found = rows.annotate(
        **_letter_names("notice"), **EXPENSE_NAMES, year=F("notice__period__fiscal_year__year"),
        cutoff=F("notice__period__cutoff"), project_code=F("project__code"), project_title=F("project__title"),
    ).values(
        *LETTER_FIELDS, *EXPENSE_NAMES, "year", "cutoff", "project_code", "project_title", "instrument", "amount",
        "collected", "symbol", "due_date", "is_advance",
    )  # fmt: skip
    return of_queryset(
        found,
        Column("مقطع", lambda row: f"{row['year']}-{row['cutoff']}"),
        *AGENCY,
        Column("نوع", lambda row: KINDS[row["kind"]]),
        Column("کد پروژه", "project_code"),
        Column("عنوان پروژه", "project_title", width=40),
        *EXPENSE,
        Column("ابزار", lambda row: INSTRUMENTS[row["instrument"]]),
        money("مبلغ تخصیص", "amount"),
        money("وصول‌شده", "collected"),
        Column("نماد", "symbol"),
        Column("سررسید", "due_date", "date"),
        Column("تنخواه", lambda row: "بله" if row["is_advance"] else "خیر", width=8),
        *LETTER,
        Column("وضعیت", lambda row: STATES[row["state"]]),
    )


def _letters(rows: Any, chosen: Mapping[str, str], letter: str, year: str) -> Any:
    """The filters of the letters' page: year, agency, kind, state, number."""
    asked = chosen.get("year") or chosen.get("period", "").partition("-")[0]
    if asked.isdecimal():
        rows = rows.filter(**{year: int(asked)})
    for name, path in (("agency", "agency__code"), ("kind", "kind"), ("state", "state")):
        if chosen.get(name):
            rows = rows.filter(**{f"{letter}__{path}": chosen[name]})
    if chosen.get("q", "").strip():
        rows = rows.filter(**{f"{letter}__letter_number__icontains": chosen["q"].strip()})
    return rows.order_by(f"-{letter}__letter_date", letter, "pk")


LETTER_FIELDS = ("agency_code", "agency_name", "kind", "number", "day", "state")


def _letter_names(letter: str) -> dict[str, F]:
    paths = {
        "agency_code": "agency__code",
        "agency_name": "agency__name",
        "kind": "kind",
        "number": "letter_number",
        "day": "letter_date",
        "state": "state",
    }
    return {name: F(f"{letter}__{path}") for name, path in paths.items()}


@listed("credits", "اعتبار موافقتنامه‌های هزینه‌ای")
def credits(user: User, chosen: Mapping[str, str]) -> Listing:
    """Credits of the last versions; with `on` or `known` of those in force on a day, as known at a moment."""
    rows = ProgrammeCredit.objects.for_user(user).filter(agreement__in=_versions(chosen))
    if chosen.get("year", "").isdecimal():
        rows = rows.filter(agreement__fiscal_year__year=int(chosen["year"]))
    found = (
        rows.annotate(
            **EXPENSE_NAMES,
            agency_code=F("agreement__agency__code"),
            agency_name=F("agreement__agency__name"),
            year=F("agreement__fiscal_year__year"),
            version=F("agreement__version"),
        )
        .values("agency_code", "agency_name", "year", "version", *EXPENSE_NAMES, "amount")
        .order_by("agency_code", "programme_code", "chapter_code", "source_code")
    )
    return of_queryset(
        found,
        Column("سال", "year", width=8),
        *AGENCY,
        *EXPENSE,
        money("اعتبار مصوب", "amount"),
        Column("نسخه", "version", width=8),
    )


@listed("project-credits", "اعتبار پروژه‌ها در موافقتنامه‌ها")
def project_credits(user: User, chosen: Mapping[str, str]) -> Listing:
    """The same of capital agreements: this year's credits of projects."""
    version = "agreement_project__agreement"
    rows = ProjectCredit.objects.for_user(user).filter(
        **{f"{version}__in": _versions(chosen, CapitalAgreement)}
    )
    if chosen.get("year", "").isdecimal():
        rows = rows.filter(**{f"{version}__fiscal_year__year": int(chosen["year"])})
    names = {
        "year": F(f"{version}__fiscal_year__year"),
        "agency_code": F(f"{version}__agency__code"),
        "agency_name": F(f"{version}__agency__name"),
        "plan_code": F(f"{version}__plan__code"),
        "project_code": F("agreement_project__project__code"),
        "project_title": F("agreement_project__project__title"),
        "source_code": F("funding_source__code"),
        "sub_chapter": F("capital_sub_chapter__code"),
        "version": F(f"{version}__version"),
    }
    found = (
        rows.annotate(**names).values(*names, "amount").order_by("agency_code", "project_code", "source_code")
    )
    return of_queryset(
        found,
        Column("سال", "year", width=8),
        *AGENCY,
        Column("کد طرح", "plan_code"),
        Column("کد پروژه", "project_code"),
        Column("عنوان پروژه", "project_title", width=48),
        Column("کد منبع اعتبار", "source_code"),
        Column("ریزفصل", "sub_chapter"),
        money("اعتبار امسال", "amount"),
        Column("نسخه", "version", width=8),
    )


def _versions(chosen: Mapping[str, str], model: Any = ExpenseAgreement) -> Any:
    on, known = chosen.get("on", "").strip(), chosen.get("known", "").strip()
    if not on and not known:
        return model.objects.filter(state="exchanged")
    try:
        day = jalali.parse(on) if on else jalali.today()
        moment = jalali.parse_moment(known) if known else None
    except ValueError as problem:
        raise RuleBroken(str(problem)) from problem
    return model.objects.in_force(day, known_at=moment)


@listed("agreements", "موافقتنامه‌ها")
def agreements(user: User, chosen: Mapping[str, str]) -> Listing:
    """The latest version of every chain, or those in force on a day as known on another, as the list shows them."""
    kind = "expense" if chosen.get("kind") == "expense" else "capital"
    asked = chosen.get("year", "")
    year = FiscalYear.objects.for_user(user).filter(year=int(asked)).first() if asked.isdecimal() else None
    when = InForceForm(chosen)
    if not when.is_valid():
        raise RuleBroken(when.error_summary()[0].message)
    if when.is_asked:
        held = totals.held(user, kind, year or totals.year_at(user, when.day), when.day, when.moment)
        rows = chains.linked(kind, held)
    else:
        rows = chains.latest(user, kind, year=year.pk if year else None, state=chosen.get("state", ""))
    plan = (
        Column("کد طرح", lambda row: row.plan.code),
        Column("عنوان طرح", lambda row: row.plan.title, width=40),
    )
    return of_queryset(
        rows,
        Column("سال", lambda row: row.fiscal_year.year, width=8),
        Column("کد دستگاه", lambda row: row.agency.code, width=12),
        Column("دستگاه اجرایی", lambda row: row.agency.name, width=36),
        *(plan if kind == "capital" else ()),
        Column("نسخه", "version", width=8),
        Column("وضعیت", lambda row: row.get_state_display()),
        money("اعتبار سال", "credit"),
        Column("شماره", "number"),
        Column("تاریخ موافقتنامه", "agreed_on", "date"),
        Column("اعتبار از", "valid_from", "date"),
        Column("سامانهٔ مبادله", "external_system"),
        Column("شمارهٔ مبادله", "external_number"),
    )


@listed("plans", "طرح‌ها")
def plans(user: User, chosen: Mapping[str, str]) -> Listing:
    rows = Plan.objects.for_user(user).annotate(programme_code=F("programme__code"), place=F("county__name"))
    found = rows.values("code", "title", "programme_code", "place").order_by("code")
    return of_queryset(
        found,
        Column("کد طرح", "code"),
        Column("عنوان طرح", "title", width=48),
        Column("کد برنامه", "programme_code"),
        Column("شهرستان", "place"),
    )


@listed("contracts", "پیمان‌ها")
def contracts(user: User, chosen: Mapping[str, str]) -> Listing:
    """As signed; what changed since stands on the page of the project."""
    rows = Contract.objects.for_user(user)
    if chosen.get("project"):
        rows = rows.filter(project__code=chosen["project"])
    found = (
        rows.annotate(
            project_code=F("project__code"),
            project_title=F("project__title"),
            legal_id=F("company__legal_id"),
            company_name=F("company__name"),
        )
        .values(
            "project_code", "project_title", "number", "part", "legal_id", "company_name", "subject", "amount",
            "signed_on", "starts_on", "duration_days",
        )
        .order_by("project_code", "number")
    )  # fmt: skip
    return of_queryset(
        found,
        Column("کد پروژه", "project_code"),
        Column("عنوان پروژه", "project_title", width=48),
        Column("شمارهٔ پیمان", "number"),
        Column("طرف پیمان در این کار", lambda row: dict(Contract.Part.choices)[row["part"]]),
        Column("شناسهٔ ملی شرکت", "legal_id"),
        Column("نام شرکت", "company_name", width=36),
        Column("موضوع پیمان", "subject", width=40),
        money("مبلغ پیمان", "amount"),
        Column("تاریخ امضا", "signed_on", "date"),
        Column("شروع به کار", "starts_on", "date"),
        Column("مدت", "duration_days", "number", "روز"),
    )


@listed("classification", "طبقه‌بندی")
def classes(user: User, chosen: Mapping[str, str]) -> Listing:
    """Rows of the trees that hold in a year, trunks before branches."""
    asked = chosen.get("year", "")
    years = FiscalYear.objects.for_user(user).order_by("-year")
    year = (years.filter(year=int(asked)) if asked.isdecimal() else years).first()
    found: list[tuple[Tree, Any]] = []
    for tree in TREES.values() if can_read(user) and year is not None else ():
        rows = rows_in(tree, year).order_by("code", "valid_from")
        found += [(tree, row) for row in rows.select_related(*filter(None, [tree.parent]))]
    return Listing(
        (
            Column("درخت", lambda pair: pair[0].label),
            Column("کد", lambda pair: pair[1].code),
            Column("عنوان", lambda pair: pair[1].title, width=48),
            Column(
                "کد بالادست", lambda pair: getattr(pair[1], pair[0].parent).code if pair[0].parent else ""
            ),
            Column("نوع منبع", lambda pair: pair[1].get_kind_display() if hasattr(pair[1], "kind") else ""),
            Column("معتبر از", lambda pair: pair[1].valid_from, "date"),
            Column("معتبر تا", lambda pair: pair[1].valid_to, "date"),
        ),
        found,
        len(found),
    )
