"""A rule book: the rules that hold for one kind of credit at one cut-off, with the version that hits and snapshots keep.

Pure. `monitoring.rulebook` makes it of the shipped table and of what organizations have put live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from monitoring.rules.base import Example, Hit, Parameter, Rule, Scope, Severity
from monitoring.rules.expression import Condition, ExpressionError, read
from monitoring.rules.named import NAMES, checks, figures_of

WORDS = ("actual", "expected", "difference")  # what the sentence of a condition may name


@dataclass(frozen=True)
class RuleBook:
    version: str
    rules: tuple[Rule[Any, Any], ...]

    @cached_property
    def by_code(self) -> Mapping[str, Rule[Any, Any]]:
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def _by_scope(self) -> Mapping[Scope, tuple[Rule[Any, Any], ...]]:
        return {scope: tuple(rule for rule in self.rules if rule.scope is scope) for scope in Scope}

    def of(self, scope: Scope) -> tuple[Rule[Any, Any], ...]:
        return self._by_scope[scope]

    def threshold(self, code: str, name: str) -> Decimal:
        """What holds of a rule's parameter; pages and moves that speak of it ask here."""
        return self.by_code[code].threshold(name)

    def judge(self, scope: Scope, given: Any, setting: Any) -> list[Hit]:
        """Every rule of a row, in the order of the book."""
        return [hit for rule in self._by_scope[scope] for hit in rule.judge(given, setting)]


def conditional(
    *,
    code: str,
    version: int,
    severity: Severity,
    scope: Scope,
    title: str,
    message: str,
    expression: str,
    cell: str = "",
    kinds: tuple[str, ...] = ("capital", "expense"),
    law: str = "",
    must_pass: tuple[Example[Any, Any], ...] = (),
    must_fail: tuple[Example[Any, Any], ...] = (),
) -> Rule[Any, Any]:
    """A rule of an organization's own; raises `ExpressionError` when its condition or sentence cannot be read."""
    condition = read_condition(expression, scope)
    refuse_sentence(message)
    return Rule(
        code=code,
        version=version,
        severity=severity,
        scope=scope,
        title=title,
        messages={"": message},
        check=checks(condition, scope, cell),
        must_pass=must_pass,
        must_fail=must_fail,
        kinds=kinds,
        law=law,
    )


def read_condition(text: str, scope: Scope) -> Condition:
    if scope not in NAMES:
        raise ExpressionError("برای این ردیف شرط نوشته نمی‌شود.")
    return read(text, NAMES[scope])


def refuse_too_large(text: str, scope: Scope) -> Callable[[Any, Any], None]:
    """Asked of each row on which a condition is tried: raises `ExpressionError` where its figures grow too large."""
    if not text:
        return lambda given, setting: None
    condition = read_condition(text, scope)
    figures = figures_of(condition, scope)

    def refuse(given: Any, setting: Any) -> None:
        condition.measure(figures(given, setting))

    return refuse


def refuse_sentence(message: str) -> None:
    """A sentence names {actual}, {expected} and {difference} and no other thing between braces."""
    rest = message
    for word in WORDS:
        rest = rest.replace("{" + word + "}", "")
    if "{" in rest or "}" in rest:
        raise ExpressionError("در جمله تنها {actual}، {expected} و {difference} میان آکولاد می‌آید.")


def changed(
    rule: Rule[Any, Any],
    *,
    version: int,
    severity: Severity,
    title: str,
    messages: Mapping[str, str],
    values: Mapping[str, Any],
    law: str,
    kinds: tuple[str, ...],
) -> Rule[Any, Any]:
    """A shipped rule as an organization has set it; its check stays the function that the tests know."""
    kept = {variant: messages.get(variant) or message for variant, message in rule.messages.items()}
    return replace(
        rule,
        version=version,
        severity=severity,
        title=title,
        messages=kept,
        values=dict(values),
        law=law,
        kinds=kinds,
    )


def weaker_than_shipped(rule: Rule[Any, Any], severity: str, values: Mapping[str, Any]) -> str:
    """What a change would weaken that nobody may weaken, in a sentence; nothing when it may stand."""
    if rule.severity is Severity.BLOCK and severity != Severity.BLOCK:
        return f"قاعدهٔ {rule.code} جلوی ارسال را می‌گیرد و به هشدار برنمی‌گردد."
    for name, value in values.items():
        bounds: Parameter | None = rule.parameters.get(name)
        if bounds is None:
            return f"قاعدهٔ {rule.code} آستانه‌ای به نام «{name}» ندارد."
        if not bounds.minimum <= value <= bounds.maximum:
            return f"«{bounds.label}» میان {bounds.minimum:f} و {bounds.maximum:f} {bounds.unit} است."
    return ""


def failing_examples(rule: Rule[Any, Any]) -> list[tuple[str, int]]:
    """Examples that do not say what they must: («pass» or «fail», its place)."""
    passing = [("pass", at) for at, case in enumerate(rule.must_pass, 1) if rule.judge(*_of(case))]
    return passing + [("fail", at) for at, case in enumerate(rule.must_fail, 1) if not rule.judge(*_of(case))]


def _of(case: Example[Any, Any]) -> tuple[Any, Any]:
    return case.given, case.setting


def made_of(version: str, rules: Iterable[Rule[Any, Any]], kind: str) -> RuleBook:
    return RuleBook(version, tuple(rule for rule in rules if kind in rule.kinds))
