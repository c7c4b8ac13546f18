"""Persian text: one way to clean it, to search it and to sort it. Pure; knows nothing of Django.

`normalise` is what forms, API and imports store; `fold` fills the search column; `sort_key` orders lists
without any database collation. `SORT_FROM` and `SORT_TO` are the same order for SQL:
`translate(folded, SORT_FROM, SORT_TO)`, compared under COLLATE "C".
"""

import re
import unicodedata
from functools import lru_cache

from budget_portal.digits import ARABIC, DIRECTION_MARKS, LATIN, PERSIAN, to_persian

ZWNJ = "\u200c"
MOST_TYPED = 4_000  # signs in one cell of a form; no text is cut: a longer one stays with who typed it

# Other keyboards' letters for the same Persian letter, other spaces, and the kashida, which only stretches.
_LETTERS = str.maketrans(
    {
        **dict.fromkeys("يىے", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("ہھە", "ه"),
        **dict.fromkeys("ۀۂ", "ه\u0654"),
        **dict(zip(ARABIC, PERSIAN, strict=True)),
        "\u0640": None,
    }
)
INVISIBLE = DIRECTION_MARKS | frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200d\u2028\u2029\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)
_PRESENTATION = re.compile(r"[\ufb50-\ufdfb\ufe70-\ufefc]+")  # letter shapes that PDF files leave behind
_ZWNJ_RUN = re.compile(f"{ZWNJ}+")
_ZWNJ_EDGE = re.compile(rf"(?:^|(?<=\s)){ZWNJ}|{ZWNJ}(?=\s|\Z)")
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")

_FOLDED_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإٱ", "ا"),
        **dict(zip(PERSIAN, LATIN, strict=True)),
        "ة": "ه",
        "ئ": "ی",
        "ؤ": "و",
        ZWNJ: " ",
        # harakat, hamza above and below, superscript alef; the madda of «آ» is part of its letter
        **dict.fromkeys(
            map(chr, [*range(0x0610, 0x061B), *range(0x064B, 0x0653), *range(0x0654, 0x0660), 0x0670])
        ),
        **dict.fromkeys(INVISIBLE),
    }
)

ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
SORT_FROM = ALPHABET
SORT_TO = "".join(chr(0xE000 + place) for place in range(len(ALPHABET)))
_SORT = str.maketrans(SORT_FROM, SORT_TO)


def too_long(most: int = MOST_TYPED) -> str:
    return f"این متن از {to_persian(most)} نویسه بلندتر است؛ آن را کوتاه کنید."


def normalise(text: str, *, multiline: bool = False) -> str:
    """The text as it is stored: readable, one code per letter, spaces and ZWNJ tidied.

    Invisible characters stay, so that `name_problem` can refuse them; whether nothing was written is judged
    on the result, with `is_blank`.
    """
    text = unicodedata.normalize("NFC", text)
    text = _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = unicodedata.normalize("NFC", text.translate(_LETTERS))
    text = _ZWNJ_EDGE.sub("", _ZWNJ_RUN.sub(ZWNJ, text))
    if not multiline:
        return _SPACES.sub(" ", text).strip()
    lines = _BLANKS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()


def strip_invisible(text: str) -> str:
    """Without direction controls, invisible and control characters: for prose, where pasting brings them."""
    return "".join(char for char in text if not _is_hidden(char) or char in "\n\t\r")


@lru_cache(maxsize=4_096)  # codes and titles of the same lines, over and over
def fold(text: str) -> str:
    """The text as it is searched: «موافقتنامهٔ هزینه‌ای» is found by «موافقتنامه هزينه اي»."""
    text = normalise(text).casefold().translate(_FOLDED_LETTERS)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def sort_key(text: str) -> str:
    """A string whose code-point order is the order of the Persian alphabet (پ چ ژ گ in place)."""
    return fold(text).translate(_SORT)


def is_blank(text: str) -> bool:
    """Nothing visible is written."""
    return not strip_invisible(text).replace(ZWNJ, "").strip()


def visible_length(text: str) -> int:
    """How many characters a reader sees; what the least length of a reason is measured by."""
    return sum(not unicodedata.category(char).startswith(("M", "C")) for char in normalise(text))


def name_problem(name: str) -> str | None:
    """Why this cannot be the name of anything, as a Persian sentence; None when it can."""
    if is_blank(name):
        return "نام خالی است؛ آن را بنویسید."
    if any(_is_hidden(char) for char in name):
        return "نام نویسه‌ای نادیدنی دارد؛ آن را پاک کنید یا نام را دوباره بنویسید."
    if not any(char.isalnum() for char in name):
        return "نام باید دست‌کم یک حرف یا رقم داشته باشد."
    return None


def _is_hidden(char: str) -> bool:
    """Control, format, private, unassigned and lone surrogate code points; ZWNJ is Persian spelling."""
    return char != ZWNJ and (char in INVISIBLE or unicodedata.category(char).startswith("C"))
