"""Clocks of submissions as rows (domain guide §16), and the terms of an organization by which they run."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from budget_portal.clocks.counting import Pause
from budget_portal.models.calendar import Known, withdrawn_once
from monitoring.querysets import ClockPartQuerySet, ClockQuerySet, TermsQuerySet


class Sort(models.TextChoices):
    """The whole service from the treasurer's confirmation on, and each step with a clock of its own."""

    SERVICE = "service", "خدمت (ده روز کاری)"
    ENTRY = "entry", "ورود دستگاه"
    CORRECTION = "correction", "اصلاح ردیف‌های برگشتی"
    TREASURER = "treasurer", "تأیید ذیحساب"
    EXPERT = "expert", "بازدید و بررسی کارشناس"
    CONSOLIDATION = "consolidation", "تأیید نهایی"


class Basis(models.TextChoices):
    """What a step's due date is reckoned from."""

    DAYS = "days", "روز کاری از رسیدن پرونده"
    WINDOW = "window", "تاریخ تقویم مقطع"
    LATER = "later", "دیرتر از این دو"


class SubmissionClock(models.Model):
    """One running of one clock. The derivation's result is stored with the version of the calendar it was made by;
    once stopped it stays as it was (sql/clocks.sql), whatever holidays are learned of later."""

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="clocks"
    )
    sort = models.CharField(max_length=14, choices=Sort.choices)
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    started_on = models.DateField(help_text="day 0: after office hours the next working day")
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.DAYS)
    limit_days = models.PositiveSmallIntegerField(default=0, help_text="working days of the terms")
    minimum_days = models.PositiveSmallIntegerField(default=0, help_text="left at least after a resuming")
    fixed_on = models.DateField(null=True, help_text="date of the window, the extension or the return mark")
    on_time_until = models.DateField(null=True, help_text="entry: until when figures are in time")
    late_reason = models.TextField(
        blank=True, help_text="entry: the reason of the extension that was granted"
    )
    allowed_days = models.PositiveSmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    calendar_at = models.DateTimeField(null=True, help_text="version of the calendar of the derivation")
    stopped_at = models.DateTimeField(null=True)
    stopped_on = models.DateField(null=True)
    used_days = models.PositiveSmallIntegerField(null=True)
    late_days = models.PositiveSmallIntegerField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "sort", "round"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "sort", "round"], name="submissionclock_round"),
            models.UniqueConstraint(
                fields=["submission", "sort"],
                condition=Q(stopped_at__isnull=True),
                name="submissionclock_one_open",
            ),
            models.CheckConstraint(
                name="submissionclock_stopped",
                condition=Q(
                    stopped_at__isnull=True,
                    stopped_on__isnull=True,
                    used_days__isnull=True,
                    late_days__isnull=True,
                )
                | Q(
                    stopped_at__isnull=False,
                    stopped_on__isnull=False,
                    stopped_on__gte=F("started_on"),
                    used_days__isnull=False,
                    late_days__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="submissionclock_basis", condition=Q(basis="days") | Q(fixed_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(stopped_at__isnull=True), name="submissionclock_open")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.sort} {self.round}"

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None


class ClockPause(models.Model):
    """Why and how long a clock stood still; at most `limit_days` working days, then it runs on by itself."""

    clock = models.ForeignKey(SubmissionClock, on_delete=models.PROTECT, related_name="pauses")
    code = models.SlugField(max_length=30)
    title = models.CharField(max_length=100)
    limit_days = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    began_at = models.DateTimeField()
    begins_on = models.DateField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClockPartQuerySet.as_manager()

    class Meta:
        ordering = ["began_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ended_at__isnull=True), name="clockpause_one_open"
            ),
            models.CheckConstraint(
                name="clockpause_ended",
                condition=Q(ended_at__isnull=True, ends_on__isnull=True)
                | Q(ended_at__isnull=False, ends_on__isnull=False, ends_on__gte=F("begins_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.code}"

    @property
    def span(self) -> Pause:
        return Pause(self.begins_on, self.ends_on, self.title, self.limit_days)


class ClockNotice(models.Model):
    """An escalation that went out: once for each clock, role and distance from the due date."""

    clock = models.ForeignKey(SubmissionClock, on_delete=models.PROTECT, related_name="notices")
    role = models.CharField(max_length=30)
    days = models.SmallIntegerField(help_text="working days: before the due date below 0, after it above")
    due_on = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = ClockPartQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "role", "days"], name="clocknotice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.role} {self.days}"


class Terms(Known):
    """Something an organization lays down for its clocks, with its history."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")

    objects = TermsQuerySet.as_manager()

    class Meta:
        abstract = True


class StepTerms(Terms):
    """How long a step may take, from what its due date is reckoned, and what is left at least after a pause."""

    sort = models.CharField(max_length=14, choices=Sort.choices)
    days = models.PositiveSmallIntegerField()
    minimum_days = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.DAYS)

    class Meta:
        ordering = ["organization", "sort", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sort"], condition=Q(withdrawn_at__isnull=True), name="stepterms_one"
            ),
            models.CheckConstraint(
                name="stepterms_days",
                condition=Q(days__range=(1, 250), minimum_days__lte=F("days")),
                violation_error_message="مدت گام ۱ تا ۲۵۰ روز کاری است و کمینهٔ پس از توقف از آن بیشتر نیست.",
            ),
            withdrawn_once("stepterms"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.days}"


class PauseReason(Terms):
    """Why a clock may stand still. Only the return to the agency, which ends with its sending, may have no limit."""

    RETURNED = "returned"

    code = models.SlugField(max_length=30)
    title = models.CharField(max_length=100)
    limit_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["organization", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="pausereason_one",
            ),
            models.CheckConstraint(
                name="pausereason_limit",
                condition=Q(code="returned", limit_days__isnull=True)
                | Q(limit_days__isnull=False, limit_days__range=(1, 250)),
                violation_error_message="جز برگشت به دستگاه، هر توقف سقفی ۱ تا ۲۵۰ روزه دارد.",
            ),
            withdrawn_once("pausereason"),
        ]

    def __str__(self) -> str:
        return self.title


class EscalationTerms(Terms):
    """Who is told how many working days before (below 0) or after (above 0) the due date of a clock."""

    sort = models.CharField(max_length=14, choices=Sort.choices)
    days = models.SmallIntegerField()
    role = models.CharField(max_length=30)

    class Meta:
        ordering = ["organization", "sort", "days", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sort", "days", "role"],
                condition=Q(withdrawn_at__isnull=True),
                name="escalationterms_one",
                violation_error_message="این آگاهی پیش‌تر ثبت شده است.",
            ),
            models.CheckConstraint(
                name="escalationterms_days",
                condition=Q(days__range=(-60, 60)),
                violation_error_message="فاصله تا ۶۰ روز کاری پیش یا پس از مهلت است.",
            ),
            withdrawn_once("escalationterms"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.days} {self.role}"
