"""docs/actions.md: for every address that writes, the verb, who, which state, the log line and the refusing tests.

Read from the code itself: the view's source leads to the verb, the verb's source to its decision and its event, the
access and state tables to the tests. `make actions` writes the page; tests/test_actions.py compares it.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from budget_portal.audit_words import words
from budget_portal.moves import VERBS, Move
from tests.cast import HOME, PUBLIC
from tests.matrix import Machine, collect
from tests.writes import ELSEWHERE, WRITES

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "actions.md"
HEAD = """# Actions

For every address that writes: where it is done, who may, from which state, what the log says, and which test refuses
the wrong person and the wrong state. Made by `make actions`; a test compares it with the code.

The line «lock» names where the row is locked, before the decision is asked on it; «new row» has nothing to lock.
Below an address stand its name, its view and its verb, and last the tests that refuse: node ids in `tests/`, where `*`
stands for every state. Their rows: tests/access/ by the name of the address, tests/states/ by machine, tests/writes.py.
`pytest tests/test_access_matrix.py -k '<name>-post'` runs those of one address.
Rows of figures (`figure.created`, `figure.changed`, `figure.removed`) are logged by trigger
(`<app>/sql/guards.sql`).
"""


Given = tuple[tuple[str, str], ...]  # the texts that a function was called with, by parameter


@dataclass(frozen=True)
class Action:
    name: str
    path: str
    verbs: tuple[Callable[..., Any], ...]
    view: Callable[..., Any]
    fixed: tuple[str, ...] = ()  # what the address itself tells its view


@cache
def posted() -> dict[str, dict[str, Any]]:
    """URL name → method → access row, of every address that is posted to."""
    found: dict[str, dict[str, Any]] = {}
    for _, table in collect("access", "ROWS"):
        for (name, how), row in table.items():
            if how.startswith("post"):
                found.setdefault(name, {})[how] = row
    return found


def addresses(
    resolver: URLResolver | None = None, space: str = "", path: str = ""
) -> Iterator[tuple[str, str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, here)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", f"/{here}", entry


def actions() -> list[Action]:
    wanted = posted()
    found = [
        Action(name, path, tuple(verbs_of(entry.callback)), entry.callback, fixed_by(name, entry))
        for name, path, entry in addresses()
        if name in wanted
    ]
    return sorted((action for action in found if action.verbs), key=lambda action: action.path)


def fixed_by(name: str, entry: URLPattern) -> tuple[str, ...]:
    place = next((model for start, model in PLACES.items() if name.startswith(start)), "")
    return (*map(str, entry.default_args.values()), *filter(None, [place]))


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
        helper = _resolve(node, inner.__globals__)
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


KINDS = {"notification", "allocation"}
PLACES = {
    "accounts:agency-": "agency.",
    "accounts:group-": "sectorgroup.",
}  # one verb keeps both, each with its log
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


@cache
def machines() -> list[Machine]:
    return [machine for _, machine in collect("states", "MACHINE")]


def moves_in(action: Action, of: Callable[[Any], list[Move]]) -> list[Move]:
    """`made_by` or `asked_by` of its verbs; where an address fixes the kind, those of this kind."""
    moves = dict.fromkeys(move for verb in action.verbs for move in of(verb))
    return [move for move in moves if known_here(move.event, action)]


def wrong_person(action: Action) -> list[str]:
    """The tests of its access rows."""
    return [
        f"test_access_matrix.py::test_access[{action.name}-{how}]" for how in sorted(posted()[action.name])
    ]


def refusals(action: Action) -> list[str]:
    """Where the wrong state is refused, first the table; nothing for an action that knows no states."""
    moves = [*moves_in(action, made_by), *moves_in(action, asked_by)]
    known = [machine for machine in machines() if any(move in machine.moves.values() for move in moves)]
    tests = [f"test_state_matrix.py::test_state[{machine.name}-*]" for machine in known]
    if action.name in WRITES:
        tests = [f"test_state_of_writes.py::test_a_write_stands_only_in_its_states[{action.name}-*]"]
    return [*tests, *(test.removeprefix("tests/") for _, test in ELSEWHERE.get(action.name, ()))]


def states_of(action: Action) -> list[str]:
    """Edges of the moves, states of a write without one, and what is asked beside them."""
    made = moves_in(action, made_by)
    edges = [f"{'/'.join(move.sources)} → {move.target}" for move in made]
    if action.name not in ELSEWHERE:
        edges += ["/".join(move.sources) for move in moves_in(action, asked_by) if move not in made]
    if action.name in WRITES:
        edges = [
            "/".join(state for state in WRITES[action.name].states if state in WRITES[action.name].allowed)
        ]
    return list(dict.fromkeys([*edges, *(said for said, _ in ELSEWHERE.get(action.name, ()))]))


# Whom no row of the access table lets in, because the cast has none such: tests named here do.
NATIONAL_ADMIN = "the national administrator (tests/agreements/test_classification.py, test_periods.py)"
BESIDE = {
    "accounts:role": "whoever holds more than one role (tests/accounts/test_people.py)",
    "agreements:classification-": NATIONAL_ADMIN,
    "agreements:year-": NATIONAL_ADMIN,
    "monitoring:documents": "agency_user while it is open (tests/monitoring/test_documents.py)",
    "monitoring:expert-review-dispute": "expert of a line that differs (tests/monitoring/test_visits.py)",
}


# Posted to, and no section: what these do writes no row of the register, or another address says it.
NO_SECTION = {
    "complaints:case-leave": "the session forgets the case",
    "complaints:new-contact": "kept in the session until it is filed",
    "complaints:new-subject": "kept in the session until it is filed",
    "complaints:track": "opens a case for whoever knows its codes",
    "ground:alert-read": "a notice of one's own is read",
    "ground:alerts-read": "one's own notices are read",
    "ground:audit-verify": "begins a job that reads the log",
    "monitoring:rule-try": "begins a job; its end is monitoring/workflow/rules.py:record_trial (tests/states/rule.py)",
    "monitoring:visit-preview": "works out a page and writes nothing",
    "reports:agreement-print": "begins a job that prints",
    "submissions-": "the interface calls the verbs of the pages (monitoring/api/submissions.py, tests/access/api.py)",
}


def without_section() -> list[str]:
    """Addresses that are posted to and have neither a section nor an excuse."""
    told = {action.name for action in actions()}
    return sorted(name for name in posted() if name not in told and not name.startswith(tuple(NO_SECTION)))


def let_in(rows: list[Any], moves: list[Move]) -> str:
    """Roles of the moves and who at home is answered without refusal, as the access rows say."""
    cells = [row.cells for row in rows]
    people = [name for name in HOME if any(row.get(name) in {200, 201, 204, 302, 422} for row in cells)]
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


def known_here(code: str, action: Action) -> bool:
    """Moves of one table for each kind: an address that fixes the kind logs only its own."""
    others = {part for part in KINDS if part not in action.fixed}
    return not set(action.fixed) & KINDS or not any(part in code for part in others)


def lines(action: Action) -> str:
    made = moves_in(action, made_by)
    named = (code for verb in action.verbs for code in events_of(verb, action.fixed))
    codes = [code for code in (*(move.event for move in made), *named) if known_here(code, action)]
    rules = dict.fromkeys(rule for verb in action.verbs for rule in rules_of(verb))
    beside = next((who for start, who in BESIDE.items() if action.name.startswith(start)), "")
    people = let_in([*posted()[action.name].values()], moves_in(action, asked_by) or made) or beside
    parts = {
        "view": place(action.view),
        "verb": ", ".join(place(verb) for verb in action.verbs),
        "who": f"{people}; asked: {', '.join(rules) or 'row scope'}",
        "state": "; ".join(states_of(action)) or "none",
        "lock": ", ".join(dict.fromkeys(lock for verb in action.verbs for lock in locks_of(verb)))
        or "new row",
        "log": ", ".join(dict.fromkeys(codes)),
        "wrong person": _tests(wrong_person(action)),
        "wrong state": _tests(refusals(action)),
    }
    told = "\n".join(f"- {name}: {text}" for name, text in parts.items() if text)
    return f"## {action.path}\n\n`{action.name}`\n\n{told}"


def _tests(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def place(function: Any) -> str:
    inner = inspect.unwrap(function)
    return f"{Path(inspect.getfile(inner)).relative_to(ROOT)}:{inner.__name__}"


def page() -> str:
    """The whole text of docs/actions.md."""
    excused = "\n".join(f"- `{name}`: {why}" for name, why in NO_SECTION.items())
    sections = [lines(action) for action in actions()]
    return "\n\n".join([HEAD.strip(), *sections, "## Without a section", excused]) + "\n"


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
