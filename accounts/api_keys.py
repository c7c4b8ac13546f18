"""Keys for the API: bound to one membership, kept as a hash, shown once."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, Membership
from budget_portal.audit import record
from budget_portal.errors import NotAllowed
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

SCHEME = "Api-Key"
SEEN_EVERY = dt.timedelta(minutes=1)  # last_used_at is written no more often


@verb
def create(name: str, days: int, *, by: User) -> tuple[ApiKey, str]:
    """A key that acts through the role in which it was made, and its text, which is never seen again."""
    if by.acting is None:
        raise NotAllowed("بدون نقش، کلید ساخته نمی‌شود.")
    if by.on_behalf_of is not None:
        raise NotAllowed("جانشین برای نقش دیگری کلید نمی‌سازد؛ نخست به نقش خود برگردید.")
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        membership=by.acting,
        name=name,
        prefix=prefix,
        key_hash=digest(secret),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    organization = by.acting.organization_id
    record("apikey.created", key, by=by, after={"name": name, "prefix": prefix}, organization_id=organization)
    return key, f"{prefix}.{secret}"


@verb
def revoke(key_id: int, *, by: User) -> ApiKey:
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("membership").get(pk=key_id)
    if key.membership.user_id != by.pk:
        raise NotAllowed("کلید از آن شما نیست.")
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        record("apikey.revoked", key, by=by, organization_id=key.membership.organization_id)
    return key


def digest(secret: str) -> str:
    """The secret has 256 random bits, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <prefix>.<secret>` or `X-Api-Key: <prefix>.<secret>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = _text_of(request)
        if text is None:
            return None
        prefix, _, secret = text.partition(".")
        key = ApiKey.objects.filter(prefix=prefix[:8]).first()
        if not secrets.compare_digest(digest(secret), key.key_hash if key else digest("")) or key is None:
            raise AuthenticationFailed("کلید درست نیست.")
        return self._person(key), key

    def authenticate_header(self, request: Request) -> str:
        return SCHEME

    @staticmethod
    def _person(key: ApiKey) -> User:
        now = timezone.now()
        if key.revoked_at or (key.expires_at and key.expires_at <= now):
            raise AuthenticationFailed("کلید باطل شده یا تاریخ آن گذشته است.")
        valid = Membership.objects.valid().select_related("user", "organization__parent", "agency")
        membership: Membership | None = valid.filter(pk=key.membership_id).first()
        if membership is None:
            raise AuthenticationFailed("نقش این کلید پایان یافته است.")
        if key.last_used_at is None or key.last_used_at < now - SEEN_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return membership.user.act_through(membership)


def _text_of(request: Request) -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == SCHEME.lower():
        return str(value).strip()
    return request.headers.get("X-Api-Key")


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api_keys.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
