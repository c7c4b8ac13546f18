"""Who sees years, cut-offs, windows and requests for extension."""

from __future__ import annotations

import datetime as dt

from agreements.models import ExtensionRequest
from tests.cast import Cast
from tests.matrix import COLUMNS_ABROAD, Scoped, everybody_but, sees
from tests.rows.accounts import by_organization, by_place

NATIONAL_ROWS = everybody_but("public", "nobody", *COLUMNS_ABROAD)


def shared(own: set[str] | None = None) -> dict[str, set[str]]:
    """Rows of the national organization, read by all who act under it; «abroad» by the other country."""
    return sees(
        **dict.fromkeys(NATIONAL_ROWS, own or {"own"}), **{name: {"abroad"} for name in COLUMNS_ABROAD}
    )


def request(cast: Cast, agency: str) -> ExtensionRequest:
    place = getattr(cast, agency)
    window = cast.window(organization=place.organization)
    person = cast.far_agency_user if agency == "far_agency" else cast.agency_user
    return ExtensionRequest.objects.create(
        window=window,
        agency=place,
        until=window.entry_due + dt.timedelta(days=3),
        reason="سامانهٔ مالی از کار افتاده بود",
        requested_by=person,
    )


ROWS = {
    "agreements.FiscalYear": Scoped(
        make=lambda cast: {"own": cast.fiscal_year, "abroad": cast.abroad_fiscal_year}, sees=shared()
    ),
    "agreements.ReportingPeriod": Scoped(
        make=lambda cast: {"own": cast.period("Q2"), "abroad": cast.abroad_period("Q2")}, sees=shared()
    ),
    "agreements.PeriodWindow": Scoped(
        make=lambda cast: {"own": cast.window(), "far": cast.window(organization=cast.far_organization)},
        sees=by_organization(),
    ),
    "agreements.ExtensionRequest": Scoped(
        make=lambda cast: {
            "own": request(cast, "agency"),
            "twin": request(cast, "agency2"),
            "far": request(cast, "far_agency"),
        },
        sees=by_place(county=False),
    ),
}
