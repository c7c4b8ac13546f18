"""The matrix agency × step as the page prints it: sentence, filters, cells, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from accounts.decisions import Decision
from accounts.models import User
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import group
from budget_portal.templatetags.portal import percent
from monitoring.closing import reminders
from monitoring.closing.blockers import Blockers
from monitoring.presenters.coverage import coverage
from monitoring.presenters.words import Step
from monitoring.ratios import Ratio
from monitoring.service_clock import PeriodClocks
from monitoring.standing import AgencyStanding, Matrix, Share, Standing

KIND_WORDS = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}
WAITING = {
    "": "هنوز آغاز نشده",
    "draft": "در دست دستگاه",
    "returned": "برگشتی، در دست دستگاه",
    "reopened": "بازگشایی، در دست دستگاه",
    "submitted": "در انتظار ذیحساب",
    "treasurer_confirmed": "در نوبت کارشناس بودجه",
    "under_review": "در دست بررسی کارشناس",
    "expert_reviewed": "آمادهٔ تأیید نهایی",
    "approved": "تأیید نهایی",
}
ORDER = tuple(WAITING)  # who is furthest behind says what the agency waits for


@dataclass(frozen=True)
class StepCell:
    """«n از m», or a tick when all of m; `css` is the class of the cell."""

    text: str
    css: str
    done: int = 0
    total: int = 0

    @property
    def is_done(self) -> bool:
        return self.css == "done"


@dataclass(frozen=True)
class MatrixRow:
    name: str
    code: str
    url: str
    note: str
    rows: int
    steps: list[tuple[str, StepCell]]
    spent: int | None
    absorption: Decimal | None
    deviation: Decimal | None
    is_red: bool
    is_ready: bool
    is_late: bool
    waiting: str
    finished_on: str
    conflicts: int = 0
    conflicts_url: str = ""
    remind: Decision | None = None  # only where a reminder makes sense
    absent: str = ""  # reason on record


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    count: int | None
    current: bool
    tone: str = ""


@dataclass(frozen=True)
class Finding:
    lead: str
    text: str


@dataclass(frozen=True)
class DueBox:
    title: str
    text: str
    tone: str


STEP_NAMES = ("ورود", "ذیحساب", "بازدید", "تأیید نهایی")


@dataclass(frozen=True)
class Extras:
    """What stands beside the figures of the matrix: open conflicts, reminders, who is absent on record."""

    conflicts: Mapping[int, int] = field(default_factory=dict)
    remind: Mapping[int, Decision] = field(default_factory=dict)
    absent: Mapping[int, str] = field(default_factory=dict)


WITH_OTHERS = frozenset(
    {"", "draft", "returned", "reopened", "submitted", "treasurer_confirmed", "under_review"}
)


def extras(user: User, matrix: Matrix, found: Blockers) -> Extras:
    open_conflicts: Counter[int] = Counter()
    for one in found.found:
        if one.sort == "conflicts":
            open_conflicts[one.agency.pk] += one.count
    waiting = [row.agency for row in matrix.agencies if any(part.state in WITH_OTHERS for part in row.parts)]
    last = reminders.reminded_at([agency.pk for agency in waiting], matrix.period)
    return Extras(
        open_conflicts,
        {agency.pk: reminders.allowed(user, last.get(agency.pk)) for agency in waiting},
        {one.agency_id: one.reason for one in found.absent},
    )


def rank(standing: AgencyStanding, extra: Extras) -> int:
    """Exceptions first: conflicts, then who is late, then what is ready; finished ones last."""
    if extra.conflicts.get(standing.agency.pk):
        return 0
    if standing.is_finished:
        return 4
    return 1 if standing.is_late else 2 if standing.is_ready else 3


def row(standing: AgencyStanding, period: ReportingPeriod, extra: Extras | None = None) -> MatrixRow:
    extra, pk = extra or Extras(), standing.agency.pk
    shares = (standing.entered, standing.confirmed, standing.visits, standing.approved)
    deviation = standing.deviation
    return MatrixRow(
        name=standing.agency.name,
        code=standing.agency.code,
        url=reverse("monitoring:final-review", args=[period.code, standing.agency.code]),
        note=_note(standing),
        rows=standing.rows,
        steps=[(name, cell(share)) for name, share in zip(STEP_NAMES, shares, strict=True)],
        spent=standing.spent,
        absorption=standing.absorption.exact_percent,
        deviation=deviation,
        is_red=deviation is not None and deviation < -15,
        is_ready=standing.is_ready,
        is_late=standing.is_late,
        waiting=WAITING[min((part.state for part in standing.parts), key=ORDER.index)],
        finished_on=_finished_on(standing.parts) if standing.is_finished else "",
        conflicts=extra.conflicts.get(pk, 0),
        conflicts_url=f"{reverse('monitoring:conflict-list', args=[period.code])}?agency={standing.agency.code}",
        remind=extra.remind.get(pk),
        absent=extra.absent.get(pk, ""),
    )


def _note(standing: AgencyStanding) -> str:
    """Both kinds by name where they stand apart."""
    if len({part.state for part in standing.parts}) > 1:
        return " · ".join(f"{KIND_WORDS[part.kind]}: {WAITING[part.state]}" for part in standing.parts)
    kinds = " و ".join(KIND_WORDS[part.kind] for part in standing.parts)
    return f"{standing.agency.sector_group} · {kinds}"


def cell(share: Share) -> StepCell:
    if share.total == 0 or share.done == 0:
        return StepCell("", "", 0, share.total)
    if share.is_whole:
        return StepCell(str(share.total), "done", share.done, share.total)
    return StepCell(f"{share.done} از {share.total}", "part", share.done, share.total)


def _finished_on(parts: Iterable[Standing]) -> str:
    last = max(
        part.submission.approved_at for part in parts if part.submission and part.submission.approved_at
    )
    return jalali.format_date(last, "text")


# --- above the table -----------------------------------------------------------------------------------------------


def finding(matrix: Matrix, left: str = "") -> Finding:
    ready = sum(row.is_ready for row in matrix.agencies)
    whole, credit = matrix.coverage, matrix.credit_coverage.exact_percent
    lead = f"{group(ready)} دستگاه آمادهٔ تأیید نهایی است." if ready else "دستگاهی آمادهٔ تأیید نهایی نیست."
    text = (
        f"{group(whole.done)} از {group(whole.total)} دستگاه تأیید نهایی کامل دارد، برابر "
        f"{percent(credit)} درصد اعتبار"
    )
    if not left:
        missing = sum(row.rows - row.entered.done for row in matrix.agencies)
        left = f"{group(missing)} ردیف هنوز کامل نیست" if missing else ""
    else:
        left = f"برای بستن مقطع، {left} باقی مانده است"
    return Finding(lead, f"{text}؛ {left}." if left else f"{text}.")


def steps(user: User, matrix: Matrix) -> list[Step]:
    """The four official steps, a tick only at 100 %."""
    sums = [
        sum((getattr(row, name) for row in matrix.agencies), Share(0, 0))
        for name in ("confirmed", "visits", "approved")
    ]
    titles = ("ورود اطلاعات و تأیید ذیحساب", "نظارت و بازدید میدانی", "بررسی و تأیید نهایی")
    nouns = ("ردیف‌ها", "بازدیدها", "ردیف‌ها")
    made = [
        Step(
            number,
            title,
            f"{percent(Ratio(share.done, share.total).exact_percent)}٪ {noun}" if share.total else "—",
            "done" if share.is_whole else "current" if number == 3 else "todo",
        )
        for number, (title, noun, share) in enumerate(zip(titles, nouns, sums, strict=True), start=1)
    ]
    return [*made, _report_step(user, matrix, is_turn=all(step.state == "done" for step in made))]


def _report_step(user: User, matrix: Matrix, *, is_turn: bool) -> Step:
    """The newest periodic report of the organization; before there is one, whether the figures are published."""
    editions = matrix.period.reports.for_user(user).filter(code="R1", level="organization")
    newest = editions.order_by("-edition", "-pk").first()
    if newest is not None:
        done = newest.state == "approved"
        note = f"ویرایش {group(newest.edition)}: {newest.get_state_display()}"
    else:
        windows = PeriodWindow.objects.for_user(user).filter(period=matrix.period).exclude(state="planned")
        states = set(windows.values_list("state", flat=True))
        done, note = False, "ارقام منتشر شد؛ در نوبت گزارش" if states == {"published"} else "معاونت بودجه"
    note = note if matrix.rows else "—"
    return Step(4, "گزارش نظارتی", note, "done" if done else "current" if is_turn else "todo")


def clock_box(clocks: PeriodClocks | None) -> DueBox:
    if clocks is None:
        return DueBox("ساعت خدمت آغاز نشده است", "هنوز ذیحسابی تأیید نکرده است", "calm")
    median = group(clocks.median.normalize() if clocks.median % 1 else int(clocks.median))
    text = f"{group(clocks.counted)} پرونده · دیرترین {group(clocks.worst)}"
    if clocks.overdue:
        text += f" · {group(clocks.overdue)} پرونده خارج از مهلت"
    tone = "bad" if clocks.overdue else "warn" if clocks.worst >= 7 else "calm"
    return DueBox(f"میانهٔ پرونده‌ها: روز کاری {median} از ۱۰", text, tone)


# --- filters ---------------------------------------------------------------------------------------------------------

Test = Callable[[AgencyStanding], bool]
STATES: tuple[tuple[str, str, Test, str], ...] = (
    ("ready", "آمادهٔ تأیید", lambda row: row.is_ready, ""),
    ("conflicts", "دارای مغایرت", lambda row: False, "bad"),
    ("late", "دیرکرد", lambda row: row.is_late, "bad"),
    ("held", "دارای ردیف نگه‌داشته", lambda row: row.held > 0, ""),
    ("finished", "تأییدشده", lambda row: row.is_finished, ""),
)


def chips(matrix: Matrix, state: str, code: str, extra: Extras | None = None) -> list[Chip]:
    """Filters by standing, then by group; each keeps the other."""
    found = [Chip("همه", _query(group=code), len(matrix.agencies), not state)]
    for name, label, test, tone in STATES:
        count = sum(_passes(name, test, row, extra) for row in matrix.agencies)
        found.append(Chip(label, _query(show=name, group=code), count, state == name, tone if count else ""))
    groups = {row.agency.sector_group.code: row.agency.sector_group.name for row in matrix.agencies}
    for name, label in groups.items():
        chosen = code == name
        found.append(Chip(label, _query(show=state, group="" if chosen else name), None, chosen))
    return found


def _query(**values: str) -> str:
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


def _passes(name: str, test: Test, row: AgencyStanding, extra: Extras | None) -> bool:
    if name == "conflicts":
        return bool(extra and extra.conflicts.get(row.agency.pk))
    return test(row)


def chosen(matrix: Matrix, state: str, code: str, extra: Extras | None = None) -> list[AgencyStanding]:
    tests = {name: test for name, _, test, _ in STATES}
    test = tests.get(state)
    found = [
        row
        for row in matrix.agencies
        if (test is None or _passes(state, test, row, extra)) and code in ("", row.agency.sector_group.code)
    ]
    return sorted(found, key=lambda row: rank(row, extra)) if extra else found


def total_note(matrix: Matrix) -> str:
    """Every total says how complete it is (ux §1)."""
    sent = sum(row.spent is not None for row in matrix.agencies)
    return (
        f"جمع ارقام ارسال‌شدهٔ {group(sent)} از {group(len(matrix.agencies))} دستگاه، تأییدنشده نیز؛ "
        f"تأیید نهایی: {coverage(matrix.coverage.done, matrix.coverage.total, matrix.credit_coverage)}"
    )
