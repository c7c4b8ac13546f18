from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.querysets import CheckQuerySet


class CheckResult(models.Model):
    """One hit of one rule on one line, with the version of the rules that found it.

    Rewritten at every save. A warning that `asks` passes only with a written explanation; one given to the same
    rule, line and figures stays. When the figures change it is void, and its text is kept as a suggestion.
    """

    class Severity(models.TextChoices):
        BLOCK = "block", "نیاز به اصلاح"
        WARN = "warn", "هشدار"

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.CASCADE, related_name="checks"
    )
    rule = models.CharField(max_length=30)
    rule_set = models.CharField(max_length=20)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    project = models.ForeignKey("agreements.Project", null=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        "agreements.Programme", null=True, on_delete=models.PROTECT, related_name="+"
    )
    row = models.CharField(max_length=60, help_text="model and key of the row, such as capitalfinanceline:12")
    cell = models.CharField(max_length=30, blank=True)
    sentence = models.TextField()
    expected = models.CharField(max_length=60, blank=True)
    actual = models.CharField(max_length=60, blank=True)
    difference = models.CharField(max_length=60, blank=True)
    asks = models.BooleanField(default=False, help_text="passes only with the agency's written explanation")
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    explained_at = models.DateTimeField(null=True)
    suggestion = models.TextField(
        blank=True, help_text="what was written for figures that have changed since"
    )

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule", "row", "cell"], name="checkresult_once"),
            models.CheckConstraint(name="checkresult_severity", condition=Q(severity__in=["block", "warn"])),
            models.CheckConstraint(
                name="checkresult_explained",
                condition=Q(explanation="", explained_by__isnull=True, explained_at__isnull=True)
                | Q(explanation__regex=r"^.{20,}", explained_by__isnull=False, explained_at__isnull=False),
                violation_error_message="توضیح هشدار را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence}"

    @property
    def waits(self) -> bool:
        """Whether the agency has still to explain it."""
        return self.asks and not self.explanation
