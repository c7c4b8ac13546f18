"""Letters of substitutes: registered by the administrator, confirmed by the deputy, read by the auditor."""

from __future__ import annotations

from typing import Any

from tests.accounts.letters import REASON, letter
from tests.cast import Cast
from tests.matrix import Make, Row, Status, by_role
from tests.monitoring.visit_cases import drawn
from tests.rows.delegations import Far


def one(status: Status, **others: Status) -> dict[str, Status]:
    """Pages of one letter: the role decides first, then the organization."""
    found = by_role(403, admin=status, budget_deputy=status, auditor=status, **others)
    return found | {"far_admin": 404, "far_deputy": 404, "far_auditor": 404}


LETTER: dict[str, Make] = {
    "own": lambda cast: {"pk": letter(cast, cast.treasurer, cast.expert).pk},
    "foreign": lambda cast: {
        "pk": letter(Far(cast), cast.person("far_treasurer"), cast.person("far_expert")).pk
    },
}


def typed(cast: Cast) -> dict[str, Any]:
    return {
        "membership": cast.treasurer.memberships.get().pk,
        "substitute": cast.expert.pk,
        "valid_from": "1405/09/01",
        "valid_to": "1410/01/01",
        "letter_number": "۱۲۳",
        "letter_date": "1405/08/01",
        "document": drawn(name="letter.jpg"),
    }


ROWS = {
    ("accounts:delegation-list", "get"): Row(by_role(403, admin=200, budget_deputy=200, auditor=200)),
    ("accounts:delegation-create", "get"): Row(by_role(403, admin=200)),
    # Role and person of the home province: to the administrator of another they do not exist.
    ("accounts:delegation-create", "post"): Row(by_role(403, admin=302) | {"far_admin": 422}, data=typed),
    ("accounts:delegation", "get"): Row(one(200), **LETTER),
    ("accounts:delegation-letter", "get"): Row(one(200), **LETTER),
    ("accounts:delegation-confirm", "post"): Row(one(403) | {"deputy": 302}, **LETTER),
    ("accounts:delegation-refuse", "post"): Row(
        one(403) | {"deputy": 302}, **LETTER, data={"refuse-reason": REASON}
    ),
    ("accounts:delegation-end", "post"): Row(
        one(302) | {"auditor": 403}, **LETTER, data={"end-reason": REASON}
    ),
}
