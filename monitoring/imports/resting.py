"""What of performance rests on an import: lines measured against a version, figures sent under an allocation."""

from __future__ import annotations

from typing import Any

from agreements.imports.undoing import before_undoing
from agreements.models import AllocationNotice
from monitoring.models import ExpenseFinanceLine, PerformanceSubmission

MEASURED = "عملکرد {agency} با این نسخهٔ موافقتنامه سنجیده می‌شود."
SENT = "{agency} عملکرد {period} را با این تخصیص فرستاده است."


@before_undoing
def measured_against(model: str, keys: list[Any]) -> list[str]:
    if model != "agreements.expenseagreement":
        return []
    lines = ExpenseFinanceLine.objects.filter(agreement__in=keys).order_by("agreement__agency__name")
    names = lines.values_list("agreement__agency__name", flat=True).distinct()
    return [MEASURED.format(agency=name) for name in names]


@before_undoing
def sent_under(model: str, keys: list[Any]) -> list[str]:
    """A submission that left its draft has the allocated figures of its day."""
    if model != "agreements.allocationnotice":
        return []
    found: list[str] = []
    letters = AllocationNotice.objects.filter(pk__in=keys, state="issued").select_related("period", "agency")
    for letter in letters:
        sent = PerformanceSubmission.objects.filter(
            agency=letter.agency,
            kind=letter.kind,
            period__fiscal_year=letter.period.fiscal_year_id,
            period__cutoff_date__gte=letter.valid_from,
        ).exclude(state="draft")
        found += [
            SENT.format(agency=letter.agency, period=row.period)
            for row in sent.select_related("period__fiscal_year").order_by("period__cutoff_date")
        ]
    return found
