"""Clocks of submissions: `reading` for pages, `keeping` for moves, `terms` what an organization laid down,
`deriving` how a date comes about, `escalation` who is told. The engine itself is `budget_portal.clocks`.
"""

from monitoring.clocks.reading import DueClock, calendar, clocks_of, due_for, due_of

__all__ = ["DueClock", "calendar", "clocks_of", "due_for", "due_of"]
