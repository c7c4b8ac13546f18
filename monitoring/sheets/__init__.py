"""Figures that come from Excel: a pasted block, or the filled template. What is read is shown first and written by a
person's word, as one transaction, with the columns, locks, versions, rules and log of typing.

`columns` and `block` are pure; `form` reads the lines of a submission, `judging` holds rows against them, `writing`
is the verb, `template` and `error_book` make workbooks, `loads` keeps what was brought until it is written.
"""
