from __future__ import annotations

from typing import Any

from django import forms

from agreements.models import PeriodWindow
from budget_portal.forms import JalaliDateField, PortalForm, ProseField, ReasonField
from budget_portal.jalali import format_date
from monitoring.extensions import named


class ExtensionForm(PortalForm):
    window = forms.TypedChoiceField(label="مقطع", coerce=int)
    until = JalaliDateField(label="تا چه روزی", help_text="آخرین روزی که در آن رقم می‌فرستید")
    reason = ReasonField(label="دلیل", help_text="دست‌کم ۲۰ نویسه؛ در گزارش کنار «ثبت با تأخیر» چاپ می‌شود.")

    def __init__(self, *args: Any, windows: list[PeriodWindow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["window"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [
                (row.pk, f"{named(row)} (مهلت {format_date(row.last_day, 'text')})") for row in windows
            ]


class DecisionForm(PortalForm):
    note = ProseField(label="یادداشت", required=False, help_text="برای رد، دست‌کم ۲۰ نویسه")
