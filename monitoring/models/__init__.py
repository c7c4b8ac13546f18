from monitoring.models.absences import Absence
from monitoring.models.checks import CheckResult
from monitoring.models.clocks import (
    ClockNotice,
    ClockPause,
    EscalationTerms,
    PauseReason,
    StepTerms,
    SubmissionClock,
)
from monitoring.models.conflicts import SourceConflict, Tolerance
from monitoring.models.decisions import LineDecision
from monitoring.models.evidence import EvidenceOpening, EvidencePolicy
from monitoring.models.lines import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    LineTransfer,
    OperationProgress,
    ProjectDelayCause,
    ProjectProgress,
)
from monitoring.models.lookups import DelayCause, ReturnReason
from monitoring.models.packages import Package
from monitoring.models.reconciliation import (
    LedgerRow,
    Reconciliation,
    ReconciliationLine,
    ReconciliationTolerance,
)
from monitoring.models.remarks import SubmissionRemark
from monitoring.models.rulebook import RuleTrial, RuleVersion
from monitoring.models.sheets import SheetLoad
from monitoring.models.signatures import Signature, SigningKey
from monitoring.models.submissions import (
    NoVisitReason,
    PerformanceSubmission,
    ReturnMark,
    SubmissionAuthor,
    SubmissionDocument,
    SubmissionSnapshot,
)
from monitoring.models.visits import (
    FieldVisit,
    FollowUp,
    VisitActivityCheck,
    VisitDelayCause,
    VisitFinding,
    VisitMeasurement,
    VisitPhoto,
)

__all__ = [
    "Absence",
    "ActivityPerformance",
    "CapitalFinanceLine",
    "CheckResult",
    "ClockNotice",
    "ClockPause",
    "DelayCause",
    "EscalationTerms",
    "EvidenceOpening",
    "EvidencePolicy",
    "ExpenseFinanceLine",
    "FieldVisit",
    "FollowUp",
    "LedgerRow",
    "LineDecision",
    "LineTransfer",
    "NoVisitReason",
    "OperationProgress",
    "Package",
    "PauseReason",
    "PerformanceSubmission",
    "ProjectDelayCause",
    "ProjectProgress",
    "Reconciliation",
    "ReconciliationLine",
    "ReconciliationTolerance",
    "ReturnMark",
    "ReturnReason",
    "RuleTrial",
    "RuleVersion",
    "SheetLoad",
    "Signature",
    "SigningKey",
    "SourceConflict",
    "StepTerms",
    "SubmissionAuthor",
    "SubmissionClock",
    "SubmissionDocument",
    "SubmissionRemark",
    "SubmissionSnapshot",
    "Tolerance",
    "VisitActivityCheck",
    "VisitDelayCause",
    "VisitFinding",
    "VisitMeasurement",
    "VisitPhoto",
]
