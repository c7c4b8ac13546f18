"""The public catalogue of rules: what holds for an organization at a cut-off, and every version that ever held."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from accounts.models import Organization
from agreements.models import ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import group
from monitoring.models import RuleVersion
from monitoring.rulebook import in_force
from monitoring.rules import RULES
from monitoring.rules.base import Scope
from monitoring.rules.named import NAMES
from monitoring.workflow import rules

KINDS = {"capital": "تملک دارایی‌های سرمایه‌ای", "expense": "هزینه‌ای"}
PORTAL = "سامانه"
COLUMNS = (
    "code", "version", "organization", "title", "severity", "scope", "kinds", "thresholds", "condition", "sentence",
    "law", "valid_from", "ends_before", "put_live_on", "reason", "must_pass", "must_fail", "digest",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One version as a reader sees it."""

    row: RuleVersion
    owner: str
    kinds: str
    thresholds: tuple[str, ...]
    sentences: tuple[str, ...]
    since: str
    until: str
    floor: bool
    must_pass: tuple[str, ...]
    must_fail: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    organization: Organization | None
    period: ReportingPeriod | None
    versions: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]


def organizations() -> list[Organization]:
    return list(Organization.objects.filter(is_active=True).order_by("level", "name"))


def periods(organization: Organization | None) -> list[ReportingPeriod]:
    if organization is None:
        return []
    rows = ReportingPeriod.objects.filter(fiscal_year__organization=organization.national_id)
    return list(rows.select_related("fiscal_year").order_by("-cutoff_date")[:20])


def build(organization: Organization | None, period: ReportingPeriod | None) -> Catalogue:
    """The rules in force; without an organization or a cut-off those of the portal alone."""
    found: dict[str, RuleVersion] = {code: shipped(code) for code in RULES}
    versions = []
    if organization is not None and period is not None:
        for kind, label in KINDS.items():
            versions.append((label, in_force.book(organization.pk, period, kind).version))
            for row in in_force.in_force_rows(organization.pk, period.cutoff_date, kind):
                found[row.code] = row
    return Catalogue(organization, period, tuple(versions), tuple(entry(row) for row in found.values()))


def shipped(code: str) -> RuleVersion:
    from monitoring.reference import shipped as values

    return RuleVersion(**values(RULES[code]))


def history() -> list[Entry]:
    """Every version that an organization put live, newest first."""
    rows = RuleVersion.objects.published().filter(organization__isnull=False)
    rows = rows.select_related("organization", "valid_from__fiscal_year", "ends_before__fiscal_year")
    return [entry(row) for row in rows.order_by("-live_at")]


def entry(row: RuleVersion) -> Entry:
    parameters = RULES[row.code].parameters if row.code in RULES else {}
    return Entry(
        row=row,
        owner=str(row.organization) if row.organization else PORTAL,
        kinds="، ".join(KINDS[kind] for kind in row.kinds),
        thresholds=tuple(
            f"{one.label}: {_number(row.parameters.get(name, one.default))} {one.unit}"
            for name, one in parameters.items()
        ),
        sentences=tuple(row.messages.values()),
        since=str(row.valid_from) if row.valid_from else "از آغاز",
        until=str(row.ends_before) if row.ends_before else "",
        floor=row.code in RULES and RULES[row.code].floor,
        must_pass=tuple(_example(flat) for flat in row.must_pass),
        must_fail=tuple(_example(flat) for flat in row.must_fail),
    )


def _number(value: Any) -> str:
    from decimal import Decimal

    number = Decimal(value)
    return group(number.normalize() if number % 1 else number.quantize(Decimal(1)))


def _example(flat: dict[str, str]) -> str:
    return "، ".join(f"{name}={text}" for name, text in flat.items()) or "—"


def as_csv() -> str:
    """All that was ever published, one version a row; read by spreadsheets as UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(one) for one in _published())
    return "\ufeff" + out.getvalue()


def _published() -> Iterator[Entry]:
    """Shipped versions of today, those of before that the loader kept, and what organizations put live."""
    now = {(code, rule.version) for code, rule in RULES.items()}
    yield from (entry(shipped(code)) for code in RULES)
    older = RuleVersion.objects.published().filter(organization=None)
    yield from (entry(row) for row in older if (row.code, row.number) not in now and row.code in RULES)
    yield from history()


def _cells(one: Entry) -> list[str]:
    row = one.row
    cells = [
        row.code, str(row.number), one.owner, row.title, row.severity, row.scope, "+".join(row.kinds),
        " | ".join(one.thresholds), row.expression, " | ".join(one.sentences), row.law, one.since, one.until,
        jalali.format_iso(jalali.local(row.live_at).date()) if row.live_at else "", row.reason,
        " | ".join(one.must_pass), " | ".join(one.must_fail), row.digest or rules.digest(row),
    ]  # fmt: skip
    return [f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells]


def named() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The figures that a condition may name, by what is judged: name, label, unit."""
    labels = dict(RuleVersion.Scope.choices)
    return [
        (str(labels[scope]), [(name, one.label, one.unit) for name, one in NAMES[Scope(scope)].items()])
        for scope in NAMES
    ]
