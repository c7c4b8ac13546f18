"""Every change of one number, from the log: when, who in which role, from what to what, why, and the moves between.

One query: the log has a chain for each row of figures and one for its submission.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Role, User
from budget_portal import jalali
from budget_portal.audit_words import words
from budget_portal.digits import group
from budget_portal.models import AuditEntry
from monitoring import cells, entry
from monitoring.models import PerformanceSubmission
from monitoring.presenters.cells import CELL_LABELS

NOT_APPLICABLE = "ندارد"
HELD = "نگه‌داشته"
NOBODY = "سامانه"
MOVES = "submission."


@dataclass(frozen=True)
class Change:
    """The number became another one; or, with `move`, the submission went on meanwhile."""

    at: dt.datetime
    who: str
    role: str
    was: str = ""
    now: str = ""
    reason: str = ""
    move: str = ""
    job: bool = False  # came with a file

    @property
    def is_move(self) -> bool:
        return bool(self.move)


@dataclass(frozen=True)
class History:
    title: str
    changes: list[Change]  # newest first


def of_cell(kind: str, pk: int, cell: str, *, by: User) -> History:
    """The history of a cell of a row that this person sees; raises DoesNotExist for any other."""
    model: Any = entry.ROWS[kind]
    parent = "progress__submission" if kind == "operation" else "submission"
    row = model.objects.for_user(by).select_related(parent).get(pk=pk)
    return History(_title(row, cell), changes(row, entry.submission_of(row), cell))


def changes(row: Any, submission: PerformanceSubmission, cell: str) -> list[Change]:
    """Newest first. Moves before the first figure are left out; they moved nothing of it."""
    chains = [f"{one._meta.label_lower}:{one.pk}" for one in (row, submission)]
    log = AuditEntry.objects.filter(chain__in=chains).select_related("actor").order_by("id")
    return list(reversed(list(_told(log, chains[0], cell, type(row)))))


def _told(log: Iterable[AuditEntry], own: str, cell: str, model: Any) -> Iterable[Change]:
    state: dict[str, Any] = {}
    shown = ""
    for row in log:
        if row.chain != own:
            if shown and row.event.startswith(MOVES):
                yield _change(row, reason=row.note, move=words("WORDS").get(row.event, row.event))
            continue
        state.update(row.after or {})
        if row.event == "figure.removed":
            state = {}
        now = shown_in(state, cell, model)
        if now != shown:
            written = "reason" in (row.after or {}) and cell != "reason"
            yield _change(
                row, was=shown, now=now, reason=str(state.get("reason") or "") if written else row.note
            )
        shown = now


def shown_in(state: dict[str, Any], cell: str, model: Any) -> str:
    """What stood in a cell, from the columns as the log keeps them."""
    if cell in (state.get("raw") or {}):
        return f"«{state['raw'][cell]}»"
    if cell in (state.get("not_applicable") or []):
        return NOT_APPLICABLE
    if cell in (state.get("held_raw") or {}):
        return f"{_said(state['held_raw'][cell], cell, model)} ({HELD})"
    return _said(state.get(cell), cell, model)


def _said(value: Any, cell: str, model: Any) -> str:
    if value is None or value == "":
        return ""
    sort = cells.sort_of(cell) if any(cell in of for of in cells.CELLS.values()) else cells.QUANTITY
    if sort == cells.DATE:
        return jalali.format_date(dt.date.fromisoformat(value))
    if sort == cells.STATUS:
        return str(dict(model._meta.get_field(cell).choices).get(value, value))
    if sort in cells.FIGURES:
        return group(Decimal(str(value)).normalize())
    return str(value)


def _change(row: AuditEntry, **facts: Any) -> Change:
    role = str(Role(row.role).label) if row.role in Role.values else ""
    return Change(row.recorded_at, str(row.actor or NOBODY), role, job=bool(row.job_id), **facts)


def _title(row: Any, cell: str) -> str:
    return f"{CELL_LABELS.get(cell, cell)}، {row}"


def recent(rows: Iterable[Any], *, most: int) -> dict[str, dict[str, list[Change]]]:
    """Chain of a row → cell → its last changes, newest first: for a page full of rows, in one query."""
    models = {f"{row._meta.label_lower}:{row.pk}": type(row) for row in rows}
    log = AuditEntry.objects.filter(chain__in=list(models), event="figure.changed").select_related("actor")
    found: dict[str, dict[str, list[Change]]] = {}
    for entry_ in log.order_by("-id")[: 40 * len(models)]:
        of_row = found.setdefault(entry_.chain, {})
        for cell in _touched(entry_):
            told = of_row.setdefault(cell, [])
            model = models[entry_.chain]
            was, now = (shown_in(side or {}, cell, model) for side in (entry_.before, entry_.after))
            if was != now and len(told) < most:
                told.append(_change(entry_, was=was, now=now))
    return {chain: {cell: told for cell, told in cells_.items() if told} for chain, cells_ in found.items()}


def _touched(row: AuditEntry) -> set[str]:
    """Cells that an entry speaks of, by their own column or by what else a cell may hold."""
    touched: set[str] = set()
    for side in (row.before or {}, row.after or {}):
        touched |= set(side) | set(side.get("raw") or {}) | set(side.get("not_applicable") or [])
    return touched & _TYPED


_TYPED = frozenset(name for of_kind in cells.CELLS.values() for name in of_kind)
