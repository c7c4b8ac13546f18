"""Who: people, the roles they hold for a time, API keys (decisions 13, 14, 24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.functional import cached_property

from accounts.models.organizations import Agency, County, Organization, SectorGroup
from accounts.querysets import MembershipQuerySet

if TYPE_CHECKING:
    from accounts.models.delegations import Delegation


class Role(models.TextChoices):
    AGENCY_USER = "agency_user", "کارشناس دستگاه"
    AGENCY_HEAD = "agency_head", "رئیس دستگاه"
    TREASURER = "treasurer", "ذیحساب"
    BUDGET_EXPERT = "budget_expert", "کارشناس بودجه"
    CONSOLIDATION = "consolidation", "گروه تلفیق بودجه"
    BUDGET_DEPUTY = "budget_deputy", "معاون بودجه"
    ORG_HEAD = "org_head", "رئیس سازمان"
    COMPLAINTS_OFFICER = "complaints_officer", "مسئول رسیدگی به شکایات"
    COUNTY_VIEWER = "county_viewer", "فرمانداری شهرستان"
    NATIONAL_VIEWER = "national_viewer", "ناظر ملی"
    AUDITOR = "auditor", "حسابرس سامانه"
    ADMIN = "admin", "مدیر سامانه"


AGENCY_ROLES = (Role.AGENCY_USER, Role.AGENCY_HEAD, Role.TREASURER)


class User(AbstractUser):
    """A person. Has no role of its own: roles are memberships. Deactivated, never deleted."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(max_length=120)
    mobile = models.CharField(max_length=11, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    # Set by the middleware (or a job) from the session: through which membership the person acts now.
    _acting: Membership | None = None

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def acting(self) -> Membership | None:
        """The one membership through which the person acts; the first valid one when nothing was chosen."""
        if self._acting is None:
            self._acting = self.memberships.valid().select_related("organization", "agency").first()
        return self._acting

    def act_through(self, membership: Membership | None) -> User:
        self._acting = membership
        return self

    def roles_today(self) -> MembershipQuerySet:
        """Through what the person may act today, as a substitute too; the own come first."""
        return Membership.objects.held_by(self)

    @property
    def role(self) -> str:
        return self.acting.role if self.acting else ""

    @property
    def on_behalf_of(self) -> Delegation | None:
        """The letter by which the person acts now «به جانشینی از» another; None in a role of their own."""
        return self.acting.stands_in if self.acting else None

    @property
    def persons(self) -> frozenset[int]:
        """Whose steps a step of this person counts as: the own, and those of whom they stand in for."""
        own = {self.pk}
        return frozenset(own | {self.acting.user_id} if self.acting else own)


class Membership(models.Model):
    """A role of one person in one organization (agency, sector group or county), for a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    sector_group = models.ForeignKey(
        SectorGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    county = models.ForeignKey(County, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    # Set by `held_by` on a role that the person holds for somebody else.
    delegation_id: int | None = None

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="membership_scope",
                condition=(
                    Q(
                        role__in=AGENCY_ROLES,
                        agency__isnull=False,
                        sector_group__isnull=True,
                        county__isnull=True,
                    )
                    | Q(
                        role="budget_expert",
                        agency__isnull=True,
                        sector_group__isnull=False,
                        county__isnull=True,
                    )
                    | Q(
                        role="county_viewer",
                        agency__isnull=True,
                        sector_group__isnull=True,
                        county__isnull=False,
                    )
                    | Q(
                        role__in=[
                            "consolidation",
                            "budget_deputy",
                            "org_head",
                            "complaints_officer",
                            "national_viewer",
                            "auditor",
                            "admin",
                        ],
                        agency__isnull=True,
                        sector_group__isnull=True,
                        county__isnull=True,
                    )
                ),
                violation_error_message="دامنهٔ این نقش کامل نیست: دستگاه، گروه یا شهرستان آن را برگزینید.",
            ),
            models.CheckConstraint(
                name="membership_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="تاریخ پایان نقش پیش از آغاز آن است.",
            ),
            # Public Accounts Act 53: who spends never guards the spending of the same agency.
            ExclusionConstraint(
                name="membership_powers_apart",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (F("agency"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Case(
                            When(role="treasurer", then=Value(1)),
                            default=Value(0),
                            output_field=models.IntegerField(),
                        ),
                        RangeOperators.NOT_EQUAL,
                    ),
                ],
                condition=Q(role__in=AGENCY_ROLES),
                violation_error_message="ذیحساب یک دستگاه نمی‌تواند کارشناس یا رئیس همان دستگاه باشد (مادهٔ ۵۳ قانون محاسبات عمومی).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}، {self.place}"

    @cached_property
    def stands_in(self) -> Delegation | None:
        """The letter through which this role was reached, when it is somebody else's."""
        if self.delegation_id is None:
            return None
        return self.delegations.select_related("substitute", "membership__user").get(pk=self.delegation_id)

    @property
    def place(self) -> str:
        """Where the role is held, in words."""
        return str(self.agency or self.sector_group or self.county or self.organization)


class ApiKey(models.Model):
    """A key of one membership for the API; only its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    key_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
