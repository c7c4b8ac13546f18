"""What the states of visits and findings look like."""

from budget_portal import badges

badges.register(
    "monitoring.fieldvisit",
    {
        "planned": ("برنامه‌ریزی‌شده", "neutral", "calendar"),
        "done": ("در حال تکمیل", "act", "pencil-square"),
        "submitted": ("در انتظار تأیید تلفیق", "warn", "clock"),
        "confirmed": ("تأییدشده", "done", "check"),
        "agency_replied": ("پاسخ دستگاه رسید", "info", "chat-bubble-left"),
        "closed": ("مختومه", "done", "check"),
    },
)
badges.register(
    "monitoring.visitfinding",
    {
        "open": ("باز", "warn", "exclamation-triangle"),
        "in_progress": ("در دست اقدام", "info", "arrow-path"),
        "resolved": ("رفع‌شده به گفتهٔ دستگاه", "act", "clock"),
        "verified": ("رفع‌شده با تأیید کارشناس", "done", "check"),
    },
)
badges.register(
    "finding severity",
    {
        "info": ("آگاهی", "neutral", "information-circle"),
        "minor": ("جزئی", "neutral", "minus-circle"),
        "major": ("عمده", "warn", "exclamation-triangle"),
        "critical": ("بحرانی", "bad", "exclamation-circle"),
    },
)
badges.register(
    "monitoring.reconciliation",
    {
        "draft": ("ستون‌ها را برگزینید", "act", "table-cells"),
        "matched": ("در حال تطبیق و توضیح", "act", "pencil-square"),
        "signed": ("امضاشده", "done", "check"),
        "superseded": ("کنارگذاشته", "neutral", "archive-box"),
    },
)
badges.register(
    "monitoring.sourceconflict",
    {
        "open": ("بی‌توضیح", "bad", "exclamation-triangle"),
        "explained": ("در انتظار پذیرش", "warn", "clock"),
        "resolved": ("توضیح پذیرفته شد", "done", "check"),
        "agreed": ("دیگر مغایرتی نیست", "neutral", "check"),
    },
)
badges.register(
    "monitoring.ruleversion",
    {
        "draft": ("پیش‌نویس", "act", "pencil-square"),
        "tried": ("آزموده، در انتظار معاون", "warn", "clock"),
        "live": ("جاری", "done", "check"),
        "retired": ("پایان‌یافته", "neutral", "x-mark"),
    },
)
