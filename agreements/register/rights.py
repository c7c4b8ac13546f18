"""Who keeps the register, field by field. Pure: reads the rows it is given.

The agency keeps what it knows from the site: place, address, execution method, codes of its own systems, contracts,
and the everyday statuses. The consolidation group keeps what agreements are made of: title, county, the codes of
Nezarat 4 and Saba, and the statuses that take a project out of the budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.decisions import Allowed, Decision, Denied
from accounts.models import Role

if TYPE_CHECKING:
    from accounts.models import Agency, User
    from agreements.models import Project

# Leaving the budget, and coming back into it.
ENDINGS = frozenset({"cancelled", "transferred", "final_handover"})
OFFICIAL_SYSTEMS = frozenset({"nezarat4", "saba"})

KEEPERS = "شناسنامهٔ پروژه را کارشناس دستگاه مجری و گروه تلفیق نگه می‌دارند."
CONSOLIDATION_ONLY = "عنوان، شهرستان و شناسهٔ نظارت ۴ و سبا را گروه تلفیق ثبت می‌کند."
REGISTRARS = "پروژهٔ تازه را گروه تلفیق سازمان ثبت می‌کند؛ عنوان، شهرستان و کد آن با این گروه است."
ENDING_ONLY = "حذف، واگذاری و تحویل قطعی پروژه را گروه تلفیق ثبت می‌کند."


def can_keep(user: User, project: Project) -> Decision:
    """Place, address, execution method, contracts: the agency of the project, or its organization's group."""
    acting = user.acting
    if acting is not None:
        own_agency = acting.role == Role.AGENCY_USER and acting.agency_id == project.agency_id
        if own_agency or can_consolidate(user, project):
            return Allowed()
    return Denied(KEEPERS)


def can_consolidate(user: User, project: Project) -> Decision:
    """Title and county: only the consolidation group of the project's organization."""
    acting = user.acting
    own = acting is not None and acting.organization_id == project.agency.organization_id
    return Allowed() if own and user.role == Role.CONSOLIDATION else Denied(CONSOLIDATION_ONLY)


def can_register(user: User, agency: Agency | None = None) -> Decision:
    """A new project: the consolidation group of the agency's organization; without an agency, of any."""
    acting = user.acting
    own = acting is not None and (agency is None or acting.organization_id == agency.organization_id)
    return Allowed() if own and user.role == Role.CONSOLIDATION else Denied(REGISTRARS)


def can_change_status(user: User, project: Project, status: str = "") -> Decision:
    if {project.status, status} & ENDINGS and not can_consolidate(user, project):
        return Denied(ENDING_ONLY if can_keep(user, project) else KEEPERS)
    return can_keep(user, project)


def can_change_identifier(user: User, project: Project, system: str) -> Decision:
    return can_consolidate(user, project) if system in OFFICIAL_SYSTEMS else can_keep(user, project)
