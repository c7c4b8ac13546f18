"""Write × state (tests/writes.py): where the table allows nothing, the answer is WrongState and nothing has changed."""

from __future__ import annotations

import pytest

from budget_portal.errors import WrongState
from budget_portal.models import AuditEntry, OutboxMessage
from tests.cast import Cast
from tests.writes import WRITES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name, row in WRITES.items() for state in row.states]
)
def test_a_write_stands_only_in_its_states(troupe: Cast, name: str, state: str) -> None:
    row = WRITES[name]
    with troupe.undone():
        thing = row.make(troupe, state)
        if state in row.allowed:
            row.call(thing)
            return
        before = AuditEntry.objects.count(), OutboxMessage.objects.count()
        with pytest.raises(WrongState):
            row.call(thing)
        assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before
