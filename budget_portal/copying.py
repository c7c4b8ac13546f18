"""Many rows at once by COPY: what `bulk_create` does, without an object and a parameter for every cell."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import connection, models

BATCH = 20_000  # rows of one COPY
NOTHING = "\\N"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value: Any) -> str:
    """One cell as COPY reads it."""
    if type(value) is int:
        return str(value)
    if type(value) is str:
        return value.translate(ESCAPED)
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value).translate(ESCAPED)


class Table:
    """Appends rows to the table of a model. Columns that are not named take the model's defaults; the database gives
    the keys, and its constraints and triggers judge as ever."""

    keyed = False

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        known = {field.column: field for field in fields}
        if unknown := set(columns) - set(known):
            raise LookupError(f"{model._meta.label} has no {unknown}")
        rest = [column for column in known if column not in columns and column != "id"]
        self.columns = (*(("id",) if self.keyed else ()), *columns, *rest)
        self.tail = "".join(f"\t{text(known[column].get_default())}" for column in rest) + "\n"

    def append(self, rows: Iterable[Sequence[Any]]) -> None:
        self.copy("\t".join(map(text, row)) for row in rows)

    def copy(self, lines: Iterable[str]) -> None:
        """Lines that hold the named columns as COPY reads them; the defaults are added here."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        statement = f'COPY "{self.model._meta.db_table}" ({names}) FROM STDIN'
        waiting = iter(lines)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            while batch := list(islice(waiting, BATCH)):
                cursor.copy_expert(statement, io.StringIO(self.tail.join(batch) + self.tail), 1 << 20)


def append_all(rows: Sequence[models.Model]) -> None:
    """Many new rows of one model, as `bulk_create` would write them; the objects get no keys."""
    fields = [field for field in rows[0]._meta.concrete_fields if not (field.generated or field.primary_key)]
    values = attrgetter(*(field.attname for field in fields))
    Table(type(rows[0]), *(str(field.column) for field in fields)).append(map(values, rows))
