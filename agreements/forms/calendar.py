"""Shape of what is typed about years and windows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from agreements.models import PeriodWindow
from agreements.planning import DATES, order_problem
from budget_portal.digits import to_latin
from budget_portal.forms import JalaliDateField, PortalForm, ReasonField

LABELS = {
    "opens_on": "آغاز ورود",
    "entry_due": "پایان ورود دستگاه",
    "treasurer_due": "تأیید ذیحساب تا",
    "expert_due": "بازدید و بررسی تا",
    "consolidation_due": "تأیید نهایی تا",
    "publication_on": "انتشار گزارش",
}


class ExtensionForm(PortalForm):
    """Until when a window is open, and why."""

    until = JalaliDateField(label="آخرین روز تازه")
    reason = ReasonField(label="دلیل")


class YearForm(PortalForm):
    year = forms.CharField(
        label="سال مالی",
        max_length=4,
        help_text="مانند ۱۴۰۶",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )

    def clean_year(self) -> int:
        written = to_latin(self.cleaned_data["year"]).strip()
        if not (written.isascii() and written.isdecimal() and 1380 <= int(written) <= 1480):
            raise forms.ValidationError("سال را چهاررقمی و شمسی بنویسید.")
        return int(written)


class WindowDatesForm(PortalForm):
    opens_on = JalaliDateField(label=LABELS["opens_on"])
    entry_due = JalaliDateField(label=LABELS["entry_due"])
    treasurer_due = JalaliDateField(label=LABELS["treasurer_due"])
    expert_due = JalaliDateField(label=LABELS["expert_due"])
    consolidation_due = JalaliDateField(label=LABELS["consolidation_due"])
    publication_on = JalaliDateField(label=LABELS["publication_on"])

    @classmethod
    def of(cls, window: PeriodWindow) -> WindowDatesForm:
        return cls(initial={name: getattr(window, name) for name in DATES})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        dates: dict[str, dt.date] = {name: data[name] for name in DATES if data.get(name)}
        if len(dates) == len(DATES) and (problem := order_problem(dates)):
            self.add_error(None, problem)
        return data
