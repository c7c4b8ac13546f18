"""What was brought from Excel into a form: kept from its preview until it is written, taken back or put aside."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scopes import AGENCY
from monitoring.querysets import SubmissionPartQuerySet


class SheetLoadQuerySet(SubmissionPartQuerySet):
    """The agency's own, as its figures in the making are; nobody else reads what was not written."""

    def for_user(self, user: Any) -> Any:
        rows = super().for_user(user)
        return rows if getattr(user, "role", "") in AGENCY else rows.none()


class SheetLoad(models.Model):
    """One pasted block or one uploaded workbook. Its state is what happened to it: written once, taken back once."""

    class Way(models.TextChoices):
        PASTE = "paste", "چسباندن"
        FILE = "file", "پرونده"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(max_length=5, choices=Way.choices)
    file = models.ForeignKey(
        "budget_portal.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    tables = models.JSONField(null=True, help_text="sheets: name, rows of cells, how they are read")
    other_sheets = models.JSONField(default=list, help_text="names of sheets that are none of the form's")
    job = models.ForeignKey("budget_portal.Job", null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    written = models.JSONField(default=list, help_text="kind, row, cell, before, after: for taking it back")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    left_out = models.PositiveIntegerField(default=0, help_text="rows with errors that were left out")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    kept = models.JSONField(default=list, help_text="cells that had changed since and were not taken back")
    dropped_at = models.DateTimeField(null=True)

    objects = SheetLoadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="sheetload_file", condition=Q(way="paste", file=None) | Q(way="file", file__isnull=False)
            ),
            models.CheckConstraint(
                name="sheetload_applied",
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="sheetload_undone",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="sheetload_dropped", condition=Q(dropped_at=None) | Q(applied_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.file.name if self.file else str(self.get_way_display())

    @property
    def is_open(self) -> bool:
        return self.applied_at is None and self.dropped_at is None
