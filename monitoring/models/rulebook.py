"""Rules as rows: what is judged, since which cut-off, by whose decision, and how it was tried before."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agreements.kinds import Kind
from monitoring.querysets import RuleTrialQuerySet, RuleVersionQuerySet


class RuleVersion(models.Model):
    """One version of one rule. Without an organization: as shipped with the portal. A national organization's
    version holds for its provinces, a province's own goes before both (decision 7).

    `check_name` names a tested function of the portal, whose thresholds `parameters` set; a rule of an
    organization's own says its `expression` instead. What went live never changes: the next version does.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "پیش‌نویس"
        TRIED = "tried", "آزموده"
        LIVE = "live", "جاری"
        RETIRED = "retired", "پایان‌یافته"

    class Severity(models.TextChoices):
        BLOCK = "block", "جلوی ارسال را می‌گیرد"
        WARN = "warn", "تنها با توضیح می‌گذرد"

    class Scope(models.TextChoices):
        FINANCE_LINE = "finance_line", "ردیف مالی"
        PROJECT = "project", "پروژه"
        PROGRAMME = "programme", "برنامهٔ هزینه‌ای"
        ACTIVITY = "activity", "فعالیت هزینه‌ای"
        PLACE = "place", "محل بازدید و عکس"

    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="rule_versions"
    )
    code = models.CharField(max_length=30)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    scope = models.CharField(max_length=14, choices=Scope.choices)
    kinds = ArrayField(models.CharField(max_length=8, choices=Kind.choices))
    law = models.CharField(max_length=300, blank=True)
    check_name = models.CharField(max_length=120, blank=True)
    expression = models.CharField(max_length=300, blank=True)
    cell = models.CharField(max_length=30, blank=True)
    messages = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict, blank=True)
    must_pass = models.JSONField(default=list)
    must_fail = models.JSONField(default=list)
    reason = models.TextField(blank=True, help_text="why this version was proposed")
    valid_from = models.ForeignKey(
        "agreements.ReportingPeriod", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ends_before = models.ForeignKey(
        "agreements.ReportingPeriod", null=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    drafted_at = models.DateTimeField(auto_now_add=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    tried_at = models.DateTimeField(null=True)
    tried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    live_at = models.DateTimeField(null=True)
    live_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    retire_reason = models.TextField(blank=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code", "number"], nulls_distinct=False, name="ruleversion_number"
            ),
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=Q(state__in=["draft", "tried"]),
                name="ruleversion_one_open",
                violation_error_message="از این قاعده نسخه‌ای در دست آزمایش است؛ نخست آن را به پایان برسانید.",
            ),
            models.CheckConstraint(
                name="ruleversion_state", condition=Q(state__in=["draft", "tried", "live", "retired"])
            ),
            models.CheckConstraint(name="ruleversion_severity", condition=Q(severity__in=["block", "warn"])),
            models.CheckConstraint(
                name="ruleversion_says_how",
                condition=Q(expression="") & ~Q(check_name="") | ~Q(expression="") & Q(check_name=""),
                violation_error_message="هر قاعده یا شرطی نوشته دارد یا آزمونی از سامانه.",
            ),
            *[
                models.CheckConstraint(
                    name=f"ruleversion_{step}",
                    condition=Q(**{f"{step}_at__isnull": True, f"{step}_by__isnull": True})
                    | Q(**{f"{step}_at__isnull": False, f"{step}_by__isnull": False}),
                )
                for step in ("tried", "live", "retired")
            ],
            models.CheckConstraint(
                name="ruleversion_tried_first",
                condition=Q(organization__isnull=True)
                | ~Q(state="live")
                | Q(tried_at__isnull=False, live_at__isnull=False, valid_from__isnull=False),
                violation_error_message="قاعده پیش از جاری‌شدن آزموده می‌شود و از مقطعی معین جاری است.",
            ),
            models.CheckConstraint(
                name="ruleversion_two_people",
                condition=(Q(live_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(live_by=F("drafted_by")))
                & (Q(live_by__isnull=True) | Q(tried_by__isnull=True) | ~Q(live_by=F("tried_by"))),
                violation_error_message="قاعده را یکی می‌نویسد و می‌آزماید و دیگری جاری می‌کند.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} r{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.TRIED}


class RuleTrial(models.Model):
    """What a version would have found at past cut-offs: counts, and each hit with its line. Never changes."""

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="trials")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content_digest = models.CharField(max_length=64, help_text="of the version as it was tried")
    periods = ArrayField(models.CharField(max_length=12))
    examples_pass = models.BooleanField()
    figures: Any = models.JSONField(help_text="submissions, rows, hits, new, gone")
    table: Any = models.JSONField(help_text="agency × cut-off: [code, name, period, hits, new, gone]")
    hits: Any = models.JSONField(help_text="the first of them, each with its line")

    objects = RuleTrialQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version} {self.made_at:%Y-%m-%d}"
