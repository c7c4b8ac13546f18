"""Supervision reports: editions with a frozen package; a published one never changes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step
from reports.querysets import ReportQuerySet


class SupervisionReport(models.Model):
    """گزارش نظارتی. One row is one edition; a reopened figure makes a new edition, never a changed one."""

    class State(models.TextChoices):
        DRAFT = "draft", "پیش‌نویس"
        REVIEWED = "reviewed", "بررسی شد"
        CONFIRMED = "confirmed", "تأیید شد"
        APPROVED = "approved", "تصویب و منتشر شد"

    class Level(models.TextChoices):
        AGENCY = "agency", "دستگاه"
        SECTOR_GROUP = "sector_group", "گروه"
        COUNTY = "county", "شهرستان"
        ORGANIZATION = "organization", "سازمان"
        COUNTRY = "country", "کشور"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="reports"
    )
    code = models.CharField(max_length=4, default="R1")
    period = models.ForeignKey("agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="reports")
    level = models.CharField(max_length=14, choices=Level.choices, default=Level.ORGANIZATION)
    agency = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sector_group = models.ForeignKey(
        "accounts.SectorGroup", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    county = models.ForeignKey(
        "accounts.County", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(max_length=60)
    edition = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    package = models.JSONField(null=True, help_text="frozen content; null until the worker has built it")
    digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the canonical package")
    known_at = models.DateTimeField(null=True, help_text="figures as known at this moment")
    pdf = models.ForeignKey("budget_portal.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("budget_portal.Job", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_for = letter_of_step()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_for = letter_of_step()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_for = letter_of_step()
    return_reason = models.TextField(blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number", "edition"], name="report_number"),
            models.CheckConstraint(
                name="report_state", condition=Q(state__in=["draft", "reviewed", "confirmed", "approved"])
            ),
            *[
                models.CheckConstraint(
                    name=f"report_{step}",
                    condition=Q(**{f"{step}_at__isnull": True, f"{step}_by__isnull": True})
                    | Q(**{f"{step}_at__isnull": False, f"{step}_by__isnull": False}),
                )
                for step in ("reviewed", "confirmed", "approved")
            ],
            models.CheckConstraint(
                name="report_signed_in_order",
                condition=(Q(state="draft") | Q(reviewed_by__isnull=False))
                & (Q(state__in=["draft", "reviewed"]) | Q(confirmed_by__isnull=False))
                & (~Q(state="approved") | Q(approved_by__isnull=False, package__isnull=False)),
            ),
            models.CheckConstraint(
                name="report_signers_differ",
                condition=~Q(confirmed_by=F("reviewed_by"))
                & ~Q(approved_by=F("confirmed_by"))
                & ~Q(approved_by=F("reviewed_by")),
            ),
            models.CheckConstraint(
                name="report_scope",
                condition=Q(level="agency", agency__isnull=False)
                | Q(level="sector_group", sector_group__isnull=False)
                | Q(level="county", county__isnull=False)
                | Q(level__in=["organization", "country"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ویرایش {self.edition}"
