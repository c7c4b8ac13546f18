"""The calendar, classification, projects, agreements and letters, read-only."""

from agreements.api import calendar, capital, classification, expense, notices, register

__all__ = ["calendar", "capital", "classification", "expense", "notices", "register"]
