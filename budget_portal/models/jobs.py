"""Rows that make long work and side effects survive a lost queue or a killed worker."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from budget_portal.querysets import AlertQuerySet, JobQuerySet, SentMessageQuerySet


class OutboxMessage(models.Model):
    """An effect still to be carried out, written in the transaction of the move that caused it."""

    event = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, help_text="last time it was handed to the queue")
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="outbox_open",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.target_type}:{self.target_id}"


class Job(models.Model):
    """Long work that a person asked for: seen, cancelled and finished by them (report, import, export)."""

    class State(models.TextChoices):
        QUEUED = "queued", "در نوبت"
        RUNNING = "running", "در حال انجام"
        DONE = "done", "انجام شد"
        FAILED = "failed", "ناموفق"
        CANCELLED = "cancelled", "لغو شد"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    membership = models.ForeignKey(
        "accounts.Membership", null=True, on_delete=models.PROTECT, related_name="+"
    )
    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True, help_text="Persian sentence for the requester")
    file = models.ForeignKey(
        "budget_portal.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    result_url = models.CharField(max_length=300, blank=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed", "cancelled"]) | Q(finished_at__isnull=False),
                name="job_finished_at",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def percent(self) -> int:
        return 100 if self.state == self.State.DONE else (100 * self.done // self.total if self.total else 0)


class Alert(models.Model):
    """A notice to one person inside the portal (`/alerts/`)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts")
    text = models.CharField(max_length=400)
    url = models.CharField(max_length=300, blank=True)
    tone = models.CharField(max_length=10, default="info")
    outbox = models.ForeignKey(OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["outbox", "person"], name="alert_once", condition=Q(outbox__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.text


class SentMessage(models.Model):
    """A mail or SMS that left the portal (or, in a local run, was written to var/outbox/)."""

    class Channel(models.TextChoices):
        MAIL = "mail", "رایانامه"
        SMS = "sms", "پیامک"

    channel = models.CharField(max_length=8, choices=Channel.choices)
    recipient = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    outbox = models.ForeignKey(OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = SentMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["outbox", "channel", "recipient"],
                name="sentmessage_once",
                condition=Q(outbox__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}"
