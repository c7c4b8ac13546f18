"""Emptying the tables between committing tests, past the triggers that refuse to forget."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connections

_BYPASS = "SET LOCAL session_replication_role = replica"


def pytest_configure() -> None:
    """The audit refuses TRUNCATE from everybody; only a superuser's test database may be emptied like this."""
    operations = type(connections[DEFAULT_DB_ALIAS].ops)
    flush = operations.execute_sql_flush

    def flush_past_triggers(self: object, sql_list: Sequence[str]) -> None:
        flush(self, [_BYPASS, *sql_list])

    operations.execute_sql_flush = flush_past_triggers
