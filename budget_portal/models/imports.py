"""Tables that came as files and were entered as one batch (feature A10): the file, its mapping, what every row does."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from budget_portal.querysets import ImportBatchQuerySet, ImportMappingQuerySet, ImportRowQuerySet


class ImportMapping(models.Model):
    """How the files of one source are read: a header's folded text -> the field, the unit, what is constant."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=dict, help_text="folded header -> field; empty text: not read")
    unit = models.CharField(max_length=20, default="million-rials")
    constants = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = ImportMappingQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "table", "name"], name="importmapping_name")
        ]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file on its way into one table; applied as a whole, and undone as a whole while nothing rests on it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "بارگذاری‌شده"
        MAPPED = "mapped", "ستون‌ها تطبیق یافت"
        PREVIEWED = "previewed", "آمادهٔ اعمال"
        APPLYING = "applying", "در حال اعمال"
        APPLIED = "applied", "اعمال‌شده"
        UNDONE = "undone", "برگردانده"
        FAILED = "failed", "ناموفق"
        CANCELLED = "cancelled", "کنارگذاشته"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    file = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    sheet = models.PositiveSmallIntegerField(default=1)
    sheet_name = models.CharField(max_length=120, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="columns, constants, unit, values of the whole file")
    mapping_name = models.CharField(max_length=80, blank=True)
    counts = models.JSONField(default=dict, help_text="kind of row -> how many")
    summary = models.JSONField(default=dict, help_text="totals, rounding, problems of the file as a whole")
    hold = models.BooleanField(default=False, help_text="good rows are written, the others are left behind")
    made = models.JSONField(default=dict, help_text="model -> keys of what was written, for undoing it")
    error = models.TextField(blank=True)
    job = models.ForeignKey("budget_portal.Job", null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="importbatch_state",
                condition=Q(
                    state__in=[
                        "uploaded", "mapped", "previewed", "applying", "applied", "undone", "failed", "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="importbatch_applied",
                condition=~Q(state__in=["applied", "undone"])
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="importbatch_undone",
                condition=~Q(state="undone")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.file.name

    @property
    def written(self) -> int:
        return sum(int(self.counts.get(kind, 0)) for kind in ("new", "changed"))

    @property
    def suffix(self) -> str:
        return f".{self.file.name.rpartition('.')[2].lower()}"

    def count(self, kind: str) -> Any:
        return self.counts.get(kind, 0)


class ImportRow(models.Model):
    """What one row of the file does, as the preview said."""

    class Kind(models.TextChoices):
        NEW = "new", "تازه"
        CHANGED = "changed", "تغییر"
        SAME = "same", "بدون تغییر"
        ERROR = "error", "خطا"
        HELD = "held", "نگه‌داشته"
        LEFT_OUT = "left_out", "کنار گذاشته"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="as the spreadsheet counts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=400, blank=True)
    changes = models.JSONField(default=list, help_text="field, before, after, difference")
    text = models.TextField(blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_number"),
            models.CheckConstraint(
                name="importrow_kind",
                condition=Q(kind__in=["new", "changed", "same", "error", "held", "left_out"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
