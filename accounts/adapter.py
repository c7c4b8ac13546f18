"""How allauth behaves here: no sign-up, secrets of the second factor encrypted, Persian words of its mails."""

from __future__ import annotations

import base64
import hashlib
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

from accounts import second_factor


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are made by the administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Who has just signed in sets up the second factor without typing the password twice."""
        records = get_authentication_records(context.request, context.request.user)
        recent = time.time() - account_settings.REAUTHENTICATION_TIMEOUT
        return not any(record["at"] > recent for record in records)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets unreadable in a stolen database; draws the code with our own QR package."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        svg: str = segno.make(url, error="m").svg_inline(scale=5, border=2)
        return svg

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not second_factor.is_demanded(authenticator.user)


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"second-factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
