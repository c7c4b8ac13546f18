"""When offices work: days off and the working week, each row with when it holds and when we learned it (decision 10).

A row never changes. A correction withdraws it and writes another that names it; so every date that was ever
reckoned can be reckoned again as it was known then. Code reads them through `budget_portal.office`.
"""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class KnownQuerySet(models.QuerySet[Any]):
    """Rows that were true of what we knew at a moment."""

    def current(self) -> Any:
        return self.filter(withdrawn_at__isnull=True)

    def known_at(self, moment: dt.datetime | None) -> Any:
        if moment is None:
            return self.current()
        standing = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment)
        return self.filter(standing, recorded_at__lte=moment)


class Known(models.Model):
    """A fact with its history: who wrote it down when and why, and when it was found to be otherwise."""

    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        abstract = True


def withdrawn_once(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_withdrawn",
        condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
        | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawn_at__gte=F("recorded_at")),
    )


class Holiday(Known):
    """An official day off. Lunar dates shift, so a day may be corrected."""

    day = models.DateField()
    title = models.CharField(max_length=200)
    is_estimate = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    objects = KnownQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(withdrawn_at__isnull=True),
                name="holiday_day",
                violation_error_message="این روز پیش‌تر تعطیل ثبت شده است.",
            ),
            withdrawn_once("holiday"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.title}"


class WorkingWeek(Known):
    """The days off of the week and the office hours as they hold from a date on; a law may change them."""

    valid_from = models.DateField()
    days_off = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]),
        help_text="date.weekday(): Monday is 0, Thursday 3, Friday 4",
        blank=True,
        default=list,
    )
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    objects = KnownQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="workingweek_from",
                violation_error_message="از این تاریخ هفتهٔ کاری دیگری ثبت شده است.",
            ),
            models.CheckConstraint(
                name="workingweek_hours",
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=F("opens_at")),
                violation_error_message="پایان ساعت اداری باید پس از آغاز آن باشد.",
            ),
            models.CheckConstraint(
                name="workingweek_works",
                condition=~Q(days_off__contains=[0, 1, 2, 3, 4, 5, 6]),
                violation_error_message="دست‌کم یک روز هفته باید کاری باشد.",
            ),
            withdrawn_once("workingweek"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} {self.days_off}"
