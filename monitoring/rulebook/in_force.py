"""Which rules hold for an organization at a cut-off: the shipped table, what the national organization has put live over
it, and what the province has over both.

Rows are read at most once in `KEPT_SECONDS` in each process and compiled once per version. That is safe because a rule
begins and ends only at a cut-off whose window is not open (a trigger): what holds for an open one never changes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Agency, Organization
from agreements.models import ReportingPeriod
from monitoring.models import FieldVisit, PerformanceSubmission, RuleVersion
from monitoring.rules import RULE_SET_VERSION, RULES
from monitoring.rules.base import Rule, Scope, Severity
from monitoring.rules.book import RuleBook, changed, conditional, made_of
from monitoring.rules.examples import build

KEPT_SECONDS = 10.0

_rows: dict[int, tuple[float, list[RuleVersion]]] = {}
_books: dict[tuple[Any, ...], RuleBook] = {}
_owners: dict[int, int] = {}


def forget() -> None:
    """After a rule went live or ended: read anew."""
    _rows.clear()
    _books.clear()
    _owners.clear()


def book_of(submission: PerformanceSubmission) -> RuleBook:
    return book(_owner(submission), submission.period, submission.kind)


def book_at(visit: FieldVisit) -> RuleBook:
    """What holds where a visit was made, by the kind of credit that it looks at."""
    return book(visit.agency.organization_id, visit.period, "capital" if visit.project_id else "expense")


def dispute_points(book: RuleBook) -> Decimal:
    """From how many points above a visit's measurement a claim asks the expert's word (V10)."""
    return book.threshold("V10", "dispute_points")


def version_of(submission: PerformanceSubmission) -> str:
    return book_of(submission).version


def book(organization: int, period: ReportingPeriod, kind: str) -> RuleBook:
    """The rule book of an organization for one kind of credit at one cut-off."""
    rows = _in_force(_live_rows(organization), period.cutoff_date, kind)
    key = (kind, period.cutoff_date, *(row.pk for row in rows))
    if key not in _books:
        if len(_books) > 500:
            _books.clear()
        _books[key] = made_of(_version(rows), _overlaid(rows), kind)
    return _books[key]


def shipped_book(kind: str) -> RuleBook:
    return made_of(RULE_SET_VERSION, RULES.values(), kind)


def rule_of(row: RuleVersion) -> Rule[Any, Any]:
    """A row as the rule that judges; raises `ExpressionError` or `ExampleError` where it cannot be read."""
    scope = Scope(row.scope)
    if row.expression:
        return conditional(
            code=row.code,
            version=row.number,
            severity=Severity(row.severity),
            scope=scope,
            title=row.title,
            message=row.messages.get("", ""),
            expression=row.expression,
            cell=row.cell,
            kinds=tuple(row.kinds),
            law=row.law,
            must_pass=tuple(build(scope, flat) for flat in row.must_pass),
            must_fail=tuple(build(scope, flat) for flat in row.must_fail),
        )
    values = {name: Decimal(value) for name, value in row.parameters.items()}
    rule = changed(
        RULES[row.code],
        version=row.number,
        severity=Severity(row.severity),
        title=row.title,
        messages=row.messages,
        values=values,
        law=row.law,
        kinds=tuple(row.kinds),
    )
    return _with_examples(rule, row)


def _with_examples(rule: Rule[Any, Any], row: RuleVersion) -> Rule[Any, Any]:
    from dataclasses import replace

    return replace(
        rule,
        must_pass=tuple(build(rule.scope, flat) for flat in row.must_pass),
        must_fail=tuple(build(rule.scope, flat) for flat in row.must_fail),
    )


def layer_of(row: RuleVersion) -> int:
    """A province before its national organization, that before what is shipped."""
    if row.organization is None:
        return 0
    return 1 if row.organization.parent_id is None else 2


def in_force_rows(organization: int, day: dt.date, kind: str) -> list[RuleVersion]:
    return _in_force(_live_rows(organization), day, kind)


def _owner(submission: PerformanceSubmission) -> int:
    agency = submission._state.fields_cache.get("agency")
    if agency is not None:
        return int(agency.organization_id)
    if submission.agency_id not in _owners:
        owner = Agency.objects.values_list("organization_id", flat=True).get(pk=submission.agency_id)
        _owners[submission.agency_id] = owner
    return _owners[submission.agency_id]


def _live_rows(organization: int) -> list[RuleVersion]:
    """What this organization and its national one ever put live."""
    now = time.monotonic()
    kept = _rows.get(organization)
    if kept is None or now - kept[0] > KEPT_SECONDS:
        parent = Organization.objects.filter(pk=organization).values("parent")
        rows = RuleVersion.objects.filter(
            Q(organization=organization) | Q(organization__in=parent), live_at__isnull=False
        ).select_related("organization", "valid_from", "ends_before")
        kept = _rows[organization] = (now, list(rows.order_by("code", "valid_from__cutoff_date", "number")))
    return kept[1]


def _in_force(rows: Iterable[RuleVersion], day: dt.date, kind: str) -> list[RuleVersion]:
    """The last version of each layer that has begun by the day; one that has ended leaves the layer below."""
    last: dict[tuple[str, int], RuleVersion] = {}
    for row in rows:
        if row.valid_from is not None and row.valid_from.cutoff_date <= day and kind in row.kinds:
            last[row.code, layer_of(row)] = row
    found: dict[str, RuleVersion] = {}
    for (code, _), row in sorted(last.items(), key=lambda item: item[0]):
        if row.ends_before is None or row.ends_before.cutoff_date > day:
            found[code] = row
    return list(found.values())


def _overlaid(rows: Iterable[RuleVersion]) -> list[Rule[Any, Any]]:
    own = {row.code: rule_of(row) for row in rows}
    return [own.pop(code, rule) for code, rule in RULES.items()] + list(own.values())


def _version(rows: list[RuleVersion]) -> str:
    """«2» as shipped; «2-3f9a…» with what organizations have over it, by the digests of those."""
    if not rows:
        return RULE_SET_VERSION
    text = "\n".join(sorted(f"{row.code} {row.digest}" for row in rows))
    return f"{RULE_SET_VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
