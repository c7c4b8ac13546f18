"""The sample that must be opened before confirming, and the record of who opened what."""

from __future__ import annotations

from accounts.models import User
from budget_portal.moves import verb
from monitoring.evidence.policy import documents_by_place, policy_for, rises
from monitoring.evidence.sampling import sample
from monitoring.models import EvidenceOpening, PerformanceSubmission, SubmissionDocument

# Who is reviewing while the submission is in which state: their openings are kept.
REVIEWING = {
    "treasurer": {"submitted"},
    "budget_expert": {"treasurer_confirmed", "under_review"},
    "consolidation": {"expert_reviewed"},
}


def demanded(submission: PerformanceSubmission) -> list[int]:
    """Documents that the treasurer must open: a random sample of those of lines below the amount."""
    policy = policy_for(submission)
    if policy is None:
        return []
    sent = submission.snapshots.filter(event="submitted", revision=submission.revision)
    seed = sent.order_by("-pk").values_list("digest", flat=True).first()
    if seed is None:
        return []
    return sample(seed, _below(submission, policy.amount), policy.sample_share, policy.sample_least)


def _below(submission: PerformanceSubmission, amount: int | None) -> list[int]:
    """Documents of the lines that need none, and those of the whole."""
    places = documents_by_place(submission)
    above = [key for key, rise in rises(submission).items() if amount is not None and rise >= amount]
    below = [place for place in places if place.is_whole or not any(map(place.covers, above))]
    return [pk for place in below for pk in places[place]]


def unopened(submission: PerformanceSubmission, person: User) -> list[SubmissionDocument]:
    """What of the sample this person has not opened yet in this revision."""
    wanted = demanded(submission)
    if not wanted:
        return []
    seen = EvidenceOpening.objects.filter(
        document__in=wanted, revision=submission.revision, person=person
    ).values("document")
    rows = SubmissionDocument.objects.filter(pk__in=wanted).exclude(pk__in=seen)
    return list(rows.select_related("file", "project", "programme").order_by("pk"))


@verb
def opened(document: SubmissionDocument, *, by: User) -> EvidenceOpening | None:
    """Keep that a reviewer opened a document while the submission was on his desk; others leave no trace."""
    submission = document.submission
    if submission.state not in REVIEWING.get(by.role, ()):
        return None
    row, _ = EvidenceOpening.objects.get_or_create(
        document=document,
        revision=submission.revision,
        person=by,
        defaults={"submission": submission},
    )
    return row
