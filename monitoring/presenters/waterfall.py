"""The waterfall as a page and as files: bars, rows, chips; one value behind all of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from budget_portal import jalali
from budget_portal.digits import group, to_persian
from budget_portal.errors import RuleBroken
from budget_portal.templatetags.portal import percent, percent_text
from monitoring.ratios import Ratio, as_percent
from monitoring.waterfall import Broken, Figures, Node, Waterfall
from monitoring.waterfall_letters import Letter

LEVELS = {"programme": "برنامه", "plan": "طرح", "chapter": "فصل", "project": "پروژه"}
UNITS = {"capital": "طرح", "expense": "ردیف"}
BRANCH = re.compile(r"(programme|plan|chapter|project)((?:-\d{1,18}){1,2})")


def rate(ratio: Ratio) -> Decimal | None:
    return as_percent(ratio.exact_percent)


# --- bars -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One of five bars. All stand on the scale of the longest; the note compares with the one before."""

    label: str
    amount: int | None
    share: float
    tone: str
    note: str
    rest: str


def stages(found: Waterfall) -> list[Stage]:
    f = found.figures
    steps: list[tuple[str, int | None, str, str, str]] = [
        ("ابلاغ بودجه", f.notified, "primary", "", ""),
        ("موافقتنامه", f.agreed, "primary", "ابلاغ", "بی‌موافقتنامه"),
        ("تخصیص", f.allocated, "soft", "موافقتنامه", "تخصیص‌نیافته"),
        ("دریافتی از خزانه", f.received, "turq", "تخصیص", "در راه"),
        ("هزینهٔ قطعی", f.spent, "financial", "دریافتی", "نزد دستگاه"),
    ]
    scale = max((amount or 0 for _, amount, *_ in steps), default=0)
    rows, before = [], None
    for label, amount, tone, than, rest in steps:
        compared = than and amount is not None and before is not None
        note = f"{percent_text(rate(Ratio(amount, before)))} {than}" if compared else ""
        left = before - amount if before is not None and amount is not None else 0
        said = [f"{group(left)} {rest}"] if left > 0 and rest else []
        if label == "تخصیص":
            said += _of_allocated(found)
        rows.append(Stage(label, amount, _share(amount, scale), tone, note, " · ".join(said)))
        before = amount
    return rows


def _of_allocated(found: Waterfall) -> list[str]:
    """What of the allocated is no cash for good."""
    parts = ((found.figures.securities, "اوراق"), (found.open_advance, "تنخواه باز"))
    return [f"{group(amount)} {name}" for amount, name in parts if amount]


def _share(value: int | None, scale: int | None) -> float:
    return round(min(max(value / scale, 0.0), 1.0) * 100, 1) if value and scale else 0.0


def finding(found: Waterfall) -> tuple[str, str]:
    rules = [count for count in found.rules if not count.is_kept and count.rule != "V6"]
    spent = rate(found.figures.absorption)
    lead = f"{percent_text(spent)} تخصیص هزینه شده است" if spent is not None else "هزینه‌ای ثبت نشده است"
    lead += f"؛ {to_persian(len(rules))} قاعده شکسته است." if rules else "؛ قاعده‌ای شکسته نیست."
    unit = "پروژه" if found.trail and found.trail[-1].level == "project" else UNITS[found.kind]
    broken = [
        f"{rule.title}: در {to_persian(rule.judged - rule.holds)} {unit} برقرار نیست." for rule in rules
    ]
    said = f"{to_persian(found.entered)} از {to_persian(len(found.units))} {unit} ثبت شده است."
    return lead, " ".join([*broken, said])


# --- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """An amount with its share of the stage before."""

    text: str
    share: float
    tone: str
    is_drawn: bool
    over: bool


@dataclass(frozen=True)
class Row:
    level: str
    name: str
    title: str
    code: str
    note: str
    url: str
    open_url: str
    is_open: bool
    notified: str
    bars: tuple[Bar, ...]
    allocation: str
    absorption: str
    broken: tuple[Broken, ...]
    tone: str

    @property
    def blocks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.rule for one in self.broken if not one.warns))

    @property
    def warns(self) -> bool:
        return bool(self.broken) and not self.blocks


def rows(found: Waterfall, *, show: str, opened: str, query: str) -> list[Row]:
    """Programmes with their plans or chapters; an opened plan shows its projects. Of a branch that was asked for, what
    lies under it."""
    node = found.trail[-1] if found.trail else None
    if node is not None and node.level == "project":
        return [_row(node, query=query, told=True)]
    if node is not None and node.level != "programme":
        return [_row(node, query=query), *(_row(project, query=query) for project in node.children)]
    shown: list[Row] = []
    for programme in found.programmes:
        units = [unit for unit in programme.children if _fits(unit, show)]
        if not units:
            continue
        missing = sum(not unit.is_entered for unit in units)
        note = f"{to_persian(len(units))} {UNITS[found.kind]}"
        note += f"، {to_persian(missing)} ثبت‌نشده" if missing else ""
        shown.append(_row(programme, query=query, note=note))
        for unit in units:
            is_open = opened in ("all", unit.name) and bool(unit.children)
            name = "" if is_open else unit.name
            target = _address(query, open=name) + f"#{unit.name}" if unit.children else ""
            shown.append(_row(unit, query=query, open_url=target, is_open=is_open))
            if is_open:
                shown += [_row(project, query=query) for project in unit.children]
    return shown


def _address(query: str, **more: str) -> str:
    return f"?{query}&{urlencode(more)}" if query else f"?{urlencode(more)}"


def _fits(unit: Node, show: str) -> bool:
    if show == "broken":
        return any(not one.warns for one in unit.broken)
    if show == "warned":
        return any(one.warns for one in unit.broken)
    return True


def counts(found: Waterfall) -> dict[str, int]:
    return {
        "": len(found.units),
        "broken": sum(_fits(unit, "broken") for unit in found.units),
        "warned": sum(_fits(unit, "warned") for unit in found.units),
    }


def _row(
    node: Node,
    *,
    query: str = "",
    note: str = "",
    open_url: str = "",
    is_open: bool = False,
    told: bool = False,
) -> Row:
    f, drawn = node.figures, node.level in {"plan", "chapter"}
    pairs = (
        (f.agreed, f.notified),
        (f.allocated, f.agreed),
        (f.received, f.allocated),
        (f.spent, f.received),
    )
    # A project is told in its plan's row; repeating the sentence would double the count.
    broken = node.broken if told or node.level in {"plan", "chapter"} else ()
    blocks = any(not one.warns for one in node.broken)
    return Row(
        level=node.level,
        name=node.name,
        title=node.title,
        code=node.code,
        note=note,
        url=_address(query, at=node.name) if node.code and not told else "",
        open_url=open_url,
        is_open=is_open,
        notified="—" if f.notified is None else group(f.notified),
        bars=tuple(_bar(amount, before, drawn=drawn) for amount, before in pairs),
        allocation=percent(rate(f.allocation)),
        absorption=percent(rate(f.absorption)),
        broken=broken,
        tone="group" if node.level == "programme" else "bad" if blocks else "warn" if node.broken else "",
    )


def _bar(amount: int | None, before: int | None, *, drawn: bool) -> Bar:
    over = amount is not None and before is not None and amount > before
    text = "—" if amount is None else group(amount)
    is_drawn = drawn and amount is not None and before is not None
    return Bar(text, _share(amount, before), "bad" if over else "primary", is_drawn, over)


def total(found: Waterfall) -> Row:
    whole = Node(
        "programme", (), "", f"جمع {to_persian(len(found.units))} {UNITS[found.kind]}", found.figures
    )
    return _row(whole)


# --- the branch and the letters ------------------------------------------------------------------------------------------


def crumbs(found: Waterfall, query: str) -> list[tuple[str, str]]:
    """(title, address) of what lies above the branch that is shown, the agency first."""
    if not found.trail:
        return []
    above = [(str(found.agency), f"?{query}")]
    return above + [(node.title, _address(query, at=node.name)) for node in found.trail[:-1]]


def branch(found: Waterfall) -> tuple[str, str, str]:
    """(what it is, its title, its page) of the branch that was asked for."""
    if not found.trail:
        return "", "", ""
    node = found.trail[-1]
    page = reverse("monitoring:project", args=[node.code]) if node.level == "project" else ""
    return LEVELS[node.level], node.title, page


def said_of(letter: Letter) -> str:
    """What a letter gave besides cash, and what it made of an advance."""
    found = []
    if letter.securities:
        parts = [f"{group(letter.securities)} اوراق", letter.symbol]
        parts += [f"سررسید {jalali.format_date(letter.due)}"] if letter.due else []
        found.append("، ".join(filter(None, parts)))
    if letter.advance:
        found.append(f"{group(letter.advance)} تنخواه")
    if letter.converted:
        found.append(f"{group(letter.converted)} از تنخواه تبدیل شد")
    return to_persian(" · ".join(found))


# --- files ------------------------------------------------------------------------------------------------------------

COLUMNS = (
    "level",
    "code",
    "title",
    "notified",
    "agreed",
    "allocated",
    "allocated_securities",
    "received",
    "spent",
    "allocation_percent",
    "absorption_percent",
    "rules",
)


def as_csv(found: Waterfall) -> bytes:
    """Every row of the tree, UTF-8 with a mark for spreadsheets; amounts are plain numbers of million rials."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for node in flat(found.programmes):
        said = _plain(node)
        writer.writerow([_inert(said[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _inert(value: Any) -> Any:
    """No cell is read as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def flat(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from flat(node.children)


def _plain(node: Node) -> dict[str, Any]:
    rules = dict.fromkeys(one.rule for one in node.broken)
    return {
        "level": node.level,
        "code": node.code,
        "title": node.title,
        **figures(node.figures),
        "rules": " ".join(rules),
    }


def figures(f: Figures) -> dict[str, Any]:
    allocation, absorption = rate(f.allocation), rate(f.absorption)
    return {
        "notified": f.notified,
        "agreed": f.agreed,
        "allocated": f.allocated,
        "allocated_securities": f.securities,
        "received": f.received,
        "spent": f.spent,
        "allocation_percent": None if allocation is None else str(allocation),
        "absorption_percent": None if absorption is None else str(absorption),
    }


def as_json(found: Waterfall) -> dict[str, Any]:
    return {
        "agency": found.agency.code,
        "period": found.period.code,
        "kind": found.kind,
        "basis": found.basis,
        "in_force_on": found.on.isoformat(),
        "known_at": found.known_at.isoformat() if found.known_at else None,
        "unit": "million rials",
        "open_advance": found.open_advance,
        "total": figures(found.figures),
        "rules": [{"rule": rule.rule, "holds": rule.holds, "judged": rule.judged} for rule in found.rules],
        "programmes": [_branch(node) for node in found.programmes],
        "letters": [
            {
                "sort": letter.sort,
                "number": letter.number,
                "date": letter.day.isoformat(),
                "amount": letter.amount,
                "securities": letter.securities,
                "advance": letter.advance,
                "converted_advance": letter.converted,
                "cancelled": letter.cancelled,
            }
            for letter in found.letters
        ],
    }


def _branch(node: Node) -> dict[str, Any]:
    broken = [{"rule": one.rule, "source": one.source, "sentence": one.sentence} for one in node.broken]
    return {**_plain(node), "broken": broken, "children": [_branch(child) for child in node.children]}


# --- what was asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The query string, read: a day and a moment in Jalali; what cannot be read is said and not guessed."""

    basis: str
    on: dt.date | None
    known_at: dt.datetime | None
    on_text: str
    known_text: str
    problems: tuple[tuple[str, str], ...]
    at: tuple[Any, ...] = ()


def asked_plainly(query: Any) -> Asked:
    """For a file, which has no place to say that a day could not be read: RuleBroken says it."""
    found = asked(query)
    if found.problems:
        raise RuleBroken(found.problems[0][1])
    return found


def asked(query: Any) -> Asked:
    problems: list[tuple[str, str]] = []
    on_text, known_text = query.get("on", "").strip()[:30], query.get("known", "").strip()[:30]
    on = known = None
    try:
        on = jalali.parse(on_text) if on_text else None
    except ValueError as problem:
        problems.append(("on", str(problem)))
    try:
        known = jalali.parse_moment(known_text) if known_text else None
    except ValueError as problem:
        problems.append(("known", str(problem)))
    basis = "approved" if query.get("basis") == "approved" else "entered"
    branch = BRANCH.fullmatch(query.get("at", "")[:60])
    at = (branch[1], *(int(part) for part in branch[2][1:].split("-"))) if branch else ()
    return Asked(basis, on, known, on_text, known_text, tuple(problems), at)
