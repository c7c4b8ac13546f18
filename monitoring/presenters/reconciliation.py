"""The treasurer's bench as its pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from budget_portal.digits import group
from monitoring.models import LedgerRow, Reconciliation, ReconciliationLine
from monitoring.models.reconciliation import METHODS, STANDINGS
from monitoring.presenters.words import Step
from monitoring.reconciliation.counting import OPEN_ROWS
from monitoring.reconciliation.facts import MoneyKey
from monitoring.reconciliation.targets import PARTS, columns_of, key_of, read_key, written_key

PLUS = "\u200e+"
STEPS = ("بارگذاری دفتر", "ستون‌های دفتر", "تطبیق و توضیح", "امضای صورت تطبیق")
AT = {"draft": 2, "matched": 3, "signed": 5, "superseded": 3}
TABS = {"": "ردیف‌های پرونده", "open": "سطرهای بی‌ردیف", "aside": "کنارگذاشته", "rows": "همهٔ سطرهای دفتر"}
OFF = "off"
PAGES = {"spent": "monitoring:reconciliation", "received": "monitoring:reconciliation-received"}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    count: int | None
    current: bool


@dataclass(frozen=True)
class Line:
    """One money line, entered and in the ledger."""

    pk: int
    key: str
    title: str
    code: str
    source: str
    entered: int | None
    ledger: int
    difference: str
    allowed: int
    rounding: int
    rows: int
    rows_url: str
    state: str  # agrees, explained, open
    explanation: str
    explained_by: str
    explained_at: Any
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the ledger."""

    pk: int
    number: int
    document: str
    dated: Any
    text: str
    code: str
    source: str
    rials: int | None
    problem: str
    standing: str
    standing_label: str
    method: str
    method_label: str
    line: str
    partner: int | None
    statement: str
    reason: str
    moved_by: str
    explanation: str
    explained_by: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sums:
    """The heads of the page."""

    entered: int
    ledger: int
    difference: str
    differing: int
    open_lines: int
    open_rows: int
    open_rials: int
    unlined: int
    aside: int
    aside_text: str
    rounding: str
    methods: str
    rows: int

    @property
    def entered_text(self) -> str:
        return group(self.entered)

    @property
    def ledger_text(self) -> str:
        return group(self.ledger)

    @property
    def rounding_text(self) -> str:
        return f"گردکردن {self.rounding} ریال"

    @property
    def differing_text(self) -> str:
        if not self.differing:
            return "همهٔ ردیف‌ها در رواداری است"
        rest = f"، {group(self.open_lines)} بی‌توضیح" if self.open_lines else "، همه با توضیح"
        return f"{group(self.differing)} ردیف بیرون از رواداری{rest}"

    @property
    def unlined_text(self) -> str:
        return group(self.unlined)

    @property
    def of_rows(self) -> str:
        return f"از {group(self.rows)} سطر"

    @property
    def open_text(self) -> str:
        if not self.unlined:
            return "هر سطر جای خود را دارد"
        rest = f"{group(self.open_rows)} بی‌توضیح" if self.open_rows else "همه با توضیح"
        return f"{group(self.open_rials)} ریال، {rest}"

    @property
    def aside_count(self) -> str:
        return group(self.aside)


def signed(number: int) -> str:
    """‎+۱۲ · ‎−۱۲ · ۰"""
    return (PLUS if number > 0 else "") + group(number)


def steps(bench: Reconciliation | None) -> list[Step]:
    at = AT[bench.state] if bench else 1
    back = reverse("monitoring:reconciliation-columns", args=[bench.pk]) if bench and bench.is_open else ""
    return [
        Step(
            number,
            label,
            "",
            "done" if number < at else "current" if number == at else "todo",
            back if number == 2 and at == 3 else "",
        )
        for number, label in enumerate(STEPS, start=1)
    ]


def url_of(submission: int, measure: str) -> str:
    """The bench of one amount of a submission."""
    return reverse(PAGES[measure], args=[submission])


def measures(submission: int, current: str) -> list[Tab]:
    return [
        Tab(label, url_of(submission, name), None, name == current)
        for name, label in Reconciliation.Measure.choices
    ]


def tabs(bench: Reconciliation, current: str) -> list[Tab]:
    url = url_of(bench.submission_id, bench.measure)
    rows = LedgerRow.objects.filter(reconciliation=bench)
    counts = rows.aggregate(
        open=Count("pk", filter=OPEN_ROWS), aside=Count("pk", filter=ASIDE), rows=Count("pk")
    )
    counts[""] = ReconciliationLine.objects.filter(reconciliation=bench).count()
    return [
        Tab(label, f"{url}?show={name}" if name else url, counts[name], name == current)
        for name, label in TABS.items()
    ]


ASIDE = ~Q(standing="counted") & ~OPEN_ROWS


def rows_of(bench: Reconciliation, show: str, line: str) -> QuerySet[LedgerRow]:
    """The rows of a tab, or those behind one line."""
    rows: QuerySet[LedgerRow] = LedgerRow.objects.filter(reconciliation=bench)
    key = read_key(line)
    if key is not None:
        rows = rows.filter(**columns_of(key))
    elif show == "open":
        rows = rows.filter(OPEN_ROWS).order_by(F("explained_at").asc(nulls_first=True), "number")
    elif show == "aside":
        rows = rows.filter(ASIDE)
    return rows.select_related(*PARTS, "statement__contract", "moved_by", "explained_by")


def lines_of(bench: Reconciliation, typed: Mapping[int, str] | None = None, error: str = "") -> list[Line]:
    """What has to be explained first, then what differs, then the rest in the order of the form."""
    url = url_of(bench.submission_id, bench.measure)
    rows = ReconciliationLine.objects.filter(reconciliation=bench).select_related(*PARTS, "explained_by")
    found = [_line(row, url, typed or {}, error) for row in rows.order_by("pk")]
    order = {"open": 0, "explained": 1, "agrees": 2}
    return sorted(found, key=lambda line: order[line.state])


def _line(row: ReconciliationLine, url: str, typed: Mapping[int, str], error: str) -> Line:
    key = written_key(key_of(row))
    subject = row.project or row.programme
    title = str(subject) if row.expense_chapter is None else f"{subject} – {row.expense_chapter}"
    code = str(getattr(subject, "code", ""))
    state = "agrees" if row.agrees else "explained" if row.explanation else "open"
    return Line(
        pk=row.pk,
        key=key,
        title=title,
        code=code if row.expense_chapter is None else f"{code}-{row.expense_chapter.code}",
        source=str(row.funding_source),
        entered=None if row.entered is None else int(row.entered),
        ledger=int(row.ledger),
        difference=signed(row.difference),
        allowed=int(row.allowed),
        rounding=int(row.rounding),
        rows=row.rows_count,
        rows_url=f"{url}?show=rows&line={key}",
        state=state,
        explanation=row.explanation,
        explained_by=str(row.explained_by or ""),
        explained_at=row.explained_at,
        typed=typed.get(row.pk, ""),
        error=error if row.pk in typed else "",
    )


def titles(bench: Reconciliation) -> dict[str, str]:
    """Key -> what the line is called, for suggestions and choices."""
    rows = ReconciliationLine.objects.filter(reconciliation=bench).select_related(*PARTS).order_by("pk")
    several = rows.values("project", "programme", "expense_chapter").distinct().count() < rows.count()
    return {written_key(key_of(row)): called(row, several) for row in rows}


def called(row: Any, with_source: bool = True) -> str:
    subject = row.project or row.programme
    parts = [str(subject), str(row.expense_chapter or ""), str(row.funding_source) if with_source else ""]
    return " – ".join(part for part in parts if part)


def rows(found: Iterable[LedgerRow], names: Mapping[str, str]) -> list[Row]:
    return [_row(row, names) for row in found]


def _row(row: LedgerRow, names: Mapping[str, str]) -> Row:
    line = written_key(key_of(row)) if row.funding_source_id else ""
    offered = (names.get(written_key(MoneyKey(*key))) for key in row.suggestions)
    statement = row.statement
    return Row(
        pk=row.pk,
        number=row.number,
        document=row.document,
        dated=row.dated,
        text=row.text,
        code=row.code,
        source=row.source,
        rials=row.rials,
        problem=row.problem,
        standing=row.standing,
        standing_label=STANDINGS[row.standing],
        method=row.method,
        method_label=METHODS.get(row.method, ""),
        line=names.get(line, "") if line else "",
        partner=row.partner,
        statement=f"{statement} پیمان {statement.contract.number}" if statement else "",
        reason=row.reason,
        moved_by=str(row.moved_by or ""),
        explanation=row.explanation,
        explained_by=str(row.explained_by or ""),
        suggestions=tuple(name for name in offered if name),
    )


def sums(bench: Reconciliation) -> Sums:
    lines = ReconciliationLine.objects.filter(reconciliation=bench).aggregate(
        entered=Sum("entered"),
        ledger=Sum("ledger"),
        rounding=Sum("rounding"),
        differing=Count("pk", filter=Q(agrees=False)),
        open=Count("pk", filter=Q(agrees=False, explanation="")),
    )
    rows = LedgerRow.objects.filter(reconciliation=bench)
    found = rows.aggregate(
        unlined=Count("pk", filter=OPEN_ROWS),
        open=Count("pk", filter=OPEN_ROWS & Q(explanation="")),
        rials=Sum("rials", filter=OPEN_ROWS),
        aside=Count("pk", filter=ASIDE),
        rows=Count("pk"),
    )
    by_standing = dict(rows.filter(ASIDE).order_by().values_list("standing").annotate(count=Count("pk")))
    by_method = dict(
        rows.filter(funding_source__isnull=False).order_by().values_list("method").annotate(count=Count("pk"))
    )
    entered, ledger = int(lines["entered"] or 0), int(lines["ledger"] or 0)
    return Sums(
        entered=entered,
        ledger=ledger,
        difference=signed(ledger - entered),
        differing=lines["differing"],
        open_lines=lines["open"],
        open_rows=found["open"],
        open_rials=int(found["rials"] or 0),
        unlined=found["unlined"],
        aside=found["aside"],
        aside_text="، ".join(f"{group(count)} {STANDINGS[name]}" for name, count in by_standing.items()),
        rounding=signed(int(lines["rounding"] or 0)),
        methods="، ".join(
            f"{group(by_method[name])} با {label}" for name, label in METHODS.items() if name in by_method
        ),
        rows=found["rows"],
    )
