"""The rule table: every rule passes and fails on its own examples, and says it in Persian."""

import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring import rules
from monitoring.progress import Operation
from monitoring.rules import (
    RULES,
    ActivityContext,
    ActivityFigures,
    CapitalFigures,
    Context,
    ExpenseFigures,
    Hit,
    PlaceContext,
    PlaceFigures,
    Point,
    ProgrammeFigures,
    ProgressFigures,
    ProjectContext,
    Rule,
    Severity,
    blocking,
    check_activity,
    check_line,
    check_place,
    check_programme,
    check_project,
    distance_m,
)
from monitoring.rules.base import said

from .worked_examples import (
    ACTIVITIES,
    CHAPTER_CREDITS,
    CHAPTER_SPENT_Q4,
    CLOSING,
    EXPENSE_CREDIT,
    EXPENSE_QUARTERS,
    QUARTERS,
    TARGETS,
    WEIGHTS,
)

D = Decimal
BLOCKING = {"V1", "V2", "V3", "V4", "V5", "V7", "V8", "V11", "WEIGHTS_100", "COMPLETED_100"}
REASON = "رقم مقطع قبل دو بار شمرده شده بود."

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
amounts = st.integers(0, 10**15 - 1)
cells = st.none() | st.integers(-5, 50)


def codes(hits: list[Hit]) -> list[str]:
    return [hit.code for hit in hits]


# The table itself ---------------------------------------------------------------------------------


@each_rule
def test_rule_has_examples_and_keeps_them(rule: Rule[Any, Any]) -> None:
    assert rule.must_pass, f"{rule.code} has no example that must pass"
    assert rule.must_fail, f"{rule.code} has no example that must fail"
    for example in rule.must_pass:
        assert rule.judge(example.given, example.setting) == [], example
    for example in rule.must_fail:
        assert rule.judge(example.given, example.setting), example


@each_rule
def test_every_sentence_of_a_rule_is_shown_by_an_example(rule: Rule[Any, Any]) -> None:
    breaches = [b for e in rule.must_fail for b in rule.breaches(e.given, e.setting)]
    assert {breach.variant for breach in breaches} == set(rule.messages)


@each_rule
def test_sentences_are_persian_and_complete(rule: Rule[Any, Any]) -> None:
    for example in rule.must_fail:
        for hit in rule.judge(example.given, example.setting):
            assert not re.search(r"[0-9A-Za-z{}٤٥٦يك]", hit.sentence), hit.sentence
            assert hit.sentence.endswith(".")
            assert hit.sentence.count(".") == 2 or "؛" in hit.sentence, "a fact, then a remedy"
    assert rule.title.endswith(".")
    assert rule.message == rule.messages[""]


@each_rule
def test_a_hit_carries_its_rule_and_its_difference(rule: Rule[Any, Any]) -> None:
    for example in rule.must_fail:
        for hit in rule.judge(example.given, example.setting):
            assert (hit.code, hit.rule_version) == (rule.code, rule.version)
            assert hit.expected is not None
            assert hit.actual is not None
            assert hit.difference == hit.actual - hit.expected


@each_rule
def test_a_cell_is_hit_once_by_a_rule(rule: Rule[Any, Any]) -> None:
    for example in rule.must_fail:
        hit_cells = [hit.cell for hit in rule.judge(example.given, example.setting)]
        assert len(hit_cells) == len(set(hit_cells))


def test_which_rules_block() -> None:
    assert {code for code, rule in RULES.items() if rule.severity is Severity.BLOCK} == BLOCKING
    assert {code for code, rule in RULES.items() if rule.reason_lifts} == {"V5", "V8"}


def test_codes_are_unique_and_flags_are_named() -> None:
    assert len(RULES) == len(rules._TABLE)
    flags = {code: rule.flag for code, rule in RULES.items() if rule.flag}
    assert flags == {
        "V6": "OVER_COMMITTED",
        "V10": "PROGRESS_DISPUTE",
        "DQ_ZERO_BASE": "DQ_ZERO_BASE",
        "DQ_ZERO_TARGET": "DQ_ZERO_BASE",
    }


def test_rule_set_version_is_raised_with_the_table() -> None:
    """When this fails: raise the version of the rule, RULE_SET_VERSION, and then this pair."""
    table = [[rule.code, rule.version, rule.severity, rule.reason_lifts] for rule in RULES.values()]
    text = json.dumps(table, ensure_ascii=False, sort_keys=True)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert (rules.RULE_SET_VERSION, fingerprint) == ("2", "a1bad4b8b505")


# Sentences ----------------------------------------------------------------------------------------


def test_sentence_of_a_receipt_above_the_allocation() -> None:
    (hit,) = check_line(ExpenseFigures(received=15_200), Context(allocated_cash=12_000))
    assert hit == Hit(
        code="V2",
        severity=Severity.BLOCK,
        cell="received",
        sentence="دریافتی (۱۵٬۲۰۰) از تخصیص ابلاغ‌شده (۱۲٬۰۰۰) بیشتر است. "
        "رقم را اصلاح کنید یا ابلاغیهٔ جدید را پیوست کنید.",
        expected=12_000,
        actual=15_200,
        difference=3_200,
    )


def test_sentence_of_falling_progress() -> None:
    work = (Operation(100, 100, 36),)
    (hit,) = check_project(ProgressFigures(operations=work), ProjectContext(last_approved=D("38.00")))
    assert hit.sentence.startswith("پیشرفت فیزیکی (۳۶) از مقطع قبل (۳۸) کمتر است.")
    assert hit.blocks


def test_sentence_of_a_negative_figure_keeps_its_sign_in_place() -> None:
    (hit,) = check_line(ExpenseFigures(spent=-1_856_518), Context())
    assert hit.sentence.startswith("عملکرد (\u200e\u2212۱٬۸۵۶٬۵۱۸) منفی است.")


def test_sentence_of_weights_that_only_look_like_100() -> None:
    work = (Operation(100, D("99.996"), 36),)
    (hit,) = check_project(ProgressFigures(operations=work), ProjectContext())
    assert "۹۹٫۹۹۶" in hit.sentence


def test_sentence_of_a_jump_names_both_figures() -> None:
    work = (Operation(100, 100, D("62.25")),)
    (hit,) = check_project(ProgressFigures(operations=work), ProjectContext(last_approved=D("30.5")))
    assert "از ۳۰٫۵ به ۶۲٫۲۵ رسیده است (۳۱٫۷۵ واحد درصد؛ بیش از ۲۵ واحد)" in hit.sentence


def test_rials_are_offered_in_the_right_unit() -> None:
    hits = check_line(ExpenseFigures(received=19_800_499_999), Context(credit_in_force=102_000))
    (hit,) = hits
    assert (hit.code, hit.expected) == ("UNIT_RIAL", 19_800)


def test_distances_are_said_in_metres_or_kilometres() -> None:
    near, far = Point(31.3203, 48.6732), Point(32.3831, 48.4236)
    seat = Point(31.3203, 48.6692)
    (by_metres,) = check_place(PlaceFigures(at=near), PlaceContext(registered=seat))
    assert "۳۸۰ متر" in by_metres.sentence
    (by_kilometres,) = check_place(PlaceFigures(at=far), PlaceContext(county_seat=seat))
    assert "۱۲۰٫۴ کیلومتر" in by_kilometres.sentence
    assert "تا ۱۰۰ کیلومتر" in by_kilometres.sentence


def test_figures_in_sentences() -> None:
    assert said(None) == "—"
    assert said(D("100.00")) == "۱۰۰"
    assert said(D("55.750")) == "۵۵٫۷۵"
    assert said(D("0.004")) == "۰"


# Reasons ------------------------------------------------------------------------------------------


def test_a_reason_lifts_v5_into_a_warning_that_others_see() -> None:
    line, context = ExpenseFigures(spent=1), Context(last=ExpenseFigures(spent=2))
    assert blocking(check_line(line, context))
    (hit,) = check_line(replace(line, reason=REASON), context)
    assert (hit.code, hit.severity, hit.explained, hit.blocks) == ("V5", Severity.WARN, True, False)


def test_a_reason_lifts_v8_and_nothing_else() -> None:
    project = ProgressFigures(operations=(Operation(9, 99, 3),), status="completed", reason=REASON)
    hits = check_project(project, ProjectContext(last_approved=D(50)))
    assert [(hit.code, hit.blocks) for hit in hits] == [
        ("V8", False),
        ("WEIGHTS_100", True),
        ("COMPLETED_100", True),
    ]


def test_a_reason_lifts_no_other_block_of_a_line() -> None:
    line = ExpenseFigures(received=9, spent=10, reason=REASON)
    assert codes(blocking(check_line(line, Context(allocated_cash=5)))) == ["V2", "V3"]


@pytest.mark.parametrize(
    ("text", "enough"),
    [("ب" * 19, False), ("ب" * 20, True), (" " * 30, False), ("  ب" + " " * 30 + "ب ", False)],
)
def test_a_reason_has_20_characters_that_say_something(text: str, enough: bool) -> None:
    assert rules.is_reason(text) is enough


# Worked examples ----------------------------------------------------------------------------------


def capital(quarter: Any) -> CapitalFigures:
    securities = 24_000 if quarter.name == "Q4" else 0
    return CapitalFigures(
        credit_in_force=quarter.credit,
        received_cash=quarter.received - securities,
        received_securities=securities,
        spent=quarter.spent,
        advances_open=0,
        commitments_open=0,
    )


def test_worked_example_a_breaks_no_rule_of_money() -> None:
    last = None
    for quarter in QUARTERS:
        line, securities = capital(quarter), 24_000 if quarter.name == "Q4" else 0
        context = Context(
            credit_in_force=quarter.credit,
            allocated_cash=quarter.allocated - securities,
            allocated_securities=securities,
            last=last,
        )
        assert check_line(line, context) == []
        last = line
    closing = CapitalFigures(
        credit_in_force=CLOSING["credit"],
        received_cash=CLOSING["received"] - 24_000,
        received_securities=24_000,
        spent=CLOSING["spent"],
        advances_open=0,
        commitments_open=0,
        returned=CLOSING["returned"],
    )
    context = Context(
        credit_in_force=CLOSING["credit"],
        allocated_cash=CLOSING["allocated"] - 24_000,
        allocated_securities=24_000,
        is_closing=True,
        last=last,
    )
    assert check_line(closing, context) == []


def test_worked_example_a_amendment_is_seen_where_the_old_credit_was_copied() -> None:
    stale = replace(capital(QUARTERS[2]), credit_in_force=150_000)
    hits = check_line(stale, Context(credit_in_force=180_000, allocated_cash=99_000))
    assert codes(hits) == ["V11"]


def test_worked_example_a_only_lacks_causes_from_q2() -> None:
    last, found = D(40), []
    for quarter in QUARTERS:
        work = tuple(Operation(*row) for row in zip(TARGETS, WEIGHTS, quarter.done, strict=True))
        project = ProgressFigures(operations=work, status="in_progress")
        found.append(
            codes(check_project(project, ProjectContext(last_approved=last, planned=quarter.planned)))
        )
        last = D(quarter.actual)
    assert found == [[], ["CAUSES_100"], ["CAUSES_100"], ["CAUSES_100"]]


def test_worked_example_b_breaks_no_rule_of_money() -> None:
    last = None
    for quarter in EXPENSE_QUARTERS:
        line = ExpenseFigures(
            credit_in_force=EXPENSE_CREDIT,
            received=quarter.received,
            spent=quarter.spent,
            commitments_open=0,
        )
        context = Context(credit_in_force=EXPENSE_CREDIT, allocated_cash=quarter.allocated, last=last)
        assert check_line(line, context) == []
        last = line


def test_worked_example_b_chapters_and_activities() -> None:
    for chapter, spent in CHAPTER_SPENT_Q4.items():
        context = Context(credit_in_force=CHAPTER_CREDITS[chapter])
        assert check_line(ExpenseFigures(spent=spent), context) == []
    costs = tuple(activity.cost for activity in ACTIVITIES)
    programme = ProgrammeFigures(activity_costs=costs, spent=tuple(CHAPTER_SPENT_Q4.values()))
    assert check_programme(programme) == []
    found = {
        activity.name: codes(
            check_activity(
                ActivityFigures(volume=activity.done), ActivityContext(target_volume=activity.target)
            )
        )
        for activity in ACTIVITIES
    }
    assert found == {"A": [], "B": ["VOLUME_LOW"]}


# Properties ---------------------------------------------------------------------------------------


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    return Context(
        credit_in_force=draw(cells),
        allocated_cash=draw(cells),
        allocated_securities=draw(cells),
        collected=draw(cells),
        is_own_revenue=draw(st.booleans()),
        is_closing=draw(st.booleans()),
    )


@st.composite
def capital_lines(draw: st.DrawFn) -> CapitalFigures:
    return CapitalFigures(
        **{cell: draw(cells) for cell in CapitalFigures.MONEY},
        credit_in_force=draw(cells),
        not_applicable=draw(st.frozensets(st.sampled_from(CapitalFigures.MONEY))),
    )


@given(allocated=amounts, received=amounts, spent=amounts, credit=amounts)
def test_money_runs_downhill_through_v1_v2_v3(allocated: int, received: int, spent: int, credit: int) -> None:
    """A line without V1–V3 has spent ≤ received ≤ allocated ≤ credit, and the other way round."""
    line = ExpenseFigures(received=received, spent=spent)
    hits = check_line(line, Context(credit_in_force=credit, allocated_cash=allocated))
    broken = {"V1", "V2", "V3"} & set(codes(hits))
    assert (not broken) == (spent <= received <= allocated <= credit)


@given(amounts, amounts, amounts)
def test_own_revenue_is_allocated_up_to_what_was_collected(
    allocated: int, credit: int, collected: int
) -> None:
    context = Context(
        credit_in_force=credit, allocated_cash=allocated, collected=collected, is_own_revenue=True
    )
    assert ("V1" in codes(check_line(ExpenseFigures(), context))) == (allocated > min(credit, collected))


@given(capital_lines(), contexts(), st.none() | capital_lines())
def test_a_rule_hits_a_cell_once(line: CapitalFigures, context: Context, last: CapitalFigures | None) -> None:
    hits = check_line(line, replace(context, last=last))
    assert len({(hit.code, hit.cell) for hit in hits}) == len(hits)


@given(contexts())
def test_missing_figures_break_no_rule_of_entry(context: Context) -> None:
    hits = check_line(CapitalFigures(), context)
    assert {hit.cell for hit in hits} <= {"allocated"}
    assert check_project(ProgressFigures(), ProjectContext(last_approved=D(50), planned=D(60))) == []


@given(capital_lines())
def test_nothing_to_judge_against_leaves_only_the_rules_of_the_line_itself(line: CapitalFigures) -> None:
    context = Context(allocated_securities=None)
    assert set(codes(check_line(line, context))) <= {"V3", "V4"}


@given(capital_lines(), contexts())
def test_cells_that_do_not_apply_are_never_hit(line: CapitalFigures, context: Context) -> None:
    own_cells = set(CapitalFigures.MONEY) - {"received_cash", "spent", "commitments_open", "returned"}
    hit_cells = {hit.cell for hit in check_line(line, context)}
    assert not hit_cells & own_cells & line.not_applicable


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_symmetric_and_within_half_the_earth(a: float, b: float, c: float, d: float) -> None:
    start, end = Point(a, b), Point(c, d)
    assert 0 <= distance_m(start, end) <= 20_015_115
    assert distance_m(start, end) == distance_m(end, start)
    assert distance_m(start, start) == 0


def test_distance_of_a_known_pair() -> None:
    """One degree of a meridian is 111.195 km on the mean sphere."""
    assert distance_m(Point(31, 48), Point(D(32), D(48))) == 111_195
