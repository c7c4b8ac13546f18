"""«As in force on …» and «as known on …» over random amendments that are recorded late, against a naive replay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agreements import in_force
from agreements.imports.credits import rows_of
from agreements.models import ExpenseAgreement
from agreements.presenters import totals
from agreements.workflow.arrivals import bring_into_force
from budget_portal import jalali
from tests import factories
from tests.agreements.making import advance, drafted
from tests.agreements.making import exchange as exchanged
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Days between one beginning and the next, days between one recording and the next, credit.
AMENDMENTS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 90), st.integers(1, 1_000)), min_size=1, max_size=4
)
Version = tuple[dt.date, dt.datetime, int]


def line_of(cast: Cast) -> tuple[int, int, int]:
    country = cast.national_organization
    programme, chapter = factories.make_programme(country), factories.make_expense_chapter(country)
    return programme.pk, chapter.pk, factories.make_source(country).pk


def laid(cast: Cast, line: tuple[int, int, int], steps: list[tuple[int, int, int]]) -> list[Version]:
    """A chain of versions as they were recorded: the first at the start of the year, the others often too late."""
    day, recorded, before, made = (
        cast.fiscal_year.starts_on,
        jalali.start_of_day(cast.fiscal_year.starts_on),
        None,
        [],
    )
    for number, (gap, late, amount) in enumerate([(0, 0, 500), *steps], start=1):
        day, recorded = day + dt.timedelta(days=gap), recorded + dt.timedelta(days=late)
        version = ExpenseAgreement(
            agency=cast.agency,
            fiscal_year=cast.fiscal_year,
            version=number,
            amends=before,
            number=str(number),
            agreed_on=day,
            valid_from=day,
            recorded_at=recorded,
            reason="متمم" if before else "",
            imported_from="متمم.csv" if before else "",
        )
        bring_into_force(version, rows_of({line: amount}), by=cast.consolidation)
        before = version
        made.append((day, recorded, amount))
    return made


def replayed(versions: list[Version], on: dt.date, known_at: dt.datetime | None) -> int:
    """Every version that was known by then (now) writes its credit over all days from its beginning on."""
    known_at = known_at or timezone.now()
    calendar: dict[dt.date, int] = {}
    for start, recorded, amount in versions:
        if recorded <= known_at:
            for later in range((on - start).days + 1):
                calendar[start + dt.timedelta(days=later)] = amount
    return calendar.get(on, 0)


@settings(
    max_examples=10,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # each example writes a chain: smaller ones are not worth a minute
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=AMENDMENTS,
    asked=st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300)), min_size=4, max_size=4),
)
def test_both_questions_agree_with_a_replay_of_what_was_recorded(
    cast: Cast, steps: list[tuple[int, int, int]], asked: list[tuple[int, int]]
) -> None:
    start, line = cast.fiscal_year.starts_on, line_of(cast)
    assert cast.agency and cast.consolidation  # made before what is taken back
    with transaction.atomic():
        versions = laid(cast, line, steps)
        for on_after, known_after in asked:
            on = start + dt.timedelta(days=on_after)
            for known_at in (jalali.start_of_day(start + dt.timedelta(days=known_after)), None):
                wanted = replayed(versions, on, known_at)
                arguments: Any = (cast.agency.pk, cast.fiscal_year.pk, "expense", on)
                assert sum(in_force.credits(*arguments, known_at=known_at).values()) == wanted
                found = totals.read(
                    cast.consolidation, "expense", "agency", on, known_at=known_at, year=cast.fiscal_year
                )
                assert (found.credit, found.now) == (wanted, replayed(versions, on, None))
        transaction.set_rollback(True)


def late_amendment(cast: Cast) -> tuple[Any, dt.date]:
    """Begins a month after the first version and was recorded today."""
    first = advance(cast, "capital", drafted(cast, "capital"), "exchanged")
    moved = advance(cast, "capital", _cheaper(drafted(cast, "capital", amends=first)), "expert_approved")
    day = first.valid_from + dt.timedelta(days=30)
    exchanged(moved, cast.consolidation, day)
    moved.refresh_from_db()
    return moved, day


def _cheaper(draft: Any) -> Any:
    code = next(iter(draft.draft["CA-6"]))
    draft.draft["CA-6"][code]["cgeneral-"]["amount"] = "41000"
    draft.save(update_fields=["draft"])
    return draft


def test_list_and_totals_answer_both_questions(cast: Cast) -> None:
    amended, day = late_amendment(cast)
    first, client = amended.amends, cast.client("consolidation")
    on = jalali.format_iso(day)
    page = client.get(f"/agreements/?on={on}").content.decode()
    assert f"/agreements/capital/{amended.pk}/" in page
    assert "جمع اعتبار <b>۴۱٬۰۰۰</b>" in page
    assert client.get("/export/agreements.csv?on=x").status_code == 422
    exported = client.get(f"/export/agreements.csv?on={on}").content.decode("utf-8-sig")
    assert "41000" in exported and "50000" not in exported
    before = jalali.format_iso(day - dt.timedelta(days=1))
    page = client.get(f"/agreements/?on={before}").content.decode()
    assert f"/agreements/capital/{first.pk}/" in page
    assert "جمع اعتبار <b>۵۰٬۰۰۰</b>" in page
    for by in totals.BY:
        page = client.get(f"/agreements/totals/?on={on}&by={by}").content.decode()
        assert "۴۱٬۰۰۰" in page, by
    assert client.get("/agreements/totals/?on=1405/13/01").status_code == 422


def test_the_county_of_expense_credit_is_that_of_form_7(cast: Cast) -> None:
    """Where a version has no form 7, it is the agency's county."""
    draft = drafted(cast, "expense")
    draft.draft["7"] = {"": {f"k{cast.county2.code}": {"county": cast.county2.code, "amount": "30000"}}}
    draft.save(update_fields=["draft"])
    advance(cast, "expense", draft, "exchanged")
    country = cast.national_organization
    line = (
        factories.make_programme(country),
        factories.make_expense_chapter(country),
        factories.make_source(country),
    )
    factories.make_expense_agreement(cast.agency2, cast.fiscal_year, {line: 40_000})
    found = totals.read(
        cast.consolidation, "expense", "county", cast.fiscal_year.starts_on, year=cast.fiscal_year
    )
    wanted = {cast.county2.name: 30_000}
    wanted[cast.agency2.county.name] = wanted.get(cast.agency2.county.name, 0) + 40_000
    assert {row.title: row.credit for row in found.rows} == wanted


def test_totals_differ_where_an_amendment_was_recorded_late(cast: Cast) -> None:
    start = cast.fiscal_year.starts_on
    laid(cast, line_of(cast), [(30, 100, 700)])  # from the 30th day on, recorded on the 100th
    known = jalali.format_iso(start + dt.timedelta(days=60))
    asked = f"/agreements/totals/?kind=expense&on={jalali.format_iso(start + dt.timedelta(days=45))}"
    client = cast.client("consolidation")
    page = client.get(f"{asked}&known={known}").content.decode()
    assert "۵۰۰" in page and "۷۰۰" in page and "<b>۲۰۰</b>" in page
    assert "۵۰۰" not in client.get(asked).content.decode()
