"""What the hour brings: windows open and close on their dates."""

from agreements.workflow import periods
from budget_portal import clock

clock.register(periods.keep_dates)
