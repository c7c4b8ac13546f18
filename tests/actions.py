"""docs/actions.md: for every address that writes, the verb, who, which state, the log line and the refusing tests.

Read from the code itself: the view's source leads to the verb, the verb's source to its decision and its event, the
access and state tables to the tests. `make actions` writes the page; tests/test_actions.py compares it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from budget_portal.moves import VERBS, Move
from tests.cast import HOME, PUBLIC
from tests.matrix import collect
from tests.writes import ELSEWHERE, WRITES

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "actions.md"
HEAD = """# Actions

For every address that writes: where it is done, who may, from which state, what the log says, and which test refuses
the wrong person and the wrong state. Made by `make actions`; a test compares it with the code.

The first statement of the verb that touches its row locks it (`locked`, `_locked` or `select_for_update`; a new row has
no lock), and the decision is asked on the locked row. Access rows are keyed by the name below the address.
Rows of figures (`figure.created`, `figure.changed`, `figure.removed`) are logged by trigger
(`<app>/sql/guards.sql`). Where no state stands, the action knows none.
"""


@dataclass(frozen=True)
class Action:
    name: str
    path: str
    verbs: tuple[Callable[..., Any], ...]


def posted() -> dict[str, tuple[str, list[Any]]]:
    """URL name → (file of its access rows, rows), of every address that is posted to."""
    found: dict[str, tuple[str, list[Any]]] = {}
    for file, table in collect("access", "ROWS"):
        for (name, how), row in table.items():
            if how.startswith("post"):
                found.setdefault(name, (file, []))[1].append(row)
    return found


def addresses(
    resolver: URLResolver | None = None, space: str = "", path: str = ""
) -> Iterator[tuple[str, str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, here)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", f"/{here}", entry.callback


def actions() -> list[Action]:
    wanted = posted()
    found = [Action(name, path, tuple(verbs_of(view))) for name, path, view in addresses() if name in wanted]
    return sorted((action for action in found if action.verbs), key=lambda action: action.path)


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
    own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}  # they hide names of the module
    names = {name: value for name, value in function.__globals__.items() if name not in own}
    for node in ast.walk(_tree(function)):
        for thing in _flat(_resolve(node, names)):
            yield thing
            inner = inspect.unwrap(thing) if callable(thing) else None
            if inspect.isfunction(inner) and thing not in VERBS and inner.__module__ == function.__module__:
                yield from _reached(inner, seen)


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


def moves_of(verb: Any) -> list[Move]:
    """The moves that a verb makes: named as text beside its module's table, or as a constant of the module."""
    names = inspect.unwrap(verb).__globals__
    tables = [value for value in names.values() if _is_table(value)]
    found = []
    for node in _nodes(verb):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [moves[node.value] for moves in tables if node.value in moves]
        elif isinstance(node, ast.Name) and isinstance(names.get(node.id), Move):
            found.append(names[node.id])
    for node in ast.walk(_tree(inspect.unwrap(verb))):  # the caller names the move
        if isinstance(node, ast.Subscript) and _is_table(moves := _resolve(node.value, names)):
            found += moves.values()
    return list(dict.fromkeys(found))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(move, Move) for move in value.values())


def _nodes(function: Any, seen: set[Any] | None = None) -> Iterator[ast.AST]:
    """The source of a verb and of the helpers of its own module."""
    seen = set() if seen is None else seen
    inner = inspect.unwrap(function)
    seen.add(inner)
    for node in ast.walk(_tree(inner)):
        yield node
        helper = inner.__globals__.get(node.id) if isinstance(node, ast.Name) else None
        if inspect.isfunction(helper) and helper.__module__ == inner.__module__ and helper not in seen:
            yield from _nodes(helper, seen)


def events_of(verb: Any) -> list[str]:
    """Event codes that the verb or a helper of its module writes by name, beside those of its moves."""
    calls = [node for node in _nodes(verb) if isinstance(node, ast.Call) and _name(node.func) == "record"]
    return [code for call in calls if call.args for code in _codes(call.args[0])]


def _codes(node: ast.AST) -> list[str]:
    """`"file.kept"` as it is, `f"{kind}.kept"` as «….kept»."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)]
    return []


def rules_of(verb: Any) -> list[str]:
    """What the verb asks: `can` of `require(can(…))`, or `require_role` with its role."""
    calls = [node for node in _nodes(verb) if isinstance(node, ast.Call)]
    asked = [node.args[0] for node in calls if _name(node.func) == "require"]
    rules = [_name(call.func) for part in asked for call in ast.walk(part) if isinstance(call, ast.Call)]
    roles = [_name(role) for node in calls if _name(node.func) == "require_role" for role in node.args[1:]]
    return list(dict.fromkeys([*rules, *roles]))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@cache
def state_files() -> list[tuple[str, dict[str, Move]]]:
    return [(f"tests/states/{file}.py", machine.moves) for file, machine in collect("states", "MACHINE")]


def refusals(action: Action) -> list[str]:
    """Where the wrong state is refused, first the table; nothing for an action that knows no states."""
    moves = [move for verb in action.verbs for move in moves_of(verb)]
    files = [file for file, table in state_files() if any(move in table.values() for move in moves)]
    if action.name in WRITES:
        files = ["tests/writes.py"]
    return [*files, *(test for _, test in ELSEWHERE.get(action.name, ()))]


def states_of(action: Action, moves: list[Move]) -> list[str]:
    """Edges of the moves, states of a write without one, and what is asked beside them."""
    edges = [f"{'/'.join(move.sources)} → {move.target}" for move in moves]
    if action.name in WRITES:
        edges = [
            "/".join(state for state in WRITES[action.name].states if state in WRITES[action.name].allowed)
        ]
    return list(dict.fromkeys([*edges, *(said for said, _ in ELSEWHERE.get(action.name, ()))]))


def let_in(rows: list[Any], moves: list[Move]) -> str:
    """Roles of the moves and who at home is answered without refusal, as the access rows say."""
    cells = [row.cells for row in rows]
    people = [name for name in HOME if any(row.get(name) in {200, 201, 204, 302} for row in cells)]
    if any(row.get(PUBLIC) in {200, 302, 422} for row in cells):
        return "anybody"
    if len(people) == len(HOME):
        return "everybody who signed in"
    roles = dict.fromkeys(role for move in moves for role in move.roles)
    said = [
        f"roles {', '.join(roles)}" if roles else "",
        f"let in here {', '.join(people)}" if people else "",
    ]
    return "; ".join(filter(None, said))


def lines(action: Action, file: str, rows: list[Any]) -> str:
    moves = [move for verb in action.verbs for move in moves_of(verb)]
    codes = [*(move.event for move in moves), *(code for verb in action.verbs for code in events_of(verb))]
    rules = dict.fromkeys(rule for verb in action.verbs for rule in rules_of(verb))
    parts = {
        "verb": ", ".join(place(verb) for verb in action.verbs),
        "who": "; ".join(filter(None, (let_in(rows, moves), f"asked: {', '.join(rules) or 'row scope'}"))),
        "state": "; ".join(states_of(action, moves)),
        "log": ", ".join(dict.fromkeys(codes)),
        "wrong person": f"tests/access/{file}.py",
        "wrong state": ", ".join(dict.fromkeys(refusals(action))),
    }
    told = "\n".join(f"- {name}: {text}" for name, text in parts.items() if text)
    return f"## {action.path}\n\n`{action.name}`\n\n{told}"


def place(function: Any) -> str:
    inner = inspect.unwrap(function)
    return f"{Path(inspect.getfile(inner)).relative_to(ROOT)}:{inner.__name__}"


def page() -> str:
    """The whole text of docs/actions.md."""
    rows = posted()
    return "\n\n".join([HEAD.strip(), *(lines(action, *rows[action.name]) for action in actions())]) + "\n"


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
