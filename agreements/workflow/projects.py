"""The status of a project: any of the list after any other, with its day and cause; every change stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.decisions import require
from agreements import register_rights as rights
from agreements.models import Project, ProjectStatusChange
from agreements.models.register import CAUSES, HALTED
from budget_portal import audit, jalali
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import is_blank, normalise

if TYPE_CHECKING:
    from accounts.models import User


@verb
def change_status(
    project_id: int, *, status: str, since: dt.date, cause: str = "", note: str = "", by: User
) -> ProjectStatusChange:
    """The project has this status since a day; what halts it has a cause."""
    project: Project = Project.objects.for_user(by).select_related("agency").locked(project_id)
    require(rights.can_change_status(by, project, status))
    if project.status == status:
        raise WrongState(f"وضعیت کنونی پروژه همین است: «{project.get_status_display()}».")
    _check_day(project, since)
    _check_cause(status, cause, note)
    change = ProjectStatusChange.objects.create(
        project=project,
        before=project.status,
        status=status,
        since=since,
        cause=cause,
        note=normalise(note, multiline=True),
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    project.status = status
    project.save(update_fields=["status"])
    after = {"status": status, "since": since, "cause": CAUSES.get(cause, "")}
    audit.record(
        "project.status_changed",
        project,
        by=by,
        before={"status": change.before},
        after=after,
        note=change.note,
    )
    return change


def _check_day(project: Project, since: dt.date) -> None:
    if since > jalali.today():
        raise RuleBroken("تاریخ وضعیت از امروز دیرتر نیست.")
    last = project.status_changes.first()
    if last is not None and since < last.since:
        raise RuleBroken(
            f"وضعیت پیشین از {jalali.format_date(last.since, 'text')} است؛ تاریخ تازه پیش از آن نیست."
        )


def _check_cause(status: str, cause: str, note: str) -> None:
    if status in HALTED and not cause:
        raise RuleBroken("برای این وضعیت علت را انتخاب کنید.")
    if cause == "other" and is_blank(note):
        raise RuleBroken("علت «سایر» توضیح می‌خواهد.")
