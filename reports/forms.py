"""Shape and language of what is typed for a report."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Agency, County, SectorGroup, User
from agreements.models import ReportingPeriod
from budget_portal.digits import to_persian
from budget_portal.forms import PortalForm, ReasonField

LEVELS = [
    ("organization", "همهٔ سازمان"),
    ("sector_group", "گروه تخصصی"),
    ("county", "شهرستان"),
    ("agency", "دستگاه"),
]


class PeriodField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A cut-off by the name that reports carry: «شش‌ماهه ۱۴۰۵»."""

    def label_from_instance(self, obj: ReportingPeriod) -> str:
        return f"{obj.get_cutoff_display()} {to_persian(obj.fiscal_year.year)}"


class NewReportForm(PortalForm):
    """Period and scope of a new edition of R1."""

    period = PeriodField(ReportingPeriod.objects.none(), label="مقطع", empty_label="برگزینید")
    level = forms.ChoiceField(choices=LEVELS, label="دامنه")
    agency = forms.ModelChoiceField(Agency.objects.none(), required=False, label="دستگاه")
    sector_group = forms.ModelChoiceField(SectorGroup.objects.none(), required=False, label="گروه تخصصی")
    county = forms.ModelChoiceField(County.objects.none(), required=False, label="شهرستان")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = user.acting
        self._set(
            "period",
            ReportingPeriod.objects.for_user(user)
            .begun(user)
            .select_related("fiscal_year")
            .order_by("-cutoff_date"),
        )
        self._set("agency", Agency.objects.for_user(user))
        self._set("sector_group", SectorGroup.objects.for_user(user))
        province = acting.organization.province_id if acting else None
        self._set("county", County.objects.filter(province=province).order_by("name"))

    def _set(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        level = data.get("level")
        for name in ("agency", "sector_group", "county"):
            if name == level and not data.get(name):
                self.add_error(name, f"{self.fields[name].label} گزارش را برگزینید.")
            if name != level:
                data[name] = None
        return data


class ReturnReportForm(PortalForm):
    reason = ReasonField(label="دلیل برگشت")
