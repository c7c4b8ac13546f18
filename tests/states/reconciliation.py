"""States of the treasurer's bench: matched as often as one likes, signed once, then only set aside."""

from monitoring.workflow import reconciliations
from tests.matrix import Machine
from tests.monitoring.benches import STATES, ledger_of, make_bench, sent_case

WRITER = {"treasurer"}


def make(cast, state):
    """A ledger that agrees: what was matched may be signed."""
    case = sent_case(cast, projects=1)
    return make_bench(case, state, ledger_of(case))


MACHINE = Machine(
    name="reconciliation",
    moves=reconciliations.MOVES,
    states=STATES,
    make=make,
    call={
        "match": lambda bench, by: reconciliations.match(bench.pk, by=by),
        "sign": lambda bench, by: reconciliations.sign(bench.pk, by=by),
        "supersede": lambda bench, by: reconciliations.supersede(bench.pk, by=by),
    },
    expected={
        ("draft", "match"): WRITER,
        ("matched", "match"): WRITER,
        ("matched", "sign"): WRITER,
        **{(state, "supersede"): WRITER for state in ("draft", "matched", "signed")},
    },
)
