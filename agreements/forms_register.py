"""Shape of what is typed into the project register."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import County, User
from agreements import register
from agreements import register_rights as rights
from agreements.models import Project, ProjectIdentifier
from agreements.models.projects import STATUSES
from agreements.models.register import CAUSES, HALTED
from budget_portal import jalali
from budget_portal.forms import DegreesField, JalaliDateField, NameField, PortalForm, ProseField

NOTHING = ("", "—")
POINT = "عرض و طول جغرافیایی را با هم وارد کنید."


class IdentityForm(PortalForm):
    """The fields of the register that this person may change; the others are not offered."""

    title = NameField(label="عنوان پروژه", max_length=300)
    county = forms.ModelChoiceField(label="شهرستان", queryset=County.objects.none())
    execution_method = forms.ChoiceField(label="روش اجرا", choices=Project.ExecutionMethod.choices)
    address = NameField(label="نشانی", max_length=300, required=False)
    latitude = DegreesField(label="عرض جغرافیایی", most=90, required=False, help_text="درجه، مانند ۳۱٫۳۲۰۳۱")
    longitude = DegreesField(
        label="طول جغرافیایی", most=180, required=False, help_text="درجه، مانند ۴۸٫۶۷۰۲۵"
    )
    place_reason = ProseField(
        label="علت دوری محل",
        rows=2,
        max_length=500,
        required=False,
        help_text="اگر محل از مرکز شهرستان یا استان دور است، دست‌کم ۲۰ نویسه",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, project: Project, by: User, **kwargs: Any) -> None:
        initial = {name: getattr(project, name) for name in register.IDENTITY} | {
            "seen": register.stamp(project)
        }
        super().__init__(*args, initial=initial, **kwargs)
        for name, right in register.IDENTITY.items():
            if not right(by, project):
                del self.fields[name]
        if "county" in self.fields:
            self.fields["county"].queryset = County.objects.filter(  # type: ignore[attr-defined]
                province=project.county.province_id
            ).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"latitude", "longitude"} <= data.keys() and (data["latitude"] is None) != (
            data["longitude"] is None
        ):
            self.add_error("latitude" if data["latitude"] is None else "longitude", POINT)
        return data

    @property
    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in register.IDENTITY}


class StatusForm(PortalForm):
    """A new status, since when, and why."""

    status = forms.ChoiceField(label="وضعیت تازه")
    since = JalaliDateField(label="از تاریخ")
    cause = forms.ChoiceField(
        label="علت",
        choices=[NOTHING, *CAUSES.items()],
        required=False,
        help_text="برای متوقف، راکد، فسخ پیمان و حذف لازم است",
    )
    note = ProseField(label="توضیح", rows=3, max_length=1000, required=False)

    def __init__(self, *args: Any, project: Project, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (value, label)
            for value, label in STATUSES.items()
            if value != project.status and rights.can_change_status(by, project, value)
        ]
        self.fields["status"].choices = [NOTHING, *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("status") in HALTED and not data.get("cause"):
            self.add_error("cause", "برای این وضعیت علت را انتخاب کنید.")
        if data.get("cause") == "other" and not data.get("note"):
            self.add_error("note", "علت «سایر» توضیح می‌خواهد.")
        return data


class IdentifierForm(PortalForm):
    """A code of another system, from a day on."""

    system = forms.ChoiceField(label="سامانه")
    code = NameField(label="شناسه", max_length=60)
    since = JalaliDateField(label="معتبر از")
    note = NameField(
        label="یادداشت", max_length=200, required=False, help_text="مانند سبب تغییر یا نام سامانه"
    )

    def __init__(self, *args: Any, project: Project, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (value, label)
            for value, label in ProjectIdentifier.System.choices
            if rights.can_change_identifier(by, project, value)
        ]
        self.fields["system"].choices = offered  # type: ignore[attr-defined]


class EndForm(PortalForm):
    """The last day on which something holds."""

    last_day = JalaliDateField(label="آخرین روز اعتبار")

    @classmethod
    def today(cls) -> EndForm:
        return cls(initial={"last_day": jalali.today()})
