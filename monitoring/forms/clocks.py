from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Role
from budget_portal.digits import to_latin
from budget_portal.forms import NameField, PortalForm, ReasonField
from monitoring.clocks.terms import Reason
from monitoring.models.clocks import Basis, Sort

TOLD = (
    "agency_user",
    "agency_head",
    "treasurer",
    "budget_expert",
    "consolidation",
    "budget_deputy",
    "org_head",
)
ROLES = [(role, str(Role(role).label)) for role in TOLD]


class PauseForm(PortalForm):
    code = forms.ChoiceField(label="دلیل توقف")
    note = ReasonField(label="شرح")

    def __init__(self, *args: Any, reasons: list[Reason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(row.code, f"{row.title} (حداکثر {row.limit} روز کاری)") for row in reasons]


class DaysField(forms.Field):
    """A count of working days in any digits."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        attributes = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off", "maxlength": "4"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = to_latin(str(value if value is not None else "")).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and self.least <= int(text) <= self.most):
            raise forms.ValidationError(f"عددی از {self.least} تا {self.most} بنویسید.")
        return int(text)


class StepForm(PortalForm):
    days = DaysField(label="مدت گام (روز کاری)", least=1, most=250)
    minimum = DaysField(label="کمینهٔ پس از توقف (روز کاری)", least=0, most=250)
    basis = forms.ChoiceField(label="مبنای مهلت", choices=Basis.choices)
    reason = ReasonField(label="دلیل یا سند", min_length=5)


class ReasonOfPauseForm(PortalForm):
    title = NameField(label="دلیل توقف", max_length=100)
    limit = DaysField(
        label="سقف (روز کاری)",
        least=1,
        most=250,
        required=False,
        help_text="برگشت به دستگاه می‌تواند بی‌سقف باشد.",
    )
    reason = ReasonField(label="دلیل یا سند", min_length=5)


class EscalationForm(PortalForm):
    sort = forms.ChoiceField(label="ساعت", choices=Sort.choices)
    when = forms.ChoiceField(label="کی", choices=[("before", "پیش از مهلت"), ("after", "پس از مهلت")])
    days = DaysField(label="چند روز کاری", least=1, most=60)
    role = forms.ChoiceField(label="به چه نقشی", choices=ROLES)
    reason = ReasonField(label="دلیل یا سند", min_length=5)
