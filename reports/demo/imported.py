"""A file that waits in the preview of imports: a letter of the year with the faults that such files have."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.workflow import imports
from budget_portal import files
from reports.demo.ground import Ground

NAME = "ابلاغیه-مکمل-۱۴۰۵.csv"
TITLE = "ابلاغیهٔ مکمل اعتبارات هزینه‌ای (ارقام به ریال)"
HEADS = ("کد دستگاه", "نام دستگاه", "کد برنامه", "فصل هزینه", "مبلغ ابلاغ (ریال)", "ملاحظات")
AMOUNTS = (8_411_730_000, 3_150_000_000, 12_500_000_000, 970_400_000)


def write(ground: Ground) -> None:
    """Nothing of it is applied: the figures of the demo stay as they are."""
    person = ground.people["consolidation"]
    organization = ground.organizations["khuzestan"]
    upload: Any = SimpleUploadedFile(NAME, _content(ground).encode("utf-8-sig"))
    stored = files.store_table(upload, organization=organization, by=person)
    batch = imports.upload(stored, "notifications-expense", by=person)
    places = {"agency": 0, "programme": 2, "expense_chapter": 3, "amount": 4}
    imports.choose_columns(
        batch.pk,
        sheet=batch.sheet,
        sheet_name="",
        header_row=batch.header_row,
        headers=batch.headers,
        mapping={
            "columns": places,
            "constants": {"funding_source": "general"},
            "unit": "rial",
            "repeated": "refuse",
            "values": {"year": "1405", "letter_number": "۵۱۲/۱۴۰۵", "letter_date": "1405/08/25"},
        },
        by=person,
        save_as="خزانهٔ معین استان",
    )
    imports.preview(batch.pk, by=person)


def _content(ground: Ground) -> str:
    agencies = [agency for agency, _ in ground.agencies if agency.organization.code == "khuzestan"][:4]
    programmes, chapter = sorted(ground.programmes)[:2], sorted(ground.chapters)[0]
    rows = [(TITLE, "", "", "", "", ""), HEADS]
    for agency, amount in zip(agencies, AMOUNTS, strict=True):
        for programme in programmes:
            rows.append((agency.code, agency.name, programme, chapter, str(amount), ""))
        rows.append(("جمع دستگاه", "", "", "", str(2 * amount), ""))
    rows.append((agencies[0].code, agencies[0].name, programmes[0], "9", "1000000000", "فصل نادرست"))
    rows.append((agencies[1].code, agencies[1].name, programmes[0], chapter, "###", "خانهٔ باریک"))
    return "\n".join(",".join(row) for row in rows) + "\n"
