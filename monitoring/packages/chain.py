"""The chain of packages of one organization: every package names the digest of the one before it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Organization, User
from agreements.models import PeriodWindow
from budget_portal import audit
from monitoring.models import Package, PerformanceSubmission
from monitoring.signing.statement import canonical

FORMAT = "budget-portal/package/1"
FIRST = "0" * 64


@dataclass(frozen=True)
class Draft:
    """A package before it has its place in the chain."""

    content: Mapping[str, Any]
    by: User
    submission: PerformanceSubmission | None = None
    window: PeriodWindow | None = None
    revision: int = 1
    assurance: str = ""
    at: dt.datetime | None = None


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def append(organization: Organization, drafts: Sequence[Draft]) -> list[Package]:
    """Put packages at the end of the chain, one writer at a time; the log carries each digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"package-chain:{organization.pk}"]
        )
    number, previous = _head(organization)
    made = []
    for draft in drafts:
        number += 1
        row = _link(organization, draft, number, previous)
        row.save(force_insert=True)
        _log(row, draft.by)
        previous = row.digest
        made.append(row)
    return made


def _head(organization: Organization) -> tuple[int, str]:
    rows = Package.objects.filter(organization=organization).order_by("-number")
    return rows.values_list("number", "digest").first() or (0, FIRST)


def _link(organization: Organization, draft: Draft, number: int, previous: str) -> Package:
    sort = Package.Sort.SUBMISSION if draft.submission else Package.Sort.CUTOFF
    at = draft.at or timezone.now()
    text = canonical(
        {
            "format": FORMAT,
            "organization": {"code": organization.code, "name": organization.name},
            "number": number,
            "previous": previous,
            "sort": str(sort),
            "revision": draft.revision,
            "assurance": draft.assurance,
            "frozen_at": at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            **draft.content,
        }
    )
    return Package(
        organization=organization,
        number=number,
        sort=sort,
        submission=draft.submission,
        window=draft.window,
        revision=draft.revision,
        text=text,
        digest=digest_of(text),
        previous_digest=previous,
        assurance=draft.assurance,
        frozen_at=at,
        frozen_by=draft.by,
    )


def _log(row: Package, by: User) -> None:
    about = {"submission": row.submission_id} if row.submission_id else {"window": row.window_id}
    after = {"number": row.number, "digest": row.digest, "previous": row.previous_digest, **about}
    audit.record("package.frozen", row, by=by, after=after)
