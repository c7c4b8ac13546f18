"""The forms of coming in: allauth's own, drawn by our field template and with our words.

Labels instead of placeholders; the code may be typed in Persian digits and with spaces.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _

from budget_portal.digits import to_latin
from budget_portal.forms import FigureInput, PortalFormMixin


class _EntranceForm(PortalFormMixin):
    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field.widget, forms.PasswordInput | forms.EmailInput) or name == "login":
                field.widget.attrs["dir"] = "ltr"
            if name in self.labels:
                field.label = self.labels[name]
                field.error_messages["required"] = f"«{field.label}» را وارد کنید."
        if "password1" not in fields:
            for field in fields.values():
                field.help_text = ""


class LoginForm(_EntranceForm, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("نام کاربری"), "password": _("رمز عبور")}

    def clean_login(self) -> str:
        return to_latin(super().clean_login())


class ResetPasswordForm(_EntranceForm, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("نشانی رایانامه")}


class ResetPasswordKeyForm(_EntranceForm, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": _("رمز تازه"), "password2": _("تکرار رمز تازه")}


class ChangePasswordForm(_EntranceForm, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": _("رمز کنونی"),
        "password1": _("رمز تازه"),
        "password2": _("تکرار رمز تازه"),
    }


class SetPasswordForm(_EntranceForm, account.SetPasswordForm):  # type: ignore[misc]
    labels = {"password1": _("رمز تازه"), "password2": _("تکرار رمز تازه")}


class PasswordAgainForm(_EntranceForm, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("رمز عبور")}


class _CodeFormMixin(_EntranceForm):
    labels = {"code": _("رمز دوم")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("data") is not None or (args and args[0] is not None):
            data = (kwargs.get("data") if args == () else args[0]).copy()  # type: ignore[union-attr]
            data["code"] = to_latin(data.get("code", "")).replace(" ", "")
            args, kwargs = args[1:], {**kwargs, "data": data}
        super().__init__(*args, **kwargs)
        field: forms.Field = self.fields["code"]  # type: ignore[attr-defined]
        field.widget = FigureInput(
            {"autocomplete": "one-time-code", "class": "field__input--code", "autofocus": True},
            mode="numeric",
        )
        field.help_text = _("از برنامهٔ رمزساز، ۶ رقم؛ یا یکی از کدهای بازیابی")


class CodeForm(_CodeFormMixin, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(_CodeFormMixin, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateForm(_CodeFormMixin, totp.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("۶ رقمی که برنامهٔ رمزساز اکنون نشان می‌دهد")
