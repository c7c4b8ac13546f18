"""Who reads which figures: nobody but the agency its draft, viewers what is approved, counties their own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from monitoring.models import CapitalFinanceLine, OperationProgress, PerformanceSubmission, ProjectProgress
from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_document

pytestmark = pytest.mark.django_db
FIGURES = (CapitalFinanceLine, ProjectProgress, OperationProgress)
LIST = "/api/v1/submissions/"


@pytest.mark.parametrize("name", ["expert", "consolidation", "auditor", "county_viewer", "national"])
def test_figures_in_the_making_are_the_agencys_own(cast: Cast, name: str) -> None:
    make_capital_case(cast, filled=True, projects=1)
    for model in FIGURES:
        assert not model.objects.for_user(cast.person(name)).exists()
        assert model.objects.for_user(cast.agency_user).exists()


@pytest.mark.parametrize(("name", "sees"), [("expert", True), ("county_viewer", False), ("national", False)])
def test_viewers_read_what_is_approved(cast: Cast, name: str, sees: bool) -> None:
    case = make_capital_case(cast, filled=True, projects=1).at("submitted")
    client, one = cast.client(name), f"{LIST}{case.submission.pk}/"
    for model in (PerformanceSubmission, *FIGURES):
        assert model.objects.for_user(cast.person(name)).exists() is sees
    assert bool(client.get(LIST).json()["results"]) is sees
    assert client.get(one).status_code == (200 if sees else 404)
    case.at("approved")
    assert client.get(one).status_code == 200
    for model in FIGURES:
        assert model.objects.for_user(cast.person(name)).exists()


def test_a_county_reads_no_form_that_holds_projects_of_other_counties(cast: Cast) -> None:
    """The agency sits in the county; its capital form is about the whole province (decision 7)."""
    case = make_capital_case(cast, filled=True, projects=1)
    document = make_document(cast, case.submission)
    capital = case.at("approved").submission
    expense = make_expense_case(cast, filled=True).at("approved").submission
    client = cast.client("county_viewer")
    for url in (
        reverse("monitoring:review-detail", args=[capital.pk]),
        reverse("monitoring:review-receipt", args=[capital.pk]),
        reverse("monitoring:documents", args=[capital.pk]),
        reverse("monitoring:document", args=[document.pk]),
    ):
        assert client.get(url).status_code == 404, url
    assert client.get(reverse("monitoring:review-detail", args=[expense.pk])).status_code == 200
    page = client.get(reverse("monitoring:project", args=[capital.agency.projects.get().code]))
    assert reverse("monitoring:review-detail", args=[capital.pk]) not in page.content.decode()
