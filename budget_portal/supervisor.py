"""Keep the portal's processes running: start in order, bring back what dies, stop in reverse order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from budget_portal.local_services import LocalServices
from budget_portal.server_binaries import ServiceError

BASE_DIR = Path(__file__).resolve().parent.parent
TICK = 0.3
STEADY = 20.0  # a process that lived so long had a good start: no waiting before the next
LONGEST_PAUSE = 15.0
DEAF = 90.0  # a worker that lives but takes no work for so long is started anew
LOG_LIMIT = 20 * 1024 * 1024

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def follow_parent() -> None:
    """Ask the kernel for SIGTERM when the parent dies, by kill -9 too: no orphan keeps the port."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One long-living process, leader of its own group, so that all below it can be ended with it."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    grace: float = 12.0  # seconds to finish the work at hand
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    not_before: float = 0.0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=follow_parent,
            )
        self.started = time.monotonic()

    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def revive(self) -> bool:
        """Start again if dead; one that dies again and again waits longer each time. True: started."""
        now = time.monotonic()
        if not self.dead():
            return False
        if self.process is not None:
            self._end_group()
            self.process = None
            self.pause = 0.0 if now - self.started > STEADY else min(LONGEST_PAUSE, 2 * self.pause + 0.5)
            self.not_before = now + self.pause
        if now < self.not_before:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Wait for an end in order; then insist, at last with force and with all it forked."""
        if self.process is None:
            return
        self._wait(self.grace, hurried)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self._wait(5.0, hurried)
        self._end_group()
        self.process.wait()
        self.process = None

    def _wait(self, seconds: float, hurried: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while self.dead() is False and time.monotonic() < deadline and not hurried():
            time.sleep(0.05)

    def _end_group(self) -> None:
        """What the process left behind: forks of a killed worker would go on beside the new one."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Supervisor:
    services: LocalServices
    children: list[Child]
    worker_age: Callable[[], float | None]
    say: Callable[[str], None] = print
    hurried: bool = field(default=False, init=False)
    _next_hearing: float = field(default=0.0, init=False)
    _next_try: float = field(default=0.0, init=False)

    def start(self) -> None:
        for child in self.children:
            child.start()

    def watch(self) -> None:
        """Until a signal ends it (as KeyboardInterrupt)."""
        while True:
            self.tick()
            time.sleep(TICK)

    def tick(self) -> None:
        self._revive_services()
        for child in self.children:
            if child.revive():
                self._tell(f"{child.name} had ended and was started again; see {child.log}")
        self._listen_to_worker()

    def stop(self) -> None:
        """In reverse order; a second Ctrl-C shortens the waiting."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hurry)
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.stop(lambda: self.hurried)
        self.services.stop()

    def _hurry(self, *_: object) -> None:
        self.hurried = True

    def _revive_services(self) -> None:
        if time.monotonic() < self._next_try:
            return
        try:
            for name in self.services.revive():
                self._tell(f"{name} had ended and was started again")
        except ServiceError as error:
            self._tell(str(error))
            self._next_try = time.monotonic() + 5

    def _listen_to_worker(self) -> None:
        now = time.monotonic()
        if now < self._next_hearing:
            return
        self._next_hearing = now + 10
        worker = next((child for child in self.children if child.name == "worker"), None)
        if worker is None or worker.process is None or now - worker.started < DEAF:
            return
        try:
            age = self.worker_age()
        except Exception:  # the queue itself is away: not the worker's fault
            return
        if age is None or age > DEAF:
            self._tell("worker takes no work and is started again")
            os.killpg(worker.process.pid, signal.SIGKILL)

    def _tell(self, sentence: str) -> None:
        self.say(f"{time.strftime('%H:%M:%S')} {sentence}")


def portal_children(var: Path, environment: dict[str, str]) -> list[Child]:
    """Web, workers and the clock, in the order of their start."""
    celery = [sys.executable, "-m", "celery", "-A", "budget_portal"]
    quiet = ["--without-gossip", "--without-mingle", "-l", "warning"]
    commands = {
        "web": [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "budget_portal.wsgi"],
        "worker": [*celery, "worker", "-n", "worker@%h", "-Q", "default", "-c", "2", *quiet],
        "worker-pdf": [*celery, "worker", "-n", "pdf@%h", "-Q", "pdf", "-c", "1", *quiet],
        "beat": [*celery, "beat", "-s", str(var / "beat-schedule"), "-l", "warning"],
    }
    return [Child(name, command, var / f"{name}.log", environment) for name, command in commands.items()]
