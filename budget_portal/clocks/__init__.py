"""The one clock engine of the portal (domain guide §16). Pure: week, holidays and pauses come in as data.

`calendar` says what a day is; `counting` counts days and shows how a date came about; `hours` reads moments and counts
office hours. The rows that feed it are read by `budget_portal.office`.
"""
