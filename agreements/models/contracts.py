"""Contracts of a project (form CA-7): who works under which paper, how its amount changed, what was stated and paid."""

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, F, Func, Q

from agreements.querysets import CompanyQuerySet, ContractPartQuerySet, ProjectPartQuerySet
from budget_portal.fields import MillionRialField, PercentField, million_rial_check
from budget_portal.text import fold


class LegalIdValid(Func):
    """The check digit, judged by the database with the same formula as `budget_portal.identifiers`."""

    function = "portal_legal_id_valid"
    output_field = BooleanField()


class Company(models.Model):
    """A legal person that works under contracts; one row per legal id in the country."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    legal_id = models.CharField(max_length=11)
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "legal_id"], name="company_legal_id_once"),
            models.CheckConstraint(
                name="company_legal_id",
                condition=LegalIdValid(F("legal_id")),
                violation_error_message="شناسهٔ ملی درست نیست؛ رقم‌ها را بازبینی کنید.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Contract(models.Model):
    """پیمان: what one company does for one project. The amount is that of the signature; changes are rows."""

    class Part(models.TextChoices):
        CONTRACTOR = "contractor", "پیمانکار"
        CONSULTANT = "consultant", "مشاور"
        SUPERVISOR = "supervisor", "ناظر"

    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="contracts")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contracts")
    part = models.CharField(max_length=10, choices=Part.choices)
    number = models.CharField(max_length=60)
    number_folded = models.CharField(max_length=60, editable=False)
    signed_on = models.DateField()
    subject = models.CharField(max_length=300)
    amount = MillionRialField(help_text="as signed")
    duration_days = models.PositiveIntegerField()
    starts_on = models.DateField()
    guarantee = MillionRialField(null=True, blank=True, help_text="performance bond")
    retention = PercentField(default=10, help_text="held back from each statement")

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"],
                name="contract_number_once",
                violation_error_message="پیمانی با این شماره برای همین پروژه ثبت است.",
            ),
            million_rial_check("amount", "guarantee", name="contract_money"),
            models.CheckConstraint(
                name="contract_duration",
                condition=Q(duration_days__gte=1, duration_days__lte=36_500),
                violation_error_message="مدت پیمان دست‌کم یک روز است.",
            ),
            models.CheckConstraint(
                name="contract_amount",
                condition=Q(amount__gt=0),
                violation_error_message="مبلغ پیمان صفر نیست.",
            ),
            models.CheckConstraint(
                name="contract_begins",
                condition=Q(starts_on__gte=F("signed_on")),
                violation_error_message="شروع به کار پیش از امضای پیمان نیست.",
            ),
            models.CheckConstraint(
                name="contract_retention", condition=Q(retention__gte=0, retention__lte=100)
            ),
            models.CheckConstraint(
                name="contract_part",
                condition=Q(part__in=["contractor", "consultant", "supervisor"]) & ~Q(number=""),
            ),
        ]
        indexes = [models.Index(name="contract_number", fields=["number_folded"])]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: object, **kwargs: object) -> None:
        self.number_folded = fold(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class ContractChange(models.Model):
    """A change of a contract's amount: from, to, why. Append-only; the last one says what the contract is worth."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="changes")
    decided_on = models.DateField()
    old_amount = MillionRialField()
    new_amount = MillionRialField()
    reason = models.TextField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = ContractPartQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-pk"]
        constraints = [
            million_rial_check("old_amount", "new_amount", name="contractchange_money"),
            models.CheckConstraint(
                name="contractchange_differs",
                condition=~Q(old_amount=F("new_amount")) & ~Q(reason=""),
                violation_error_message="مبلغ تازه با مبلغ کنونی یکی است.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_amount} ← {self.new_amount}"


class ContractStatement(models.Model):
    """صورت‌وضعیت or صورت‌وضعیت تعدیل: the work of some days, its gross amount, what was paid of it."""

    class Sort(models.TextChoices):
        INTERIM = "interim", "موقت"
        FINAL = "final", "قطعی"
        ADJUSTMENT = "adjustment", "تعدیل"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="statements")
    sort = models.CharField(max_length=10, choices=Sort.choices, default=Sort.INTERIM)
    number = models.PositiveSmallIntegerField()
    worked_from = models.DateField()
    worked_to = models.DateField()
    stated_on = models.DateField()
    gross = MillionRialField(help_text="of these days alone, before deductions")
    paid = MillionRialField(default=0)

    objects = ContractPartQuerySet.as_manager()

    class Meta:
        ordering = ["-worked_to", "-number", "sort"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "sort", "number"],
                name="contractstatement_once",
                violation_error_message="این شماره پیش‌تر ثبت شده است.",
            ),
            million_rial_check("gross", "paid", name="contractstatement_money"),
            models.CheckConstraint(
                name="contractstatement_paid",
                condition=Q(paid__lte=F("gross")),
                violation_error_message="پرداخت از مبلغ ناخالص بیشتر است.",
            ),
            models.CheckConstraint(
                name="contractstatement_days",
                condition=Q(worked_to__gte=F("worked_from"), stated_on__gte=F("worked_from"), number__gte=1),
                violation_error_message="پایان کارکرد پیش از آغاز آن است.",
            ),
            models.CheckConstraint(
                name="contractstatement_stated",
                condition=Q(stated_on__gte=F("worked_to")),
                violation_error_message="پایان کارکرد پس از تاریخ صورت‌وضعیت است.",
            ),
            models.CheckConstraint(
                name="contractstatement_sort", condition=Q(sort__in=["interim", "final", "adjustment"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} {self.number}"
