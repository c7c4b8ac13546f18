"""The tables of moves. README's diagrams and the triggers' edges are compared with them by tests."""

from budget_portal.moves import Move, table

# Without a role of its own the clock may open and close too: `by=None` (decision 21).
WINDOW_MOVES = table(
    Move("open", ("planned",), "open", ("budget_deputy",), "window.opened", "بازکردن"),
    Move("close", ("open",), "closed", ("budget_deputy",), "window.closed", "بستن مقطع"),
    Move("reopen", ("closed",), "open", ("budget_deputy",), "window.reopened", "بازگشایی"),
    Move("publish", ("closed",), "published", ("consolidation",), "window.published", "انتشار مقطع"),
)
BY_DATE = frozenset({"open", "close"})
