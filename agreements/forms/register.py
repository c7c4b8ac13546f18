"""Shape of what is typed into the project register."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Agency, County, User
from agreements import register
from agreements.models import Plan, Programme, Project, ProjectIdentifier
from agreements.models.projects import STATUSES
from agreements.models.register import CAUSES, HALTED
from agreements.register import rights
from agreements.register.new import STARTING, NewPlan, NewProject
from budget_portal import jalali
from budget_portal.digits import to_persian
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


class _Coded(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{to_persian(obj.code)} – {obj}"


class _Place(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A county, with its province where the organization works in several."""

    with_province = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.province.name})" if self.with_province else obj.name


class NewProjectForm(PortalForm):
    """A project that the register does not know. Its plan is chosen, or named here for the first time."""

    PLAN = ("plan_code", "plan_title", "programme")
    GROUPS = (
        ("پروژه", ("title", "agency", "beneficiary_agency", "code", "nezarat4")),
        ("طرح", ("plan", *PLAN)),
        ("محل", ("county", "address", "latitude", "longitude", "place_reason")),
        ("اجرا", ("execution_method", "status", "since")),
    )

    title = NameField(label="عنوان پروژه", max_length=300)
    agency = _Coded(Agency.objects.none(), label="دستگاه اجرایی")
    beneficiary_agency = _Coded(
        Agency.objects.none(), label="دستگاه بهره‌بردار", required=False, help_text="اگر دستگاه دیگری است"
    )
    code = NameField(
        label="کد پروژه",
        max_length=30,
        required=False,
        help_text="همیشگی است؛ خالی: شمارهٔ بعدی همان طرح داده می‌شود",
    )
    nezarat4 = NameField(label="شناسهٔ نظارت ۴", max_length=60, required=False)
    plan = _Coded(Plan.objects.none(), label="طرح", required=False, help_text="خالی: طرح تازهٔ زیر")
    plan_code = NameField(label="کد طرح تازه", max_length=30, required=False)
    plan_title = NameField(label="عنوان طرح تازه", max_length=300, required=False)
    programme = _Coded(
        Programme.objects.none(), label="برنامهٔ طرح تازه", required=False, help_text="برنامه‌های معتبر امروز"
    )
    county = _Place(County.objects.none(), label="شهرستان")
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
    execution_method = forms.ChoiceField(label="روش اجرا", choices=Project.ExecutionMethod.choices)
    status = forms.ChoiceField(label="وضعیت", choices=[(name, STATUSES[name]) for name in STARTING])
    since = JalaliDateField(
        label="وضعیت از تاریخ", required=False, help_text="برای پروژه‌ای که کار آن آغاز شده است"
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        organization = by.acting.organization if by.acting else None
        agencies = Agency.objects.for_user(by).filter(is_active=True).order_by("name_sort")
        fields["agency"].queryset = fields["beneficiary_agency"].queryset = agencies
        fields["plan"].queryset = Plan.objects.for_user(by).filter(organization=organization).order_by("code")
        fields["programme"].queryset = Programme.objects.for_user(by).valid_on(jalali.today())
        counties = County.objects.select_related("province").order_by("province", "name")
        province = organization.province_id if organization else None
        fields["county"].queryset = counties.filter(province=province) if province else counties
        fields["county"].with_province = province is None

    def groups(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"latitude", "longitude"} <= data.keys() and (data["latitude"] is None) != (
            data["longitude"] is None
        ):
            self.add_error("latitude" if data["latitude"] is None else "longitude", POINT)
        self._check_plan(data)
        if data.get("status") != "not_started" and not data.get("since") and "since" not in self.errors:
            self.add_error("since", "بنویسید پروژه از چه تاریخی در این وضعیت است.")
        return data

    def _check_plan(self, data: dict[str, Any]) -> None:
        typed = [name for name in self.PLAN if data.get(name)]
        if data.get("plan") and typed:
            self.add_error("plan", "یا طرح را از فهرست برگزینید یا طرح تازه بنویسید، نه هر دو.")
        elif not data.get("plan") and "plan" not in self.errors:
            if not typed:
                self.add_error("plan", "طرح را از فهرست برگزینید یا طرح تازه بنویسید.")
            for name in self.PLAN if typed else ():
                if name not in typed and name not in self.errors:
                    self.add_error(name, f"«{self.fields[name].label}» را بنویسید.")

    @property
    def facts(self) -> NewProject:
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("plan", *self.PLAN)}
        data = self.cleaned_data
        plan = data["plan"] or NewPlan(data["plan_code"], data["plan_title"], data["programme"])
        return NewProject(plan=plan, **said)


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
