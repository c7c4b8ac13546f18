"""docs/actions.md: for every address that writes, the verb, who, which state, the log line and the refusing tests.

Read from the code itself: the view's source leads to the verb, the verb's source to its decision and its event, the
access and state tables to the tests. `make actions` writes the page; tests/test_actions.py compares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from budget_portal.moves import Move
from tests.cast import HOME, PUBLIC
from tests.matrix import Machine, collect
from tests.reading import ROOT, asked_by, events_of, locks_of, made_by, place, rules_of, verbs_of
from tests.writes import ELSEWHERE, WRITES

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


KINDS = {"notification", "allocation"}
PLACES = {
    "accounts:agency-": "agency.",
    "accounts:group-": "sectorgroup.",
}  # one verb keeps both, each with its log


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


def page() -> str:
    """The whole text of docs/actions.md."""
    excused = "\n".join(f"- `{name}`: {why}" for name, why in NO_SECTION.items())
    sections = [lines(action) for action in actions()]
    return "\n\n".join([HEAD.strip(), *sections, "## Without a section", excused]) + "\n"


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
