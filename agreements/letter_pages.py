"""What the pages of letters show: rows of the list with their sums, one letter with its lines and what may be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.decisions import Decision
from accounts.models import Agency, User
from accounts.scopes import AGENCY
from agreements import letters, permissions
from agreements.kinds import Kind
from agreements.letters import ALLOCATION, NOTIFICATION, Letter, Sort
from agreements.models import FiscalYear, ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import group, to_latin, to_persian

# Who reads the stages of an agency: a county reads those of its projects, and of its own agencies.
WATERFALL = AGENCY | {
    "county_viewer",
    "budget_expert",
    "consolidation",
    "budget_deputy",
    "org_head",
    "national_viewer",
    "auditor",
}
STATES = [("draft", "پیش‌نویس"), ("issued", "صادرشده"), ("cancelled", "باطل‌شده")]


def url(sort: Sort, name: str = "", *args: Any) -> str:
    return reverse(f"agreements:{sort.name}{f'-{name}' if name else ''}", args=args)


def tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The sections of the budget: both kinds of letters, and the way from notification to spending."""
    found = [(sort.name, sort.plural, url(sort, "list")) for sort in (NOTIFICATION, ALLOCATION)]
    if user.role in WATERFALL:
        found.append(("waterfall", "از ابلاغ تا هزینه", reverse("monitoring:waterfall-home")))
    return [
        {"label": label, "url": address, "count": None, "current": name == current}
        for name, label, address in found
    ]


# --- the list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    letter: Any
    url: str
    when: str
    lines: int
    total: int


@dataclass(frozen=True)
class Filters:
    """What the query string narrows to; unknown values narrow nothing."""

    chosen: Mapping[str, str]
    years: list[tuple[str, str]]
    periods: list[tuple[str, str]]
    agencies: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    states: list[tuple[str, str]]

    @property
    def active(self) -> bool:
        return any(self.chosen.values())


def filters(sort: Sort, user: User, asked: Mapping[str, str]) -> Filters:
    years = [str(year) for year in FiscalYear.objects.for_user(user).values_list("year", flat=True)]
    periods = ReportingPeriod.objects.for_user(user).select_related("fiscal_year")
    found = Filters(
        chosen={},
        years=[(year, to_persian(year)) for year in years],
        periods=[(row.code, period_name(row)) for row in periods.order_by("-cutoff_date")]
        if sort is ALLOCATION
        else [],
        agencies=[
            (row.code, row.name) for row in Agency.objects.for_user(user).order_by("code") if row.is_active
        ],
        kinds=[(str(value), str(label)) for value, label in Kind.choices],
        states=STATES,
    )
    known = {
        "year": found.years,
        "period": found.periods,
        "agency": found.agencies,
        "kind": found.kinds,
        "state": found.states,
    }
    chosen = {
        name: value if (value := to_latin(asked.get(name, ""))) in dict(options) else ""
        for name, options in known.items()
    }
    chosen["q"] = asked.get("q", "").strip()[:60]
    return Filters(chosen, found.years, found.periods, found.agencies, found.kinds, found.states)


def period_name(period: ReportingPeriod) -> str:
    return f"{period.get_cutoff_display()} {to_persian(period.fiscal_year.year)}"


def narrowed(sort: Sort, user: User, chosen: Mapping[str, str]) -> QuerySet[Any]:
    rows: QuerySet[Any] = sort.letter.objects.for_user(user)
    year = "period__fiscal_year__year" if sort is ALLOCATION else "fiscal_year__year"
    if chosen["year"]:
        rows = rows.filter(**{year: chosen["year"]})
    if chosen["period"] and sort is ALLOCATION:
        number, _, cutoff = chosen["period"].partition("-")
        rows = rows.filter(**{year: number}, period__cutoff=cutoff)
    if chosen["agency"]:
        rows = rows.filter(agency__code=chosen["agency"])
    for name in ("kind", "state"):
        if chosen[name]:
            rows = rows.filter(**{name: chosen[name]})
    if chosen["q"]:
        rows = rows.filter(letter_number__icontains=to_latin(chosen["q"])) | rows.filter(
            letter_number__icontains=chosen["q"]
        )
    return rows


def with_sums(sort: Sort, user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Sums of the lines that the reader sees: a county reads its own."""
    own = sort.line.objects.for_user(user).filter(**{sort.parent: OuterRef("pk")})
    sums = own.counted().order_by().values(sort.parent).annotate(total=Sum("amount"))
    counts = own.order_by().values(sort.parent).annotate(n=Count("pk"))
    when = "period__fiscal_year" if sort is ALLOCATION else "fiscal_year"
    return rows.select_related("agency__organization", when).annotate(
        total=Coalesce(Subquery(sums.values("total")), 0),
        line_count=Coalesce(Subquery(counts.values("n")), 0),
    )


def listed(sort: Sort, rows: list[Any]) -> list[Row]:
    return [
        Row(letter, url(sort, "", letter.pk), when(letter), letter.line_count, int(letter.total))
        for letter in rows
    ]


def when(letter: Any) -> str:
    """Of which cut-off or year."""
    period = getattr(letter, "period", None)
    return period_name(period) if period else to_persian(letter.fiscal_year.year)


def totals(sort: Sort, user: User, rows: QuerySet[Any]) -> tuple[int, int]:
    """Count and sum of the issued letters among those chosen."""
    issued = rows.filter(state="issued").order_by()
    lines = sort.line.objects.for_user(user).filter(**{f"{sort.parent}__in": issued.values("pk")})
    return issued.count(), int(lines.counted().aggregate(sum=Sum("amount"))["sum"] or 0)


# --- one letter -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineRow:
    pk: int
    title: str
    code: str
    more: str
    source: str
    way: str
    facts: tuple[str, ...]
    amount: int
    collected: int | None
    is_counted: bool
    seen: str


def line_row(sort: Sort, kind: str, line: Any) -> LineRow:
    item = (line.project if sort is ALLOCATION else line.plan) if kind == "capital" else line.programme
    more = str(line.expense_chapter) if line.expense_chapter_id else ""
    if sort is not ALLOCATION:
        scope = line.get_scope_display()
        way = f"{scope} · ردیف {to_persian(line.budget_row)}" if line.budget_row else scope
        facts: tuple[str, ...] = ()
    else:
        way, facts = _way(line), tuple(_facts(line))
    return LineRow(
        pk=line.pk,
        title=str(item) if item else "—",
        code=getattr(item, "code", ""),
        more=more,
        source=str(line.funding_source),
        way=way,
        facts=facts,
        amount=line.amount,
        collected=getattr(line, "collected", None),
        is_counted=sort is not ALLOCATION or not (line.converted_from_id and line.amount > 0),
        seen=letters.seen(line, sort.parts),
    )


def _way(line: Any) -> str:
    if line.converted_from_id:
        return "تبدیل تنخواه" if line.amount > 0 else "برگشت تنخواه"
    if line.is_advance:
        return "تنخواه"
    return str(line.get_instrument_display())


def _facts(line: Any) -> list[str]:
    found = []
    if line.symbol:
        found.append(f"نماد {to_persian(line.symbol)}")
    if line.due_date:
        found.append(f"سررسید {jalali.format_date(line.due_date)}")
    if line.converted_from_id:
        found.append(f"از نامهٔ {to_persian(line.converted_from.notice.letter_number)}؛ دوباره شمرده نمی‌شود")
    return found


@dataclass(frozen=True)
class Action:
    label: str
    url: str
    decision: Decision
    style: str = ""


def actions(sort: Sort, user: User, letter: Letter) -> list[Action]:
    """What consolidation may do with it now; others have no buttons."""
    if not permissions.can_draft_letter(user, letter.agency):
        return []
    if letter.state == "draft":
        write = permissions.can_write_letter(user, letter)
        issue = permissions.can_move_letter(user, letter, sort.moves["issue"])
        return [
            Action("صدور نامه", url(sort, "issue", letter.pk), issue, "primary"),
            Action("ویرایش سربرگ", url(sort, "head", letter.pk), write),
            Action("حذف پیش‌نویس", url(sort, "discard", letter.pk), write, "quiet"),
        ]
    if letter.state == "issued":
        cancel = permissions.can_move_letter(user, letter, sort.moves["cancel"])
        return [Action("ابطال با دلیل", url(sort, "cancel", letter.pk), cancel, "quiet")]
    return []


def facts(sort: Sort, letter: Any) -> list[dict[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("دستگاه اجرایی", letter.agency),
        ("نوع اعتبار", letter.get_kind_display()),
        ("مقطع" if sort is ALLOCATION else "سال مالی", when(letter)),
        ("تاریخ نامه", jalali.format_date(letter.letter_date)),
        ("لازم‌الاجرا از", jalali.format_date(letter.valid_from)),
        ("توضیح", letter.note),
    ]
    if letter.issued_at:
        rows.append(("صدور", f"{letter.issued_by or 'سامانه'}، {_moment(letter.issued_at)}"))
    if letter.state == "cancelled":
        rows.append(("ابطال", f"{_moment(letter.cancelled_at)} – {letter.cancel_reason}"))
    return [{"label": label, "value": value, "note": "", "url": ""} for label, value in rows if value]


def _moment(moment: dt.datetime) -> str:
    return jalali.format_date(jalali.local(moment).date())


def sums(sort: Sort, lines: Any) -> list[tuple[str, str]]:
    """Totals under the table: what counts, then by cash and securities, and what was only converted."""
    total = lines.counted().aggregate(sum=Sum("amount"))["sum"] or 0
    found = [("جمع", group(int(total)))]
    if sort is ALLOCATION:
        for value, label in (("cash", "نقد"), ("securities", "اسناد خزانه")):
            part = lines.counted().filter(instrument=value).aggregate(sum=Sum("amount"))["sum"]
            if part:
                found.append((label, group(int(part))))
        converted = lines.filter(converted_from__isnull=False, amount__gt=0).aggregate(sum=Sum("amount"))[
            "sum"
        ]
        if converted:
            found.append(("تبدیل تنخواه (دوباره شمرده نمی‌شود)", group(int(converted))))
    return found
