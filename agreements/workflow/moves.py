"""The tables of moves. README's diagrams and the triggers' edges are compared with them by tests."""

from budget_portal.moves import Move, table

WINDOW_MOVES = table(
    Move("open", ("planned",), "open", ("budget_deputy",), "window.opened", "بازکردن", also="clock"),
    Move("close", ("open",), "closed", ("budget_deputy",), "window.closed", "بستن مقطع", also="clock"),
    Move("reopen", ("closed",), "open", ("budget_deputy",), "window.reopened", "بازگشایی"),
    Move("publish", ("closed",), "published", ("consolidation",), "window.published", "انتشار مقطع"),
)
