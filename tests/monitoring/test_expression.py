"""Conditions of organizations: what they say, what they refuse, and that nothing else can be said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.rules.base import Scope
from monitoring.rules.expression import LONGEST, Condition, ExpressionError, read
from monitoring.rules.named import NAMES

D = Decimal
KNOWN = dict.fromkeys(("a", "b", "c"))


def holds(text: str, **values: Any) -> bool | None:
    known = {name: None if values.get(name) is None else D(values[name]) for name in KNOWN}
    return read(text, KNOWN).judge(known).holds


@pytest.mark.parametrize(
    ("text", "values", "answer"),
    [
        ("a > 0.3 * b", {"a": "30.01", "b": 100}, True),
        ("a > 0.3 * b", {"a": 30, "b": 100}, False),
        ("a > ۰٫۳ × b", {"a": 31, "b": 100}, True),
        ("a ÷ b ≥ ۱ and not (c == 2)", {"a": 2, "b": 2, "c": 1}, True),
        ("percent(a, b) > 30", {"a": 31, "b": 100}, True),
        ("max(a, b) - min(a, b) > abs(c)", {"a": 1, "b": 9, "c": -7}, True),
        ("0 < a < 5", {"a": 5}, False),
        ("a > 1", {}, None),
        ("a / b > 1", {"a": 1, "b": 0}, None),
        ("a > 1 or b > 1", {"a": 2}, True),
        ("a > 1 and b > 1", {"a": 0}, False),
        ("a > 1 and b > 1", {"a": 2}, None),
        ("a * 0.1 + a * 0.2 == a * 0.3", {"a": 1}, True),
    ],
)
def test_what_a_condition_says(text: str, values: dict[str, Any], answer: bool | None) -> None:
    assert holds(text, **values) is answer


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a > ", "a + 1", "x > 1", "a.real > 1", "a > 'b'", "__import__('os') > 1", "print(a) > 1",
        "max(*a) > 1", "min(a for b in c) > 1", "max(a, b=c) > 1", "a ** 9 > 1", "a // 2 > 1", "a % 2 > 1", "a = 1",
        "a in b", "a is b", "(a, b) > 1", "[a] > 1", "a > 1 if b else c > 1", "lambda a: a", "a := 1",
        "(a > 1) + 1 > 0", "not a", "abs(a, b) > 1", "a > 1; b > 1", "a > 1e99", "a > " + "(" * 60 + "1" + ")" * 60,
        "a > " + "-" * 99 + "1", "a >" + " 1 +" * 200 + " 1", "1" * 60 + " > a", "a > 1\x00",
    ],
)  # fmt: skip
def test_what_a_condition_refuses(text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        read(text, KNOWN)
    assert str(refused.value)


def test_a_verdict_names_both_sides_of_the_first_comparison() -> None:
    found = read("a > 0.3 * b and c > 0", KNOWN).judge({"a": D(40), "b": D(100), "c": D(1)})
    assert (found.holds, found.actual, found.expected) == (True, 40, 30)


_parts = st.sampled_from(
    ["a", "b", "c", "1", "0.5", "۳", "+", "-", "*", "/", "×", "÷", "<", ">", "<=", "==", "≠", "(", ")", ",", "and", "or",
     "not", "abs", "min", "max", "percent", "if", "else", "for", "in", "lambda", "is", "await", "__class__", ".", "[",
     "]", "{", "}", ":", "=", "'", '"', "\\", "@", "\n", "\x00", " "]
)  # fmt: skip
_texts = st.lists(_parts, max_size=25).map(" ".join) | st.text(max_size=LONGEST + 5)
_values = st.none() | st.decimals(-(10**15), 10**15, places=2)


@settings(max_examples=150, deadline=None)
@given(_texts, _values, _values, _values)
def test_any_text_is_a_condition_or_a_refusal(text: str, a: Any, b: Any, c: Any) -> None:
    """No crash, no name beyond the known ones, and an answer that is true, false or unknown."""
    try:
        found: Condition = read(text, KNOWN)
    except ExpressionError:
        return
    assert found.names <= set(KNOWN)
    assert set(found.text) <= set("abcdefghijklmnopqrstuvwxyz_0123456789.+-*/(),<>=! ")
    verdict = found.judge({"a": a, "b": b, "c": c})
    assert verdict.holds in {True, False, None}
    assert read(found.text, KNOWN).text == found.text


@pytest.mark.parametrize("scope", NAMES)
def test_every_named_figure_has_a_label_and_a_unit(scope: Scope) -> None:
    assert all(one.label and one.unit and one.kinds for one in NAMES[scope].values())
