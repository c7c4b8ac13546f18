"""Reading a return: which lines, why, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from budget_portal.forms import JalaliDateField, PortalForm
from monitoring.lines import LineKey
from monitoring.models import ReturnReason
from monitoring.review import decisions
from monitoring.rules import REASON_LENGTH, is_reason
from monitoring.workflow.submissions import Return

SHORT = "دلیل را در دست‌کم ۲۰ نویسه بنویسید."
NO_LINE = "ردیفی را که برگشت می‌دهید انتخاب کنید."


class ReturnForm(PortalForm):
    """The reason travels to the row of the agency, so it says what to mend."""

    reason_code = forms.ModelChoiceField(
        queryset=ReturnReason.objects.all(),
        label="دلیل برگشت",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    reason = forms.CharField(
        label="توضیح برای کارشناس دستگاه",
        help_text=f"در همان ردیف نمایش داده می‌شود؛ دست‌کم {REASON_LENGTH} نویسه".replace("20", "۲۰"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    due_on = JalaliDateField(label="مهلت اصلاح", required=False)

    def __init__(
        self, data: QueryDict | None = None, *, known: set[str], opened: str = "", **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.known, self.opened = known, opened
        ticked = [value.partition("~")[0] for value in data.getlist("rows")] if data else []
        self.chosen = [key for key in ticked if key in known or key == "whole"]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not is_reason(reason):
            raise forms.ValidationError(SHORT)
        return reason

    def clean_due_on(self) -> Any:
        due = self.cleaned_data.get("due_on")
        if not decisions.is_fit_date(due):
            raise forms.ValidationError(decisions.UNFIT_DATE)
        return due

    def clean(self) -> dict[str, Any]:
        if not self.chosen and self.opened not in self.known:
            raise forms.ValidationError(NO_LINE)
        return self.cleaned_data

    def lines(self) -> list[Return]:
        """The ticked lines, else the open one."""
        keys = ["whole"] if "whole" in self.chosen else self.chosen or [self.opened]
        return [self._line(key) for key in keys]

    def _line(self, key: str) -> Return:
        facts = {name: self.cleaned_data[name] for name in ("reason", "reason_code", "due_on")}
        line: dict[str, Any] = LineKey.parse(key).columns
        return Return(**facts, **line)
