"""Where: provinces and counties; who is watched: organizations, sector groups, agencies (decision 7)."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.querysets import AgencyQuerySet, OrganizationQuerySet, SectorGroupQuerySet
from budget_portal.text import SORT_FROM, SORT_TO, fold


class Province(models.Model):
    """One of the 31 provinces; `code` is the two-digit number of ISO 3166-2:IR."""

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    seat_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class County(models.Model):
    """شهرستان, list of 1402 (482); counties are created every year, hence `valid_from`."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="counties")
    code = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    seat_name = models.CharField(max_length=60)
    seat_lat = models.DecimalField(max_digits=8, decimal_places=5)
    seat_lon = models.DecimalField(max_digits=8, decimal_places=5)
    valid_from = models.DateField(null=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """A Management and Planning Organization (provincial) or its national parent."""

    class Level(models.TextChoices):
        NATIONAL = "national", "ملی"
        PROVINCIAL = "provincial", "استانی"

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=150)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    province = models.ForeignKey(Province, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="organization_level",
                condition=Q(level="national", parent__isnull=True, province__isnull=True)
                | Q(level="provincial", parent__isnull=False, province__isnull=False),
                violation_error_message="سازمان استانی، سازمان ملی و استان می‌خواهد؛ سازمان ملی هیچ‌یک را ندارد.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def national_id(self) -> int:
        """Id of the organization that owns years, classification and funding sources used here."""
        return self.parent_id or self.pk


class SectorGroup(models.Model):
    """گروه تخصصی (social, infrastructure, production): owns a set of agencies."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="sector_groups")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=80)

    objects = SectorGroupQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "code"]
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="sectorgroup_code")]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """دستگاه اجرایی: holds credit and spends it. A trigger demands a county under a provincial organization."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="agencies")
    sector_group = models.ForeignKey(SectorGroup, on_delete=models.PROTECT, related_name="agencies")
    code = models.CharField(max_length=20)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    # Order of the Persian alphabet without a database collation (پ چ ژ گ in place).
    name_sort = models.GeneratedField(
        expression=Func(F("name_folded"), Value(SORT_FROM), Value(SORT_TO), function="translate"),
        output_field=models.CharField(max_length=200, db_collation="C"),
        db_persist=True,
    )
    legal_id = models.CharField(max_length=11, blank=True)
    county = models.ForeignKey(
        County, null=True, blank=True, on_delete=models.PROTECT, related_name="agencies"
    )
    is_active = models.BooleanField(default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name_sort"]
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="agency_code")]
        indexes = [GinIndex(name="agency_name_trgm", fields=["name_folded"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
