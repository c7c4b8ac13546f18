from django.db import models


class Holiday(models.Model):
    """An official day off. Lunar dates shift, so a row may be corrected; code reads only this table."""

    day = models.DateField(unique=True)
    title = models.CharField(max_length=200)
    is_estimate = models.BooleanField(default=False)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.title}"
