"""Where a case may be filed, and about whom: public names only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from accounts.models import Agency, Membership, Organization
from agreements.models import Project
from budget_portal.text import fold

MOST_MATCHES = 8


def with_desk() -> list[Organization]:
    """Organizations that have somebody to read a complaint; provincial ones by the name of the province."""
    desks = Membership.objects.valid().filter(role="complaints_officer").values("organization")
    rows = Organization.objects.filter(is_active=True, pk__in=desks).select_related("province")
    return sorted(rows, key=lambda row: (row.level != "provincial", fold(label(row))))


def label(organization: Organization) -> str:
    return f"استان {organization.province}" if organization.province else organization.name


@dataclass(frozen=True)
class Concerned:
    """An agency or a project that a case is about."""

    key: str  # a12, p34
    label: str
    agency: Agency
    project: Project | None = None


def search(organization: Organization, typed: str) -> list[Concerned]:
    """By the exact code of a project, or by a part of an agency's name; nothing typed finds nothing."""
    wanted = fold(typed)
    if not wanted:
        return []
    projects = Project.objects.filter(
        agency__organization=organization, code__iexact=wanted.replace(" ", "")
    ).select_related("agency")
    if found := [_project(row) for row in projects]:
        return found
    rows = list(_agencies(organization).filter(name_folded__contains=wanted)[:MOST_MATCHES])
    exact = [row for row in rows if row.name_folded == wanted]
    return [_agency(row) for row in exact or rows]


def by_key(organization: Organization, key: str) -> Concerned | None:
    """What a hidden or chosen key means, if it belongs to the organization."""
    kind, number = key[:1], key[1:]
    if not number.isascii() or not number.isdecimal():
        return None
    if kind == "p":
        project = (
            Project.objects.filter(pk=int(number), agency__organization=organization)
            .select_related("agency")
            .first()
        )
        return _project(project) if project else None
    agency = _agencies(organization).filter(pk=int(number)).first() if kind == "a" else None
    return _agency(agency) if agency else None


def by_public_id(public_id: str) -> Concerned | None:
    """The project of a link on a public page."""
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        return None
    rows = Project.objects.filter(public_id=wanted, agency__organization__is_active=True)
    project = rows.select_related("agency__organization__province").first()
    return _project(project) if project else None


def agency_names(organization: Organization) -> list[str]:
    return list(_agencies(organization).values_list("name", flat=True))


def _agencies(organization: Organization) -> Any:
    return Agency.objects.filter(organization=organization, is_active=True)


def _agency(row: Agency) -> Concerned:
    return Concerned(f"a{row.pk}", row.name, row)


def _project(row: Project) -> Concerned:
    return Concerned(f"p{row.pk}", f"{row.title} – {row.agency.name}", row.agency, row)
