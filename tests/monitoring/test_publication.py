"""When figures may be called final, and what follows when they change after that."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from agreements.models import ExtensionRequest, PeriodWindow
from agreements.workflow import periods
from budget_portal import outbox
from budget_portal.errors import WrongState
from budget_portal.models import Alert
from reports.models import SupervisionReport
from tests.builders import make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_submission
from tests.reports.making import Neighbour, make_report

pytestmark = pytest.mark.django_db


def publish(cast: Cast, **scope: object) -> str:
    window = cast.window("expense", **scope)  # type: ignore[arg-type]
    PeriodWindow.objects.filter(pk=window.pk).update(state="closed")
    return periods.publish_window(window.pk, by=cast.consolidation).state


def test_a_window_without_approved_figures_is_not_published(cast: Cast) -> None:
    make_submission(cast, "submitted", kind="expense")
    with pytest.raises(WrongState, match="هیچ پرونده‌ای"):
        publish(cast)


@pytest.mark.parametrize("state", ["treasurer_confirmed", "under_review", "expert_reviewed"])
def test_what_waits_for_the_organization_stops_it(cast: Cast, state: str) -> None:
    make_submission(cast, "approved", kind="expense")
    make_submission(cast, state, kind="expense", agency=cast.agency2)
    with pytest.raises(WrongState, match=cast.agency2.name):
        publish(cast)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_an_agency_owes_does_not(cast: Cast, state: str) -> None:
    """Reports name it as absent."""
    make_submission(cast, "approved", kind="expense")
    make_submission(cast, state, kind="expense", agency=cast.agency2)
    assert publish(cast) == "published"


def test_other_kinds_and_windows_of_groups_are_not_asked(cast: Cast) -> None:
    make_submission(cast, "approved", kind="expense")
    make_submission(cast, "under_review", kind="capital")
    make_submission(cast, "under_review", kind="expense", agency=cast.agency2)
    cast.window("expense", group=cast.agency2.sector_group)
    assert cast.agency2.sector_group != cast.agency.sector_group
    assert publish(cast) == "published"


def test_an_extension_that_runs_stops_it(cast: Cast) -> None:
    make_submission(cast, "approved", kind="expense")
    asked = ExtensionRequest.objects.create(
        window=cast.window("expense"), agency=cast.agency2, reason="اسناد",
        requested_by=cast.agency_user2, until=timezone.localdate() + dt.timedelta(days=2),
    )  # fmt: skip
    asked.state, asked.decided_by, asked.decided_at = "granted", cast.consolidation, timezone.now()
    asked.save()
    with pytest.raises(WrongState, match="مهلت"):
        publish(cast)


def test_the_button_says_why(cast: Cast) -> None:
    make_submission(cast, "approved", kind="expense")
    make_submission(cast, "under_review", kind="expense", agency=cast.agency2)
    PeriodWindow.objects.filter(kind="expense").update(state="closed")
    page = cast.client("consolidation").get("/periods/").content.decode()
    assert cast.agency2.name in page


def test_figures_approved_after_an_edition_ask_for_a_new_one(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    report = make_report(cast, "approved")
    outbox.deliver_all()
    assert not Alert.objects.filter(text__contains=report.number).exists()
    case.reopen().at("approved")
    outbox.deliver_all()
    alert = Alert.objects.get(text__contains=report.number)
    assert (alert.person, alert.url) == (cast.consolidation, "/reports/new/")
    SupervisionReport.objects.filter(pk=make_report(cast).pk).update(supersedes=report)
    make_expense_case(Neighbour(cast), filled=True).at("approved")
    outbox.deliver_all()
    assert Alert.objects.filter(text__contains=report.number).count() == 1  # the new one is on its way
