from django.db import models


class Kind(models.TextChoices):
    """The two kinds of credit; the same words in code, URLs and API (decision 9)."""

    CAPITAL = "capital", "تملک دارایی‌های سرمایه‌ای"
    EXPENSE = "expense", "اعتبارات هزینه‌ای"
