"""What the states of report editions look like."""

from budget_portal import badges

badges.register(
    "reports.supervisionreport",
    {
        "draft": ("پیش‌نویس", "wait", "pencil"),
        "reviewed": ("بررسی شد", "act", "check"),
        "confirmed": ("در انتظار تصویب", "act", "clock"),
        "approved": ("منتشر شد", "done", "check"),
    },
)
