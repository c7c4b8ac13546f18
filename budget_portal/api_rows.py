"""Rows of a list as the database writes them in JSON: neither instances nor Python values are made of their cells.

PostgreSQL writes a row for less than it costs to read its cells and write them again. Amounts and other decimals leave
as text, so that no reader's floating point changes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import DecimalField, QuerySet

Written = tuple[int, str]  # the id, the row as a JSON object


def written(queryset: QuerySet[Any, tuple[Any, ...]], names: Sequence[str]) -> list[Written]:
    """Rows of a `values_list`, named anew; the first name is «id», and by it they are in order."""
    connection = connections[queryset.db]
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        inner, params = compiler.as_sql()
    except EmptyResultSet:
        return []
    quoted = [connection.ops.quote_name(name) for name in names]
    cells = ", ".join(
        f"a.{name}::text AS {name}" if isinstance(part[0].output_field, DecimalField) else f"a.{name}"
        for name, part in zip(quoted, compiler.select, strict=True)
    )
    sql = (
        f"SELECT t.id, row_to_json(t)::text FROM (SELECT {cells} FROM ({inner}) AS a({', '.join(quoted)}))"  # noqa: S608 - columns of serializers
        " AS t ORDER BY t.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
