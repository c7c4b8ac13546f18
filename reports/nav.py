"""The section of reports."""

from budget_portal.navigation import NavItem

EVERYBODY = (
    "agency_user", "agency_head", "treasurer", "budget_expert", "consolidation", "budget_deputy", "org_head",
    "county_viewer", "national_viewer", "auditor",
)  # fmt: skip
OVERVIEW = ("consolidation", "budget_deputy", "org_head", "auditor", "county_viewer", "national_viewer")
NAV = [
    NavItem("نمای کلی", "reports:dashboard", OVERVIEW, order=20),
    NavItem("گزارش‌ها", "reports:report-list", EVERYBODY, order=60),
]
