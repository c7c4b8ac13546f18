"""The rules as data: which hold for whom and when, how a new one is tried, and what agencies write to their hits."""
