"""Against which versions of the agreements a report is measured: those that its rows name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agreements.drafting.words import version_name
from agreements.models import CapitalAgreement, ExpenseAgreement
from agreements.presenters.chains import subject
from reports.builders.facts import Facts
from reports.package import Measured

MOST_NAMED = 8


def measured(facts: Facts, known_at: datetime) -> Measured | None:
    capital = {row.agreement_project.agreement_id for row in facts.capital}
    capital |= {row.agreement_project.agreement_id for row in facts.progress}
    found = [
        *_named(CapitalAgreement, capital, "plan"),
        *_named(ExpenseAgreement, {row.agreement_id for row in facts.expense}, "agency"),
    ]
    if not found:
        return None
    held = {
        (type(row), row.pk)
        for model in (CapitalAgreement, ExpenseAgreement)
        for row in model.objects.filter(pk__in=[row.pk for row in found if isinstance(row, model)]).in_force(
            facts.period.cutoff_date, known_at=known_at
        )
    }
    amended = [row for row in found if row.version > 1]
    return Measured(
        versions=len(found),
        amended=len(amended),
        names=tuple(f"{subject(row)}: {version_name(row)}" for row in amended[:MOST_NAMED]),
        replaced=sum((type(row), row.pk) not in held for row in found),
    )


def _named(model: Any, keys: set[int], linked: str) -> list[Any]:
    return list(
        model.objects.filter(pk__in=keys).select_related("agency", linked).defer("draft").order_by("pk")
    )
