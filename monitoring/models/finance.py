"""What both kinds of money lines have (abstract)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from budget_portal.fields import MillionRialField


class FinanceLine(models.Model):
    """Copied ceilings (never typed; V11) and the state of holding of a money line, all in million rials."""

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="+"
    )
    funding_source = models.ForeignKey("agreements.FundingSource", on_delete=models.PROTECT, related_name="+")
    approved_credit = MillionRialField(default=0, help_text="of version 1")
    credit_in_force = MillionRialField(default=0)
    allocated_cash = MillionRialField(default=0)
    allocated_securities = MillionRialField(default=0)
    collected = MillionRialField(null=True, help_text="own revenue collected so far; empty for other sources")
    spent = MillionRialField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="V5: why a cumulative figure fell")
    held = models.BooleanField(default=False)
    held_raw = models.JSONField(default=dict, blank=True)
    held_rules = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def allocated(self) -> int:
        return int(self.allocated_cash) + int(self.allocated_securities)

    @property
    def is_counted(self) -> bool:
        """Whether it stands in totals; the querysets' `counted()` says why."""
        return not self.held and (self.spent is not None or self.submission.state == "approved")
