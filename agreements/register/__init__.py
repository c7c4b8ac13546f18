"""Writes of the project register: identity, place, codes of other systems. The code itself never changes.

Statuses change in `workflow/projects.py`, contracts in `contracts.py`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Min
from django.utils import timezone

from accounts.decisions import Decision, require
from accounts.models import County
from agreements.models import Project, ProjectIdentifier
from agreements.register import rights
from budget_portal import audit, jalali
from budget_portal.digits import group
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from budget_portal.places import Point, distance_m
from budget_portal.text import fold, normalise, visible_length

if TYPE_CHECKING:
    from accounts.models import User

Right = Callable[["User", Project], Decision]

# What may be changed, and by whom.
IDENTITY: dict[str, Right] = {
    "title": rights.can_consolidate,
    "county": rights.can_consolidate,
    "execution_method": rights.can_keep,
    "address": rights.can_keep,
    "latitude": rights.can_keep,
    "longitude": rights.can_keep,
    "place_reason": rights.can_keep,
}
PLACE = frozenset({"county", "latitude", "longitude", "place_reason"})
NEAR_SEAT_M = 100_000
BOX_MARGIN = Decimal("0.75")  # degrees around the seats of a province's counties
LEAST_REASON = 20


class PlaceInDoubt(RuleBroken):
    """The point is far from where it should be: not refused, but a reason is asked."""


# --- identity and place -----------------------------------------------------------------------------------


def facts(project: Project) -> dict[str, Any]:
    """What identifies a project besides its code, as the log keeps it."""
    return {
        "title": project.title,
        "county": project.county.name,
        "execution_method": project.execution_method,
        "address": project.address,
        "latitude": project.latitude,
        "longitude": project.longitude,
        "place_reason": project.place_reason,
    }


def stamp(project: Project) -> str:
    """Tells whether the identity has changed since a page was made of it."""
    return hashlib.sha256(
        str([(name, str(value)) for name, value in sorted(facts(project).items())]).encode()
    ).hexdigest()[:16]


@verb
def change_identity(project_id: int, changes: Mapping[str, Any], *, seen: str, by: User) -> Project:
    """Fields that differ are written, each by whoever may; a doubtful place needs its reason."""
    project: Project = (
        Project.objects.for_user(by).select_related("agency", "county__province").locked(project_id)
    )
    before, theirs = facts(project), stamp(project)
    changed = {name: value for name, value in changes.items() if getattr(project, name) != value}
    for name in changed:
        require(IDENTITY[name](by, project))
    if not changed:
        return project
    if seen != theirs:
        raise StaleVersion(
            "این شناسنامه در این میان تغییر کرده است. مقدارهای تازه را ببینید و دوباره ذخیره کنید."
        )
    for name, value in changed.items():
        setattr(project, name, value)
    if changed.keys() & PLACE:
        judge_place(project)
    project.save(update_fields=[*changed, "title_folded"])
    after = facts(project)
    audit.record(
        "project.changed",
        project,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        note=project.place_reason if "place_reason" in changed else "",
    )
    return project


def judge_place(project: Project) -> None:
    """A doubtful place asks its reason."""
    problems = place_problems(project.county, project.latitude, project.longitude)
    if problems and visible_length(project.place_reason) < LEAST_REASON:
        raise PlaceInDoubt("محل پروژه دور از شهرستان آن است؛ علت را بنویسید.", problems)


def place_problems(county: County, latitude: Decimal | None, longitude: Decimal | None) -> list[str]:
    """Sentences about a point that is far from the county's seat or outside the province's box."""
    if latitude is None or longitude is None:
        return []
    found = []
    far = distance_m(Point(latitude, longitude), Point(county.seat_lat, county.seat_lon))
    if far > NEAR_SEAT_M:
        found.append(
            f"این محل {group(round(far / 1000))} کیلومتر با مرکز شهرستان {county.name} فاصله دارد؛ "
            f"تا {group(NEAR_SEAT_M // 1000)} کیلومتر عادی است."
        )
    if not _in_box(county, latitude, longitude):
        found.append(f"این محل بیرون از محدودهٔ استان {county.province.name} است.")
    return found


def _in_box(county: County, latitude: Decimal, longitude: Decimal) -> bool:
    """Around the seats of all counties of the province; there is no drawn boundary to ask (decision 4)."""
    box = County.objects.filter(province=county.province_id).aggregate(
        south=Min("seat_lat"), north=Max("seat_lat"), west=Min("seat_lon"), east=Max("seat_lon")
    )
    return bool(
        box["south"] - BOX_MARGIN <= latitude <= box["north"] + BOX_MARGIN
        and box["west"] - BOX_MARGIN <= longitude <= box["east"] + BOX_MARGIN
    )


# --- codes of other systems -------------------------------------------------------------------------------


@verb
def set_identifier(
    project_id: int, *, system: str, code: str, since: dt.date, note: str = "", by: User
) -> ProjectIdentifier:
    """A code of another system from a day on; in Nezarat 4 and Saba it ends the one before."""
    project: Project = Project.objects.for_user(by).select_related("agency").locked(project_id)
    require(rights.can_change_identifier(by, project, system))
    code = normalise(code)
    if since > jalali.today():
        raise RuleBroken("آغاز اعتبار شناسه از امروز دیرتر نیست.")
    rows = ProjectIdentifier.objects.filter(project=project, system=system)
    if rows.filter(code_folded=fold(code), valid_to=None).exists():
        raise RuleBroken("این شناسه هم‌اکنون برای همین پروژه ثبت است.")
    before = _end_before(rows, since) if system in ProjectIdentifier.ONE_AT_A_TIME else None
    row = ProjectIdentifier.objects.create(
        project=project,
        system=system,
        code=code,
        valid_from=since,
        note=normalise(note),
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    after = {"system": row.get_system_display(), "code": code, "valid_from": since}
    audit.record("project.identified", project, by=by, before=before, after=after, note=row.note)
    return row


def _end_before(rows: Any, since: dt.date) -> dict[str, Any] | None:
    last: ProjectIdentifier | None = rows.order_by("-valid_from").first()
    if last is None:
        return None
    if since <= last.valid_from or (last.valid_to and since <= last.valid_to):
        raise RuleBroken(
            f"شناسهٔ پیشین از {jalali.format_date(last.valid_from, 'text')} معتبر است؛ تاریخی پس از آن بنویسید."
        )
    if last.valid_to is None:
        last.valid_to = since - dt.timedelta(days=1)
        last.save(update_fields=["valid_to"])
    return {"system": last.get_system_display(), "code": last.code, "valid_to": last.valid_to}


@verb
def end_identifier(identifier_id: int, *, last_day: dt.date, by: User) -> ProjectIdentifier:
    """The last day of a code; it stays findable."""
    row: ProjectIdentifier = (
        ProjectIdentifier.objects.for_user(by).select_related("project__agency").locked(identifier_id)
    )
    require(rights.can_change_identifier(by, row.project, row.system))
    if row.valid_to is not None:
        raise WrongState("اعتبار این شناسه پیش‌تر پایان یافته است.")
    if not row.valid_from <= last_day <= jalali.today():
        raise RuleBroken("آخرین روز، میان آغاز اعتبار شناسه و امروز است.")
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    after = {"system": row.get_system_display(), "code": row.code, "valid_to": last_day}
    audit.record("project.identifier_ended", row.project, by=by, after=after)
    return row
