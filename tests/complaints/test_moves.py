"""What single moves of a case demand beyond the table of states, and what they leave behind."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from budget_portal import clock, outbox
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from budget_portal.jalali import TEHRAN, format_date
from budget_portal.models import Alert, AuditEntry, Holiday, OutboxMessage, SentMessage
from budget_portal.office import office_calendar
from complaints import deadlines
from complaints.models import Complaint, ComplaintEvent
from complaints.workflow import complaints as workflow
from complaints.workflow.moves import MOVES
from tests.cast import Cast
from tests.complaints.making import (
    ANSWER,
    PERSON,
    REASON,
    TEXT,
    age,
    age_events,
    answer,
    make_case,
    registered,
)

pytestmark = pytest.mark.django_db


# --- filing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": None},
        {"kind": "report"},
        {"text": "کوتاه"},
        {"text": "ا" * 4001},
        {"subject": ""},
    ],
)
def test_rules_of_filing_hold_for_every_way_in(cast: Cast, fields) -> None:
    with pytest.raises(RuleBroken):
        registered(cast, **fields)
    assert not Complaint.objects.exists()


def test_agency_of_another_organization_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        registered(cast, agency=cast.far_agency)


@pytest.mark.parametrize("kind", ["opinion", "suggestion", "criticism", "appreciation", "question", "report"])
def test_other_kinds_need_no_identity(cast: Cast, kind: str) -> None:
    assert not hasattr(registered(cast, kind=kind, sender=None).complaint, "sender")


def test_a_taken_number_is_drawn_again(cast: Cast, monkeypatch) -> None:
    first = registered(cast).codes
    drawn = iter([first, workflow.codes.new()])
    monkeypatch.setattr(workflow.codes, "new", lambda: next(drawn))
    assert registered(cast).codes.number != first.number


# --- persons ------------------------------------------------------------------------------------------------


def test_case_goes_to_officers_and_experts_of_the_organization_only(cast: Cast) -> None:
    case = make_case(cast)
    for stranger in (cast.far_expert, cast.far_complaints, cast.deputy, cast.consolidation, cast.agency_user):
        with pytest.raises(RuleBroken):
            workflow.assign(case.pk, by=cast.complaints, assignee_id=stranger.pk)
    for holder in (cast.expert, cast.expert2, cast.complaints):
        workflow.assign(case.pk, by=cast.complaints, assignee_id=holder.pk)


def test_only_the_assignee_works_on_the_case(cast: Cast) -> None:
    case = make_case(cast, "assigned")
    with pytest.raises(NotAllowed):
        workflow.start(case.pk, by=cast.complaints)
    with pytest.raises(Complaint.DoesNotExist):
        workflow.start(case.pk, by=cast.expert2)


def test_whoever_writes_does_not_send(cast: Cast) -> None:
    case = make_case(cast, "in_progress", assignee=cast.complaints)
    workflow.write_answer(case.pk, by=cast.complaints, text=ANSWER, outcome="solved")
    with pytest.raises(NotAllowed, match="نفر دوم"):
        workflow.send_answer(case.pk, by=cast.complaints)
    workflow.send_answer(case.pk, by=cast.deputy)
    case.refresh_from_db()
    assert (case.answer_written_by, case.answered_by) == (cast.complaints, cast.deputy)


def test_database_refuses_one_person_for_both(cast: Cast) -> None:
    case = make_case(cast, "answered")
    with pytest.raises(IntegrityError, match="complaint_four_eyes"), transaction.atomic():
        Complaint.objects.filter(pk=case.pk).update(answered_by=case.answer_written_by)


def test_draft_goes_back_to_its_writer(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="solved")
    workflow.send_back(case.pk, by=cast.complaints, note=REASON)
    with pytest.raises(WrongState):
        workflow.send_answer(case.pk, by=cast.complaints)
    case.refresh_from_db()
    assert case.answer == ANSWER
    assert not case.events.filter(code__in=["answer_written", "answer_returned"], internal=False).exists()


def test_another_holder_starts_with_a_clean_sheet(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="solved")
    workflow.assign(case.pk, by=cast.complaints, assignee_id=cast.expert2.pk)
    case.refresh_from_db()
    assert case.answer_written_by is None
    assert not Complaint.objects.for_user(cast.expert).exists()


# --- objection ----------------------------------------------------------------------------------------------


def test_objection_is_made_once(cast: Cast) -> None:
    case = make_case(cast, "objected")
    workflow.take_objection(case.pk, by=cast.deputy)
    answer(cast, case.pk, cast.deputy)
    with pytest.raises(WrongState):
        workflow.object_to_answer(case.pk, by=None, text=REASON)
    with pytest.raises(DatabaseError, match="objected once"), transaction.atomic():
        Complaint.objects.filter(pk=case.pk).update(objected_at=timezone.now())


def test_objection_has_a_last_day(cast: Cast) -> None:
    case = make_case(cast, "answered")
    today = timezone.localdate()
    age(case.pk, objection_due=today - dt.timedelta(days=1))
    with pytest.raises(WrongState):
        workflow.object_to_answer(case.pk, by=None, text=REASON)
    age(case.pk, objection_due=today)
    workflow.object_to_answer(case.pk, by=None, text=REASON)


def test_anonymous_report_has_no_objection(cast: Cast) -> None:
    case = make_case(cast, "answered", kind="report", sender=None, wants_sms=False)
    with pytest.raises(WrongState):
        workflow.object_to_answer(case.pk, by=None, text=REASON)


def test_objected_case_is_answered_for_good(cast: Cast) -> None:
    case = make_case(cast, "objected")
    workflow.take_objection(case.pk, by=cast.deputy)
    for move in (
        lambda: workflow.assign(case.pk, by=cast.complaints, assignee_id=cast.expert.pk),
        lambda: workflow.forward(case.pk, by=cast.complaints, body="شهرداری", reason=REASON),
        lambda: workflow.reject(case.pk, by=cast.complaints, reason=REASON),
    ):
        with pytest.raises(WrongState):
            move()


# --- time ---------------------------------------------------------------------------------------------------

SATURDAY = dt.date(2026, 11, 7)  # 16 Aban 1405


def test_ten_working_days_with_a_holiday_between(cast: Cast) -> None:
    assert deadlines.due_from(SATURDAY, 10) == dt.date(2026, 11, 21)
    Holiday.objects.create(day=dt.date(2026, 11, 10), title="تعطیل نمونه")
    assert deadlines.due_from(SATURDAY, 10) == dt.date(2026, 11, 22)


def test_extension_is_once_and_by_ten_days_more(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.extend(case.pk, by=cast.expert, reason=REASON)
    case.refresh_from_db()
    assert case.extended_to == deadlines.due_from(deadlines.day_of(case.registered_at), 20)
    with pytest.raises(WrongState):
        workflow.extend(case.pk, by=cast.complaints, reason=REASON)
    assert case.events.filter(code="extended", internal=False, text=REASON).exists()


def test_clock_stands_while_the_sender_is_asked(cast: Cast) -> None:
    def event(code: str, day: int) -> ComplaintEvent:
        at = dt.datetime(2026, 11, day, 10, tzinfo=TEHRAN)
        return ComplaintEvent(code=code, at=at)

    case = Complaint(registered_at=dt.datetime(2026, 11, 7, 12, tzinfo=TEHRAN), state="in_progress")
    calendar = office_calendar()
    events = [event("registered", 7), event("info_asked", 9)]
    case.state = "needs_info"
    standing = deadlines.answer_clock(case, events, calendar, dt.date(2026, 11, 25))
    assert (standing.day, standing.due_on, standing.is_paused) == (2, None, True)
    case.state = "in_progress"
    running = deadlines.answer_clock(
        case, [*events, event("info_given", 16)], calendar, dt.date(2026, 11, 17)
    )
    assert (running.day, running.due_on) == (3, dt.date(2026, 11, 28))
    assert deadlines.due_of(case, [*events, event("info_given", 16)], 10) == running.due_on


def test_answer_of_the_sender_moves_the_due_date(cast: Cast) -> None:
    case = make_case(cast, "needs_info")
    workflow.sender_answers(case.pk, by=None, text="کنار سه‌راه دوم")
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert case.due_on >= deadlines.due_from(deadlines.day_of(case.registered_at), 10)


def asked(cast: Cast, days_ago: int) -> Complaint:
    """A case whose sender was asked so many days ago."""
    case = make_case(cast, "needs_info")
    age(case.pk, registered_at=case.registered_at - dt.timedelta(days=days_ago))
    age_events(case.pk, days_ago)
    case.refresh_from_db()
    return case


def test_a_silent_sender_is_waited_for_ten_working_days_and_no_longer(cast: Cast) -> None:
    case = asked(cast, 0)
    today = timezone.localdate()
    until = deadlines.due_from(today, 10)
    standing = deadlines.answer_clock(case, case.events.all(), office_calendar(), today)
    assert (standing.is_paused, standing.due_on, standing.waits_until) == (True, None, until)
    with pytest.raises(WrongState, match="مهلت توضیح"):
        workflow.resume(case.pk, by=None)
    with pytest.raises(NotAllowed):
        workflow.resume(case.pk, by=cast.complaints)
    clock.tick(at_noon(until))
    case.refresh_from_db()
    assert case.state == "needs_info"  # the last day is the sender's
    clock.tick(at_noon(until + dt.timedelta(days=1)))
    case.refresh_from_db()
    assert case.state == "needs_info"  # the verb asks the true date again on the locked row


def test_after_the_limit_the_clock_runs_on_with_what_was_left(cast: Cast) -> None:
    case, answered_in_time = asked(cast, 40), asked(cast, 0)
    clock.tick()
    for row in (case, answered_in_time):
        row.refresh_from_db()
    assert (case.state, answered_in_time.state) == ("in_progress", "needs_info")
    assert case.due_on == deadlines.due_from(
        timezone.localdate(), 10
    )  # asked on day 0, so that all ten are left
    event = case.events.get(code="info_overdue")
    assert not event.internal and "ادامه" in event.text
    entry = AuditEntry.objects.get(event="complaint.info_overdue")
    assert (entry.actor, entry.before, entry.after["state"]) == (None, {"state": "needs_info"}, "in_progress")
    clock.tick()
    assert case.events.filter(code="info_overdue").count() == 1


def test_sender_and_holder_hear_of_the_limit(cast: Cast) -> None:
    case = asked(cast, 0)
    outbox.deliver_all()
    until = format_date(deadlines.due_from(timezone.localdate(), 10), "weekday")
    assert SentMessage.objects.filter(channel="sms", text__contains=f"تا {until}").exists()
    age_events(case.pk, 40)
    clock.tick()
    outbox.deliver_all()
    assert SentMessage.objects.filter(channel="sms", text__contains="مهلت توضیح شما پایان یافت").count() == 1
    assert Alert.objects.filter(person=cast.expert, text__contains="توضیح نداد").count() == 1


def test_a_late_explanation_is_not_lost_when_the_holder_asks_again(cast: Cast) -> None:
    case = asked(cast, 40)
    clock.tick()
    with pytest.raises(WrongState):
        workflow.sender_answers(case.pk, by=None, text="کنار سه‌راه دوم")
    workflow.ask_info(case.pk, by=cast.expert, text=REASON)
    workflow.sender_answers(case.pk, by=None, text="کنار سه‌راه دوم")
    case.refresh_from_db()
    assert case.state == "in_progress"


def at_noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=TEHRAN)


def test_nobody_closes_before_the_objection_time_has_passed(cast: Cast) -> None:
    case = make_case(cast, "answered")
    with pytest.raises(WrongState):
        workflow.close(case.pk, by=None)
    with pytest.raises(NotAllowed):
        workflow.close(case.pk, by=cast.complaints)


# --- traces -------------------------------------------------------------------------------------------------


def test_reading_the_sender_leaves_its_reason_in_the_log(cast: Cast) -> None:
    case = make_case(cast, "assigned")
    content = workflow.read_sender(case.pk, by=cast.expert, reason=REASON)
    assert content["national_code"] == PERSON.national_code
    entry = AuditEntry.objects.get(event="complaint.sender_read")
    assert (entry.actor, entry.note) == (cast.expert, REASON)
    assert case.events.filter(code="sender_read", internal=True).exists()


@pytest.mark.parametrize("name", ["auditor", "head", "deputy"])
def test_readers_of_the_desk_do_not_open_identities(cast: Cast, name: str) -> None:
    case = make_case(cast, "assigned")
    with pytest.raises(NotAllowed):
        workflow.read_sender(case.pk, by=cast.person(name), reason=REASON)
    assert not AuditEntry.objects.filter(event="complaint.sender_read").exists()


def test_identity_needs_a_reason(cast: Cast) -> None:
    case = make_case(cast, "assigned")
    with pytest.raises(RuleBroken):
        workflow.read_sender(case.pk, by=cast.complaints, reason="لازم است")


def test_every_move_leaves_event_audit_and_effect_together(cast: Cast) -> None:
    case = make_case(cast, "answered")
    codes = list(case.events.values_list("code", flat=True))
    assert codes == ["registered", "assigned", "started", "answer_written", "answered"]
    written = set(AuditEntry.objects.filter(target_id=str(case.pk)).values_list("event", flat=True))
    effects = set(OutboxMessage.objects.filter(target_id=str(case.pk)).values_list("event", flat=True))
    names = {"registered", "assigned", "started", "answer_written", "answered"}
    assert written == effects == {f"complaint.{name}" for name in names}


def test_failed_move_leaves_nothing(cast: Cast, monkeypatch) -> None:
    case = make_case(cast, "assigned")
    before = (OutboxMessage.objects.count(), AuditEntry.objects.count(), case.events.count())

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the outbox is broken")

    monkeypatch.setattr(workflow.outbox, "add", broken)
    with pytest.raises(RuntimeError):
        workflow.start(case.pk, by=cast.expert)
    case.refresh_from_db()
    assert case.state == "assigned"
    assert (OutboxMessage.objects.count(), AuditEntry.objects.count(), case.events.count()) == before


def test_log_holds_no_word_of_the_case(cast: Cast) -> None:
    make_case(cast, "objected")
    told = str(list(AuditEntry.objects.values("before", "after", "note")))
    assert not [word for word in (TEXT, ANSWER, PERSON.name, PERSON.mobile) if word in told]


# --- database -----------------------------------------------------------------------------------------------


def test_case_and_trail_cannot_be_deleted(cast: Cast) -> None:
    case = make_case(cast, "assigned")
    for statement in (
        "DELETE FROM complaints_complaintevent",
        "UPDATE complaints_complaintevent SET text = 'x'",
        "DELETE FROM complaints_complaint",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert case.events.count() == 2


def test_trigger_knows_the_arrows_of_the_table(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'complaint_edges'")
        definition = cursor.fetchone()[0]
    drawn = {part.split("'")[0] for part in definition.split("'")[1::2]}
    assert drawn == {f"{source}>{move.target}" for move in MOVES.values() for source in move.sources}


# --- races --------------------------------------------------------------------------------------------------


def race(*moves):
    """Run all at once; the number that went through and the refusals."""
    gate, done, refused = threading.Barrier(len(moves)), [], []

    def run(move) -> None:
        gate.wait()
        try:
            done.append(move())
        except (WrongState, StaleVersion, NotAllowed) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


@pytest.mark.django_db(transaction=True)
def test_two_second_people_send_one_answer(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="solved")
    people = [cast.complaints, cast.deputy]
    done, refused = race(*[lambda one=one: workflow.send_answer(case.pk, by=one) for one in people] * 2)
    assert (len(done), len(refused)) == (1, 3)
    assert case.events.filter(code="answered").count() == 1
    assert OutboxMessage.objects.filter(event="complaint.answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answer_and_withdrawal_exclude_each_other(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="solved")
    done, refused = race(
        lambda: workflow.send_answer(case.pk, by=cast.complaints), lambda: workflow.withdraw(case.pk, by=None)
    )
    assert (len(done), len(refused)) == (1, 1)
    case.refresh_from_db()
    assert case.state in {"answered", "withdrawn"}


@pytest.mark.django_db(transaction=True)
def test_objection_and_the_clock_exclude_each_other(cast: Cast) -> None:
    case = make_case(cast, "answered")
    done, refused = race(
        *[lambda: workflow.object_to_answer(case.pk, by=None, text=REASON)] * 3,
    )
    assert (len(done), len(refused)) == (1, 2)


def test_page_of_an_older_version_is_refused(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="solved")
    with pytest.raises(StaleVersion):
        workflow.write_answer(
            case.pk, by=cast.expert, text=ANSWER + " دیگر", outcome="solved", version=case.version
        )


def test_who_is_not_known_cannot_be_read(cast: Cast) -> None:
    case = registered(cast, kind="report", sender=None).complaint
    with pytest.raises(WrongState, match="بدون نام"):
        workflow.read_sender(case.pk, by=cast.complaints, reason=REASON)
    assert not AuditEntry.objects.filter(event="complaint.sender_read").exists()
