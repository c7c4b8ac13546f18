"""Shape and language of what is typed about people and places; who may is decided in permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Agency, County, Role, SectorGroup, User
from accounts.scopes import AGENCY
from budget_portal.digits import to_latin
from budget_portal.forms import (
    JalaliDateField,
    LegalIdField,
    MobileField,
    NameField,
    PortalForm,
    PortalModelForm,
    ReasonField,
)
from budget_portal.jalali import today

if TYPE_CHECKING:
    from accounts.models import Membership

PLACE_OF_ROLE = {
    **dict.fromkeys(AGENCY, "agency"),
    Role.BUDGET_EXPERT: "sector_group",
    Role.COUNTY_VIEWER: "county",
}


class PersonForm(PortalModelForm):
    full_name = NameField(label="نام و نام خانوادگی", max_length=120)
    username = forms.CharField(
        label="نام کاربری",
        max_length=60,
        help_text="حروف لاتین، رقم، نقطه و خط تیره",
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="رایانامه",
        required=False,
        help_text="برای بازیابی رمز",
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    mobile = MobileField(label="تلفن همراه", required=False)

    class Meta:
        model = User
        fields = ["full_name", "username", "email", "mobile"]

    def clean_username(self) -> str:
        """Two people never differ by the case of a letter only."""
        written = to_latin(self.cleaned_data["username"]).strip().lower()
        taken = User.objects.filter(username__iexact=written).exclude(pk=self.instance.pk)
        if taken.exists():
            raise ValidationError("این نام کاربری گرفته شده است.")
        return written

    def clean_email(self) -> str:
        """A mail address opens one account only: a reset would else change two passwords."""
        written = str(self.cleaned_data["email"]).lower()
        if written and User.objects.filter(email__iexact=written).exclude(pk=self.instance.pk).exists():
            raise ValidationError("این رایانامه برای شخص دیگری ثبت است.")
        return written


class MembershipForm(PortalForm):
    role = forms.ChoiceField(label="نقش", choices=[("", "—"), *Role.choices])
    agency: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label="دستگاه", queryset=None, required=False, help_text="برای کارشناس دستگاه، رئیس دستگاه و ذیحساب"
    )
    sector_group: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label="گروه", queryset=None, required=False, help_text="برای کارشناس بودجه"
    )
    county: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label="شهرستان", queryset=None, required=False, help_text="برای فرمانداری شهرستان"
    )
    valid_from = JalaliDateField(label="از تاریخ", initial=today)
    valid_to = JalaliDateField(label="تا تاریخ", required=False, help_text="خالی: بدون پایان")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = by.acting.organization if by.acting else None
        places = {
            "agency": Agency.objects.for_user(by).filter(is_active=True),
            "sector_group": SectorGroup.objects.for_user(by),
            "county": County.objects.filter(province=organization.province_id if organization else None),
        }
        for name, queryset in places.items():
            _choice(self, name).queryset = queryset

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = PLACE_OF_ROLE.get(data.get("role", ""))
        for name in ("agency", "sector_group", "county"):
            if name != needed:
                data[name] = None
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, f"این نقش «{self.fields[name].label}» می‌خواهد.")
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", "تاریخ پایان نقش پیش از آغاز آن است.")
        return data


class EndMembershipForm(PortalForm):
    reason = ReasonField(label="دلیل پایان نقش", min_length=5)

    def __init__(self, *args: Any, membership: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership


class DeactivateForm(PortalForm):
    reason = ReasonField(label="دلیل غیرفعال‌کردن", min_length=5)


class AgencyForm(PortalModelForm):
    name = NameField(label="نام دستگاه", max_length=200)
    code = forms.CharField(label="کد دستگاه", max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"}))
    legal_id = LegalIdField(label="شناسهٔ ملی", required=False)
    is_active = forms.BooleanField(label="دستگاه فعال است", required=False)

    class Meta:
        model = Agency
        fields = ["name", "code", "sector_group", "county", "legal_id", "is_active"]
        labels = {"sector_group": "گروه", "county": "شهرستان"}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = by.acting.organization if by.acting else None
        group, county = _choice(self, "sector_group"), _choice(self, "county")
        group.queryset = SectorGroup.objects.for_user(by)
        is_national = organization is None or organization.level == "national"
        county.required = not is_national
        county.queryset = (
            County.objects.all()
            if is_national or organization is None
            else County.objects.filter(province=organization.province_id)
        )

    def clean_code(self) -> str:
        return to_latin(self.cleaned_data["code"]).strip()


class GroupForm(PortalModelForm):
    name = NameField(label="نام گروه", max_length=80)
    code = forms.SlugField(label="نشانهٔ لاتین", max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"}))

    class Meta:
        model = SectorGroup
        fields = ["name", "code"]


class ApiKeyForm(PortalForm):
    name = NameField(label="نام کلید", max_length=80, help_text="برای چه کاری؟")
    days = forms.TypedChoiceField(
        label="اعتبار", choices=[("30", "۳۰ روز"), ("90", "۹۰ روز"), ("365", "یک سال")], coerce=int
    )


def _choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField[Any]:
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
