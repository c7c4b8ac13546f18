"""What the states of agreements look like."""

from budget_portal import badges

for _kind in ("capital", "expense"):
    badges.register(
        f"agreements.{_kind}agreement",
        {
            "draft": ("پیش‌نویس", "neutral", "pencil-square"),
            "submitted": ("در انتظار کارشناس", "wait", "clock"),
            "expert_approved": ("در انتظار مبادله", "wait", "clock"),
            "exchanged": ("مبادله‌شده", "done", "check"),
            "superseded": ("اصلاح‌شده", "neutral", "document-duplicate"),
        },
    )
