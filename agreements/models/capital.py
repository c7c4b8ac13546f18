"""Capital agreement (forms CA-1 … CA-6 of domain §6) as a chain of versions."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from agreements.models.versions import HOLDS, AgreementVersion, amendment_grounds, four_eyes
from agreements.querysets import AgreementPartQuerySet, AgreementProjectQuerySet, CapitalAgreementQuerySet
from budget_portal.fields import MillionRialField, PercentField, QuantityField, million_rial_check

HELD_DAYS = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange")


class CapitalAgreement(AgreementVersion):
    """موافقتنامهٔ تملک دارایی‌های سرمایه‌ای of one plan, agency and year; version > 1 is an اصلاحیه."""

    plan = models.ForeignKey("agreements.Plan", on_delete=models.PROTECT, related_name="agreements")
    plan_type = models.CharField(
        max_length=10, blank=True, choices=[("profit", "انتفاعی"), ("non_profit", "غیرانتفاعی")]
    )
    goal = models.TextField(blank=True)
    scope = models.CharField(max_length=20, blank=True)
    place_type = models.CharField(max_length=10, blank=True)
    beneficiary_agency = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CapitalAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "fiscal_year", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "agency", "fiscal_year", "version"], name="capitalagreement_version"
            ),
            ExclusionConstraint(
                name="capitalagreement_one_in_force",
                expressions=[
                    (F("plan"), RangeOperators.EQUAL),
                    (F("agency"), RangeOperators.EQUAL),
                    (F("fiscal_year"), RangeOperators.EQUAL),
                    (HELD_DAYS, RangeOperators.OVERLAPS),
                ],
                condition=HOLDS,
                violation_error_message="در هر روز تنها یک نسخهٔ موافقتنامه معتبر است.",
            ),
            four_eyes("capitalagreement"),
            amendment_grounds("capitalagreement"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} – نسخهٔ {self.version}"


class AgreementProject(models.Model):
    """CA-2, CA-3, CA-6 of one project in one version: dates, estimates, spent before this year."""

    agreement = models.ForeignKey(CapitalAgreement, on_delete=models.PROTECT, related_name="projects")
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="agreement_projects"
    )
    start_date = models.DateField()
    end_date = models.DateField()
    original_estimate = MillionRialField()
    latest_estimate = MillionRialField()
    estimate_reason = models.TextField(blank=True)
    spent_before = MillionRialField(default=0, help_text="to the end of last year")
    progress_before = PercentField(default=0, help_text="physical progress at the start of the year")
    project_type = models.CharField(max_length=10, blank=True)
    goal = models.TextField(blank=True)
    district = models.CharField(max_length=80, blank=True)
    rural_district = models.CharField(max_length=80, blank=True)
    village = models.CharField(max_length=80, blank=True)
    ownership = models.CharField(max_length=10, blank=True)
    land_area = QuantityField(null=True, blank=True, help_text="square metres")
    built_area = QuantityField(null=True, blank=True, help_text="square metres")
    permit_number = models.CharField(max_length=60, blank=True)
    quantity = QuantityField(null=True, blank=True, help_text="of the whole work")
    quantity_unit = models.CharField(max_length=30, blank=True)

    objects = AgreementProjectQuerySet.as_manager()

    class Meta:
        ordering = ["project"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "project"], name="agreementproject_once"),
            models.CheckConstraint(
                name="agreementproject_dates",
                condition=Q(end_date__gte=F("start_date")),
                violation_error_message="پایان پروژه پیش از آغاز آن است.",
            ),
            models.CheckConstraint(
                name="agreementproject_progress",
                condition=Q(progress_before__gte=0, progress_before__lte=100),
            ),
            million_rial_check(
                "original_estimate", "latest_estimate", "spent_before", name="agreementproject_money"
            ),
            models.CheckConstraint(
                name="agreementproject_estimate_reason",
                condition=Q(original_estimate=F("latest_estimate")) | ~Q(estimate_reason=""),
                violation_error_message="آخرین برآورد با برآورد اولیه یکی نیست؛ دلیل آن را بنویسید.",
            ),
            models.CheckConstraint(
                name="agreementproject_sizes",
                condition=Q(Q(quantity__gt=0) | Q(quantity=None), Q(land_area__gte=0) | Q(land_area=None))
                & Q(Q(built_area__gte=0) | Q(built_area=None)),
                violation_error_message="مقدار کل بیش از صفر و مساحت‌ها نامنفی است.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.project)


class ProjectCredit(models.Model):
    """CA-6: this year's credit of a project by funding source (and sub-chapter)."""

    agreement_project = models.ForeignKey(AgreementProject, on_delete=models.PROTECT, related_name="credits")
    funding_source = models.ForeignKey("agreements.FundingSource", on_delete=models.PROTECT, related_name="+")
    capital_sub_chapter = models.ForeignKey(
        "agreements.CapitalSubChapter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = MillionRialField()

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement_project", "funding_source", "capital_sub_chapter"],
                nulls_distinct=False,
                name="projectcredit_once",
            ),
            million_rial_check("amount", name="projectcredit_money"),
        ]

    def __str__(self) -> str:
        return f"{self.funding_source}: {self.amount}"


class WorkOperation(models.Model):
    """CA-4: one operation of a project. `key` names the same operation in every version and year."""

    agreement_project = models.ForeignKey(
        AgreementProject, on_delete=models.PROTECT, related_name="operations"
    )
    key = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=30)
    target_quantity = QuantityField()
    weight = PercentField()
    done_before = QuantityField(default=0, help_text="done up to the end of last year")
    position = models.PositiveSmallIntegerField(default=0, help_text="place in the form; 0: in order of keys")

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["agreement_project", "key"], name="workoperation_key"),
            models.CheckConstraint(
                name="workoperation_target",
                condition=Q(target_quantity__gt=0),
                violation_error_message="مقدار هدف باید بیش از صفر باشد.",
            ),
            models.CheckConstraint(
                name="workoperation_weight",
                condition=Q(weight__gt=0, weight__lte=100),
                violation_error_message="وزن باید میان ۰ و ۱۰۰ باشد.",
            ),
            models.CheckConstraint(name="workoperation_done", condition=Q(done_before__gte=0)),
        ]

    def __str__(self) -> str:
        return self.title


class PhysicalSchedule(models.Model):
    """CA-5: planned cumulative progress (percent) at a quarter of this year or at the end of a later year."""

    agreement_project = models.ForeignKey(AgreementProject, on_delete=models.PROTECT, related_name="schedule")
    year = models.PositiveSmallIntegerField(help_text="Jalali year")
    quarter = models.PositiveSmallIntegerField(help_text="1 to 4; later years carry 4 only")
    planned = PercentField()
    interpolated = models.BooleanField(default=False)

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        ordering = ["year", "quarter"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement_project", "year", "quarter"], name="physicalschedule_once"
            ),
            models.CheckConstraint(
                name="physicalschedule_percent", condition=Q(planned__gte=0, planned__lte=100)
            ),
            models.CheckConstraint(
                name="physicalschedule_quarter", condition=Q(quarter__gte=1, quarter__lte=4)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}: {self.planned}"


class CreditSchedule(models.Model):
    """CA-6: credit forecast for a later year (million rials)."""

    agreement_project = models.ForeignKey(
        AgreementProject, on_delete=models.PROTECT, related_name="credit_schedule"
    )
    year = models.PositiveSmallIntegerField()
    amount = MillionRialField()

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["agreement_project", "year"], name="creditschedule_once"),
            million_rial_check("amount", name="creditschedule_money"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.amount}"
