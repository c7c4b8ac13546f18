"""Which line each row of a ledger belongs to: by code, else by text and source, by a statement, by what is missing.

A wrong match is worse than none: where two readings disagree or two lines fit alike, the row stays open and a person is
offered what it may be.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitoring.reconciliation.facts import (
    Entry,
    Found,
    Match,
    Method,
    MoneyKey,
    Standing,
    Statement,
    Target,
    Year,
)
from monitoring.reconciliation.screening import screen
from monitoring.reconciliation.sums import RIALS, half_up
from monitoring.reconciliation.texts import Likeness, Titles, one_slip, plain

ENOUGH = 0.72  # of a title
AHEAD = 0.15  # before the next title
SUPPORT = 0.45  # text that bears out a code with a slip, or a code found in running text
AGAINST = 0.85  # text that names another subject so clearly contradicts
HINT = 0.4  # text that may help where the amount is exactly what is missing
LONG_CODE = 6  # characters; a shorter number in running text may be a date, a page, a count
PAID_WITHIN = dt.timedelta(days=120)
SUGGESTED = 3
_CODE = re.compile(r"[0-9a-z]+(?:[-/.][0-9a-z]+)*")
_JOINTS = re.compile(r"[\s\-/._]+")


def bare(code: str) -> str:
    """A code without what people put between its parts."""
    return _JOINTS.sub("", plain(code))


class Bench:
    """The lines of one submission, asked for every row of a ledger."""

    def __init__(self, targets: Sequence[Target], statements: Sequence[Statement] = ()) -> None:
        self._of: dict[str, list[Target]] = defaultdict(list)
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._exact: dict[str, list[Target]] = defaultdict(list)  # codes that name a line, not a subject
        for target in targets:
            self._of[target.subject].append(target)
            for place, code in enumerate(target.codes):
                if place == 0:
                    self._codes[bare(code)].add(target.subject)
                elif bare(code):
                    self._exact[bare(code)].append(target)
        self._titles = Titles({subject: rows[0].title for subject, rows in self._of.items()})
        self._ranks: dict[str, tuple[Likeness, ...]] = {}
        self._near: dict[str, tuple[str, ...]] = {}
        self._paid: dict[int, list[Statement]] = defaultdict(list)
        for statement in statements:
            for amount in set(statement.amounts):
                self._paid[amount].append(statement)

    # --- one row ----------------------------------------------------------------------------------------

    def match(self, entry: Entry) -> Match:
        """A row that counts: its line, or what it may be."""
        text = plain(entry.text)
        statement = self._statement(entry, text)
        if (subject := self._sure(entry, text)) is not None:
            return self._settled(entry, text, subject, Method.CODE, 100, statement)
        ranks = self._ranked(text)
        for method, subjects, score in self._readings(entry, text, ranks, statement):
            if len(subjects) == 1 and not self._contradicted(subjects, ranks, method):
                return self._settled(entry, text, next(iter(subjects)), method, score, statement)
            break
        likely = [rank.subject for rank in ranks if rank.coverage >= HINT]
        codes = sorted(self._codes.get(bare(entry.code), ()))
        return self._open(entry, [line.key for name in [*codes, *likely] for line in self._of[name]])

    def _sure(self, entry: Entry, text: str) -> str | None:
        """The subject of a code whose title stands in the text almost whole: nothing else can contradict it."""
        named = self._named(bare(entry.code)) if entry.code else set()
        if len(named) != 1:
            return None
        subject = next(iter(named))
        return subject if self._titles.share(text, subject) > 1 - AHEAD else None

    def _settled(
        self,
        entry: Entry,
        text: str,
        subject: str,
        method: Method,
        score: int,
        statement: Statement | None,
    ) -> Match:
        """The subject is known; which of its lines, the chapter and the source have to say."""
        lines = self._narrowed(entry, text, self._lines(entry, subject))
        evidence = statement.pk if statement and statement.subject == subject else None
        if len(lines) == 1:
            key = lines[0].key
            return Match(entry.number, Standing.COUNTED, key, method, score, statement=evidence)
        return self._open(entry, [line.key for line in lines], evidence)

    def _readings(
        self, entry: Entry, text: str, ranks: tuple[Likeness, ...], statement: Statement | None
    ) -> Iterable[tuple[Method, set[str], int]]:
        """What the row says of its subject, the surest first. The first that says anything decides."""
        code = bare(entry.code)
        if code and (named := self._named(code)):
            yield Method.CODE, named, 100
        if entry.chapter and not code and len(self._of) == 1:
            yield Method.CODE, set(self._of), 100
        best = ranks[0] if ranks else None
        if code and (near := self._near_codes(code)):
            borne_out = {rank.subject for rank in ranks if rank.coverage >= SUPPORT} & set(near)
            if len(near) == 1 and borne_out and best and best.subject in borne_out:
                yield Method.NEAR_CODE, borne_out, round(90 * best.coverage)
        if within := self._codes_within(entry, ranks):
            yield Method.CODE, within, 95
        if best and self._is_clear(best) and (not code or best.coverage >= AGAINST):
            yield Method.TEXT, {best.subject}, round(100 * best.coverage)
        if statement is not None and not code and not (best and best.rival and best.coverage >= ENOUGH):
            yield Method.STATEMENT, {statement.subject}, 90

    def _named(self, code: str) -> set[str]:
        exact = {target.subject for target in self._exact.get(code, ())}
        return set(self._codes.get(code, ())) or exact

    def _near_codes(self, code: str) -> tuple[str, ...]:
        if code not in self._near:
            found = {name for known, names in self._codes.items() if one_slip(code, known) for name in names}
            self._near[code] = tuple(sorted(found))
        return self._near[code]

    def _codes_within(self, entry: Entry, ranks: tuple[Likeness, ...]) -> set[str]:
        """Codes that stand in the description. A short number may be anything: the text has to bear it out."""
        if bare(entry.code):
            return set()
        likely = {rank.subject for rank in ranks if rank.coverage >= SUPPORT}
        found = set()
        for token in _CODE.findall(entry.text.casefold()):
            named = self._named(bare(token))
            found |= named if len(bare(token)) >= LONG_CODE else named & likely
        return found

    def _is_clear(self, best: Likeness) -> bool:
        """One title stands in the text and no other is near. With a code that fits nothing it must be beyond doubt."""
        return best.coverage >= ENOUGH and best.margin >= AHEAD and not best.rival

    def _contradicted(self, subjects: set[str], ranks: tuple[Likeness, ...], method: Method) -> bool:
        """The code names one subject and the text clearly another: one of them is wrong."""
        if method is Method.TEXT or not ranks or ranks[0].subject in subjects:
            return False
        own = max((rank.coverage for rank in ranks if rank.subject in subjects), default=0.0)
        return ranks[0].coverage >= ENOUGH and ranks[0].coverage - own >= AHEAD

    def _ranked(self, text: str) -> tuple[Likeness, ...]:
        if text not in self._ranks:
            self._ranks[text] = self._titles.ranked(text) if text else ()
        return self._ranks[text]

    # --- the line within its subject --------------------------------------------------------------------

    def _lines(self, entry: Entry, subject: str) -> list[Target]:
        exact = [line for line in self._exact.get(bare(entry.code), ()) if line.subject == subject]
        return exact or self._of[subject]

    def _narrowed(self, entry: Entry, text: str, lines: list[Target]) -> list[Target]:
        """By the chapter and the source that the row names; what it names otherwise fits no line of them."""
        if entry.chapter:
            lines = [line for line in lines if _calls(entry.chapter, line.chapters)]
        elif len({line.key.chapter for line in lines}) > 1:
            lines = [line for line in lines if _mentions(text, line.chapters)] or lines
        if entry.source:
            return [line for line in lines if _calls(entry.source, line.sources)]
        if len(lines) > 1:
            return [line for line in lines if _mentions(text, line.sources)] or lines
        return lines

    def _open(self, entry: Entry, keys: Sequence[MoneyKey], evidence: int | None = None) -> Match:
        offered = tuple(dict.fromkeys(keys))[:SUGGESTED]
        return Match(entry.number, Standing.COUNTED, suggestions=offered, statement=evidence)

    # --- statements -------------------------------------------------------------------------------------

    def _statement(self, entry: Entry, text: str) -> Statement | None:
        """The one statement of that amount which was paid then, or whose number the row names."""
        if entry.rials is None or entry.day is None or entry.rials <= 0:
            return None
        words = set(text.split())
        fitting = [
            row
            for row in self._paid.get(half_up(entry.rials), ())
            if row.day <= entry.day
            and (entry.day - row.day <= PAID_WITHIN or plain(row.contract) in text)
            and (plain(row.number) in words or (bool(row.contract) and plain(row.contract) in text))
        ]
        return fitting[0] if len({row.pk for row in fitting}) == 1 else None


def _calls(said: str, names: tuple[str, ...]) -> bool:
    word = plain(said)
    return any(_is_called(word, plain(name)) for name in names if name)


def _is_called(word: str, name: str) -> bool:
    """Equal, or one within the other; what is as short as a number only as a word of its own."""
    if name in word.split():
        return True
    return (len(word) > 3 and word in name) or (len(name) > 3 and name in word)


def _mentions(text: str, names: tuple[str, ...]) -> bool:
    return any(len(name) > 3 and plain(name) in text for name in names)


# --- the whole ledger -----------------------------------------------------------------------------------------


def match_all(
    entries: Sequence[Entry], targets: Sequence[Target], year: Year, statements: Sequence[Statement] = ()
) -> Found:
    """Every row: set aside with its reason, on its line, or open."""
    aside = screen(entries, year)
    bench = Bench(targets, statements)
    found = []
    for entry in entries:
        if entry.number in aside:
            standing, partner = aside[entry.number]
            found.append(Match(entry.number, standing, partner=partner))
        else:
            found.append(bench.match(entry))
    return Found(tuple(_by_what_is_missing(entries, found, targets)))


def _by_what_is_missing(
    entries: Sequence[Entry], found: list[Match], targets: Sequence[Target]
) -> list[Match]:
    """An open row whose amount is what one line lacks, and no other row's and no other line's: only among the lines
    that its text or code already suggested."""
    sums: dict[MoneyKey, int] = defaultdict(int)
    rials = {entry.number: entry.rials or 0 for entry in entries}
    for match in found:
        if match.key is not None:
            sums[match.key] += rials[match.number]
    lacks: dict[int, list[MoneyKey]] = defaultdict(list)
    for target in targets:
        if target.entered is not None and (lack := target.entered - half_up(sums[target.key])) > 0:
            lacks[lack].append(target.key)
    wanted: dict[MoneyKey, list[int]] = defaultdict(list)
    for place, match in enumerate(found):
        if match.standing is Standing.COUNTED and match.key is None and match.suggestions:
            keys = [key for key in lacks.get(half_up(rials[match.number]), ()) if key in match.suggestions]
            if len(keys) == 1 and abs(rials[match.number]) >= RIALS:
                wanted[keys[0]].append(place)
    for key, places in wanted.items():
        if len(places) == 1:
            place = places[0]
            found[place] = replace(found[place], key=key, method=Method.AMOUNT, score=70)
    return found
