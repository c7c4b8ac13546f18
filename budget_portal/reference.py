"""Reference data: read the committed files, write what is missing or other. Holidays are loaded here.

Each app has a module `reference` with `load`; `manage.py load_reference` calls them all. Loading twice
changes nothing.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jdatetime
from django.db import models

from budget_portal.models import Holiday

FOLDER = Path(__file__).resolve().parent / "reference"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def upsert(model: type[models.Model], wanted: Iterable[Mapping[str, Any]], **fixed: Any) -> int:
    """Create or mend one row per `code` within `fixed`; the number of rows written. Never deletes."""
    found = {getattr(row, "code", ""): row for row in model._default_manager.filter(**fixed)}
    missing = []
    mended = 0
    for values in wanted:
        row = found.get(values["code"])
        if row is None:
            missing.append(model(**fixed, **values))
        elif any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            row.save()
            mended += 1
    model._default_manager.bulk_create(missing)
    return len(missing) + mended


def load() -> dict[str, int]:
    """Holidays of the years of which the table knows none: what administrators corrected stays."""
    known = {_jalali_year(day) for day in Holiday.objects.values_list("day", flat=True)}
    wanted = [
        Holiday(day=day, title=row["name_fa"], is_estimate=row["is_estimate"] == "yes")
        for row in rows(FOLDER, "holidays.csv")
        if _jalali_year(day := date.fromisoformat(row["date"])) not in known
    ]
    return {"holidays": len(Holiday.objects.bulk_create(wanted))}


def _jalali_year(day: date) -> int:
    return int(jdatetime.date.fromgregorian(date=day).year)
