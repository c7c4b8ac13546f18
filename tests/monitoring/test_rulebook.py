"""Rules as data: which hold when, how one is tried, put live by another, and what that changes for submissions."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from agreements.models import Project
from budget_portal import jobs
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Job
from monitoring import checking, reference, rules, visits
from monitoring.forms.rules import ShippedRuleForm
from monitoring.models import CheckResult, PerformanceSubmission, RuleTrial, RuleVersion, SubmissionSnapshot
from monitoring.rulebook import in_force, standing
from monitoring.rules.book import RuleBook
from monitoring.rules.examples import build, flatten
from monitoring.workflow import rules as lives
from tests.builders import Case, make_capital_case
from tests.cast import Cast
from tests.monitoring import visit_cases

from .ruling import OPEN_COMMITMENTS, REASON, make_rule, try_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    """Sent figures of the open cut-off, 100 of 40,000 committed, and a cut-off after it that is not open."""
    cast.period("Q3")
    return make_capital_case(cast, projects=2, filled=True)


def wanted_v9(points: str, **other: Any) -> lives.Wanted:
    row = RuleVersion(**reference.shipped(rules.RULES["V9"]))
    example = {"operations": "100:100:45", "last_progress": "5"}
    facts = {"must_pass": row.must_pass, "must_fail": [example], "message": row.messages[""], **other}
    return replace(
        OPEN_COMMITMENTS, code="V9", expression="", parameters={"jump_points": points}, reason=REASON, **facts
    )


# --- shipped rules as rows ---------------------------------------------------------------------------------------


def test_every_rule_is_a_row_that_says_the_same() -> None:
    reference.load_rules()
    assert reference.load_rules() == 0
    rows = {row.code: row for row in RuleVersion.objects.filter(organization=None)}
    assert set(rows) == set(rules.RULES)
    for code, row in rows.items():
        rule = in_force.rule_of(row)
        assert lives.problems(row) == []
        assert (rule.title, rule.severity, rule.kinds) == (
            rules.RULES[code].title,
            rules.RULES[code].severity,
            rules.RULES[code].kinds,
        )
        assert row.digest == lives.digest(row)
        assert lives.check_name(code) == row.check_name


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=lambda rule: rule.code)
def test_examples_are_read_back_as_they_were(rule: Any) -> None:
    for example in (*rule.must_pass, *rule.must_fail):
        again = build(rule.scope, flatten(rule.scope, example))
        said = [hit.sentence for hit in rule.judge(example.given, example.setting)]
        assert [hit.sentence for hit in rule.judge(again.given, again.setting)] == said


# --- writing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"expression": "commitments_open >"}, "شرط کامل نیست"),
        ({"expression": "password > 1"}, "رقمی به نام"),
        ({"message": "رقم {actual.__class__} است."}, "میان آکولاد"),
        ({"must_fail": []}, "نمونه"),
        ({"expression": f"commitments_open > {10**18}"}, "بزرگ‌تر"),
        (
            {
                "expression": "commitments_open * credit_in_force * spent > 1",
                "must_fail": [dict.fromkeys(("commitments_open", "credit_in_force", "spent"), "1" + "0" * 9)],
            },
            "بزرگ‌تر",
        ),
        ({"must_fail": [{"secret": "1"}]}, "جایی ندارد"),
        ({"reason": "لازم است"}, "۲۰ نویسه"),
    ],
)
def test_what_cannot_be_judged_is_not_written(cast: Cast, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(RuleBroken, match=problem):
        lives.draft(replace(OPEN_COMMITMENTS, **change), by=cast.consolidation)
    assert not RuleVersion.objects.filter(organization=cast.organization).exists()


def test_what_blocks_is_not_made_weaker(cast: Cast) -> None:
    row = RuleVersion(**reference.shipped(rules.RULES["V3"]))
    facts = {"must_pass": row.must_pass, "must_fail": row.must_fail, "expression": "", "code": "V3"}
    with pytest.raises(RuleBroken, match="به هشدار برنمی‌گردد"):
        lives.draft(replace(OPEN_COMMITMENTS, **facts), by=cast.consolidation)
    with pytest.raises(RuleBroken, match="میان"):
        lives.draft(wanted_v9("0"), by=cast.consolidation)


# --- the trial and the border ------------------------------------------------------------------------------------


def test_a_rule_is_tried_over_what_was_sent_and_put_live_by_another(cast: Cast, case: Case) -> None:
    case.type(case.lines[0], "commitments_open", 15_000)
    case.at("submitted")
    row = make_rule(cast, "tried")
    trial = RuleTrial.objects.get(version=row)
    assert trial.figures == {"submissions": 1, "rows": 2, "hits": 1, "new": 1, "gone": 0}
    assert trial.table == [[case.agency.code, str(case.agency), "1405-Q2", "capital", 1, 1, 0]]
    assert "۱۵٬۰۰۰" in trial.hits[0]["sentence"]
    assert "۱۲٬۰۰۰" in trial.hits[0]["sentence"]
    open_now, ahead = case.period.pk, lives.periods_ahead(row, cast.deputy)[0]
    with pytest.raises(RuleBroken, match="هنوز باز نشده"):
        lives.put_live(row.pk, valid_from=open_now, by=cast.deputy)
    with pytest.raises(IntegrityError, match="not open yet"), transaction.atomic():
        RuleVersion.objects.filter(pk=row.pk).update(
            state="live", valid_from=open_now, live_at=row.tried_at, live_by=cast.deputy
        )
    before = in_force.version_of(case.submission)
    lives.put_live(row.pk, valid_from=ahead.pk, by=cast.deputy)
    assert in_force.version_of(case.submission) == before == rules.RULE_SET_VERSION
    book = in_force.book(cast.organization.pk, ahead, "capital")
    assert "OPEN_COMMITMENTS" in book.by_code
    assert book.version.startswith(f"{rules.RULE_SET_VERSION}-")
    assert in_force.book(cast.far_organization.pk, ahead, "capital").version == rules.RULE_SET_VERSION


def test_figures_that_grow_too_large_are_refused_at_the_trial_and_break_no_entry(
    cast: Cast, case: Case, monkeypatch: Any
) -> None:
    case.at("submitted")
    long = " * ".join(["credit_in_force"] * 14)
    row = make_rule(cast, expression=f"{long} > commitments_open", must_pass=[{"commitments_open": "1"}],
                    must_fail=[{"commitments_open": "0", "credit_in_force": "1"}])  # fmt: skip
    with pytest.raises(RuleBroken, match=f"{case.agency}.*بزرگ‌تر"):
        try_rule(row, by=cast.consolidation)
    book = RuleBook("x", (in_force.rule_of(row),))
    monkeypatch.setattr(in_force, "book_of", lambda submission: book)
    checking.recheck(case.submission)
    assert not CheckResult.objects.filter(rule=row.code).exists()


def test_examples_that_do_not_hold_keep_a_rule_from_going_live(cast: Cast, case: Case) -> None:
    row = make_rule(cast, "tried", must_fail=[{"commitments_open": "1", "credit_in_force": "100"}])
    with pytest.raises(WrongState, match="نمونه‌هایی پاسخ درست نمی‌گیرد"):
        lives.put_live(row.pk, valid_from=lives.periods_ahead(row, cast.deputy)[0].pk, by=cast.deputy)


def test_who_wrote_a_rule_does_not_put_it_live(cast: Cast, case: Case) -> None:
    row = make_rule(cast, "tried")
    RuleVersion.objects.filter(pk=row.pk).update(tried_by=cast.deputy)
    with pytest.raises(NotAllowed, match="شخص دیگری"):
        lives.put_live(row.pk, valid_from=lives.periods_ahead(row, cast.deputy)[0].pk, by=cast.deputy)


def test_a_live_rule_is_not_rewritten(cast: Cast, case: Case) -> None:
    row = make_rule(cast, "live")
    for change in ({"expression": "spent > 1"}, {"severity": "block"}, {"digest": "0"}):
        with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
            RuleVersion.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(ProtectedError):
        row.delete()


def test_a_threshold_of_the_portal_changes_for_the_organization_alone(cast: Cast, case: Case) -> None:
    row = lives.draft(wanted_v9("30"), by=cast.consolidation)
    try_rule(row, by=cast.consolidation)
    ahead = lives.periods_ahead(row, cast.deputy)[0]
    lives.put_live(row.pk, valid_from=ahead.pk, by=cast.deputy)
    own = in_force.book(cast.organization.pk, ahead, "capital").by_code["V9"]
    assert (own.threshold("jump_points"), own.version) == (30, 1)
    far = in_force.book(cast.far_organization.pk, ahead, "capital").by_code["V9"]
    assert far.threshold("jump_points") == 25


def test_what_ended_leaves_the_rule_under_it(cast: Cast, case: Case) -> None:
    cast.period("Q4")
    row = make_rule(cast, "live")
    first, second = lives.periods_ahead(row, cast.deputy)[:2]
    lives.retire(row.pk, ends_before=second.pk, reason=REASON, by=cast.deputy)
    assert "OPEN_COMMITMENTS" in in_force.book(cast.organization.pk, first, "capital").by_code
    assert "OPEN_COMMITMENTS" not in in_force.book(cast.organization.pk, second, "capital").by_code


# --- submissions ------------------------------------------------------------------------------------------------


def live_from_now(cast: Cast, case: Case, **wanted: Any) -> None:
    """As if the rule had gone live before this cut-off was opened."""
    row = make_rule(cast, "live", **wanted)
    with transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        RuleVersion.objects.filter(pk=row.pk).update(valid_from=case.period)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = origin")
    in_force.forget()


def test_an_own_rule_is_asked_at_entry_and_kept_in_the_snapshot(cast: Cast, case: Case) -> None:
    live_from_now(cast, case)
    checking.recheck(case.submission)
    case.type(case.lines[0], "commitments_open", 15_000)
    (hit,) = CheckResult.objects.filter(submission=case.submission, rule="OPEN_COMMITMENTS")
    assert (hit.cell, hit.expected, hit.difference, hit.asks) == ("commitments_open", "12000", "3000", True)
    case.at("submitted")
    kept = SubmissionSnapshot.objects.get(submission=case.submission)
    assert kept.content["rule_set"] == in_force.version_of(case.submission) != rules.RULE_SET_VERSION


def set_threshold(
    cast: Cast, case: Case, code: str, values: dict[str, str], must_fail: dict[str, str]
) -> None:
    """A shipped rule with another threshold, in force at this cut-off."""
    row = RuleVersion(**reference.shipped(rules.RULES[code]))
    live_from_now(
        cast,
        case,
        code=code,
        expression="",
        cell="",
        title=row.title,
        severity=row.severity,
        scope=row.scope,
        kinds=tuple(row.kinds),
        message=row.messages[""],
        parameters=values,
        must_pass=row.must_pass[-1:],
        must_fail=[must_fail],
    )


def test_pages_and_moves_ask_the_threshold_in_force(cast: Cast, case: Case) -> None:
    """V10 at 45 points instead of 5, and 600 m around a project instead of 300."""
    far_above = {"operations": "100:100:80", "visit_measured": "30"}
    set_threshold(cast, case, "V10", {"dispute_points": "45"}, far_above)
    far_off = {"at": "32.3831:48.4236", "registered": "31.3203:48.6692"}
    set_threshold(cast, case, "PLACE_FAR", {"near_project": "600", "near_seat": "500000"}, far_off)
    checking.recheck(case.submission)
    project = case.projects[0]
    Project.objects.filter(pk=project.pk).update(
        latitude=Decimal("31.320300"), longitude=Decimal("48.669200")
    )
    case.at("under_review").excuse_visits()
    away = {"latitude": Decimal("31.320300"), "longitude": Decimal("48.673200")}  # 380 m east
    visit = visit_cases.fill(visit_cases.plan(case, Project.objects.get(pk=project.pk)), **away)
    tenth = {row.pk: (row.operation.target_quantity / 10, "") for row in visit.measurements.all()}
    visits.write_visit(visit.pk, by=cast.expert, facts={}, quantities=tenth)
    visit = visit_cases.bring_on(case, visit, "confirmed")  # 40 points below the claim
    assert visits.place_hits(visit) == []
    assert not CheckResult.objects.filter(submission=case.submission, rule="V10").exists()
    for who, url in (
        ("expert", reverse("monitoring:expert-review", args=[case.submission.pk])),
        ("expert", reverse("monitoring:visit", args=[visit.pk])),
    ):
        page = cast.client(who).get(url).content.decode()
        assert "واحد درصد اختلاف" not in page
        assert "بالاتر از اندازه‌گیری" not in page
    case.mark_reviewed()  # nobody's word is asked for
    final = reverse("monitoring:final-review", args=[case.period.code, case.agency.code])
    page = cast.client("consolidation").get(final).content.decode()
    assert "اختلاف بیش از ۴۵ واحد نظر کارشناس می‌خواهد" in page
    assert not re.search(r'class="num down strong"\s+data-label="اختلاف \(واحد\)', page)
    page = cast.client("expert").get(reverse("monitoring:project", args=[project.code])).content.decode()
    assert "۱ از ۱ بازدید در ۶۰۰ متری محل پروژه بوده است." in page


def test_changed_rules_are_asked_again_before_any_signature(cast: Cast, case: Case) -> None:
    """C9: the treasurer does not sign figures that were judged by other rules; one button judges them again."""
    case.type(case.lines[0], "commitments_open", 15_000)
    case.at("submitted")
    live_from_now(cast, case)
    with pytest.raises(WrongState, match="بار دیگر بسنجید"):
        case.confirm()
    page = cast.client("treasurer").get(reverse("monitoring:review-detail", args=[case.submission.pk]))
    assert "سنجش دوباره با قاعده‌های جاری" in page.content.decode()
    cast.client("treasurer").post(reverse("monitoring:submission-recheck", args=[case.submission.pk]))
    assert not standing.stale(PerformanceSubmission.objects.get(pk=case.submission.pk))
    with pytest.raises(WrongState, match="بی‌توضیح"):
        case.confirm()


def test_one_cell_costs_no_query_more_for_the_rules(
    cast: Cast, case: Case, django_assert_max_num_queries: Any
) -> None:
    in_force.book_of(case.submission)
    submission = PerformanceSubmission.objects.select_related("agency", "period").get(pk=case.submission.pk)
    with django_assert_max_num_queries(0):
        in_force.book_of(submission)


# --- pages ------------------------------------------------------------------------------------------------------


def test_the_public_page_and_the_file_show_rules_with_their_history(cast: Cast, case: Case) -> None:
    make_rule(cast, "live")
    url = f"{reverse('monitoring:rules')}?organization={cast.organization.code}&period=1405-Q3"
    page = cast.client("public").get(url).content.decode()
    assert all(code in page for code in ("V1", "V11", "OPEN_COMMITMENTS", REASON))
    rows = list(
        csv.DictReader(
            StringIO(cast.client("public").get(reverse("monitoring:rules-csv")).content.decode("utf-8-sig"))
        )
    )
    found = {row["code"]: row for row in rows}
    assert found["OPEN_COMMITMENTS"]["condition"] == OPEN_COMMITMENTS.expression
    assert (found["V9"]["valid_from"], found["OPEN_COMMITMENTS"]["valid_from"]) == ("از آغاز", "1405-Q3")


def test_the_lab_from_form_to_job_to_page(cast: Cast, case: Case) -> None:
    case.type(case.lines[0], "commitments_open", 15_000)
    case.at("submitted")
    client = cast.client("consolidation")
    posted = {
        **{
            name: getattr(OPEN_COMMITMENTS, name)
            for name in ("code", "title", "scope", "severity", "cell", "reason")
        },
        "kinds": ["capital", "expense"],
        "message": OPEN_COMMITMENTS.message,
        "expression": "commitments_open > ۰٫۳ × credit_in_force",
        "must_pass": "commitments_open=۳۰، credit_in_force=۱۰۰",
        "must_fail": "commitments_open=31, credit_in_force=100",
    }
    assert client.post(reverse("monitoring:rule-new"), {**posted, "expression": "1"}).status_code == 422
    assert client.post(reverse("monitoring:rule-new"), posted).status_code == 302
    twice = client.post(reverse("monitoring:rule-new"), {**posted, "law": "مادهٔ ۷"})
    assert twice.status_code == 409
    assert all(text in twice.content.decode() for text in ("نسخه‌ای در دست آزمایش است", "مادهٔ ۷"))
    begun = client.post(
        reverse("monitoring:rule-try", args=["OPEN_COMMITMENTS"]), {"periods": [case.period.pk]}
    )
    assert begun.status_code == 302
    job = Job.objects.get(kind="rule.trial")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", "۱ یافته در ۱ پرونده")
    page = client.get(reverse("monitoring:rule", args=["OPEN_COMMITMENTS"])).content.decode()
    assert all(text in page for text in (str(case.agency), "۱۵٬۰۰۰", "۱ تازه", "آزموده"))
    seen = cast.client("deputy").get(reverse("monitoring:rule", args=["OPEN_COMMITMENTS"])).content.decode()
    assert "جاری کردن" in seen
    ahead = lives.periods_ahead(RuleVersion.objects.get(code="OPEN_COMMITMENTS"), cast.deputy)[0]
    live = reverse("monitoring:rule-live", args=["OPEN_COMMITMENTS"])
    assert cast.client("deputy").post(live, {"period": ahead.pk}).status_code == 302
    assert RuleVersion.objects.get(code="OPEN_COMMITMENTS").state == "live"
    for step, who in (("live", "deputy"), ("withdraw", "consolidation"), ("try", "consolidation")):
        late = cast.client(who).post(reverse(f"monitoring:rule-{step}", args=["OPEN_COMMITMENTS"]))
        assert late.status_code == 409
        assert "وضعیت کنونی «جاری» است" in late.content.decode()
    assert client.get(reverse("monitoring:rule-list")).status_code == 200


def test_a_change_of_a_shipped_rule_offers_its_thresholds(cast: Cast, case: Case) -> None:
    client, url = cast.client("consolidation"), reverse("monitoring:rule-change", args=["V9"])
    page = client.get(url).content.decode()
    assert 'name="p_jump_points"' in page
    wanted = wanted_v9("30")
    posted = {
        "p_jump_points": "۳۰", "severity": "warn", "message": wanted.message, "reason": REASON, "law": "",
        "must_pass": "operations=100:100:30، last_progress=5", "must_fail": "operations=100:100:45، last_progress=5",
    }  # fmt: skip
    assert client.post(url, posted).status_code == 302
    row = RuleVersion.objects.get(code="V9", organization=cast.organization)
    assert (row.parameters, row.check_name) == ({"jump_points": "30"}, lives.check_name("V9"))


@pytest.mark.parametrize("typed", ["1e-30000000", "0.0000001", "1e30"])
def test_a_threshold_has_few_digits(typed: str) -> None:
    form = ShippedRuleForm(rules.RULES["V10"], {"p_dispute_points": typed})
    assert "p_dispute_points" in form.errors
