"""One submission of each kind through every move, with what must be refused on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from agreements.models import Plan
from budget_portal import audit, jalali
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from budget_portal.models import AuditEntry, OutboxMessage
from monitoring import entry, opening
from monitoring.models import CheckResult, PerformanceSubmission, ReturnMark
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_capital_case, make_delay_cause, make_expense_case
from tests.factories import make_allocation, make_capital_agreement, make_person, make_project

OTHER = "اصلاح این رقم در مقطع بعد انجام می‌شود و بازگشایی لازم نیست."

pytestmark = pytest.mark.django_db

MAKERS = {"capital": make_capital_case, "expense": make_expense_case}


def rules_of(case: Case, severity: str = "block") -> set[str]:
    rows = CheckResult.objects.filter(submission=case.submission, severity=severity)
    return set(rows.values_list("rule", flat=True))


def state(case: Case) -> str:
    return case.submission.state


# --- opening ----------------------------------------------------------------------------------------------------


def test_capital_lines_copy_credit_allocation_and_plan() -> None:
    case = make_capital_case(projects=2, securities=1_000)
    assert len(case.lines) == 2
    line = case.lines[0]
    assert (line.approved_credit, line.credit_in_force) == (40_000, 40_000)
    assert (line.allocated_cash, line.allocated_securities) == (20_000, 1_000)
    assert [row.planned_progress for row in case.progress] == [Decimal(45), Decimal(45)]
    assert len(case.operations) == 4


def test_expense_lines_and_activities_are_opened() -> None:
    case = make_expense_case()
    assert [(line.credit_in_force, line.allocated_cash) for line in case.lines] == [(20_000, 10_000)] * 2
    assert [row.activity.title for row in case.activities] == ["نگهداری راه", "راهدارخانه"]


def test_opening_twice_is_one_submission_and_changes_nothing() -> None:
    case = make_capital_case()
    before = AuditEntry.objects.count()
    opening.open_submission(case.agency, case.period, "capital", by=case.agency_user)
    assert PerformanceSubmission.objects.count() == 1
    assert AuditEntry.objects.count() == before


def test_last_approved_figures_stand_beside_the_new_ones() -> None:
    case = make_capital_case(previous=True)
    assert [line.previous.spent for line in case.lines] == [8_000, 8_000]
    assert [row.previous.physical_progress for row in case.progress] == [Decimal(25)] * 2
    expense = make_expense_case(previous=True)
    assert [line.previous.spent for line in expense.lines] == [4_000, 4_000]
    assert [row.previous.volume_done for row in expense.activities] == [Decimal(25), Decimal("2")]


# --- typing -----------------------------------------------------------------------------------------------------


def test_persian_digits_and_separators_are_read() -> None:
    case = make_capital_case()
    saved = case.type(case.lines[0], "spent", "۱۲٬۵۰۰")
    assert saved.row.spent == 12_500
    assert saved.problem is None


def test_unreadable_text_is_kept_flagged_and_blocks_sending() -> None:
    case = make_capital_case(filled=True)
    saved = case.type(case.lines[0], "spent", "دوازده")
    assert saved.problem
    line = case.lines[0]
    assert (line.spent, line.raw) == (None, {"spent": "دوازده"})
    assert entry.shown_value(line, "spent") == "دوازده"
    assert "READ" in rules_of(case)
    with pytest.raises(RuleBroken):
        case.submit()
    case.type(line, "spent", "12000")
    assert "READ" not in rules_of(case)


def test_a_dash_is_not_applicable_and_not_missing() -> None:
    case = make_capital_case()
    case.type(case.lines[0], "advances_open", "—")
    line = case.lines[0]
    assert line.advances_open is None
    assert "advances_open" in line.not_applicable
    case.type(line, "advances_open", "0")
    assert "advances_open" not in case.lines[0].not_applicable


def test_progress_is_computed_from_quantities() -> None:
    case = make_capital_case()
    first, second = case.operations[:2]
    case.type(first, "quantity_done", "5000")
    assert case.progress[0].physical_progress is None
    case.type(second, "quantity_done", "1٫000")
    assert case.operations[1].quantity_done == 1
    case.type(second, "quantity_done", "5000")
    assert case.progress[0].physical_progress == Decimal(70)  # 60 × ½ + 40 × 1, over-delivery capped


def test_an_old_version_is_refused_with_both_values() -> None:
    case = make_capital_case()
    line = case.lines[0]
    colleague = make_person("agency_user", case.agency)
    case.type(line, "spent", "100", by=colleague)
    with pytest.raises(StaleVersion) as refusal:
        entry.save_cell("capital", line.pk, "spent", "200", version=line.version, by=case.agency_user)
    assert (refusal.value.mine, refusal.value.theirs) == ("200", 100)
    assert str(colleague) in refusal.value.message
    with pytest.raises(StaleVersion, match="خود شما"):
        entry.save_cell("capital", line.pk, "spent", "200", version=line.version, by=colleague)


def test_every_typed_figure_is_in_the_log_with_its_author() -> None:
    case = make_capital_case()
    case.type(case.lines[0], "spent", "100")
    case.type(case.lines[0], "spent", "250")
    last = audit.history(case.lines[0]).last()
    assert (last.event, last.actor, last.role) == ("figure.changed", case.agency_user, "agency_user")
    assert (last.before["spent"], last.after["spent"]) == (100, 250)


def test_delay_causes_are_replaced_and_judged() -> None:
    case = make_capital_case(filled=True)
    row = case.progress[0]
    for part in case.operations[:2]:
        case.type(part, "quantity_done", "10")
    assert "CAUSES_100" in rules_of(case, "warn")
    cause, other = make_delay_cause(), make_delay_cause("land")
    entry.save_delay_causes(row.pk, {cause: (Decimal(60), ""), other: (Decimal(30), "")}, by=case.agency_user)
    assert "CAUSES_100" in rules_of(case, "warn")
    entry.save_delay_causes(row.pk, {cause: (Decimal(100), "")}, by=case.agency_user)
    assert "CAUSES_100" not in rules_of(case, "warn")
    assert row.delay_causes.count() == 1


# --- rules ------------------------------------------------------------------------------------------------------


def test_blocked_figures_are_kept_and_cannot_be_sent() -> None:
    case = make_capital_case(filled=True)
    line = case.lines[0]
    case.type(line, "spent", "19000")
    assert rules_of(case) == {"V3"}
    assert case.lines[0].spent == 19_000
    with pytest.raises(RuleBroken) as refusal:
        case.submit()
    assert [hit.rule for hit in refusal.value.problems] == ["V3"]
    assert state(case) == "draft"


def test_the_database_refuses_blocked_figures_whoever_asks() -> None:
    case = make_expense_case(filled=True)
    case.type(case.lines[0], "spent", "19000")
    with pytest.raises(IntegrityError, match="rule V3"), transaction.atomic():
        PerformanceSubmission.objects.filter(pk=case.submission.pk).update(
            state="submitted", submitted_by=case.agency_user, submitted_at=case.submission.created_at
        )


@pytest.mark.parametrize("kind", MAKERS)
def test_a_fallen_figure_needs_a_reason(kind: str) -> None:
    case = MAKERS[kind](previous=True, filled=True)
    line = case.lines[0]
    case.type(line, "spent", "10")
    assert rules_of(case) == {"V5"}
    case.type(line, "reason", "کوتاه")
    assert rules_of(case) == {"V5"}
    case.type(line, "reason", "در مقطع پیش سند شمارهٔ ۱۲ دو بار شمرده شده بود.")
    assert rules_of(case) == set()
    case.submit()
    assert state(case) == "submitted"


def test_fallen_progress_needs_a_reason() -> None:
    case = make_capital_case(previous=True, filled=True)
    for part in case.operations[:2]:
        case.type(part, "quantity_done", "10")
    assert rules_of(case) == {"V8"}
    case.type(case.progress[0], "reason", "نقشه‌برداری دوباره مقدار خاک‌برداری را کمتر نشان داد.")
    case.submit()


def test_a_blocked_line_may_be_held_and_travels_as_missing() -> None:
    case = make_capital_case(filled=True)
    line = case.lines[0]
    case.type(line, "spent", "19000")
    entry.hold("capital", line.pk, by=case.agency_user)
    held = case.lines[0]
    assert (held.held, held.spent, held.held_raw["spent"], held.held_rules) == (True, None, 19_000, ["V3"])
    case.submit()
    content = case.submission.snapshots.get(event="submitted").content
    assert [row["held"] for row in content["lines"]] == [True, False]


def test_a_clean_line_cannot_be_held() -> None:
    case = make_capital_case(filled=True)
    with pytest.raises(RuleBroken):
        entry.hold("capital", case.lines[0].pk, by=case.agency_user)


def test_releasing_puts_everything_back() -> None:
    case = make_capital_case(previous=True, filled=True)
    line, progress = case.lines[0], case.progress[0]
    case.type(line, "spent", "19500")
    case.type(line, "advances_open", "نه هنوز")
    entry.hold("capital", line.pk, by=case.agency_user)
    entry.release("capital", line.pk, by=case.agency_user)
    line = case.lines[0]
    assert (line.held, line.spent, line.raw) == (False, 19_500, {"advances_open": "نه هنوز"})
    for part in case.operations[:2]:
        case.type(part, "quantity_done", "10")
    entry.hold("project", progress.pk, by=case.agency_user)
    assert [part.quantity_done for part in case.operations[:2]] == [None, None]
    assert case.progress[0].physical_progress is None
    entry.release("project", progress.pk, by=case.agency_user)
    assert [part.quantity_done for part in case.operations[:2]] == [10, 10]
    assert case.progress[0].physical_progress == Decimal("0.16")


def test_a_line_that_is_not_held_cannot_be_released() -> None:
    """What could not be read stays as typed and goes on blocking."""
    case = make_capital_case(filled=True)
    case.type(case.lines[0], "advances_open", "نه هنوز")
    with pytest.raises(WrongState):
        entry.release("capital", case.lines[0].pk, by=case.agency_user)
    assert case.lines[0].raw == {"advances_open": "نه هنوز"}
    assert rules_of(case) == {"READ"}


def test_typing_into_a_held_line_is_refused() -> None:
    case = make_capital_case(filled=True)
    line = case.lines[0]
    case.type(line, "spent", "19000")
    entry.hold("capital", line.pk, by=case.agency_user)
    with pytest.raises(WrongState):
        case.type(case.lines[0], "spent", "12")
    assert case.lines[0].held_raw["spent"] == 19_000


def test_typing_quantities_of_a_held_project_is_refused() -> None:
    case = make_capital_case(previous=True, filled=True)
    for part in case.operations[:2]:
        case.type(part, "quantity_done", "10")
    entry.hold("project", case.progress[0].pk, by=case.agency_user)
    with pytest.raises(WrongState):
        case.type(case.operations[0], "quantity_done", "12")


def test_what_was_collected_limits_own_revenue_only() -> None:
    """A notice of another source that names a collection: the rules and the database say the same (V1)."""
    case = make_capital_case(filled=True, projects=1)
    line = case.lines[0]
    stray = {"project": line.project, "funding_source": line.funding_source, "amount": 0, "collected": 1}
    make_allocation(case.agency, case.period, "capital", [stray], by=case.consolidation)
    case.submit()
    assert (state(case), case.lines[0].collected) == ("submitted", None)


def test_empty_cells_are_sent_only_knowingly() -> None:
    case = make_capital_case(filled=True)
    case.type(case.lines[0], "commitments_open", "")
    with pytest.raises(RuleBroken) as refusal:
        submissions.submit(case.submission.pk, by=case.agency_user)
    assert [cell.cell for cell in refusal.value.problems] == ["commitments_open"]
    submissions.submit(case.submission.pk, by=case.agency_user, accept_missing=True)
    assert state(case) == "submitted"


# --- moves ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_the_four_steps(kind: str) -> None:
    case = MAKERS[kind](filled=True)
    walked = ["submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved"]
    for step in walked:
        case.at(step)
        assert state(case) == step
    done = case.submission
    assert done.revision == 1
    assert (done.submitted_by, done.confirmed_by) == (case.agency_user, case.treasurer)
    assert (done.reviewed_by, done.approved_by) == (case.expert, case.consolidation)
    events = list(audit.history(done).values_list("event", flat=True))
    words = ("no_visit_reason", "explained", "accepted", "accepted_together")
    assert [event for event in events if not event.endswith(words)] == [
        "submission.opened",
        "submission.submitted",
        "submission.treasurer_confirmed",
        "submission.review_started",
        "submission.expert_reviewed",
        "submission.approved",
    ]
    sent = OutboxMessage.objects.filter(target_type="monitoring.performancesubmission").order_by("pk")
    assert list(sent.values_list("event", flat=True)) == [
        event for event in events[1:] if not event.endswith(words)
    ]
    assert [row.event for row in done.snapshots.all()] == ["submitted", "treasurer_confirmed", "approved"]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_returned_line_alone_may_be_mended(kind: str) -> None:
    case = MAKERS[kind](filled=True).at("returned")
    mark = ReturnMark.objects.get()
    assert (mark.stage, mark.revision, mark.closed_at) == ("treasurer", 1, None)
    first, second = case.lines[:2]
    case.type(first, "spent", "1")
    with pytest.raises(WrongState):
        case.type(second, "spent", "1")
    case.submit()
    assert (state(case), case.submission.revision) == ("submitted", 2)
    assert ReturnMark.objects.filter(closed_at=None).count() == 0
    with pytest.raises(WrongState):
        case.type(first, "spent", "2")


def test_a_project_agreed_meanwhile_does_not_stop_a_returned_submission() -> None:
    """Only the marked line is open, so the new project waits until the whole is."""
    case = make_capital_case(filled=True).at("returned")
    source = case.lines[0].funding_source
    late = make_project(case.agency)
    late.plan = Plan.objects.create(
        organization=case.organization, code="T-دیگر", title="طرح دیگر", programme=late.plan.programme
    )
    late.save()
    make_capital_agreement(case.agency, case.fiscal_year, {late: {source: 1_000}})
    case.submit()
    assert state(case) == "submitted"
    assert late.pk not in {row.project_id for row in case.progress}


def test_one_chapter_of_a_programme_may_be_returned_alone() -> None:
    """The mark names a chapter: the other chapter of the same programme stays locked."""
    case = make_expense_case(filled=True).at("submitted").send_back()
    with pytest.raises(WrongState):
        case.type(case.lines[1], "spent", "1")


def test_the_whole_may_be_returned() -> None:
    case = make_capital_case(filled=True).at("submitted").send_back(Return(REASON))
    for line in case.lines:
        case.type(line, "spent", "1")


@pytest.mark.parametrize("at", ["treasurer_confirmed", "under_review"])
def test_the_expert_returns_and_the_confirmation_falls(at: str) -> None:
    case = make_capital_case(filled=True).at(at)
    case.send_back(by=case.expert)
    assert (state(case), case.submission.confirmed_by) == ("returned", None)
    case.at("approved")
    assert case.submission.revision == 2


def test_consolidation_returns_from_the_last_step() -> None:
    case = make_expense_case(filled=True).at("expert_reviewed")
    case.send_back(by=case.consolidation)
    assert case.submission.reviewed_by is None
    assert ReturnMark.objects.get().stage == "consolidation"


def test_a_return_names_lines_and_says_why() -> None:
    case = make_capital_case(filled=True).at("submitted")
    with pytest.raises(RuleBroken):
        submissions.return_to_agency(case.submission.pk, by=case.treasurer, lines=[])
    with pytest.raises(RuleBroken):
        case.send_back(Return("کوتاه", project_id=case.projects[0].pk))
    assert state(case) == "submitted"


def test_lines_of_another_submission_cannot_be_returned() -> None:
    case, other = make_capital_case(filled=True).at("submitted"), make_capital_case(filled=True)
    with pytest.raises(RuleBroken):
        case.send_back(Return(REASON, project_id=other.projects[0].pk))
    assert not ReturnMark.objects.exists()


@pytest.mark.parametrize("kind", MAKERS)
def test_reopening_is_asked_by_consolidation_and_done_by_the_deputy(kind: str) -> None:
    case = MAKERS[kind](filled=True).at("approved")
    with pytest.raises(WrongState):
        submissions.reopen(case.submission.pk, by=case.deputy)
    with pytest.raises(NotAllowed):
        submissions.ask_reopen(case.submission.pk, by=case.expert, reason=REASON)
    case.reopen()
    assert (state(case), case.submission.approved_by) == ("reopened", None)
    case.type(case.lines[0], "spent", "7")
    case.at("approved")
    assert case.submission.revision == 2


# --- four people --------------------------------------------------------------------------------------------------


def test_who_entered_cannot_confirm() -> None:
    """The same person as agency's user and (through another agency's letter) treasurer of the whole."""
    case = make_capital_case(filled=True).at("submitted")
    written = case.submission.authors.create(person=case.treasurer, revision=1)
    with pytest.raises(NotAllowed, match="ثبت‌کنندهٔ"):
        case.confirm()
    for forget in (written.delete, lambda: case.submission.authors.update(person=case.deputy)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            forget()


def test_who_confirmed_cannot_review_nor_who_reviewed_approve() -> None:
    case = make_capital_case(filled=True).at("treasurer_confirmed")
    confirmed = make_person("budget_expert", case.group)
    case.submission.authors.create(person=confirmed, revision=1)
    with pytest.raises(NotAllowed):
        submissions.start_review(case.submission.pk, by=confirmed)
    case.at("expert_reviewed")
    both = case.expert.act_through(make_person("consolidation", case.organization).acting)
    with pytest.raises(NotAllowed, match="بررسی‌کنندهٔ"):
        submissions.approve(case.submission.pk, by=both)


def test_a_reopening_is_asked_for_once() -> None:
    case = make_capital_case(filled=True).at("approved")
    submissions.ask_reopen(case.submission.pk, by=case.consolidation, reason=REASON)
    other = make_person("consolidation", case.organization)
    with pytest.raises(WrongState, match=str(case.consolidation)) as refused:
        submissions.ask_reopen(case.submission.pk, by=other, reason="دلیل دیگری که رئیس گروه نوشته است.")
    assert jalali.format_date(case.submission.reopen_asked_at, "stamp") in refused.value.message
    found = case.submission
    assert (found.reopen_asked_by, found.reopen_reason) == (case.consolidation, REASON)
    submissions.reopen(found.pk, by=case.deputy)
    submissions.ask_reopen(case.at("approved").submission.pk, by=other, reason=REASON)


def test_a_request_to_reopen_is_declined_once() -> None:
    case = make_capital_case(filled=True).at("approved")
    with pytest.raises(WrongState, match="درخواست نکرده"):
        submissions.decline_reopening(case.submission.pk, by=case.deputy, reason=REASON)
    submissions.ask_reopen(case.submission.pk, by=case.consolidation, reason=REASON)
    both = case.consolidation.act_through(make_person("budget_deputy", case.organization).acting)
    for by in (case.consolidation, case.expert, both):
        with pytest.raises(NotAllowed):
            submissions.decline_reopening(case.submission.pk, by=by, reason=REASON)
    with pytest.raises(RuleBroken, match="۲۰ نویسه"):
        submissions.decline_reopening(case.submission.pk, by=case.deputy, reason="کوتاه")
    found = submissions.decline_reopening(case.submission.pk, by=case.deputy, reason=OTHER)
    assert (found.state, found.reopen_asked_at, found.reopen_asked_by) == ("approved", None, None)
    entry = AuditEntry.objects.get(event="submission.reopen_declined")
    assert (entry.actor, entry.note, entry.before["reason"]) == (case.deputy, OTHER, REASON)
    with pytest.raises(WrongState, match="درخواست نکرده"):
        submissions.decline_reopening(case.submission.pk, by=case.deputy, reason=OTHER)
    with pytest.raises(WrongState, match="درخواست نکرده"):
        submissions.reopen(case.submission.pk, by=case.deputy)
    submissions.ask_reopen(
        case.submission.pk, by=make_person("consolidation", case.organization), reason=REASON
    )


def test_who_asks_for_a_reopening_does_not_carry_it_out() -> None:
    """Asked by consolidation, done by the deputy: two people, though one of them hold both roles."""
    case = make_capital_case(filled=True).at("approved")
    submissions.ask_reopen(case.submission.pk, by=case.consolidation, reason=REASON)
    both = case.consolidation.act_through(make_person("budget_deputy", case.organization).acting)
    with pytest.raises(NotAllowed, match="درخواست‌کنندهٔ"):
        submissions.reopen(case.submission.pk, by=both)
    mark = {"revision": 1, "stage": "reopening", "reason": REASON}
    with pytest.raises(IntegrityError, match="another person"), transaction.atomic():
        case.submission.return_marks.create(**mark, opened_by=both)
    submissions.reopen(case.submission.pk, by=case.deputy)
    assert state(case) == "reopened"
    with pytest.raises(IntegrityError, match="nobody asked"), transaction.atomic():
        case.submission.return_marks.create(**mark, opened_by=case.deputy)


@pytest.mark.parametrize(
    ("at", "verb", "who"),
    [
        ("submitted", submissions.confirm, "treasurer"),
        ("under_review", submissions.mark_reviewed, "expert"),
        ("expert_reviewed", submissions.approve, "consolidation"),
    ],
)
def test_a_page_of_an_older_revision_signs_nothing(at: str, verb: Any, who: str) -> None:
    """The page shows revision 1; meanwhile the agency sent another one."""
    case = make_capital_case(filled=True).at("returned").at(at)
    {"under_review": case.excuse_visits, "submitted": case.accept}.get(at, lambda: None)()
    with pytest.raises(StaleVersion):
        verb(case.submission.pk, by=getattr(case, who), revision=1)
    assert state(case) == at
    verb(case.submission.pk, by=getattr(case, who), revision=2)


def test_strangers_do_not_find_it() -> None:
    case = make_capital_case(filled=True).at("submitted")
    stranger = make_person("treasurer", case.who.another_agency("ادارهٔ دیگر"))
    with pytest.raises(ObjectDoesNotExist):
        submissions.confirm(case.submission.pk, by=stranger)
    with pytest.raises(ObjectDoesNotExist):
        case.type(case.lines[0], "spent", "1", by=make_person("agency_user", stranger.acting.agency))


def test_wrong_roles_are_refused() -> None:
    case = make_capital_case(filled=True)
    with pytest.raises(NotAllowed):
        case.type(case.lines[0], "spent", "1", by=case.agency_head)
    with pytest.raises(NotAllowed):
        submissions.submit(case.submission.pk, by=case.treasurer)
    case.at("submitted")
    with pytest.raises(NotAllowed):
        submissions.confirm(case.submission.pk, by=case.agency_user)


# --- windows and locks ------------------------------------------------------------------------------------------------


def test_a_closed_window_takes_no_first_figures() -> None:
    case = make_capital_case(window="closed")
    with pytest.raises(WrongState, match="مهلت"):
        case.type(case.lines[0], "spent", "1")


def test_review_needs_a_visit_or_a_reason() -> None:
    case = make_capital_case(filled=True).at("under_review")
    with pytest.raises(WrongState, match="بازدید"):
        submissions.mark_reviewed(case.submission.pk, by=case.expert)
    case.excuse_visits().mark_reviewed()
    assert state(case) == "expert_reviewed"


def test_closing_asks_no_quantities_but_what_was_returned() -> None:
    case = make_capital_case(cutoff="CLOSING")
    assert case.progress == []
    case.fill()
    assert rules_of(case) == set()
    case.at("submitted")


def test_two_unreadable_quantities_of_one_project_are_two_hits() -> None:
    case = make_capital_case(filled=True)
    for part in case.operations[:2]:
        case.type(part, "quantity_done", "نیمی")
    assert CheckResult.objects.filter(rule="READ", project=case.projects[0]).count() == 2
    entry.hold("project", case.progress[0].pk, by=case.agency_user)
    assert rules_of(case) == set()
    entry.release("project", case.progress[0].pk, by=case.agency_user)
    assert rules_of(case) == {"READ"}


def test_another_cell_of_the_same_row_is_no_conflict() -> None:
    case = make_capital_case()
    line = case.lines[0]
    case.type(line, "received_cash", "900")
    entry.save_cell("capital", line.pk, "spent", "200", version=line.version, seen="", by=case.agency_user)
    assert (case.lines[0].received_cash, case.lines[0].spent) == (900, 200)


def test_refreshing_copies_a_new_allocation_and_keeps_what_was_typed() -> None:
    case = make_capital_case(filled=True)
    line = case.lines[0]
    make_allocation(
        case.agency,
        case.period,
        "capital",
        [{"project": case.projects[0], "funding_source": line.funding_source, "amount": 5_000}],
        by=case.consolidation,
    )
    opening.refresh_submission(case.submission.pk, by=case.agency_user)
    assert (case.lines[0].allocated_cash, case.lines[0].spent) == (25_000, 16_000)
    with pytest.raises(NotAllowed):
        opening.refresh_submission(case.submission.pk, by=case.treasurer)
