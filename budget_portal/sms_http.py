"""An SMS gateway that speaks JSON over HTTP: `SMS_GATEWAY=budget_portal.sms_http.send`.

POST SMS_URL {"to", "text", "sender"} with the token as bearer; any answer of 2xx whose JSON, if it is one, does not
say "status": "failed" is taken for accepted. What fails raises, and the outbox tries again with the same key, by which
a gateway knows a message that it took before its answer was lost.
"""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LONGEST_ANSWER = 10_000


class GatewayRefused(ConnectionError):
    """The gateway answered and did not take the message."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A number and a token go to the configured host and nowhere else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def send(to: str, text: str) -> None:
    if urlsplit(settings.SMS_URL).scheme not in {"http", "https"}:
        raise ImproperlyConfigured("SMS_URL must be an http or https address.")
    body = json.dumps({"to": to, "text": text, "sender": settings.SMS_SENDER}).encode()
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Idempotency-Key": hashlib.sha256(f"{to}\n{text}".encode()).hexdigest(),
    }
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    request = urllib.request.Request(settings.SMS_URL, data=body, headers=headers, method="POST")  # noqa: S310
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=settings.SMS_TIMEOUT) as answer:
            _check(answer.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise GatewayRefused(f"the gateway answered {refusal.code}") from None


def _check(content: bytes) -> None:
    try:
        said = json.loads(content)
    except ValueError:
        return
    if isinstance(said, dict) and str(said.get("status", "")).lower() in {"failed", "error", "rejected"}:
        raise GatewayRefused(f"the gateway said {said['status']}")
