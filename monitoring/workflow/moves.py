"""The tables of moves. README's diagrams and the triggers' edges are compared with them by tests."""

from budget_portal.moves import Move, table

SUBMISSION_MOVES = table(
    Move(
        "submit",
        ("draft", "returned", "reopened"),
        "submitted",
        ("agency_user",),
        "submission.submitted",
        "ارسال به ذیحساب",
    ),
    Move(
        "confirm",
        ("submitted",),
        "treasurer_confirmed",
        ("treasurer",),
        "submission.treasurer_confirmed",
        "تأیید ذیحساب",
    ),
    Move(
        "return_by_treasurer",
        ("submitted",),
        "returned",
        ("treasurer",),
        "submission.returned",
        "برگشت به دستگاه",
    ),
    Move(
        "start_review",
        ("treasurer_confirmed",),
        "under_review",
        ("budget_expert",),
        "submission.review_started",
        "آغاز بررسی",
    ),
    Move(
        "return_by_expert",
        ("treasurer_confirmed", "under_review"),
        "returned",
        ("budget_expert",),
        "submission.returned",
        "برگشت به دستگاه",
    ),
    Move(
        "mark_reviewed",
        ("under_review",),
        "expert_reviewed",
        ("budget_expert",),
        "submission.expert_reviewed",
        "ثبت پایان بررسی",
    ),
    Move(
        "approve", ("expert_reviewed",), "approved", ("consolidation",), "submission.approved", "تأیید نهایی"
    ),
    Move(
        "return_by_consolidation",
        ("expert_reviewed",),
        "returned",
        ("consolidation",),
        "submission.returned",
        "برگشت به دستگاه",
    ),
    Move("reopen", ("approved",), "reopened", ("budget_deputy",), "submission.reopened", "بازگشایی"),
)

VISIT_MOVES = table(
    Move("mark_done", ("planned",), "done", ("budget_expert",), "visit.done", "ثبت بازدید"),
    Move("submit", ("done",), "submitted", ("budget_expert",), "visit.submitted", "ارسال بازدید"),
    Move(
        "return_to_expert", ("submitted",), "done", ("consolidation",), "visit.returned", "برگشت به کارشناس"
    ),
    Move("confirm", ("submitted",), "confirmed", ("consolidation",), "visit.confirmed", "تأیید بازدید"),
    Move("reply", ("confirmed",), "agency_replied", ("agency_user",), "visit.agency_replied", "پاسخ دستگاه"),
    Move(
        "close", ("confirmed", "agency_replied"), "closed", ("budget_expert",), "visit.closed", "مختومه کردن"
    ),
)

FINDING_MOVES = table(
    Move("start", ("open",), "in_progress", ("agency_user",), "finding.in_progress", "آغاز رفع"),
    Move("resolve", ("in_progress",), "resolved", ("agency_user",), "finding.resolved", "اعلام رفع"),
    Move("verify", ("resolved",), "verified", ("budget_expert",), "finding.verified", "تأیید رفع"),
    Move("refuse", ("resolved",), "in_progress", ("budget_expert",), "finding.refused", "رفع‌نشده است"),
)

# Found and forgotten by the figures themselves (the clock's moves); explained by the owner of the pair.
CONFLICT_MOVES = table(
    Move(
        "explain",
        ("open",),
        "explained",
        ("agency_user", "treasurer", "budget_expert"),
        "conflict.explained",
        "توضیح مغایرت",
    ),
    Move("resolve", ("explained",), "resolved", ("consolidation",), "conflict.resolved", "پذیرش توضیح"),
    Move("dispute", ("explained",), "open", ("consolidation",), "conflict.disputed", "نپذیرفتن توضیح"),
    Move(
        "renew",
        ("explained", "resolved", "agreed"),
        "open",
        (),
        "conflict.renewed",
        "بازشدن با رقم تازه",
        also="clock",
    ),
    Move(
        "agree",
        ("open", "explained", "resolved"),
        "agreed",
        (),
        "conflict.agreed",
        "برطرف‌شدن با رقم تازه",
        also="clock",
    ),
)

RULE_MOVES = table(
    Move("try", ("draft", "tried"), "tried", ("consolidation",), "rule.tried", "آزمودن"),
    Move("revise", ("tried",), "draft", ("consolidation",), "rule.revised", "ویرایش"),
    Move("put_live", ("tried",), "live", ("budget_deputy",), "rule.put_live", "جاری کردن"),
    Move("withdraw", ("draft", "tried"), "retired", ("consolidation",), "rule.withdrawn", "کنارگذاشتن"),
    Move("retire", ("live",), "retired", ("budget_deputy",), "rule.retired", "پایان دادن"),
)
