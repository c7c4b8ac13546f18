"""Tables whose keys, triggers and secondary indexes stand aside while rows come by COPY.

All in the transaction of the load: foreign keys are dropped and added again, so that the database itself judges every
row; the portal's triggers are off for these tables only, and nobody else ever sees them off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models


@contextmanager
def set_aside(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Triggers, foreign keys and secondary indexes of these tables, until all rows stand."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be judged, before tables change
        keys = _keys(cursor, names)
        indexes = _indexes(cursor, names)
        for table, name, _ in keys:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        for table in names:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _keys(cursor: Any, tables: list[str]) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s) ORDER BY conname",
        [tables],
    )
    return list(cursor.fetchall())


def _indexes(cursor: Any, tables: list[str]) -> list[tuple[str, str]]:
    """Those that no constraint stands on."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY (%s) AND NOT i.indisprimary"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
        " ORDER BY 1",
        [tables],
    )
    return list(cursor.fetchall())
