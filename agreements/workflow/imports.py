"""Moves of a batch: columns chosen, previewed, applied as a whole, undone as a whole (feature A10).

What a file may do is judged by the writers of `agreements/imports`, the same that the command calls. A batch of
letters is written as drafts and issued in one step of the log per letter; undoing cancels them with the reason,
since what is issued never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from agreements.imports import batches, undoing
from agreements.imports.choices import TABLES, is_open, of_person
from agreements.imports.tables import Tick, no_tick
from budget_portal import audit, jobs
from budget_portal.digits import group
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.models import ImportBatch, ImportMapping, ImportRow, Job, StoredFile
from budget_portal.moves import Move, table, verb
from budget_portal.tables.detect import key_of
from budget_portal.tables.outcome import Refused

if TYPE_CHECKING:
    from accounts.models import User

WRITER = ("consolidation",)
MOVES = table(
    Move(
        "map",
        ("uploaded", "mapped", "previewed", "failed"),
        "mapped",
        WRITER,
        "import.mapped",
        "تطبیق ستون‌ها",
    ),
    Move("preview", ("mapped",), "previewed", WRITER, "import.previewed", "پیش‌نمایش"),
    Move("apply", ("previewed",), "applying", WRITER, "import.begun", "اعمال"),
    Move("finish", ("applying",), "applied", WRITER, "import.applied", "نوشتن"),
    Move("halt", ("applying",), "previewed", WRITER, "import.halted", "توقف"),
    Move("fail", ("applying",), "failed", WRITER, "import.failed", "ناموفق"),
    Move(
        "discard",
        ("uploaded", "mapped", "previewed", "failed"),
        "cancelled",
        WRITER,
        "import.discarded",
        "کنار گذاشتن",
    ),
    Move("undo", ("applied",), "undone", WRITER, "import.undone", "برگرداندن"),
)
REASON_LENGTH = 20
NOTHING_TO_WRITE = "هیچ سطری نوشتنی نیست."
HAS_ERRORS = "{count} سطر خطا دارد. پرونده را درست کنید، یا بپذیرید که آن سطرها کنار گذاشته شود."
CHANGED_MEANWHILE = "پس از پیش‌نمایش، {count} سطر دیگر درست نیست و چیزی نوشته نشد: {first}"
SHORT_REASON = "دلیل را دست‌کم در ۲۰ نویسه بنویسید."
RESTS = "این ورود برگردانده نمی‌شود؛ چیزی به آن تکیه کرده است."
NOT_YOURS = "«{table}» را تنها صاحب آن جدول وارد می‌کند."
MANY_SHOWN = 3


def can(user: User | None, batch: ImportBatch, move_name: str) -> Decision:
    """Who may, then what the state allows. Pure."""
    move = MOVES[move_name]
    if not (answer := can_import(user, batch.table)):
        return answer
    if user is None or user.acting is None or user.acting.organization_id != batch.organization_id:
        return Denied("این ورود از سازمان دیگری است.")
    return in_state(batch, move)


def can_import(user: User | None, table_key: str = "") -> Decision:
    """Tables of the organization are the consolidation group's; a table may say whose it is (figures of performance are
    entered by the agency's own expert)."""
    known = TABLES.get(table_key)
    if is_open(known, user) if known else bool(of_person(user)):
        return Allowed()
    if known is None or known.roles == WRITER:
        return has_role(user, MOVES["map"])
    return Denied(NOT_YOURS.format(table=known.title))


@verb
def upload(stored: StoredFile, table_key: str, *, by: User) -> ImportBatch:
    """A file that can be read becomes a batch; where its table stands is found, and may be corrected."""
    require(can_import(by, table_key))
    if by.acting is None:
        raise WrongState("بدون نقش نمی‌توان پرونده داد.")
    saved = list(ImportMapping.objects.for_user(by).filter(table=table_key))
    found = batches.propose(TABLES[table_key], batches.heads_of(stored), saved)
    batch = ImportBatch.objects.create(
        organization=by.acting.organization,
        table=table_key,
        file=stored,
        sheet=found.sheet,
        sheet_name=found.sheet_name[:120],
        header_row=found.header_row,
        headers=found.headers,
        uploaded_by=by,
    )
    facts = {"file": stored.name, "sha256": stored.sha256, "table": TABLES[table_key].title}
    audit.record("import.uploaded", batch, by=by, after=facts)
    return batch


@verb
def choose_columns(
    batch_id: int,
    *,
    sheet: int,
    sheet_name: str,
    header_row: int,
    headers: list[str],
    mapping: dict[str, Any],
    by: User,
    save_as: str = "",
) -> ImportBatch:
    """Which column is which field; with a name it is kept for the next file of the same source."""
    batch = _locked(batch_id, by, "map")
    batch.sheet, batch.sheet_name, batch.header_row = sheet, sheet_name[:120], header_row
    batch.headers, batch.mapping, batch.mapping_name = headers, mapping, _own_name(save_as, by)
    batch.counts, batch.summary, batch.error = {}, {}, ""
    ImportRow.objects.filter(batch=batch).delete()
    if save_as:
        fields = {int(place): name for name, place in mapping["columns"].items()}
        columns = {key_of(header): fields.get(place, "") for place, header in enumerate(headers) if header}
        ImportMapping.objects.update_or_create(
            organization=batch.organization,
            table=batch.table,
            name=batch.mapping_name,
            defaults={
                "columns": columns,
                "unit": mapping["unit"],
                "constants": mapping["constants"],
                "saved_by": by,
            },
        )
    columns_told = ("sheet", "sheet_name", "header_row", "headers", "mapping", "mapping_name")
    return _move(
        batch,
        "map",
        by,
        *columns_told,
        "counts",
        "summary",
        "error",
        after={"columns": mapping["columns"], "unit": mapping["unit"]},
    )


@verb
@batches.all_stay()
def preview(batch_id: int, *, by: User) -> ImportBatch:
    """Say of every row what it will do, and keep that list; nothing else changes."""
    batch = _locked(batch_id, by, "preview")
    try:
        found, sheet = batches.judged(batch, by=by, hold=True)
    except Refused as refused:
        raise RuleBroken(
            "این پرونده خوانده نشد.", [str(problem) for problem in refused.problems]
        ) from refused
    effects = sheet.effects(found)
    ImportRow.objects.filter(batch=batch).delete()
    batches.keep_rows(batch, effects)
    batch.counts = batches.counted(effects)
    batch.summary = batches.summed_up(batch, found, effects)
    batch.summary["problems"] = [problem.sentence for problem in sheet.problems if not problem.row]
    batch.error = ""
    return _move(batch, "preview", by, "counts", "summary", "error", after=batch.counts)


@verb
def apply(batch_id: int, *, hold: bool, by: User) -> Job:
    """Ask for the batch to be written in the background: all good rows, and the others only by a person's word."""
    batch = _locked(batch_id, by, "apply")
    if batch.count("error") and not hold:
        raise RuleBroken(HAS_ERRORS.format(count=group(batch.count("error"))))
    if not batch.written:
        raise RuleBroken(NOTHING_TO_WRITE)
    title = f"اعمال پروندهٔ «{batch.file.name}»"
    batch.hold = hold
    batch.job = jobs.enqueue("import.apply", by=by, title=title, params={"batch": batch.pk})
    _move(batch, "apply", by, "hold", "job", after={"rows": batch.written})
    return batch.job


@verb
@batches.all_stay()
def finish(batch_id: int, *, by: User, tick: Tick = no_tick) -> ImportBatch:
    """Write the whole batch in one transaction, judged anew on what stands now. Called by the job."""
    batch = _locked(batch_id, by, "finish")
    _, sheet = batches.judged(batch, by=by, hold=batch.hold)
    sheet.settle()
    outcome = batches.table_of(batch).write(sheet, by=by, tick=tick)
    batch.made, batch.applied_by, batch.applied_at = outcome.made, by, timezone.now()
    batch.summary = {**batch.summary, "notes": outcome.notes}
    facts = {"file": batch.file.name, "sha256": batch.file.sha256, **outcome.facts()}
    return _move(batch, "finish", by, "made", "applied_by", "applied_at", "summary", after=facts)


@verb
def fail(batch_id: int, *, by: User, error: str) -> ImportBatch:
    """Nothing was written: what was right at the preview no longer is."""
    batch = _locked(batch_id, by, "fail")
    batch.error = error
    return _move(batch, "fail", by, "error", note=error)


@verb
def halt(batch_id: int, *, by: User) -> ImportBatch:
    """A person stopped the writing before its end; all of it is taken back and the batch may be applied again."""
    return _move(_locked(batch_id, by, "halt"), "halt", by)


@verb
def discard(batch_id: int, *, by: User) -> ImportBatch:
    return _move(_locked(batch_id, by, "discard"), "discard", by)


@verb
def undo(batch_id: int, *, reason: str, by: User) -> ImportBatch:
    """Take back the whole batch, while nothing rests on it."""
    batch = _locked(batch_id, by, "undo")
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken(SHORT_REASON)
    if found := undoing.hindrances(batch):
        raise RuleBroken(RESTS, found)
    undoing.undo(batch, reason=reason.strip(), by=by)
    batch.undone_by, batch.undone_at, batch.undo_reason = by, timezone.now(), reason.strip()
    return _move(batch, "undo", by, "undone_by", "undone_at", "undo_reason", note=reason.strip())


def stop(batch_id: int, *, by: User) -> None:
    """Stop the job of a batch. One that has not begun ends at once; a running one at its next step, and its job
    then moves the batch."""
    batch = ImportBatch.objects.for_user(by).select_related("job").get(pk=batch_id)
    require(can(by, batch, "halt"))
    if batch.job is not None and batch.job.state in jobs.OPEN:
        jobs.cancel(batch.job.pk, by=by)
    with transaction.atomic():
        ended = Job.objects.filter(pk=batch.job_id).exclude(state__in=jobs.OPEN).exists()
        if ended and ImportBatch.objects.for_user(by).locked(batch_id).state == "applying":
            halt(batch_id, by=by)


def told(refused: Refused) -> str:
    """The first problems of many, in one text."""
    first = " ".join(str(problem) for problem in refused.problems[:MANY_SHOWN])
    return CHANGED_MEANWHILE.format(count=group(len(refused.problems)), first=first)


def _own_name(name: str, by: User) -> str:
    """Agencies of one organization keep their mappings apart."""
    agency = by.acting.agency if by.acting is not None else None
    if not name or agency is None:
        return name[:80]
    own = f" ({agency.code})"
    return f"{name.removesuffix(own)[: 80 - len(own)]}{own}"


# --- steps --------------------------------------------------------------------------------------------------


def _locked(batch_id: int, by: User, move: str) -> ImportBatch:
    batch: ImportBatch = ImportBatch.objects.for_user(by).locked(batch_id)
    require(can(by, batch, move))
    return batch


def _move(
    batch: ImportBatch, name: str, by: User, *fields: str, after: Any = None, note: str = ""
) -> ImportBatch:
    move = MOVES[name]
    before, batch.state = batch.state, move.target
    batch.save(update_fields=["state", *fields])
    facts = {"state": batch.state, **(after or {})}
    audit.record(move.event, batch, by=by, before={"state": before}, after=facts, note=note)
    return batch
