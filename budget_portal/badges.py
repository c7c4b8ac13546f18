"""What a status looks like: label, tone and icon, registered by each app for its own models. Pure, no Django.

Tones: `act` (filled: somebody must act), `wait` (somebody else's turn), `done` (plain text and tick), `plain`,
`info`, `ok`, `warn`, `bad`, `returned`, `neutral`. The icon repeats in a shape what the tone says in colour.
"""

from collections.abc import Mapping
from typing import NamedTuple

TONES = frozenset({"act", "wait", "done", "plain", "info", "ok", "warn", "bad", "returned", "neutral"})


class Badge(NamedTuple):
    label: str
    tone: str = "neutral"
    icon: str = ""


_REGISTRY: dict[str, dict[str, Badge]] = {}


def register(kind: str, badges: Mapping[str, Badge | tuple[str, ...]]) -> None:
    """Add the statuses of `kind`: a model's label («monitoring.performancesubmission») or any name."""
    known = _REGISTRY.setdefault(kind.lower(), {})
    for value, given in badges.items():
        badge = Badge(*given)
        if badge.tone not in TONES:
            raise ValueError(f"{badge.tone!r} is no tone of a badge.")
        known[str(value)] = badge


def find(kind: str, value: object) -> Badge | None:
    return _REGISTRY.get(kind.lower(), {}).get(str(value))


def registered(kind: str) -> Mapping[str, Badge]:
    """Every status of a kind, in the order of registration: legends and the gallery page."""
    return dict(_REGISTRY.get(kind.lower(), {}))
