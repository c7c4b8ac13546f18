"""Sections of the shared ground."""

from budget_portal.navigation import NavItem

NAV = [
    NavItem("رویدادنگار", "ground:audit", ("auditor", "admin"), order=60),
    NavItem("کارها", "ground:manage-jobs", ("admin",), order=70),
    NavItem("پیام‌های فرستاده", "ground:manage-messages", ("admin",), order=75),
]
