"""Signing a submission: all its lines and all its files, and finding afterwards what is no longer as signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from budget_portal import files
from budget_portal.errors import RuleBroken
from budget_portal.models import StoredFile
from monitoring import snapshots
from monitoring.models import PerformanceSubmission, Signature, SubmissionDocument, SubmissionSnapshot
from monitoring.signing import digest_of, sign, signatures_of, verify

CHANGED_FILE = (
    "سند «{title}» دیگر همان نیست که پیوست شده بود. پیش از امضا باید روشن شود چه کسی آن را تغییر داده است."
)


def sign_submission(
    submission: PerformanceSubmission, event: str, *, by: User, snapshot: SubmissionSnapshot | None = None
) -> Signature:
    """Sign what the submission holds now (the snapshot just taken of it, where there is one). Every document is
    read again: only bytes that are still as they were kept are signed."""
    content = snapshot.content if snapshot else snapshots.contents(submission)
    refuse_changed_files(submission)
    return sign(
        submission,
        event,
        by=by,
        revision=submission.revision,
        content_digest=digest_of(content),
        files_digest=digest_of(snapshots.file_digests(content)),
        parts={"lines": snapshots.line_digests(content), "files": snapshots.file_digests(content)},
    )


def refuse_changed_files(submission: PerformanceSubmission) -> None:
    rows = SubmissionDocument.objects.filter(submission=submission, removed_at__isnull=True)
    for row in rows.select_related("file"):
        if digest_of_file(row.file) != row.file.sha256:
            raise RuleBroken(CHANGED_FILE.format(title=row.title))


def digest_of_file(stored: StoredFile) -> str:
    """sha256 of the bytes as they lie on disk now; empty when they are gone."""
    try:
        with files.path_of(stored).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


# --- afterwards -------------------------------------------------------------------------------------------------


@dataclass
class Checked:
    """What a check of one signature found; `lines` and `files` name what is not as it was signed."""

    signature: Signature
    genuine: bool
    current: bool = True  # the submission still stands as signed: no later sending, no reopening
    content: bool = True  # the kept snapshot is the one that was signed
    lines: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.genuine and self.content and not self.lines and not self.files


STANDING = frozenset({"treasurer_confirmed", "under_review", "expert_reviewed", "approved"})


def check_submission(submission: PerformanceSubmission) -> list[Checked]:
    """Every signature under a submission against the figures, the snapshots and the files of today."""
    live = snapshots.contents(submission)
    return [_check(submission, row, live) for row in signatures_of(submission)]


def _check(submission: PerformanceSubmission, row: Signature, live: dict[str, Any]) -> Checked:
    current = row.revision == submission.revision and submission.state in STANDING
    found = Checked(row, genuine=verify(row), current=current)
    signed_lines, signed_files = row.parts.get("lines", {}), row.parts.get("files", {})
    snapshot = _snapshot_of(submission, row)
    if snapshot is not None:
        found.content = digest_of(snapshot.content) == row.content_digest
        found.lines += _differing(signed_lines, snapshots.line_digests(snapshot.content))
    if current:
        found.lines += _differing(signed_lines, snapshots.line_digests(live))
    found.lines = sorted(set(found.lines))
    found.files = _changed_files(signed_files)
    return found


def _snapshot_of(submission: PerformanceSubmission, row: Signature) -> SubmissionSnapshot | None:
    rows = SubmissionSnapshot.objects.filter(submission=submission, revision=row.revision, event=row.event)
    return rows.order_by("-pk").first()


def _differing(signed: dict[str, str], now: dict[str, str]) -> list[str]:
    return [name for name in {*signed, *now} if signed.get(name) != now.get(name)]


def _changed_files(signed: dict[str, str]) -> list[str]:
    numbers = [int(number) for number in signed if number.isdecimal()]
    rows = SubmissionDocument.objects.filter(pk__in=numbers).select_related("file").in_bulk()
    changed = []
    for number, sha256 in signed.items():
        row = rows.get(int(number)) if number.isdecimal() else None
        if row is None:
            changed.append(number)
        elif digest_of_file(row.file) != sha256 or row.file.sha256 != sha256:
            changed.append(f"{row.title} ({row.file.name})")
    return changed
