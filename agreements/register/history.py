"""What the register's pages show of one project's past: statuses, codes, changes with before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from agreements.models import Project, ProjectIdentifier, ProjectStatusChange
from agreements.register import rights
from budget_portal import audit, audit_words, jalali

if TYPE_CHECKING:
    from accounts.models import User

TOLD = ("project.", "contract.")  # events of the register in a project's chain


@dataclass(frozen=True)
class StatusRow:
    status: str
    since: Any
    cause: str
    note: str
    by: str


@dataclass(frozen=True)
class IdentifierRow:
    system: str
    code: str
    valid_from: Any
    valid_to: Any
    note: str
    end_url: str

    @property
    def holds(self) -> bool:
        return self.valid_to is None or self.valid_to >= jalali.today()


@dataclass(frozen=True)
class Told:
    """One entry of the log about the project."""

    sentence: str
    by: str
    role: str
    at: Any
    note: str
    changes: list[audit_words.Change]


def facts(project: Project) -> list[dict[str, Any]]:
    """The identity as it stands, for comparing while one types."""
    rows = [
        ("عنوان", project.title),
        ("شهرستان", project.county),
        ("روش اجرا", project.get_execution_method_display()),
        ("نشانی", project.address),
        ("عرض جغرافیایی", project.latitude),
        ("طول جغرافیایی", project.longitude),
    ]
    return [{"label": label, "value": value, "note": "", "url": ""} for label, value in rows]


def statuses(project: Project) -> list[StatusRow]:
    """Newest first."""
    rows = ProjectStatusChange.objects.filter(project=project).select_related("recorded_by")
    return [
        StatusRow(
            row.get_status_display(),
            row.since,
            row.get_cause_display() if row.cause else "",
            row.note,
            str(row.recorded_by or audit_words.CLOCK),
        )
        for row in rows
    ]


def identifiers(project: Project, user: User) -> list[IdentifierRow]:
    """Those that hold before those that have ended; with the way to end one, for whoever may."""
    rows = ProjectIdentifier.objects.filter(project=project)
    found = [
        IdentifierRow(
            row.get_system_display(),
            row.code,
            row.valid_from,
            row.valid_to,
            row.note,
            reverse("agreements:identifier-end", args=[project.code, row.pk])
            if row.valid_to is None and rights.can_change_identifier(user, project, row.system)
            else "",
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: not row.holds)


def events(project: Project) -> list[Told]:
    """The log of the project, newest first."""
    entries = [entry for entry in audit.history(project) if entry.event.startswith(TOLD)]
    return [
        Told(
            audit_words.sentence(entry),
            audit_words.person(entry),
            audit_words.role_name(entry.role) if entry.role else "",
            entry.recorded_at,
            entry.note,
            audit_words.changes(entry, {}),
        )
        for entry in reversed(entries)
    ]
