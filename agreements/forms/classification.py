"""Shape of what is typed about classification and its mapping from year to year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import User
from agreements.classification import TREES, Tree
from agreements.models import FundingSource
from budget_portal import jalali, numbers
from budget_portal.forms import JalaliDateField, NameField, PortalForm, QuantityFormField

SPLITS = 4
HUNDRED = Decimal(100)


class RowForm(PortalForm):
    """A new row: code, title, what it hangs on, from when."""

    code = NameField(label="کد", max_length=30)
    title = NameField(label="عنوان", max_length=400)
    valid_from = JalaliDateField(label="معتبر از")

    def __init__(self, *args: Any, tree: Tree, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if tree.parent:
            above = TREES[tree.parent_key]
            rows = above.model.objects.for_user(by).valid_on(jalali.today())
            self.fields[tree.parent] = forms.ModelChoiceField(label=above.label, queryset=rows)
            self.fields[tree.parent].label_from_instance = label  # type: ignore[attr-defined]
        if tree.key == "funding-source":
            self.fields["kind"] = forms.ChoiceField(
                label="نوع منبع", choices=FundingSource.SourceKind.choices
            )


def label(row: Any) -> str:
    return f"{row.code} – {row.title}"


class RenameForm(PortalForm):
    title = NameField(label="عنوان تازه", max_length=400)
    from_day = JalaliDateField(label="از تاریخ")


class ShareField(QuantityFormField):
    """A share in percent with four decimals."""

    def read(self, value: Any) -> numbers.ReadNumber[Decimal]:
        return numbers.read_quantity(value, 4, most=HUNDRED)


class MappingForm(PortalForm):
    """Up to four rows of the later year with their shares; none: it could not be mapped."""

    def __init__(self, *args: Any, targets: list[tuple[str, str]], parts: Any = (), **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        for number, (code, _, share) in enumerate(parts, start=1):
            initial |= {f"to_{number}": code, f"share_{number}": share * HUNDRED}
        super().__init__(*args, initial=initial, **kwargs)
        choices = [("", "—"), *((code, f"{code} – {title}") for code, title in targets)]
        for number in range(1, SPLITS + 1):
            self.fields[f"to_{number}"] = forms.ChoiceField(
                label=f"ردیف {number} سال تازه", choices=choices, required=False
            )
            self.fields[f"share_{number}"] = ShareField(label=f"سهم ردیف {number} (٪)", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pairs = list(self._pairs(data))
        for number, code, share in pairs:
            if code and not share:
                self.add_error(f"share_{number}", "سهم این ردیف را بنویسید.")
            if share and not code:
                self.add_error(f"to_{number}", "ردیف این سهم را انتخاب کنید.")
        codes = [code for _, code, _ in pairs if code]
        if len(set(codes)) != len(codes):
            self.add_error(None, "یک ردیف دو بار انتخاب شده است.")
        total = sum((share or Decimal(0) for _, _, share in pairs), Decimal(0))
        if codes and not self.errors and total != HUNDRED:
            self.add_error(None, "جمع سهم‌ها باید ۱۰۰٪ باشد.")
        return data

    @staticmethod
    def _pairs(data: dict[str, Any]) -> Iterator[tuple[int, str, Decimal | None]]:
        for number in range(1, SPLITS + 1):
            yield number, data.get(f"to_{number}") or "", data.get(f"share_{number}")

    @property
    def shares(self) -> dict[str, Decimal]:
        return {code: share / HUNDRED for _, code, share in self._pairs(self.cleaned_data) if code and share}
