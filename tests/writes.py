"""Writes that are no move of a state machine, with the states in which they stand: the fifth column of docs/actions.md.

    WRITES = {"monitoring:entry-cell": Write(make, call, states, allowed)}

`make(cast, state)` gives the object, `call(object)` writes as the person who may; every state beside `allowed` refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts import services
from accounts.models import Membership, User
from accounts.office import days
from agreements import letters
from agreements.drafting import document, saving
from agreements.drafting.spec import Path
from agreements.letters import Sort
from agreements.models import AgreementRemark
from agreements.workflow import notices, versions
from agreements.workflow.arrivals import exchange
from budget_portal import files
from monitoring import documents, entry, opening, remarks, visits
from monitoring.closing import absences, reminders
from monitoring.lines import LineKey
from monitoring.models import (
    CheckResult,
    DelayCause,
    FieldVisit,
    LedgerRow,
    Reconciliation,
    SheetLoad,
    SubmissionDocument,
    SubmissionRemark,
)
from monitoring.review import decisions, together
from monitoring.rulebook import explanations, standing
from monitoring.sheets import loads
from monitoring.workflow import ledger_rows, reconciliations, submissions
from reports.models import SupervisionReport
from reports.workflow import reports
from tests.agreements import letter_cases
from tests.agreements.drafting import capital_draft, expense_draft
from tests.agreements.making import STATES as VERSIONS
from tests.agreements.making import advance, drafted
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring import benches, visit_cases
from tests.reports.making import STATES as EDITIONS
from tests.reports.making import make_report
from tests.states.submission import STATES as SUBMISSIONS

REASON = "راه دسترسی به کارگاه به‌سبب سیلاب بسته است."
# The agency's own line is open as a draft, and again when it is returned or reopened with a mark on that line.
WITH_AGENCY = frozenset({"draft", "returned", "reopened"})


@dataclass(frozen=True)
class Write:
    make: Callable[[Cast, str], Any]
    call: Callable[[Any], Any]
    states: tuple[str, ...]
    allowed: frozenset[str]


def case(cast: Cast, state: str) -> Case:
    """A filled submission with a document on its first project, the line that a return or reopening marks."""
    made = make_capital_case(cast, filled=True)
    SubmissionDocument.objects.create(
        submission=made.submission,
        project=made.projects[0],
        file=paper(),
        title="برگ",
        added_by=cast.agency_user,
    )
    return made.at(state)


def paper() -> Any:
    return files.store_made(b"%PDF-", name="a.pdf", media_type="application/pdf", organization=None, by=None)


def of_agency(call: Callable[[Case], Any]) -> Write:
    return Write(case, call, SUBMISSIONS, WITH_AGENCY)


def of_treasurer(call: Callable[[Case], Any]) -> Write:
    return Write(case, call, SUBMISSIONS, frozenset({"submitted"}))


def first(made: Case) -> LineKey:
    return LineKey(project_id=made.projects[0].pk)


def attach(made: Case) -> None:
    documents.add(
        made.submission.pk, by=made.agency_user, file=paper(), title="صورت‌وضعیت", project=made.projects[0]
    )


def remove(made: Case) -> None:
    documents.remove(SubmissionDocument.objects.get(submission=made.submission).pk, by=made.agency_user)


def name_causes(made: Case) -> None:
    cause, _ = DelayCause.objects.get_or_create(code="weather", defaults={"title": "آب‌وهوا"})
    row = next(row for row in made.progress if row.project_id == made.projects[0].pk)
    entry.save_delay_causes(row.pk, {cause: (Decimal(100), "")}, by=made.agency_user)


def paste(made: Case) -> Any:
    """A figure of the line that a return opens."""
    code = made.projects[0].code
    return loads.paste(made.submission.pk, f"کد پروژه\tهزینه\n{code}\t12", by=made.agency_user)


def write_pasted(made: Case) -> None:
    loads.apply(paste(made).pk, None, by=made.agency_user)


def take_back(made: Case) -> None:
    by = made.agency_user
    load = SheetLoad.objects.create(
        submission=made.submission, way="paste", made_by=by, applied_by=by, applied_at=timezone.now()
    )
    loads.undo(load.pk, by=by)


def excuse(made: Case) -> None:
    submissions.write_no_visit_reason(
        made.submission.pk, by=made.expert, reason=REASON, project_id=made.projects[0].pk
    )


def warned(cast: Cast, state: str) -> Case:
    """Committed beyond the credit (V6) on the line that a return marks."""
    made = make_capital_case(cast, filled=True)
    made.type(made.lines[0], "commitments_open", 90_000)
    return made.at(state)


def explain(made: Case) -> None:
    hit = CheckResult.objects.get(submission=made.submission, rule="V6")
    explanations.explain(made.submission.pk, {hit.pk: REASON}, by=made.agency_user)


def judge_again(made: Case) -> None:
    """By whoever has it before them."""
    state = made.submission.state
    who = {"submitted": made.treasurer, "expert_reviewed": made.consolidation}
    reviewed = dict.fromkeys(("treasurer_confirmed", "under_review"), made.expert)
    standing.recheck(made.submission.pk, by={**who, **reviewed}.get(state, made.agency_user))


def talked(cast: Cast, state: str, *, resolved: bool) -> tuple[SubmissionRemark, User]:
    """What the treasurer said, at any time of the submission."""
    made = case(cast, state)
    said = remarks.add(made.submission.pk, "این رقم از کجاست؟", by=made.treasurer, sort="question")
    if resolved:
        remarks.resolve(said.pk, by=made.treasurer)
    return said, made.treasurer


EVER = frozenset(SUBMISSIONS)  # talk moves nothing and is never too late


def visit(cast: Cast, state: str) -> tuple[FieldVisit, User]:
    """A visit with the expert who is responsible for the agency."""
    return visit_cases.bring_on(cast, visit_cases.fill(visit_cases.plan(cast, None)), state), cast.expert


def comment(made: tuple[FieldVisit, User]) -> None:
    visits.comment_dispute(made[0].pk, by=made[1], text=REASON)


def rebuild(row: SupervisionReport) -> None:
    reports.rebuild(row.pk, by=row.drafted_by)


def bench(cast: Cast, state: str) -> Reconciliation:
    """The treasurer's bench; its last row is of another body."""
    return benches.make_bench(benches.sent_case(cast, projects=1), state)


def explain_rows(made: Reconciliation) -> None:
    ledger_rows.explain_rows(made.pk, [4], text=REASON, by=made.loaded_by)


def explain_line(made: Reconciliation) -> None:
    ledger_rows.explain_line(made.lines.get().pk, text=REASON, by=made.loaded_by)


def move_row(made: Reconciliation) -> LedgerRow:
    return ledger_rows.move_row(made.rows.get(number=2).pk, None, reason=REASON, by=made.loaded_by)


def of_bench(call: Callable[[Any], Any], states: tuple[str, ...] = ("matched", "signed")) -> Write:
    return Write(bench, call, states, frozenset({"matched"}))


VERSION_STATES = ("draft", "exchanged")


def expense_at(cast: Cast, state: str) -> Any:
    return _held(expense_draft(cast), state)


def capital_at(cast: Cast, state: str) -> Any:
    return _held(capital_draft(cast), state)


def _held(made: Any, state: str) -> Any:
    """A draft, or the same in force: from `submitted` on nothing is written."""
    if state != "draft":
        document.write_tables(made)
        exchange(made, by=None)
    return made


def of_draft(call: Callable[[Any], Any]) -> Write:
    return Write(expense_at, call, VERSION_STATES, frozenset({"draft"}))


def letter_writes(sort: Sort) -> dict[str, Write]:
    """Head and lines of a letter, and what becomes of it, while it is a draft."""

    def add(letter: Any, by: User) -> None:
        old = letter_cases.line_of(sort, letter)
        notices.add_line(sort, letter.pk, {name: getattr(old, name) for name in sort.parts}, by=by)

    def change(letter: Any, by: User) -> None:
        line = letter_cases.line_of(sort, letter)
        notices.change_line(sort, line.pk, {"amount": 7}, seen=letters.seen(line, sort.parts), by=by)

    def remove(letter: Any, by: User) -> None:
        line = letter_cases.line_of(sort, letter)
        notices.remove_line(sort, line.pk, seen=letters.seen(line, sort.parts), by=by)

    def head(letter: Any, by: User) -> None:
        seen = letters.seen(letter, sort.head)
        notices.change_head(sort, letter.pk, {"note": "x"}, seen=seen, by=by)

    calls = {
        "head": head,
        "line-new": add,
        "line": change,
        "line-remove": remove,
        "discard": lambda letter, by: notices.discard(sort, letter.pk, by=by),
    }

    def made(cast: Cast, state: str) -> tuple[Any, User]:
        return letter_cases.make(cast, sort, state), cast.consolidation

    return {
        f"agreements:{sort.name}-{name}": Write(
            made, lambda pair, call=call: call(*pair), letter_cases.STATES, frozenset({"draft"})
        )
        for name, call in calls.items()
    }


def version(cast: Cast, state: str) -> tuple[Any, Cast]:
    """In a state; a draft is one that was returned, which its reviewers still see."""
    row = advance(cast, "capital", drafted(cast, "capital"), "submitted" if state == "draft" else state)
    if state == "draft":
        versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON)
    return row, cast


def remarked(cast: Cast, state: str) -> tuple[Any, Cast]:
    row, _ = version(cast, state)
    said = {"path": "CA-4///", "text": REASON, "made_by": cast.expert}
    return AgreementRemark.objects.create(capital=row, **said), cast


REVIEWED = frozenset({"submitted", "expert_approved"})


def absence(cast: Cast, state: str) -> tuple[Cast, int]:
    """An agency that is owed figures, left out on record, or approved."""
    if state == "approved":
        make_expense_case(cast, chapters=("1",), activities=False, filled=True).at("approved")
        return cast, 0
    return cast, 0 if state == "owed" else left_out(cast)


def left_out(cast: Cast) -> int:
    cast.window("expense")
    row = absences.record(cast.agency.pk, cast.period(), "expense", by=cast.consolidation, reason=REASON)
    return row.pk


def withdrawn(cast: Cast, state: str) -> tuple[Cast, int]:
    pk = left_out(cast)
    if state == "withdrawn":
        absences.withdraw(pk, by=cast.consolidation)
    return cast, pk


def remind(cast: Cast) -> None:
    reminders.remind(cast.agency.pk, cast.period(), by=cast.consolidation)


def waiting(cast: Cast, state: str) -> Cast:
    made = make_expense_case(cast, chapters=("1",), activities=False, filled=True)
    made.at("expert_reviewed" if state == "with consolidation" else "submitted")
    if state == "reminded today":
        remind(cast)
    return cast


def holiday(cast: Cast, state: str) -> tuple[Cast, int]:
    row = days.add_holiday(dt.date(2026, 9, 30), "تعطیل ویژه", by=cast.admin)
    if state == "withdrawn":
        days.remove_holiday(row.pk, by=cast.admin, reason=REASON)
    return cast, row.pk


def role(cast: Cast, state: str) -> tuple[Cast, int]:
    pk = Membership.objects.get(user=cast.expert, organization=cast.organization).pk
    if state == "ended":
        services.end_membership(pk, by=cast.admin, reason=REASON)
    return cast, pk


def of_holiday(call: Callable[[int, User], Any]) -> Write:
    return Write(
        holiday,
        lambda made: call(made[1], made[0].admin),
        ("standing", "withdrawn"),
        frozenset({"standing"}),
    )


OFFICE = {
    "monitoring:absence-record": Write(
        absence, lambda made: left_out(made[0]), ("owed", "absent", "approved"), frozenset({"owed"})
    ),
    "monitoring:absence-withdraw": Write(
        withdrawn,
        lambda made: absences.withdraw(made[1], by=made[0].consolidation),
        ("standing", "withdrawn"),
        frozenset({"standing"}),
    ),
    "monitoring:remind": Write(
        waiting, remind, ("awaited", "reminded today", "with consolidation"), frozenset({"awaited"})
    ),
    "accounts:holiday-edit": of_holiday(
        lambda pk, by: days.correct_holiday(pk, dt.date(2026, 10, 1), "تعطیل ویژه", by=by, reason=REASON)
    ),
    "accounts:holiday-remove": of_holiday(lambda pk, by: days.remove_holiday(pk, by=by, reason=REASON)),
    "accounts:membership-end": Write(
        role,
        lambda made: services.end_membership(made[1], by=made[0].admin, reason=REASON),
        ("held", "ended"),
        frozenset({"held"}),
    ),
}

WRITES = {
    **OFFICE,
    "monitoring:reconciliation-explain": of_bench(explain_rows, benches.STATES),
    "monitoring:reconciliation-line": of_bench(explain_line),
    "monitoring:reconciliation-row": of_bench(move_row),
    "monitoring:reconciliation-row-undo": of_bench(
        lambda made: ledger_rows.undo_move(move_row(made).pk, by=made.loaded_by)
    ),
    "monitoring:reconciliation-renew": Write(
        bench,
        lambda made: reconciliations.renew(made.pk, by=made.loaded_by),
        benches.STATES,
        frozenset({"signed"}),
    ),
    **letter_writes(letters.NOTIFICATION),
    **letter_writes(letters.ALLOCATION),
    "monitoring:entry-cell": of_agency(lambda made: made.type(made.lines[0], "spent", "12")),
    "monitoring:entry-causes": of_agency(name_causes),
    "monitoring:entry-refresh": of_agency(
        lambda made: opening.refresh_submission(made.submission.pk, by=made.agency_user)
    ),
    "monitoring:entry-paste": of_agency(paste),
    "monitoring:entry-import": of_agency(
        lambda made: loads.upload(made.submission.pk, paper(), by=made.agency_user)
    ),
    "monitoring:entry-sheet": of_agency(write_pasted),
    "monitoring:entry-sheet-undo": of_agency(take_back),
    "monitoring:documents": of_agency(attach),
    "monitoring:document-remove": of_agency(remove),
    "monitoring:remark-add": Write(
        case,
        lambda made: remarks.add(made.submission.pk, REASON, by=made.treasurer),
        SUBMISSIONS,
        EVER,
    ),
    "monitoring:remark-answer": Write(
        lambda cast, state: talked(cast, "submitted", resolved=state == "resolved"),
        lambda pair: remarks.answer(pair[0].pk, REASON, by=pair[1]),
        ("open", "resolved"),
        frozenset({"open"}),
    ),
    "monitoring:remark-resolve": Write(
        lambda cast, state: talked(cast, state, resolved=False),
        lambda pair: remarks.resolve(pair[0].pk, by=pair[1]),
        SUBMISSIONS,
        EVER,
    ),
    "monitoring:remark-reopen": Write(
        lambda cast, state: talked(cast, "submitted", resolved=state == "resolved"),
        lambda pair: remarks.reopen(pair[0].pk, by=pair[1]),
        ("open", "resolved"),
        frozenset({"resolved"}),
    ),
    "monitoring:submission-recheck": Write(
        case, judge_again, SUBMISSIONS, frozenset(SUBMISSIONS) - {"approved"}
    ),
    "monitoring:entry-explain": Write(warned, explain, SUBMISSIONS, WITH_AGENCY),
    "monitoring:review-accept": of_treasurer(
        lambda made: decisions.accept(made.submission.pk, first(made), by=made.treasurer)
    ),
    "monitoring:review-collect": of_treasurer(
        lambda made: decisions.prepare_return(
            made.submission.pk, first(made), by=made.treasurer, reason=REASON
        )
    ),
    "monitoring:review-take-back": of_treasurer(
        lambda made: decisions.take_back(made.submission.pk, first(made), by=made.treasurer)
    ),
    "monitoring:review-together": of_treasurer(
        lambda made: decisions.accept_many(made.submission.pk, {first(made): ""}, by=made.treasurer)
    ),
    "monitoring:review-sign-several": of_treasurer(
        lambda made: together.sign_clean(
            made.submission.pk,
            by=made.treasurer,
            seen=together.offer(made.treasurer, [made.submission])[0].digest,
        )
    ),
    "monitoring:expert-review-no-visit": Write(
        case, excuse, SUBMISSIONS, frozenset({"treasurer_confirmed", "under_review"})
    ),
    "monitoring:expert-review-dispute": Write(
        visit, comment, visit_cases.STATES, frozenset({"submitted", "confirmed", "agency_replied"})
    ),
    "agreements:draft-cell": of_draft(
        lambda made: saving.save_cell(
            "expense", made.pk, Path("6", "", "1", "other"), "3", seen=None, by=made.created_by
        )
    ),
    "agreements:draft-form": of_draft(
        lambda made: saving.add_row("expense", made.pk, "6", "", 0, by=made.created_by)
    ),
    "agreements:draft-paste": of_draft(
        lambda made: saving.lay_rows("expense", made.pk, "6", "", 0, [], by=made.created_by)
    ),
    "agreements:draft-projects": Write(
        capital_at,
        lambda made: saving.add_project(made.pk, document.read(made).projects[0], by=made.created_by),
        VERSION_STATES,
        frozenset({"draft"}),
    ),
    "agreements:agreement-amend": Write(
        version,
        lambda made: versions.amend(
            "capital",
            made[0].pk,
            reason=REASON,
            valid_from=made[0].valid_from + dt.timedelta(days=9),
            by=made[1].agency_user,
        ),
        VERSIONS,
        frozenset({"exchanged"}),
    ),
    "agreements:remark-new": Write(
        version,
        lambda made: versions.remark("capital", made[0].pk, "CA-4///", REASON, by=made[1].expert),
        VERSIONS,
        REVIEWED,
    ),
    "agreements:remark-resolve": Write(
        remarked,
        lambda made: versions.resolve_remark(made[0].pk, by=made[1].expert),
        VERSIONS,
        REVIEWED,
    ),
    "reports:report-rebuild": Write(make_report, rebuild, EDITIONS, frozenset({"draft"})),
}

# What is asked beside the state of a table, or instead of one, each with the test that refuses.
_SPINE, _PERIODS = "tests/monitoring/test_spine.py", "tests/agreements/test_periods.py"
_TREES = "tests/agreements/test_classification.py"
_REGISTER = "tests/agreements/test_register.py"
_CLOCKS = "tests/monitoring/clocks/test_rows.py"
_EXTENSIONS = "tests/monitoring/clocks/test_extensions.py"
ELSEWHERE: dict[str, tuple[tuple[str, str], ...]] = {
    "monitoring:entry-start": (("window open", "tests/access/monitoring.py"),),
    "monitoring:entry-sheet-drop": (
        (
            "not written",
            "tests/monitoring/sheets/test_sheets.py::test_what_is_put_aside_is_not_written_any_more",
        ),
    ),
    "monitoring:ask-reopen": (
        ("approved", f"{_SPINE}::test_reopening_is_asked_by_consolidation_and_done_by_the_deputy"),
    ),
    "monitoring:reopen": (
        ("asked for", f"{_SPINE}::test_reopening_is_asked_by_consolidation_and_done_by_the_deputy"),
    ),
    "monitoring:decline-reopening": (("asked for", f"{_SPINE}::test_a_request_to_reopen_is_declined_once"),),
    "monitoring:entry": (
        ("line open; held only when blocked", f"{_SPINE}::test_a_clean_line_cannot_be_held"),
    ),
    "monitoring:clock-pause": (
        ("step in hand, running", f"{_CLOCKS}::test_a_pause_by_hand_has_a_reason_a_limit_and_happens_once"),
    ),
    "monitoring:clock-resume": (
        ("paused by hand", f"{_CLOCKS}::test_a_pause_by_hand_has_a_reason_a_limit_and_happens_once"),
    ),
    "monitoring:entry-extension": (
        ("window begun, figures not sent", f"{_EXTENSIONS}::test_who_may_ask_and_when"),
    ),
    "ground:job-cancel": (
        ("queued/running", "tests/budget_portal/test_jobs.py::test_a_job_that_is_over_is_not_cancelled"),
    ),
    "agreements:draft-new": (
        (
            "no agreement of the year yet",
            "tests/agreements/test_drafting.py::test_a_second_version_of_a_year_is_refused",
        ),
    ),
    "agreements:window-dates": (("planned", f"{_PERIODS}::test_dates_change_only_before_the_window_opens"),),
    "agreements:window-extend": (
        ("open", f"{_PERIODS}::test_only_the_deputy_of_the_organization_extends_an_open_window"),
    ),
    "agreements:classification-end": (("no end yet", f"{_TREES}::test_a_code_means_one_row_on_any_day"),),
    "agreements:classification-rename": (
        ("not renamed yet", f"{_TREES}::test_a_new_name_holds_from_its_day_and_the_old_one_before"),
    ),
    "agreements:project-status": (
        ("another status", f"{_REGISTER}::test_the_same_status_is_not_recorded_again"),
    ),
    "agreements:contract-edit": (
        ("nothing stated", "tests/agreements/test_contracts.py::test_what_was_signed_stays_once_built_on"),
    ),
    "agreements:identifier-end": (("holds", f"{_REGISTER}::test_a_code_is_ended_once_and_within_its_days"),),
    "ground:effect-again": (
        (
            "not failed",
            "tests/budget_portal/test_outbox.py::test_after_many_failures_a_row_is_closed_with_its_reason_and_can_be_opened_again",
        ),
    ),
    "reports:report-new": (
        (
            "cut-off not begun",
            "tests/reports/test_editions.py::test_a_new_report_is_offered_for_cut_offs_that_have_begun",
        ),
        (
            "last edition approved",
            "tests/reports/test_editions.py::test_two_draft_the_first_edition_at_once_and_one_wins",
        ),
    ),
    "reports:report-reprint": (
        ("not printed", "tests/reports/test_editions.py::test_only_what_is_not_printed_is_printed_again"),
    ),
    "complaints:desk-sender": (
        ("a sender is known", "tests/complaints/test_moves.py::test_who_is_not_known_cannot_be_read"),
    ),
}
