"""One file into one table: read, map, check, write; or only say what would happen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from django.db import transaction

from accounts.models import Organization, User
from agreements.imports import tables
from agreements.imports.credits import import_credits
from agreements.imports.ground import Ground
from agreements.imports.letters import import_allocations, import_notifications
from budget_portal import audit
from budget_portal.tables import mapping as mappings
from budget_portal.tables.extract import Extract, Problem, Spec, extract
from budget_portal.tables.outcome import Outcome, Refused
from budget_portal.tables.reader import UnreadableTable, read_rows
from monitoring.imports.performance import EXPENSE_PERFORMANCE, Actors, import_performance, own_experts

SPECS: Mapping[str, Spec] = {
    "notifications": tables.NOTIFICATIONS,
    "expense_credits": tables.EXPENSE_CREDITS,
    "allocations": tables.ALLOCATIONS,
    "expense_performance": EXPENSE_PERFORMANCE,
}
WRITERS: Mapping[str, Callable[..., Outcome]] = {
    "notifications": import_notifications,
    "expense_credits": import_credits,
    "allocations": import_allocations,
}
NO_PERSON = "این جدول به نام یک نفر وارد می‌شود؛ نام کاربری او را با --by بدهید."


def read_table(table: str, path: Path, mapping: mappings.Mapping) -> Extract:
    """The rows of the file as the mapping sees them; Refused when nothing of it can be used."""
    if mapping.table and mapping.table != table:
        raise Refused([Problem(0, "table", f"نگاشت برای جدول «{mapping.table}» است، نه «{table}».")])
    try:
        cells = read_rows(path, sheet=mapping.sheet, encoding=mapping.encoding, delimiter=mapping.delimiter)
    except (UnreadableTable, OSError) as error:
        raise Refused([Problem(0, path.name, str(error))]) from error
    return extract(cells, mapping, SPECS[table])


def import_file(
    table: str,
    path: Path,
    mapping: mappings.Mapping,
    *,
    by: User | None,
    hold: bool = False,
    dry_run: bool = False,
    actors: Actors = own_experts,
) -> Outcome:
    """All good rows or none (`hold`: the others are kept back). `by` is the person who enters it; expense
    performance may do without, then each agency's own expert does."""
    found = read_table(table, path, mapping)
    mapping = mapping.with_values(source=mappings.source(path.name, _digest(path)))
    with transaction.atomic():
        ground = Ground(mapping, by=by)
        if table == "expense_performance":
            outcome = import_performance(
                found, ground, hold=hold, actors=(lambda agency: by) if by else actors
            )
        elif by is None:
            raise Refused([Problem(0, "", NO_PERSON)])
        else:
            outcome = WRITERS[table](found, ground, by=by, hold=hold)
        _log(outcome, ground.organization, path, by)
        transaction.set_rollback(dry_run)
    return outcome


def _log(outcome: Outcome, organization: Organization, path: Path, by: User | None) -> None:
    """One entry per file: what it was, what was written, and the raw figures of what was held."""
    audit.act_as(by)
    facts = {"file": path.name, "sha256": _digest(path), **outcome.facts()}
    audit.record("table.imported", organization, by=by, after=facts)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
