"""Who holds the private keys. The portal holds them at first, one per signer; a token in the signer's hand can
take its place by another backend (settings.SIGNATURE_BACKEND): verification stays the same, since the public keys
are kept here in any case.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from monitoring.models.signatures import SigningKey

ED25519 = "ed25519"


class Backend(Protocol):
    """A place where signers' keys live."""

    name: str

    def key_of(self, person: User) -> SigningKey:
        """The living key of a person (its public half is recorded here)."""

    def sign(self, key: SigningKey, message: bytes) -> bytes:
        """The signature of the key's holder over the message."""


class CannotSign(Exception):
    """The private key cannot be had: lost, changed, or sealed under a key that this installation has no more."""


class ServerHeld:
    """One Ed25519 key per signer, made when first needed, sealed at rest under keys of the settings."""

    name = "server"

    def key_of(self, person: User) -> SigningKey:
        """A key that no secret of the installation opens any more is retired: a new one takes its place."""
        found = self._living(person)
        if found is not None and self._opened(found) is None:
            return self.replace(person)
        return found or self._made(person)

    def sign(self, key: SigningKey, message: bytes) -> bytes:
        private = self._opened(key)
        if private is None:
            raise CannotSign(key.fingerprint)
        return private.sign(message)

    def replace(self, person: User) -> SigningKey:
        """Retire the key in use (lost trust, a new person in the chair) and make another one."""
        SigningKey.objects.filter(person=person, backend=self.name, retired_at=None).update(
            retired_at=timezone.now()
        )
        return self._made(person)

    def _living(self, person: User) -> SigningKey | None:
        return SigningKey.objects.filter(person=person, backend=self.name, retired_at=None).first()

    def _opened(self, key: SigningKey) -> Ed25519PrivateKey | None:
        if key.sealed is None:
            return None
        try:
            return Ed25519PrivateKey.from_private_bytes(_seals(_secrets()).decrypt(bytes(key.sealed)))
        except InvalidToken:
            return None

    def _made(self, person: User) -> SigningKey:
        # Two first signatures at once: the second waits for the person and finds the key of the first.
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if found := self._living(person):
            return found
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        return SigningKey.objects.create(
            person=person,
            backend=self.name,
            algorithm=ED25519,
            public=public,
            fingerprint=hashlib.sha256(public).hexdigest(),
            sealed=_seals(_secrets()).encrypt(private.private_bytes_raw()),
        )


def in_use() -> Backend:
    backend: Backend = import_string(settings.SIGNATURE_BACKEND)()
    return backend


def _secrets() -> tuple[str, ...]:
    return tuple(settings.SIGNING_KEYS) or (settings.SECRET_KEY,)


@functools.cache
def _seals(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret))) for secret in secrets])


def _derived(secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"budget-portal/signing/private")
    return derive.derive(secret.encode())
