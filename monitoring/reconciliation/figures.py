"""What the signed sheets say: the treasury's figure of every line, as a source beside the agency's own.

treasury_figures(submission) -> {LineKey: million rials}
sheet_of(submission)         -> the signed sheet, or None
is_stale(sheet)              -> the submission has other figures than those it was signed for
"""

from __future__ import annotations

from collections.abc import Iterable

from monitoring.lines import LineKey
from monitoring.models import PerformanceSubmission, Reconciliation, ReconciliationLine
from monitoring.reconciliation.targets import figures_digest, key_of, line_of, lines_of


def sheet_of(submission: PerformanceSubmission) -> Reconciliation | None:
    rows = Reconciliation.objects.filter(submission=submission, state="signed")
    found: Reconciliation | None = rows.select_related("file", "sheet_file", "signed_by").first()
    return found


def treasury_figures(submission: PerformanceSubmission) -> dict[LineKey, int]:
    """Of the signed sheet; sources of one line together. Nothing is signed: nothing is said."""
    return treasury_figures_of([submission.pk]).get(submission.pk, {})


def treasury_figures_of(submissions: Iterable[int]) -> dict[int, dict[LineKey, int]]:
    """Of many submissions in one query."""
    rows = ReconciliationLine.objects.filter(
        reconciliation__submission__in=list(submissions), reconciliation__state="signed"
    ).select_related("reconciliation")
    found: dict[int, dict[LineKey, int]] = {}
    for row in rows.order_by("pk"):
        sums = found.setdefault(row.reconciliation.submission_id, {})
        line = line_of(key_of(row))
        sums[line] = sums.get(line, 0) + int(row.ledger)
    return found


def is_stale(bench: Reconciliation, lines: list[object] | None = None) -> bool:
    """A figure changed, a line came or went, or the agency sent another revision."""
    submission = bench.submission
    if bench.revision != submission.revision:
        return True
    return bench.figures_digest != figures_digest(lines if lines is not None else lines_of(submission))
