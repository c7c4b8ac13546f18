"""The rule lab of the demo: a rule that was tried and waits for the deputy."""

from __future__ import annotations

from typing import Any

from monitoring.rulebook import lab
from monitoring.workflow import rules
from reports.demo import then
from reports.demo.ground import Ground

WANTED = rules.Wanted(
    code="OPEN_COMMITMENTS",
    title="تعهد پرداخت‌نشده از ۱۰٪ اعتبار بیشتر نیست.",
    severity="warn",
    scope="finance_line",
    kinds=("capital", "expense"),
    message="تعهد پرداخت‌نشده ({actual}) از سهم پذیرفته ({expected}) بیشتر است. "
    "رقم تعهد را بررسی کنید یا علت آن را بنویسید.",
    reason="تعهد بیش از یک‌دهم اعتبار در سال گذشته به دیون انجامید.",
    law="مصوبهٔ شورای برنامه‌ریزی استان",
    expression="commitments_open > 0.1 * credit_in_force",
    cell="commitments_open",
    must_pass=[{"commitments_open": "10", "credit_in_force": "100"}],
    must_fail=[{"commitments_open": "11", "credit_in_force": "100"}],
)
TRIED_ON = 3  # cut-offs; the spring has its hits


def _quietly(*step: Any) -> None:
    """A trial without a job has nobody to tell how far it is."""


def write(ground: Ground) -> None:
    by = ground.people["consolidation"]
    with then.at(then.days_ago(2, hour=10)):
        row = rules.draft(WANTED, by=by)
        periods = [period.pk for period in lab.periods_behind(row, by)[:TRIED_ON]]
        found = lab.run(row, periods, _quietly)
        rules.record_trial(row.pk, found, tried=rules.digest(row), by=by)
