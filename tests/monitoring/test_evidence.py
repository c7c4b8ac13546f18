"""Evidence: demanded above an amount that is data, opened by sample below it, and never chosen by anybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from monitoring.evidence import openings, policy
from monitoring.evidence.sampling import sample, size
from monitoring.models import EvidenceOpening, EvidencePolicy
from monitoring.workflow import submissions
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_document

database = pytest.mark.django_db

NUMBERS = st.sets(st.integers(1, 10**6), max_size=40)
SHARES = st.decimals(0, 100, places=2)


@given(st.text(max_size=20), NUMBERS, SHARES, st.integers(0, 50))
def test_a_sample_is_of_its_size_and_always_the_same(
    seed: str, numbers: set[int], share: Decimal, least: int
) -> None:
    found = sample(seed, numbers, share, least)
    assert found == sample(seed, sorted(numbers, reverse=True), share, least)
    assert set(found) <= numbers
    assert len(found) == size(len(numbers), share, least)
    assert len(found) >= min(len(numbers), least)
    assert len(found) * 100 >= share * len(numbers)


def test_every_document_is_drawn_about_as_often() -> None:
    drawn = [number for seed in range(600) for number in sample(str(seed), range(10), Decimal(20), 0)]
    counts = [drawn.count(number) for number in range(10)]
    assert sum(counts) == 1200
    assert min(counts) > 80
    assert max(counts) < 160


def rule(cast: Cast, **facts: Any) -> EvidencePolicy:
    """In force from Q1 on: a document above 5,000; half of the others to be opened, at least one."""
    given_facts = {"amount": 5_000, "sample_share": Decimal(50), "sample_least": 1, "note": "نامهٔ ۱۲"}
    return policy.set_policy(
        cast.organization,
        "capital",
        by=cast.consolidation,
        **{"from_period": cast.period("Q1"), **given_facts, **facts},
    )


def sent(cast: Cast, papers: int = 4, **facts: Any) -> Case:
    """Projects with small rises, each with a document."""
    rule(cast, **facts)
    case = make_capital_case(cast, projects=papers, credit=4_000, filled=True)
    for project in case.projects:
        make_document(cast, case.submission, project=project)
    return case.at("submitted").accept()


@database
def test_a_large_rise_without_a_document_is_not_sent(cast: Cast) -> None:
    rule(cast)
    case = make_capital_case(cast, projects=2, filled=True)  # spends 16,000 of 20,000 on each
    with pytest.raises(RuleBroken, match="سند") as refused:
        case.submit()
    assert [case.projects[0].title in said for said in refused.value.problems] == [True, False]
    make_document(cast, case.submission, project=case.projects[0])
    with pytest.raises(RuleBroken) as refused:
        case.submit()
    assert "۵٬۰۰۰" in refused.value.problems[0]
    make_document(cast, case.submission, project=case.projects[1])
    case.submit()
    assert case.submission.state == "submitted"


@database
def test_only_the_rise_counts(cast: Cast) -> None:
    """What was approved at the last cut-off had its own evidence."""
    case = make_capital_case(cast, projects=1, credit=20_000, previous=True, filled=True)
    rule(cast, from_period=case.period)
    (row,) = policy.rises(case.submission)
    assert row.rise == 4_000
    assert policy.lacking(case.submission) == []
    case.type(case.lines[0], "spent", 9_000)
    assert len(policy.lacking(case.submission)) == 1
    case.type(case.lines[0], "spent", 8_999)
    assert policy.lacking(case.submission) == []


@database
def test_a_programme_answers_for_its_chapters(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    policy.set_policy(
        cast.organization,
        "expense",
        by=cast.consolidation,
        from_period=cast.period("Q2"),
        amount=1,
        sample_share=Decimal(0),
        sample_least=0,
        note="نامه",
    )
    assert len(policy.lacking(case.submission)) == 2
    make_document(cast, case.submission, programme=case.lines_of[0][0])
    assert policy.lacking(case.submission) == []


@database
def test_the_sample_is_opened_before_signing(cast: Cast) -> None:
    case = sent(cast)
    wanted = openings.demanded(case.submission)
    assert len(wanted) == 2
    with pytest.raises(WrongState, match="نمونه"):
        submissions.confirm(case.submission.pk, by=cast.treasurer)
    for document in case.submission.documents.filter(pk__in=wanted):
        assert openings.opened(document, by=cast.agency_user) is None  # not his to review
        openings.opened(document, by=cast.treasurer)
        openings.opened(document, by=cast.treasurer)
    assert EvidenceOpening.objects.count() == 2
    submissions.confirm(case.submission.pk, by=cast.treasurer)
    assert case.submission.state == "treasurer_confirmed"


@database
def test_another_sending_draws_another_sample(cast: Cast) -> None:
    case = sent(cast)
    for document in case.submission.documents.all():
        openings.opened(document, by=cast.treasurer)
    assert openings.unopened(case.submission, cast.treasurer) == []
    case.send_back()
    case.type(case.lines[0], "spent", "1500")
    case.submit()
    assert len(openings.unopened(case.submission, cast.treasurer)) == 2


@database
def test_documents_above_the_amount_are_not_drawn(cast: Cast) -> None:
    case = sent(cast, amount=1, sample_share=Decimal(100))
    assert openings.demanded(case.submission) == []


@database
def test_without_a_policy_nothing_is_asked(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    make_document(cast, case.submission, project=case.projects[0])
    assert policy.lacking(case.submission) == []
    assert openings.demanded(case.at("submitted").submission) == []


@database
def test_a_policy_begins_at_a_cut_off_that_nobody_has_used(cast: Cast) -> None:
    old = rule(cast)
    case = make_capital_case(cast, projects=1, credit=400, filled=True).at("submitted")
    with pytest.raises(RuleBroken, match="مقطع"):
        rule(cast, from_period=cast.period("Q2"))
    new = rule(cast, from_period=cast.period("Q3"), amount=9)
    assert policy.policy_for(case.submission) == old
    again = rule(cast, from_period=cast.period("Q3"), amount=8)
    assert [row.pk for row in EvidencePolicy.objects.for_user(cast.auditor)] == [again.pk, new.pk, old.pk]


@database
@pytest.mark.parametrize("who", ["treasurer", "deputy", "admin", "far_consolidation", "agency_user"])
def test_only_the_consolidation_group_sets_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        policy.set_policy(
            cast.organization,
            "capital",
            by=getattr(cast, who),
            from_period=cast.period(),
            amount=None,
            sample_share=Decimal(0),
            sample_least=0,
            note="x",
        )


@database
def test_policies_and_openings_stay(cast: Cast) -> None:
    case = sent(cast)
    openings.opened(case.submission.documents.first(), by=cast.treasurer)
    for change in (
        lambda: EvidencePolicy.objects.update(amount=1),
        lambda: EvidenceOpening.objects.update(person=cast.expert),
        lambda: EvidenceOpening.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
