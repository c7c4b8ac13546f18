"""Sections of what was promised, and of the calendar of cut-offs."""

from budget_portal.navigation import NavItem

LETTERS = (
    "agency_user",
    "agency_head",
    "treasurer",
    "budget_expert",
    "consolidation",
    "budget_deputy",
    "org_head",
    "county_viewer",
    "national_viewer",
    "auditor",
)

NAV = [
    NavItem(
        "موافقتنامه‌ها",
        "agreements:agreement-list",
        (
            "agency_user",
            "agency_head",
            "treasurer",
            "budget_expert",
            "consolidation",
            "budget_deputy",
            "org_head",
            "county_viewer",
            "national_viewer",
            "auditor",
        ),
        order=26,
    ),
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
    NavItem("طبقه‌بندی", "agreements:classification", ("admin",), order=42),
    # One section for both kinds of letters and what becomes of them: tabs on their pages lead on.
    NavItem("ابلاغیه‌ها", "agreements:allocation-list", LETTERS, order=33),
]
