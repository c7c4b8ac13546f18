"""The signed sheets of a submission, one for what was spent and one for what was received.

sheets_of(submission) -> the signed sheets
is_stale(sheet)       -> the submission has other figures than those it was signed for
"""

from __future__ import annotations

from monitoring.models import PerformanceSubmission, Reconciliation
from monitoring.reconciliation.targets import figures_digest, lines_of


def sheets_of(submission: PerformanceSubmission) -> list[Reconciliation]:
    rows = Reconciliation.objects.filter(submission=submission, state="signed")
    return list(rows.select_related("file", "sheet_file", "signed_by").order_by("-measure"))


def is_stale(bench: Reconciliation) -> bool:
    """A figure changed, a line came or went, or the agency sent another revision."""
    submission = bench.submission
    if bench.revision != submission.revision:
        return True
    return bench.figures_digest != figures_digest(lines_of(submission), bench.measure)
