"""What every staff page says on top: who is here, in which role, and which sections the role has.

Everything is lazy: a partial or a page without header asks the database nothing.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from budget_portal.models import Alert
from budget_portal.navigation import NavItem, Section

if TYPE_CHECKING:
    from accounts.models import User

OWN_APPS = ("budget_portal", "accounts", "agreements", "monitoring", "complaints", "reports")


def portal(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"second_factor_off": not settings.SECOND_FACTOR_ROLES}
    acting = user.acting
    return {
        "nav_items": SimpleLazyObject(lambda: sections(request, user)),
        "organization_name": acting.organization.name if acting else "",
        "person": {
            "name": user.full_name or user.username,
            "role": user.role,
            "role_label": acting.get_role_display() if acting else "بدون نقش",
            "place": SimpleLazyObject(lambda: acting.place if acting else ""),
            "on_behalf_of": str(acting.user) if acting and acting.delegation_id else "",
        },
        "alerts_count": SimpleLazyObject(lambda: Alert.objects.for_user(user).unread().count()),
        "can_switch_role": bool(getattr(user, "switchable", False)),
        "second_factor_off": not settings.SECOND_FACTOR_ROLES,
    }


def sections(request: HttpRequest, user: User) -> list[Section]:
    """The sections of the person's role; the one whose address is the longest start of this page is current."""
    found = [
        (item, url) for item in registered() if user.role in item.roles and (url := _url(item)) is not None
    ]
    fitting = [url for _, url in found if request.path.startswith(url)]
    current = max(fitting, key=len, default=None)
    return [
        Section(item.label, url, item.count(user) if item.count else 0, url == current) for item, url in found
    ]


@cache
def registered() -> tuple[NavItem, ...]:
    items: list[NavItem] = []
    for config in apps.get_app_configs():
        if config.name in OWN_APPS and find_spec(f"{config.name}.nav"):
            module: Any = import_module(f"{config.name}.nav")
            items += module.NAV
    return tuple(sorted(items, key=lambda item: item.order))


def _url(item: NavItem) -> str | None:
    try:
        return reverse(item.url_name, kwargs=item.kwargs)
    except NoReverseMatch:
        return None
