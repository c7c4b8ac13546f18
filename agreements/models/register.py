"""What the register knows of a project over time: its statuses and its codes in other systems. No row is lost."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from agreements.models.projects import STATUSES
from agreements.querysets import IdentifierQuerySet, ProjectPartQuerySet
from budget_portal.text import fold

VALID_DAYS = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange")

# Why a project stands still or ends before its time; the words of the delay causes, where they fit.
CAUSES = {
    "credit-short": "کمبود اعتبار مصوب",
    "allocation": "کمبود یا تأخیر تخصیص",
    "late-payment": "تأخیر در پرداخت به پیمانکار",
    "land": "مشکل زمین و معارض",
    "design": "تغییر نقشه یا ضعف مطالعات",
    "contractor": "ضعف پیمانکار",
    "permits": "تأخیر در مجوزها",
    "legal": "دعوای حقوقی",
    "force-majeure": "حوادث قهری",
    "no-need": "رفع نیاز یا ادغام در پروژهٔ دیگر",
    "other": "سایر (با توضیح)",
}
HALTED = ("suspended", "idle", "contract_terminated", "cancelled")  # a status of these needs its cause


class ProjectStatusChange(models.Model):
    """One change of a project's status: from when, why. Append-only; the last one is the project's status."""

    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="status_changes")
    before = models.CharField(max_length=24, choices=list(STATUSES.items()))
    status = models.CharField(max_length=24, choices=list(STATUSES.items()))
    since = models.DateField()
    cause = models.CharField(max_length=20, choices=list(CAUSES.items()), blank=True)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="projectstatuschange_status",
                condition=Q(status__in=list(STATUSES)) & ~Q(status=F("before")),
            ),
            models.CheckConstraint(
                name="projectstatuschange_cause",
                condition=~Q(status__in=HALTED) | ~Q(cause=""),
                violation_error_message="برای این وضعیت علت لازم است.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


class ProjectIdentifier(models.Model):
    """The code of a project in another system. A changed code is ended, and the next stands beside it."""

    class System(models.TextChoices):
        NEZARAT4 = "nezarat4", "نظارت ۴"
        SABA = "saba", "سبا"
        CONTRACT = "contract", "شمارهٔ پیمان"
        OTHER = "other", "سامانهٔ دیگر"

    ONE_AT_A_TIME = ("nezarat4", "saba")

    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=10, choices=System.choices)
    code = models.CharField(max_length=60)
    code_folded = models.CharField(max_length=60, editable=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day; empty: holds")
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        ordering = ["system", "-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="projectidentifier_system",
                condition=Q(system__in=["nezarat4", "saba", "contract", "other"]) & ~Q(code=""),
            ),
            models.CheckConstraint(
                name="projectidentifier_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="پایان اعتبار شناسه پیش از آغاز آن است.",
            ),
            ExclusionConstraint(
                name="projectidentifier_one_at_a_time",
                expressions=[
                    (F("project"), RangeOperators.EQUAL),
                    (F("system"), RangeOperators.EQUAL),
                    (VALID_DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(system__in=["nezarat4", "saba"]),
                violation_error_message="در هر روز تنها یک شناسهٔ این سامانه معتبر است.",
            ),
        ]
        indexes = [models.Index(name="projectidentifier_code", fields=["code_folded"])]

    def __str__(self) -> str:
        return f"{self.get_system_display()}: {self.code}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.code_folded = fold(self.code)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
