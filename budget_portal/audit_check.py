"""Does the log still say what was written? Recomputed here, without the database's own hash function.

Columns are read as text and joined and hashed in Python, so that a changed function of the database hides
nothing. Checked: the hash of every entry, the sequence and the previous hash within each chain, the digests
of the checkpoints, and every head that a checkpoint saw. A checkpoint is what finds a chain whose tail, or
which as a whole, was cut off or rewritten; its line in `audit-checkpoints.log`, kept elsewhere, is what finds
rewritten checkpoints.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from budget_portal import audit_heads, outbox
from budget_portal.models import AuditCheckpoint

SEPARATOR, NOTHING, FIRST = "\x1f", "<null>", "0" * 64
OVERLAP = dt.timedelta(hours=1)  # longer than any transaction: an entry with a lower number may commit later
TRIGGERS = {
    "budget_portal_auditentry": ("auditentry_chain", "auditentry_append_only", "auditentry_no_truncate"),
    "budget_portal_auditcheckpoint": ("auditcheckpoint_append_only", "auditcheckpoint_no_truncate"),
}
COLUMNS = """id::text, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor_id::text,
    role, organization_id::text, event, target_type, target_id, before::text, after::text, note, request_id,
    job_id, chain, sequence::text, previous_hash, on_behalf_of_id::text"""
STAMP = "%Y-%m-%dT%H:%M:%S.%f"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was written."""

    what: str  # hash, sequence, previous, chain, head, checkpoint, trigger, copy, published
    entry: int | None
    chain: str
    text: str

    def __str__(self) -> str:
        place = f"entry {self.entry} ({self.chain})" if self.entry else self.chain
        return f"{self.what}: {place}: {self.text}"


@dataclass
class Verdict:
    entries: int = 0
    chains: int = 0
    checkpoints: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.problems

    @property
    def first(self) -> Problem | None:
        """The first bad entry in the order of writing; what concerns no entry comes after."""
        return min(self.problems, key=lambda p: (p.entry is None, p.entry or 0), default=None)


def verify(*, copy: Path | None = None, published: str = "", keep: int = 100) -> Verdict:
    """Read the whole log; at most `keep` problems are kept. Writers are not disturbed, nor do they disturb.

    `published`: text of heads that were printed or mailed (audit_heads.text_of), which the owner of the database
    cannot rewrite; with them a log that was rewritten as a whole, checkpoints and all, is found too.
    """
    verdict = Verdict()
    verdict.problems = list(islice(_all_problems(verdict, copy, published), keep))
    return verdict


def _all_problems(verdict: Verdict, copy: Path | None, published: str) -> Iterator[Problem]:
    heads = _expected_heads()
    yield from _entries(verdict, heads)
    yield from _cut_heads(heads)
    yield from _checkpoints(verdict)
    yield from _triggers()
    if copy and copy.exists():
        yield from _copies(copy)
    if published:
        for place, text in audit_heads.differences(published):
            yield Problem("published", None, place, text)


# --- entries ------------------------------------------------------------------------------------------------


def entry_hash(columns: tuple[str | None, ...]) -> str:
    """The last column, the letter of a substitute, is joined only where there is one."""
    *always, letter = columns
    text = SEPARATOR.join(NOTHING if column is None else column for column in always)
    text += SEPARATOR + letter if letter is not None else ""
    return hashlib.sha256(text.encode()).hexdigest()


def is_right(entry: int) -> bool:
    """Whether the hash of one entry fits its content."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS}, hash FROM budget_portal_auditentry WHERE id = %s", [entry])  # noqa: S608
        *columns, written = cursor.fetchone()
    return entry_hash(tuple(columns)) == written


def _entries(verdict: Verdict, heads: dict[str, dict[int, str]]) -> Iterator[Problem]:
    chain, number, previous = "", 0, FIRST
    for *columns, written in _rows():
        entry, here, sequence = int(columns[0]), str(columns[13]), int(columns[14])
        verdict.entries += 1
        if here != chain:
            chain, number, previous = here, 0, FIRST
            verdict.chains += 1
        number += 1
        if entry_hash(tuple(columns)) != written:
            yield Problem("hash", entry, chain, "its content is not what was written")
        if chain != f"{columns[6]}:{columns[7]}":
            yield Problem("chain", entry, chain, "it stands in the chain of another object")
        if sequence != number:
            yield Problem("sequence", entry, chain, f"number {sequence} where {number} is due")
            number = sequence
        if columns[15] != previous:
            yield Problem("previous", entry, chain, "it does not follow the entry before it")
        expected = heads.get(chain, {}).pop(sequence, written)
        if expected != written:
            yield Problem("head", entry, chain, "a checkpoint saw another entry here")
        previous = written


def _rows() -> Iterator[tuple[Any, ...]]:
    """All entries by chain, in pieces from a cursor of the server."""
    # By the columns of the table: the output's own «sequence» is text and would put 10 before 9.
    query = f"SELECT {COLUMNS}, hash FROM budget_portal_auditentry e ORDER BY e.chain, e.sequence, e.id"  # noqa: S608
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        yield from cursor


# --- checkpoints --------------------------------------------------------------------------------------------


def _digest(previous: str, moment: str, last: int, chains: int, heads: Any) -> str:
    body = json.dumps(heads, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(
        SEPARATOR.join([previous, moment, str(last), str(chains), body]).encode()
    ).hexdigest()


def _expected_heads() -> dict[str, dict[int, str]]:
    """What the checkpoints saw: chain → sequence → hash."""
    heads: dict[str, dict[int, str]] = {}
    for seen in AuditCheckpoint.objects.order_by("pk").values_list("heads", flat=True).iterator():
        for chain, (sequence, digest) in seen.items():
            heads.setdefault(chain, {}).setdefault(sequence, digest)
    return heads


def _cut_heads(heads: dict[str, dict[int, str]]) -> Iterator[Problem]:
    for chain, left in heads.items():
        for sequence in sorted(left):
            yield Problem("head", None, chain, f"entry number {sequence}, seen by a checkpoint, is gone")


def _checkpoints(verdict: Verdict) -> Iterator[Problem]:
    previous = FIRST
    for point in AuditCheckpoint.objects.order_by("pk").iterator(chunk_size=10):
        verdict.checkpoints += 1
        place = f"checkpoint {point.pk}"
        if point.previous_digest != previous:
            yield Problem("checkpoint", None, place, "it does not follow the one before it")
        moment = point.recorded_at.astimezone(dt.UTC).strftime(STAMP)
        made = _digest(point.previous_digest, moment, point.last_entry_id, point.chains, point.heads)
        if made != point.digest:
            yield Problem("checkpoint", None, place, "its content is not what was written")
        previous = point.digest


def _triggers() -> Iterator[Problem]:
    """A trigger that is off, or gone, lets anything be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
            " AND tgrelid::regclass::text = ANY (%s)",
            [list(TRIGGERS)],
        )
        alive = set(cursor.fetchall())
    for table, names in TRIGGERS.items():
        for name in names:
            if (table, name) not in alive:
                yield Problem("trigger", None, table, f"{name} is switched off or missing")


# --- a new checkpoint ---------------------------------------------------------------------------------------


def take_checkpoint() -> AuditCheckpoint | None:
    """Write down the heads of all chains that grew since the last checkpoint; None when none did."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE budget_portal_auditcheckpoint IN SHARE ROW EXCLUSIVE MODE")
        last = AuditCheckpoint.objects.order_by("-pk").first()
        heads = _grown_heads(last)
        if not heads or (last and heads.items() <= last.heads.items()):
            return None
        cursor.execute("SELECT max(id), count(*) FILTER (WHERE sequence = 1) FROM budget_portal_auditentry")
        newest, chains = cursor.fetchone()
        previous = last.digest if last else FIRST
        now = timezone.now()
        digest = _digest(previous, now.astimezone(dt.UTC).strftime(STAMP), newest, chains, heads)
        # Not through the model, which would take another moment than the one in the digest.
        cursor.execute(
            "INSERT INTO budget_portal_auditcheckpoint"
            " (recorded_at, last_entry_id, chains, heads, previous_digest, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [now, newest, chains, json.dumps(heads), previous, digest],
        )
        point = AuditCheckpoint.objects.get(pk=cursor.fetchone()[0])
        outbox.add("audit.head_taken", point)
        if settings.AUDIT_COPY:
            transaction.on_commit(partial(_write_copy, point, Path(settings.AUDIT_COPY)))
    return point


def _grown_heads(last: AuditCheckpoint | None) -> dict[str, list[Any]]:
    since, number = (last.recorded_at - OVERLAP, last.last_entry_id) if last else (None, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (chain) chain, sequence, hash FROM budget_portal_auditentry WHERE chain IN"
            " (SELECT chain FROM budget_portal_auditentry WHERE id > %s OR recorded_at > %s)"
            " ORDER BY chain, sequence DESC",
            [number, since],
        )
        return {chain: [sequence, digest] for chain, sequence, digest in cursor.fetchall()}


# --- its copy outside the database --------------------------------------------------------------------------


def _write_copy(point: AuditCheckpoint, path: Path) -> None:
    """One signed line per checkpoint; whoever keeps this file elsewhere can prove what the log was."""
    line = f"{point.pk} {point.recorded_at.isoformat()} {point.chains} {point.digest}"
    with path.open("a", encoding="ascii") as file:
        file.write(f"{line} {_signature(line)}\n")


def _signature(line: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), line.encode(), "sha256").hexdigest()


def _copies(path: Path) -> Iterator[Problem]:
    digests = dict(AuditCheckpoint.objects.values_list("pk", "digest"))
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        content, _, signature = line.rpartition(" ")
        if not hmac.compare_digest(signature, _signature(content)):
            yield Problem("copy", None, f"{path.name} line {number}", "its signature is wrong")
            continue
        key, *_, digest = content.split(" ")
        if digests.get(int(key)) != digest:
            yield Problem("copy", None, f"checkpoint {key}", "it is not the one that was written out")
