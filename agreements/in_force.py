"""Credit of the agreements in force on a day, as known at a moment: what letters are measured against."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum

from agreements.ledger import Key
from agreements.models import CapitalAgreement, ExpenseAgreement, ProgrammeCredit, ProjectCredit

PROJECT = "agreement_project__project"
PLAN = "agreement_project__agreement__plan"


def credits(
    agency: int,
    year: int,
    kind: str,
    on: dt.date,
    *,
    known_at: dt.datetime | None = None,
    per: str = PROJECT,
) -> dict[Key, int]:
    """Million rials per project (or plan) × source, or per programme × chapter × source."""
    rows: Any
    names: tuple[str, ...]
    if kind == "capital":
        rows = ProjectCredit.objects.filter(
            agreement_project__agreement__in=CapitalAgreement.objects.in_force(on, known_at=known_at),
            agreement_project__agreement__agency=agency,
            agreement_project__agreement__fiscal_year=year,
        )
        names = (per, "funding_source")
    else:
        rows = ProgrammeCredit.objects.filter(
            agreement__in=ExpenseAgreement.objects.in_force(on, known_at=known_at),
            agreement__agency=agency,
            agreement__fiscal_year=year,
        )
        names = ("programme", "expense_chapter", "funding_source")
    sums = rows.values_list(*names).annotate(total=Sum("amount")).order_by()
    return {tuple(key): int(total) for *key, total in sums}


def changes_after(agency: int, year: int, kind: str, day: dt.date) -> set[dt.date]:
    """Days after this one from which another version holds."""
    model = CapitalAgreement if kind == "capital" else ExpenseAgreement
    rows = model.objects.filter(
        agency=agency, fiscal_year=year, state__in=["exchanged", "superseded"], valid_from__gt=day
    )
    return set(rows.values_list("valid_from", flat=True))
