from agreements.models.calendar import ExtensionRequest, FiscalYear, PeriodWindow, ReportingPeriod
from agreements.models.capital import (
    AgreementProject,
    CapitalAgreement,
    CreditSchedule,
    PhysicalSchedule,
    ProjectCredit,
    WorkOperation,
)
from agreements.models.classification import (
    Affair,
    CapitalChapter,
    CapitalSubChapter,
    Chapter,
    ClassificationMapping,
    ExpenseChapter,
    FundingSource,
    Plan,
    Programme,
)
from agreements.models.contracts import Company, Contract, ContractChange, ContractStatement
from agreements.models.expense import Activity, ExpenseAgreement, ProgrammeCredit
from agreements.models.expense_forms import (
    ActivityCentre,
    ChapterNarrative,
    CostAttribution,
    CountyShare,
    Manpower,
    RevenueForecast,
)
from agreements.models.notices import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from agreements.models.projects import Project
from agreements.models.register import ProjectIdentifier, ProjectStatusChange
from agreements.models.remarks import AgreementRemark

__all__ = [
    "Activity",
    "ActivityCentre",
    "Affair",
    "AgreementProject",
    "AgreementRemark",
    "AllocationLine",
    "AllocationNotice",
    "BudgetNotification",
    "CapitalAgreement",
    "CapitalChapter",
    "CapitalSubChapter",
    "Chapter",
    "ChapterNarrative",
    "ClassificationMapping",
    "Company",
    "Contract",
    "ContractChange",
    "ContractStatement",
    "CostAttribution",
    "CountyShare",
    "CreditSchedule",
    "ExpenseAgreement",
    "ExpenseChapter",
    "ExtensionRequest",
    "FiscalYear",
    "FundingSource",
    "Manpower",
    "NotificationLine",
    "PeriodWindow",
    "PhysicalSchedule",
    "Plan",
    "Programme",
    "ProgrammeCredit",
    "Project",
    "ProjectCredit",
    "ProjectIdentifier",
    "ProjectStatusChange",
    "ReportingPeriod",
    "RevenueForecast",
    "WorkOperation",
]
