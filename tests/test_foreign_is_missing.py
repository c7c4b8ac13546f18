"""What lies in another province is answered to everybody at home as if it were not there (tests/access/*.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cast import HOME, Cast
from tests.ground import alike
from tests.probes import TABLE, statuses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lasting_second_factor")]


OWNED = sorted(key for key, row in TABLE.items() if row.own)


@pytest.mark.parametrize(
    ("name", "method", "ground"),
    [(*key, alike(TABLE[key].foreign)) for key in OWNED],
    indirect=["ground"],
    scope="module",
    ids=["-".join(key) for key in OWNED],
)
def test_foreign_looks_exactly_like_missing(
    troupe: Cast, name: str, method: str, ground: Mapping[str, Any] | None
) -> None:
    """Nothing there is «not found» for whom the role does not refuse: of those one is asked, of the refused all."""
    row = TABLE[name, method]
    assert ground is not None, f"{name}: an object needs a foreign twin"
    foreign = statuses(troupe, name, method, row, HOME, ground)
    assert set(foreign.values()) <= {403, 404}, f"a stranger's object was answered: {foreign}"
    unseen = [column for column in HOME if foreign[column] == 404]
    compared = [column for column in HOME if foreign[column] == 403] + unseen[:1]
    missing = statuses(troupe, name, method, row, compared, row.arguments_of_nothing(ground))
    assert missing == {column: foreign[column] for column in compared}, f"foreign was answered {foreign}"
