"""Start everything: database, queue, tables, demo data, web, workers, clock. `make run` calls this."""

import errno
import fcntl
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from budget_portal import heartbeat
from budget_portal.local_services import LocalServices
from budget_portal.preparation import prepare
from budget_portal.server_binaries import ServiceError
from budget_portal.supervisor import Supervisor, follow_parent, portal_children

PATIENCE = 90.0  # seconds until the portal must be ready


class Command(BaseCommand):
    help = "Start the whole portal and keep it running until Ctrl-C."
    requires_system_checks: list[str] = []  # some of them ask the database, which is started here

    def add_arguments(self, parser: ArgumentParser) -> None:
        demo = bool(settings.DEMO) or not os.environ.get("DATABASE_URL")
        parser.add_argument("--no-demo", dest="demo", action="store_false", default=demo)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("PORTAL_HOST", "127.0.0.1"), _port()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        if os.environ.get("MAKELEVEL"):
            follow_parent()  # a killed `make` leaves nothing running
        try:
            with _only_one(settings.VAR):
                _require_free_port(host, port)
                self._run(host, port, demo=options["demo"])
        except ServiceError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self._say("The portal has stopped.")

    def _run(self, host: str, port: int, *, demo: bool) -> None:
        began = time.monotonic()
        address = f"http://localhost:{port}"
        os.environ |= {"PORTAL_HOST": host, "PORT": str(port), "DEMO": "1" if demo else "0"}
        os.environ.setdefault("PUBLIC_URL", address)
        settings.DEMO, settings.PUBLIC_URL = demo, os.environ["PUBLIC_URL"]
        services = LocalServices.from_environment(settings.VAR)
        children = portal_children(settings.VAR, dict(os.environ))
        supervisor = Supervisor(services, children, heartbeat.age, say=self._say)
        try:
            self._say("Database and queue …")
            services.start()
            prepare(demo=demo, say=self._say)
            heartbeat.forget()
            self._say("Web, workers and clock …")
            supervisor.start()
            self._await_ready(supervisor, f"http://{host}:{port}/readyz")
            self._greet(address, time.monotonic() - began, demo=demo)
            supervisor.watch()
        finally:
            supervisor.stop()

    def _await_ready(self, supervisor: Supervisor, url: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not _answers(url):
            if time.monotonic() > deadline:
                self.stderr.write(f"Not ready after {PATIENCE:.0f} s (see {url} and {settings.VAR}/*.log).")
                return
            supervisor.tick()
            time.sleep(0.1)

    def _greet(self, address: str, seconds: float, *, demo: bool) -> None:
        self._say(f"\nThe portal is ready after {seconds:.0f} s:  {address}\n")
        if demo:
            call_command("demo_people", stdout=self.stdout)
        self._say(f"Logs: {settings.VAR}/*.log    Ctrl-C stops everything.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()  # through a pipe too: somebody waits for the address


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _port() -> int:
    raw = os.environ.get("PORT") or "8000"
    if not raw.isascii() or not raw.isdigit() or not 0 < int(raw) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {raw!r}.")
    return int(raw)


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    """Two portals on one var/ would run the clock twice."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "portal.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"The portal of {var} already runs: stop it first (Ctrl-C there).") from None
        yield


def _require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                advice = (
                    f"Port {port} is taken by another program: choose another, for example PORT={port + 1}."
                )
                raise CommandError(advice) from None
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}): set PORT."
            ) from None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
