"""The treasurer's bench (distinct feature 14): the ledger of the treasury accountant against the lines of a submission.

`facts`, `texts`, `screening`, `matching` and `sums` are pure and know neither models nor files; `ledger` reads the file,
`targets` the submission, `sheet` says what is signed, `figures` what the signed sheets tell of a line. The verbs are in
`monitoring/workflow/reconciliations.py`.
"""
