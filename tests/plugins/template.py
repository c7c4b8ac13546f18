"""One migrated database from which every test database is copied: migrating takes ten times as long as copying.

Its name holds a digest of all that makes the tables, so a changed migration makes a new one and drops the old.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from tests.plugins.services import ROOT

VARIABLE = "PORTAL_TEST_TEMPLATE"
PREFIX = "migrated_"
_ADDRESS = ("host", "port", "user", "password", "dbname")
SOURCES = ("*/migrations/*.py", "*/sql/*.sql", "requirements.txt", "budget_portal/settings.py")


@pytest.hookimpl(trylast=True)  # when the servers run
def pytest_configure(config: pytest.Config) -> None:
    if not (hasattr(config, "workerinput") or config.option.collectonly or config.option.help):
        os.environ[VARIABLE] = _ready(PREFIX + _digest())
    if name := os.environ.get(VARIABLE):
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = name


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _ready(name: str) -> str:
    """pytest-django bars Django's own connections outside tests."""
    parameters = connections["default"].get_connection_params() | {"dbname": "postgres"}
    connection = psycopg2.connect(**{key: parameters[key] for key in _ADDRESS if parameters.get(key)})
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f"DROP DATABASE {old}")
            cursor.execute(f"CREATE DATABASE {name}_making")
            _migrate(f"{name}_making", ROOT)
            cursor.execute(f"ALTER DATABASE {name}_making RENAME TO {name}")
    return name


def _migrate(name: str, root: Path) -> None:
    """In a process of its own: what migrations leave in memory is not for the tests."""
    environment = os.environ | {"TEST_DATABASE_NAME": name, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"]
    done = subprocess.run(
        command, cwd=root, env=environment | {"PORTAL_VAR": str(settings.VAR)}, capture_output=True, text=True
    )
    if done.returncode:
        pytest.exit(f"the migrations failed:\n{done.stderr}", returncode=3)
