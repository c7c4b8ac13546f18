"""What the rules are fed: figures of former cut-offs, the agreement in force, and confirmed visits alone."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.models import AllocationNotice, CapitalAgreement, ExpenseAgreement
from agreements.workflow import arrivals
from budget_portal.models import AuditEntry
from monitoring import opening
from monitoring.kept_hits import row_name
from monitoring.models import CapitalFinanceLine, CheckResult, PerformanceSubmission
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_capital_case, make_expense_case
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


# --- what an amendment drops -----------------------------------------------------------------------------------


def without_allocation(kind: str, **fields: Any) -> Case:
    """Nothing was released yet, so that nothing but typing keeps a line."""
    case = MAKERS[kind](draft=False, **fields)
    AllocationNotice.objects.filter(agency=case.agency).update(
        state="cancelled", cancelled_at=timezone.now(), cancel_reason=REASON
    )
    opening.open_submission(case.agency, case.period, kind, by=case.agency_user)
    return case


@pytest.mark.parametrize("kind", MAKERS)
def test_refreshing_takes_out_dropped_lines_that_are_empty(kind: str) -> None:
    case = without_allocation(kind)
    gone = row_name(case.lines[1])
    amend(case, {0: case.lines[0].credit_in_force})
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert len(case.lines) == 1
    assert len(case.progress) == (kind == "capital")
    assert not CheckResult.objects.filter(row=gone).exists()
    assert AuditEntry.objects.get(chain=f"monitoring.{gone}", event="figure.removed").before


@pytest.mark.parametrize("kind", MAKERS)
def test_dropped_lines_stay_with_what_was_typed_and_are_marked(kind: str) -> None:
    case = without_allocation(kind)
    case.type(case.lines[1], "spent", "صد و ده")
    kept = case.lines[1]
    amend(case, {0: case.lines[0].credit_in_force})
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert (case.lines[1].pk, case.lines[1].raw, case.lines[1].credit_in_force) == (kept.pk, kept.raw, 0)
    assert [(hit.row, hit.severity) for hit in hits(case, "NOT_AGREED")] == [(row_name(kept), "warn")]
    assert not hits(case, "V11")
    case.type(case.lines[1], "spent", "")
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert len(case.lines) == 1
    assert not hits(case, "NOT_AGREED")


def test_a_dropped_project_stays_with_its_quantities() -> None:
    case = without_allocation("capital")
    case.type(case.operations[2], "quantity_done", 500)
    amend(case, {0: 40_000})
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert [len(case.lines), len(case.progress), len(case.operations)] == [1, 2, 4]
    assert [hit.row for hit in hits(case, "NOT_AGREED")] == [row_name(case.progress[1])]


def test_a_dropped_operation_counts_no_more() -> None:
    """Its weight went to the other one; what was typed into it stays beside, marked, and blocks nothing."""
    case = make_capital_case(projects=2, filled=True)
    case.type(case.operations[3], "quantity_done", "")
    amend(case, {0: 40_000, 1: 40_000}, operations=(("عملیات خاکی", "متر مکعب", 20_000, 100),))
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert [(row.operation.key, row.quantity_done) for row in case.operations] == [
        (1, 5_000),
        (2, 2_000),
        (1, 5_000),
    ]
    assert [row.physical_progress for row in case.progress] == [25, 25]
    assert [hit.row for hit in hits(case, "NOT_AGREED")] == [row_name(case.operations[1])]
    assert not hits(case, "WEIGHTS_100")
    case.type(case.operations[0], "quantity_done", 10_000)
    assert case.progress[0].physical_progress == 50
    case.submit()


def test_dropped_activities_stay_with_their_volume() -> None:
    case = make_expense_case(filled=True)
    case.type(case.activities[1], "volume_done", "")
    case.type(case.activities[1], "cost", "")
    amend(case, {0: 20_000, 1: 20_000}, activities=False)
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    (kept,) = case.activities
    assert kept.volume_done == 50
    assert [hit.row for hit in hits(case, "NOT_AGREED")] == [row_name(kept)]


def test_a_dropped_project_whose_money_was_spent_is_asked_in_the_next_cutoff(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the year's total would fall without a word. Today no amendment falls below what is allocated; books of
    before may hold one."""
    monkeypatch.setattr(arrivals, "kept_above_allocation", lambda agreement, since: nullcontext())
    case = make_capital_case(previous=True, draft=False)
    spent = CapitalFinanceLine.objects.get(project=case.projects[1])
    agreement = CapitalAgreement.objects.get(agency=case.agency)
    credits = {case.projects[0]: {spent.funding_source: 40_000}}
    make_capital_agreement(case.agency, case.fiscal_year, credits, amends=agreement)
    opening.open_submission(case.agency, case.period, "capital", by=case.agency_user)
    assert [(line.project, line.credit_in_force, line.previous) for line in case.lines][1] == (
        case.projects[1],
        0,
        spent,
    )
    assert [row.project for row in case.progress] == [case.projects[0]]


def test_a_form_that_was_sent_keeps_every_row() -> None:
    case = without_allocation("capital").at("submitted")
    case.send_back(Return(REASON))
    amend(case, {0: 40_000})
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert len(case.lines) == 2
    assert len(hits(case, "NOT_AGREED")) == 1


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
