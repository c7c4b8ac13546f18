"""A substitute's letter as it is typed; what may not be together is refused by the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from accounts.models import DELEGABLE, Membership, User
from budget_portal.forms import JalaliDateField, NameField, PortalForm, ReasonField
from budget_portal.jalali import today

if TYPE_CHECKING:
    from django.db.models import QuerySet

TYPES = "image/jpeg,image/png,image/heic,application/pdf"


class _Office(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.full_name} · {obj}"


class _Person(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} ({obj.username})"


class DelegationForm(PortalForm):
    membership = _Office(Membership.objects.none(), label="نقش چه کسی", empty_label="—")
    substitute = _Person(User.objects.none(), label="جانشین", empty_label="—")
    valid_from = JalaliDateField(label="از روز", initial=today)
    valid_to = JalaliDateField(
        label="تا پایان روز", help_text="جانشینی در پایان این روز خودبه‌خود تمام می‌شود."
    )
    letter_number = NameField(label="شمارهٔ نامه", max_length=60)
    letter_date = JalaliDateField(label="تاریخ نامه")
    document = forms.FileField(
        label="نامهٔ پویش‌شده",
        help_text="PDF یا تصویر، تا ۱۰ مگابایت",
        widget=forms.FileInput(attrs={"accept": TYPES}),
    )
    outside_treasury = forms.BooleanField(
        label="به گواهی نامه، جانشین از کارکنان ذیحسابی نیست",
        required=False,
        help_text="تنها برای رئیس دستگاه (مادهٔ ۵۳ قانون محاسبات عمومی)",
    )

    def __init__(self, *args: Any, by: User, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Membership.objects.for_user(by).valid().filter(role__in=DELEGABLE)
        fields = cast("dict[str, Any]", self.fields)
        fields["membership"].queryset = offices.select_related(
            "user", "organization", "agency", "sector_group", "county"
        ).order_by("user__full_name", "pk")
        fields["substitute"].queryset = people.filter(is_active=True).order_by("full_name", "pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", "تاریخ پایان جانشینی پیش از آغاز آن است.")
        if data.get("letter_date") and data["letter_date"] > today():
            self.add_error("letter_date", "تاریخ نامه در آینده است.")
        return data


class DelegationReasonForm(PortalForm):
    reason = ReasonField(label="دلیل", min_length=10)
