"""The portal under measurement: its own var/, demo data, one gunicorn process with its threads."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent


def set_up() -> None:
    """Django on the benchmarks' settings, on servers that run."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()


def environment(**values: str) -> dict[str, str]:
    """For processes under measurement: modules are compiled once, as everywhere but on some machines of development."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | values


@contextmanager
def services() -> Iterator[None]:
    """Database and queue as the demo has them, durable; with the demo data, made once and kept."""
    from django.conf import settings

    from budget_portal.local_services import LocalServices
    from budget_portal.preparation import prepare

    servers = LocalServices.from_environment(settings.VAR)
    servers.start()
    try:
        prepare(demo=True, say=lambda sentence: print(f"  {sentence}", file=sys.stderr))
        yield
    finally:
        from django.db import connections

        connections.close_all()
        servers.stop()


@contextmanager
def loaded(projects: int, lines: int) -> Iterator[None]:
    """A database beside that of the demo, with a generated country: made once and kept, migrated each time.

    This process and the web servers that it starts meanwhile work in it.
    """
    from django.core.management import call_command
    from django.db import connection

    home, name = connection.settings_dict["NAME"], f"load_{projects}_{lines}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {name}")
    _work_in(name)
    try:
        call_command("migrate", interactive=False, verbosity=0)
        _generate(projects, lines)
        yield
    finally:
        _work_in(home)
        del os.environ["BENCH_DATABASE"]


def _work_in(name: str) -> None:
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = os.environ["BENCH_DATABASE"] = name
    ContentType.objects.clear_cache()


def _generate(projects: int, lines: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Organization

    if not Organization.objects.filter(code="load-iran").exists():
        sizes = ["--projects", str(projects), "--lines", str(lines)]
        call_command("generate_load", "--size", "country", *sizes, stdout=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as the server's own housekeeping does, in its time


def postmaster() -> int:
    from django.conf import settings

    return int((Path(settings.VAR) / "postgres" / "postmaster.pid").read_text().split()[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web(settings_module: str = "") -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """One gunicorn worker process of gthread, as the product configures it; a peer brings settings of its own."""
    from django.conf import settings

    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "budget_portal.wsgi"]
    values = {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    if settings_module:
        values["DJANGO_SETTINGS_MODULE"] = settings_module
    with (Path(settings.VAR) / "bench-web.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**values), stdout=log, stderr=log)
    try:
        _await(port)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            Browser(port).get("/healthz")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not answer within a minute")


class Browser:
    """One connection that stays open, as a browser's does."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = cookies or {}

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None, {})

    def post(self, path: str, data: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if token := self.cookies.get("csrftoken"):
            headers["X-CSRFToken"] = token
        body = self._ask("POST", path, urlencode(data), headers)
        return body, self.last_headers

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # idle too long: a new connection
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        content = answer.read()
        self.last_headers = dict(answer.getheaders())
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def signed_in(username: str, backend: str | None = None) -> dict[str, str]:
    """Cookies of a person, as the login page leaves them."""
    from django.middleware.csrf import _get_new_csrf_string
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username), backend)
    return {"session": client.cookies["session"].value, "csrftoken": _get_new_csrf_string()}
