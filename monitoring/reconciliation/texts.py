"""How alike a text of the ledger is to the titles of a submission: shares of their groups of three letters.

A description says more than a title («پرداخت صورت‌وضعیت ۵، احداث پل …»), so what counts is how much of a title stands in
it. Groups that few titles have weigh more; the number of a phase or plot is such a group.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from budget_portal.digits import to_latin
from budget_portal.text import fold

_MARKS = str.maketrans({**dict.fromkeys("،؛:.()[]{}«»\"'-–—_/\\\\|*+#٬,؟?!", " "), "آ": "ا"})
LEAST_APART = 0.1  # of a title that stands within another nothing is its own
RIVAL = 0.75


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Folded, without punctuation."""
    return " ".join(fold(to_latin(text)).translate(_MARKS).split())


@lru_cache(maxsize=20_000)
def grams(text: str) -> frozenset[str]:
    """Groups of three letters of a plain text, with the edges of its words."""
    found: set[str] = set()
    for word in text.split():
        padded = f" {word} "
        found.update(padded[place : place + 3] for place in range(len(padded) - 2))
    return frozenset(found)


def alike(one: str, other: str) -> float:
    """Dice's measure of two plain texts, 0 to 1."""
    a, b = grams(one), grams(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


@dataclass(frozen=True, slots=True)
class Likeness:
    subject: str
    coverage: float  # share of the title that stands in the text, by weight
    margin: float  # how far the next title is behind, as a share of this one
    rival: bool = False  # another title stands in the text as well, beside this one


class Titles:
    """Titles by subject, asked many times: an index from groups to the titles that have them."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        groups = {subject: grams(plain(title)) for subject, title in titles.items()}
        often = Counter(group for found in groups.values() for group in found)
        weight = {group: math.log(1 + len(groups) / count) for group, count in often.items()}
        self._postings: dict[str, list[str]] = defaultdict(list)
        for subject, found in groups.items():
            for group in found:
                self._postings[group].append(subject)
        self._groups, self._weight = groups, weight
        self._whole = {subject: sum(map(weight.__getitem__, found)) for subject, found in groups.items()}

    def coverages(self, text: str) -> dict[str, float]:
        """Subject -> share of its title that stands in a plain text."""
        found: dict[str, float] = defaultdict(float)
        for group in grams(text):
            if postings := self._postings.get(group):
                weight = self._weight[group]
                for subject in postings:
                    found[subject] += weight
        return {
            subject: mass / self._whole[subject] for subject, mass in found.items() if self._whole[subject]
        }

    def share(self, text: str, subject: str) -> float:
        """Of one title alone."""
        there = self._groups[subject] & grams(text)
        whole = self._whole[subject]
        return sum(map(self._weight.__getitem__, there)) / whole if whole else 0.0

    def ranked(self, text: str) -> tuple[Likeness, ...]:
        """The best first. A title is better for what of it stands in the text and worse for what does not, so of two
        titles, one within the other, the longer wins only where all of it is there."""
        coverages = self.coverages(text)
        scores = {subject: (2 * share - 1) * self._whole[subject] for subject, share in coverages.items()}
        order = sorted(scores, key=lambda subject: (-scores[subject], subject))[:4]
        found = []
        for place, subject in enumerate(order):
            behind = scores[order[place + 1]] if place + 1 < len(order) else -self._whole[subject]
            margin = (scores[subject] - behind) / self._whole[subject]
            found.append(Likeness(subject, coverages[subject], margin, self._has_rival(text, subject, order)))
        return tuple(found)

    def _has_rival(self, text: str, subject: str, others: list[str]) -> bool:
        """Whether what another title has of its own stands in the text too: one payment for two projects."""
        own, there = self._groups[subject], grams(text)
        for other in others:
            apart = self._groups[other] - own
            mass = sum(map(self._weight.__getitem__, apart))
            if mass >= LEAST_APART * self._whole[other]:
                present = sum(map(self._weight.__getitem__, apart & there))
                if present >= RIVAL * mass:
                    return True
        return False


def one_slip(one: str, other: str) -> bool:
    """Whether two codes differ by one character too many, missing or wrong, or by two changed places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    place = next((i for i, char in enumerate(one) if char != other[i]), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    rest_one, rest_other = one[place:], other[place:]
    changed = rest_one[:2] == rest_other[:2][::-1] and rest_one[2:] == rest_other[2:]
    return rest_one[1:] == rest_other[1:] or changed
