from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.querysets import SubmissionPartQuerySet


class CheckResult(models.Model):
    """One hit of one rule on one line, with the version of the rules that found it.

    Rewritten at every save; an explanation given to the same rule and line stays.
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
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule", "row", "cell"], name="checkresult_once"),
            models.CheckConstraint(name="checkresult_severity", condition=Q(severity__in=["block", "warn"])),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence}"
