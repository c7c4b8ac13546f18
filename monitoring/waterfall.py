"""From notification to spending of one agency: notified, agreed, allocated, received, spent, and the rules between them.

Two days answer two questions (decision 10): `on` is the day on which letters and agreements count, `known_at` the moment
at which they were known. Figures of performance are those of the cut-off; as known earlier, they are those of the last
snapshot taken by then. `entered` counts what was typed, raw figures of held lines included; `approved` what is final.
Page, JSON and CSV stand on the same frozen value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from accounts.models import Agency, User
from agreements.models import ReportingPeriod
from budget_portal.digits import group
from monitoring import waterfall_sums
from monitoring.ratios import Ratio
from monitoring.waterfall_letters import Leaf, Letter
from monitoring.waterfall_sums import Cut, Money, Names, Source

Basis = Literal["entered", "approved"]
RULES = {
    "CA-6": "موافقتنامه ≤ ابلاغ",
    "V1": "تخصیص ≤ اعتبار لازم‌الاجرا",
    "V2": "دریافتی ≤ تخصیص",
    "V3": "هزینه + پیش‌پرداخت ≤ دریافتی",
    "V6": "تعهد ≤ اعتبار (هشدار)",
}
WARNINGS = frozenset({"V6", "GAP"})
SENTENCES = {
    "CA-6": "موافقتنامه ({more}) از ابلاغ ({less}) {gap} بیشتر است. ابلاغیهٔ اصلاحی ثبت یا موافقتنامه اصلاح شود.",
    "GAP": "ابلاغ بدون موافقتنامه: {gap} از ابلاغ هنوز در موافقتنامه نیامده است.",
    "V1": "تخصیص ({more}) از اعتبار لازم‌الاجرا ({less}) {gap} بیشتر است.",
    "V2": "دریافتی ({more}) از تخصیص ({less}) {gap} بیشتر است.",
    "V3": "هزینه و پیش‌پرداخت ({more}) از دریافتی ({less}) {gap} بیشتر است.",
    "V6": "هزینه و تعهد پرداخت‌نشده ({more}) از اعتبار لازم‌الاجرا ({less}) {gap} بیشتر است.",
}
HELD = " دستگاه ردیف را نگه داشته است؛ در جمع ثبت‌شده آمده، در جمع تأییدشده نه."


@dataclass(frozen=True, slots=True)
class Figures:
    """Million rials. None: nothing was notified, or nothing entered."""

    notified: int | None = None
    agreed: int = 0
    allocated: int = 0
    securities: int = 0  # of the allocated
    received: int | None = None
    spent: int | None = None

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            _plus(self.notified, other.notified),
            self.agreed + other.agreed,
            self.allocated + other.allocated,
            self.securities + other.securities,
            _plus(self.received, other.received),
            _plus(self.spent, other.spent),
        )

    @property
    def allocation(self) -> Ratio:
        return Ratio(self.allocated, self.agreed)

    @property
    def absorption(self) -> Ratio:
        return Ratio(self.spent, self.allocated)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a line breaks; `GAP` is no rule but asks for an amendment."""

    rule: str
    title: str
    source: str
    sentence: str

    @property
    def warns(self) -> bool:
        return self.rule in WARNINGS


@dataclass(frozen=True, slots=True)
class Node:
    """A row: programme, plan or chapter, project."""

    level: Literal["programme", "plan", "chapter", "project"]
    leaf: Leaf
    code: str
    title: str
    figures: Figures
    broken: tuple[Broken, ...] = ()
    children: tuple[Node, ...] = ()

    @property
    def is_entered(self) -> bool:
        return self.figures.spent is not None

    @property
    def name(self) -> str:
        """As addresses write it: `plan-12`, `chapter-3-7`."""
        return "-".join(str(part) for part in self.leaf)


@dataclass(frozen=True, slots=True)
class Count:
    """In how many of the plans (chapters) a rule holds, of those on which it can be judged."""

    rule: str
    title: str
    holds: int
    judged: int

    @property
    def is_kept(self) -> bool:
        return self.holds == self.judged


@dataclass(frozen=True, slots=True)
class Waterfall:
    agency: Agency
    period: ReportingPeriod
    kind: str
    basis: Basis
    on: dt.date
    known_at: dt.datetime | None
    figures: Figures
    programmes: tuple[Node, ...]
    rules: tuple[Count, ...]
    letters: tuple[Letter, ...]
    open_advance: int = 0  # of the allocated: advances that were not converted yet
    trail: tuple[Node, ...] = ()  # down to the programme, plan, chapter or project that was asked for
    county: str = ""  # only its projects; what a plan was given is not told by county

    @property
    def units(self) -> tuple[Node, ...]:
        """Plans, or programme × chapter: what rules are counted by; of one project, the project."""
        if self.trail and self.trail[-1].level == "project":
            return self.trail[-1:]
        return tuple(unit for programme in self.programmes for unit in programme.children)

    @property
    def entered(self) -> int:
        return sum(unit.is_entered for unit in self.units)

    @property
    def broken(self) -> tuple[Broken, ...]:
        return tuple(broken for unit in self.units for broken in unit.broken)


def build(
    user: User,
    agency: Agency,
    period: ReportingPeriod,
    kind: str,
    *,
    basis: Basis = "entered",
    on: dt.date | None = None,
    known_at: dt.datetime | None = None,
    at: Leaf = (),
) -> Waterfall:
    """In a fixed number of queries. The caller has checked that the person sees the agency. `at` narrows to a
    programme, plan, chapter or project; one that has nothing here leaves the trail empty."""
    cut = waterfall_sums.read(user, agency, period, kind, basis=basis, on=on, known_at=known_at, at=at)
    judged = list(_judged(cut))
    programmes = _tree(cut, judged)
    trail = _trail(programmes, at)
    if trail:
        programmes, judged = _narrowed(trail), [one for one in judged if _within(cut, one, trail[-1])]
    total = Figures()
    for node in trail[-1:] or programmes:
        total += node.figures
    return Waterfall(
        agency=agency,
        period=period,
        kind=kind,
        basis=basis,
        on=cut.on,
        known_at=known_at,
        figures=total,
        programmes=programmes,
        rules=_counts(judged),
        letters=cut.letters,
        open_advance=sum(amount for leaf, amount in cut.advances.items() if _under(cut, leaf, trail)),
        trail=trail,
        county=cut.county,
    )


# --- one branch -------------------------------------------------------------------------------------------------------


def _trail(nodes: tuple[Node, ...], at: Leaf) -> tuple[Node, ...]:
    """From the programme down to the node of this name."""
    for node in nodes if at else ():
        if node.leaf == at:
            return (node,)
        if below := _trail(node.children, at):
            return (node, *below)
    return ()


def _narrowed(trail: tuple[Node, ...]) -> tuple[Node, ...]:
    """The tree with this branch only."""
    node = trail[-1]
    for above in reversed(trail[:-1]):
        node = replace(above, children=(node,))
    return (node,)


def _within(cut: Cut, one: _Judged, node: Node) -> bool:
    if node.level == "project":
        return one.leaf == node.leaf
    return node.leaf in (one.unit, ("programme", cut.names.programme_of[one.unit]))


def _under(cut: Cut, leaf: Leaf, trail: tuple[Node, ...]) -> bool:
    if not trail:
        return True
    unit = cut.unit_of(leaf)
    return trail[-1].leaf in (leaf, unit, ("programme", cut.names.programme_of[unit]))


# --- rules ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """One rule on one line and source: of which plan or chapter, and what is wrong, if anything is."""

    unit: Leaf
    leaf: Leaf | None
    rule: str
    broken: Broken | None


def _judged(cut: Cut) -> Iterator[_Judged]:
    for (leaf, source), money in sorted(cut.money.items()):
        for rule, more, less in _pairs(cut, money):
            yield _verdict(cut.names, rule, cut.unit_of(leaf), leaf, source, more, less, held=money.held)
    if not cut.notified:
        return
    agreed: dict[tuple[Leaf, Source], int] = {}
    for (leaf, source), money in cut.money.items():
        name = cut.unit_of(leaf), source
        agreed[name] = agreed.get(name, 0) + money.agreed
    for unit, source in sorted({*agreed, *cut.notified}):
        more, less = agreed.get((unit, source), 0), cut.notified.get((unit, source), 0)
        yield _verdict(cut.names, "CA-6", unit, None, source, more, less)
        if less > more:
            yield _verdict(cut.names, "GAP", unit, None, source, less, more)


def _pairs(cut: Cut, money: Money) -> Iterator[tuple[str, int, int]]:
    """(rule, what may not be more, than what), of the rules that can be judged."""
    if money.agreed or money.allocated:
        yield "V1", money.allocated, money.agreed
    if money.received is not None:
        yield "V2", money.received, money.allocated
    if money.received is not None and money.spent is not None:
        yield "V3", money.spent + money.advances, money.received
    if money.spent is not None:
        yield "V6", money.spent + money.commitments, money.agreed


def _verdict(
    names: Names,
    rule: str,
    unit: Leaf,
    leaf: Leaf | None,
    source: Source,
    more: int,
    less: int,
    *,
    held: bool = False,
) -> _Judged:
    if more <= less:
        return _Judged(unit, leaf, rule, None)
    sentence = SENTENCES[rule].format(more=group(more), less=group(less), gap=group(more - less))
    title = names.titles[leaf or unit]
    return _Judged(
        unit, leaf, rule, Broken(rule, title, names.sources[source], sentence + (HELD if held else ""))
    )


def _counts(judged: Iterable[_Judged]) -> tuple[Count, ...]:
    units: dict[str, dict[Leaf, bool]] = {rule: {} for rule in RULES}
    for one in judged:
        if one.rule in units:
            units[one.rule][one.unit] = units[one.rule].get(one.unit, True) and one.broken is None
    return tuple(
        Count(rule, RULES[rule], sum(kept.values()), len(kept)) for rule, kept in units.items() if kept
    )


# --- rows -------------------------------------------------------------------------------------------------------------


def _tree(cut: Cut, judged: list[_Judged]) -> tuple[Node, ...]:
    broken: dict[Leaf, list[Broken]] = {}
    for one in judged:
        if one.broken:
            broken.setdefault(one.unit, []).append(one.broken)
            if one.leaf is not None and one.leaf != one.unit:
                broken.setdefault(one.leaf, []).append(one.broken)
    leaves: dict[Leaf, dict[Leaf, Figures]] = {}
    for (leaf, _), money in cut.money.items():
        within = leaves.setdefault(cut.unit_of(leaf), {})
        within[leaf] = within.get(leaf, Figures()) + _figures(money)
    for unit, _ in cut.notified:
        leaves.setdefault(unit, {})
    units: dict[int, list[Node]] = {}
    for unit, within in leaves.items():
        units.setdefault(cut.names.programme_of[unit], []).append(_unit(cut, unit, within, broken))
    found = []
    for programme, children in units.items():
        code, title = cut.names.programmes[programme]
        ordered = tuple(sorted(children, key=lambda node: (node.code, node.leaf)))
        total = Figures()
        for child in ordered:
            total += child.figures
        found.append(Node("programme", ("programme", programme), code, title, total, (), ordered))
    return tuple(sorted(found, key=lambda node: node.code))


def _unit(cut: Cut, unit: Leaf, within: dict[Leaf, Figures], broken: dict[Leaf, list[Broken]]) -> Node:
    total = Figures(notified=_notified(cut, unit))
    for figures in within.values():
        total += figures
    projects: tuple[Node, ...] = ()
    if cut.kind == "capital":
        rows = [
            Node(
                "project",
                leaf,
                cut.names.codes[leaf],
                cut.names.titles[leaf],
                figures,
                tuple(broken.get(leaf, ())),
            )
            for leaf, figures in within.items()
        ]
        projects = tuple(sorted(rows, key=lambda node: node.code))
    level: Literal["plan", "chapter"] = "plan" if cut.kind == "capital" else "chapter"
    said = tuple(broken.get(unit, ()))
    return Node(level, unit, cut.names.codes[unit], cut.names.titles[unit], total, said, projects)


def _notified(cut: Cut, unit: Leaf) -> int | None:
    amounts = [amount for (named, _), amount in cut.notified.items() if named == unit]
    return sum(amounts) if amounts else None


def _figures(money: Money) -> Figures:
    return Figures(
        agreed=money.agreed,
        allocated=money.allocated,
        securities=money.securities,
        received=money.received,
        spent=money.spent,
    )


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
