"""Who hears what, by which way and when: the one place that decides it.

Who: `accounts.audience.holders` (a role today, substitutes included). What kind: `kinds`. How and when: the person's
own choice within what the kind allows (`plan`), office hours and days of the calendar (`hours`), one digest a day
(`sending`). In the portal itself everything is seen at once.
"""
