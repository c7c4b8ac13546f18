"""The tests' own PostgreSQL and Valkey under var/test/, and a real Celery worker for those who ask."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from budget_portal.local_services import LocalServices

ROOT = Path(__file__).resolve().parents[2]
_services = pytest.StashKey[LocalServices]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before Django makes its test database; parallel processes share them."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    if hasattr(config, "workerinput") or config.option.collectonly or config.option.help:
        return
    # No fsync: nothing here outlives the run, and the suite waits for every commit.
    services = LocalServices.from_environment(settings.VAR, durable=False)
    services.start()
    config.stash[_services] = services


def pytest_unconfigure(config: pytest.Config) -> None:
    if services := config.stash.get(_services, None):
        services.stop()


@pytest.fixture(scope="session")
def local_services(pytestconfig: pytest.Config) -> LocalServices:
    """The servers of this run; only in the process that started them (not under pytest -n)."""
    return pytestconfig.stash[_services]


def environment_of_children() -> dict[str, str]:
    """Environment with which another process works on the test database and the tests' queue."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_NAME": settings.DATABASES["default"]["NAME"],
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def celery_process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real `celery -A budget_portal …`, ended with its children."""
    command = [sys.executable, "-m", "celery", "-A", "budget_portal", *arguments]
    with (settings.VAR / "celery.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment_of_children(), stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def kill(process: subprocess.Popen[bytes] | None) -> None:
    """The whole group at once, as the machine's power would."""
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def worker_process(*, beat: bool = True, concurrency: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of all queues that answers, with the clock inside it unless `beat=False`."""
    from budget_portal.celery import app

    app.control.purge()
    name = f"test-{os.getpid()}-{time.monotonic_ns()}@localhost"
    arguments = ["worker", "-n", name, "-Q", "default,pdf", "-c", str(concurrency), "-l", "warning"]
    if beat:
        schedule = settings.VAR / f"beat-{os.getpid()}"
        arguments += ["-B", "-s", str(schedule)]
    with celery_process(*arguments) as process:
        deadline = time.monotonic() + 60
        while not app.control.ping(destination=[name], timeout=0.5):
            assert process.poll() is None, f"the worker ended; see {settings.VAR}/celery.log"
            assert time.monotonic() < deadline, "the worker did not answer within a minute"
        yield process
    app.control.purge()


@pytest.fixture(scope="module")
def celery_worker_process(
    django_db_setup: None, django_db_blocker: object
) -> Iterator[subprocess.Popen[bytes]]:
    """A living worker (with beat) on the test database, for the tests of one module.

    Those tests must commit: `pytest.mark.django_db(transaction=True)` or `live_server`.
    """
    with worker_process() as process:
        yield process
