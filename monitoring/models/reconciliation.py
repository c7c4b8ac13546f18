"""The treasurer's bench: a ledger that was loaded, its rows, what they make of every line, and the signed sheet."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from budget_portal.fields import MillionRialField, PercentField, million_rial_check
from monitoring.querysets import (
    BenchPartQuerySet,
    BenchQuerySet,
    ToleranceQuerySet,
)

STANDINGS = {
    "counted": "در حساب",
    "unread": "مبلغ خوانده نشد",
    "undated": "بی‌تاریخ",
    "carried": "مانده یا نقل از صفحه",
    "outside": "از سال مالی دیگر",
    "after": "پس از مقطع",
    "duplicate": "تکراری",
    "reversed": "برگشت‌خورده",
}
METHODS = {
    "code": "کد",
    "near_code": "کد نزدیک و شرح",
    "text": "شرح",
    "statement": "صورت‌وضعیت پیمان",
    "amount": "مبلغ باقی‌ماندهٔ ردیف",
    "manual": "دستی",
}


class Reconciliation(models.Model):
    """One ledger against one amount of one submission. What is signed never changes (sql/reconciliation.sql); the
    next one supersedes it."""

    class Measure(models.TextChoices):
        SPENT = "spent", "عملکرد"
        RECEIVED = "received", "دریافتی"

    class State(models.TextChoices):
        DRAFT = "draft", "بارگذاری‌شده"
        MATCHED = "matched", "تطبیق‌یافته"
        SIGNED = "signed", "امضاشده"
        SUPERSEDED = "superseded", "کنارگذاشته"

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="reconciliations"
    )
    measure = models.CharField(max_length=8, choices=Measure.choices, default=Measure.SPENT)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    file = models.ForeignKey("budget_portal.StoredFile", on_delete=models.PROTECT, related_name="+")
    renews = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the signed one whose ledger is matched with other figures",
    )
    sheet = models.PositiveSmallIntegerField(default=1)
    sheet_name = models.CharField(max_length=120, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="columns (field -> place), unit, decimals")
    job = models.ForeignKey("budget_portal.Job", null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0, help_text="of the submission, when it was matched")
    figures_digest = models.CharField(
        max_length=64, blank=True, help_text="of what was entered, when it was matched"
    )
    tolerance_amount = MillionRialField(default=1)
    tolerance_percent = PercentField(default=0)
    summary = models.JSONField(default=dict, help_text="rows and rials by standing and by method")
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(auto_now_add=True)
    matched_at = models.DateTimeField(null=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the signed sheet")
    sheet_file = models.ForeignKey(
        "budget_portal.StoredFile",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="canonical JSON of the signed sheet",
    )
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = BenchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "measure"],
                condition=Q(state__in=["draft", "matched"]),
                name="reconciliation_one_open",
                violation_error_message="برای همین رقم این پرونده میز تطبیقی باز است.",
            ),
            models.UniqueConstraint(
                fields=["submission", "measure"],
                condition=Q(state="signed"),
                name="reconciliation_one_signed",
                violation_error_message="برای همین رقم این پرونده صورت تطبیق امضاشده‌ای هست.",
            ),
            models.CheckConstraint(
                name="reconciliation_measure", condition=Q(measure__in=["spent", "received"])
            ),
            models.CheckConstraint(
                name="reconciliation_state",
                condition=Q(state__in=["draft", "matched", "signed", "superseded"]),
            ),
            models.CheckConstraint(
                name="reconciliation_matched",
                condition=~Q(state__in=["matched", "signed"])
                | (Q(matched_at__isnull=False, matched_by__isnull=False) & ~Q(figures_digest="")),
            ),
            models.CheckConstraint(
                name="reconciliation_signed",
                condition=~Q(state="signed")
                | Q(
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    sheet_file__isnull=False,
                    digest__regex="^[0-9a-f]{64}$",
                ),
            ),
            models.CheckConstraint(
                name="reconciliation_signed_once",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, digest="")
                | Q(signed_at__isnull=False, signed_by__isnull=False, state__in=["signed", "superseded"]),
            ),
            models.CheckConstraint(
                name="reconciliation_superseded",
                condition=Q(superseded_at__isnull=True, superseded_by__isnull=True)
                | Q(superseded_at__isnull=False, superseded_by__isnull=False, state="superseded"),
            ),
            models.CheckConstraint(
                name="reconciliation_tolerance",
                condition=Q(tolerance_amount__gte=0, tolerance_percent__gte=0, tolerance_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return str(self.submission)

    @property
    def suffix(self) -> str:
        return f".{self.file.name.rpartition('.')[2].lower()}"

    @property
    def is_open(self) -> bool:
        return self.state in ("draft", "matched")


class _OfLine(models.Model):
    """Columns that name one money line; a submission may drop and make its rows anew, so they name no row."""

    project = models.ForeignKey("agreements.Project", null=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        "agreements.Programme", null=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, on_delete=models.PROTECT, related_name="+"
    )
    funding_source = models.ForeignKey(
        "agreements.FundingSource", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


CAPITAL_LINE = Q(project__isnull=False, programme__isnull=True, expense_chapter__isnull=True)
EXPENSE_LINE = Q(project__isnull=True, programme__isnull=False, expense_chapter__isnull=False)
ONE_LINE = (CAPITAL_LINE | EXPENSE_LINE) & Q(funding_source__isnull=False)
NO_LINE = Q(
    project__isnull=True, programme__isnull=True, expense_chapter__isnull=True, funding_source__isnull=True
)
EXPLAINED = (
    Q(explanation="", explained_by__isnull=True, explained_at__isnull=True)
    | Q(explained_by__isnull=False, explained_at__isnull=False, explanation__regex=r"^.{20,}")
)  # fmt: skip


class LedgerRow(_OfLine):
    """One row of the ledger: what it says, whether it counts, which line it belongs to and by what."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="row of the file")
    document = models.CharField(max_length=60, blank=True)
    dated = models.DateField(null=True)
    code = models.CharField(max_length=80, blank=True)
    chapter = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True)
    rials = models.BigIntegerField(null=True, help_text="paid or received positive; null: not read")
    problem = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=10, choices=list(STANDINGS.items()))
    method = models.CharField(max_length=10, choices=list(METHODS.items()), blank=True)
    score = models.PositiveSmallIntegerField(default=0)
    partner = models.PositiveIntegerField(null=True, help_text="row that it repeats or that takes it back")
    statement = models.ForeignKey(
        "agreements.ContractStatement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    suggestions = models.JSONField(default=list, help_text="keys of lines that it may belong to")
    before = models.JSONField(null=True, help_text="what the bench had found, while a person's word stands")
    reason = models.TextField(blank=True, help_text="why a person moved it")
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(null=True)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    explained_at = models.DateTimeField(null=True)

    objects = BenchPartQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "number"], name="ledgerrow_once"),
            models.CheckConstraint(name="ledgerrow_line", condition=NO_LINE | ONE_LINE),
            models.CheckConstraint(
                name="ledgerrow_counted",
                condition=Q(standing__in=list(STANDINGS)) & (NO_LINE | Q(standing="counted")),
            ),
            models.CheckConstraint(
                name="ledgerrow_method",
                condition=(NO_LINE & Q(method__in=["", "manual"])) | (Q(method__in=list(METHODS)) & ~NO_LINE),
            ),
            models.CheckConstraint(
                name="ledgerrow_moved",
                condition=(~Q(method="manual") & Q(moved_by__isnull=True, moved_at__isnull=True, reason=""))
                | Q(
                    method="manual",
                    moved_by__isnull=False,
                    moved_at__isnull=False,
                    reason__regex=r"^.{20,}",
                ),
                violation_error_message="دلیل جابه‌جایی را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
            models.CheckConstraint(
                name="ledgerrow_explained",
                condition=EXPLAINED,
                violation_error_message="توضیح را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
        ]
        indexes = [models.Index(fields=["reconciliation", "standing"], name="ledgerrow_standing")]

    def __str__(self) -> str:
        return f"{self.number}: {self.text[:40]}"


class ReconciliationLine(_OfLine):
    """One money line of the submission: what was entered, and what the ledger says."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="lines")
    entered = MillionRialField(null=True)
    rials = models.BigIntegerField(default=0)
    ledger = MillionRialField(default=0, help_text="million rials, by largest remainder")
    rounding = models.BigIntegerField(default=0, help_text="rials that rounding added")
    rows_count = models.PositiveIntegerField(default=0)
    allowed = MillionRialField(default=0, help_text="tolerance of this line")
    agrees = models.BooleanField(default=False)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    explained_at = models.DateTimeField(null=True)

    objects = BenchPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "project", "funding_source"],
                condition=Q(project__isnull=False),
                name="reconciliationline_capital_once",
            ),
            models.UniqueConstraint(
                fields=["reconciliation", "programme", "expense_chapter", "funding_source"],
                condition=Q(programme__isnull=False),
                name="reconciliationline_expense_once",
            ),
            models.CheckConstraint(name="reconciliationline_line", condition=ONE_LINE),
            million_rial_check("entered", "ledger", name="reconciliationline_money", allow_negative=True),
            models.CheckConstraint(
                name="reconciliationline_explained",
                condition=EXPLAINED,
                violation_error_message="توضیح را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project or self.programme}: {self.ledger}"

    @property
    def difference(self) -> int:
        return int(self.ledger) - int(self.entered or 0)


class ReconciliationTolerance(models.Model):
    """How far a line may be from the ledger unexplained: data of an organization, by cut-off. Append-only."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField(help_text="million rials")
    percent = PercentField(default=0, help_text="of what was entered; the larger of both holds")
    valid_from = models.DateField(help_text="holds for cut-offs from this day on")
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    objects = ToleranceQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="reconciliationtolerance_bounds",
                condition=Q(amount__gte=0, percent__gte=0, percent__lte=5),
                violation_error_message="رواداری منفی نیست و از ۵ درصد بیشتر نمی‌شود.",
            ),
            models.CheckConstraint(
                name="reconciliationtolerance_reason", condition=Q(reason__regex=r"^.{20,}")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} / {self.percent}"
