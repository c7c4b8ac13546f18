"""Write × state (tests/writes.py): where the table allows nothing, the answer is WrongState and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from accounts.models import User
from budget_portal.errors import WrongState
from budget_portal.models import AuditEntry, OutboxMessage
from tests.cast import Cast
from tests.ground import alike
from tests.writes import WRITES

pytestmark = pytest.mark.django_db


CASES = [(name, state) for name, row in WRITES.items() for state in row.states]


def in_state(make: Callable[[Cast, str], Any], state: str) -> Callable[[Cast], Any]:
    return lambda cast: make(cast, state)


def anew(made: Any) -> Any:
    """Rows as they stand in the database; the people of the cast stay who they are."""
    if isinstance(made, tuple):
        return tuple(anew(part) for part in made)
    if isinstance(made, Model) and not isinstance(made, User):
        return type(made)._default_manager.get(pk=made.pk)
    return made


@pytest.mark.parametrize(
    ("name", "state", "ground"),
    [(name, state, alike(in_state(WRITES[name].make, state))) for name, state in CASES],
    indirect=["ground"],
    scope="module",
    ids=["-".join(case) for case in CASES],
)
def test_a_write_stands_only_in_its_states(troupe: Cast, name: str, state: str, ground: Any) -> None:
    row = WRITES[name]
    with troupe.undone():
        thing = anew(ground)
        if state in row.allowed:
            row.call(thing)
            return
        before = AuditEntry.objects.count(), OutboxMessage.objects.count()
        with pytest.raises(WrongState):
            row.call(thing)
        assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before
