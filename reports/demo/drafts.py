"""Agreements that the demo's agency is drawing up: an amendment half done, as on mock 12, and one of its expense year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from agreements.drafting import document, saving
from agreements.drafting.spec import Path
from agreements.models import CapitalAgreement, ExpenseAgreement
from budget_portal import jalali

if TYPE_CHECKING:
    from accounts.models import Agency, User
    from reports.demo.ground import Ground

CODE, YEAR = "1001", 1405
WALL = {"title": "دیوار حائل رمپ", "unit": "متر مربع", "target_quantity": "860", "weight": "3"}


def write(ground: Ground) -> None:
    agency = next(agency for agency, _ in ground.agencies if agency.code == CODE)
    by = ground.people["agency"]
    _capital(agency, by)
    _expense(agency, by)


def _amendment(model: Any, agency: Agency, by: User) -> Any:
    """A draft that still says what is in force."""
    before = model.objects.filter(agency=agency, fiscal_year__year=YEAR, state="exchanged").first()
    made = model(
        agency=agency,
        fiscal_year=before.fiscal_year,
        version=before.version + 1,
        amends=before,
        draft=document.from_tables(before).content,
        valid_from=jalali.gregorian(YEAR, 7, 1),
        recorded_at=timezone.now(),
        created_by=by,
    )
    if isinstance(before, CapitalAgreement):
        made.plan = before.plan
    made.save()
    return made


def _capital(agency: Agency, by: User) -> None:
    """Weights were shared anew, a row and a year came, the curve was lowered; the source still has to follow."""
    draft = _amendment(CapitalAgreement, agency, by)
    code = document.read(draft).projects[0]
    operations = document.read(draft).content["CA-4"][code]
    last = sorted(operations, key=document.order)[-1]
    weight = Decimal(operations[last]["weight"]) - Decimal(WALL["weight"])

    def typed(form: str, row: str, cell: str, text: str, part: str = code) -> None:
        saving.save_cell("capital", draft.pk, Path(form, part, row, cell), text, seen=None, by=by)

    typed("CA-1", "", "plan_type", "non_profit", "")
    typed("CA-1", "", "goal", "کاهش زمان سفر و افزایش ایمنی راه‌های شهرستان‌های استان", "")
    typed("CA-2", "", "project_type", "ongoing")
    typed("CA-3", "", "quantity", "9600")
    typed("CA-3", "", "quantity_unit", "متر مربع")
    typed("CA-4", last, "weight", str(weight))
    row = saving.add_row("capital", draft.pk, "CA-4", code, 0, by=by)
    for cell, text in WALL.items():
        typed("CA-4", row, cell, text)
    later = saving.add_row("capital", draft.pk, "CA-5", code, 0, by=by)
    typed("CA-5", later, "planned", "100")
    typed("CA-8", "", "reason", "کشف لولهٔ گاز در مسیر رمپ و افزودن دیوار حائل", "")


def _expense(agency: Agency, by: User) -> None:
    """The forms that the year began without: centres and persons are written, counties and chapters are left."""
    draft = _amendment(ExpenseAgreement, agency, by)
    programme = next(iter(document.read(draft).content["2-a"][""].values()))["programme"]

    def row(form: str, **texts: str) -> None:
        key = saving.add_row("expense", draft.pk, form, "", 0, by=by)
        for cell, text in texts.items():
            saving.save_cell("expense", draft.pk, Path(form, "", key, cell), text, seen=None, by=by)

    row("2-b", title="ستاد ادارهٔ کل", programme=programme, amount="30000")
    row("2-b", title="ادارات شهرستان‌ها", programme=programme)
    row("6", centre="ستاد ادارهٔ کل", permanent="84", contract="31", other="6")
    row("6", centre="ادارات شهرستان‌ها", permanent="142", contract="67", other="12")
    reason = "تکمیل فرم‌های مراکز فعالیت، نیروی انسانی و توزیع شهرستانی"
    saving.save_cell("expense", draft.pk, Path("8", "", "", "reason"), reason, seen=None, by=by)
