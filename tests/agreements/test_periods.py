"""Windows: opened and closed by date, by the deputy, opened again with a reason, published by consolidation."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agreements import planning
from agreements.models import FiscalYear, PeriodWindow, ReportingPeriod
from agreements.workflow import periods
from budget_portal import jalali, outbox
from budget_portal.clocks.calendar import Calendar, next_working_day
from budget_portal.errors import DomainError, NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert, AuditEntry, Holiday, OutboxMessage
from budget_portal.office import office_calendar
from tests.cast import Cast

REASON = "به درخواست کتبی دستگاه‌ها برای تکمیل اسناد"
TODAY = jalali.today()


def last_day(day: dt.date) -> dt.date:
    """A last day on which offices are closed moves on."""
    return next_working_day(day, office_calendar())


def at(day: dt.date, hour: int = 9) -> dt.datetime:
    return jalali.start_of_day(day) + dt.timedelta(hours=hour)


def test_the_clock_opens_on_the_day_and_closes_after_the_last(cast: Cast) -> None:
    window = cast.window(state="planned")
    periods.keep_dates(at(window.opens_on - dt.timedelta(days=1), 23))
    assert PeriodWindow.objects.get().state == "planned"
    periods.keep_dates(at(window.opens_on, 0))
    assert PeriodWindow.objects.get().state == "open"
    periods.keep_dates(at(last_day(window.entry_due), 23))
    assert PeriodWindow.objects.get().state == "open"
    periods.keep_dates(at(last_day(window.entry_due) + dt.timedelta(days=1), 0))
    assert PeriodWindow.objects.get().state == "closed"
    entries = AuditEntry.objects.filter(target_type="agreements.periodwindow").order_by("pk")
    assert [(entry.event, entry.actor) for entry in entries] == [
        ("window.opened", None),
        ("window.closed", None),
    ]
    assert list(OutboxMessage.objects.order_by("pk").values_list("event", flat=True)) == [
        "window.opened",
        "window.closed",
    ]


def test_the_clock_twice_is_once(cast: Cast) -> None:
    window = cast.window(state="planned")
    for _ in range(2):
        periods.keep_dates(at(window.opens_on))
    assert AuditEntry.objects.filter(event="window.opened").count() == 1


def test_a_window_that_is_over_is_not_opened_late(cast: Cast) -> None:
    window = cast.window(state="planned")
    periods.keep_dates(at(window.entry_due + dt.timedelta(days=30)))
    assert PeriodWindow.objects.get().state == "planned"


def test_an_extended_window_stays_open_to_its_new_day(cast: Cast) -> None:
    window = cast.window()
    until = window.entry_due + dt.timedelta(days=10)
    periods.extend_window(window.pk, by=cast.deputy, until=until, reason=REASON)
    periods.keep_dates(at(last_day(until)))
    assert PeriodWindow.objects.get().state == "open"
    periods.keep_dates(at(last_day(until) + dt.timedelta(days=1)))
    assert PeriodWindow.objects.get().state == "closed"


def test_reopening_outlives_the_next_tick(cast: Cast) -> None:
    window = cast.window(state="closed")
    until = TODAY + dt.timedelta(days=5)
    periods.reopen_window(window.pk, by=cast.deputy, until=until, reason=REASON)
    periods.keep_dates(at(TODAY))
    window.refresh_from_db()
    assert (window.state, window.last_day, window.extended_by) == ("open", until, cast.deputy)
    assert AuditEntry.objects.get(event="window.reopened").note == REASON


@pytest.mark.parametrize(
    ("until", "reason"),
    [(TODAY - dt.timedelta(days=1), REASON), (TODAY + dt.timedelta(days=5), "کوتاه")],
)
def test_reopening_needs_a_reason_and_a_day_to_come(cast: Cast, until: dt.date, reason: str) -> None:
    window = cast.window(state="closed")
    with pytest.raises(RuleBroken):
        periods.reopen_window(window.pk, by=cast.deputy, until=until, reason=reason)
    assert not AuditEntry.objects.filter(event="window.reopened").exists()


def test_only_the_deputy_of_the_organization_extends_an_open_window(cast: Cast) -> None:
    window = cast.window()
    later = window.entry_due + dt.timedelta(days=3)
    for name in ("consolidation", "admin", "treasurer"):
        with pytest.raises(NotAllowed):
            periods.extend_window(window.pk, by=cast.person(name), until=later, reason=REASON)
    with pytest.raises(PeriodWindow.DoesNotExist):
        periods.extend_window(window.pk, by=cast.far_deputy, until=later, reason=REASON)
    periods.close_window(window.pk, by=cast.deputy)
    with pytest.raises(WrongState):
        periods.extend_window(window.pk, by=cast.deputy, until=later, reason=REASON)


@pytest.mark.django_db(transaction=True)
def test_two_close_at_once_and_one_wins() -> None:
    """The loser is told the state; the log has one line."""
    cast = Cast()
    window, deputy = cast.window(), cast.deputy
    barrier, outcome = threading.Barrier(2), []

    def close() -> None:
        barrier.wait()
        try:
            periods.close_window(window.pk, by=deputy)
            outcome.append("closed")
        except DomainError as refusal:
            outcome.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["WrongState", "closed"]
    assert AuditEntry.objects.filter(event="window.closed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["extend", "close"])
def test_the_clock_decides_on_the_locked_row(verb: str) -> None:
    """The deputy extends or closes while the clock has the window on its list already."""
    cast = Cast()
    window, deputy = cast.window(), cast.deputy
    later = window.entry_due + dt.timedelta(days=30)
    tomorrow, failed = at(last_day(window.entry_due) + dt.timedelta(days=1)), []

    def tick() -> None:
        try:
            periods.keep_dates(tomorrow)
        except DomainError as refusal:
            failed.append(refusal)
        finally:
            connection.close()

    clock = threading.Thread(target=tick)
    with transaction.atomic():
        if verb == "extend":
            periods.extend_window(window.pk, by=deputy, until=later, reason=REASON)
        else:
            periods.close_window(window.pk, by=deputy)
        clock.start()
        wait_for_a_lock()
    clock.join()
    window.refresh_from_db()
    assert (window.state, failed) == ({"extend": "open", "close": "closed"}[verb], [])


def wait_for_a_lock() -> None:
    """Until another session waits for a row of this one."""
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_those_who_enter_are_told_once_until_when(cast: Cast) -> None:
    assert cast.agency_user
    assert cast.agency_user2
    assert cast.far_agency_user
    window = cast.window(group=cast.group, state="planned")
    periods.open_window(window.pk, by=cast.deputy)
    outbox.deliver_all()
    outbox.deliver_all()
    alert = Alert.objects.get()  # one, and of the window's own sector group
    assert alert.person == cast.agency_user
    assert jalali.deadline_text(window.entry_due) in alert.text


# --- planning -------------------------------------------------------------------------------------------


def national_admin(cast: Cast) -> object:
    return cast.nobody.act_through(cast.membership(cast.nobody, "admin", cast.national_organization))


def test_a_year_comes_with_its_cutoffs_and_deadlines(cast: Cast) -> None:
    year = planning.create_year(1406, by=national_admin(cast))
    assert year.capital_deadline == jalali.gregorian(1407, 6, 31)
    dates = dict(ReportingPeriod.objects.values_list("cutoff", "cutoff_date"))
    assert dates == {
        "Q1": jalali.gregorian(1406, 3, 31),
        "Q2": jalali.gregorian(1406, 6, 31),
        "Q3": jalali.gregorian(1406, 9, 30),
        "Q4": jalali.gregorian(1406, 12, 29),
        "CLOSING": jalali.gregorian(1407, 6, 31),
    }
    with pytest.raises(RuleBroken):
        planning.create_year(1406, by=national_admin(cast))


def test_a_province_makes_no_year_but_its_windows(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        planning.create_year(1406, by=cast.admin)
    year = planning.create_year(1406, by=national_admin(cast))
    assert planning.plan_windows(year.pk, by=cast.admin) == 9  # four quarters of two kinds, one closing
    assert planning.plan_windows(year.pk, by=cast.admin) == 0
    assert set(PeriodWindow.objects.values_list("organization", "state")) == {
        (cast.organization.pk, "planned")
    }
    with pytest.raises(FiscalYear.DoesNotExist):
        planning.plan_windows(cast.abroad_fiscal_year.pk, by=cast.admin)


def test_a_group_gets_windows_of_its_own_where_nothing_has_begun(cast: Cast) -> None:
    year = planning.create_year(1406, by=national_admin(cast))
    planning.plan_windows(year.pk, by=cast.admin)
    first = PeriodWindow.objects.order_by("opens_on").first()
    periods.open_window(first.pk, by=cast.deputy)
    assert planning.plan_windows(year.pk, by=cast.admin, group_id=cast.group.pk) == 8
    assert not PeriodWindow.objects.filter(
        period=first.period, kind=first.kind, sector_group=cast.group
    ).exists()
    page = cast.client("admin").post("/manage/periods/1406/", {"group": str(cast.group.pk)}, follow=True)
    assert "پنجره‌ای کم نبود" in page.content.decode()


@pytest.mark.parametrize(
    ("cutoff", "opens", "due"),
    [
        ("Q1", (1405, 4, 10), (1405, 4, 30)),
        ("Q2", (1405, 7, 10), (1405, 7, 30)),
        ("Q3", (1405, 10, 10), (1405, 10, 30)),
        ("Q4", (1406, 1, 10), (1406, 1, 30)),
        ("CLOSING", (1406, 7, 1), (1406, 7, 30)),
    ],
)
def test_default_windows_are_those_of_the_guide(
    cast: Cast, cutoff: str, opens: tuple[int, int, int], due: tuple[int, int, int]
) -> None:
    dates = planning.default_dates(cast.period(cutoff), Calendar())
    assert dates["opens_on"] == jalali.gregorian(*opens)
    assert dates["entry_due"] == jalali.gregorian(*due)
    assert not planning.order_problem(dates)


def test_dates_reckon_with_holidays(cast: Cast) -> None:
    plain = planning.default_dates(cast.period("Q2"), office_calendar())
    Holiday.objects.create(day=plain["treasurer_due"], title="تعطیل ویژه")
    assert (
        planning.default_dates(cast.period("Q2"), office_calendar())["treasurer_due"] > plain["treasurer_due"]
    )


def test_dates_change_only_before_the_window_opens(cast: Cast) -> None:
    window = cast.window(state="planned")
    dates = {name: getattr(window, name) for name in planning.DATES}
    later = {**dates, "publication_on": dates["publication_on"] + dt.timedelta(days=2)}
    planning.change_dates(window.pk, later, by=cast.admin)
    window.refresh_from_db()
    assert window.publication_on == later["publication_on"]
    with pytest.raises(RuleBroken):
        planning.change_dates(
            window.pk, {**dates, "entry_due": dates["opens_on"] - dt.timedelta(days=1)}, by=cast.admin
        )
    with pytest.raises(NotAllowed):
        planning.change_dates(window.pk, dates, by=cast.deputy)
    periods.open_window(window.pk, by=cast.deputy)
    with pytest.raises(WrongState):
        planning.change_dates(window.pk, dates, by=cast.admin)


def test_the_page_shows_who_may_do_what(cast: Cast) -> None:
    window = cast.window(opened_at=timezone.now())
    deputy = cast.client("deputy").get("/periods/").content.decode()
    assert f"/periods/windows/{window.pk}/close/" in deputy
    assert f"/periods/windows/{window.pk}/publish/" not in deputy
    agency = cast.client("agency_user").get("/periods/").content.decode()
    assert f"/periods/windows/{window.pk}/" not in agency
    assert "باز" in agency


@pytest.mark.parametrize("count", [3, 30])
def test_the_calendar_costs_the_same_for_many_windows(
    cast: Cast, count: int, django_assert_max_num_queries: object
) -> None:
    for number in range(count):
        group = (
            cast.group
            if number == 0
            else type(cast.group).objects.create(
                organization=cast.organization, code=f"g{number}", name=f"گروه {number}"
            )
        )
        cast.window(group=group)
    client = cast.client("deputy")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert client.get("/periods/").status_code == 200
