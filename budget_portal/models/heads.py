"""Who is sent the head of the log every day, so that its digest is known outside the database."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from budget_portal.querysets import HeadRecipientQuerySet


class HeadRecipient(models.Model):
    """A named person or office (a court of accounts, an auditor's desk); removed with a date, never deleted."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="head_recipients"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = HeadRecipientQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(removed_at__isnull=True),
                name="headrecipient_once",
                violation_error_message="این نشانی پیش‌تر در فهرست گیرندگان است.",
            ),
            models.CheckConstraint(
                name="headrecipient_removed",
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
