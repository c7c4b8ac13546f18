"""Forms 2-b and 4 to 7 of an expense agreement (domain §7). Sums across forms are judged when it is submitted."""

from django.db import models
from django.db.models import Q

from agreements.querysets import ExpensePartQuerySet
from budget_portal.fields import MillionRialField, million_rial_check


class _Part(models.Model):
    """A row of one version of an expense agreement."""

    agreement = models.ForeignKey("agreements.ExpenseAgreement", on_delete=models.PROTECT, related_name="+")

    objects = ExpensePartQuerySet.as_manager()

    class Meta:
        abstract = True


class _KeyedPart(_Part):
    """`key` names the same row in every version of the year."""

    key = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["agreement", "key"], name="%(class)s_key")]


class ActivityCentre(_KeyedPart):
    """Form 2-b: what a main activity centre gets of a programme."""

    title = models.CharField(max_length=200)
    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField()

    class Meta(_KeyedPart.Meta):
        constraints = [
            *_KeyedPart.Meta.constraints,
            million_rial_check("amount", name="activitycentre_money"),
        ]

    def __str__(self) -> str:
        return self.title


class ChapterNarrative(_Part):
    """Form 4: what a chapter's credit is for, in words."""

    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()

    class Meta:
        ordering = ["expense_chapter"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "expense_chapter"], name="chapternarrative_once")
        ]

    def __str__(self) -> str:
        return str(self.expense_chapter)


class CostAttribution(_KeyedPart):
    """Forms 4-a and 4-b: cost of persons and other cost of a chapter; both together make the chapter."""

    class Sort(models.TextChoices):
        PERSONNEL = "personnel", "پرسنلی"
        NON_PERSONNEL = "non_personnel", "غیرپرسنلی"

    sort = models.CharField(max_length=13, choices=Sort.choices)
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=200)
    amount = MillionRialField()

    class Meta:
        ordering = ["sort", "key"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "sort", "key"], name="costattribution_key"),
            million_rial_check("amount", name="costattribution_money"),
        ]

    def __str__(self) -> str:
        return self.title


class RevenueForecast(_KeyedPart):
    """Form 5: revenue and disposals that the agency must collect."""

    class Sort(models.TextChoices):
        GENERAL = "general", "درآمد عمومی"
        OWN_REVENUE = "own_revenue", "درآمد اختصاصی"
        DISPOSAL = "disposal", "واگذاری دارایی"

    title = models.CharField(max_length=200)
    sort = models.CharField(max_length=11, choices=Sort.choices)
    amount = MillionRialField()

    class Meta(_KeyedPart.Meta):
        constraints = [
            *_KeyedPart.Meta.constraints,
            million_rial_check("amount", name="revenueforecast_money"),
        ]

    def __str__(self) -> str:
        return self.title


MOST_PEOPLE = 999_999


class Manpower(_KeyedPart):
    """Form 6: persons by centre."""

    centre = models.CharField(max_length=200)
    permanent = models.IntegerField()
    contract = models.IntegerField()
    other = models.IntegerField()

    class Meta(_KeyedPart.Meta):
        constraints = [
            *_KeyedPart.Meta.constraints,
            models.CheckConstraint(
                name="manpower_persons",
                condition=Q(
                    permanent__range=(0, MOST_PEOPLE),
                    contract__range=(0, MOST_PEOPLE),
                    other__range=(0, MOST_PEOPLE),
                ),
                violation_error_message="شمار نفرات عدد صحیح نامنفی است.",
            ),
        ]

    def __str__(self) -> str:
        return self.centre


class CountyShare(_Part):
    """Form 7: what a county gets; the county of expense credit (decision 7)."""

    county = models.ForeignKey("accounts.County", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField()

    class Meta:
        ordering = ["county"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "county"], name="countyshare_once"),
            million_rial_check("amount", name="countyshare_money"),
        ]

    def __str__(self) -> str:
        return f"{self.county}: {self.amount}"
