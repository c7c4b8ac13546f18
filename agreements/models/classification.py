"""Classification of credit: loaded as data, never hard-coded (domain §4).

A row holds from a day to a day; on any day a code means one row. A new name is a new row that `renames` the old one, so
what was promised under the old name keeps it. From year to year rows go on, or `ClassificationMapping` says into what.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from agreements.querysets import ClassificationQuerySet, MappingQuerySet, PlanQuerySet
from budget_portal.text import fold

VALID_DAYS = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange")


class _Classification(models.Model):
    """A coded title of a national organization, valid for a time."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=400)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="last day; empty: holds")
    renames = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renamed_as"
    )

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]
        constraints = [
            ExclusionConstraint(
                name="%(class)s_code_once",
                expressions=[
                    (F("organization"), RangeOperators.EQUAL),
                    (F("code"), RangeOperators.EQUAL),
                    (VALID_DAYS, RangeOperators.OVERLAPS),
                ],
                violation_error_message="این کد در این روزها معتبر است و دوباره تعریف نمی‌شود.",
            ),
            models.CheckConstraint(
                name="%(class)s_days",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                violation_error_message="پایان اعتبار پیش از آغاز آن است.",
            ),
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


class ClassificationMapping(models.Model):
    """Into which rows of a year a row of the year before goes, and with what share; the shares make 1."""

    class Tree(models.TextChoices):
        AFFAIR = "affair", "امور"
        CHAPTER = "chapter", "فصل‌ها"
        PROGRAMME = "programme", "برنامه‌ها"
        EXPENSE_CHAPTER = "expense-chapter", "فصل‌های هزینه"
        CAPITAL_CHAPTER = "capital-chapter", "فصل‌های سرمایه‌ای"
        CAPITAL_SUB_CHAPTER = "capital-sub-chapter", "ریزفصل‌های سرمایه‌ای"
        FUNDING_SOURCE = "funding-source", "منابع اعتبار"

    fiscal_year = models.ForeignKey(
        "agreements.FiscalYear", on_delete=models.PROTECT, related_name="mappings", help_text="the later year"
    )
    tree = models.CharField(max_length=20, choices=Tree.choices)
    from_code = models.CharField(max_length=30, help_text="code in the year before")
    to_code = models.CharField(max_length=30)
    share = models.DecimalField(max_digits=7, decimal_places=6)

    objects = MappingQuerySet.as_manager()

    class Meta:
        ordering = ["tree", "from_code", "to_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "tree", "from_code", "to_code"], name="classificationmapping_once"
            ),
            models.CheckConstraint(
                name="classificationmapping_share",
                condition=Q(share__gt=0, share__lte=1),
                violation_error_message="سهم، بیش از صفر و تا یک است.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_code} ← {self.to_code}"


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
