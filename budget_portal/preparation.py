"""From an empty database to a usable portal: tables, reference data, files for the browser, demo data."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection, connections

Say = Callable[[str], None]


def prepare(*, demo: bool, say: Say) -> None:
    """Each step does nothing when it was done before."""
    static = collect_static()
    if _unfinished_demo().exists():
        say("The demo data was cut short: once more from the beginning …")
        _empty_database()
    say("Tables …")
    call_command("migrate", interactive=False, verbosity=0)
    say("Reference data …")
    call_command("load_reference", stdout=StringIO())
    if demo and not get_user_model()._default_manager.exists():
        say("Demo data (the first start only) …")
        _unfinished_demo().touch()
        call_command("load_demo")
    _unfinished_demo().unlink(missing_ok=True)
    connections.close_all()
    if static is not None:
        say("Files for the browser …")
        if static.wait() != 0:
            raise CommandError("collectstatic failed; its reason stands above.")
        _static_stamp().write_text(_static_fingerprint())


def _unfinished_demo() -> Path:
    """Lies there while the demo data is being loaded into an empty database."""
    return Path(settings.VAR) / "demo.unfinished"


def _empty_database() -> None:
    """Nobody has worked in it: the loading that was cut short had begun in an empty one."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    _unfinished_demo().unlink()


def collect_static() -> "subprocess.Popen[bytes] | None":
    """Beside the other steps, in a process of its own: hashing and compressing takes its time."""
    stamp = _static_stamp()
    collected = stamp.exists() and (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    if collected and stamp.read_text() == _static_fingerprint():
        return None
    stamp.unlink(missing_ok=True)
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v", "0"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL)


def _static_stamp() -> Path:
    return Path(settings.VAR) / "static.collected"


def _static_fingerprint() -> str:
    """Changes when a file of ours or of a package does."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
