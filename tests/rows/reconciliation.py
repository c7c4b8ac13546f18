"""Who sees the treasurer's bench: those who work on the submission, once it was sent; no viewer, since ledgers name
payees. Tolerances are the organization's."""

from typing import Any

from monitoring.models import LedgerRow, ReconciliationLine, ReconciliationTolerance
from tests.cast import Cast
from tests.matrix import Scoped, sees
from tests.monitoring.benches import WHY, make_bench
from tests.rows.accounts import FAR_AWAY, OWN, WHOLE, by_place
from tests.rows.figures import capital

SEES = by_place(without=("complaints", "admin"), county=False) | {"national": set()}
READERS = tuple(name for name in WHOLE if name not in ("complaints", "admin"))


def benches(cast: Cast) -> dict[str, Any]:
    return {
        tag: make_bench(capital(cast, tag, filled=True).at("submitted")) for tag in ("own", "twin", "far")
    }


def first(model: Any) -> Any:
    return lambda cast: {
        tag: model.objects.filter(reconciliation=bench).first() for tag, bench in benches(cast).items()
    }


def tolerances(cast: Cast) -> dict[str, Any]:
    places = {
        "own": (cast.organization, cast.consolidation),
        "far": (cast.far_organization, cast.far_consolidation),
    }
    return {
        tag: ReconciliationTolerance.objects.create(
            organization=place, amount=5, valid_from=cast.fiscal_year.starts_on, reason=WHY, set_by=by
        )
        for tag, (place, by) in places.items()
    }


ROWS = {
    "monitoring.Reconciliation": Scoped(make=benches, sees=SEES),
    "monitoring.LedgerRow": Scoped(make=first(LedgerRow), sees=SEES),
    "monitoring.ReconciliationLine": Scoped(make=first(ReconciliationLine), sees=SEES),
    "monitoring.ReconciliationTolerance": Scoped(
        make=tolerances,
        sees=sees(
            **dict.fromkeys(READERS, OWN), **dict.fromkeys((f"far_{name}" for name in READERS), FAR_AWAY)
        ),
    ),
}
