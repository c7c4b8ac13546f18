"""Expense agreement (forms 2 and 3 of domain §7); forms 4–7 come with the register."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from agreements.models.capital import HELD_DAYS
from agreements.models.versions import HOLDS, AgreementVersion, amendment_grounds, four_eyes
from agreements.querysets import ExpenseAgreementQuerySet, ExpensePartQuerySet
from budget_portal.fields import MillionRialField, QuantityField, UnitCostField, million_rial_check


class ExpenseAgreement(AgreementVersion):
    """موافقتنامهٔ هزینه‌ای of one agency and year."""

    objects = ExpenseAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agency", "fiscal_year", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "fiscal_year", "version"], name="expenseagreement_version"
            ),
            ExclusionConstraint(
                name="expenseagreement_one_in_force",
                expressions=[
                    (F("agency"), RangeOperators.EQUAL),
                    (F("fiscal_year"), RangeOperators.EQUAL),
                    (HELD_DAYS, RangeOperators.OVERLAPS),
                ],
                condition=HOLDS,
                violation_error_message="در هر روز تنها یک نسخهٔ موافقتنامه معتبر است.",
            ),
            four_eyes("expenseagreement"),
            amendment_grounds("expenseagreement"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} – نسخهٔ {self.version}"


class ProgrammeCredit(models.Model):
    """Form 2-a: credit of a programme × chapter × source."""

    agreement = models.ForeignKey(ExpenseAgreement, on_delete=models.PROTECT, related_name="credits")
    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", on_delete=models.PROTECT, related_name="+"
    )
    funding_source = models.ForeignKey("agreements.FundingSource", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField()

    objects = ExpensePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "programme", "expense_chapter", "funding_source"],
                name="programmecredit_once",
            ),
            million_rial_check("amount", name="programmecredit_money"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.amount}"


class Activity(models.Model):
    """Form 3: a costed service. `key` names the same activity in every version and year of the agency."""

    agreement = models.ForeignKey(ExpenseAgreement, on_delete=models.PROTECT, related_name="activities")
    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    key = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    target_volume = QuantityField()
    unit_cost = UnitCostField(help_text="million rials per unit")
    credit = MillionRialField()
    position = models.PositiveSmallIntegerField(default=0, help_text="place in the form; 0: in order of keys")

    objects = ExpensePartQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "key"], name="activity_key"),
            models.CheckConstraint(
                name="activity_volume", condition=Q(target_volume__gte=0, unit_cost__gte=0)
            ),
            models.CheckConstraint(
                name="activity_credit",
                condition=Q(credit__gte=F("target_volume") * F("unit_cost") - 1)
                & Q(credit__lte=F("target_volume") * F("unit_cost") + 1),
                violation_error_message="اعتبار فعالیت باید برابر حجم × بهای واحد باشد (تا ۱ میلیون ریال اختلاف).",
            ),
            million_rial_check("credit", name="activity_money"),
        ]

    def __str__(self) -> str:
        return self.title
