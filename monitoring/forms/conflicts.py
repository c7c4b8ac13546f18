"""What people write on a conflict, and the tolerance of a pair of sources."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal.forms import PercentFormField, PortalForm, ReasonField
from monitoring.conflicts.judging import PAIRS


class WordForm(PortalForm):
    text = ReasonField(label="متن", max_length=2000)


class AcceptForm(PortalForm):
    text = forms.CharField(
        label="یادداشت", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ToleranceForm(PortalForm):
    pair = forms.ChoiceField(label="دو منبع", choices=[(code, pair.title) for code, pair in PAIRS.items()])
    amount = PercentFormField(
        label="رواداری", help_text="واحد درصد برای پیشرفت؛ درصد از رقم منبع دیگر برای مبلغ"
    )
    valid_from = forms.ModelChoiceField(
        label="از مقطع", queryset=ReportingPeriod.objects.none(), empty_label=None
    )
    reason = ReasonField(label="دلیل", max_length=2000)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ReportingPeriod.objects.for_user(user).select_related("fiscal_year")
        self.fields["valid_from"].queryset = rows.order_by("-cutoff_date")  # type: ignore[attr-defined]
