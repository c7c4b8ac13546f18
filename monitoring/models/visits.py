"""Field visits (domain §10): what the organization's expert measured, kept apart from the agency's claim."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step
from budget_portal.fields import PercentField, QuantityField
from monitoring.querysets import FindingQuerySet, FollowUpQuerySet, VisitPartQuerySet, VisitQuerySet

QUALITY = [("excellent", "عالی"), ("good", "خوب"), ("medium", "متوسط"), ("poor", "ضعیف")]


def _quality() -> "models.CharField[str, str]":
    return models.CharField(max_length=10, choices=QUALITY, blank=True)


class FieldVisit(models.Model):
    """One visit to a project site (capital) or to an agency (expense)."""

    class State(models.TextChoices):
        PLANNED = "planned", "برنامه‌ریزی‌شده"
        DONE = "done", "انجام‌شده"
        SUBMITTED = "submitted", "ارسال‌شده"
        CONFIRMED = "confirmed", "تأییدشده"
        AGENCY_REPLIED = "agency_replied", "پاسخ دستگاه"
        CLOSED = "closed", "مختومه"

    class SiteState(models.TextChoices):
        ACTIVE = "active", "فعال"
        SEMI_ACTIVE = "semi_active", "نیمه‌فعال"
        IDLE = "idle", "راکد"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_id = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="made by the phone; nothing doubles"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="visits")
    project = models.ForeignKey(
        "agreements.Project",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
        help_text="empty: expense visit to the agency",
    )
    period = models.ForeignKey("agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="visits")
    agreement_project = models.ForeignKey(
        "agreements.AgreementProject", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    planned_for = models.DateField(null=True, blank=True)
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField(null=True, blank=True)
    visitors = models.CharField(max_length=300, blank=True)
    person_days = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    agency_representative = models.CharField(max_length=120, blank=True)
    contractor_representative = models.CharField(max_length=120, blank=True)
    weather = models.CharField(max_length=60, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    located_at = models.DateTimeField(null=True, blank=True)
    distance_m = models.PositiveIntegerField(
        null=True, blank=True, help_text="to the registered point, by the server"
    )
    place_reason = models.TextField(blank=True, help_text="why the place is far from the project")
    site_state = models.CharField(max_length=12, choices=SiteState.choices, blank=True)
    workers = models.PositiveIntegerField(null=True, blank=True)
    machinery = models.CharField(max_length=200, blank=True)
    quality_materials = _quality()
    quality_workmanship = _quality()
    quality_safety = _quality()
    quality_documents = _quality()
    quality_overall = _quality()
    physical_progress = PercentField(null=True, blank=True, help_text="computed from the measured quantities")
    planned_progress = PercentField(null=True, blank=True)
    agency_progress = PercentField(null=True, blank=True, help_text="the agency's claim at that time")
    obstacles = models.TextField(blank=True)
    recommendations = models.TextField(blank=True)
    remarks = models.TextField(blank=True)
    dispute_comment = models.TextField(blank=True, help_text="V10: the expert's word on the difference")
    agency_reply = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_for = letter_of_step()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_for = letter_of_step()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="fieldvisit_state",
                condition=Q(
                    state__in=["planned", "done", "submitted", "confirmed", "agency_replied", "closed"]
                ),
            ),
            models.CheckConstraint(
                name="fieldvisit_done",
                condition=Q(state="planned") | Q(visited_on__isnull=False),
                violation_error_message="تاریخ بازدید را وارد کنید.",
            ),
            models.CheckConstraint(
                name="fieldvisit_submitted",
                condition=Q(state__in=["planned", "done"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="fieldvisit_confirmed",
                condition=Q(state__in=["planned", "done", "submitted"])
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="fieldvisit_two_people", condition=~Q(confirmed_by=F("submitted_by"))
            ),
            models.CheckConstraint(
                name="fieldvisit_percent",
                condition=Q(physical_progress__isnull=True)
                | Q(physical_progress__gte=0, physical_progress__lte=100),
            ),
            models.CheckConstraint(
                name="fieldvisit_point",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]
        indexes = [models.Index(fields=["project", "-visited_on"], name="fieldvisit_project")]

    def __str__(self) -> str:
        return f"بازدید {self.project or self.agency}"

    @property
    def kind(self) -> str:
        return "capital" if self.project_id else "expense"


class VisitMeasurement(models.Model):
    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="measurements")
    operation = models.ForeignKey("agreements.WorkOperation", on_delete=models.PROTECT, related_name="+")
    quantity_done = QuantityField(null=True, blank=True)
    raw = models.CharField(max_length=60, blank=True, help_text="what was typed but could not be read")

    objects = VisitPartQuerySet.as_manager()

    class Meta:
        ordering = ["operation__position", "operation__key"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "operation"], name="visitmeasurement_once"),
            models.CheckConstraint(
                name="visitmeasurement_quantity",
                condition=Q(quantity_done__isnull=True) | Q(quantity_done__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.quantity_done}"


class VisitActivityCheck(models.Model):
    """Expense visit: volume of an activity as verified by sample and document."""

    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="activity_checks")
    activity = models.ForeignKey("agreements.Activity", on_delete=models.PROTECT, related_name="+")
    volume_verified = QuantityField(null=True, blank=True)
    documents_seen = models.CharField(max_length=300, blank=True)
    remark = models.TextField(blank=True)

    objects = VisitPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "activity"], name="visitactivitycheck_once")]

    def __str__(self) -> str:
        return f"{self.activity}: {self.volume_verified}"


class VisitDelayCause(models.Model):
    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="delay_causes")
    cause = models.ForeignKey("monitoring.DelayCause", on_delete=models.PROTECT, related_name="+")
    share = PercentField()
    text = models.CharField(max_length=300, blank=True)

    objects = VisitPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "cause"], name="visitdelaycause_once"),
            models.CheckConstraint(name="visitdelaycause_share", condition=Q(share__gt=0, share__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.share}"


class VisitPhoto(models.Model):
    """A photo: the untouched original stays as evidence, the shown copy carries no metadata."""

    visit = models.ForeignKey(FieldVisit, on_delete=models.PROTECT, related_name="photos")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    original = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    shown = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    distance_m = models.PositiveIntegerField(null=True, blank=True)
    flags = models.JSONField(
        default=list, blank=True, help_text="codes such as PLACE_FAR with their sentence"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    objects = VisitPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.caption or f"عکس {self.pk}"


class VisitFinding(models.Model):
    class Severity(models.TextChoices):
        INFO = "info", "آگاهی"
        MINOR = "minor", "جزئی"
        MAJOR = "major", "عمده"
        CRITICAL = "critical", "بحرانی"

    class State(models.TextChoices):
        OPEN = "open", "باز"
        IN_PROGRESS = "in_progress", "در دست اقدام"
        RESOLVED = "resolved", "رفع‌شده به گفتهٔ دستگاه"
        VERIFIED = "verified", "رفع‌شده با تأیید کارشناس"

    visit = models.ForeignKey(FieldVisit, on_delete=models.PROTECT, related_name="findings")
    text = models.TextField()
    severity = models.CharField(max_length=10, choices=Severity.choices)
    responsible = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="visitfinding_state",
                condition=Q(state__in=["open", "in_progress", "resolved", "verified"]),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class FollowUp(models.Model):
    finding = models.ForeignKey(VisitFinding, on_delete=models.PROTECT, related_name="follow_ups")
    text = models.TextField()
    state = models.CharField(max_length=12, choices=VisitFinding.State.choices)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
