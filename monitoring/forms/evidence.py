"""The next evidence policy of an organization."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from agreements.kinds import Kind
from agreements.models import ReportingPeriod
from budget_portal.forms import AmountField, PercentFormField, PortalForm


class PolicyForm(PortalForm):
    kind = forms.ChoiceField(label="نوع اعتبار", choices=Kind.choices)
    from_period = forms.ModelChoiceField(
        label="از مقطع",
        queryset=ReportingPeriod.objects.none(),
        empty_label=None,
        help_text="مقطعی که هنوز دستگاهی در آن پرونده‌ای نفرستاده است",
    )
    amount = AmountField(
        label="حد نصاب سند (میلیون ریال)",
        required=False,
        help_text="افزایش عملکرد یک ردیف از این مبلغ به بالا سند می‌خواهد؛ خالی: سندی خواسته نمی‌شود",
    )
    sample_share = PercentFormField(
        label="سهم نمونه (درصد)", help_text="از سندهای پایین‌تر از حد نصاب، که ذیحساب باید باز کند"
    )
    sample_least = forms.IntegerField(label="دست‌کم (سند)", min_value=0, max_value=100, localize=True)
    note = forms.CharField(label="دلیل یا شمارهٔ نامه", max_length=300)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ReportingPeriod.objects.for_user(user).select_related("fiscal_year")
        self.fields["from_period"].queryset = rows.order_by("-cutoff_date")  # type: ignore[attr-defined]
