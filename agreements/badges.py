"""What the states of windows, letters and imports look like."""

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
badges.register(
    "agreements.extensionrequest",
    {
        "requested": ("در انتظار تصمیم", "wait", "clock"),
        "granted": ("پذیرفته", "done", "check"),
        "refused": ("رد شده", "bad", "x-mark"),
        "withdrawn": ("پس‌گرفته", "neutral", "arrow-uturn-left"),
    },
)
badges.register(
    "budget_portal.importbatch",
    {
        "uploaded": ("بارگذاری‌شده", "act", "arrow-up-tray"),
        "mapped": ("ستون‌ها تطبیق یافت", "act", "table-cells"),
        "previewed": ("آمادهٔ اعمال", "act", "eye"),
        "applying": ("در حال اعمال", "wait", "arrow-path"),
        "applied": ("اعمال‌شده", "done", "check"),
        "undone": ("برگردانده", "neutral", "arrow-uturn-left"),
        "failed": ("ناموفق", "bad", "exclamation-circle"),
        "cancelled": ("کنارگذاشته", "neutral", "x-mark"),
    },
)
badges.register(
    "budget_portal.importrow",
    {
        "new": ("تازه", "info", "plus"),
        "changed": ("تغییر", "returned", "arrow-path"),
        "same": ("بدون تغییر", "done", "check"),
        "error": ("خطا", "bad", "exclamation-circle"),
        "held": ("نگه‌داشته", "warn", "pause-circle"),
        "left_out": ("کنار گذاشته", "neutral", "x-mark"),
    },
)

for letter in ("budgetnotification", "allocationnotice"):
    badges.register(
        f"agreements.{letter}",
        {
            "draft": ("پیش‌نویس", "act", "pencil-square"),
            "issued": ("صادرشده", "done", "check"),
            "cancelled": ("باطل‌شده", "bad", "x-mark"),
        },
    )
