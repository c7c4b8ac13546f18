"""What the watching does beyond starting the dead: patience with a broken process, none with a deaf worker."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from budget_portal.local_services import LocalServices
from budget_portal.supervisor import DEAF, Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Any]:
    supervisors = []

    def watch(*commands: list[str], age: float | None = 0.0) -> Supervisor:
        children = [
            Child(name, command, tmp_path / f"{name}.log", dict(os.environ), grace=2)
            for name, command in zip(["worker", "beat"], commands, strict=False)
        ]
        services = LocalServices(tmp_path, database=False, queue=False)
        supervisors.append(Supervisor(services, children, lambda: age, say=lambda sentence: None))
        return supervisors[-1]

    yield watch
    for supervisor in supervisors:
        for child in supervisor.children:
            child.stop(lambda: True)


def test_a_process_that_always_dies_is_tried_ever_more_slowly(watched: Any) -> None:
    supervisor = watched([sys.executable, "-c", "pass"])
    supervisor.start()
    child, starts = supervisor.children[0], 1
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        starts += child.revive()
        time.sleep(0.02)
    assert 2 <= starts <= 4  # after 0.5 s, 1.5 s, …
    assert child.pause >= 1


@pytest.mark.parametrize(("age", "restarted"), [(0.0, False), (DEAF + 1, True), (None, True)])
def test_a_worker_that_takes_no_work_is_started_again(
    watched: Any, age: float | None, restarted: bool
) -> None:
    supervisor = watched(SLEEPER, age=age)
    supervisor.start()
    child = supervisor.children[0]
    first = child.process
    child.started -= DEAF + 1
    supervisor.tick()
    assert (first.wait(timeout=5) != 0) if restarted else (first.poll() is None)
    supervisor.tick()
    assert (child.process is not first) == restarted


def test_a_young_worker_is_given_time(watched: Any) -> None:
    supervisor = watched(SLEEPER, age=None)
    supervisor.start()
    supervisor.tick()
    assert supervisor.children[0].process.poll() is None


def test_one_that_ignores_the_request_is_ended_with_its_forks(watched: Any) -> None:
    stubborn = (
        "import os, signal, time; signal.signal(15, signal.SIG_IGN); signal.signal(3, signal.SIG_IGN);"
        "os.fork(); time.sleep(60)"
    )
    supervisor = watched(SLEEPER, [sys.executable, "-c", stubborn])
    supervisor.start()
    time.sleep(0.5)
    child = supervisor.children[1]
    group = child.process.pid
    began = time.monotonic()
    child.ask_to_stop()
    child.stop(lambda: False)
    assert 2 < time.monotonic() - began < 12
    deadline = time.monotonic() + 5
    while _group_lives(group):
        assert time.monotonic() < deadline


def _group_lives(group: int) -> bool:
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            return True
    return False
