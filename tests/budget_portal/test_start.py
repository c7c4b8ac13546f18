"""`make run`, for real: it starts, heals, says what hinders it, finds its data again and leaves nothing."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from budget_portal import local_services
from tests.budget_portal.portal_process import ROOT, Portal, eventually

KILLED = {
    "database": r"postgres -D",
    "queue": r"valkey-server",
    "web": r"gunicorn -c",
    "worker": r"celery .*worker -n worker@",
    "worker-pdf": r"celery .*worker -n pdf@",
    "beat": r"celery .*beat",
}


@dataclass
class Lives:
    """Three starts on one var/: killed, ended in order, and the one that lives."""

    portal: Portal
    seen: dict[str, object]


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    """The first start makes database and tables and is the dearest: all tests of this module share it."""
    var = settings.VAR / f"portal-{os.getpid()}"
    portal, seen = Portal(var, "--no-demo"), dict[str, object]()
    try:
        portal.wait_until_ready()
        query(portal, "CREATE TABLE kept AS SELECT 7 AS n")
        seen["processes"] = len(portal.processes())
        # kill -9 of the supervisor: the port is freed, database and queue are simply found again
        portal.stop(signal.SIGKILL)
        eventually(
            lambda: not [c for c in portal.processes().values() if re.search("celery|gunicorn", c)], 20
        )

        portal = Portal(var, "--no-demo").wait_until_ready()
        seen["kept"] = query(portal, "SELECT n FROM kept")
        seen["code"] = portal.stop(signal.SIGTERM)
        seen["left"] = portal.processes()
        seen["sockets"] = local_services.socket_dir(var).exists()

        portal = Portal(var, "--no-demo").wait_until_ready()
        yield Lives(portal, seen)
        assert portal.stop(signal.SIGINT) == 0
        assert portal.processes() == {}
    finally:
        portal.remove()


@pytest.fixture
def portal(lives: Lives) -> Portal:
    return lives.portal


def query(portal: Portal, sql: str) -> object:
    link = psycopg2.connect(host=str(local_services.socket_dir(portal.var)), user="portal", dbname="portal")
    try:
        with link, link.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        link.close()


def test_ready_portal_answers(portal: Portal) -> None:
    status, body = portal.ask("/readyz")
    assert status == 200
    assert body["status"] == "ok"
    assert [body[part]["ok"] for part in ("database", "queue", "storage", "worker")] == [True] * 4
    assert portal.ask("/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("name", KILLED)
def test_a_killed_process_comes_back(portal: Portal, name: str) -> None:
    """P6: answers again within 15 s; for a killed database without a restart of the web processes."""
    before = {other: portal.child(pattern) for other, pattern in KILLED.items()}
    assert None not in before.values()
    victim = before[name] or 0
    left_behind = {pid for pid in portal.processes() if os.getpgid(pid) == victim}
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: portal.child(KILLED[name]) not in (None, victim) and portal.ready(), 15)
    after = {other: portal.child(pattern) for other, pattern in KILLED.items()}
    assert {other for other in KILLED if before[other] != after[other]} == {name}
    assert f"{name} had ended and was started again" in portal.said()
    # A killed worker's forks would go on doing tasks beside the new worker.
    eventually(lambda: not left_behind & set(portal.processes()), 5)


def test_a_second_portal_on_the_same_data_is_refused(portal: Portal) -> None:
    assert _fails_with(portal.environment | {"PORT": "1"}, "already runs")
    assert portal.ready()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = _fails_with(os.environ | {"PORTAL_VAR": str(tmp_path), "PORT": port}, "is taken")
    assert f"Port {port}" in said
    assert "PORT=" in said
    assert _fails_with(os.environ | {"PORTAL_VAR": str(tmp_path), "PORT": "many"}, "PORT must be a number")


def _fails_with(environment: dict[str, str], words: str) -> str:
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "budget_portal.settings"}
    command = [sys.executable, "manage.py", "portal"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, "one sentence, no traceback"
    return done.stderr


def test_stopping_leaves_no_process_and_the_next_start_finds_the_data(lives: Lives) -> None:
    processes = lives.seen["processes"]
    assert isinstance(processes, int)
    assert processes > 8
    wanted = {"processes": processes, "kept": 7, "code": 0, "left": {}, "sockets": False}
    assert lives.seen == wanted


@pytest.mark.drill
def test_demo_data_cut_short_begins_anew() -> None:
    """`make run` as a newcomer sees it, killed in the middle of the first loading."""
    var = settings.VAR / f"portal-{os.getpid()}-demo"
    portal = Portal(var)
    try:
        eventually(lambda: "Demo data" in portal.said(), 120)
        eventually(lambda: (var / "demo.unfinished").exists(), 10)
        portal.stop(signal.SIGKILL)

        portal = Portal(var).wait_until_ready(300)
        assert "once more from the beginning" in portal.said()
        assert str(query(portal, "SELECT count(*) FROM accounts_user")) > "10"
        assert "treasurer2" in portal.said()
        portal.stop()
    finally:
        portal.remove()
