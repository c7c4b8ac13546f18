"""Rules of an organization's own, in any state of their life."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitoring.models import RuleVersion
from monitoring.rulebook import lab
from monitoring.workflow import rules

REASON = "تعهد بیش از یک‌سوم اعتبار در سال گذشته به دیون انجامید."
OPEN_COMMITMENTS = rules.Wanted(
    code="OPEN_COMMITMENTS",
    title="تعهد پرداخت‌نشده از ۳۰٪ اعتبار بیشتر نیست.",
    severity="warn",
    scope="finance_line",
    kinds=("capital", "expense"),
    message="تعهد پرداخت‌نشده ({actual}) از سهم پذیرفته ({expected}) بیشتر است. علت را بنویسید.",
    reason=REASON,
    expression="commitments_open > 0.3 * credit_in_force",
    cell="commitments_open",
    must_pass=[{"commitments_open": "30", "credit_in_force": "100"}],
    must_fail=[{"commitments_open": "31", "credit_in_force": "100"}],
)


def silent(done: int, total: int, message: str = "") -> None:
    """A trial without a job."""


def make_rule(who: Any, state: str = "draft", *, far: bool = False, **other: Any) -> RuleVersion:
    maker = who.far_consolidation if far else who.consolidation
    row = rules.draft(replace(OPEN_COMMITMENTS, **other), by=maker)
    if state == "draft":
        return row
    try_rule(row, by=maker)
    if state == "tried":
        return row
    deputy = who.far_deputy if far else who.deputy
    ahead = rules.periods_ahead(row, deputy)[0]
    rules.put_live(row.pk, valid_from=ahead.pk, by=deputy)
    if state == "retired":
        rules.retire(row.pk, ends_before=ahead.pk, reason=REASON, by=deputy)
    row.refresh_from_db()
    return row


def try_rule(row: RuleVersion, *, by: Any) -> None:
    row.refresh_from_db()
    periods = [period.pk for period in lab.periods_behind(row, by)]
    found = lab.run(row, periods, silent)
    rules.record_trial(row.pk, found, tried=rules.digest(row), by=by)
