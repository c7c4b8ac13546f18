from budget_portal.models.audit import AuditCheckpoint, AuditEntry
from budget_portal.models.calendar import Holiday, WorkingWeek
from budget_portal.models.files import StoredFile
from budget_portal.models.heads import HeadRecipient
from budget_portal.models.imports import ImportBatch, ImportMapping, ImportRow
from budget_portal.models.jobs import Alert, Job, OutboxMessage, SentMessage
from budget_portal.models.notices import NoticeChoice, NoticeHour, NoticeWaiting

__all__ = [
    "Alert",
    "AuditCheckpoint",
    "AuditEntry",
    "HeadRecipient",
    "Holiday",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Job",
    "NoticeChoice",
    "NoticeHour",
    "NoticeWaiting",
    "OutboxMessage",
    "SentMessage",
    "StoredFile",
    "WorkingWeek",
]
