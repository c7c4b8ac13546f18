"""Shape of what is typed about days off and the working week."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from budget_portal.digits import to_latin
from budget_portal.forms import JalaliDateField, NameField, PortalForm, ReasonField
from budget_portal.jalali import WEEKDAYS

WEEK = [(day, WEEKDAYS[day]) for day in (5, 6, 0, 1, 2, 3, 4)]  # the week begins on Saturday


class SeenForm(PortalForm):
    """What would move is shown first; the second sending says that it was seen."""

    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)


class HolidayForm(SeenForm):
    day = JalaliDateField(label="روز")
    title = NameField(label="مناسبت", max_length=200)
    reason = ReasonField(label="دلیل یا سند", min_length=5)


class WithdrawForm(SeenForm):
    reason = ReasonField(label="دلیل", min_length=5)


class HourField(forms.Field):
    """«۷:۳۰» in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off", "maxlength": "5"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = to_latin(str(value or "")).strip()
        if not text:
            return None
        try:
            return dt.time.fromisoformat(text.zfill(5) if ":" in text else f"{text.zfill(2)}:00")
        except ValueError as problem:
            raise forms.ValidationError("ساعت را مانند ۷:۳۰ بنویسید.") from problem

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value


class WeekForm(SeenForm):
    valid_from = JalaliDateField(label="از تاریخ")
    days_off = forms.TypedMultipleChoiceField(
        label="روزهای تعطیل هفته", choices=WEEK, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    opens_at = HourField(label="آغاز ساعت اداری", required=False, help_text="خالی: همهٔ روز")
    closes_at = HourField(
        label="پایان ساعت اداری", required=False, help_text="آنچه پس از آن برسد از روز کاری بعد شمرده می‌شود."
    )
    reason = ReasonField(label="دلیل یا سند", min_length=5)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if (opens is None) != (closes is None):
            self.add_error("closes_at", "آغاز و پایان را با هم بنویسید، یا هر دو را خالی بگذارید.")
        elif opens and closes and closes <= opens:
            self.add_error("closes_at", "پایان ساعت اداری باید پس از آغاز آن باشد.")
        if len(data.get("days_off", ())) > 6:
            self.add_error("days_off", "دست‌کم یک روز هفته باید کاری باشد.")
        return data
