"""Conditions that an organization writes itself: «commitments_open > 0.3 * credit_in_force».

A condition says when a line breaks the rule. It knows the figures of the line by name, decimal numbers, + − × ÷,
comparisons, and / or / not, and abs, min, max, percent; nothing else can be said. The text is cut into known tokens
before Python's parser sees it, and every node of the tree is turned into a function of its own: nothing is ever
evaluated as code. Arithmetic is decimal. A figure that is missing is not judged, and neither is what needs it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from budget_portal.digits import to_latin

LONGEST = 300
MOST_TOKENS = 120
DEEPEST = 20
LARGEST = Decimal(10) ** 18  # of every figure on the way; the largest amount of a cell is below 10 ** 15
TOO_LARGE = "حاصل شرط بزرگ‌تر از آن است که سنجیده شود؛ به جای ضرب رقم‌ها، نسبت یا درصد آن‌ها را بسنجید."

Number = Decimal | None
Truth = bool | None
Values = Mapping[str, Number]
Figure = Callable[[Values], Number]
Claim = Callable[[Values], Truth]

_EXACT = Context(prec=60)
_FOLDED = {
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "٫": ".",
    "٬": "",
    "،": ",",
}
_TOKEN = re.compile(r"(\d+(?:\.\d+)?)|([a-z_][a-z0-9_]{0,39})|(>=|<=|==|!=|[-+*/(),<>])")


class ExpressionError(ValueError):
    """Why a condition cannot be read, in a sentence for the person who wrote it."""


class TooLarge(ExpressionError):
    """A figure on the way grew beyond what can be kept and shown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the condition holds (None: a figure is missing), and both sides of its first comparison."""

    holds: Truth
    actual: Number
    expected: Number


@dataclass(frozen=True)
class Condition:
    text: str
    names: frozenset[str]
    _claim: Claim
    _left: Figure
    _right: Figure

    def judge(self, values: Values) -> Verdict:
        """What grows too large is not judged: a rule that is live never stands in the way of entry."""
        try:
            return self.measure(values)
        except TooLarge:
            return Verdict(None, None, None)

    def measure(self, values: Values) -> Verdict:
        """The same where a rule is written and tried: what grows too large is refused (`TooLarge`)."""
        with localcontext(_EXACT):
            return Verdict(self._claim(values), self._left(values), self._right(values))


def read(text: str, known: Mapping[str, Any]) -> Condition:
    """The condition that a text says over the known names; raises `ExpressionError` otherwise."""
    plain = _tokens(text)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("شرط کامل نیست؛ پرانتزها و عملگرها را بازبینی کنید.") from error
    reader = _Reader(plain, known)
    claim = reader.claim(tree, 0)
    if reader.first is None:
        raise ExpressionError("شرط باید دو مقدار را با هم بسنجد، مانند spent > received.")
    return Condition(plain, frozenset(reader.names), claim, *reader.first)


def _tokens(text: str) -> str:
    """The text with one blank between known tokens; anything else is refused where it stands."""
    if len(text) > LONGEST:
        raise ExpressionError(f"شرط بیش از {LONGEST} نویسه است.")
    folded = to_latin(text).lower()
    for sign, plain in _FOLDED.items():
        folded = folded.replace(sign, plain)
    found, at = [], 0
    while at < len(folded):
        if folded[at].isspace():
            at += 1
            continue
        token = _TOKEN.match(folded, at)
        if token is None:
            raise ExpressionError(f"«{folded[at]}» در شرط جایی ندارد.")
        found.append(f"{Decimal(token[1]):f}" if token[1] else token[0])
        at = token.end()
    if not found:
        raise ExpressionError("شرط خالی است.")
    if len(found) > MOST_TOKENS or any(len(token) > 40 for token in found):
        raise ExpressionError("شرط بیش از اندازه بلند است؛ آن را به چند قاعده بشکنید.")
    return " ".join(found)


def _every(parts: list[Truth]) -> Truth:
    if any(part is False for part in parts):
        return False
    return None if None in parts else True


def _some(parts: list[Truth]) -> Truth:
    if any(part is True for part in parts):
        return True
    return None if None in parts else False


def _divided(top: Decimal, base: Decimal) -> Number:
    return top / base if base else None


_ARITHMETIC: dict[type, Callable[[Decimal, Decimal], Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: _divided,
}
_COMPARED: dict[type, Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
# name -> (fewest, most arguments, what it makes of known numbers)
_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Number]]] = {
    "abs": (1, 1, lambda a: abs(a)),
    "min": (2, 8, min),
    "max": (2, 8, max),
    "percent": (2, 2, lambda part, whole: _divided(100 * part, whole)),
}
FUNCTIONS = tuple(_FUNCTIONS)


class _Reader:
    """Turns the nodes of one tree into functions; refuses every kind of node that it does not know."""

    def __init__(self, text: str, known: Mapping[str, Any]) -> None:
        self.text, self.known = text, known
        self.names: set[str] = set()
        self.first: tuple[Figure, Figure] | None = None

    def claim(self, node: ast.AST, depth: int) -> Claim:
        """What is true, false or not known."""
        self._not_too_deep(depth)
        if isinstance(node, ast.Compare):
            return self._comparison(node, depth)
        if isinstance(node, ast.BoolOp):
            parts = [self.claim(part, depth + 1) for part in node.values]
            join = _every if isinstance(node.op, ast.And) else _some
            return lambda values: join([part(values) for part in parts])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.claim(node.operand, depth + 1)
            return lambda values: None if (found := inner(values)) is None else not found
        raise ExpressionError("شرط باید مقایسه باشد و با and، or و not به مقایسهٔ دیگر برسد.")

    def _comparison(self, node: ast.Compare, depth: int) -> Claim:
        sides = [self.figure(side, depth + 1) for side in (node.left, *node.comparators)]
        signs = [_COMPARED.get(type(sign)) for sign in node.ops]
        if None in signs:
            raise ExpressionError("مقایسه تنها با < <= > >= == != نوشته می‌شود.")
        if self.first is None:
            self.first = sides[0], sides[1]
        pairs = list(zip(signs, sides, sides[1:], strict=False))

        def judge(values: Values) -> Truth:
            found: list[Truth] = []
            for sign, left, right in pairs:
                a, b = left(values), right(values)
                found.append(None if a is None or b is None or sign is None else sign(a, b))
            return _every(found)

        return judge

    def figure(self, node: ast.AST, depth: int) -> Figure:
        """A number, or none."""
        self._not_too_deep(depth)
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner, sign = self.figure(node.operand, depth + 1), -1 if isinstance(node.op, ast.USub) else 1
            return lambda values: None if (found := inner(values)) is None else sign * found
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            made = _ARITHMETIC[type(node.op)]
            return _of_known(made, [self.figure(side, depth + 1) for side in (node.left, node.right)])
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        raise ExpressionError("در دو سوی مقایسه تنها رقم، نام رقم و چهار عمل اصلی می‌آید.")

    def _constant(self, node: ast.Constant) -> Figure:
        # As written, not as Python reads it: 0.3 is three tenths.
        number = Decimal(self.text[node.col_offset : node.end_col_offset])
        return lambda values: _bounded(number)

    def _name(self, name: str) -> Figure:
        if name not in self.known:
            raise ExpressionError(f"رقمی به نام «{name}» برای این ردیف نیست.")
        self.names.add(name)
        return lambda values: values[name]

    def _call(self, node: ast.Call, depth: int) -> Figure:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or node.keywords:
            raise ExpressionError(f"تابع پذیرفته تنها {'، '.join(FUNCTIONS)} است.")
        fewest, most, made = _FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            raise ExpressionError(f"شمار ورودی‌های {name} درست نیست.")
        return _of_known(made, [self.figure(part, depth + 1) for part in node.args])

    def _not_too_deep(self, depth: int) -> None:
        if depth > DEEPEST:
            raise ExpressionError("پرانتزهای شرط بیش از اندازه تودرتو است.")


def _of_known(made: Callable[..., Number], parts: list[Figure]) -> Figure:
    def compute(values: Values) -> Number:
        found = [part(values) for part in parts]
        return None if any(value is None for value in found) else _bounded(made(*found))

    return compute


def _bounded(number: Number) -> Number:
    if number is not None and abs(number) >= LARGEST:
        raise TooLarge(TOO_LARGE)
    return number


def value_or_none(figure: Any) -> Number:
    """A figure of a line as the conditions take it."""
    return None if figure is None else Decimal(figure)
