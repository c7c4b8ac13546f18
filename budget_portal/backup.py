"""Backup and restore: the database by pg_dump, the files as a tar, and a manifest that both are checked by."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from budget_portal.server_binaries import postgres_installations

DATABASE, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"


class BackupError(Exception):
    """A sentence for the person at the terminal."""


@dataclass(frozen=True)
class Manifest:
    """What a restored portal must show again."""

    made_at: str
    rows: dict[str, int]
    files: dict[str, str]
    database_sha256: str


def make(target: Path) -> Manifest:
    """Write a backup into a new directory; it is whole when its manifest is there."""
    if target.exists() and any(target.iterdir()):
        raise BackupError(f"{target} is not empty; name a new directory.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    dump = target / DATABASE
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", *_where(), _name())
    files = _pack(target / FILES)
    manifest = Manifest(timezone.now().isoformat(), row_counts(), files, _sha256(dump))
    (target / MANIFEST).write_text(json.dumps(manifest.__dict__, indent=1, sort_keys=True))
    return manifest


def restore(source: Path, *, database: str | None = None, files_to: Path | None = None) -> Manifest:
    """Bring a backup into an empty database (the configured one) and its files into place; then compare."""
    path = source / MANIFEST
    if not path.exists():
        raise BackupError(f"{source} holds no finished backup (no {MANIFEST}).")
    manifest = Manifest(**json.loads(path.read_text()))
    if _sha256(source / DATABASE) != manifest.database_sha256:
        raise BackupError("The dump differs from its manifest; take another backup.")
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction",
         f"--dbname={database or _name()}", *_where(), str(source / DATABASE))  # fmt: skip
    with tarfile.open(source / FILES) as archive:
        archive.extractall(files_to or Path(settings.MEDIA_ROOT), filter="data")
    _compare_files(manifest, files_to or Path(settings.MEDIA_ROOT))
    return manifest


def row_counts(using: Any = None) -> dict[str, int]:
    """Rows per table of our own schema."""
    with (using or connection).cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [row[0] for row in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names come from the catalogue
            counts[table] = int(cursor.fetchone()[0])
    return counts


def is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return int(cursor.fetchone()[0]) == 0


def _pack(target: Path) -> dict[str, str]:
    root = Path(settings.MEDIA_ROOT)
    found: dict[str, str] = {}
    with tarfile.open(target, "w") as archive:
        for path in sorted(root.rglob("*")) if root.exists() else []:
            if path.is_file():
                name = str(path.relative_to(root))
                archive.add(path, name)
                found[name] = _sha256(path)
    return found


def _compare_files(manifest: Manifest, root: Path) -> None:
    wrong = [name for name, digest in manifest.files.items() if _sha256(root / name) != digest]
    if wrong:
        raise BackupError(f"{len(wrong)} files differ from the manifest, first {wrong[0]}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _where() -> list[str]:
    config = connection.settings_dict
    pairs = (
        ("--host", config.get("HOST")),
        ("--port", config.get("PORT")),
        ("--username", config.get("USER")),
    )
    return [f"{flag}={value}" for flag, value in pairs if value]


def _run(program: str, *arguments: str) -> None:
    places = [one.bin / program for one in postgres_installations()]
    found = next((place for place in places if place.exists()), Path(program))
    environment = {**os.environ, "PGPASSWORD": str(connection.settings_dict.get("PASSWORD") or "")}
    done = subprocess.run(  # noqa: S603 - our own programs and settings
        [str(found), *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:500]}")
