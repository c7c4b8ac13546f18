from monitoring.models.checks import CheckResult
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
from monitoring.models.remarks import SubmissionRemark
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
    "ActivityPerformance",
    "CapitalFinanceLine",
    "CheckResult",
    "DelayCause",
    "ExpenseFinanceLine",
    "FieldVisit",
    "FollowUp",
    "LineTransfer",
    "NoVisitReason",
    "OperationProgress",
    "Package",
    "PerformanceSubmission",
    "ProjectDelayCause",
    "ProjectProgress",
    "ReturnMark",
    "ReturnReason",
    "Signature",
    "SigningKey",
    "SubmissionAuthor",
    "SubmissionDocument",
    "SubmissionRemark",
    "SubmissionSnapshot",
    "VisitActivityCheck",
    "VisitDelayCause",
    "VisitFinding",
    "VisitMeasurement",
    "VisitPhoto",
]
