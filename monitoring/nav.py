"""Sections of performance."""

from budget_portal.navigation import NavItem

READ_VISITS = (
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
    NavItem("بازدیدها", "monitoring:visit-list", READ_VISITS, order=27),
    NavItem(
        "یافته‌ها",
        "monitoring:finding-list",
        ("agency_user", "budget_expert", "consolidation", "budget_deputy"),
        order=28,
    ),
]
