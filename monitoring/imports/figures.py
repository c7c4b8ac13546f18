"""Many cells of one submission at once: the bulk sibling of `entry.save_cell`, with the same columns, authors,
locks, rules and log; the pages' verb takes one cell, an import a whole agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.decisions import require
from accounts.models import User
from agreements.models import ExpenseAgreement
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from monitoring import checking, entry, permissions
from monitoring.copied import EXPENSE_KEY, Key
from monitoring.models import CheckResult, ExpenseFinanceLine, PerformanceSubmission, SubmissionAuthor

NO_AGREEMENT = "دستگاه در این سال موافقتنامهٔ معتبری ندارد."
WRITTEN = ("raw", "not_applicable", "version", "updated_at", "updated_by")


@dataclass(frozen=True)
class Figures:
    """What a file says of one expense line. Only the cells that are named here are written."""

    key: Key
    cells: Mapping[str, int | None]
    unread: Mapping[str, str] = field(default_factory=dict)
    not_applicable: frozenset[str] = frozenset()
    reason: str | None = None


@verb
def write_expense_lines(
    submission_id: int, figures: Sequence[Figures], *, by: User
) -> dict[Key, ExpenseFinanceLine]:
    """Write cells, keep what could not be read, judge anew. A line that nobody agreed to is made with zero
    ceilings, so that the rules speak of it. Writing the same figures twice changes nothing."""
    rows = PerformanceSubmission.objects.for_user(by).select_related("agency", "period__fiscal_year")
    submission: PerformanceSubmission = rows.locked(submission_id)
    lines = _lines(submission)
    changed = [one for one in figures if one.key not in lines or differs(lines[one.key], one)]
    if not changed:
        return lines
    for one in changed:
        decision = permissions.can_edit(by, submission, programme=one.key[0], chapter=one.key[1])
        require(decision)
        if submission.state == "draft":
            break  # a draft is open as a whole
    _release([lines[one.key] for one in changed if one.key in lines and lines[one.key].held], by)
    _make(submission, [one.key for one in changed if one.key not in lines], by)
    lines = _lines(submission)
    for one in changed:
        _put(lines[one.key], one, by)
    cells = sorted({cell for one in changed for cell in (*one.cells, *one.unread, *one.not_applicable)})
    ExpenseFinanceLine.objects.bulk_update(
        [lines[one.key] for one in changed], [*cells, "reason", *WRITTEN], batch_size=500
    )
    SubmissionAuthor.objects.get_or_create(
        submission=submission, revision=submission.revision + 1, person=by, on_behalf_of=by.on_behalf_of
    )
    checking.recheck(submission)
    return lines


def blocks_of(submission: PerformanceSubmission) -> dict[str, list[CheckResult]]:
    """Blocking hits per row name."""
    found: dict[str, list[CheckResult]] = {}
    for hit in CheckResult.objects.filter(submission=submission, severity="block"):
        found.setdefault(hit.row, []).append(hit)
    return found


def differs(line: ExpenseFinanceLine, one: Figures) -> bool:
    """Whether the file says something else than the line, a held one by what it keeps aside."""
    raw = line.held_raw.get("raw", {}) if line.held else line.raw
    for cell, value in one.cells.items():
        now = line.held_raw.get(cell) if line.held else getattr(line, cell)
        if now != value or cell in raw or cell in line.not_applicable:
            return True
    if any(raw.get(cell) != text for cell, text in one.unread.items()):
        return True
    if not one.not_applicable <= set(line.not_applicable):
        return True
    return one.reason is not None and one.reason != line.reason


def _lines(submission: PerformanceSubmission) -> dict[Key, ExpenseFinanceLine]:
    rows = ExpenseFinanceLine.objects.select_for_update(of=("self",)).filter(submission=submission)
    return {tuple(getattr(row, name) for name in EXPENSE_KEY): row for row in rows}


def _release(lines: Sequence[ExpenseFinanceLine], by: User) -> None:
    for line in lines:
        entry.release("expense", line.pk, by=by)


def _make(submission: PerformanceSubmission, keys: Sequence[Key], by: User) -> None:
    if not keys:
        return
    period = submission.period
    rows = ExpenseAgreement.objects.in_force(period.cutoff_date).filter(
        agency=submission.agency_id, fiscal_year=period.fiscal_year_id
    )
    agreement = rows.first()
    if agreement is None:
        raise RuleBroken(NO_AGREEMENT)
    ExpenseFinanceLine.objects.bulk_create(
        ExpenseFinanceLine(
            submission=submission,
            agreement=agreement,
            updated_by=by,
            **dict(zip(EXPENSE_KEY, key, strict=True)),
        )
        for key in keys
    )


def _put(line: ExpenseFinanceLine, one: Figures, by: User) -> None:
    values: dict[str, Any] = {**one.cells, **dict.fromkeys([*one.unread, *one.not_applicable])}
    for cell, value in values.items():
        setattr(line, cell, value)
    line.raw = {cell: text for cell, text in line.raw.items() if cell not in values} | dict(one.unread)
    kept = [cell for cell in line.not_applicable if cell not in values]
    line.not_applicable = [*kept, *sorted(one.not_applicable)]
    if one.reason is not None:
        line.reason = one.reason
    line.version += 1
    line.updated_at, line.updated_by = timezone.now(), by
