"""What the checks know beside the document, and what they say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from agreements.drafting.spec import Path


@dataclass(frozen=True)
class Facts:
    year: int
    amends: bool = False
    document: bool = False  # whether the letter of the amendment is attached, or named by the file it came in
    notified: int | None = None  # issued notifications of the plan, or of the agency; None: there is none
    after: dt.date | None = None  # when the version before began to hold
    until: dt.date | None = None  # last day of the year
    contracted: bool = False  # whether any project of the plan has a contract
    locked: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # see `closed`
    own_revenue: frozenset[str] = frozenset()  # codes of sources that are the agency's own revenue


@dataclass(frozen=True)
class Problem:
    path: Path
    sentence: str
    blocks: bool = True
    missing: bool = False  # something is not there yet, rather than wrong
