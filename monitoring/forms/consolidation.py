"""Forms of the consolidation group and the deputy: a reason, and the lines it is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from budget_portal.digits import to_persian
from budget_portal.forms import JalaliDateField, PortalForm
from monitoring.models import ReturnReason
from monitoring.review import decisions
from monitoring.rules import REASON_LENGTH, is_reason
from monitoring.workflow.submissions import Return

SHORT = f"دلیل را در دست‌کم {to_persian(REASON_LENGTH)} نویسه بنویسید."
NO_LINE = "دست‌کم یک ردیف را برای برگشت انتخاب کنید."


class ReasonForm(PortalForm):
    """Why an approved submission is to be opened again."""

    reason = forms.CharField(
        label="دلیل",
        help_text=f"دست‌کم {to_persian(REASON_LENGTH)} نویسه؛ در رویدادنامه می‌ماند.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not is_reason(reason):
            raise forms.ValidationError(SHORT)
        return reason


class LinesMixin(forms.Form):
    """Ticked lines («project:12», «line:3:7»); the page draws the boxes beside the figures."""

    def __init__(self, *args: Any, known: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked = self.data.getlist("rows") if hasattr(self.data, "getlist") else []
        self.chosen = [key for key in ticked if key in known]

    def returns(self, **facts: Any) -> list[Return]:
        return [_return(key, facts) for key in self.chosen]


def _return(key: str, facts: dict[str, Any]) -> Return:
    kind, *ids = key.split(":")
    if kind == "project":
        return Return(**facts, project_id=int(ids[0]))
    return Return(**facts, programme_id=int(ids[0]), expense_chapter_id=int(ids[1]))


class ReturnLinesForm(LinesMixin, ReasonForm):
    reason_code = forms.ModelChoiceField(
        queryset=ReturnReason.objects.all(), label="دستهٔ دلیل", empty_label="انتخاب کنید"
    )
    due_on = JalaliDateField(label="مهلت اصلاح", required=False)

    field_order = ("reason_code", "reason", "due_on")

    def clean_due_on(self) -> Any:
        due = self.cleaned_data.get("due_on")
        if not decisions.is_fit_date(due):
            raise forms.ValidationError(decisions.UNFIT_DATE)
        return due

    def clean(self) -> dict[str, Any]:
        if not self.chosen:
            raise forms.ValidationError(NO_LINE)
        return self.cleaned_data

    def lines(self) -> list[Return]:
        names = ("reason", "reason_code", "due_on")
        return self.returns(**{name: self.cleaned_data[name] for name in names})


class OpenLinesForm(LinesMixin, PortalForm):
    """What the deputy opens: the ticked lines, or without any tick the whole."""
