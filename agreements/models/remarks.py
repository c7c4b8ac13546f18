from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.querysets import RemarkQuerySet


class AgreementRemark(models.Model):
    """What a reviewer says about one field of a version that was sent; the agency answers by changing it."""

    capital = models.ForeignKey(
        "agreements.CapitalAgreement", null=True, on_delete=models.PROTECT, related_name="remarks"
    )
    expense = models.ForeignKey(
        "agreements.ExpenseAgreement", null=True, on_delete=models.PROTECT, related_name="remarks"
    )
    path = models.CharField(max_length=200, help_text="form/project code/row/cell; a whole form: form///")
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who of the agency says that it is dealt with",
    )
    answered_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agreementremark_one_agreement",
                condition=Q(capital__isnull=False, expense__isnull=True)
                | Q(capital__isnull=True, expense__isnull=False),
            ),
            models.CheckConstraint(
                name="agreementremark_answered",
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(name="agreementremark_says", condition=~Q(text="") & ~Q(path="")),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def stage(self) -> str:
        """open, answered by the agency, resolved by a reviewer."""
        return "resolved" if self.resolved_at else "answered" if self.answered_at else "open"
