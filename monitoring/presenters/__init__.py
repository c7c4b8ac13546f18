"""Rows of pages as dataclasses with printed values: templates ask nothing and compute nothing."""
