from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step


class AgreementState(models.TextChoices):
    DRAFT = "draft", "پیش‌نویس"
    SUBMITTED = "submitted", "ارسال‌شده"
    EXPERT_APPROVED = "expert_approved", "تأیید کارشناس"
    EXCHANGED = "exchanged", "مبادله‌شده"
    SUPERSEDED = "superseded", "اصلاح‌شده"


HOLDS = Q(state__in=["exchanged", "superseded"])


def four_eyes(model: str) -> models.CheckConstraint:
    """Who signed for the agency, who reviewed and who exchanged are three people."""
    same = (
        Q(submitted_by=F("reviewed_by"))
        | Q(submitted_by=F("exchanged_by"))
        | Q(reviewed_by=F("exchanged_by"))
    )
    return models.CheckConstraint(
        name=f"{model}_four_eyes",
        condition=~same,
        violation_error_message="امضا، بررسی و مبادلهٔ یک نسخه کار سه نفر است.",
    )


def amendment_grounds(model: str) -> models.CheckConstraint:
    """A version that changes another says why and on the ground of which document before it holds.

    One that came in a table was signed elsewhere: its letter is named by number and date, the paper is not at hand.
    """
    imported = ~Q(imported_from="") & ~Q(number="") & Q(agreed_on__isnull=False)
    return models.CheckConstraint(
        name=f"{model}_amendment_grounds",
        condition=~HOLDS | Q(version=1) | (~Q(reason="") & (Q(document__isnull=False) | imported)),
        violation_error_message="اصلاحیه دلیل و سند می‌خواهد؛ نسخه‌ای که از پرونده وارد شود، شماره و تاریخ نامه.",
    )


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class AgreementVersion(models.Model):
    """What both kinds of agreement share: a version, when it holds, when we learned it (decision 10).

    The version in force on a day, as known at a moment: exchanged or superseded, `valid_from` <= day,
    `recorded_at` <= moment, the greatest (valid_from, version).
    """

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.ForeignKey("agreements.FiscalYear", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    amends = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    state = models.CharField(max_length=16, choices=AgreementState.choices, default=AgreementState.DRAFT)
    number = models.CharField(max_length=60, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="why the version before was amended")
    external_system = models.CharField(max_length=30, blank=True, help_text="nezarat4 or saba")
    external_number = models.CharField(max_length=60, blank=True)
    document = models.ForeignKey(
        "budget_portal.StoredFile",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the letter or minutes on whose ground the version before was amended",
    )
    imported_from = models.CharField(
        max_length=300, blank=True, help_text="file and digest of a version that came in a table"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day on which it held; empty: holds")
    recorded_at = models.DateTimeField()
    draft = models.JSONField(
        default=dict,
        blank=True,
        help_text="as typed: form -> project code or '' -> row or '' -> cell -> text",
    )
    ready = models.BooleanField(
        default=False, help_text="a draft that nothing kept from being signed when it was last written"
    )
    created_by = _person()
    submitted_by = _person()
    submitted_for = letter_of_step()
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = _person()
    reviewed_for = letter_of_step()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    exchanged_by = _person()
    exchanged_for = letter_of_step()
    return_reason = models.TextField(blank=True, help_text="why it is a draft again")

    class Meta:
        abstract = True
