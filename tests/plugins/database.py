"""Emptying the tables between committing tests, past the triggers that refuse to forget; dropping at the end."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from psycopg2.errors import DeadlockDetected

_BYPASS = "SET LOCAL session_replication_role = replica"
# Empties what holds rows: most tables are empty most of the time, and to empty a table by TRUNCATE makes new files for
# it and for each of its indexes. What Django itself writes after each emptying (kinds of content, permissions) stays.
_EMPTY = """
    DO $$ DECLARE name text; filled boolean; BEGIN
      FOR name IN SELECT quote_ident(relname) FROM pg_stat_user_tables WHERE schemaname = current_schema
          AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission') LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
        IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF;
      END LOOP;
    END $$
"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def pytest_configure() -> None:
    """The audit refuses TRUNCATE from everybody; only a superuser's test database may be emptied like this."""
    operations = type(connections[DEFAULT_DB_ALIAS].ops)
    flush = operations.execute_sql_flush

    def flush_past_triggers(self: object, sql_list: Sequence[str]) -> None:
        """Emptying all tables may meet the last query of a worker or a page; PostgreSQL ends one of the two."""
        for is_last in (False, False, True):
            try:
                flush(self, [_BYPASS, _EMPTY] if sql_list else [])
                break
            except OperationalError as error:
                if is_last or not isinstance(error.__cause__, DeadlockDetected):
                    raise

    operations.execute_sql_flush = flush_past_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A killed worker's session lives a moment longer than the worker; it must not keep the database alive."""
    yield
    with django_db_blocker.unblock(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_END_OTHERS)


@pytest.fixture(autouse=True)
def rules_read_anew() -> None:
    """Rule books are kept for some seconds in each process; a test's rules end with it."""
    from monitoring.rulebook import in_force

    in_force.forget()
