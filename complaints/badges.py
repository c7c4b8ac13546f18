"""What the states of a case look like."""

from budget_portal import badges

badges.register(
    "complaints.complaint",
    {
        "registered": ("ثبت شد", "wait", "inbox"),
        "assigned": ("ارجاع شد", "wait", "user"),
        "in_progress": ("در حال بررسی", "wait", "clock"),
        "needs_info": ("نیازمند تکمیل از سوی شما", "act", "chat-bubble-left"),
        "answered": ("پاسخ داده شد", "done", "check"),
        "objected": ("اعتراض ثبت شد", "returned", "arrow-uturn-right"),
        "forwarded": ("خارج از صلاحیت این سازمان", "warn", "arrow-top-right-on-square"),
        "rejected": ("رد شد", "bad", "x-circle"),
        "withdrawn": ("انصراف", "neutral", "minus-circle"),
        "closed": ("مختومه", "done", "check"),
    },
)
