"""Conflicts between sources of one figure: the agency's own, the visit, the contract, the treasury's file.

`judging` is pure; `sources` reads what each source has (a source registers itself with `@sources.source`),
`tolerances` how far they may be apart. Rows are written by `monitoring/workflow/conflicts.py`.
"""
