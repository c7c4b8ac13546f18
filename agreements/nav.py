"""Sections of what was promised, and of the calendar of cut-offs."""

from budget_portal.navigation import NavItem

NAV = [
    NavItem(
        "مقاطع",
        "agreements:period-list",
        ("budget_deputy", "consolidation", "org_head", "national_viewer", "auditor"),
        order=30,
    ),
    NavItem(
        "ورود از پرونده",
        "agreements:import-list",
        ("consolidation", "budget_deputy", "org_head", "auditor"),
        order=35,
    ),
    NavItem("سال‌ها و مقاطع", "agreements:year-list", ("admin",), order=40),
]
