"""Long work that a person asked for (report, import, export), as a row that they see, cancel and keep.

`enqueue` writes the row and an effect of the outbox; a worker claims the row by conditional update and runs
the handler registered for its kind in `<app>/jobs.py`. A worker that dies leaves a silent heartbeat, and the
job is begun again by another one. Whoever finishes must still hold the claim: the last words of a worker
that was thought dead change nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from budget_portal import audit, badges, outbox
from budget_portal.errors import DomainError, NotAllowed, WrongState
from budget_portal.models import Job, OutboxMessage, StoredFile
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

badges.register(
    "budget_portal.job",
    {
        "queued": ("در نوبت", "wait", "clock"),
        "running": ("در حال انجام", "wait", "arrow-path"),
        "done": ("انجام شد", "done", "check"),
        "failed": ("ناموفق", "bad", "exclamation-circle"),
        "cancelled": ("لغو شد", "neutral", "x-mark"),
    },
)

QUEUED, RUNNING = Job.State.QUEUED, Job.State.RUNNING
DONE, FAILED, CANCELLED = Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED
OPEN = (QUEUED, RUNNING)

GAVE_UP = "کارگر این کار چند بار از میان رفت؛ اندکی بعد دوباره درخواست کنید یا به مدیر سامانه خبر دهید."
TOO_LONG = "کار بیش از زمان مجاز طول کشید؛ دامنهٔ آن را کوچک‌تر کنید."
BROKE = "خطایی پیش آمد و کار نیمه‌تمام ماند. شمارهٔ پیگیری: {code}"
OVER = "این کار پایان یافته است و دیگر لغو نمی‌شود."
NO_LONGER_YOURS = "نقشی که با آن درخواست کرده بودید دیگر برقرار نیست."


class JobCancelled(Exception):
    """The requester asked to stop; raised by `progress` and closes the job."""


class ClaimLost(Exception):
    """Another worker has this job now; this one stops without a word."""


@dataclass(frozen=True)
class Outcome:
    """What a handler leaves: a file, the page of the result, a last sentence.

    `save` runs in the transaction that closes the job, so it happens once whatever worker dies.
    """

    file: StoredFile | None = None
    url: str = ""
    message: str = ""
    save: Callable[[], object] | None = None


class Progress:
    """Call it between steps, outside transactions: `progress(3, 12, "فصل سوم")`. Inside one long transaction, whose
    own writes nobody sees before its end, use `with progress.apart() as tick`."""

    def __init__(self, job: Job) -> None:
        self.job, self._written = job, 0.0

    def __call__(self, done: int, total: int, message: str = "") -> None:
        now = time.monotonic()
        if self.job.done and done < total and now - self._written < 0.3:
            return
        self._written = now
        self.job.done, self.job.total, self.job.message = done, total, message[:300]
        held = _claim(self.job).update(
            done=done, total=total, message=self.job.message, heartbeat_at=timezone.now()
        )
        if not held:
            raise ClaimLost
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise JobCancelled

    @contextmanager
    def apart(self, message: str = "") -> Iterator[Callable[[int, int], None]]:
        """A thread with a connection of its own writes how far the work is, and hears whether to stop, also while
        the first step takes long: the next tick then raises JobCancelled or ClaimLost, and the transaction is taken
        back."""
        at = [self.job.done, max(self.job.total, 1)]
        ended, stopped = threading.Event(), list[BaseException]()

        def watch() -> None:
            while not ended.wait(0.2):
                try:
                    self(at[0], at[1], message)
                except (JobCancelled, ClaimLost) as stop:
                    stopped.append(stop)
                    break
                except Exception as error:
                    log.warning("No progress of job %s: %s", self.job.public_id, error)
                    connection.close()
            connection.close()

        def tick(done: int, total: int) -> None:
            at[:] = done, total
            if stopped:
                raise stopped[0]

        thread = threading.Thread(target=watch, name=f"progress-{self.job.pk}", daemon=True)
        thread.start()
        try:
            yield tick
        finally:
            ended.set()
            thread.join(timeout=5)


Handler = Callable[[Job, Progress], Outcome | None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class Kind:
    run: Handler
    queue: str


_kinds: dict[str, Kind] = {}


def handler(kind: str, *, queue: str = "default") -> Callable[[H], H]:
    """`@jobs.handler("report", queue="pdf")` over `def make(job, progress)`.

    `job.requester` acts through the membership of the request; rights and state are read again by the handler.
    """

    def register(function: H) -> H:
        _kinds[kind] = Kind(function, queue)
        return function

    return register


def queue_of(kind: str) -> str:
    return _kinds[kind].queue


# --- asked for, cancelled -----------------------------------------------------------------------------------


def enqueue(kind: str, *, by: User, title: str, params: dict[str, Any] | None = None) -> Job:
    """Ask for long work: the row and its effect are written together, with or without a queue."""
    if kind not in _kinds:
        raise LookupError(f"no handler for jobs of kind {kind!r}")
    acting = by.acting
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            title=title[:200],
            params=params or {},
            requester=by,
            membership=acting,
            organization=acting.organization if acting else None,
        )
        outbox.add("job.queued", job)
    return job


@verb
def cancel(job_id: int, *, by: User) -> None:
    """A waiting job ends at once, a running one at its next step; whoever sees a job may cancel it."""
    job: Job = Job.objects.for_user(by).select_for_update(of=("self",)).get(pk=job_id)
    if job.state not in OPEN:
        raise WrongState(OVER)
    if job.cancel_asked:
        return
    before, job.cancel_asked = job.state, True
    if job.state == QUEUED:
        job.state, job.message, job.finished_at = CANCELLED, "", timezone.now()
    job.save(update_fields=["state", "message", "finished_at", "cancel_asked"])
    audit.record("job.cancelled", job, by=by, before={"state": before}, after={"state": job.state})


@outbox.on("job.queued")
def send_to_worker(row: OutboxMessage) -> None:
    from budget_portal import tasks

    job = Job.objects.filter(pk=row.target_id, state=QUEUED).first()
    if job is None:
        return
    tasks.run_job.apply_async((job.pk,), queue=queue_of(job.kind), retry=False)
    # For a waiting job: when it was sent last. `reopen_abandoned` sends what the queue lost.
    Job.objects.filter(pk=job.pk, state=QUEUED).update(heartbeat_at=timezone.now())


# --- run ----------------------------------------------------------------------------------------------------


def run(pk: int) -> bool:
    """Claim a job and run it to its end; False when it is not waiting (any more)."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=pk, state=QUEUED).update(
        state=RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
        error="",
    )
    if claimed != 1:
        return False
    job = Job.objects.select_related("requester", "membership", "organization").get(pk=pk)
    with bound_contextvars(job_id=str(job.public_id)), _heartbeat(job):
        _run_claimed(job)
    return True


def _run_claimed(job: Job) -> None:
    """Every way out closes the row, but the one where another worker holds it."""
    try:
        _restore_membership(job)
        outcome = _kinds[job.kind].run(job, Progress(job)) or Outcome()
        _finish(job, outcome)
    except ClaimLost:
        log.warning("Job %s was taken over by another worker.", job.public_id)
    except JobCancelled:
        _close(job, CANCELLED)
    except (DomainError, NotAllowed) as refusal:
        _close(job, FAILED, error=refusal.message)
    except SoftTimeLimitExceeded:
        log.warning("Job %s took too long.", job.public_id)
        _close(job, FAILED, error=TOO_LONG)
    except Exception:
        log.exception("Job %s failed.", job.public_id)
        _close(job, FAILED, error=BROKE.format(code=job.public_id.hex[:8]))


def _restore_membership(job: Job) -> None:
    """The requester acts as when asking, if they still may."""
    valid = job.requester.roles_today().filter(pk=job.membership_id).first()
    if valid is None:
        raise NotAllowed(NO_LONGER_YOURS)
    job.requester.act_through(valid)


def _finish(job: Job, outcome: Outcome) -> None:
    with transaction.atomic():
        if not _claim(job).select_for_update().exists():
            raise ClaimLost
        audit.act_as(job.requester, job_id=str(job.public_id))
        if outcome.save:
            outcome.save()
        values = {"file": outcome.file, "result_url": outcome.url, "done": F("total")}
        _close(job, DONE, message=outcome.message[:300], **values)
        outbox.add("job.done", job)


def _close(job: Job, state: str, **values: Any) -> None:
    _claim(job).update(state=state, finished_at=timezone.now(), **values)


def _claim(job: Job) -> Any:
    """The row, as long as this very attempt holds it."""
    return Job.objects.filter(pk=job.pk, state=RUNNING, attempts=job.attempts)


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """A thread says «alive» while the handler is busy; it ends with it."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(settings.JOB_HEARTBEAT_SECONDS):
            try:
                _claim(job).update(heartbeat_at=timezone.now())
            except Exception as error:
                log.warning("No heartbeat of job %s: %s", job.public_id, error)
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)


# --- left behind --------------------------------------------------------------------------------------------


def reopen_abandoned() -> int:
    """Queue again what a dead worker or an emptied queue left behind; says how many."""
    return sum(_reopen(pk) for pk in list(_silent().values_list("pk", flat=True)))


def _silent() -> models.QuerySet[Job]:
    """Running without a heartbeat; or sent and not begun, because the queue lost it or is busy (then it only
    gets a second message, and the claim decides); or never sent."""
    now = timezone.now()
    patience = dt.timedelta(seconds=settings.JOB_ABANDONED_SECONDS)
    resend = dt.timedelta(seconds=settings.OUTBOX_RESEND_SECONDS)
    dead = Q(state=RUNNING, heartbeat_at__lt=now - patience)
    lost = Q(state=QUEUED, heartbeat_at__lt=now - resend)
    never_sent = Q(state=QUEUED, heartbeat_at__isnull=True, created_at__lt=now - 10 * patience)
    return Job.objects.filter(dead | lost | never_sent)


def _reopen(pk: int) -> bool:
    with transaction.atomic():
        job = _silent().select_for_update(skip_locked=True).filter(pk=pk).first()
        if job is None:
            return False
        if job.state == RUNNING and job.cancel_asked:
            return _end(job, CANCELLED)
        if job.state == RUNNING and job.attempts >= settings.JOB_ATTEMPTS:
            return _end(job, FAILED, GAVE_UP)
        log.warning("Job %s is queued again (attempt %d).", job.public_id, job.attempts)
        job.state, job.heartbeat_at = QUEUED, timezone.now()
        job.save(update_fields=["state", "heartbeat_at"])
        outbox.add("job.queued", job)
    return True


def _end(job: Job, state: str, error: str = "") -> bool:
    job.state, job.finished_at, job.error = state, timezone.now(), error
    job.save(update_fields=["state", "finished_at", "error"])
    return False
