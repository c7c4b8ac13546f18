"""Decisions on single lines: they hold for what was seen, return in one move, and keep the four people apart."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from monitoring.lines import LineKey
from monitoring.models import LineDecision, PerformanceSubmission, ReturnMark
from monitoring.review import decisions
from monitoring.review.lines import lines_of
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.factories import make_person
from tests.monitoring.making import make_document

pytestmark = pytest.mark.django_db


def keys(case: Case) -> list[LineKey]:
    return list(lines_of(case.submission))


def left(case: Case, stage: str = "treasurer") -> list[LineKey]:
    return [row.key for row in decisions.left(case.submission, stage)]


def refusal(action: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        action()
    return str(refused.value.__cause__.diag.constraint_name)


def test_the_whole_is_signed_when_each_line_is_accepted(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3, filled=True).at("submitted")
    first, second, third = keys(case)
    decisions.accept(case.submission.pk, first, by=cast.treasurer)
    with pytest.raises(WrongState, match="۲ ردیف"):
        submissions.confirm(case.submission.pk, by=cast.treasurer)
    for key in (second, third):
        decisions.accept(case.submission.pk, key, by=cast.treasurer)
    submissions.confirm(case.submission.pk, by=cast.treasurer)
    assert case.submission.state == "treasurer_confirmed"


@pytest.mark.parametrize("kind", ["capital", "expense"])
def test_a_changed_figure_voids_the_decision_of_its_line_only(cast: Cast, kind: str) -> None:
    make = make_capital_case if kind == "capital" else make_expense_case
    case = make(cast, filled=True).at("submitted").accept()
    assert left(case) == []
    case.send_back()
    returned = LineKey.of(case.first_line())
    case.type(case.lines[0], "spent", "15" if kind == "expense" else "15000")
    case.submit()
    assert left(case) == [returned]


def test_another_document_voids_it_as_well(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    before = {key: row.digest for key, row in lines_of(case.submission).items()}
    make_document(cast, case.submission, project=case.projects[1])
    after = {key: row.digest for key, row in lines_of(case.submission).items()}
    changed = [key for key in before if before[key] != after[key]]
    assert changed == [LineKey(project_id=case.projects[1].pk)]


def test_an_activity_belongs_to_every_chapter_of_its_programme(cast: Cast) -> None:
    case = make_expense_case(cast, programmes=2, filled=True)
    before = lines_of(case.submission)
    case.type(case.activities[0], "volume_done", 7)
    after = lines_of(case.submission)
    changed = {key.programme_id for key in before if before[key].digest != after[key].digest}
    assert changed == {case.lines_of[0][0].pk}
    assert len(before) == 4


def test_what_was_seen_is_what_is_accepted(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    with pytest.raises(StaleVersion):
        decisions.accept(case.submission.pk, keys(case)[0], by=cast.treasurer, seen="0" * 16)
    with pytest.raises(StaleVersion):
        decisions.accept(case.submission.pk, keys(case)[0], by=cast.treasurer, revision=9)
    with pytest.raises(RuleBroken, match="نیست"):
        decisions.accept(case.submission.pk, LineKey(project_id=1), by=cast.treasurer)
    assert not LineDecision.objects.exists()


@pytest.mark.parametrize("bad", ["warned", "changed", "held", "foreign"])
def test_a_batch_names_the_one_that_is_refused(cast: Cast, bad: str) -> None:
    """One bad line at a random place: the others are accepted, it is named with its reason."""
    case = make_capital_case(cast, projects=6, filled=True)
    place = random.randrange(6)
    line = case.lines[place]
    if bad == "warned":
        case.type(line, "commitments_open", 40_000)  # V6
    if bad == "held":
        case.type(line, "spent", 39_000)
        from monitoring import entry

        entry.hold("capital", line.pk, by=cast.agency_user)
    case.at("submitted")
    lines = lines_of(case.submission)
    seen = {key: row.digest[:16] for key, row in lines.items()}
    wrong = LineKey(project_id=line.project_id)
    if bad == "changed":
        seen[wrong] = "f" * 16
    if bad == "foreign":
        del seen[wrong]
        wrong = LineKey(project_id=10**9)
        seen[wrong] = "0" * 16
    outcomes = decisions.accept_many(case.submission.pk, seen, by=cast.treasurer)
    refused = [row for row in outcomes if not row.accepted]
    assert [row.line for row in refused] == [wrong], place
    assert refused[0].reason
    assert len([row for row in outcomes if row.accepted]) == 5
    expected = [] if bad == "foreign" else [wrong]
    assert [key for key in left(case) if key in expected] == expected
    assert LineDecision.objects.filter(in_batch=True).count() == 5


def test_returns_are_collected_and_sent_in_one_move(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3, filled=True).at("submitted")
    first, second, third = keys(case)
    decisions.accept(case.submission.pk, third, by=cast.treasurer)
    for key in (first, second):
        decisions.prepare_return(case.submission.pk, key, by=cast.treasurer, reason=REASON)
    with pytest.raises(RuleBroken, match="۲۰"):
        decisions.prepare_return(case.submission.pk, third, by=cast.treasurer, reason="کوتاه")
    assert case.submission.state == "submitted"
    assert not ReturnMark.objects.exists()
    decisions.take_back(case.submission.pk, second, by=cast.treasurer)
    (row,) = decisions.prepared(case.submission, "treasurer")
    assert LineKey.of(row) == first
    submissions.return_to_agency(
        case.submission.pk, by=cast.treasurer, lines=[Return(row.reason, **LineKey.of(row).columns)]
    )
    assert decisions.prepared(case.submission, "treasurer") == []
    case.type(case.lines[0], "spent", "15000")
    case.submit()
    assert left(case) == [first, second]


def test_a_decision_is_taken_back_until_the_whole_is_signed(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted").accept()
    key = keys(case)[0]
    decisions.take_back(case.submission.pk, key, by=cast.treasurer)
    assert left(case) == [key]
    decisions.accept(case.submission.pk, key, by=cast.treasurer)
    case.confirm()
    with pytest.raises(WrongState):
        decisions.take_back(case.submission.pk, key, by=cast.treasurer)


@pytest.mark.parametrize(
    "who", ["agency_user", "agency_head", "deputy", "auditor", "expert", "consolidation"]
)
def test_nobody_else_decides(cast: Cast, who: str) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    with pytest.raises((NotAllowed, WrongState)):
        decisions.accept(case.submission.pk, keys(case)[0], by=getattr(cast, who))
    assert not LineDecision.objects.exists()


def test_an_expert_decides_at_his_own_stage(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("under_review")
    key = keys(case)[0]
    row = decisions.accept(case.submission.pk, key, by=cast.expert)
    assert row.stage == "expert"
    assert left(case, "expert") == [keys(case)[1]]
    assert left(case) == []


# --- different people -------------------------------------------------------------------------------------------


def test_several_treasurers_share_the_lines_but_no_author_is_among_them(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    other = make_person("treasurer", cast.agency)
    first, second = keys(case)
    decisions.accept(case.submission.pk, first, by=other)
    decisions.accept(case.submission.pk, second, by=cast.treasurer)
    author = make_person("treasurer", cast.agency)
    case.submission.authors.create(person=author, revision=1)
    with pytest.raises(NotAllowed, match="ثبت‌کنندهٔ"):
        decisions.accept(case.submission.pk, first, by=author)
    case.submission.authors.create(person=other, revision=1)  # wrote a figure after all
    assert left(case) == [first]
    signed = {"state": "treasurer_confirmed", "confirmed_by": cast.treasurer, "confirmed_at": timezone.now()}
    assert refusal(lambda: moved(case, **signed)) == "submission_deciders_apart"
    case.confirm()
    assert case.submission.state == "treasurer_confirmed"


def moved(case: Case, **values: Any) -> None:
    """Past the verbs."""
    PerformanceSubmission.objects.filter(pk=case.submission.pk).update(**values)


def test_who_accepted_as_treasurer_decides_nothing_as_expert(cast: Cast) -> None:
    other = make_person("treasurer", cast.agency)
    case = make_capital_case(cast, filled=True).at("submitted")
    decisions.accept(case.submission.pk, keys(case)[0], by=other)
    case.at("under_review")
    both = other.act_through(make_person("budget_expert", cast.group).acting)
    with pytest.raises(NotAllowed, match="تصمیم‌گیرندهٔ"):
        decisions.accept(case.submission.pk, keys(case)[0], by=both)
    case.excuse_visits()
    with pytest.raises(NotAllowed, match="تصمیم‌گیرندهٔ"):
        submissions.mark_reviewed(case.submission.pk, by=both)
    reviewed = {"state": "expert_reviewed", "reviewed_by": both, "reviewed_at": timezone.now()}
    assert refusal(lambda: moved(case, **reviewed)) == "submission_deciders_apart"


def raw(case: Case, by: Any, **facts: Any) -> LineDecision:
    key = keys(case)[0]
    return LineDecision.objects.create(
        **{
            "submission": case.submission,
            "revision": 1,
            "stage": "treasurer",
            "line": str(key),
            **key.columns,
            "verdict": "accepted",
            "digest": "0" * 64,
            "by": by,
            **facts,
        }
    )


def test_the_database_asks_the_same(cast: Cast) -> None:
    assert cast.expert.pk != cast.treasurer.pk
    case = make_capital_case(cast, filled=True).at("submitted")
    assert refusal(lambda: raw(case, cast.agency_user)) == "linedecision_people"
    assert refusal(lambda: raw(case, cast.treasurer, revision=2)) == "linedecision_stage"
    assert refusal(lambda: raw(case, cast.expert, stage="expert")) == "linedecision_stage"
    row = raw(case, cast.treasurer)
    for change in (
        lambda: LineDecision.objects.filter(pk=row.pk).update(by=cast.expert),
        lambda: LineDecision.objects.filter(pk=row.pk).delete(),
    ):
        assert refusal(change) == "linedecision_kept"
    LineDecision.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    ended = LineDecision.objects.filter(pk=row.pk)
    assert refusal(lambda: ended.update(ended_at=None)) == "linedecision_kept"
    case.at("under_review")
    assert refusal(lambda: raw(case, cast.treasurer, stage="expert")) == "linedecision_people"
