"""What every row of typed figures has (abstract)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class FigureRow(models.Model):
    """What every row of typed figures has."""

    raw = models.JSONField(default=dict, blank=True, help_text="field -> text that could not be read")
    not_applicable = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    copied = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        help_text="cells brought from the last cut-off that nobody has confirmed yet",
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
