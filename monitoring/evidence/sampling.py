"""Which documents must be opened before confirming. Pure: nobody chooses, and whoever knows the seed can check."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal


def size(population: int, share: Decimal, least: int) -> int:
    """The share in percent, rounded up, but at least so many and never more than there are."""
    wanted = (share * population / 100).to_integral_value(ROUND_CEILING)
    return min(population, max(int(wanted), least))


def sample(seed: str, numbers: Iterable[int], share: Decimal, least: int) -> list[int]:
    """The documents whose hash with the seed comes first. The seed is the digest of what was sent: the agency
    cannot know it before sending, the treasurer cannot change it afterwards."""
    found = sorted(numbers, key=lambda number: (_rank(seed, number), number))
    return sorted(found[: size(len(found), share, least)])


def _rank(seed: str, number: int) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
