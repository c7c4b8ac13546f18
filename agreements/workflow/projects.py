"""The status of a project: any of the list after any other, with its day and cause; every change stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Min
from django.utils import timezone

from accounts.decisions import require
from agreements.models import AgreementProject, Project, ProjectStatusChange
from agreements.models.register import CAUSES, HALTED
from agreements.register import rights
from budget_portal import audit, jalali
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import is_blank, normalise

if TYPE_CHECKING:
    from accounts.models import User

BEFORE_START = (
    "در موافقتنامه آغاز این پروژه {day} است؛ تاریخ وضعیت را همان روز یا پس از آن بنویسید یا آغاز پروژه را در "
    "اصلاحیهٔ موافقتنامه درست کنید."
)
BEFORE_YEAR = (
    "این پروژه در سالی ثبت شده است که از {day} آغاز می‌شود و موافقتنامه‌ای آغاز زودتری برای آن نمی‌گوید؛ تاریخ وضعیت "
    "را همان روز یا پس از آن بنویسید."
)


@verb
def change_status(
    project_id: int,
    *,
    status: str,
    since: dt.date,
    cause: str = "",
    note: str = "",
    first: bool = False,
    by: User,
) -> ProjectStatusChange:
    """The project has this status since a day; what halts it has a cause.

    The `first` status, of the registration itself, may be as old as the work is.
    """
    project: Project = Project.objects.for_user(by).select_related("agency").locked(project_id)
    require(rights.can_change_status(by, project, status))
    if project.status == status:
        raise WrongState(f"وضعیت کنونی پروژه همین است: «{project.get_status_display()}».")
    _check_day(project, since, first=first)
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


def _check_day(project: Project, since: dt.date, *, first: bool) -> None:
    if since > jalali.today():
        raise RuleBroken("تاریخ وضعیت از امروز دیرتر نیست.")
    last = project.status_changes.first()
    if last is not None and since < last.since:
        raise RuleBroken(
            f"وضعیت پیشین از {jalali.format_date(last.since, 'text')} است؛ تاریخ تازه پیش از آن نیست."
        )
    if last is None and not first:
        _check_age(project, since)


def _check_age(project: Project, since: dt.date) -> None:
    """Not before the project was: its start in an agreement, or the year in which it was registered."""
    added = audit.history(project).filter(event="project.added").first()
    known = jalali.local(added.recorded_at).date() if added else jalali.today()
    year = jalali.fiscal_year_start(jalali.fiscal_year_of(known))
    start = AgreementProject.objects.filter(project=project).aggregate(day=Min("start_date"))["day"]
    if since >= min(start or year, year):
        return
    ground, day = (BEFORE_START, start) if start and start < year else (BEFORE_YEAR, year)
    raise RuleBroken(ground.format(day=jalali.format_date(day, "text")))


def _check_cause(status: str, cause: str, note: str) -> None:
    if status in HALTED and not cause:
        raise RuleBroken("برای این وضعیت علت را انتخاب کنید.")
    if cause == "other" and is_blank(note):
        raise RuleBroken("علت «سایر» توضیح می‌خواهد.")
