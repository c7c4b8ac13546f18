"""Submissions with their moves, figures, visits and findings."""

from monitoring.api import lines, parts, submissions, visits

__all__ = ["lines", "parts", "submissions", "visits"]
