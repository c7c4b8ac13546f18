"""جانشین: one person stands in for another by letter, for a time (decisions 13, 14, 21; domain §8)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models.people import Membership, Role, User
from accounts.querysets import DelegationQuerySet

# Roles that take steps. Who only looks, and who manages people, is not stood in for.
DELEGABLE = (
    Role.AGENCY_USER,
    Role.AGENCY_HEAD,
    Role.TREASURER,
    Role.BUDGET_EXPERT,
    Role.CONSOLIDATION,
    Role.BUDGET_DEPUTY,
    Role.ORG_HEAD,
    Role.COMPLAINTS_OFFICER,
)


def letter_of_step() -> models.ForeignKey[Any, Any]:
    """By which letter a step was taken for somebody else; the trigger `portal_stand_ins` writes it."""
    return models.ForeignKey(
        "accounts.Delegation",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


class Delegation(models.Model):
    """A role of one person, held by another by letter. Registered by admin, confirmed by the deputy.

    Triggers refuse what separates powers (Public Accounts Act 53) and any change of what the letter says.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", "در انتظار تأیید معاون"
        CONFIRMED = "confirmed", "تأییدشده"
        REFUSED = "refused", "ردشده"
        ENDED = "ended", "پایان‌یافته"

    OPEN = (State.REGISTERED, State.CONFIRMED)

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="delegations")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="substitutions")
    letter_number = models.CharField(max_length=60)
    letter_date = models.DateField()
    document = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()
    outside_treasury = models.BooleanField(
        default=False, help_text="the letter says: no staff of a treasurer (asked of a head's substitute)"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.REGISTERED)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="why refused, or ended early")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_dates",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message="تاریخ پایان جانشینی پیش از آغاز آن است.",
            ),
            models.CheckConstraint(
                name="delegation_confirmed",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_has_confirmer",
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_two_people",
                condition=~Q(confirmed_by=F("registered_by")),
                violation_error_message="جانشینی را شخصی جز ثبت‌کننده تأیید می‌کند.",
            ),
            models.CheckConstraint(
                name="delegation_closed",
                condition=Q(
                    state__in=["registered", "confirmed"],
                    closed_by__isnull=True,
                    closed_at__isnull=True,
                    reason="",
                )
                | (
                    Q(state__in=["refused", "ended"], closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
            ExclusionConstraint(
                name="delegation_one_at_a_time",
                expressions=[
                    (F("membership"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=["registered", "confirmed"]),
                violation_error_message="برای این نقش در همین روزها جانشین دیگری ثبت شده است.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute}، {self.phrase}"

    @property
    def principal(self) -> User:
        """Who is stood in for."""
        return self.membership.user

    @property
    def phrase(self) -> str:
        """What stands beside the substitute's name wherever it is signed."""
        return f"به جانشینی از {self.principal}"
