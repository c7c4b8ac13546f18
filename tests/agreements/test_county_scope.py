"""The county of a capital allocation is the project's, of an expense allocation the agency's (decision 7)."""

import pytest

from agreements.models import AllocationLine
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_allocations_of_a_project_are_its_countys(cast: Cast) -> None:
    national, period = cast.national_organization, cast.period("Q1")
    source = factories.make_source(national)
    elsewhere = factories.make_project(cast.agency, county=cast.county2)
    capital = {"project": elsewhere, "funding_source": source, "amount": 5}
    expense = {
        "programme": factories.make_programme(national),
        "expense_chapter": factories.make_expense_chapter(national),
        "funding_source": source,
        "amount": 7,
    }
    factories.make_allocation(cast.agency, period, "capital", [capital], by=cast.consolidation)
    factories.make_allocation(cast.agency, period, "expense", [expense], by=cast.consolidation)

    def seen(name: str) -> list[int]:
        return list(AllocationLine.objects.for_user(cast.person(name)).values_list("amount", flat=True))

    assert seen("county_viewer") == [7]
    assert seen("county_viewer2") == [5]
    assert sorted(seen("agency_user")) == [5, 7]
