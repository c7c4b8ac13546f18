"""What lies in another province is answered to everybody at home as if it were not there (tests/access/*.py)."""

from __future__ import annotations

import pytest

from tests.cast import HOME, Cast
from tests.probes import TABLE, statuses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lasting_second_factor")]


@pytest.mark.parametrize(
    ("name", "method"), sorted(key for key, row in TABLE.items() if row.own), ids=lambda value: str(value)
)
def test_foreign_looks_exactly_like_missing(troupe: Cast, name: str, method: str) -> None:
    """Nothing there is «not found» for whom the role does not refuse: of those one is asked, of the refused all."""
    row = TABLE[name, method]
    foreign = statuses(troupe, name, method, row, HOME, "foreign")
    assert set(foreign.values()) <= {403, 404}, f"a stranger's object was answered: {foreign}"
    unseen = [column for column in HOME if foreign[column] == 404]
    compared = [column for column in HOME if foreign[column] == 403] + unseen[:1]
    missing = statuses(troupe, name, method, row, compared, "missing")
    assert missing == {column: foreign[column] for column in compared}, f"foreign was answered {foreign}"
