"""«n of m agencies, x percent of credit»: what every total says of itself, in the same words everywhere."""

from __future__ import annotations

from budget_portal.templatetags.portal import number, percent
from monitoring.ratios import Ratio


def coverage(done: int, total: int, credit: Ratio) -> str:
    return f"{number(done)} از {number(total)} دستگاه، {percent(credit.exact_percent)} درصد اعتبار"
