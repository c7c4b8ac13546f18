"""Jobs: claimed once, always closed, begun again when a worker dies, stopped when asked."""

import datetime as dt
import time
import uuid

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from accounts.models import Membership
from budget_portal import jobs, outbox, tasks
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert, AuditEntry, Job, OutboxMessage

from . import ground_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """A registry of one kind whose handler the test sets with `kind.run = …`."""

    class Kind:
        def __init__(self):
            self.run = lambda job, progress: None

    this = Kind()
    monkeypatch.setattr(jobs, "_kinds", {"test": jobs.Kind(lambda *given: this.run(*given), "pdf")})
    return this


@pytest.fixture
def asked(kind):
    return jobs.enqueue("test", by=ground_people.person("asker"), title="کار آزمایشی", params={"n": 1})


def again(job):
    job.refresh_from_db()
    return job


def silence(job, seconds=120):
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - dt.timedelta(seconds=seconds))


def test_asking_writes_the_job_and_its_effect_and_the_worker_gets_the_id(asked, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **how: sent.append((args, how["queue"])))
    assert OutboxMessage.objects.filter(event="job.queued", target_id=str(asked.pk)).count() == 1
    assert outbox.deliver_all() == 1
    assert sent == [((asked.pk,), "pdf")]
    assert asked.organization == ground_people.organization()
    assert again(asked).state == "queued"


def test_nobody_handles_an_unknown_kind(kind):
    with pytest.raises(LookupError):
        jobs.enqueue("unknown", by=ground_people.person("asker"), title="")


def test_a_job_runs_once_as_its_requester_and_leaves_its_outcome(kind, asked):
    roles, saved = [], []

    def run(job, progress):
        roles.append(job.requester.role)
        progress(1, 2, "نیمی")
        return jobs.Outcome(url="/reports/1/", message="آماده شد", save=lambda: saved.append(job.pk))

    kind.run = run
    assert jobs.run(asked.pk) is True
    assert jobs.run(asked.pk) is False
    again(asked)
    assert (asked.state, asked.done, asked.total, asked.result_url) == ("done", 2, 2, "/reports/1/")
    assert (asked.message, asked.percent, asked.attempts) == ("آماده شد", 100, 1)
    assert roles == ["consolidation"] and saved == [asked.pk]
    assert asked.finished_at and asked.worker
    assert OutboxMessage.objects.filter(event="job.done").count() == 1


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (RuleBroken("سهم‌ها ۱۰۰ نیست."), "سهم‌ها ۱۰۰ نیست."),
        (NotAllowed("نقش شما نیست."), "نقش شما نیست."),
        (SoftTimeLimitExceeded(), jobs.TOO_LONG),
        (ZeroDivisionError("secret detail"), "شمارهٔ پیگیری"),
    ],
)
def test_every_failure_closes_the_row_with_a_sentence_for_people(kind, asked, failure, sentence):
    def run(job, progress):
        raise failure

    kind.run = run
    jobs.run(asked.pk)
    again(asked)
    assert asked.state == "failed" and sentence in asked.error and asked.finished_at
    assert "secret" not in asked.error


def test_a_failure_while_saving_takes_the_result_back(kind, asked):
    def save():
        Alert.objects.create(person=asked.requester, text="x")
        raise ZeroDivisionError

    kind.run = lambda job, progress: jobs.Outcome(save=save)
    jobs.run(asked.pk)
    assert again(asked).state == "failed" and not Alert.objects.exists()


def test_a_role_that_ended_meanwhile_ends_the_job(kind, asked):
    Membership.objects.update(valid_to=dt.date(2020, 1, 2))
    kind.run = lambda job, progress: pytest.fail("ran without the role")
    jobs.run(asked.pk)
    assert (again(asked).state, asked.error) == ("failed", jobs.NO_LONGER_YOURS)


def cancellations(job):
    rows = AuditEntry.objects.filter(event="job.cancelled", target_id=str(job.pk)).order_by("sequence")
    return [(row.actor, row.before["state"], row.after["state"]) for row in rows]


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_job_that_is_over_is_not_cancelled(asked, state):
    Job.objects.filter(pk=asked.pk).update(state=state, finished_at=timezone.now(), message="پایان")
    with pytest.raises(WrongState, match="پایان یافته"):
        jobs.cancel(asked.pk, by=asked.requester)
    assert (again(asked).state, asked.message, asked.cancel_asked) == (state, "پایان", False)
    assert cancellations(asked) == []


def test_only_who_sees_a_job_cancels_it(asked):
    stranger = ground_people.person("stranger")
    with pytest.raises(Job.DoesNotExist):
        jobs.cancel(asked.pk, by=stranger)
    assert again(asked).state == "queued" and not cancellations(asked)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(kind, asked):
    jobs.cancel(asked.pk, by=asked.requester)
    assert again(asked).state == "cancelled"
    assert cancellations(asked) == [(asked.requester, "queued", "cancelled")]
    assert jobs.run(asked.pk) is False

    second = jobs.enqueue("test", by=asked.requester, title="")
    steps = []

    def run(job, progress):
        for step in range(5):
            progress(step, 5)
            steps.append(step)
            jobs.cancel(job.pk, by=job.requester)
            job.done = 0  # so that the next step writes at once

    kind.run = run
    jobs.run(second.pk)
    assert again(second).state == "cancelled" and steps == [0]
    assert cancellations(second) == [(asked.requester, "running", "running")]  # twice asked is once


def test_a_silent_job_is_begun_again_and_the_late_worker_changes_nothing(kind, asked):
    calls = []

    def run(job, progress):
        calls.append(job.attempts)
        if len(calls) == 1:  # this worker hangs; meanwhile its job is given to another, which finishes it
            silence(job)
            assert jobs.reopen_abandoned() == 1
            assert jobs.run(job.pk) is True
            return jobs.Outcome(message="دیر", save=lambda: pytest.fail("saved twice"))
        return jobs.Outcome(message="به‌هنگام")

    kind.run = run
    jobs.run(asked.pk)
    assert calls == [1, 2]
    assert (again(asked).state, asked.message, asked.attempts) == ("done", "به‌هنگام", 2)


def test_progress_stops_a_worker_that_lost_its_job(kind, asked):
    def run(job, progress):
        Job.objects.filter(pk=job.pk).update(attempts=2)
        progress(1, 2)
        pytest.fail("went on")

    kind.run = run
    jobs.run(asked.pk)
    assert again(asked).state == "running"


def test_a_job_that_kills_its_workers_fails_in_the_end(asked, settings):
    Job.objects.filter(pk=asked.pk).update(state="running", attempts=settings.JOB_ATTEMPTS)
    silence(asked)
    assert jobs.reopen_abandoned() == 0
    assert (again(asked).state, asked.error) == ("failed", jobs.GAVE_UP)


def test_a_dead_worker_and_a_wish_to_cancel_end_the_job(asked):
    Job.objects.filter(pk=asked.pk).update(state="running", attempts=1, cancel_asked=True)
    silence(asked)
    jobs.reopen_abandoned()
    assert again(asked).state == "cancelled"


def test_a_job_that_the_queue_lost_is_sent_again_but_a_fresh_or_living_one_is_left(asked, settings):
    assert jobs.reopen_abandoned() == 0
    silence(asked, settings.OUTBOX_RESEND_SECONDS - 5)
    assert jobs.reopen_abandoned() == 0
    silence(asked, settings.OUTBOX_RESEND_SECONDS + 5)
    assert jobs.reopen_abandoned() == 1
    assert OutboxMessage.objects.filter(event="job.queued").count() == 2
    Job.objects.filter(pk=asked.pk).update(
        heartbeat_at=None, created_at=timezone.now() - dt.timedelta(hours=1)
    )
    assert jobs.reopen_abandoned() == 1


@pytest.mark.django_db(transaction=True)
def test_the_heart_beats_while_the_handler_is_busy(kind, asked, settings):
    settings.JOB_HEARTBEAT_SECONDS = 0.05
    beats = set()

    def run(job, progress):
        deadline = time.monotonic() + 5
        while len(beats) < 3 and time.monotonic() < deadline:
            beats.add(Job.objects.get(pk=job.pk).heartbeat_at)
            time.sleep(0.02)

    kind.run = run
    jobs.run(asked.pk)
    assert len(beats) >= 3


def test_a_running_job_that_was_heard_a_moment_ago_is_left_alone(asked, settings):
    Job.objects.filter(pk=asked.pk).update(state="running", attempts=1)
    silence(asked, settings.JOB_ABANDONED_SECONDS - 5)
    assert jobs.reopen_abandoned() == 0
    silence(asked, settings.JOB_ABANDONED_SECONDS + 5)
    assert jobs.reopen_abandoned() == 1


def test_the_percent_is_that_of_the_steps():
    job = Job(done=3, total=12, public_id=uuid.uuid4())
    assert (job.percent, Job().percent, Job(state="done").percent) == (25, 0, 100)
