"""Builders: from approved figures to the frozen package of a report. One module per report."""
