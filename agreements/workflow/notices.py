"""Letters of consolidation: drafted, filled line by line, issued, cancelled (domain guide §12).

Each verb locks the letter first, decides on the locked row, and writes the log in the same transaction. Issue and cancel
lock the agency too, so that two letters of one agency are judged one after the other. Whoever changes something gives
back the mark of what they saw; if it changed since, both values are shown and a person decides (`StaleVersion`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.decisions import require
from accounts.models import Agency
from agreements import letter_rules, letters, permissions
from agreements.letters import Letter, Line, Sort
from agreements.workflow.moves import ALLOCATION_MOVES, NOTIFICATION_MOVES  # noqa: F401 - read by docs/actions.md
from budget_portal import audit, outbox
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

REASON_LENGTH = 20
SHORT_REASON = "دلیل ابطال را دست‌کم در ۲۰ نویسه بنویسید."
SAME_LETTER = "نامهٔ شمارهٔ «{number}» برای این دستگاه پیش‌تر ثبت شده است."
CHANGED = "این بخش را دیگری در این میان تغییر داده است. مقدار خود و مقدار ثبت‌شده را ببینید و یکی را برگزینید."
CHANGED_WHOLE = "این نامه پس از نمایش صفحه تغییر کرده است؛ آن را دوباره ببینید و سپس صادر کنید."
NOT_ISSUED = "نامه صادر نشد؛ {count} مورد باید اصلاح شود."
NOT_CANCELLED = "نامه باطل نشد."


@verb
def draft(sort: Sort, values: dict[str, Any], *, by: User) -> Any:
    """A new letter of consolidation to one agency of its organization."""
    require(permissions.can_draft_letter(by, values["agency"]))
    letter = sort.letter(recorded_at=timezone.now(), **values)
    _save(letter, created=True)
    audit.record(f"{sort.model}.drafted", letter, by=by, after=_head_facts(sort, letter))
    return letter


@verb
def change_head(sort: Sort, pk: int, values: dict[str, Any], *, seen: str, by: User) -> Any:
    letter = _locked(sort, pk, by)
    before = letters.values(letter, sort.head)
    _compare(letter, sort.head, values, seen)
    for name, value in values.items():
        setattr(letter, name, value)
    if (after := letters.values(letter, sort.head)) != before:
        _save(letter)
        was, now = _changes(before, after)
        audit.record(f"{sort.model}.changed", letter, by=by, before=was, after=now)
    return letter


@verb
def add_line(sort: Sort, pk: int, values: dict[str, Any], *, by: User) -> Line:
    letter = _locked(sort, pk, by)
    line: Line = sort.line(**{sort.parent: letter}, **values)
    _save(line, created=True)
    audit.record(f"{sort.model}.line_added", letter, by=by, after=_line_facts(sort, line))
    return line


@verb
def change_line(sort: Sort, line_pk: int, values: dict[str, Any], *, seen: str, by: User) -> Line:
    line, letter = _locked_line(sort, line_pk, by)
    before = letters.values(line, sort.parts)
    _compare(line, sort.parts, values, seen)
    for name, value in values.items():
        setattr(line, name, value)
    if (after := letters.values(line, sort.parts)) != before:
        _save(line)
        was, now = _changes(before, after)
        audit.record(f"{sort.model}.line_changed", letter, by=by, before=was, after={"line": line.pk, **now})
    return line


@verb
def remove_line(sort: Sort, line_pk: int, *, seen: str, by: User) -> Any:
    """A line leaves the draft; the log keeps what it said."""
    line, letter = _locked_line(sort, line_pk, by)
    if letters.seen(line, sort.parts) != seen:
        raise StaleVersion(CHANGED, theirs=_line_facts(sort, line))
    audit.record(f"{sort.model}.line_removed", letter, by=by, before=_line_facts(sort, line))
    line.delete()
    return letter


@verb
def discard(sort: Sort, pk: int, *, by: User) -> None:
    """A draft that comes to nothing is deleted with its lines; an issued letter is cancelled instead."""
    letter = _locked(sort, pk, by)
    lines = list(letters.lines_of(sort, letter))
    facts = {**_head_facts(sort, letter), "lines": [_line_facts(sort, line) for line in lines]}
    audit.record(f"{sort.model}.discarded", letter, by=by, before=facts)
    sort.line.objects.filter(**{sort.parent: letter}).delete()
    letter.delete()


@verb
def issue(sort: Sort, pk: int, *, seen: str, by: User) -> Any:
    """From now on the letter counts and never changes. It is known from this moment."""
    letter = sort.letter.objects.for_user(by).locked(pk)
    require(permissions.can_move_letter(by, letter, sort.moves["issue"]))
    _lock_agency(letter)
    if seen != letters.seen_whole(sort, letter):
        raise StaleVersion(CHANGED_WHOLE)
    if found := [problem.sentence for problem in letter_rules.problems(sort, letter) if problem.blocks]:
        raise RuleBroken(NOT_ISSUED.format(count=to_persian(len(found))), found)
    letter.issued_by, letter.issued_at = by, timezone.now()
    letter.recorded_at = letter.issued_at
    return _move(sort, letter, "issue", by, "issued_by", "issued_at", "recorded_at")


@verb
def cancel(sort: Sort, pk: int, *, reason: str, by: User) -> Any:
    """An issued letter counts no more, from its first day on; what was known before stays known as it was."""
    letter = sort.letter.objects.for_user(by).locked(pk)
    require(permissions.can_move_letter(by, letter, sort.moves["cancel"]))
    _lock_agency(letter)
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken(SHORT_REASON)
    if found := letter_rules.hindrances(sort, letter):
        raise RuleBroken(NOT_CANCELLED, found)
    letter.cancelled_at, letter.cancel_reason = timezone.now(), reason.strip()
    return _move(sort, letter, "cancel", by, "cancelled_at", "cancel_reason", note=reason.strip())


# --- steps ------------------------------------------------------------------------------------------------------------


def _locked(sort: Sort, pk: int, by: User) -> Any:
    letter = sort.letter.objects.for_user(by).locked(pk)
    require(permissions.can_write_letter(by, letter))
    return letter


def _locked_line(sort: Sort, line_pk: int, by: User) -> tuple[Any, Any]:
    parent = sort.line.objects.for_user(by).values_list(f"{sort.parent}_id", flat=True).get(pk=line_pk)
    letter = _locked(sort, parent, by)
    return letters.lines_of(sort, letter).get(pk=line_pk), letter


def _lock_agency(letter: Letter) -> None:
    Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=letter.agency_id)


def _compare(row: Any, names: tuple[str, ...], values: dict[str, Any], seen: str) -> None:
    """Somebody else wrote meanwhile: what differs is shown with both values."""
    if seen == letters.seen(row, names):
        return
    theirs = {name: getattr(row, name) for name in values}
    mine, theirs = _changes(values, theirs)
    if mine:
        raise StaleVersion(CHANGED, mine=mine, theirs=theirs)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _save(row: Any, *, created: bool = False) -> None:
    """What the tables refuse is said in the words of their constraints."""
    try:
        if not hasattr(row, "letter_number"):
            row.full_clean(validate_unique=False)
        with transaction.atomic():
            row.save(force_insert=created)
    except ValidationError as refusal:
        raise RuleBroken(refusal.messages[0], refusal.messages) from refusal
    except IntegrityError as refusal:
        if "_letter" not in str(refusal):
            raise
        raise RuleBroken(SAME_LETTER.format(number=row.letter_number)) from refusal


def _move(sort: Sort, letter: Any, name: str, by: User, *fields: str, note: str = "") -> Any:
    move = sort.moves[name]
    before, letter.state = letter.state, move.target
    letter.save(update_fields=["state", *fields])
    lines = list(sort.line.objects.filter(**{sort.parent: letter}).counted().values_list("amount", flat=True))
    facts = {"letter": letter.letter_number, "lines": len(lines), "sum": sum(lines), "state": letter.state}
    audit.record(move.event, letter, by=by, before={"state": before}, after=facts, note=note)
    outbox.add(move.event, letter, kind=letter.kind)
    return letter


def _head_facts(sort: Sort, letter: Letter) -> dict[str, Any]:
    return {"agency": str(letter.agency), "kind": letter.kind, **letters.values(letter, sort.head)}


def _line_facts(sort: Sort, line: Any) -> dict[str, Any]:
    said = {
        name: value for name, value in letters.values(line, sort.parts).items() if value not in (None, "")
    }
    return {"line": line.pk, **said}
