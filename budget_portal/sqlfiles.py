"""Triggers and functions live in sql/*.sql of each app; migrations load them from there."""

from pathlib import Path

from django.db import migrations


def run_sql(module: str, name: str) -> migrations.RunSQL:
    """The file `sql/<name>.sql` of an app as a migration step; undoing a first migration drops the tables."""
    path = Path(module).resolve().parent.parent / "sql" / f"{name}.sql"
    # Passed as a list so that psycopg2 sees no placeholders and the server gets the file as one script.
    return migrations.RunSQL([(path.read_text(encoding="utf-8"), None)], migrations.RunSQL.noop)
