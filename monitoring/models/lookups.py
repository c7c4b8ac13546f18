from django.db import models


class DelayCause(models.Model):
    """علت تأخیر; «other» asks for text."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    needs_text = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class ReturnReason(models.Model):
    """دلیل برگشت offered to treasurer, expert and consolidation; text of at least 20 characters comes with it."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title
