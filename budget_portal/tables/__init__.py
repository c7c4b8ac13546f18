"""Tables that people send as files: reading them safely, and a mapping that says which column is what.

Pure: knows neither models nor the database. Writers of single tables live in `agreements/imports` and
`monitoring/imports`; `manage.py import_table` puts both together.
"""
