"""What a signer signs: one canonical text of who signs what, in which role and when."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

PREFIX = b"budget-portal/signature/1\n"


def canonical(value: Any) -> str:
    """One text for one content: sorted keys, no blanks."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(value: Any) -> str:
    """sha256 of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def statement(row: Any) -> bytes:
    """The bytes that are signed, from the columns of a Signature; the prefix keeps them apart from all others."""
    content = {
        "target": f"{row.target_type}:{row.target_id}",
        "event": row.event,
        "revision": row.revision,
        "content": row.content_digest,
        "files": row.files_digest,
        "parts": digest_of(row.parts),
        "signer": row.signer_id,
        "role": row.role,
        "organization": row.organization_id,
        "on_behalf_of": row.on_behalf_of_id,
        "key": row.key.fingerprint,
        "algorithm": row.algorithm,
        "at": row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
    }
    return PREFIX + canonical(content).encode()
