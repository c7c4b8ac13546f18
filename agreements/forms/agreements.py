"""Shape of what is typed about a version: reasons, the exchange, remarks, the days that are asked about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from agreements.workflow.versions import SYSTEMS
from budget_portal import jalali
from budget_portal.forms import JalaliDateField, NameField, PortalForm, ProseField, ReasonField

DOCUMENT_TYPES = ".pdf,.jpg,.jpeg,.png"
SYSTEM_OF = {"capital": "nezarat4", "expense": "saba"}


class AmendForm(PortalForm):
    """Why, from when and on which ground a version is amended."""

    reason = ProseField(label="دلیل اصلاح", max_length=2000)
    valid_from = JalaliDateField(label="تاریخ اثر", help_text="از این روز نسخهٔ اصلاحی لازم‌الاجراست.")
    document = forms.FileField(
        label="سند اصلاحیه",
        required=False,
        widget=forms.FileInput(attrs={"accept": DOCUMENT_TYPES}),
        help_text="نامه یا مصوبه: PDF، JPEG یا PNG تا ۱۰ مگابایت. تا پیش از امضا هم پیوست می‌شود.",
    )


class ReturnForm(PortalForm):
    reason = ReasonField(label="دلیل برگشت")


class ExchangeForm(PortalForm):
    """What Nezarat 4 or Saba says of the exchange."""

    system = forms.ChoiceField(choices=list(SYSTEMS.items()), label="سامانهٔ مبادله")
    number = NameField(
        label="شمارهٔ مبادله",
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    agreed_on = JalaliDateField(label="تاریخ مبادله", initial=jalali.today)
    valid_from = JalaliDateField(label="تاریخ اثر", help_text="از این روز این نسخه لازم‌الاجراست.")

    @classmethod
    def of(cls, kind: str, agreement: Any) -> ExchangeForm:
        return cls(initial={"system": SYSTEM_OF[kind], "valid_from": agreement.valid_from})


class RemarkForm(PortalForm):
    text = ProseField(label="نکته", max_length=2000)


class InForceForm(PortalForm):
    """Which version held on a day, as it was known on another."""

    on = JalaliDateField(label="لازم‌الاجرا در", required=False)
    known = JalaliDateField(label="چنان‌که دانسته شد در", required=False)

    @property
    def is_asked(self) -> bool:
        return bool(self.cleaned_data["on"] or self.cleaned_data["known"])

    @property
    def day(self) -> dt.date:
        found: dt.date | None = self.cleaned_data["on"]
        return found or jalali.today()

    @property
    def moment(self) -> dt.datetime | None:
        """The end of the day on which it was known; None: now."""
        known: dt.date | None = self.cleaned_data["known"]
        return jalali.end_of_day(known) if known else None
