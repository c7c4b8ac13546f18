"""COPY with keys of our own choice, so that rows of several tables can name each other before they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from budget_portal import copying
from budget_portal.copying import text


class Table(copying.Table):
    """Every line begins with its key. For a load only, which nobody writes beside."""

    keyed = True

    def first_of(self, count: int) -> int:
        """The first of so many keys that are now ours."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [self.model._meta.db_table])
            (sequence,) = cursor.fetchone()
            cursor.execute("SELECT nextval(%s)", [sequence])
            (first,) = cursor.fetchone()
            if count > 1:
                cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
        return int(first)

    def write(self, rows: Sequence[tuple[Any, ...]]) -> list[int]:
        """Rows without their keys; gives the keys, in order."""
        if not rows:
            return []
        first = self.first_of(len(rows))
        self.copy(f"{first + place}\t" + "\t".join(map(text, row)) for place, row in enumerate(rows))
        return list(range(first, first + len(rows)))
