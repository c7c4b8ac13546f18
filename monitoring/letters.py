"""What performance holds against lowering an allocation, and how open forms hear of a letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agreements.ledger import Amounts
from agreements.letter_rules import Fall, before_lowering
from budget_portal.digits import group
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine
from monitoring.presenters import words

RECEIVED = (
    "«{title}»: دستگاه در {period} دریافتی {received} ثبت کرده است و {what} آن ردیف به {after} می‌رسد. "
    "نخست دریافتی اصلاح یا ابلاغیهٔ جایگزین صادر شود."
)


@before_lowering
def received_already(fall: Fall) -> list[str]:
    """Received money stays covered, in forms at work and in approved ones; what was not covered before is no ground."""
    linked = ("project",) if fall.kind == "capital" else ("programme", "expense_chapter")
    model: Any = CapitalFinanceLine if fall.kind == "capital" else ExpenseFinanceLine
    rows = model.objects.filter(
        submission__agency=fall.agency,
        submission__kind=fall.kind,
        submission__period__fiscal_year=fall.year,
        submission__period__cutoff_date__gte=fall.since,
        held=False,
    )
    lines = rows.select_related(*linked, "funding_source", "submission__period__fiscal_year").order_by(
        "submission__period__cutoff_date", "pk"
    )
    return [sentence for line in lines for sentence in _uncovered(fall, line, linked)]


def _uncovered(fall: Fall, line: Any, linked: tuple[str, ...]) -> Iterator[str]:
    period = line.submission.period
    key = tuple(getattr(line, f"{name}_id") for name in (*linked, "funding_source"))
    was = fall.before(period.cutoff_date).get(key, Amounts())
    stays = fall.after(period.cutoff_date).get(key, Amounts())
    securities = getattr(line, "received_securities", None)
    for what, received, before, after in (
        ("تخصیص", line.received, was.total, stays.total),
        ("تخصیص اوراق", securities, was.securities, stays.securities),
    ):
        if received is not None and after < received <= before:
            yield RECEIVED.format(
                title=f"{line}، {line.funding_source}",
                period=words.period_name(period),
                # What was never sent is the agency's own figure still.
                received=group(received) if line.submission.revision else "بیشتری",
                what=what,
                after=group(after),
            )
            return
