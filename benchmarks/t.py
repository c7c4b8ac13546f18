"""T: what our Celery and our start-up add.

T1: one no-op task, sent and done, in CPU of sender and worker, against a bare Celery application on the same broker
(both one process of work, both prefork). T2: `manage.py check` against `python -m django check` of the smallest project
with Django, admin and DRF, CPU; with compiled modules, and without what only tools of development install.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import cpu, portal
from benchmarks.table import Result, ms, taking_turns

TASKS, ROUNDS = 600, 7


def run() -> list[Result]:
    with portal.services():
        first = no_op()
    return [first, check()]


def no_op() -> Result:
    from django.conf import settings

    from budget_portal.celery import app

    broker = settings.CELERY_BROKER_URL
    os.environ["BARE_BROKER"] = broker.replace("virtual_host=0", "virtual_host=9")
    from benchmarks.bare.queue import app as bare_app
    from benchmarks.bare.queue import nothing as bare
    from benchmarks.tasks import nothing as ours

    app.set_current()
    with (
        worker("benchmarks.bare.queue", "bare", "celery") as peer_worker,
        worker("budget_portal", "ours", "bench", "-I", "benchmarks.tasks") as our_worker,
    ):

        def cost(process: subprocess.Popen[bytes], celery: Any, task: Any, queue: str) -> float:
            before = cpu.seconds(process.pid) + cpu.own()
            for _ in range(TASKS):
                task.apply_async(queue=queue)
            with celery.connection_or_acquire() as connection:
                channel = connection.default_channel
                while _waiting(channel, queue):
                    time.sleep(0.02)
            time.sleep(0.1)
            return (cpu.seconds(process.pid) + cpu.own() - before) / TASKS

        _await(bare_app, "bare"), _await(app, "ours")
        floor, mine, ratio = taking_turns(
            lambda: cost(peer_worker, bare_app, bare, "celery"),
            lambda: cost(our_worker, app, ours, "bench"),
            ROUNDS,
        )
    return Result(
        "T1",
        "no-op task sent and done (CPU of sender and worker)",
        "bare Celery application",
        ms(floor),
        ms(mine),
        f"{ratio:.2f}×",
        "≤ 1.3×",
        ratio <= 1.3,
    )


def _waiting(channel: Any, queue: str) -> int:
    """What lies in the queue or was taken and not acknowledged."""
    client = channel.client
    return int(client.llen(queue)) + int(client.hlen("unacked"))


@contextmanager
def worker(app: str, name: str, queue: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    from django.conf import settings

    command = [sys.executable, "-m", "celery", "-A", app, "worker", "-n", f"{name}@bench", "-Q", queue]
    command += ["-c", "1", "-l", "warning", "--without-mingle", "--without-gossip", *more]
    with (Path(settings.VAR) / "bench-celery.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=portal.ROOT,
            env=portal.environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(app: Any, name: str) -> None:
    deadline = time.monotonic() + 60
    while not app.control.ping(destination=[f"{name}@bench"], timeout=0.5):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the worker «{name}» did not answer")


DEVELOPMENT = ("pygments", "requests", "rich")  # DRF and structlog load them where they are installed
CHECK = """
import runpy, sys
sys.modules |= dict.fromkeys({hidden}, None)
sys.argv = ["manage.py", "check"]
runpy.{entry}
"""


def check() -> Result:
    def cost(settings: str, entry: str) -> float:
        before = _children()
        subprocess.run(
            [sys.executable, "-c", CHECK.format(hidden=DEVELOPMENT, entry=entry)],
            cwd=portal.ROOT,
            env=portal.environment(DJANGO_SETTINGS_MODULE=settings),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return _children() - before

    floor, mine, ratio = taking_turns(
        lambda: cost("benchmarks.bare.settings", "run_module('django', run_name='__main__')"),
        lambda: cost("budget_portal.settings", "run_path('manage.py', run_name='__main__')"),
        9,
    )
    return Result(
        "T2",
        "manage.py check (CPU)",
        "bare Django + admin + DRF",
        f"{floor:.2f} s",
        f"{mine:.2f} s",
        f"{ratio:.2f}×",
        "≤ 2.5×",
        ratio <= 2.5,
    )


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
