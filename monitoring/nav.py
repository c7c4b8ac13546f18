"""Sections of performance."""

from budget_portal import worklist
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
EVERYBODY = (*READ_VISITS, "complaints_officer", "admin")
DESK = ("consolidation", "budget_deputy", "org_head", "auditor")
NAV = [
    NavItem("کارتابل", "monitoring:inbox", EVERYBODY, order=10, count=worklist.count),
    NavItem("ورود عملکرد", "monitoring:entry-home", ("agency_user", "agency_head"), order=15),
    NavItem("بازبینی و تأیید", "monitoring:review-home", ("treasurer",), order=15),
    NavItem("بررسی پرونده‌ها", "monitoring:expert-reviews", ("budget_expert",), order=15),
    NavItem("تلفیق مقطع", "monitoring:consolidation-home", DESK, order=21),
    NavItem("قاعده‌ها", "monitoring:rule-list", ("consolidation", "budget_deputy"), order=29),
    NavItem("پروژه‌ها", "monitoring:project-list", (*READ_VISITS, "complaints_officer"), order=25),
    NavItem("بازدیدها", "monitoring:visit-list", READ_VISITS, order=27),
    NavItem(
        "یافته‌ها",
        "monitoring:finding-list",
        ("agency_user", "budget_expert", "consolidation"),
        order=28,
    ),
    NavItem("تمدیدها", "monitoring:extensions", ("consolidation",), order=34),
    NavItem("درخواست تمدید", "monitoring:entry-extension", ("agency_user",), order=16),
    NavItem("سند و نمونه", "monitoring:evidence-policies", ("consolidation", "admin", "auditor"), order=47),
    NavItem("رواداری‌ها", "monitoring:tolerances", ("consolidation", "auditor"), order=48),
    NavItem("ساعت‌ها و مهلت‌ها", "monitoring:clock-terms", ("consolidation", "admin", "auditor"), order=46),
]
