"""Signatures of people under what they confirm, review, approve, reopen or publish (distinct feature 3).

    sign(submission, "treasurer_confirmed", by=user, content_digest=snapshot.digest, files_digest=…, parts=…)
    verify(signature)                 # the statement still says what was signed, and the key is the signer's
    signatures_of(submission)         # oldest first

A person who stands in for another signs with his own key; `on_behalf_of` names the membership in whose place.
"""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, models
from django.utils import timezone

from accounts.models import Membership, User
from budget_portal.errors import NotAllowed
from monitoring.models.signatures import Signature
from monitoring.signing import backends
from monitoring.signing.statement import canonical, digest_of, statement

__all__ = ["canonical", "digest_of", "sign", "signatures_of", "substituted", "verify"]

NO_ROLE = "بدون نقش نمی‌توان امضا کرد."


def sign(
    target: models.Model,
    event: str,
    *,
    by: User,
    content_digest: str,
    files_digest: str = "",
    parts: dict[str, Any] | None = None,
    revision: int = 0,
    role: str = "",
    on_behalf_of: Membership | None = None,
) -> Signature:
    """Sign in the transaction of the move that is signed; the role is that through which the person acts."""
    if not connection.in_atomic_block:
        raise RuntimeError("a signature outside the transaction of what it signs")
    if by.acting is None:
        raise NotAllowed(NO_ROLE)
    backend = backends.in_use()
    key = backend.key_of(by)
    row = Signature(
        target_type=target._meta.label_lower,
        target_id=target.pk,
        event=event,
        revision=revision,
        content_digest=content_digest,
        files_digest=files_digest,
        parts=parts or {},
        signer=by,
        role=role or by.role,
        organization_id=by.acting.organization_id,
        on_behalf_of=on_behalf_of or substituted(by),
        key=key,
        algorithm=key.algorithm,
        at=timezone.now(),
    )
    row.signature = backend.sign(key, statement(row))
    row.save(force_insert=True)
    return row


def substituted(person: User) -> Membership | None:
    """The membership in whose place a person acts now, when he acts by a letter (accounts.Delegation)."""
    return person.acting if person.on_behalf_of is not None else None


def verify(row: Signature) -> bool:
    """Whether the columns still say what was signed, with a key that was the signer's."""
    key = row.key
    if key.person_id != row.signer_id or key.algorithm != backends.ED25519:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes(key.public)).verify(bytes(row.signature), statement(row))
    except (InvalidSignature, ValueError):
        return False
    return True


def signatures_of(target: models.Model) -> models.QuerySet[Signature]:
    """Every signature under an object, oldest first, with its people and keys."""
    rows = Signature.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)
    return rows.select_related("signer", "key", "on_behalf_of__user", "organization").order_by("pk")
