"""Digits at the edges of the portal: ASCII inside, Persian on the page. Pure; knows nothing of Django."""

from decimal import Decimal

LATIN = "0123456789"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
THOUSANDS = "\u066c"  # ٬
DECIMAL_MARK = "\u066b"  # ٫
# U+2212 alone would jump to the other side of the number inside a right-to-left run; U+200E holds it.
MINUS = "\u200e\u2212"
PLUS = "\u200e+"

# Marks that steer direction and are never seen. Excel, Word and phone keyboards leave them inside figures.
DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN + LATIN)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN + PERSIAN)
_DROP_MARKS = dict.fromkeys(map(ord, DIRECTION_MARKS | {"\ufeff", "\u200b"}))


def to_latin(value: object) -> str:
    """Persian and Arabic-Indic digits as ASCII; every other character stays."""
    return str(value).translate(_TO_LATIN)


def to_persian(value: object) -> str:
    """ASCII and Arabic-Indic digits as Persian ones; every other character stays."""
    return str(value).translate(_TO_PERSIAN)


def drop_marks(value: str) -> str:
    """Without direction marks, zero-width space and byte-order mark: what figures and codes are read from."""
    return value.translate(_DROP_MARKS)


def group(number: int | Decimal) -> str:
    """A number as people read it: ۲۷٬۶۵۰ · ۵۷٫۶ · ‎−۱۴. The decimals are printed as they are given."""
    sign = MINUS if number < 0 else ""
    text = f"{abs(number):,f}" if isinstance(number, Decimal) else f"{abs(number):,}"
    return sign + to_persian(text.replace(",", THOUSANDS).replace(".", DECIMAL_MARK))
