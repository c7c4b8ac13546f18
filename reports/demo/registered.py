"""What the register of the demo knows of projects over time: changed codes, a halted project and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from agreements.models import ProjectIdentifier, ProjectStatusChange
from budget_portal import jalali
from budget_portal.text import fold

if TYPE_CHECKING:
    from agreements.models import Project
    from reports.demo.register import Work

CHANGED = jalali.gregorian(1405, 1, 20)
HALTED = jalali.gregorian(1405, 5, 14)


def write(works: list[Work]) -> None:
    """Every project has its code in Nezarat 4; of every sixth it was changed; the second stood still for a while."""
    codes = []
    for number, work in enumerate(works):
        code = f"N4-{work.agency.code}-{work.project.code[-1]}"
        codes += _codes(work.project, code, changed=number % 6 == 1)
        if number % 4 == 0:
            start = jalali.gregorian(1404, 3, 1)
            codes.append(_code(work.project, "saba", f"S{work.project.code}", start, None))
    ProjectIdentifier.objects.bulk_create(codes)
    _stand_still(works[1].project)


def _codes(project: Project, code: str, *, changed: bool) -> list[ProjectIdentifier]:
    begun = jalali.fiscal_year_start(1403)
    if not changed:
        return [_code(project, "nezarat4", code, begun, None)]
    ended = _code(project, "nezarat4", f"{code}-الف", begun, CHANGED - dt.timedelta(days=1))
    return [ended, _code(project, "nezarat4", code, CHANGED, None, "تغییر کد در سامانهٔ نظارت ۴")]


def _code(
    project: Project, system: str, code: str, since: dt.date, until: dt.date | None, note: str = ""
) -> ProjectIdentifier:
    return ProjectIdentifier(
        project=project,
        system=system,
        code=code,
        code_folded=fold(code),
        valid_from=since,
        valid_to=until,
        note=note,
        recorded_at=jalali.start_of_day(since),
    )


def _stand_still(project: Project) -> None:
    ProjectStatusChange.objects.create(
        project=project,
        before=project.status,
        status="suspended",
        since=HALTED,
        cause="land",
        note="دعوای مالکیت بر بخشی از مسیر؛ پرونده در دادگاه شهرستان است.",
        recorded_at=jalali.start_of_day(HALTED),
    )
    project.status = "suspended"
    project.save(update_fields=["status"])
