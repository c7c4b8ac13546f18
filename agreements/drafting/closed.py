"""Quarters that are over: an amendment does not change what was planned for them (CA-5).

The entry window of the quarter has been closed, so its figures were measured against the version before. Operations,
quantities and weights (CA-4) belong to no quarter: they hold from the effective date of the amendment on, and every
row of performance names the version with which it was measured; they stay free.
"""

from __future__ import annotations

from decimal import Decimal

from agreements.drafting import words
from agreements.drafting.document import Agreement
from agreements.models import CapitalAgreement, PeriodWindow, PhysicalSchedule
from budget_portal.digits import group

FORM = "CA-5"
OVER = frozenset({"closed", "published"})
LOCKED = (
    "مقطع {name} بسته شده و با نسخهٔ پیشین سنجیده شده است؛ برنامهٔ آن ({planned}٪) در اصلاحیه تغییر نمی‌کند."
)
Locked = dict[tuple[str, str], Decimal]  # (project code, row of CA-5) -> what the version before planned


def locked(agreement: Agreement) -> Locked:
    if not isinstance(agreement, CapitalAgreement) or agreement.amends_id is None:
        return {}
    quarters = _over(agreement)
    rows = PhysicalSchedule.objects.filter(
        agreement_project__agreement=agreement.amends_id,
        year=agreement.fiscal_year.year,
        quarter__in=quarters,
    ).values_list("agreement_project__project__code", "year", "quarter", "planned")
    return {(code, f"q{year}-{quarter}"): planned for code, year, quarter, planned in rows}


def _over(agreement: CapitalAgreement) -> set[int]:
    """Quarters of the year whose window is over for the agency; its group's own window counts before that of all."""
    windows = PeriodWindow.objects.for_agency(agreement.agency, "capital").filter(
        period__fiscal_year=agreement.fiscal_year_id
    )
    states: dict[int, str] = {}
    for window in windows.select_related("period"):
        if not window.period.is_closing:
            states.setdefault(window.period.quarter, window.state)
    return {quarter for quarter, state in states.items() if state in OVER}


def sentence(row: str, planned: Decimal) -> str:
    year, _, quarter = row.removeprefix("q").partition("-")
    return LOCKED.format(name=words.quarter_name(int(quarter), year), planned=group(planned))
