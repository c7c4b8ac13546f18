"""Completeness and timeliness of every agency over the cut-offs, by count and by credit (feature E2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Agency, User
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal import jalali
from monitoring.due import Pair, due_at
from monitoring.models import Absence, PerformanceSubmission
from monitoring.presenters.words import period_name
from monitoring.ratios import Ratio

MOST = 8  # cut-offs side by side
ON_TIME, LATE, MISSING, ABSENT, OPEN = "on_time", "late", "missing", "absent", "open"
WORDS = {ON_TIME: "به‌موقع", LATE: "دیر", MISSING: "نرسیده", ABSENT: "غایب", OPEN: "مهلت باز"}
TONES = {LATE: "warn", MISSING: "bad", ABSENT: "neutral", OPEN: "info"}
KINDS = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}


@dataclass
class Column:
    """One cut-off: how many came in, how many in time, and how much of the credit stands behind them."""

    period: ReportingPeriod
    title: str
    due: int = 0
    sent: int = 0
    on_time: int = 0
    credit: int = 0
    credit_sent: int = 0
    credit_on_time: int = 0

    def add(self, state: str, credit: int) -> None:
        self.due, self.credit = self.due + 1, self.credit + credit
        if state in (ON_TIME, LATE):
            self.sent, self.credit_sent = self.sent + 1, self.credit_sent + credit
        if state == ON_TIME:
            self.on_time, self.credit_on_time = self.on_time + 1, self.credit_on_time + credit

    @property
    def timely(self) -> Ratio:
        return Ratio(self.on_time, self.due)

    @property
    def timely_credit(self) -> Ratio:
        return Ratio(self.credit_on_time, self.credit)

    @property
    def complete_credit(self) -> Ratio:
        return Ratio(self.credit_sent, self.credit)


@dataclass(frozen=True)
class Said:
    """How one kind of credit of an agency came in; `kind` is empty where both kinds came alike."""

    state: str
    kind: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "")


@dataclass
class AgencyHistory:
    agency: Agency
    states: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # per cut-off: kind → state

    @property
    def cells(self) -> list[tuple[str, list[Said]]]:
        return [(title, _said(cell)) for title, cell in self.states]

    @property
    def on_time(self) -> int:
        return sum(state == ON_TIME for _, cell in self.states for state in cell.values())

    @property
    def due(self) -> int:
        """An entry that may still come in time is not counted against the agency."""
        return sum(state != OPEN for _, cell in self.states for state in cell.values())


def _said(cell: dict[str, str]) -> list[Said]:
    if len(cell) == len(KINDS) and len(set(cell.values())) == 1:
        return [Said(*set(cell.values()))]
    return [Said(state, KINDS[kind]) for kind, state in cell.items()]


@dataclass
class History:
    columns: list[Column]
    rows: list[AgencyHistory]


def history(user: User) -> History:
    """The newest cut-offs whose window was opened; a fixed number of queries for each."""
    windows = list(
        PeriodWindow.objects.for_user(user).exclude(state="planned").select_related("period__fiscal_year")
    )
    periods = sorted({row.period for row in windows}, key=lambda row: row.cutoff_date)[-MOST:]
    agencies = list(Agency.objects.for_user(user).filter(is_active=True).order_by("code"))
    rows = {row.pk: AgencyHistory(row) for row in agencies}
    columns = [Column(period, period_name(period)) for period in periods]
    for column in columns:
        _fill(user, column, rows, [row for row in windows if row.period_id == column.period.pk])
    return History(columns, [row for row in rows.values() if any(cell for _, cell in row.states)])


def _fill(
    user: User, column: Column, rows: dict[int, AgencyHistory], windows: Iterable[PeriodWindow]
) -> None:
    period = column.period
    last = {(row.organization_id, row.kind, row.sector_group_id): row.last_day for row in windows}
    sent = _sent(user, period)
    absent = set(
        Absence.objects.for_user(user).standing().filter(period=period).values_list("agency", "kind")
    )
    due = due_at(period, rows)
    for pk, row in rows.items():
        cell = {}
        for kind in ("capital", "expense"):
            agency, pair = row.agency, (pk, kind)
            until = last.get((agency.organization_id, kind, agency.sector_group_id)) or last.get(
                (agency.organization_id, kind, None)
            )
            if pair in due and until is not None:
                state = _state(pair, sent, absent, until)
                column.add(state, due[pair].credit)
                cell[kind] = state
        row.states.append((column.title, cell))


def _sent(user: User, period: ReportingPeriod) -> dict[Pair, dt.date]:
    rows = PerformanceSubmission.objects.for_user(user).filter(period=period, revision__gt=0)
    return {
        (agency, kind): jalali.local(at).date()
        for agency, kind, at in rows.values_list("agency", "kind", "submitted_at")
        if at is not None
    }


def _state(pair: Pair, sent: dict[Pair, dt.date], absent: set[Pair], until: dt.date) -> str:
    if pair in absent:
        return ABSENT
    if pair not in sent:
        return OPEN if until >= jalali.local(timezone.now()).date() else MISSING
    return ON_TIME if sent[pair] <= until else LATE
