"""A whole portal as `make run` starts it, on a var/ and a port of its own, and the eyes to look at it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from budget_portal import local_services
from budget_portal.local_services import LocalServices

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float) -> float:
    """Seconds until the condition held; more than `seconds` is a failure."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began


class Portal:
    def __init__(self, var: Path, *arguments: str, **environment: str) -> None:
        self.var = var
        self.port = free_port()
        self.output = var / "portal.out"
        var.mkdir(parents=True, exist_ok=True)
        ours = ("DATABASE_URL", "REDIS_URL", "TEST_DATABASE_NAME", "DEMO", "MAKELEVEL")
        self.environment = {key: value for key, value in os.environ.items() if key not in ours}
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "budget_portal.settings",
            "PORTAL_VAR": str(var),
            "PORT": str(self.port),
            **environment,
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "portal", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self, seconds: float = 180) -> "Portal":
        def ready_or_ended() -> bool:
            return "is ready" in self.said() or self.process.poll() is not None

        eventually(ready_or_ended, seconds)
        assert self.process.poll() is None, self.said()
        return self

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read()) if path.endswith("z") else {}
        except OSError:
            return 0, {}

    def ready(self) -> bool:
        return self.ask("/readyz")[0] == 200

    def processes(self) -> dict[int, str]:
        """Every living process of this portal: by the var/ in its environment or the paths it was given."""
        mark = f"PORTAL_VAR={self.var}".encode()
        paths = (f"{self.var}/", local_services.socket_dir(self.var).name)
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                command = (place / "cmdline").read_text().replace("\0", " ")
                ours = mark in (place / "environ").read_bytes().split(b"\0")
                if state not in "ZX" and (ours or any(path in command for path in paths)):
                    found[int(place.name)] = command
            except OSError:
                continue
        return found

    def child(self, pattern: str) -> int | None:
        """The supervised process whose command matches, not its forks."""
        for pid, command in self.processes().items():
            if re.search(pattern, command) and _parent(pid) == self.process.pid:
                return pid
        return None

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def remove(self) -> None:
        for pid in self.processes():
            if pid != self.process.pid:
                os.kill(pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        database = LocalServices(self.var).servers[0]
        data = database.data_dir()  # type: ignore[union-attr]
        shutil.rmtree(self.var)
        shutil.rmtree(local_services.socket_dir(self.var), ignore_errors=True)
        if data.parent != self.var:
            shutil.rmtree(data.parent)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
