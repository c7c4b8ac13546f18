"""The outbox: an effect is carried out once, whatever fails between."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from budget_portal import outbox, tasks
from budget_portal.errors import WrongState
from budget_portal.models import Alert, OutboxMessage

from . import ground_people


@pytest.fixture
def consumers(monkeypatch):
    """An empty registry for one test."""
    registry = {}
    monkeypatch.setattr(outbox, "_consumers", registry)
    return registry


@pytest.fixture
def queue(monkeypatch):
    """What the relay sent; `queue.broken = True` is a queue that is gone."""
    sent = SimpleNamespace(ids=[], broken=False)

    def send(args, **options):
        if sent.broken:
            raise OperationalError("no route to the queue")
        sent.ids.append(args[0])

    monkeypatch.setattr(tasks.deliver, "apply_async", send)
    return sent


def added(event="thing.done", **data):
    with transaction.atomic():
        return outbox.add(event, ground_people.organization(), **data)


def age(row, **time):
    OutboxMessage.objects.filter(pk=row.pk).update(sent_at=timezone.now() - dt.timedelta(**time))


@pytest.mark.django_db(transaction=True)
def test_an_effect_needs_the_transaction_of_its_cause():
    target = ground_people.organization()
    with pytest.raises(RuntimeError):
        outbox.add("thing.done", target)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.add("thing.done", target)
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_all_consumers_run_once_and_see_the_row(consumers):
    seen = []
    outbox.on("thing.done", "other.done")(lambda row: seen.append(("first", row.data["n"])))
    outbox.on("thing.done")(lambda row: seen.append(("second", row.target_type)))
    row = added(n=7)
    assert outbox.deliver(row.pk) is True
    assert outbox.deliver(row.pk) is False
    assert seen == [("first", 7), ("second", "accounts.organization")]
    row.refresh_from_db()
    assert row.done_at and row.attempts == 1
    assert row.data["organization"] == ground_people.organization().pk


@pytest.mark.django_db
def test_a_failing_consumer_takes_its_effects_back_and_leaves_its_reason(consumers):
    person = ground_people.person("a")

    @outbox.on("thing.done")
    def tell(row):
        Alert.objects.create(person=person, text="x")

    @outbox.on("thing.done")
    def fail(row):
        raise ValueError("broken")

    row = added()
    assert outbox.deliver(row.pk) is False
    row.refresh_from_db()
    assert (row.done_at, row.error, row.attempts) == (None, "ValueError: broken", 1)
    assert not Alert.objects.exists()
    consumers["thing.done"].remove(fail)
    assert outbox.deliver(row.pk) is True
    row.refresh_from_db()
    assert row.error == "" and Alert.objects.count() == 1


@pytest.mark.django_db
def test_the_relay_sends_each_row_once_and_again_when_it_is_overdue(queue, settings):
    row = added()
    assert outbox.relay() == 1
    assert outbox.relay() == 0
    age(row, seconds=settings.OUTBOX_RESEND_SECONDS + 1)
    assert outbox.relay() == 1
    assert queue.ids == [row.pk, row.pk]


@pytest.mark.django_db
def test_each_failure_doubles_the_wait(queue, settings):
    row = added()
    OutboxMessage.objects.filter(pk=row.pk).update(attempts=3)
    age(row, seconds=settings.OUTBOX_RESEND_SECONDS * 4 - 2)
    assert outbox.relay() == 0
    age(row, seconds=settings.OUTBOX_RESEND_SECONDS * 4 + 2)
    assert outbox.relay() == 1


@pytest.mark.django_db
def test_after_many_failures_a_row_is_closed_with_its_reason_and_can_be_opened_again(queue, settings):
    row, silent = added(), added()
    OutboxMessage.objects.filter(pk=row.pk).update(error="ValueError: broken")
    for spent in (row, silent):
        OutboxMessage.objects.filter(pk=spent.pk).update(attempts=settings.OUTBOX_ATTEMPTS)
        age(spent, minutes=5)
    assert outbox.relay() == 0
    row.refresh_from_db()
    silent.refresh_from_db()
    assert row.failed_at and row.error == "ValueError: broken"
    assert silent.failed_at and silent.error  # it killed its worker each time and could say nothing
    assert outbox.deliver(row.pk) is False
    outbox.try_again(row.pk, by=None)
    with pytest.raises(WrongState):
        outbox.try_again(row.pk, by=None)
    assert outbox.relay() == 1


@pytest.mark.django_db
def test_without_a_queue_the_rows_wait(queue):
    rows = [added(), added()]
    queue.broken = True
    assert outbox.relay() == 0
    assert outbox.relay() == 0
    queue.broken = False
    assert outbox.relay() == 2
    assert queue.ids == [row.pk for row in rows]


@pytest.mark.django_db
def test_a_dead_queue_is_noticed_and_never_waited_for_long(settings):
    """The real client against a socket that nobody answers."""
    from budget_portal.celery import app

    added()
    with app.connection_for_write("redis+socket:///nowhere/valkey.sock") as dead:
        started = timezone.now()
        with pytest.raises(Exception, match="nowhere"):
            tasks.deliver.apply_async((1,), retry=False, connection=dead)
    assert timezone.now() - started < dt.timedelta(seconds=15)


@pytest.mark.django_db
def test_effects_of_effects_are_delivered_in_one_go(consumers):
    done = []

    @outbox.on("thing.done")
    def next_one(row):
        done.append(row.event)
        outbox.add("next.done", ground_people.organization())

    @outbox.on("broken.done")
    def fail(row):
        raise ValueError

    outbox.on("next.done")(lambda row: done.append(row.event))
    added(), added("broken.done")
    assert outbox.deliver_all() == 2
    assert done == ["thing.done", "next.done"]


@pytest.mark.django_db(transaction=True)
def test_racing_workers_and_relays_do_everything_once(consumers, queue, figure):
    person = ground_people.person("a")
    outbox.on("thing.done")(lambda row: Alert.objects.create(person=person, text=str(row.pk)))
    rows = [added() for _ in range(20)]
    start = threading.Barrier(4)

    def work():
        from django.db import connection

        try:
            start.wait()
            outbox.relay(limit=7)
            for row in rows:
                outbox.deliver(row.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Alert.objects.values_list("text", flat=True)) == sorted(str(row.pk) for row in rows)
    assert len(queue.ids) == len(set(queue.ids))
    figure("P4: outbox, 20 effects, 4 racing workers, 0 lost, 0 doubled")
