"""Django's own administration: for technicians (is_staff) and for look-ups only.

People, roles and whatever has a state are changed by verbs that log who did it, never here: those models are
shown, and nothing of them can be added, changed or deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.contrib import admin
from django.db.models import Model

from accounts.models import County, Province

if TYPE_CHECKING:
    from django.http import HttpRequest

    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

OWN_APPS = ("budget_portal", "accounts", "agreements", "monitoring", "complaints", "reports")
# Never shown, not even to technicians: who complained, and what files hold.
HIDDEN = frozenset({"complaints.complaintsender", "accounts.apikey"})
LOOKUPS = frozenset(
    {
        "agreements.affair",
        "agreements.chapter",
        "agreements.programme",
        "agreements.expensechapter",
        "agreements.capitalchapter",
        "agreements.capitalsubchapter",
        "agreements.fundingsource",
        "monitoring.delaycause",
        "monitoring.returnreason",
    }
)


class ReadOnlyAdmin(Base):
    """Shows rows; refuses every change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LookupAdmin(Base):
    """A small table of words; rows in use are protected by the database."""

    list_per_page = 100


def register_all() -> None:
    """Every model of ours: look-ups may be edited, all others are only shown. Nothing of other packages."""
    for model in [known for known in admin.site._registry if known._meta.app_label not in OWN_APPS]:
        admin.site.unregister(model)
    for label in OWN_APPS:
        for model in apps.get_app_config(label).get_models():
            name = model._meta.label_lower
            if name in HIDDEN or admin.site.is_registered(model):
                continue
            editable = name in LOOKUPS or model in (Province, County)
            admin.site.register(model, LookupAdmin if editable else ReadOnlyAdmin)


register_all()
admin.site.site_header = admin.site.site_title = "نگهداری فنی"
admin.site.index_title = "جدول‌های پایه (بقیه فقط خواندنی است)"
# Who comes here comes through the portal's own sign-in, second factor included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
