"""What pages of a submission say when the rules have changed since it was judged."""

from django import template

from monitoring.models import PerformanceSubmission
from monitoring.rulebook import standing

register = template.Library()


@register.simple_tag
def rules_changed(submission: PerformanceSubmission) -> str:
    """The sentence, or nothing."""
    return "" if submission.state == "approved" else standing.stale(submission)
