"""Batches of imports in every state, from a small file of notifications."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from agreements.models import Programme
from agreements.workflow import imports
from budget_portal import files
from budget_portal.models import ImportBatch
from tests.cast import Cast
from tests.factories import make_expense_chapter, make_source
from tests.tables import WRITE

STATES = ("uploaded", "mapped", "previewed", "applying", "applied", "undone", "failed", "cancelled")
REASON = "پروندهٔ اشتباه بارگذاری شده بود و درست آن می‌آید."
HEADERS = ("کد دستگاه", "برنامه", "مبلغ ابلاغ")


def upload_of(*rows: Any, kind: str = "csv", headers: tuple[str, ...] = HEADERS, name: str = "ابلاغ") -> Any:
    with TemporaryDirectory() as place:
        path = WRITE[kind](Path(place) / f"{name}.{kind}", headers, *rows)
        return SimpleUploadedFile(path.name, path.read_bytes())


def stored(cast: Cast, *rows: Any, by: User | None = None, **how: Any) -> Any:
    by = by or cast.consolidation
    return files.store_table(upload_of(*rows, **how), organization=by.acting.organization, by=by)


def ground(cast: Cast) -> None:
    national = cast.national_organization
    make_expense_chapter(national, "7")
    make_source(national)
    for code in ("101", "102", "103"):
        Programme.objects.get_or_create(
            organization=national, code=code, defaults={"title": f"برنامهٔ {code}"}
        )


def mapping(cast: Cast, **more: Any) -> dict[str, Any]:
    values = {"year": str(cast.fiscal_year.year), "letter_number": "۱۲/۴", "letter_date": "1405/02/01"}
    base = {
        "columns": {"agency": 0, "programme": 1, "amount": 2},
        "constants": {"expense_chapter": "7", "funding_source": "general"},
        "unit": "million-rials",
        "repeated": "refuse",
        "values": values | more.pop("values", {}),
    }
    return base | more


def exchanged(**more: str) -> dict[str, str]:
    """What is said of versions of agreements that were exchanged elsewhere."""
    return {"version": "first", "system": "saba", "number": "۱۲۳", "others": "stay", "reason": REASON} | more


def make_batch(
    cast: Cast,
    state: str = "previewed",
    *rows: Any,
    by: User | None = None,
    table: str = "notifications-expense",
    headers: tuple[str, ...] = HEADERS,
    how: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> ImportBatch:
    """A batch of the consolidation group, walked on with the verbs."""
    by = by or cast.consolidation
    ground(cast)
    rows = rows or ((cast.agency.code, "101", 1_200), (cast.agency.code, "102", 300))
    batch = imports.upload(stored(cast, *rows, by=by, headers=headers, **(how or {})), table, by=by)
    if state == "uploaded":
        return batch
    if state == "cancelled":
        return imports.discard(batch.pk, by=by)
    imports.choose_columns(
        batch.pk,
        sheet=batch.sheet,
        sheet_name="",
        header_row=batch.header_row,
        headers=batch.headers,
        mapping=told or mapping(cast),
        by=by,
    )
    steps = {
        "previewed": lambda: imports.preview(batch.pk, by=by),
        "applying": lambda: imports.apply(batch.pk, hold=True, by=by),
        "applied": lambda: imports.finish(batch.pk, by=by),
        "failed": lambda: imports.fail(batch.pk, by=by, error="سطر ۳ دیگر درست نیست."),
        "undone": lambda: imports.undo(batch.pk, reason=REASON, by=by),
    }
    walk = {
        "mapped": (),
        "previewed": ("previewed",),
        "applying": ("previewed", "applying"),
        "applied": ("previewed", "applying", "applied"),
        "undone": ("previewed", "applying", "applied", "undone"),
        "failed": ("previewed", "applying", "failed"),
    }
    for step in walk[state]:
        steps[step]()
    batch.refresh_from_db()
    return batch
