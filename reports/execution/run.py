"""The run: files in order, then each cut-off through its four steps by the verbs that the pages call."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from accounts.models import Agency, User
from agreements.workflow import periods
from budget_portal import jalali
from budget_portal.tables.outcome import Outcome
from monitoring.imports.run import import_file
from monitoring.models import PerformanceSubmission
from monitoring.review import decisions
from monitoring.workflow import submissions
from reports.demo.explaining import explain
from reports.execution.ground import Ground, build
from reports.execution.plan import Cutoff, Load, Plan
from reports.execution.summary import Summary, summarise

Say = Callable[[str], object]
NO_VISIT = "ارقام از گزارش رسمی اجرای بودجه آمده و در این مقطع بازدیدی انجام نشده است."
TITLES = {
    "notifications": "ابلاغ",
    "expense_credits": "موافقتنامه",
    "allocations": "تخصیص",
    "expense_performance": "عملکرد",
}


class Clock:
    """Tells how long each part took."""

    def __init__(self, say: Say) -> None:
        self.say, self.began, self.last = say, time.monotonic(), time.monotonic()

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        self.say(f"[{now - self.last:6.1f} s] {text}")
        self.last = now

    @property
    def total(self) -> float:
        return time.monotonic() - self.began


def run(plan: Plan, *, say: Say, password: str | None = None) -> tuple[Ground, list[Summary]]:
    """Everything but the reports."""
    clock = Clock(say)
    ground = build(plan, password=password)
    clock(f"{len(ground.agencies)} دستگاه با کاربران، برنامه‌ها و مقاطع آن ساخته شد")
    for load in plan.start:
        start = ground.year.starts_on
        enter(ground, load, clock, number="قانون بودجه", letter_number="قانون", letter_date=start)
    found = []
    for cutoff in plan.cutoffs:
        found.append(run_cutoff(ground, cutoff, clock))
    clock(f"پایان؛ همه در {clock.total:.0f} ثانیه")
    return ground, found


def run_cutoff(ground: Ground, cutoff: Cutoff, clock: Clock) -> Summary:
    """Amendments, notices and figures of one cut-off; then submit, confirm, review and approve every agency."""
    window, name = ground.windows[cutoff.cutoff], cutoff.cutoff
    deputy = ground.staff["budget_deputy"]
    window.refresh_from_db()
    if window.state == "planned":
        periods.open_window(window.pk, by=deputy)
    # What falls is recalled before its credit falls; what rises is released from the second day on, as the amendment
    # of the first quarter holds from there.
    first = jalali.quarter_start(ground.year.year, window.period.quarter)
    day = first + dt.timedelta(days=1)
    number = f"اصلاحیه {window.period.code}"
    recall = {"letter_number": f"برگشت {window.period.code}", "letter_date": first, "part": "falls"}
    enter(ground, cutoff.allocations, clock, **recall)
    enter(ground, cutoff.credits, clock, number=number, reason=f"برنامهٔ سالانهٔ اصلاح‌شدهٔ {name}")
    enter(ground, cutoff.allocations, clock, letter_number=f"تخصیص {window.period.code}", letter_date=day)
    entered = enter(ground, cutoff.performance, clock)
    rows = PerformanceSubmission.objects.filter(period=window.period, kind="expense")
    for submission in rows.select_related("agency").order_by("agency__code"):
        carry(ground, submission)
    periods.close_window(window.pk, by=deputy)
    clock(f"{rows.count()} پروندهٔ {window.period.code} تأیید نهایی شد")
    return summarise(window.period, entered)


def carry(ground: Ground, submission: PerformanceSubmission) -> None:
    """One submission from draft to final approval: four people, the verbs of the pages."""
    agency: Agency = submission.agency
    user, treasurer = ground.users[agency.pk], ground.treasurers[agency.pk]
    expert, consolidation = ground.experts[agency.sector_group_id], ground.staff["consolidation"]
    explain(submission, user)
    submissions.submit(submission.pk, by=user, accept_missing=True)
    decisions.accept_each(submission, by=treasurer)
    submissions.confirm(submission.pk, by=treasurer)
    submissions.start_review(submission.pk, by=expert)
    submissions.write_no_visit_reason(submission.pk, by=expert, reason=NO_VISIT)
    submissions.mark_reviewed(submission.pk, by=expert)
    submissions.approve(submission.pk, by=consolidation)


def enter(ground: Ground, load: Load, clock: Clock, **values: Any) -> Outcome:
    """One file, rows that cannot stand held with their raw figures."""
    texts = {
        name: jalali.format_iso(value) if hasattr(value, "year") else value for name, value in values.items()
    }
    by: User | None = ground.staff["consolidation"]
    if load.table == "expense_performance":
        by = None
    outcome = import_file(
        load.table,
        load.file,
        load.mapping.with_values(**texts),
        by=by,
        hold=True,
        actors=lambda agency: ground.users.get(agency.pk),
    )
    clock(f"{TITLES[load.table]} از {load.file.name}")
    for line in outcome.lines():
        clock.say(f"           {line}")
    return outcome
