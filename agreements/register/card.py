"""What the page of a project shows of the register: codes of other systems, statuses, contracts, and
the ways to keep them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse

from agreements import contracts
from agreements.models import Project
from agreements.register import history as register_history
from agreements.register import rights

if TYPE_CHECKING:
    from accounts.models import User
    from agreements.contracts import ContractFacts
    from agreements.register.history import IdentifierRow, StatusRow

STATUSES_SHOWN = 3


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass
class Card:
    links: list[Link] = field(default_factory=list)
    identifiers: list[IdentifierRow] = field(default_factory=list)
    statuses: list[StatusRow] = field(default_factory=list)
    identifiers_url: str = ""
    history_url: str = ""
    contracts: list[ContractFacts] = field(default_factory=list)
    contracts_url: str = ""
    contracts_label: str = ""


def card(user: User, project: Project) -> Card:
    return Card(
        links=_links(user, project),
        identifiers=register_history.identifiers(project, user),
        statuses=register_history.statuses(project)[:STATUSES_SHOWN],
        identifiers_url=reverse("agreements:project-identifiers", args=[project.code]),
        history_url=reverse("agreements:project-history", args=[project.code]),
        contracts=contracts.of_project(project),
        contracts_url=reverse("agreements:contract-list", args=[project.code]),
        contracts_label="پیمان‌ها و ثبت پیمان" if rights.can_keep(user, project) else "همهٔ پیمان‌ها",
    )


def _links(user: User, project: Project) -> list[Link]:
    """Only what the person may do stands on the page; the others read the same facts."""
    found = []
    if rights.can_keep(user, project):
        found.append(Link("اصلاح شناسنامه", reverse("agreements:project-edit", args=[project.code])))
    if rights.can_change_status(user, project):
        found.append(Link("تغییر وضعیت", reverse("agreements:project-status", args=[project.code])))
    return found
