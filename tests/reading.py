"""What a verb makes, asks, locks and logs, read from its source; docs/actions.md is written from it (tests/actions.py)."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from budget_portal.audit_words import words
from budget_portal.moves import VERBS, Move

ROOT = Path(settings.BASE_DIR)
Given = tuple[tuple[str, str], ...]  # the texts that a function was called with, by parameter


def verbs_of(view: Any) -> list[Callable[..., Any]]:
    function = inspect.unwrap(view)
    return (
        list(dict.fromkeys(thing for thing in _reached(function) if thing in VERBS))
        if inspect.isfunction(function)
        else []
    )


def _reached(function: Any, seen: set[Any] | None = None) -> Iterator[Any]:
    """Verbs and moves that a function's source names, through helpers of its own module."""
    seen = set() if seen is None else seen
    if function in seen:
        return
    seen.add(function)
    names = _names(function)
    for node in ast.walk(_tree(function)):
        for thing in _flat(_resolve(node, names)):
            yield thing
            inner = inspect.unwrap(thing) if callable(thing) else None
            if inspect.isfunction(inner) and thing not in VERBS and _is_way(inner, function):
                yield from _reached(inner, seen)


def _is_way(inner: Any, function: Any) -> bool:
    """Helpers of the same module, and what a workflow or the services put together of several verbs."""
    return inner.__module__ == function.__module__ or bool(
        re.search(r"\.(workflow\.|services$)", inner.__module__)
    )


@cache
def _names(function: Any) -> dict[str, Any]:
    """What the names of the module mean in a function; what it binds itself, in a comprehension too, hides them."""
    own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return {name: value for name, value in function.__globals__.items() if name not in own}


@cache
def _tree(function: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _resolve(node: ast.AST, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and inspect.ismodule(owner := _resolve(node.value, names)):
        return getattr(owner, node.attr, None)
    return None


def _flat(thing: Any) -> Iterator[Any]:
    """What a table of verbs of a view's module holds."""
    if isinstance(thing, dict):
        thing = tuple(thing.values())
    if isinstance(thing, tuple):
        for part in thing:
            yield from _flat(part)
    elif callable(thing) or isinstance(thing, Move):
        yield thing


def made_by(verb: Any) -> list[Move]:
    return list(dict.fromkeys(move for part, move in _named(verb) if not _decides(part)))


def asked_by(verb: Any) -> list[Move]:
    return list(dict.fromkeys(move for part, move in _named(verb) if _decides(part)))


def _named(function: Any, given: Given = (), seen: set[Any] | None = None) -> Iterator[tuple[Any, Move]]:
    """(function, move) wherever a move is looked up in its table, by the text that the verb has handed on to there.

    A name that nobody below the verb has written is the caller's: then the verb may make any move of the table."""
    seen = set() if seen is None else seen
    inner = inspect.unwrap(function)
    if (inner, given) in seen:
        return
    seen.add((inner, given))
    names, known = _names(inner), dict(given)
    asks_role_only = _decides(inner) and "in_state" not in inner.__code__.co_names
    for node in ast.walk(_tree(inner)):
        if isinstance(node, ast.Subscript) and not asks_role_only:
            yield from ((inner, move) for move in _looked_up(node, names, known, whole=not _decides(inner)))
        elif isinstance(node, ast.Name) and isinstance(move := names.get(node.id), Move):
            yield inner, move
        elif isinstance(node, ast.Call) and _is_step(helper := _resolve(node.func, names), inner):
            yield from _named(helper, _handed(node, helper, known), seen)


def _looked_up(
    node: ast.Subscript, names: dict[str, Any], known: dict[str, str], *, whole: bool
) -> Iterator[Move]:
    """`MOVES["confirm"]`, `MOVES[name]`; `sort.moves["issue"]` is of any of the tables that the module knows."""
    table = _resolve(node.value, names)
    tables = [table] if _is_table(table) else []
    if isinstance(node.value, ast.Attribute) and node.value.attr == "moves":
        tables = [value for value in names.values() if _is_table(value)]
    said = _text(node.slice, known)
    for moves in tables:
        yield from [moves[said]] if said in moves else moves.values() if whole and said is None else ()


def _text(node: ast.AST | None, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return known.get(node.id) if isinstance(node, ast.Name) else None


def _handed(call: ast.Call, helper: Any, known: dict[str, str]) -> Given:
    """The texts that a call hands on, by the names under which the helper takes them."""
    places = list(inspect.signature(helper).parameters)
    given = [*zip(places, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
    texts = {name: said for name, node in given if name and (said := _text(node, known)) is not None}
    return tuple(sorted(texts.items()))


def _is_step(helper: Any, function: Any) -> bool:
    """Helpers of the same module, and whoever locks or decides elsewhere."""
    return inspect.isfunction(helper) and (
        inspect.unwrap(helper).__module__ == function.__module__
        or "locked" in helper.__name__
        or _decides(helper)
    )


def _decides(function: Any) -> bool:
    return function.__name__.startswith("can")


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(move, Move) for move in value.values())


def _functions(function: Any, seen: set[Any] | None = None) -> Iterator[Any]:
    """A verb, the helpers of its own module, and whoever locks for it elsewhere."""
    seen = set() if seen is None else seen
    inner = inspect.unwrap(function)
    seen.add(inner)
    yield inner
    for node in ast.walk(_tree(inner)):
        helper = _resolve(node, _names(inner))
        if not inspect.isfunction(helper) or helper in seen:
            continue
        if helper.__module__ == inner.__module__ or "locked" in helper.__name__:
            yield from _functions(helper, seen)


def _nodes(function: Any) -> Iterator[ast.AST]:
    for part in _functions(function):
        yield from ast.walk(_tree(part))


def _calls(function: Any) -> Iterator[ast.Call]:
    return (node for node in _nodes(function) if isinstance(node, ast.Call))


def events_of(verb: Any, fixed: tuple[str, ...] = ()) -> list[str]:
    """Event codes that the verb or a helper of its module writes by name, beside those of its moves."""
    calls = [call for call in _calls(verb) if _name(call.func) == "record" and call.args]
    return [code for call in calls for code in _codes(call.args[0], fixed)]


def _codes(node: ast.AST, fixed: tuple[str, ...]) -> list[str]:
    """`"file.kept"` as it is; of `f"{kind}.kept"` the known events that end so, of this address's kind if it has one."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if not isinstance(node, ast.JoinedStr):
        return []
    said = "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values
    )
    known = [code for code in words("WORDS") if re.fullmatch(said, code)]
    return [code for code in known if all(part in code for part in fixed)]


def rules_of(verb: Any) -> list[str]:
    """What the verb asks, with its file: `can` of `require(can(…))`, or the roles of `require_role`."""
    names = inspect.unwrap(verb).__globals__
    asked = [call.args[0] for call in _calls(verb) if _name(call.func) == "require"]
    parts = [call.func for part in asked for call in ast.walk(part) if isinstance(call, ast.Call)]
    rules = [place(rule) for part in parts for rule in _decisions(part, names)]
    roles = [
        _name(role) for call in _calls(verb) if _name(call.func) == "require_role" for role in call.args[1:]
    ]
    return list(dict.fromkeys([*rules, *roles]))


def _decisions(node: ast.AST, names: dict[str, Any]) -> Iterator[Any]:
    """The function that decides, or those of a table of them; the words of a refusal decide nothing."""
    table = node.value if isinstance(node, ast.Subscript) else node
    for thing in _flat(_resolve(table, names)):
        inner = inspect.unwrap(thing) if callable(thing) else thing
        if inspect.isfunction(inner) and not inner.__name__.startswith("_"):
            yield inner


LOCKS = ("locked", "select_for_update")


def locks_of(verb: Any) -> list[str]:
    """Functions in which the rows of the verb are locked."""
    return [
        place(part)
        for part in _functions(verb)
        if any(isinstance(node, ast.Attribute) and node.attr in LOCKS for node in ast.walk(_tree(part)))
    ]


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def place(function: Any) -> str:
    inner = inspect.unwrap(function)
    return f"{Path(inspect.getfile(inner)).relative_to(ROOT)}:{inner.__name__}"
