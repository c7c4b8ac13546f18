"""Sections of people and their places."""

from budget_portal.navigation import NavItem

NAV = [
    NavItem("کاربران و نقش‌ها", "accounts:user-list", ("admin",), order=20),
    NavItem("جانشینی‌ها", "accounts:delegation-list", ("admin", "budget_deputy"), order=72),
    NavItem("دستگاه‌ها", "accounts:agency-list", ("admin",), order=30),
    NavItem("گروه‌ها", "accounts:group-list", ("admin",), order=35),
    NavItem("تعطیلات", "accounts:holiday-list", ("admin",), order=45),
]
