"""The performance of one agency at one cut-off and of one kind: its state and what belongs to the whole."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step
from agreements.kinds import Kind
from budget_portal.jalali import cutoff_name
from monitoring.querysets import SubmissionPartQuerySet, SubmissionQuerySet


class PerformanceSubmission(models.Model):
    """One row per (agency, period, kind). `revision` counts what was sent; every sent one is a snapshot.

    Four different people enter, confirm, review and approve (decision 14): pairwise by constraint,
    against everybody who wrote a figure by trigger.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "پیش‌نویس"
        SUBMITTED = "submitted", "در انتظار ذیحساب"
        TREASURER_CONFIRMED = "treasurer_confirmed", "تأیید ذیحساب"
        UNDER_REVIEW = "under_review", "در دست بررسی کارشناس"
        EXPERT_REVIEWED = "expert_reviewed", "بررسی‌شده"
        APPROVED = "approved", "تأیید نهایی"
        RETURNED = "returned", "برگشت به دستگاه"
        REOPENED = "reopened", "بازگشایی‌شده"

    EDITABLE = frozenset({State.DRAFT, State.RETURNED, State.REOPENED})

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="submissions")
    period = models.ForeignKey(
        "agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="submissions"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0, help_text="how often it was sent")
    receipt = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule_set = models.CharField(max_length=20, blank=True, help_text="version of the rules of the last check")
    created_at = models.DateTimeField(auto_now_add=True)
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
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_for = letter_of_step()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_for = letter_of_step()
    reopen_asked_at = models.DateTimeField(null=True)
    reopen_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_asked_for = letter_of_step()
    reopen_reason = models.TextField(blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-period__cutoff_date", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "period", "kind"],
                name="submission_once",
                violation_error_message="برای این دستگاه و مقطع پرونده‌ای هست.",
            ),
            models.CheckConstraint(
                name="submission_state",
                condition=Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "treasurer_confirmed",
                        "under_review",
                        "expert_reviewed",
                        "approved",
                        "returned",
                        "reopened",
                    ]
                ),
            ),
            *[
                models.CheckConstraint(
                    name=f"submission_{step}",
                    condition=Q(**{f"{step}_at__isnull": True, f"{step}_by__isnull": True})
                    | Q(**{f"{step}_at__isnull": False, f"{step}_by__isnull": False}),
                )
                for step in ("submitted", "confirmed", "reviewed", "approved", "reopen_asked")
            ],
            models.CheckConstraint(
                name="submission_has_confirmer",
                condition=~Q(state__in=["treasurer_confirmed", "under_review", "expert_reviewed", "approved"])
                | Q(confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_has_reviewer",
                condition=~Q(state__in=["expert_reviewed", "approved"]) | Q(reviewed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_has_approver", condition=~Q(state="approved") | Q(approved_by__isnull=False)
            ),
            models.CheckConstraint(
                name="submission_four_people",
                condition=(
                    (
                        Q(confirmed_by__isnull=True)
                        | Q(submitted_by__isnull=True)
                        | ~Q(confirmed_by=F("submitted_by"))
                    )
                    & (
                        Q(reviewed_by__isnull=True)
                        | Q(submitted_by__isnull=True)
                        | ~Q(reviewed_by=F("submitted_by"))
                    )
                    & (
                        Q(reviewed_by__isnull=True)
                        | Q(confirmed_by__isnull=True)
                        | ~Q(reviewed_by=F("confirmed_by"))
                    )
                    & (
                        Q(approved_by__isnull=True)
                        | Q(submitted_by__isnull=True)
                        | ~Q(approved_by=F("submitted_by"))
                    )
                    & (
                        Q(approved_by__isnull=True)
                        | Q(confirmed_by__isnull=True)
                        | ~Q(approved_by=F("confirmed_by"))
                    )
                    & (
                        Q(approved_by__isnull=True)
                        | Q(reviewed_by__isnull=True)
                        | ~Q(approved_by=F("reviewed_by"))
                    )
                ),
                violation_error_message="ثبت، تأیید، بررسی و تأیید نهایی را چهار نفر جداگانه انجام می‌دهند.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} – {cutoff_name(self.period.code)} – {self.get_kind_display()}"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE


class SubmissionAuthor(models.Model):
    """Somebody who wrote a figure of a revision: may not confirm, review or approve it."""

    submission = models.ForeignKey(PerformanceSubmission, on_delete=models.PROTECT, related_name="authors")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = letter_of_step()
    first_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "revision", "person", "on_behalf_of"],
                nulls_distinct=False,
                name="submissionauthor_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} r{self.revision}"


class SubmissionSnapshot(models.Model):
    """What was sent, confirmed or approved, word for word (canonical JSON) with its digest. Never changes."""

    submission = models.ForeignKey(PerformanceSubmission, on_delete=models.PROTECT, related_name="snapshots")
    revision = models.PositiveIntegerField()
    event = models.CharField(max_length=30)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.submission_id} r{self.revision} {self.event}"


class ReturnMark(models.Model):
    """A line sent back with its reason; while open, only such lines may be edited (decision 15).

    Names a project, or an expense line (programme and, when narrower, chapter), or the activities of a
    programme; with none of them the whole submission is open.
    """

    class Stage(models.TextChoices):
        TREASURER = "treasurer", "ذیحساب"
        EXPERT = "expert", "کارشناس بودجه"
        CONSOLIDATION = "consolidation", "گروه تلفیق"
        REOPENING = "reopening", "بازگشایی"

    submission = models.ForeignKey(
        PerformanceSubmission, on_delete=models.PROTECT, related_name="return_marks"
    )
    revision = models.PositiveIntegerField()
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        "agreements.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stage = models.CharField(max_length=14, choices=Stage.choices)
    reason_code = models.ForeignKey(
        "monitoring.ReturnReason", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_for = letter_of_step()
    closed_at = models.DateTimeField(null=True)

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="returnmark_reason",
                condition=Q(reason__regex=r"^.{20,}"),
                violation_error_message="دلیل برگشت را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
            models.CheckConstraint(
                name="returnmark_line",
                condition=Q(project__isnull=True) | Q(programme__isnull=True, expense_chapter__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]


class SubmissionDocument(models.Model):
    """Evidence of a line (statement, invoice, minutes) or of the whole submission."""

    submission = models.ForeignKey(PerformanceSubmission, on_delete=models.PROTECT, related_name="documents")
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        "agreements.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class NoVisitReason(models.Model):
    """Why a project (or, for expense, the agency) was not visited at this cut-off; written by the expert."""

    submission = models.ForeignKey(
        PerformanceSubmission, on_delete=models.PROTECT, related_name="no_visit_reasons"
    )
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "project"], nulls_distinct=False, name="novisitreason_once"
            ),
            models.CheckConstraint(
                name="novisitreason_text",
                condition=Q(reason__regex=r"^.{20,}"),
                violation_error_message="دلیل نرفتن به بازدید را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]
