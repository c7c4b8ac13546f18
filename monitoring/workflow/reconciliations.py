"""Moves of the treasurer's bench: a ledger is loaded, matched, explained, signed; the next one supersedes it.

Only the treasurer of the agency writes. Every word of a person (a row moved, a difference explained) is in the log, and
stays with its row when the same ledger is matched again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import User
from budget_portal import audit, files, jobs
from budget_portal.digits import group
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.models import ImportMapping, Job, StoredFile
from budget_portal.moves import Move, table, verb
from budget_portal.tables.detect import key_of as header_key
from budget_portal.tables.outcome import Refused
from budget_portal.tables.reader import UnreadableTable
from monitoring.models import (
    PerformanceSubmission,
    Reconciliation,
    SubmissionAuthor,
)
from monitoring.reconciliation import counting, ledger, sheet, targets, writing
from monitoring.reconciliation.figures import is_stale
from monitoring.reconciliation.matching import match_all
from monitoring.signing import sign as give_signature

WRITER = ("treasurer",)
MOVES = table(
    Move("match", ("draft", "matched"), "matched", WRITER, "reconciliation.matched", "تطبیق"),
    Move("sign", ("matched",), "signed", WRITER, "reconciliation.signed", "امضای صورت تطبیق"),
    Move(
        "supersede",
        ("draft", "matched", "signed"),
        "superseded",
        WRITER,
        "reconciliation.superseded",
        "کنار گذاشتن",
    ),
)
LOADABLE = frozenset({"draft", "returned", "reopened", "submitted"})
LONG = 3_000  # rows; longer ledgers are matched in the background
NOT_YOURS = "دفتر را ذیحساب همین دستگاه بارگذاری و تطبیق می‌کند."
TOO_LATE = "عملکرد در وضعیت «{state}» است و صورت تطبیق آن دیگر عوض نمی‌شود. برگشت پرونده آن را باز می‌کند."
NOT_SENT = "صورت تطبیق پس از ارسال عملکرد به ذیحساب امضا می‌شود؛ اکنون «{state}» است."
AUTHOR = "کسی که رقمی از این پرونده را نوشته است، صورت تطبیق آن را امضا نمی‌کند."
STALE = "پس از تطبیق، رقم یا نوبت ارسال عوض شده است؛ دوباره تطبیق کنید."
LEFT = "هنوز {rows} سطر دفتر و {lines} ردیف پرونده بی‌توضیح است."
NO_COLUMNS = "پیش از تطبیق، ستون‌های دفتر را برگزینید."
TOO_LONG = "دفتر {rows} سطر دارد؛ دست‌بالا {most} سطر در یک پرونده بدهید."
NOT_SIGNED = "تنها صورت تطبیق امضاشده تازه می‌شود."
OPEN_ALREADY = "میز تطبیق دیگری برای همین رقم این پرونده باز است."
RUNNING = "تطبیق در حال انجام است؛ پایان آن را ببینید یا آن را لغو کنید."
MEDIA = "application/json"

Tick = Callable[[int, int], None]


def _no_tick(done: int, total: int) -> None:
    """Nobody waits."""


# --- who may ------------------------------------------------------------------------------------------------


def can_load(user: User | None, submission: PerformanceSubmission) -> Decision:
    """The treasurer of the agency, until the submission has gone on."""
    if not (own := _own(user, submission)):
        return own
    if submission.state not in LOADABLE:
        return Denied(TOO_LATE.format(state=submission.get_state_display()), "state")
    return Allowed()


def can(user: User | None, bench: Reconciliation, name: str) -> Decision:
    """Role, person, then the states of the bench and of its submission."""
    move = MOVES[name]
    submission = bench.submission
    for decision in (
        has_role(user, move),
        _own(user, submission),
        in_state(bench, move),
        can_load(user, submission),
    ):
        if not decision:
            return decision
    return _may_sign(user, submission) if name == "sign" else Allowed()


def can_write(user: User | None, bench: Reconciliation) -> Decision:
    """Moving and explaining rows: while the bench is matched and not signed."""
    if not (own := can(user, bench, "match")):
        return own
    if bench.state != "matched":
        return Denied(NO_COLUMNS, "state")
    return Allowed()


def _own(user: User | None, submission: PerformanceSubmission) -> Decision:
    acting = user.acting if user is not None else None
    own = acting is not None and acting.role == "treasurer" and acting.agency_id == submission.agency_id
    return Allowed() if own else Denied(NOT_YOURS)


def _may_sign(user: User | None, submission: PerformanceSubmission) -> Decision:
    if submission.state != "submitted":
        return Denied(NOT_SENT.format(state=submission.get_state_display()), "state")
    if user is not None and SubmissionAuthor.objects.filter(submission=submission, person=user).exists():
        return Denied(AUTHOR)
    return Allowed()


# --- loading ------------------------------------------------------------------------------------------------


@verb
def load(submission_id: int, stored: StoredFile, *, by: User, measure: str = "spent") -> Reconciliation:
    """A ledger of what was spent or received begins a bench; the one that lay open is set aside. Its columns are
    proposed, not yet chosen."""
    submission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(can_load(by, submission))
    found = ledger.propose(ledger.heads_of(stored), saved_mapping(submission, measure))
    if found.height > ledger.MOST_ROWS:
        raise RuleBroken(TOO_LONG.format(rows=group(found.height), most=group(ledger.MOST_ROWS)))
    for old in benches_of(submission, measure).filter(state__in=["draft", "matched"]):
        _refuse_running(old)
        _set_aside(old, by)
    bench = Reconciliation.objects.create(
        submission=submission,
        measure=measure,
        file=stored,
        sheet=found.sheet,
        sheet_name=found.sheet_name[:120],
        header_row=found.header_row,
        headers=found.headers,
        loaded_by=by,
    )
    facts = {
        "file": stored.name,
        "sha256": stored.sha256,
        "submission": submission.pk,
        "measure": bench.get_measure_display(),
    }
    audit.record("reconciliation.loaded", bench, by=by, after=facts)
    return bench


@verb
def renew(bench_id: int, *, by: User) -> Reconciliation:
    """The ledger of a signed sheet against figures that have changed since: a bench of its own, with the same columns
    and what people wrote; the signed one stays until this one is signed."""
    old = locked(bench_id, by, "supersede")
    if old.state != "signed":
        raise WrongState(NOT_SIGNED)
    submission = old.submission
    if benches_of(submission, old.measure).filter(state__in=["draft", "matched"]).exists():
        raise WrongState(OPEN_ALREADY)
    copied = ("measure", "file", "sheet", "sheet_name", "header_row", "headers", "mapping")
    facts = {name: getattr(old, name) for name in copied}
    bench = Reconciliation.objects.create(submission=submission, renews=old, loaded_by=by, **facts)
    after = {"file": old.file.name, "sha256": old.file.sha256, "submission": submission.pk, "renews": old.pk}
    audit.record("reconciliation.loaded", bench, by=by, after=after)
    return bench


def saved_mapping(submission: PerformanceSubmission, measure: str) -> list[ImportMapping]:
    """The one that the agency kept with its last ledger of this sort."""
    name = ledger.MAPPINGS[measure].format(agency=submission.agency.code)
    rows = ImportMapping.objects.filter(
        organization=submission.agency.organization_id, table=ledger.TABLE, name=name
    )
    return list(rows)


def benches_of(submission: PerformanceSubmission, measure: str) -> QuerySet[Reconciliation]:
    rows: QuerySet[Reconciliation] = Reconciliation.objects.filter(submission=submission, measure=measure)
    return rows


@verb
def choose_columns(
    bench_id: int,
    *,
    sheet: int,
    sheet_name: str,
    header_row: int,
    headers: list[str],
    mapping: dict[str, Any],
    by: User,
) -> Reconciliation:
    """Which column is what; the agency's next ledger begins with it."""
    bench = locked(bench_id, by, "match")
    bench.sheet, bench.sheet_name, bench.header_row = sheet, sheet_name[:120], header_row
    bench.headers, bench.mapping = headers, mapping
    bench.save(update_fields=["sheet", "sheet_name", "header_row", "headers", "mapping"])
    fields = {int(place): name for name, place in mapping["columns"].items()}
    columns = {header_key(text): fields.get(place, "") for place, text in enumerate(headers) if text}
    ImportMapping.objects.update_or_create(
        organization=bench.submission.agency.organization,
        table=ledger.TABLE,
        name=ledger.MAPPINGS[bench.measure].format(agency=bench.submission.agency.code),
        defaults={"columns": columns, "unit": mapping["unit"], "saved_by": by},
    )
    facts = {"columns": mapping["columns"], "unit": mapping["unit"]}
    audit.record("reconciliation.mapped", bench, by=by, after=facts)
    return bench


@verb
def ask_match(bench_id: int, *, by: User) -> Job:
    """A long ledger is matched in the background."""
    bench = locked(bench_id, by, "match")
    title = f"تطبیق «{bench.file.name}»"
    bench.job = jobs.enqueue("reconciliation.match", by=by, title=title, params={"bench": bench.pk})
    bench.save(update_fields=["job"])
    return bench.job


# --- matching -----------------------------------------------------------------------------------------------


@verb
def match(bench_id: int, *, by: User, tick: Tick = _no_tick) -> Reconciliation:
    """Read the ledger and find a line for every row, against the figures as they stand now. What people wrote stays
    with its row; an explanation of a line only while its difference is the same."""
    bench = locked(bench_id, by, "match", running=True)
    if not bench.mapping:
        raise RuleBroken(NO_COLUMNS)
    read = ledger.read(
        bench.file,
        bench.mapping,
        bench.headers,
        measure=bench.measure,
        sheet=bench.sheet,
        header_row=bench.header_row,
    )
    tick(1, 4)
    submission = bench.submission
    lines = targets.lines_of(submission)
    found = match_all(
        read.entries,
        targets.targets_of(bench, lines),
        targets.year_of(submission),
        targets.statements_of(bench, lines),
    )
    tick(2, 4)
    kept_rows, kept_lines = writing.kept(bench)
    writing.write_rows(bench, read, found)
    tick(3, 4)
    writing.put_back(bench, read, kept_rows, {targets.key_of(row) for row in lines})
    tolerance = counting.tolerance_in_force(submission.agency.organization, submission.period.cutoff_date)
    bench.tolerance_amount, bench.tolerance_percent = tolerance.amount, tolerance.percent
    counting.make_lines(bench, lines, kept_lines)
    bench.revision, bench.figures_digest = submission.revision, targets.figures_digest(lines, bench.measure)
    bench.matched_at, bench.matched_by = timezone.now(), by
    bench.summary = counting.summed_up(bench) | {"totals": read.totals}
    written = ("revision", "figures_digest", "matched_at", "matched_by", "summary")
    tick(4, 4)
    facts = {"rows": len(read.entries), **bench.summary["standings"]}
    return _move(bench, "match", by, *written, "tolerance_amount", "tolerance_percent", after=facts)


def told(refused: Refused | UnreadableTable) -> str:
    """Why nothing of a ledger can be used, in one text."""
    problems = refused.problems[:3] if isinstance(refused, Refused) else [str(refused)]
    return " ".join(str(problem) for problem in problems)


# --- signing ------------------------------------------------------------------------------------------------


@verb
def sign(bench_id: int, *, by: User) -> Reconciliation:
    """The sheet becomes evidence: nothing in it changes any more, and the sheet before it is set aside."""
    bench = locked(bench_id, by, "sign")
    if is_stale(bench):
        raise WrongState(STALE)
    rows, lines = counting.unexplained(bench)
    if rows or lines:
        raise RuleBroken(LEFT.format(rows=group(rows), lines=group(lines)))
    for old in benches_of(bench.submission, bench.measure).filter(state="signed"):
        _set_aside(old, by)
    text = sheet.text_of(bench)
    bench.digest = sheet.digest(text)
    bench.sheet_file = files.store_made(
        text.encode(),
        name=f"reconciliation-{bench.submission.agency.code}-{bench.submission.period.code}-{bench.pk}.json",
        media_type=MEDIA,
        organization=bench.submission.agency.organization,
        by=by,
    )
    bench.signed_at, bench.signed_by = timezone.now(), by
    facts = {"digest": bench.digest, "submission": bench.submission_id}
    _move(bench, "sign", by, "digest", "sheet_file", "signed_at", "signed_by", after=facts)
    give_signature(
        bench,
        "reconciliation.signed",
        by=by,
        content_digest=bench.digest,
        files_digest=bench.file.sha256,
        revision=bench.revision,
    )
    return bench


@verb
def supersede(bench_id: int, *, by: User) -> Reconciliation:
    """Set a bench aside. A signed one is so as well: without it the submission has no treasury figure."""
    bench = locked(bench_id, by, "supersede")
    return _set_aside(bench, by)


def _set_aside(bench: Reconciliation, by: User) -> Reconciliation:
    bench.superseded_at, bench.superseded_by = timezone.now(), by
    return _move(bench, "supersede", by, "superseded_at", "superseded_by")


# --- steps --------------------------------------------------------------------------------------------------


def locked(bench_id: int, by: User, move: str, *, running: bool = False) -> Reconciliation:
    """The bench with its submission, the parent locked first."""
    found = Reconciliation.objects.for_user(by).values_list("submission", flat=True).get(pk=bench_id)
    submission = PerformanceSubmission.objects.for_user(by).locked(found)
    bench: Reconciliation = Reconciliation.objects.for_user(by).locked(bench_id)
    bench.submission = submission
    require(can(by, bench, move))
    if not running:
        _refuse_running(bench)
    return bench


def _refuse_running(bench: Reconciliation) -> None:
    if bench.job_id is not None and Job.objects.filter(pk=bench.job_id, state__in=jobs.OPEN).exists():
        raise WrongState(RUNNING)


def _move(bench: Reconciliation, name: str, by: User, *fields: str, after: Any = None) -> Reconciliation:
    move = MOVES[name]
    before, bench.state = bench.state, move.target
    bench.save(update_fields=["state", *fields])
    facts = {"state": bench.state, **(after or {})}
    audit.record(move.event, bench, by=by, before={"state": before}, after=facts)
    return bench
