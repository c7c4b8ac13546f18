"""What people say to each other about a submission, a line of it or one cell: kept with it, word for word."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.querysets import RemarkQuerySet


class SubmissionRemark(models.Model):
    """A comment, a flag «look at this», a question that returns nothing, or the answer to one of these.

    `cell` is a place of the form as its inputs name it (`capital:12:spent`); the line is named as in `ReturnMark`
    and stays readable when the row itself is gone. Who said what never changes; only answering and resolving do.
    """

    class Sort(models.TextChoices):
        COMMENT = "comment", "یادداشت"
        FLAG = "flag", "این را ببینید"
        QUESTION = "question", "پرسش"
        ANSWER = "answer", "پاسخ"

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="remarks"
    )
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        "agreements.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cell = models.CharField(max_length=80, blank=True)
    place = models.CharField(
        max_length=400, blank=True, help_text="the place in words, as it was called then"
    )
    sort = models.CharField(max_length=8, choices=Sort.choices, default=Sort.COMMENT)
    text = models.TextField(max_length=2000)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
        help_text="of an answer",
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, help_text="role through which the author spoke")
    at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="submissionremark_sort", condition=Q(sort__in=["comment", "flag", "question", "answer"])
            ),
            models.CheckConstraint(
                name="submissionremark_text",
                condition=Q(text__regex=r"\S"),
                violation_error_message="متن یادداشت را بنویسید.",
            ),
            models.CheckConstraint(
                name="submissionremark_line",
                condition=Q(project__isnull=True) | Q(programme__isnull=True, expense_chapter__isnull=True),
            ),
            models.CheckConstraint(
                name="submissionremark_answer",
                condition=Q(sort="answer", parent__isnull=False)
                | (~Q(sort="answer") & Q(parent__isnull=True)),
            ),
            *[
                models.CheckConstraint(
                    name=f"submissionremark_{step}",
                    condition=Q(**{f"{step}_at__isnull": True, f"{step}_by__isnull": True})
                    | Q(**{f"{step}_at__isnull": False, f"{step}_by__isnull": False}),
                )
                for step in ("answered", "resolved")
            ],
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
