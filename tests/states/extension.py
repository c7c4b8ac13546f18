"""States of a request for more time, as decision 21 says."""

import datetime as dt

from agreements.models import ExtensionRequest
from agreements.workflow import extensions
from tests.cast import Cast
from tests.matrix import Machine

SAID = "راه دسترسی به کارگاه‌ها بسته بود و اندازه‌گیری نشد."


def make(cast: Cast, state: str) -> ExtensionRequest:
    window = cast.window()
    row = ExtensionRequest.objects.create(
        window=window,
        agency=cast.agency,
        until=window.entry_due + dt.timedelta(days=3),
        reason=SAID,
        requested_by=cast.agency_user,
    )
    if state == "withdrawn":
        extensions.withdraw(row.pk, by=cast.agency_user)
    elif state != "requested":
        verb = extensions.grant if state == "granted" else extensions.refuse
        verb(row.pk, by=cast.consolidation, note=SAID)
    row.refresh_from_db()
    return row


MACHINE = Machine(
    name="extension",
    moves=extensions.MOVES,
    states=("requested", "granted", "refused", "withdrawn"),
    make=make,
    call={
        "grant": lambda row, by: extensions.grant(row.pk, by=by, note=SAID),
        "refuse": lambda row, by: extensions.refuse(row.pk, by=by, note=SAID),
        "withdraw": lambda row, by: extensions.withdraw(row.pk, by=by),
    },
    expected={
        ("requested", "grant"): {"consolidation"},
        ("requested", "refuse"): {"consolidation"},
        ("requested", "withdraw"): {"agency_user"},
    },
)
