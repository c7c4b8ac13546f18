"""What the states of windows look like."""

from budget_portal import badges

badges.register(
    "agreements.periodwindow",
    {
        "planned": ("برنامه‌ریزی‌شده", "neutral", "calendar"),
        "open": ("باز", "act", "lock-open"),
        "closed": ("بسته", "wait", "lock-closed"),
        "published": ("منتشرشده", "done", "check"),
    },
)
