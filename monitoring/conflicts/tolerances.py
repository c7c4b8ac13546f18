"""Which tolerance holds for a pair of sources at a cut-off; without a row the one of the domain guide."""

from __future__ import annotations

from typing import cast

from agreements.models import ReportingPeriod
from monitoring.conflicts.judging import PAIRS, Allowed, Unit
from monitoring.models import Tolerance


def in_force(organization: int, period: ReportingPeriod) -> dict[str, Allowed]:
    found = {code: Allowed(pair.unit, pair.tolerance) for code, pair in PAIRS.items()}
    rows = Tolerance.objects.filter(
        organization=organization, valid_from__cutoff_date__lte=period.cutoff_date, pair__in=PAIRS
    ).order_by("valid_from__cutoff_date", "pk")
    for row in rows:
        found[row.pair] = Allowed(cast(Unit, row.unit), row.amount)
    return found
