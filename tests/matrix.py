"""The frames of the access, state and row-scope tables. Apps fill tests/access, tests/states and tests/rows.

An access row says, for one URL name and method, what each of the cast is answered:

    ROWS = {
        ("agreements:window-open", "post"): Row(
            cells(home=403, deputy=302, national=403),
            own=lambda cast: {"pk": cast.window(state="planned").pk},
            foreign=lambda cast: {"pk": cast.window(state="planned", organization=cast.far_organization).pk},
            data=lambda cast: {"reason": "…"},
        ),
    }

`own` is an object at home (`cast.agency`, `cast.organization`), `foreign` one of the other province; `missing` are
arguments that fit no object (default: the numbers of `own` replaced by a very large one, texts by another text).
An address with several actions has a row for each: "post", "post:approve".
The frame asserts: own → the cells; foreign → for everyone at home exactly what missing answers (404, or 403 where the role alone decides).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from accounts.models import Agency
from tests.cast import COLUMNS, FAR, HOME, NEAR, NOBODY, PEOPLE, PUBLIC, Cast

CLOCK = "clock"  # the role of moves without a person
LOGIN = "login"  # sent to the sign-in page
Status = int | str
Make = Callable[[Cast], Any]
HERE = Path(__file__).parent


def cells(
    *,
    home: Status | None = None,
    near: Status | None = 404,
    far: Status | None = 404,
    national: Status | None = 404,
    abroad: Status | None = 404,
    nobody: Status | None = None,
    public: Status = LOGIN,
    everyone: Status | None = None,
    **single: Status,
) -> dict[str, Status]:
    """One status per column: groups first, single people (`deputy=302`) over them.

    `everyone=200` answers all who are signed in alike; give single exceptions beside it. A role given without
    `far_…` stands for the person at home only.
    """
    found: dict[str, Status] = {}
    if everyone is not None:
        home = near = far = national = abroad = everyone
    assert home is not None, "cells() needs home= or everyone="
    for group, status in ((HOME, home), (NEAR, near), (FAR, far)):
        found |= dict.fromkeys(group, status)  # type: ignore[arg-type]
    found |= {"national": national, "abroad": abroad, "abroad_consolidation": abroad}  # type: ignore[dict-item]
    found |= {NOBODY: nobody if nobody is not None else (everyone or 404), PUBLIC: public}
    assert not (unknown := set(single) - set(COLUMNS)), f"no such people: {unknown}"
    return found | single


def by_role(
    default: Status, *, public: Status = LOGIN, nobody: Status | None = None, **roles: Status
) -> dict[str, Status]:
    """Pages without an object: the role alone decides, wherever it is held (`by_role(403, admin=200)`)."""
    assert not (unknown := set(roles) - {role for role, _ in PEOPLE.values()}), f"no such roles: {unknown}"
    found = {name: roles.get(role, default) for name, (role, _) in PEOPLE.items()}
    return found | {NOBODY: default if nobody is None else nobody, PUBLIC: public}


@dataclass(frozen=True)
class Row:
    """What one URL name and method answers to whom."""

    cells: Mapping[str, Status]
    own: Make | None = None
    foreign: Make | None = None
    missing: Mapping[str, Any] | None = None
    shared: Make | None = None  # an object that belongs to nobody in particular: it has no foreign twin
    fixed: Mapping[str, Any] = field(default_factory=dict)  # arguments that name no object of anybody
    data: Make | Mapping[str, Any] | None = None
    query: str = ""
    content_type: str = ""

    def arguments_of_nothing(self, other: Mapping[str, Any]) -> Mapping[str, Any]:
        """Arguments like the others, of an object that is nowhere."""
        return (
            self.missing
            if self.missing is not None
            else {name: _nothing(value) for name, value in other.items()}
        )


def _nothing(value: Any) -> Any:
    if isinstance(value, int):
        return 999_999_999
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=0)
    return "0000-Q1" if "-Q" in str(value) else "nothing-here"


def rename(agency: Agency, code: str) -> None:
    """Give an agency another code in the database only: what is undone there must not live on in the cast."""
    Agency.objects.filter(pk=agency.pk).update(code=code)


def api(prefix: str, *, own: Make, foreign: Make, sees: Mapping[str, Status]) -> dict[tuple[str, str], Row]:
    """List and single row of a read-only viewset: the list answers everybody, the row whom it belongs to."""
    return {
        (f"{prefix}-list", "get"): Row(cells(everyone=200, public=401)),
        (f"{prefix}-detail", "get"): Row(
            {**sees, PUBLIC: 401},
            own=lambda cast: {"pk": own(cast).pk},
            foreign=lambda cast: {"pk": foreign(cast).pk},
        ),
    }


@dataclass(frozen=True)
class Machine:
    """One state machine for the state matrix.

    `expected` is written by hand from the domain guide: (state, move) → roles that may («clock» for by=None). All other
    combinations must refuse and leave the row, the log and the outbox as they were.
    """

    name: str
    moves: Mapping[str, Any]  # the MOVES table of the workflow module
    states: tuple[str, ...]
    make: Callable[[Cast, str], Any]  # a row of the home agency or organization in that state
    call: Mapping[str, Callable[[Any, Any], Any]]  # move → (row, by) runs the verb
    expected: Mapping[tuple[str, str], frozenset[str] | set[str]]
    ready: Mapping[str, Callable[[Any, Any], None]] = field(
        default_factory=dict
    )  # move → (row, by) sets what the verb asks for beside the state, when the attempt is a fair one
    people: Callable[[Cast, str], Any] | None = (
        None  # role → person, when the usual holder may not (decision 14)
    )

    def person(self, cast: Any, role: str) -> Any:
        """Who tries a move in a role; nobody for the clock."""
        if role == CLOCK:
            return None
        return self.people(cast, role) if self.people else cast.holder(role)

    def make_ready(self, move: str, row: Any, by: Any) -> None:
        if move in self.ready:
            self.ready[move](row, by)


class OnDemand(Mapping[str, Any]):
    """Rows by tag, each made when first asked for: many ask for one of them."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers, self._made = makers, dict[str, Any]()

    def __getitem__(self, tag: str) -> Any:
        if tag not in self._made:
            self._made[tag] = self._makers[tag]()
        return self._made[tag]

    def __contains__(self, tag: object) -> bool:
        return tag in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class Scoped:
    """Who sees which rows of one model: `make` gives the rows by tag, `sees` the tags per column."""

    make: Callable[[Cast], Mapping[str, Any]]
    sees: Mapping[str, set[str]]


def sees(default: set[str] | None = None, **columns: set[str]) -> dict[str, set[str]]:
    """The tags each column sees; whoever is not named sees `default` (nothing)."""
    return {name: set(columns.get(name, default or set())) for name in COLUMNS}


COLUMNS_ABROAD = ("abroad", "abroad_consolidation")


def everybody_but(*names: str) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name not in names)


def collect(folder: str, name: str) -> Iterator[tuple[str, Any]]:
    """(file, its table) for every module of tests/access, tests/states or tests/rows."""
    for path in sorted((HERE / folder).glob("*.py")):
        if path.stem != "__init__":
            yield path.stem, getattr(import_module(f"tests.{folder}.{path.stem}"), name)
