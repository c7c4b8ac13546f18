"""Sections of the header. Each app lists its own in `<app>/nav.py` as NAV; accounts.context collects them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class NavItem:
    """One section: shown to `roles`, in ascending `order`, if its URL name exists."""

    label: str
    url_name: str
    roles: frozenset[str] | tuple[str, ...]
    order: int = 50
    count: Callable[[Any], int] | None = None  # user → how much waits for this person
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """What the template draws."""

    label: str
    url: str
    count: int
    current: bool
