"""Lines and evidence of a submission that is on its way refuse every writer; a return opens only its own lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from monitoring.models import CapitalFinanceLine
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_capital_case, make_delay_cause, make_expense_case
from tests.monitoring.making import make_document

pytestmark = pytest.mark.django_db

LOCKED = ("submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved")
CHANGES: dict[str, dict[str, dict[str, Any]]] = {
    "capital": {
        "lines": {"spent": 1},
        "progress": {"workers": 1},
        "operations": {"quantity_done": 1},
        "delay_causes": {"share": 7},
        "documents": {"title": "دیگر"},
    },
    "expense": {"lines": {"spent": 1}, "activities": {"volume_done": 1}},
}


def refusal(action: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        action()
    return str(refused.value.__cause__.diag.constraint_name)


def case_of(kind: str) -> Case:
    if kind == "expense":
        return make_expense_case(chapters=("1",), filled=True)
    case = make_capital_case(filled=True)
    case.progress[0].delay_causes.create(cause=make_delay_cause(), share=100)
    make_document(case.who, case.submission)
    return case


def rows(case: Case, name: str) -> Any:
    """The first row of a kind, as a queryset."""
    parts: dict[str, Any] = {
        "delay_causes": lambda: case.progress[0].delay_causes.all(),
        "documents": lambda: case.submission.documents.all(),
    }
    row = parts[name]()[0] if name in parts else getattr(case, name)[0]
    return type(row).objects.filter(pk=row.pk)


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("state", LOCKED)
def test_nothing_changes_joins_or_leaves_while_others_check_it(state: str, kind: str) -> None:
    case = case_of(kind).at(state)
    for name, change in CHANGES[kind].items():
        found = rows(case, name)
        row = found.get()
        row.pk, row._state.adding = None, True
        for action in (
            lambda found=found, change=change: found.update(**change),
            lambda found=found: found._raw_delete(found.db),
            row.save,
        ):
            assert refusal(action) == "submission_locked", (name, action)


def test_a_returned_line_is_open_and_its_neighbour_is_not() -> None:
    case = case_of("capital").at("submitted")
    case.send_back(case.first_line())
    mine, other = case.lines
    CapitalFinanceLine.objects.filter(pk=mine.pk).update(spent=5)
    assert (
        refusal(lambda: CapitalFinanceLine.objects.filter(pk=other.pk).update(spent=5)) == "submission_locked"
    )
    assert refusal(lambda: rows(case, "documents").update(title="دیگر")) == "submission_locked"
    case.submit().send_back(Return(REASON))
    rows(case, "documents").update(title="دیگر")


def test_no_line_leaves_a_locked_submission_or_a_closed_project() -> None:
    locked = case_of("capital").at("submitted")
    draft = make_capital_case()
    line = CapitalFinanceLine.objects.filter(pk=locked.lines[0].pk)
    assert refusal(lambda: line.update(submission=draft.submission)) == "submission_locked"
    locked.send_back(locked.first_line())
    closed = CapitalFinanceLine.objects.filter(pk=locked.lines[1].pk)
    assert refusal(lambda: closed.update(project=locked.projects[0])) == "submission_locked"


def test_a_line_belongs_to_the_agency_of_its_submission() -> None:
    case = make_capital_case(filled=True)
    other = make_capital_case()
    line = CapitalFinanceLine.objects.filter(pk=case.lines[0].pk)
    assert refusal(lambda: line.update(submission=other.submission)) == "line_agency"
    row = line.get()
    row.pk, row._state.adding, row.submission = None, True, other.submission
    assert refusal(row.save) == "line_agency"
