"""Local PostgreSQL and Valkey for a start without servers: where they listen, how they are kept alive.

Used when DATABASE_URL or REDIS_URL is not set, in the demo and in the tests alike. Everything happens under
one file lock, so that callers who start together get one server; ready means that the server answers, never
that some process id exists. `python -m budget_portal.local_services start|stop|run` for developers.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from budget_portal.local_servers import (
    DATABASE,
    PATIENCE,
    USER,
    VALKEY_SOCKET,
    PostgresServer,
    ValkeyServer,
    wait_until,
)
from budget_portal.server_binaries import ServiceError


def socket_dir(var: Path) -> Path:
    """Directory of both sockets; short, because socket paths are limited to about 107 characters.

    It does not follow TMPDIR where /tmp will do: two shells must find the same servers.
    """
    digest = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    base = Path("/tmp")  # noqa: S108 - the directory below is private (mode 0700) and its owner is checked
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    return base / f"portal-{digest}"


def database_settings(var: Path) -> dict[str, object]:
    """Django's DATABASES entry of the local server."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(socket_dir(var)),
    }


def redis_socket(var: Path) -> Path:
    return socket_dir(var) / VALKEY_SOCKET


class LocalServices:
    """The servers of one var/ directory. The last of several users stops them."""

    def __init__(self, var: Path, *, database: bool = True, queue: bool = True, durable: bool = True) -> None:
        self.var = var.resolve()
        sockets = socket_dir(self.var)
        self.servers: list[PostgresServer | ValkeyServer] = []
        if database:
            self.servers.append(PostgresServer(self.var, sockets, durable=durable))
        if queue:
            self.servers.append(ValkeyServer(self.var, sockets, durable=durable))
        self._in_use: IO[str] | None = None

    @classmethod
    def from_environment(cls, var: Path, *, durable: bool = True) -> Self:
        """Only what DATABASE_URL and REDIS_URL do not name."""
        database = not os.environ.get("DATABASE_URL")
        queue = not os.environ.get("REDIS_URL")
        return cls(var, database=database, queue=queue, durable=durable)

    def start(self) -> None:
        """All servers answer after this, or none of ours runs."""
        with self._locked():
            if self._in_use is None:
                self._in_use = (self.var / "services.users").open("w")
                fcntl.flock(self._in_use, fcntl.LOCK_SH)
            try:
                for server in self.servers:
                    server.start()
            except BaseException:  # Ctrl-C too
                self._release(force=False)
                raise

    def revive(self) -> list[str]:
        """Start again what has died; the names of those servers."""
        dead = [server for server in self.servers if not server.alive()]
        if dead:
            with self._locked():
                for server in dead:
                    server.start()
        return [server.name for server in dead]

    def stop(self, *, force: bool = False) -> bool:
        """Stop in reverse order, unless another process still uses them; True when stopped."""
        with self._locked():
            return self._release(force=force)

    def _release(self, *, force: bool) -> bool:
        if not self._last_user() and not force:
            return False
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(socket_dir(self.var), ignore_errors=True)
        return True

    def _last_user(self) -> bool:
        if self._in_use is None:
            self._in_use = (self.var / "services.users").open("w")
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            self._in_use.close()
            self._in_use = None
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            file = (self.var / "services.lock").open("w")
        except PermissionError:
            raise ServiceError(f"{self.var} belongs to another user: start as that user.") from None
        with file:
            if not wait_until(lambda: _flock(file), 2 * PATIENCE):
                raise ServiceError(f"Another process has held {file.name} for minutes; is it stuck?")
            yield


def _flock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m budget_portal.local_services")
    parser.add_argument("action", choices=["start", "stop", "run"])
    base = Path(__file__).resolve().parent.parent
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("PORTAL_VAR") or base / "var"))
    options = parser.parse_args(arguments)
    services = LocalServices.from_environment(options.var)
    try:
        if options.action == "stop":
            services.stop(force=True)
            return 0
        services.start()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Sockets of database and queue: {socket_dir(services.var)}")
    if options.action == "run":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))
        try:
            while True:
                services.revive()
                time.sleep(0.5)
        finally:
            services.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
