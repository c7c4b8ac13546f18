"""Reviewing a sent submission line by line: decisions, what is left, and the page that shows it."""
