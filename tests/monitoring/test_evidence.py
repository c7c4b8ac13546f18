"""Evidence: demanded above an amount that is data, opened by sample below it, and never chosen by anybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import files
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from monitoring import documents, entry
from monitoring.evidence import openings, policy
from monitoring.evidence.sampling import sample, size
from monitoring.kept_hits import row_name
from monitoring.models import CheckResult, EvidenceOpening, EvidencePolicy, SubmissionDocument
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


def lacking(case: Case) -> list[CheckResult]:
    return list(CheckResult.objects.filter(submission=case.submission, rule=policy.CODE).order_by("pk"))


def attach(case: Case, **line: Any) -> SubmissionDocument:
    stored = files.store_made(
        b"%PDF-", name="a.pdf", media_type="application/pdf", organization=None, by=None
    )
    return documents.add(case.submission.pk, by=case.agency_user, file=stored, title="سند", **line)


@database
def test_a_large_rise_without_a_document_is_told_at_its_cell_and_not_sent(cast: Cast) -> None:
    rule(cast)
    case = make_capital_case(cast, projects=2, sources=("general", "misc"))
    case.fill()  # spends 16,000 of 20,000 on each source
    first, *_ = hits = lacking(case)
    assert [(hit.severity, hit.cell, hit.actual) for hit in hits] == [("block", "spent", "32000")] * 2
    entry_page = f"/entry/1405-Q2/capital/?open={first.project_id}"
    for url in (entry_page, "/entry/1405-Q2/capital/check/"):
        page = cast.client("agency_user").get(url).content.decode()
        assert "افزایش ۵٬۰۰۰ میلیون ریال و بیشتر سند می‌خواهد" in page
    with pytest.raises(RuleBroken) as refused:
        case.submit()
    assert {hit.rule for hit in refused.value.problems} == {policy.CODE}

    paper = attach(case, project=case.projects[0])
    assert [hit.project for hit in lacking(case)] == [case.projects[1]]
    documents.remove(paper.pk, by=cast.agency_user)
    assert len(lacking(case)) == 2
    for project in case.projects:
        attach(case, project=project)
    case.submit()
    assert case.submission.state == "submitted"


@database
def test_it_stands_at_the_source_that_rose_most_and_holding_settles_it(cast: Cast) -> None:
    rule(cast)
    case = make_capital_case(cast, projects=1, sources=("general", "misc"))
    one, two = case.lines
    for line, spent, at in ((one, 3_000, None), (two, 4_000, two), (one, 4_500, one), (two, 400, None)):
        case.type(line, "spent", spent)
        assert [hit.row for hit in lacking(case)] == ([row_name(at)] if at else [])
    case.type(two, "spent", 4_000)
    entry.hold("capital", one.pk, by=cast.agency_user)
    assert lacking(case) == []
    page = cast.client("agency_user").get(f"/entry/1405-Q2/capital/?open={one.project_id}").content.decode()
    assert "سند لازم پیوست نشده است" in page


@database
def test_only_the_rise_counts(cast: Cast) -> None:
    """What was approved at the last cut-off had its own evidence."""
    case = make_capital_case(cast, projects=1, credit=20_000, previous=True, filled=True)
    rule(cast, from_period=case.period)
    assert list(policy.rises(case.submission).values()) == [4_000]
    assert lacking(case) == []
    case.type(case.lines[0], "spent", 9_000)
    assert len(lacking(case)) == 1
    case.type(case.lines[0], "spent", 8_999)
    assert lacking(case) == []


@database
def test_a_programme_answers_for_its_chapters(cast: Cast) -> None:
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
    case = make_expense_case(cast, filled=True)
    assert len(lacking(case)) == 2
    attach(case, programme=case.lines_of[0][0])
    assert lacking(case) == []


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
    assert lacking(case) == []
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
