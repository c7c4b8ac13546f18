"""States of an edition, as the domain guide §12 and decision 21 say: three signers, one after another."""

from reports.workflow import reports
from tests.matrix import Machine
from tests.reports.making import REASON, STATES, make_report

MACHINE = Machine(
    name="report",
    moves=reports.MOVES,
    states=STATES,
    make=make_report,
    call={
        "review": lambda report, by: reports.review(report.pk, by=by),
        "confirm": lambda report, by: reports.confirm(report.pk, by=by),
        "approve": lambda report, by: reports.approve(report.pk, by=by),
        "return_to_draft": lambda report, by: reports.return_to_draft(report.pk, by=by, reason=REASON),
    },
    expected={
        ("draft", "review"): {"consolidation"},
        ("reviewed", "confirm"): {"budget_deputy"},
        ("confirmed", "approve"): {"org_head"},
        ("reviewed", "return_to_draft"): {"budget_deputy", "org_head"},
        ("confirmed", "return_to_draft"): {"budget_deputy", "org_head"},
    },
)
