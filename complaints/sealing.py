"""Identity at rest: Fernet over JSON, and keyed hashes, under keys derived of one setting.

`PERSONAL_DATA_KEYS` holds the keys, the newest first; empty means SECRET_KEY. Older keys still open and
match what they made, so a key can be changed without losing a case.
"""

from __future__ import annotations

import base64
import functools
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(content: dict[str, Any]) -> bytes:
    return _fernet(_keys()).encrypt(json.dumps(content, ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, Any]:
    """What was sealed; ValueError when no key opens it or it was changed."""
    try:
        content: dict[str, Any] = json.loads(_fernet(_keys()).decrypt(bytes(sealed)))
    except InvalidToken as problem:
        raise ValueError("no key opens this") from problem
    return content


def digest(purpose: str, *parts: str) -> str:
    """A keyed hash under the newest key; different purposes never give the same one."""
    return _digest(_keys()[0], purpose, parts)


def digests(purpose: str, *parts: str) -> list[str]:
    """The same under every key that is still known, the newest first."""
    return [_digest(key, purpose, parts) for key in _keys()]


def _digest(key: str, purpose: str, parts: tuple[str, ...]) -> str:
    return hmac.new(_derived(key, purpose), "\x1f".join(parts).encode(), "sha256").hexdigest()


def _keys() -> tuple[str, ...]:
    return tuple(settings.PERSONAL_DATA_KEYS) or (settings.SECRET_KEY,)


@functools.cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, "sender"))) for key in keys])


@functools.cache
def _derived(key: str, purpose: str) -> bytes:
    derive = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"budget-portal/complaints/{purpose}".encode()
    )
    return derive.derive(key.encode())
