"""The tables of moves. README's diagrams and the triggers' edges are compared with them by tests."""

from budget_portal.moves import Move, table

WINDOW_MOVES = table(
    Move("open", ("planned",), "open", ("budget_deputy",), "window.opened", "بازکردن", also="clock"),
    Move("close", ("open",), "closed", ("budget_deputy",), "window.closed", "بستن مقطع", also="clock"),
    Move("reopen", ("closed",), "open", ("budget_deputy",), "window.reopened", "بازگشایی"),
    Move("publish", ("closed",), "published", ("consolidation",), "window.published", "انتشار مقطع"),
)

EXTENSION_MOVES = table(
    Move("grant", ("requested",), "granted", ("consolidation",), "extension.granted", "پذیرفتن"),
    Move("refuse", ("requested",), "refused", ("consolidation",), "extension.refused", "رد درخواست"),
    Move("withdraw", ("requested",), "withdrawn", ("agency_user",), "extension.withdrawn", "پس‌گرفتن"),
)

# `supersede` has no button: the exchange of the next version makes it.
AGREEMENT_MOVES = table(
    Move("submit", ("draft",), "submitted", ("agency_head",), "agreement.submitted", "امضا و ارسال"),
    Move(
        "review", ("submitted",), "expert_approved", ("budget_expert",), "agreement.reviewed", "تأیید کارشناس"
    ),
    Move(
        "return",
        ("submitted", "expert_approved"),
        "draft",
        ("budget_expert", "consolidation"),
        "agreement.returned",
        "برگشت با دلیل",
    ),
    Move(
        "exchange",
        ("expert_approved",),
        "exchanged",
        ("consolidation",),
        "agreement.exchanged",
        "ثبت مبادله",
    ),
    Move(
        "supersede",
        ("exchanged",),
        "superseded",
        ("consolidation",),
        "agreement.superseded",
        "پایان با نسخهٔ تازه",
    ),
)


def _letter(model: str) -> dict[str, Move]:
    """Both kinds of letters go the same way; an issued one never changes, only its end is written."""
    return table(
        Move("issue", ("draft",), "issued", ("consolidation",), f"{model}.issued", "صدور"),
        Move("cancel", ("issued",), "cancelled", ("consolidation",), f"{model}.cancelled", "ابطال"),
    )


NOTIFICATION_MOVES = _letter("budgetnotification")
ALLOCATION_MOVES = _letter("allocationnotice")
