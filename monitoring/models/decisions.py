from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import letter_of_step
from budget_portal.signers import signed
from monitoring.models.submissions import ReturnMark
from monitoring.querysets import SubmissionPartQuerySet


class LineDecision(models.Model):
    """What a reviewer decided on one line before the whole is signed or sent back.

    `accepted` holds as long as the line's content is the one that was seen (`digest`); `return` waits, with its
    reason, until all returns are sent in one move. A decision is ended, never rewritten (sql/decisions.sql).
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "پذیرفته"
        RETURN = "return", "برای برگشت"

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="line_decisions"
    )
    revision = models.PositiveIntegerField()
    stage = models.CharField(max_length=14, choices=ReturnMark.Stage.choices)
    line = models.CharField(max_length=60, help_text="monitoring.lines.LineKey as text")
    project = models.ForeignKey("agreements.Project", null=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        "agreements.Programme", null=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    digest = models.CharField(max_length=64, help_text="sha256 of the line's content as it was seen")
    reason_code = models.ForeignKey(
        "monitoring.ReturnReason", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    in_batch = models.BooleanField(default=False, help_text="accepted together with other lines")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = letter_of_step()
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, help_text="taken back, replaced or sent")

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "stage", "line"],
                condition=Q(ended_at__isnull=True),
                name="linedecision_one",
            ),
            models.CheckConstraint(
                name="linedecision_line",
                condition=Q(project__isnull=False, programme__isnull=True, expense_chapter__isnull=True)
                | Q(project__isnull=True, programme__isnull=False, expense_chapter__isnull=False),
            ),
            models.CheckConstraint(
                name="linedecision_verdict",
                condition=Q(verdict="accepted", reason="") | Q(verdict="return", reason__regex=r"^.{20,}"),
                violation_error_message="دلیل برگشت را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_verdict_display()}"

    @property
    def deciders(self) -> set[int]:
        """Who decided, and in whose place."""
        letter = self.on_behalf_of
        return {self.by_id} | ({letter.membership.user_id} if letter else set())

    @property
    def signer(self) -> str:
        return signed(self.by, self.on_behalf_of)
