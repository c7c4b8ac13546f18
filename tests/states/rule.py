"""States of a rule: consolidation writes and tries, the deputy decides, at a cut-off that is not open yet."""

from monitoring.rulebook import lab
from monitoring.workflow import rules
from monitoring.workflow.moves import RULE_MOVES
from tests.matrix import Machine
from tests.monitoring.ruling import OPEN_COMMITMENTS, REASON, make_rule, silent


def made(cast, state):
    cast.window(state="open")
    cast.period("Q3")
    return make_rule(cast, state)


def tried(row, by):
    return rules.record_trial(row.pk, lab.run(row, [], silent), tried=rules.digest(row), by=by)


def ahead(row):
    """The first cut-off of the rule's own country that is not open yet."""
    from agreements.models import ReportingPeriod

    years = [row.organization_id, row.organization.parent_id]
    return ReportingPeriod.objects.get(cutoff="Q3", fiscal_year__organization__in=years).pk


MACHINE = Machine(
    name="rule",
    moves=RULE_MOVES,
    states=("draft", "tried", "live", "retired"),
    make=made,
    call={
        "try": tried,
        "revise": lambda row, by: rules.revise(row.pk, OPEN_COMMITMENTS, by=by),
        "put_live": lambda row, by: rules.put_live(row.pk, valid_from=ahead(row), by=by),
        "withdraw": lambda row, by: rules.withdraw(row.pk, by=by),
        "retire": lambda row, by: rules.retire(row.pk, ends_before=ahead(row), reason=REASON, by=by),
    },
    expected={
        ("draft", "try"): {"consolidation"},
        ("tried", "try"): {"consolidation"},
        ("tried", "revise"): {"consolidation"},
        ("tried", "put_live"): {"budget_deputy"},
        ("draft", "withdraw"): {"consolidation"},
        ("tried", "withdraw"): {"consolidation"},
        ("live", "retire"): {"budget_deputy"},
    },
)
