"""Number and secret of a case (decision 25): made once, the secret kept only as a keyed hash."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from budget_portal import identifiers
from complaints import sealing

NOBODYS = "0" * 64  # compared with when there is no case, so that every wrong pair costs the same


@dataclass(frozen=True)
class Codes:
    """Both codes of a new case; lives until the receipt has been shown."""

    number: str
    secret: str

    @property
    def secret_hash(self) -> str:
        return hash_secret(self.number, self.secret)


def new() -> Codes:
    return Codes(identifiers.new_public_number(), identifiers.new_secret())


def hash_secret(number: str, secret: str) -> str:
    return sealing.digest("secret", number, secret)


def hash_mobile(number: str, mobile: str) -> str:
    """Bound to the number: two cases of one sender do not show that they are."""
    return sealing.digest("mobile", number, mobile)


@dataclass(frozen=True)
class Key:
    """What somebody typed beside a number: as a secret and as a mobile, whichever it may be."""

    number: str
    secret: str
    mobile: str

    @property
    def is_mobile(self) -> bool:
        return bool(self.mobile)

    def opens(self, secret_hash: str, mobile_hash: str) -> bool:
        """Constant work: both ways are computed and compared whatever was typed and whatever exists."""
        by_secret = _any_equal(sealing.digests("secret", self.number, self.secret), secret_hash)
        by_mobile = _any_equal(sealing.digests("mobile", self.number, self.mobile), mobile_hash or NOBODYS)
        return (by_secret and bool(self.secret)) or (by_mobile and bool(self.mobile))


def read(number: str, typed: str) -> Key:
    """Any writing of number and secret or mobile; what is neither becomes a key that opens nothing."""
    try:
        mobile = identifiers.normalise_mobile(typed)
    except ValueError:
        mobile = ""
    return Key(identifiers.read_public_number(number) or "", identifiers.read_secret(typed) or "", mobile)


def _any_equal(candidates: list[str], stored: str) -> bool:
    found = [hmac.compare_digest(candidate, stored) for candidate in candidates]
    return any(found)
