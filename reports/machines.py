"""Every state machine of the portal with its table and the column's table in the database."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Delegation
from accounts.workflow.delegations import MOVES as DELEGATION_MOVES
from agreements.models import (
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    ExpenseAgreement,
    ExtensionRequest,
    PeriodWindow,
)
from agreements.workflow.imports import MOVES as IMPORT_MOVES
from agreements.workflow.moves import (
    AGREEMENT_MOVES,
    ALLOCATION_MOVES,
    EXTENSION_MOVES,
    NOTIFICATION_MOVES,
    WINDOW_MOVES,
)
from budget_portal.models import ImportBatch
from budget_portal.moves import Move
from complaints.models import Complaint
from complaints.workflow.moves import MOVES as COMPLAINT_MOVES
from monitoring.models import (
    FieldVisit,
    PerformanceSubmission,
    Reconciliation,
    RuleVersion,
    SourceConflict,
    VisitFinding,
)
from monitoring.workflow.moves import CONFLICT_MOVES, FINDING_MOVES, RULE_MOVES, SUBMISSION_MOVES, VISIT_MOVES
from monitoring.workflow.reconciliations import MOVES as RECONCILIATION_MOVES
from reports.models import SupervisionReport
from reports.workflow.reports import MOVES as REPORT_MOVES


@dataclass(frozen=True)
class Machine:
    name: str
    model: type
    moves: dict[str, Move]

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)  # type: ignore[attr-defined]

    @property
    def edges(self) -> set[tuple[str, str]]:
        return {(source, move.target) for move in self.moves.values() for source in move.sources}


MACHINES = (
    Machine("Delegation", Delegation, DELEGATION_MOVES),
    Machine("PeriodWindow", PeriodWindow, WINDOW_MOVES),
    Machine("ExtensionRequest", ExtensionRequest, EXTENSION_MOVES),
    Machine("CapitalAgreement", CapitalAgreement, AGREEMENT_MOVES),
    Machine("ExpenseAgreement", ExpenseAgreement, AGREEMENT_MOVES),
    Machine("ImportBatch", ImportBatch, IMPORT_MOVES),
    Machine("BudgetNotification", BudgetNotification, NOTIFICATION_MOVES),
    Machine("AllocationNotice", AllocationNotice, ALLOCATION_MOVES),
    Machine("PerformanceSubmission", PerformanceSubmission, SUBMISSION_MOVES),
    Machine("RuleVersion", RuleVersion, RULE_MOVES),
    Machine("Reconciliation", Reconciliation, RECONCILIATION_MOVES),
    Machine("FieldVisit", FieldVisit, VISIT_MOVES),
    Machine("VisitFinding", VisitFinding, FINDING_MOVES),
    Machine("SourceConflict", SourceConflict, CONFLICT_MOVES),
    Machine("SupervisionReport", SupervisionReport, REPORT_MOVES),
    Machine("Complaint", Complaint, COMPLAINT_MOVES),
)


def mermaid(machine: Machine) -> str:
    """A state diagram in the notation that code hosts draw; one arrow per move and source."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(machine.moves.values())).sources[0]}"]
    for move in machine.moves.values():
        who = ", ".join(filter(None, (*move.roles, move.also)))
        lines += [f"    {source} --> {move.target}: {move.name} ({who})" for source in move.sources]
    return "\n".join(lines)


def section() -> str:
    """The part of README that a test compares with the tables."""
    parts = [f"### {machine.name}\n\n```mermaid\n{mermaid(machine)}\n```" for machine in MACHINES]
    return "\n\n".join(parts)
