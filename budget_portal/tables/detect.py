"""Finding the table in a file: which sheet, which row has the headers, which column is which field, what unit."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass

from budget_portal.digits import drop_marks
from budget_portal.tables.grammar import UNIT_NAMES, shown
from budget_portal.tables.reader import Cell, Head
from budget_portal.text import fold, normalise

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOISE = re.compile(r"\b1[34][0-9]{2}\b|[^\w\s]|_")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Found:
    """Where the table begins; rows are counted from 1, sheets too."""

    sheet: int
    name: str
    header_row: int
    headers: tuple[str, ...]


def key_of(header: str) -> str:
    """A header as it is compared: folded, without its unit, year and punctuation."""
    plain = _NOISE.sub(" ", _BRACKETS.sub(" ", fold(drop_marks(header))))
    return _SPACES.sub(" ", plain).strip()


def find(heads: Sequence[Head], known: frozenset[str]) -> Found:
    """The sheet and row that most look like the headers of the table; title rows above are passed over."""
    best, found = (0, 0, 0), None
    for sheet, head in enumerate(heads, start=1):
        for number, row in enumerate(head.rows, start=1):
            score = _score(row, known)
            if score > best:
                best, found = score, Found(sheet, head.name, number, headers_of(head.rows, number))
    return found or Found(1, heads[0].name if heads else "", 1, ())


def _score(row: Sequence[Cell], known: frozenset[str]) -> tuple[int, int, int]:
    texts = [shown(cell) for cell in row]
    named = {key_of(text) for text in texts} & known
    different = {text for text in texts if text}
    words = sum(1 for text in different if not text.replace(".", "").isdecimal())
    return len(named), 0 if named else words, words


def headers_of(rows: Sequence[Sequence[Cell]], header_row: int) -> tuple[str, ...]:
    """The texts of the header row; an empty one takes what stands above it (a head of two rows). Headers that
    occur twice get the letter of their column, so that each has a name of its own."""
    row = rows[header_row - 1] if 0 < header_row <= len(rows) else ()
    above = rows[header_row - 2] if header_row > 1 else ()
    wide = max((place for place, cell in enumerate(row) if shown(cell)), default=-1) + 1
    texts = []
    for place in range(wide):
        own = shown(row[place])
        over = shown(above[place]) if place < len(above) else ""
        texts.append(normalise(drop_marks(own or over)))
    keys = [fold(text) for text in texts]
    return tuple(
        f"{text} (ستون {letter(place)})" if text and keys.count(keys[place]) > 1 else text
        for place, text in enumerate(texts)
    )


def letter(place: int) -> str:
    """A, B, … Z, AA: the name of a column in a spreadsheet, from its place."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def match(headers: Sequence[str], names: Map[str, Sequence[str]]) -> dict[int, str]:
    """Place of a column -> the field that it is, by folded name. First equal names, then those that begin alike,
    the longest first: «دریافتی اوراق خزانه» begins like «دریافتی اوراق», though it also begins like «دریافتی»."""
    keys = [key_of(header) for header in headers]
    wanted = [(key_of(name), field) for field, spellings in names.items() for name in spellings]
    found: dict[int, str] = {}
    for spellings, alike in ((wanted, str.__eq__), (sorted(wanted, key=_longest), _begins)):
        for spelling, field in spellings:
            if field in found.values():
                continue
            for place, key in enumerate(keys):
                if key and place not in found and alike(key, spelling):
                    found[place] = field
                    break
    return found


def _begins(key: str, spelling: str) -> bool:
    return len(spelling) > 3 and key.startswith(f"{spelling} ")


def _longest(wanted: tuple[str, str]) -> int:
    return -len(wanted[0])


def unit_of(headers: Sequence[str]) -> str:
    """The unit that the headers name («اعتبار (ریال)»), or nothing."""
    for header in headers:
        text = fold(header)
        for name in ("million-rials", "milliard-rials", "milliard-toman", "thousand-rials", "toman", "rial"):
            if fold(UNIT_NAMES[name]) in text:
                return name
    return ""
