"""A year of a programme budget, entered by its agencies: each takes its template, fills it with the cumulative figures
of the quarter and uploads it; treasurers confirm in batches, and every quarter is carried to its approval."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from accounts.models import Agency, User
from agreements.imports.ground import fold_name
from agreements.models import ExpenseChapter, FundingSource, Programme
from agreements.workflow import periods
from budget_portal import jalali
from budget_portal.numbers import round_half_up
from budget_portal.tables.reader import Cell
from monitoring import entry
from monitoring.copied import Key
from monitoring.imports.figures import blocks_of
from monitoring.imports.transfers import record_transfers
from monitoring.models import CheckResult, ExpenseFinanceLine, PerformanceSubmission
from monitoring.review import decisions, together
from monitoring.workflow import submissions
from reports.demo.explaining import explain
from reports.execution import ground as execution
from reports.execution.plan import Cutoff, load
from reports.execution.run import NO_VISIT, Clock, enter
from reports.trials import excel, files, ground
from reports.trials.excel import Excel, Rows

SHEET, KEYS = "مبالغ برنامه‌ها", ("کد برنامه", "کد فصل", "کد منبع")
RECEIVED, SPENT, OPEN = "دریافتی", "عملکرد تا این مقطع", "تعهد پرداخت‌نشده"
CHAPTER, SOURCE = "7", "general"
OWN_SHEET: dict[str, list[list[Cell]]] = {
    "کاربرگ حسابداری ما": [["یادداشت دستگاه"], ["این برگه خوانده نمی‌شود"]]
}
Say = Callable[[str], object]


@dataclass
class Quarter:
    """What one cut-off came to, in million rials."""

    period: str
    source: int = 0
    agencies: int = 0
    rows: int = 0
    written: int = 0
    left_out: list[tuple[str, str, int, str]] = field(default_factory=list)  # agency, code, figure, why
    entered: int = 0
    held: int = 0
    held_lines: int = 0
    clean: int = 0  # submissions that the treasurer signed by one word, not line by line
    approved: int = 0
    hits: dict[str, dict[str, int]] = field(default_factory=dict)
    held_by: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def adds_up(self) -> bool:
        left = sum(figure for _, _, figure, _ in self.left_out)
        return self.source == self.entered + left and self.approved == self.entered - self.held


def run(folder: Path, page: Path, *, say: Say) -> list[Quarter]:
    plan = load(page, folder, code=ground.free_code("try-cutoffs"), name="آزمون ورود با الگوی اکسل")
    clock = Clock(say)
    place = execution.build(plan)
    for one in plan.start:
        values = {"number": "قانون بودجه", "letter_number": "قانون", "letter_date": place.year.starts_on}
        enter(place, one, clock, **values)
    return [_cutoff(place, cutoff, clock) for cutoff in plan.cutoffs]


def _cutoff(place: execution.Ground, cutoff: Cutoff, clock: Clock) -> Quarter:
    """Amendment and allocation of the quarter from its file, then the figures through every agency's own pages."""
    window = place.windows[cutoff.cutoff]
    window.refresh_from_db()
    period, deputy = window.period, place.staff["budget_deputy"]
    if window.state == "planned":
        periods.open_window(window.pk, by=deputy)
    first = jalali.quarter_start(place.year.year, period.quarter)
    recall = {"letter_number": f"برگشت {period.code}", "letter_date": first, "part": "falls"}
    enter(place, cutoff.allocations, clock, **recall)
    enter(place, cutoff.credits, clock, number=f"اصلاحیه {period.code}", reason="برنامهٔ سالانهٔ اصلاح‌شده")
    second = first + dt.timedelta(days=1)
    enter(place, cutoff.allocations, clock, letter_number=f"تخصیص {period.code}", letter_date=second)
    figures = _figures(place, cutoff)
    found = Quarter(period.code, source=sum(sum(rows.values()) for rows in figures.values()))
    found.agencies, found.rows = len(figures), sum(len(rows) for rows in figures.values())
    _move_lines(place, cutoff, figures)
    began = time.monotonic()
    for agency_id, rows in figures.items():
        _upload(place, place.users[agency_id], period.code, rows, found)
    found.seconds = time.monotonic() - began
    clock(f"{found.agencies} الگو در {period.code} پر و بارگذاری شد: {found.written} ردیف")
    mine = PerformanceSubmission.objects.filter(period=period, kind="expense")
    mine = mine.select_related("agency", "period__fiscal_year").order_by("agency__code")
    found.hits = excel.by_rule(CheckResult.objects.filter(submission__in=mine))
    _carry(place, list(mine), found)
    periods.close_window(window.pk, by=deputy)
    clock(f"{len(mine)} پروندهٔ {period.code} تأیید نهایی شد")
    return found


def _figures(place: execution.Ground, cutoff: Cutoff) -> dict[int, dict[str, int]]:
    """Agency -> programme -> cumulative figure, half up per line, as the file says."""
    found: dict[int, dict[str, int]] = {}
    for row in files.read(cutoff.performance.file):
        agency = place.agencies[fold_name(row["state_body"], ignore_spaces=True)]
        code = f"{row['program_code']}-{row['subprogram_code']}"
        value = int(round_half_up(Fraction(row["subprogram_actual"]), 0))
        found.setdefault(agency.pk, {})[code] = value
    return found


def _move_lines(place: execution.Ground, cutoff: Cutoff, figures: dict[int, dict[str, int]]) -> None:
    """What another agency reported before has moved, as the complete file of a cut-off shows."""
    owner = place.organization
    programmes = dict(Programme.objects.filter(organization=owner).values_list("code", "pk"))
    chapter = ExpenseChapter.objects.get(organization=owner, code=CHAPTER).pk
    source = FundingSource.objects.get(organization=owner, code=SOURCE).pk
    lines: set[tuple[int, Key]] = {
        (pk, (programmes[code], chapter, source)) for pk, rows in figures.items() for code in rows
    }
    record_transfers(place.windows[cutoff.cutoff].period, owner, lines, place.users)


def _upload(place: execution.Ground, user: User, period: str, rows: dict[str, int], found: Quarter) -> None:
    """One agency: template, figures, upload; what the form has no line for comes back with its sentence."""
    figures: Rows = {
        (code, CHAPTER, SOURCE): {RECEIVED: value, SPENT: value, OPEN: "ندارد"}
        for code, value in rows.items()
    }
    filled = Excel(user).fill(f"/entry/{period}/expense/", {SHEET: (KEYS, figures)}, own=OWN_SHEET)
    found.written += filled.counts.get("ok", 0)
    agency = filled.load.submission.agency.name
    for key, why in filled.left_out:
        found.left_out.append((agency, key, rows[key.partition(" / ")[0]], why))


def _carry(place: execution.Ground, mine: list[PerformanceSubmission], found: Quarter) -> None:
    """Held where a rule blocks, explained, sent; confirmed by one word where all is clean, then to the end."""
    for submission in mine:
        user = place.users[submission.agency_id]
        held = _hold(submission, user, found)
        explain(submission, user)
        submissions.submit(submission.pk, by=user, accept_missing=True)
        found.held_lines += held
    for submission in mine:
        found.clean += _confirm(submission, place.treasurers[submission.agency_id])
    for submission in mine:
        agency: Agency = submission.agency
        expert = place.experts[agency.sector_group_id]
        submissions.start_review(submission.pk, by=expert)
        submissions.write_no_visit_reason(submission.pk, by=expert, reason=NO_VISIT)
        submissions.mark_reviewed(submission.pk, by=expert)
        submissions.approve(submission.pk, by=place.staff["consolidation"])
    lines = list(ExpenseFinanceLine.objects.filter(submission__in=mine))
    found.approved = sum(int(line.spent or 0) for line in lines)
    found.held = sum(int(line.held_raw.get("spent") or 0) for line in lines if line.held)
    found.entered = found.approved + found.held
    for line in lines:
        for rule in line.held_rules if line.held else ():
            found.held_by[rule] = found.held_by.get(rule, 0) + 1


def _confirm(submission: PerformanceSubmission, treasurer: User) -> bool:
    """Signed whole as the page of several submissions offers it, or line by line; whether it was the former."""
    submission.refresh_from_db()
    (offered,) = together.offer(treasurer, [submission])
    if not offered.refusal:
        together.sign_clean(submission.pk, by=treasurer, seen=offered.digest)
        return True
    decisions.accept_each(submission, by=treasurer)
    submissions.confirm(submission.pk, by=treasurer)
    return False


def _hold(submission: PerformanceSubmission, user: User, found: Quarter) -> int:
    blocked = [name for name in blocks_of(submission) if name.startswith("expensefinanceline:")]
    for name in blocked:
        entry.hold("expense", int(name.partition(":")[2]), by=user)
    return len(blocked)


def report(found: list[Quarter]) -> list[str]:
    told: list[str] = []
    for one in found:
        left = sum(figure for _, _, figure, _ in one.left_out)
        told.append(
            f"{one.period}: {one.agencies} دستگاه، {one.rows} ردیف پرونده، {one.written} ردیف از الگو نوشته؛ "
            f"پرونده {one.source:,} = واردشده {one.entered:,} + بی‌ردیف {left:,}؛ نگه‌داشته {one.held:,} "
            f"({one.held_lines} ردیف)، تأییدشده {one.approved:,}؛ {'تراز' if one.adds_up else 'تراز نیست!'}؛ "
            f"{one.clean} پرونده یکجا امضا شد؛ "
            f"بارگذاری‌ها {one.seconds:.0f} ثانیه"
        )
        told += [
            f"  بی‌ردیف: {agency}، {key}: {figure:,} – {why}" for agency, key, figure, why in one.left_out
        ]
        held = "، ".join(f"{rule}: {count}" for rule, count in sorted(one.held_by.items()))
        told.append(f"  نگه‌داشته با: {held}")
        for rule, agencies in one.hits.items():
            told.append(f"  {rule}: {sum(agencies.values())} در {len(agencies)} دستگاه")
            told += [f"    {count} | {agency}" for agency, count in sorted(agencies.items())]
    return told
