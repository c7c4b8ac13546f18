from __future__ import annotations

from typing import Any

from django import forms

from budget_portal.forms import PortalForm, ReasonField
from monitoring.clocks.terms import Reason


class PauseForm(PortalForm):
    code = forms.ChoiceField(label="دلیل توقف")
    note = ReasonField(label="شرح")

    def __init__(self, *args: Any, reasons: list[Reason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(row.code, f"{row.title} (حداکثر {row.limit} روز کاری)") for row in reasons]
