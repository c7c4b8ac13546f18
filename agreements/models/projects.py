import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from agreements.codes import CODE_PATTERN, CODE_SHAPE, RESERVED
from agreements.querysets import ProjectQuerySet
from budget_portal.text import fold

STATUSES = {
    "not_started": "شروع‌نشده",
    "study": "در دست مطالعه",
    "tendering": "در جریان ارجاع کار",
    "in_progress": "در حال اجرا",
    "suspended": "متوقف",
    "idle": "راکد",
    "contract_terminated": "فسخ پیمان",
    "provisional_handover": "تحویل موقت",
    "completed": "خاتمه‌یافته",
    "in_operation": "در حال بهره‌برداری",
    "final_handover": "تحویل قطعی",
    "transferred": "واگذارشده",
    "cancelled": "حذف‌شده",
}
FINISHED = frozenset({"completed", "in_operation", "final_handover", "transferred", "cancelled"})


class Project(models.Model):
    """پروژه: permanent, one code for life. What changes by year and version hangs on `AgreementProject`."""

    class ExecutionMethod(models.TextChoices):
        CONTRACT = "contract", "پیمانی"
        FORCE_ACCOUNT = "force_account", "امانی"
        PARTNERSHIP = "partnership", "مشارکتی"
        OTHER = "other", "سایر"

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="projects")
    plan = models.ForeignKey("agreements.Plan", on_delete=models.PROTECT, related_name="projects")
    code = models.CharField(max_length=30, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=300)
    title_folded = models.CharField(max_length=300, editable=False)
    county = models.ForeignKey("accounts.County", on_delete=models.PROTECT, related_name="projects")
    address = models.CharField(max_length=300, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    place_reason = models.TextField(blank=True, help_text="why the point is far from its county or province")
    execution_method = models.CharField(
        max_length=15, choices=ExecutionMethod.choices, default=ExecutionMethod.CONTRACT
    )
    beneficiary_agency = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=24, choices=list(STATUSES.items()), default="in_progress")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="project_code",
                condition=Q(code__regex=CODE_PATTERN) & ~Q(code__in=sorted(RESERVED)),
                violation_error_message=CODE_SHAPE,
            ),
            models.CheckConstraint(name="project_status", condition=Q(status__in=list(STATUSES))),
            models.CheckConstraint(
                name="project_point",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                violation_error_message="عرض و طول جغرافیایی را با هم و به درجه وارد کنید.",
            ),
        ]
        indexes = [GinIndex(name="project_title_trgm", fields=["title_folded"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.title_folded = fold(self.title)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_active(self) -> bool:
        return self.status not in FINISHED
