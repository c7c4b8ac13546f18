"""Letters of substitutes: of the organization, for administrator, deputy and auditor."""

from __future__ import annotations

from typing import Any

from tests.accounts.letters import letter
from tests.cast import Cast
from tests.matrix import Scoped, sees


class Far:
    """The other province's administrator registers there."""

    def __init__(self, cast: Cast) -> None:
        self.admin = cast.person("far_admin")


def _rows(cast: Cast) -> dict[str, Any]:
    return {
        "own": letter(cast, cast.treasurer, cast.expert),
        "far": letter(Far(cast), cast.person("far_treasurer"), cast.person("far_expert")),
    }


READERS = ("admin", "deputy", "auditor")
ROWS = {
    "accounts.Delegation": Scoped(
        make=_rows,
        sees=sees(**{name: {"own"} for name in READERS}, **{f"far_{name}": {"far"} for name in READERS}),
    )
}
