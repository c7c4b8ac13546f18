"""Sections of the header: the desk, and the public figures for everybody who works with them."""

from budget_portal.navigation import NavItem
from complaints import queue

NAV = [
    NavItem(
        "میز شکایات",
        "complaints:desk",
        ("complaints_officer", "budget_deputy", "budget_expert", "org_head", "auditor"),
        order=60,
        count=queue.count_mine,
    ),
]
