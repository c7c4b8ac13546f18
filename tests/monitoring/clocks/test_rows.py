"""Clocks of real submissions: started and stopped by the moves, kept once stopped, told once, looked at day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.office import days
from budget_portal import jalali, outbox
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.models import Alert, AuditEntry, Holiday
from budget_portal.office import office_calendar
from monitoring.clocks import clocks_of, due_of, escalation, passed
from monitoring.models import ClockNotice, EscalationTerms, PauseReason, StepTerms, SubmissionClock
from monitoring.service_clock import State
from monitoring.workflow import clocks
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db
START = jalali.parse("1404/05/04")  # a Saturday


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def day(written: str) -> dt.date:
    return jalali.parse(written)


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`with then(moment):` inside, it is that moment."""

    @contextmanager
    def inside(moment: dt.datetime) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: moment)
            yield

    return inside


def small(cast: Cast) -> Case:
    return make_expense_case(cast, chapters=("1",), activities=False, filled=True)


def clock(case: Case, sort: str) -> SubmissionClock:
    return SubmissionClock.objects.filter(submission=case.submission, sort=sort).latest("round")


def confirmed(cast: Cast, then: Any, on: dt.date = START) -> Case:
    case = small(cast)
    with then(at(on)):
        case.submit().confirm()
    return case


# --- moves -----------------------------------------------------------------------------------------------------


def test_each_step_has_its_clock_and_the_service_one_runs_from_confirmation_to_approval(
    cast: Cast, then: Any
) -> None:
    case = small(cast)
    assert clock(case, "entry").is_open
    with then(at(START)):
        case.submit()
        assert not clock(case, "entry").is_open
        case.confirm()
    assert not clock(case, "treasurer").is_open
    service, expert = clock(case, "service"), clock(case, "expert")
    assert (service.started_on, service.due_on) == (START, day("1404/05/18"))  # the example of the guide
    assert expert.due_on == day("1404/05/12")  # six working days
    with then(at(day("1404/05/11"))):
        case.start_review().mark_reviewed()
    assert (clock(case, "expert").used_days, clock(case, "expert").late_days) == (5, 0)
    assert clock(case, "consolidation").due_on == day("1404/05/15")
    with then(at(day("1404/05/19"))):
        case.approve()
    service.refresh_from_db()
    assert (service.used_days, service.late_days) == (11, 1)
    assert (clock(case, "consolidation").used_days, clock(case, "consolidation").late_days) == (6, 2)
    assert not SubmissionClock.objects.running().filter(submission=case.submission).exists()


def test_a_way_written_at_once_has_the_clocks_of_one_that_was_gone(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    with then(at(day("1404/05/11"))):
        case.start_review().mark_reviewed()
    with then(at(day("1404/05/20"))):
        case.approve()
    submission = case.submission

    def facts(row: SubmissionClock) -> tuple[Any, ...]:
        dates = (row.started_on, row.fixed_on, row.due_on, row.stopped_on)
        return row.sort, row.round, row.basis, row.allowed_days, row.used_days, row.late_days, *dates

    gone = [row for row in submission.clocks.all() if row.sort != "entry"]
    written = [row for row in passed.clocks_of([submission]) if row.sort != "entry"]
    assert len(gone) == 4
    assert sorted(map(facts, written)) == sorted(map(facts, gone))


def test_a_return_pauses_the_service_and_a_confirmation_resumes_it(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    with then(at(day("1404/05/07"))):
        case.send_back(by=cast.expert)
    service = clock(case, "service")
    assert service.due_on is None
    assert [pause.title for pause in service.pauses.all()] == ["برگشت به دستگاه"]
    assert clock(case, "correction").due_on == day("1404/05/12")  # three working days
    assert not clock(case, "expert").is_open
    with then(at(day("1404/05/25"))):
        case.submit().confirm()
    service.refresh_from_db()
    assert (service.due_on, clock(case, "expert").round) == (day("1404/06/03"), 2)
    assert clocks_of([case.submission])[case.submission.pk].state in {State.RUNNING}


def test_a_return_mark_with_a_date_is_the_due_date_of_the_correction(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    line = case.first_line()
    with then(at(day("1404/05/07"))):
        case.send_back(
            Return(line.reason, programme_id=line.programme_id, due_on=day("1404/05/17")), by=cast.expert
        )
    correction = clock(case, "correction")
    assert correction.due_on == day("1404/05/18")  # the 17th is a Friday
    assert due_of(case.submission).due_on == correction.due_on


def test_a_reopening_starts_clocks_of_its_own(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then).at("reopened").submit().confirm()
    assert [row.round for row in SubmissionClock.objects.filter(sort="service").order_by("round")] == [1, 2]
    assert clock(case, "service").pauses.count() == 0


def test_what_comes_after_office_hours_counts_from_the_next_working_day(cast: Cast, then: Any) -> None:
    days.set_week(
        START,
        [3, 4],
        by=cast.admin,
        reason="بخشنامهٔ نمونه",
        opens_at=dt.time(7, 30),
        closes_at=dt.time(14, 30),
    )
    case = small(cast)
    with then(at(START, 18)):
        case.submit().confirm()
    assert clock(case, "service").started_on == day("1404/05/05")
    assert clock(case, "service").due_on == day("1404/05/19")


# --- terms -----------------------------------------------------------------------------------------------------


def test_terms_of_the_organization_are_data(cast: Cast, then: Any) -> None:
    StepTerms.objects.create(organization=cast.organization, sort="service", days=5, minimum_days=3)
    PauseReason.objects.create(organization=cast.organization, code="returned", title="برگشت", limit_days=4)
    case = confirmed(cast, then)
    with then(at(day("1404/05/07"))):
        case.send_back(by=cast.expert)
    service = clock(case, "service")
    # three of five days used; four are lost to the pause; then at least three are left
    assert (service.due_on, service.allowed_days) == (day("1404/05/18"), 6)


def test_a_pause_by_hand_has_a_reason_a_limit_and_happens_once(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    expert = clock(case, "expert")
    with then(at(day("1404/05/05"))):
        clocks.pause_clock(expert.pk, by=cast.expert, code="weather", note=REASON)
        with pytest.raises(WrongState):
            clocks.pause_clock(expert.pk, by=cast.expert, code="treasury", note=REASON)
    service = clock(case, "service")
    assert service.due_on == day("1404/05/25")  # five working days later, although nobody resumed it
    with then(at(day("1404/05/07"))):
        clocks.resume_clock(expert.pk, by=cast.expert)
    with pytest.raises(WrongState):
        clocks.resume_clock(expert.pk, by=cast.expert)
    service.refresh_from_db()
    assert service.due_on == day("1404/05/20")
    with pytest.raises(RuleBroken):
        clocks.pause_clock(expert.pk, by=cast.expert, code="weather", note=REASON)
    with pytest.raises(RuleBroken):
        clocks.pause_clock(expert.pk, by=cast.expert, code="treasury", note="کوتاه")


def test_the_hour_ends_a_pause_that_has_used_up_its_limit(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    expert = clock(case, "expert")
    with then(at(day("1404/05/05"))):
        clocks.pause_clock(expert.pk, by=cast.expert, code="weather", note=REASON)
    with then(at(day("1404/05/12"))):
        escalation.resume_spent_pauses(timezone.now())
        assert expert.pauses.filter(ended_at=None).exists()  # the fifth day is its last
    with then(at(day("1404/05/13"))):
        escalation.resume_spent_pauses(timezone.now())
    assert expert.pauses.get().ends_on == day("1404/05/12")
    assert AuditEntry.objects.filter(event="clock.resumed", actor=None).exists()


# --- what is learned late ----------------------------------------------------------------------------------------


def test_a_late_holiday_moves_open_clocks_and_leaves_stopped_ones(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    open_one = clock(case, "service")
    treasurer = clock(case, "treasurer")
    days.add_holiday(day("1404/05/14"), "تعطیل ویژه", by=cast.admin, reason="مصوبهٔ هیئت وزیران")
    outbox.deliver_all()
    open_one.refresh_from_db()
    assert open_one.due_on == day("1404/05/19")
    assert AuditEntry.objects.filter(event="clock.recomputed", target_id=str(open_one.pk)).count() == 1
    before = treasurer.calendar_at
    treasurer.refresh_from_db()
    assert treasurer.calendar_at == before
    with pytest.raises(IntegrityError), transaction.atomic():
        SubmissionClock.objects.filter(pk=treasurer.pk).update(due_on=day("1404/05/19"))
    with pytest.raises(IntegrityError), transaction.atomic():
        SubmissionClock.objects.filter(pk=treasurer.pk).delete()


def test_a_day_is_a_holiday_once(cast: Cast) -> None:
    days.add_holiday(day("1404/05/14"), "تعطیل ویژه", by=cast.admin)
    other = days.add_holiday(day("1404/05/15"), "تعطیل دیگر", by=cast.admin)
    with pytest.raises(RuleBroken, match="پیش‌تر تعطیل"):
        days.add_holiday(day("1404/05/14"), "بار دوم", by=cast.admin)
    with pytest.raises(RuleBroken, match="پیش‌تر تعطیل"):
        days.correct_holiday(other.pk, day("1404/05/14"), "جابه‌جا", by=cast.admin, reason="اصلاح تقویم")


def test_two_add_one_holiday_and_the_later_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    days.add_holiday(day("1404/05/14"), "تعطیل ویژه", by=cast.admin)
    monkeypatch.setattr(Holiday, "validate_constraints", lambda row: None)  # it was not there yet when asked
    with pytest.raises(WrongState, match="هم‌اکنون"):
        days.add_holiday(day("1404/05/14"), "بار دوم", by=cast.admin)


def test_what_we_knew_when_is_kept(cast: Cast) -> None:
    first = days.add_holiday(day("1405/03/06"), "عید قربان", by=cast.admin, reason="تقویم رسمی")
    known = timezone.now()
    second = days.correct_holiday(first.pk, day("1405/03/07"), "عید قربان", by=cast.admin, reason="رؤیت هلال")
    assert list(office_calendar().holidays) == [day("1405/03/07")]
    assert list(office_calendar(known).holidays) == [day("1405/03/06")]
    assert second.replaces_id == first.pk
    with pytest.raises(WrongState):
        days.correct_holiday(first.pk, day("1405/03/08"), "عید قربان", by=cast.admin, reason="دوباره")
    for change in (lambda: Holiday.objects.filter(pk=second.pk).update(title="دیگر"), second.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    days.remove_holiday(second.pk, by=cast.admin, reason="لغو شد")
    assert not office_calendar().holidays


def test_the_page_shows_first_what_would_move(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    client = cast.client("admin")
    data = {"day": "1404/05/14", "title": "تعطیل ویژه", "reason": "مصوبهٔ هیئت وزیران"}
    shown = client.post("/manage/holidays/", data)
    assert shown.status_code == 200
    assert not Holiday.objects.exists()
    assert "دوشنبه ۱۹ مرداد" in shown.content.decode() or "یکشنبه ۱۹ مرداد" in shown.content.decode()
    assert client.post("/manage/holidays/", data | {"seen": "on"}).status_code == 302
    outbox.deliver_all()
    assert clock(case, "service").due_on == day("1404/05/19")


def test_the_working_week_is_changed_with_a_look_first(cast: Cast) -> None:
    client = cast.client("admin")
    data = {"valid_from": "1406/01/01", "days_off": ["4", "5"], "reason": "قانون تازه"}
    data |= {"opens_at": "۷:۳۰", "closes_at": "۱۴:۳۰"}
    assert client.post("/manage/week/", data | {"closes_at": "۶"}).status_code == 422
    assert client.post("/manage/week/", data).status_code == 200
    assert client.post("/manage/week/", data | {"seen": "on"}).status_code == 302
    assert not office_calendar().is_working(day("1406/01/07"))  # a Saturday
    assert "شنبه" in client.get("/manage/week/").content.decode()


# --- escalation --------------------------------------------------------------------------------------------------


def test_roles_are_told_before_and_after_once_each(cast: Cast, then: Any) -> None:
    assert cast.deputy
    assert cast.expert
    for distance, role in ((-3, "budget_expert"), (1, "budget_deputy")):
        EscalationTerms.objects.create(
            organization=cast.organization, sort="service", days=distance, role=role
        )
    confirmed(cast, then)
    Alert.objects.all().delete()
    for written in (
        "1404/05/12",
        "1404/05/14",
        "1404/05/14",
        "1404/05/17",
        "1404/05/18",
        "1404/05/19",
        "1404/05/20",
    ):
        with then(at(day(written))):
            escalation.escalate(timezone.now())
    outbox.deliver_all()
    assert list(ClockNotice.objects.values_list("role", "days")) == [
        ("budget_expert", -3),
        ("budget_deputy", 1),
    ]
    texts = list(
        Alert.objects.filter(url__startswith="/clocks/").order_by("pk").values_list("person", "text")
    )
    assert [person for person, _ in texts] == [cast.expert.pk, cast.deputy.pk]
    assert "۱ روز کاری از مهلت گذشته است" in texts[1][1]


def test_nothing_is_told_on_a_day_off(cast: Cast, then: Any) -> None:
    confirmed(cast, then)
    with then(at(day("1404/05/24"))):  # a Friday, long after
        escalation.escalate(timezone.now())
    assert not ClockNotice.objects.exists()


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_clock_names_every_day(cast: Cast, then: Any) -> None:
    case = confirmed(cast, then)
    days.add_holiday(day("1404/05/14"), "تعطیل ویژه", by=cast.admin, reason="مصوبهٔ هیئت وزیران")
    outbox.deliver_all()
    with then(at(day("1404/05/07"))):
        case.send_back(by=cast.expert)
    with then(at(day("1404/05/11"))):
        case.submit().confirm()
    page = cast.client("expert").get(f"/clocks/{clock(case, 'service').pk}/").content.decode()
    for words in ("روز صفر", "تعطیل هفته", "تعطیل ویژه", "برگشت به دستگاه", "آخرین تغییر"):
        assert words in page


def test_the_page_of_a_window_counts_from_date_to_date(cast: Cast) -> None:
    window = cast.window()
    page = cast.client("agency_user").get(f"/clocks/window/{window.pk}/").content.decode()
    assert page.count("روز کاری پس از تاریخ پیشین") == 5


# --- terms laid down on the page ---------------------------------------------------------------------------------


def test_terms_are_laid_down_with_a_reason_and_keep_their_history(cast: Cast, then: Any) -> None:
    desk = cast.client("consolidation")
    step = {"days": "۵", "minimum": "۱", "basis": "days", "reason": "بخشنامهٔ نمونه"}
    assert desk.post("/manage/clocks/steps/expert/", step | {"days": "صفر"}).status_code == 422
    assert desk.post("/manage/clocks/steps/expert/", step).status_code == 302
    assert desk.post("/manage/clocks/steps/expert/", step | {"days": "۷"}).status_code == 302
    told = {
        "sort": "service",
        "when": "after",
        "days": "۱",
        "role": "budget_deputy",
        "reason": "بخشنامهٔ نمونه",
    }
    assert (
        desk.post("/manage/clocks/escalations/new/", told).status_code == 422
    )  # the portal takes it already
    assert desk.post("/manage/clocks/escalations/end/", told).status_code == 302
    assert (
        desk.post("/manage/clocks/reasons/weather/", {"title": "سیل", "reason": "بخشنامه"}).status_code == 422
    )
    limited = {"title": "سیل", "limit": "۳", "reason": "بخشنامهٔ نمونه"}
    assert desk.post("/manage/clocks/reasons/weather/", limited).status_code == 302
    page = cast.client("admin").get("/manage/clocks/").content.decode()
    assert "سیل" in page
    assert "تاریخچه" in page
    assert clock(confirmed(cast, then), "expert").limit_days == 7
    assert StepTerms.objects.count() == 2
    assert not EscalationTerms.objects.current().filter(sort="service", role="budget_deputy").exists()
    assert EscalationTerms.objects.current().filter(sort="service", role="org_head").exists()
