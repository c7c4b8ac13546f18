"""Classification of credit: loaded as data, never hard-coded (domain §4). Codes are unique per organization."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from agreements.querysets import ClassificationQuerySet, PlanQuerySet
from budget_portal.text import fold


class _Classification(models.Model):
    """A coded title of a national organization, valid for a time."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=400)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="%(class)s_code",
                violation_error_message="این کد پیش‌تر تعریف شده است.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Affair(_Classification):
    """امور"""


class Chapter(_Classification):
    """فصل (functional)"""

    affair = models.ForeignKey(Affair, on_delete=models.PROTECT, related_name="chapters")


class Programme(_Classification):
    """برنامه"""

    chapter = models.ForeignKey(
        Chapter, null=True, blank=True, on_delete=models.PROTECT, related_name="programmes"
    )


class ExpenseChapter(_Classification):
    """فصل هزینه 1–7"""


class CapitalChapter(_Classification):
    """فصل سرمایه‌گذاری 1–7"""


class CapitalSubChapter(_Classification):
    """ریزفصل"""

    chapter = models.ForeignKey(CapitalChapter, on_delete=models.PROTECT, related_name="sub_chapters")


class FundingSource(_Classification):
    """منبع اعتبار. Own revenue may be used only up to what was collected (PAA 64)."""

    class SourceKind(models.TextChoices):
        GENERAL = "general", "منابع عمومی"
        OWN_REVENUE = "own_revenue", "درآمد اختصاصی"
        MISC = "misc", "متفرقه"

    kind = models.CharField(max_length=12, choices=SourceKind.choices)


class Plan(models.Model):
    """طرح: a group of projects of one agency with one capital agreement a year."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="plans")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="plans")
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=300)
    title_folded = models.CharField(max_length=300, editable=False)
    county = models.ForeignKey(
        "accounts.County", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="plan_code")]
        indexes = [GinIndex(name="plan_title_trgm", fields=["title_folded"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.title_folded = fold(self.title)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
