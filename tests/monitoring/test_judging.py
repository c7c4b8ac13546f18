"""What the rules are fed: figures of former cut-offs, the agreement in force, and confirmed visits alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.models import CapitalAgreement, ExpenseAgreement
from monitoring import opening
from monitoring.checking import row_name
from monitoring.models import CapitalFinanceLine, CheckResult, PerformanceSubmission
from tests.builders import Case, make_capital_case, make_expense_case
from tests.factories import (
    World,
    make_capital_agreement,
    make_expense_agreement,
    make_fiscal_year,
    make_period,
    make_window,
)

pytestmark = pytest.mark.django_db

MAKERS = {"capital": make_capital_case, "expense": make_expense_case}


def hits(case: Case, rule: str) -> list[CheckResult]:
    return list(CheckResult.objects.filter(submission=case.submission, rule=rule))


def amend(case: Case, credits: dict[int, int], **fields: Any) -> Any:
    """The agreement anew, in force before the cut-off: line -> its credit; lines left out are dropped."""
    lines = case.lines
    if case.kind == "capital":
        before = CapitalAgreement.objects.get(agency=case.agency, state="exchanged")
        capital: dict[Any, dict[Any, int]] = {}
        for at, credit in credits.items():
            capital.setdefault(lines[at].project, {})[lines[at].funding_source] = credit
        return make_capital_agreement(case.agency, case.fiscal_year, capital, amends=before, **fields)
    was = ExpenseAgreement.objects.get(agency=case.agency, state="exchanged")
    expense = {
        (lines[at].programme, lines[at].expense_chapter, lines[at].funding_source): credit
        for at, credit in credits.items()
    }
    return make_expense_agreement(case.agency, case.fiscal_year, expense, amends=was, **fields)


# --- V11: the agreement in force ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_the_credit_is_compared_with_the_agreement_in_force(kind: str) -> None:
    case = MAKERS[kind](filled=True)
    amend(case, {0: 45_000, 1: case.lines[1].credit_in_force})
    case.type(case.lines[0], "spent", 100)
    (hit,) = hits(case, "V11")
    assert (hit.severity, hit.row, hit.expected) == ("block", row_name(case.lines[0]), "45000")
    with pytest.raises(IntegrityError, match="rule V11"), transaction.atomic():
        PerformanceSubmission.objects.filter(pk=case.submission.pk).update(
            state="submitted", submitted_by=case.agency_user, submitted_at=timezone.now(), revision=1
        )
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert not hits(case, "V11")
    assert (case.lines[0].credit_in_force, case.lines[0].spent) == (45_000, 100)


@pytest.mark.parametrize("kind", MAKERS)
def test_sending_copies_the_credit_anew_instead_of_refusing_it(kind: str) -> None:
    case = MAKERS[kind](filled=True)
    amend(case, {0: 45_000, 1: 45_000})
    case.submit()
    assert [line.credit_in_force for line in case.lines] == [45_000, 45_000]


@pytest.mark.parametrize("kind", MAKERS)
def test_what_was_not_returned_was_sent_with_the_version_that_it_names(kind: str) -> None:
    """The agency cannot refresh a locked line, so an amendment that came meanwhile must not stop it."""
    case = MAKERS[kind](filled=True).at("returned")
    before = case.lines[1].credit_in_force
    amend(case, {0: 45_000, 1: 45_000})
    case.type(case.lines[0], "spent", 100)
    assert [hit.row for hit in hits(case, "V11")] == [row_name(case.lines[0])]
    case.submit()
    assert [line.credit_in_force for line in case.lines] == [45_000, before]


# --- V9: work without spending ------------------------------------------------------------------------------


def spend(case: Case, amount: Any) -> None:
    """The first project spends so much by this cut-off, while its work goes on."""
    for line in case.lines:
        if line.project_id == case.projects[0].pk:
            case.type(line, "spent", amount)


def third_quarter(*spent: Any) -> Case:
    """A draft of Q3 after approved cut-offs, with what the first project spent by each."""
    case = make_capital_case(cutoff="Q1", projects=1, filled=True)
    for cutoff, amount in zip(("Q1", "Q2", "Q3"), spent, strict=True):
        case.period = case.who.period(cutoff)
        case.window("capital", cutoff=cutoff)
        opening.open_submission(case.agency, case.period, "capital", by=case.agency_user)
        case.fill()
        spend(case, amount)
        if cutoff != "Q3":
            case.at("approved")
    return case


@pytest.mark.parametrize(
    ("spent", "fires"),
    [
        ((500, 500, 500), True),  # nothing in the second nor in the third quarter
        ((500, 500, 501), False),
        ((400, 500, 500), False),  # spent in the second quarter: one of the two
        ((0, 0, 0), True),
        (("", 500, 500), False),  # not known what was spent by then
        ((500, 500, ""), False),
    ],
)
def test_progress_without_spending_in_two_cutoffs_warns(spent: tuple[Any, ...], fires: bool) -> None:
    case = third_quarter(*spent)
    found = [hit.sentence for hit in hits(case, "V9")]
    assert ["در دو مقطع هزینه‌ای ثبت نشده است" in sentence for sentence in found] == [True] * fires


def test_in_the_second_quarter_the_two_cutoffs_are_the_year() -> None:
    case = make_capital_case(projects=2, previous=True, filled=True)
    first = CapitalFinanceLine.objects.exclude(submission=case.submission)
    spend(case, 0)
    assert [hit.project_id for hit in hits(case, "V9")] == [case.projects[0].pk]
    spend(case, first.filter(project=case.projects[0]).get().spent)
    assert not hits(case, "V9")


def test_in_the_first_quarter_the_two_cutoffs_reach_into_last_year() -> None:
    """The cost counts from the project's begin: 20,000 before either year, and nothing by the autumn."""
    last_year = World()
    last_year.YEAR = 1404
    case = make_capital_case(last_year, cutoff="Q3", projects=1, filled=True)
    spend(case, 0)
    case.at("approved")
    year = make_fiscal_year(case.national_organization, 1405)
    make_capital_agreement(case.agency, year, {case.projects[0]: {case.lines[0].funding_source: 40_000}})
    case.period = make_period(year, "Q1")
    make_window(case.organization, case.period, "capital", by=case.consolidation)
    opening.open_submission(case.agency, case.period, "capital", by=case.agency_user)
    for part in case.operations:
        case.type(part, "quantity_done", part.operation.target_quantity)
    spend(case, 0)
    assert len(hits(case, "V9")) == 1
    spend(case, 1)
    assert not hits(case, "V9")
