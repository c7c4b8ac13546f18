"""Which money stands in a total: one rule for R1, dashboards, the consolidation and the public."""

from __future__ import annotations

import pytest

from monitoring import entry
from monitoring.models import ExpenseFinanceLine
from tests.builders import Case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    """Three lines: one with its figures, one held, one without spending."""
    found = make_expense_case(cast, filled=True, chapters=("1", "2", "6"))
    _, held, missing = found.lines
    found.type(held, "spent", held.allocated_cash * 2)  # over what was received: V3 blocks
    entry.hold("expense", held.pk, by=cast.agency_user)
    found.type(missing, "spent", "")
    return found


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        ("draft", [True, False, False]),
        ("submitted", [True, False, False]),
        ("approved", [True, False, True]),  # as it was approved
        ("reopened", [True, False, False]),
    ],
)
def test_no_held_line_counts_and_a_missing_figure_only_once_approved(
    case: Case, state: str, counted: list[bool]
) -> None:
    case.at(state)
    assert [line.is_counted for line in case.lines] == counted
    rows = ExpenseFinanceLine.objects.filter(submission=case.submission)
    assert set(rows.counted()) == {line for line, counts in zip(case.lines, counted, strict=True) if counts}
