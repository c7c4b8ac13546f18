"""States of a period's window, as the domain guide §12 and decision 21 say."""

import datetime as dt

from agreements.workflow import periods
from budget_portal import jalali
from tests.matrix import Machine
from tests.monitoring.making import make_decided_window

REASON = "به درخواست کتبی دستگاه‌ها برای تکمیل اسناد"


def later() -> dt.date:
    return jalali.today() + dt.timedelta(days=60)


MACHINE = Machine(
    name="window",
    moves=periods.MOVES,
    states=("planned", "open", "closed", "published"),
    make=lambda cast, state: make_decided_window(cast) if state == "closed" else cast.window(state=state),
    call={
        "open": lambda window, by: periods.open_window(window.pk, by=by),
        "close": lambda window, by: periods.close_window(window.pk, by=by),
        "reopen": lambda window, by: periods.reopen_window(window.pk, by=by, until=later(), reason=REASON),
        "publish": lambda window, by: periods.publish_window(window.pk, by=by),
    },
    expected={
        ("planned", "open"): {"budget_deputy", "clock"},
        ("open", "close"): {"budget_deputy", "clock"},
        ("closed", "reopen"): {"budget_deputy"},
        ("closed", "publish"): {"consolidation"},
    },
)
