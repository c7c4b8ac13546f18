"""Complaints, opinions and suggestions. Identity lives apart from content (decisions 25, 26)."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step
from complaints.querysets import ComplaintPartQuerySet, ComplaintQuerySet


class Complaint(models.Model):
    """One case. `public_number` is 10 digits (Luhn); the secret is kept as a keyed hash only."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", "شکایت"
        OPINION = "opinion", "نظر"
        SUGGESTION = "suggestion", "پیشنهاد"
        CRITICISM = "criticism", "انتقاد"
        APPRECIATION = "appreciation", "قدردانی"
        QUESTION = "question", "پرسش"
        REPORT = "report", "گزارش بدون نام"

    class State(models.TextChoices):
        REGISTERED = "registered", "ثبت شد"
        ASSIGNED = "assigned", "ارجاع شد"
        IN_PROGRESS = "in_progress", "در حال بررسی"
        NEEDS_INFO = "needs_info", "نیازمند تکمیل از سوی شما"
        ANSWERED = "answered", "پاسخ داده شد"
        OBJECTED = "objected", "اعتراض ثبت شد"
        FORWARDED = "forwarded", "خارج از صلاحیت این سازمان"
        REJECTED = "rejected", "رد شد"
        WITHDRAWN = "withdrawn", "انصراف"
        CLOSED = "closed", "مختومه"

    class Outcome(models.TextChoices):
        SOLVED = "solved", "حل شد"
        PARTLY = "partly", "بخشی حل شد"
        NOT_OURS = "not_ours", "در اختیار ما نیست"
        REJECTED = "rejected", "رد با دلیل"
        DUPLICATE = "duplicate", "تکراری"
        WITHDRAWN = "withdrawn", "انصراف"

    class Step(models.TextChoices):
        ENTRY = "entry", "ورود اطلاعات و تأیید ذیحساب"
        VISIT = "visit", "نظارت و بازدید"
        REVIEW = "review", "بررسی و تأیید نهایی"
        REPORT = "report", "گزارش نظارتی"
        OTHER = "other", "سایر"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="complaints"
    )
    public_number = models.CharField(max_length=10, unique=True)
    secret_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    service_step = models.CharField(max_length=10, choices=Step.choices, default=Step.OTHER)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    agency = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wants_sms = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REGISTERED)
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField()
    due_on = models.DateField(help_text="last working day of the answer")
    extended_to = models.DateField(null=True, help_text="once, with notice")
    extension_reason = models.TextField(blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_complaints",
    )
    answer = models.TextField(blank=True)
    answer_written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answer_written_for = letter_of_step()
    answer_written_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_for = letter_of_step()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    objected_at = models.DateTimeField(null=True, help_text="at most once")
    objection_due = models.DateField(null=True, help_text="last day on which the sender may object")
    forwarded_to = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        constraints = [
            models.CheckConstraint(
                name="complaint_state",
                condition=Q(
                    state__in=[
                        "registered",
                        "assigned",
                        "in_progress",
                        "needs_info",
                        "answered",
                        "objected",
                        "forwarded",
                        "rejected",
                        "withdrawn",
                        "closed",
                    ]
                ),
            ),
            models.CheckConstraint(name="complaint_number", condition=Q(public_number__regex=r"^[0-9]{10}$")),
            models.CheckConstraint(
                name="complaint_answered",
                condition=~Q(state="answered")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
            ),
            # Four eyes: who wrote the answer does not send it.
            models.CheckConstraint(
                name="complaint_four_eyes",
                condition=Q(answered_by__isnull=True)
                | (Q(answer_written_by__isnull=False) & ~Q(answered_by=F("answer_written_by"))),
                violation_error_message="نویسندهٔ پاسخ و فرستندهٔ آن دو نفرند.",
            ),
            models.CheckConstraint(
                name="complaint_extended", condition=Q(extended_to__isnull=True) | ~Q(extension_reason="")
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "due_on"], name="complaint_queue")]

    def __str__(self) -> str:
        return self.subject

    @property
    def deadline(self) -> dt.date:
        return self.extended_to or self.due_on

    @property
    def may_object(self) -> bool:
        """An answer or a refusal may be objected to once; an anonymous report gets no personal answer."""
        return (
            self.state in {self.State.ANSWERED, self.State.REJECTED}
            and self.objected_at is None
            and self.kind != self.Kind.REPORT
        )


class ComplaintSender(models.Model):
    """Who sent a case; absent for anonymous ones. `sealed` is encrypted, each opening is logged with reason."""

    class Kind(models.TextChoices):
        PERSON = "person", "شخص حقیقی"
        COMPANY = "company", "شخص حقوقی"
        AGENCY = "agency", "دستگاه اجرایی"

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="sender")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sealed = models.BinaryField(
        help_text="Fernet over JSON: name, national_code or legal_id, representative, mobile"
    )
    mobile_hash = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="keyed hash for tracking"
    )

    objects = ComplaintPartQuerySet.as_manager()

    def __str__(self) -> str:
        return self.get_kind_display()


class ComplaintEvent(models.Model):
    """One line of the timeline; `internal` ones never reach the sender."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ComplaintPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.code} {self.at:%Y-%m-%d}"


class WrongTry(models.Model):
    """A failed attempt to open a case, or a filing: counted here so that the limit outlives the cache.

    `key` is a keyed hash of a number or of an address block; the clock removes old rows.
    """

    key = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="wrongtry_key")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%H:%M}"


class DraftAttachment(models.Model):
    """A file that somebody chose in the form and has not filed yet; removed by the clock after a day."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.OneToOneField("budget_portal.StoredFile", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file)


class ComplaintAttachment(models.Model):
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="attachments")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ComplaintPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file)
