"""The two local servers: how each is made, started, asked and stopped."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from budget_portal import server_binaries
from budget_portal.server_binaries import Account, ServiceError

PATIENCE = 120.0  # seconds: crash recovery of a large database
DATABASE = USER = "portal"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
# Words of the server's log after which another try can succeed: the killed predecessor is not gone yet.
PASSING_TROUBLE = ("lock file", "shared memory block", "could not create Unix socket")


class PostgresServer:
    name = "database"

    def __init__(self, var: Path, sockets: Path, *, durable: bool) -> None:
        self.var = var
        self.durable = durable
        self.log = var / "postgres.log"
        self.socket = sockets / POSTGRES_SOCKET
        self.child: subprocess.Popen[bytes] | None = None

    def answers(self) -> bool:
        if not _connects(self.socket):
            return False
        program = self._programs().bin / "pg_isready"
        command: list[str | Path] = [
            program,
            "-q",
            "-h",
            self.socket.parent,
            "-U",
            USER,
            "-d",
            "postgres",
            "-t",
            "2",
        ]
        return subprocess.run(command, check=False).returncode == 0

    def start(self) -> None:
        """Serve: use the server that answers, else start one and wait until it does."""
        if not self.answers():
            self._make_data()
            self._bring_up()
        self._make_database()

    def _bring_up(self) -> None:
        if self.child is not None and self.child.poll() is not None:
            self.child = None  # it served and was killed: no failed start to judge
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.child is None or self.child.poll() is not None:
                self._judge_death(deadline)
                self._forget_dead_server()
                self.child = self._spawn()
            time.sleep(0.05)
            if time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL did not answer within {PATIENCE:.0f} s; see {self.log}.")

    def alive(self) -> bool:
        return (self.child is None or self.child.poll() is None) and _connects(self.socket)

    def stop(self) -> None:
        data = self.data_dir()
        if _living_in(data):
            account = server_binaries.account_for(data)
            pg_ctl = self._programs().reachable_by(account).bin / "pg_ctl"
            command: list[str | Path] = [pg_ctl, "stop", "-D", data, "-m", "fast", "-w", "-t", "60", "-s"]
            subprocess.run(command, check=False, capture_output=True, **account.process_options)
        elif self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)  # the same, when var/ was removed under it
        _reap(self.child)
        self.child = None

    def data_dir(self) -> Path:
        """Under var/, unless root runs us where the database's user cannot enter: then var/ says where."""
        pointer = self.var / "postgres.path"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.var / "postgres"

    def _programs(self) -> server_binaries.Postgres:
        return server_binaries.postgres_for(self.data_dir())

    def _make_data(self) -> None:
        if (self.data_dir() / "PG_VERSION").exists():
            return
        account = server_binaries.account_for(self.var / "postgres")
        if not account.may_enter(self.var):
            self._move_outside()
        data = self.data_dir()
        partial = data.with_name(data.name + ".partial")  # renamed when complete: a cut start leaves no half
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        os.chown(partial, account.uid, account.gid)
        initdb = self._programs().reachable_by(account).bin / "initdb"
        # C.UTF-8 and not C: under C the trigrams of Persian text are empty, and with them the search.
        command: list[str | Path] = [
            initdb,
            "-D",
            partial,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
            "-U",
            USER,
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, umask=0o077, **account.process_options
        )
        if done.returncode:
            raise ServiceError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
        partial.rename(data)

    def _move_outside(self) -> None:
        place = server_binaries.OUTSIDE / self.socket.parent.name
        place.mkdir(parents=True, exist_ok=True)
        for directory in (server_binaries.OUTSIDE, place):
            directory.chmod(0o755)
        data = place / "postgres"
        if data.exists():  # its var/ was removed: begin anew, but destroy nothing
            previous = data.with_name("postgres.previous")
            shutil.rmtree(previous, ignore_errors=True)
            data.rename(previous)
        (self.var / "postgres.path").write_text(f"{data}\n")

    def _spawn(self) -> subprocess.Popen[bytes]:
        data = self.data_dir()
        account = server_binaries.account_for(data)
        _private_directory(self.socket.parent, account)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket.parent),
            "timezone": "UTC",
            "jit": "off",  # costs more than it gives on queries of milliseconds
        }
        if sys.platform == "linux":
            options["recovery_init_sync_method"] = "syncfs"  # not file by file: back at once after kill -9
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        program = self._programs().reachable_by(account).bin / "postgres"
        command = [str(program), "-D", str(data)]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
                **account.process_options,
            )

    def _judge_death(self, deadline: float) -> None:
        """Try again after a passing trouble; anything else is said at once."""
        if self.child is None:
            return
        last_words = _tail(self.log)
        was_up = last_words.rstrip().endswith("ready to accept connections")  # and was ended from outside
        passing = was_up or any(words in last_words for words in PASSING_TROUBLE)
        if not passing or time.monotonic() > deadline:
            raise ServiceError(f"PostgreSQL ended at its start; the end of {self.log}:\n{last_words}")
        time.sleep(0.3)

    def _forget_dead_server(self) -> None:
        """Remove lock files whose process is gone, a zombie, or another program with a recycled number."""
        data = self.data_dir()
        if _living_in(data):
            return
        lock = self.socket.with_name(self.socket.name + ".lock")
        for file in (data / "postmaster.pid", lock):
            file.unlink(missing_ok=True)

    def _make_database(self) -> None:
        import psycopg2  # here, because the settings import this module

        connection = psycopg2.connect(host=str(self.socket.parent), user=USER, dbname="postgres")
        try:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()


class ValkeyServer:
    name = "queue"

    def __init__(self, var: Path, sockets: Path, *, durable: bool) -> None:
        self.data = var / "valkey"
        self.durable = durable
        self.log = var / "valkey.log"
        self.socket = sockets / VALKEY_SOCKET
        self.child: subprocess.Popen[bytes] | None = None

    def answers(self) -> bool:
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def start(self) -> None:
        if self.answers():
            return
        self.data.mkdir(exist_ok=True)
        _private_directory(self.socket.parent, server_binaries.account_for(self.data))
        _reap(self.child)
        self.child = self._spawn()
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"Valkey does not serve; the end of {self.log}:\n{_tail(self.log)}")
            time.sleep(0.02)

    def alive(self) -> bool:
        return (self.child is None or self.child.poll() is None) and _connects(self.socket)

    def stop(self) -> None:
        self._ask(b"SHUTDOWN\r\n")
        wait_until(lambda: not _connects(self.socket), 20)
        _reap(self.child)
        self.child = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "databases": "64",  # parallel test processes take two each
            "daemonize": "no",
        }
        command = [str(server_binaries.valkey_server())]
        for key, value in options.items():
            command += [f"--{key}", value]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )

    def _ask(self, request: bytes) -> bytes:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            connection.sendall(request)
            return connection.recv(200)
        return b""


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
        except OSError:
            return False
        return True


def _private_directory(path: Path, account: Account) -> None:
    """The sockets' directory, ours alone: nobody else may have laid it there before us."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise ServiceError(f"{path} belongs to another user: remove it, or start as that user.")
    path.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)


def _living_in(data: Path) -> bool:
    """Does a living process work in this data directory? (A zombie and a recycled number do not.)"""
    return any(_works_in(proc, str(data)) for proc in Path("/proc").glob("[0-9]*"))


def _works_in(proc: Path, directory: str) -> bool:
    try:
        state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" and str((proc / "cwd").readlink()) == directory
    except OSError:
        return False


def _reap(child: subprocess.Popen[bytes] | None) -> None:
    if child is None:
        return
    try:
        child.wait(timeout=30)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _tail(log: Path, lines: int = 8) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return re.sub(r"\n{2,}", "\n", "\n".join(text.splitlines()[-lines:]))
