"""Packages and what differs between two of them, as the pages print them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from budget_portal.digits import PLUS, group
from budget_portal.exports import RUNNABLE
from budget_portal.templatetags.portal import jstamp, mrial
from monitoring.audit_words import FIELDS
from monitoring.models import Package
from monitoring.packages import compare as comparing
from monitoring.packages.compare import Cause, Change, Comparison
from monitoring.presenters.consolidation import KIND_WORDS
from monitoring.presenters.words import period_title

CAUSES = {
    Cause.CORRECTION: ("اصلاح رقم", "رقمی که دستگاه از نو نوشته است"),
    Cause.AMENDMENT: ("اصلاحیهٔ موافقتنامه", "اعتبار یا برنامهٔ کپی‌شده از نسخهٔ دیگری از موافقتنامه"),
    Cause.ALLOCATION: ("تغییر تخصیص", "تخصیص کپی‌شده از ابلاغیه‌ها"),
    Cause.RULE: ("تغییر قاعده", "سنجش با نسخهٔ دیگری از قاعده‌ها"),
    Cause.ADDED: ("ردیف افزوده", "ردیفی که در بستهٔ پیشین نبود"),
    Cause.REMOVED: ("ردیف حذف‌شده", "ردیفی که در بستهٔ تازه نیست"),
    Cause.EVIDENCE: ("تغییر مستندات", "سندی که افزوده یا برداشته شد"),
    Cause.VISIT: ("اندازه‌گیری بازدید", "بازدید تازه یا اندازه‌گیری دیگر"),
    Cause.LATER: ("گذر به مقطع دیگر", "رقم انباشتهٔ مقطع دیگر"),
}
MEASURES = {"credit": "اعتبار", "allocated": "تخصیص", "received": "دریافتی", "spent": "عملکرد"}
CELLS = {**FIELDS, "file": "سند", "visited": "پیشرفت اندازه‌گیری‌شده", "rule_set": "نسخهٔ قاعده‌ها", "reason": "دلیل",
         "status": "وضعیت", "operations": "مقدار عملیات", "causes": "علت‌های تأخیر"}  # fmt: skip
STEPS = {
    "submitted": "ارسال",
    "confirmed": "تأیید ذیحساب",
    "reviewed": "بررسی کارشناس",
    "approved": "تأیید نهایی",
}
MOST = 500  # rows of differences on a page; the file has all of them


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: str = ""
    url: str = ""


def content_of(package: Package) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(package.text)
    return content


def title_of(package: Package) -> str:
    if package.submission:
        row = package.submission
        return f"{row.agency} – {KIND_WORDS[row.kind]} – {period_title(row.period)}"
    assert package.window is not None  # noqa: S101 - one of the two, by constraint
    return f"بستهٔ {period_title(package.window.period)} – {KIND_WORDS[package.window.kind]}"


def facts(package: Package, content: Mapping[str, Any]) -> list[Fact]:
    found = [
        Fact("شماره در زنجیرهٔ سازمان", group(package.number)),
        Fact("نوبت", group(package.revision)),
        Fact("تقویم تعطیلات", _calendar(content["calendar"])),
    ]
    if package.sort == Package.Sort.SUBMISSION:
        found += [
            Fact("نسخهٔ قاعده‌ها", str(content["rules"]["version"])),
            Fact("ردیف‌ها", group(len(content["figures"]["lines"]))),
            Fact("سندها", group(len(content["files"]))),
            Fact("بازدیدهای تأییدشده", group(len(content["visits"]))),
        ]
    else:
        done, total = content["coverage"]["agencies"]
        found.append(Fact("دستگاه‌ها", f"{group(done)} از {group(total)}"))
    return found


def _calendar(said: Mapping[str, Any]) -> str:
    """How many days, and the last change that was known: the version that clocks name."""
    known_at = said.get("known_at")
    version = f"، نسخهٔ {jstamp(dt.datetime.fromisoformat(known_at))}" if known_at else ""
    return f"{group(said['holidays'])} روز{version}"


@dataclass(frozen=True)
class ChangeRow:
    title: str
    agency: str
    cell: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class GroupRow:
    title: str
    note: str
    count: int
    sums: list[tuple[str, str]]
    rows: list[ChangeRow]


def groups(found: Comparison) -> list[GroupRow]:
    return [
        GroupRow(
            *CAUSES[one.cause],
            len(one.changes),
            sums(one.sums),
            [change_row(change) for change in one.changes[:MOST]],
        )
        for one in found.groups
    ]


def sums(found: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(MEASURES[name], _signed(value)) for name, value in found.items() if value]


def change_row(change: Change) -> ChangeRow:
    return ChangeRow(
        change.title or "همهٔ پرونده",
        change.agency,
        CELLS.get(change.cell, change.cell),
        _said(change.cell, change.before),
        _said(change.cell, change.after),
        _signed(change.difference) if change.difference is not None else "",
    )


def _said(cell: str, value: Any) -> str:
    if cell == "file" and value:
        return f"{str(value)[:12]}…"
    if isinstance(value, bool):
        return "بله" if value else "نه"
    if isinstance(value, int):
        return mrial(value)
    if isinstance(value, Decimal):
        return group(value)
    return "—" if value in (None, "") else str(value)


def _signed(value: int | Decimal | None) -> str:
    if value is None:
        return "—"
    return f"{PLUS if value > 0 else ''}{group(value)}"


def are_comparable(one: Package, other: Package) -> bool:
    """Of one submission or agency and kind, or two cut-offs of one organization and kind."""
    if one.pk == other.pk or one.organization_id != other.organization_id or one.sort != other.sort:
        return False
    if one.submission and other.submission:
        same = one.submission.agency_id == other.submission.agency_id
        return same and one.submission.kind == other.submission.kind
    return bool(one.window and other.window and one.window.kind == other.window.kind)


def compared(one: Package, other: Package) -> Comparison:
    """The earlier of the chain is «before»."""
    before, after = sorted((one, other), key=lambda row: row.number)
    was, now = content_of(before), content_of(after)
    if before.sort == Package.Sort.SUBMISSION:
        return comparing.compare(was, now)
    return comparing.compare_many(was, now, _pairs(before, was, now))


def _pairs(
    package: Package, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """The packages of every agency in both lists; those that are the same one are not read."""
    left = {row["agency"]: row["number"] for row in was["packages"]}
    right = {row["agency"]: row["number"] for row in now["packages"]}
    wanted = {
        agency: (left.get(agency), right.get(agency))
        for agency in sorted(left.keys() | right.keys())
        if left.get(agency) != right.get(agency)
    }
    numbers = {number for pair in wanted.values() for number in pair if number}
    kept = Package.objects.filter(organization=package.organization_id, number__in=numbers)
    texts = {row.number: content_of(row) for row in kept}
    for before, after in wanted.values():
        yield (texts.get(before) if before else None, texts.get(after) if after else None)


# --- files -----------------------------------------------------------------------------------------------------------

MONEY = ("credit_in_force", "allocated_cash", "allocated_securities", "received", "received_cash",
         "received_securities", "spent", "advances_open", "commitments_open", "returned", "held")  # fmt: skip


def as_csv(content: Mapping[str, Any]) -> str:
    """The lines of a submission, or the list of a cut-off, as a table; money in million rials."""
    out = io.StringIO()
    writer = csv.writer(out)
    if content["sort"] == Package.Sort.CUTOFF:
        writer.writerow(["agency", "name", "package", "revision", "digest", "credit", "state", "reason"])
        for row in content["packages"]:
            cells = [row[name] for name in ("agency", "name", "number", "revision", "digest", "credit")]
            writer.writerow([inert(cell) for cell in (*cells, "approved", "")])
        for row in content["missing"]:
            cells = [row["agency"], row["name"], "", "", "", row["credit"], row["state"], row["reason"]]
            writer.writerow([inert(cell) for cell in cells])
        return out.getvalue()
    lines = content["figures"]["lines"]
    keys = [name for name in comparing.IDENTITY if any(name in line for line in lines)]
    money = [name for name in MONEY if any(name in line for line in lines)]
    writer.writerow([*keys, "title", *money])
    for line in lines:
        title = comparing.title_of(f"lines/{comparing.name_of(line)}", content["names"])
        cells = [*(line.get(name, "") for name in keys), title, *(line.get(name) for name in money)]
        writer.writerow([inert(cell) for cell in cells])
    return out.getvalue()


def inert(value: Any) -> Any:
    """Text that a spreadsheet would run stays text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNNABLE) else value
