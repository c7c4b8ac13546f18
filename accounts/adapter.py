"""How allauth behaves here: no sign-up, secrets of the second factor encrypted, Persian words of its mails."""

from __future__ import annotations

import base64
import hashlib
import io
import time

import segno
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import second_factor


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are made by the administrator; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("این حساب غیرفعال است؛ به مدیر سامانهٔ سازمان خود بگویید."),
        "enter_current_password": _("رمز کنونی درست نیست."),
        "incorrect_password": _("رمز عبور درست نیست."),
        "rate_limited": _("درخواست‌ها بیش از اندازه است؛ اندکی بعد دوباره بیازمایید."),
        "too_many_login_attempts": _("تلاش ناموفق بیش از اندازه است؛ پس از یک ربع دوباره بیازمایید."),
        "username_password_mismatch": _("نام کاربری یا رمز عبور درست نیست."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Who has just signed in sets up the second factor without typing the password twice."""
        records = get_authentication_records(context.request, context.request.user)
        recent = time.time() - account_settings.REAUTHENTICATION_TIMEOUT
        return not any(record["at"] > recent for record in records)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets unreadable in a stolen database; draws the code with our own QR package."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("نقش شما رمز دوم می‌خواهد؛ خاموش‌کردن آن ممکن نیست."),
        "incorrect_code": _("رمز دوم درست نیست یا زمان آن گذشته است."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        drawing = io.BytesIO()
        segno.make(url, error="m").save(drawing, kind="svg", scale=5, border=2, xmldecl=False)
        return drawing.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not second_factor.is_demanded(authenticator.user)


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"second-factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
