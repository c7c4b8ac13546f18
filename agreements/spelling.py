"""What a mistyped word may have meant: words of titles one slip away, or that sound the same.

A slip is one letter too many, one missing, one wrong, or two changed places; «اهداث» and «احداث» sound the same. The
words are those of every title; which rows they lead to is asked within the person's scope. They are read once and kept
until there is a newer title, at most ten minutes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from budget_portal.text import ALPHABET

LEAST = 4  # letters: shorter words have too many neighbours
MOST = 12  # readings of one word
KEPT_S = 600
SOUNDS = str.maketrans("حذضظصثطغعآأ", "هزززسستقااا")
NEWEST = """
    SELECT (SELECT max(id) FROM agreements_project), (SELECT max(id) FROM agreements_plan),
        (SELECT max(id) FROM accounts_agency)
"""
WORDS = """
    SELECT word, count(*) FROM (
        SELECT unnest(string_to_array(translate(title, %s, %s), ' ')) AS word FROM (
            SELECT title_folded AS title FROM agreements_project
            UNION ALL SELECT title_folded FROM agreements_plan
            UNION ALL SELECT name_folded FROM accounts_agency
        ) AS titles
    ) AS words WHERE length(word) >= 3 GROUP BY word
"""
MARKS = "،؛:.()[]«»-–_/\\'\""


@dataclass(frozen=True)
class Words:
    """Every word of the titles with how often it stands there, and by its sound."""

    often: dict[str, int]
    sounding: dict[str, list[str]]

    def near(self, word: str) -> list[str]:
        """Those that sound the same first, then the commonest."""
        same = self.sounding.get(word.translate(SOUNDS), [])
        slips = {slip for slip in _slips(word) if slip in self.often} - set(same)
        return sorted(same, key=self._rank)[:MOST] + sorted(slips, key=self._rank)[: MOST - len(same[:MOST])]

    def _rank(self, word: str) -> tuple[int, str]:
        return -self.often[word], word


def readings(words: list[str]) -> list[list[str]] | None:
    """For each word what it may have meant; nothing when none can be read in another way.

    Words that stand in a title are taken as they are, unless all do: then any of them may be the slip.
    """
    known = _known()
    strange = [word not in known.often for word in words]
    found = []
    for word, odd in zip(words, strange, strict=True):
        near = known.near(word) if len(word) >= LEAST and (odd or not any(strange)) else []
        found.append(list(dict.fromkeys([*([] if near and odd else [word]), *near])))
    return found if any(row != [word] for row, word in zip(found, words, strict=True)) else None


def _slips(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        yield from (head + letter + tail for letter in ALPHABET)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ALPHABET)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _known() -> Words:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return _read(str(connection.settings_dict["NAME"]), cursor.fetchone(), int(time.time() // KEPT_S))


@lru_cache(maxsize=1)
def _read(_database: str, _newest: tuple[int | None, ...], _until: int) -> Words:
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [MARKS, " " * len(MARKS)])
        often = dict(cursor.fetchall())
    sounding: dict[str, list[str]] = defaultdict(list)
    for word in often:
        sounding[word.translate(SOUNDS)].append(word)
    return Words(often, dict(sounding))
