"""What follows from moves: drafts of an opened window, and a word to whoever is next."""

from __future__ import annotations

import pytest
from django.core import mail

from agreements.workflow import periods
from budget_portal import outbox
from budget_portal.models import Alert, OutboxMessage
from monitoring.models import PerformanceSubmission
from monitoring.workflow import submissions
from tests.builders import REASON, make_capital_case, make_expense_case
from tests.cast import Cast

OTHER = "اصلاح این رقم در مقطع بعد انجام می‌شود و بازگشایی لازم نیست."

pytestmark = pytest.mark.django_db


def told(cast: Cast) -> dict[str, list[str]]:
    """Deliver what waits; person → alerts, then forget them."""
    assert outbox.deliver_all() >= 0
    assert not OutboxMessage.objects.filter(done_at=None).exclude(error="").exists()
    found: dict[str, list[str]] = {}
    for alert in Alert.objects.select_related("person"):
        found.setdefault(alert.person.username, []).append(alert.text)
    Alert.objects.all().delete()
    return found


def test_an_opened_window_opens_the_drafts_of_its_agencies(cast: Cast) -> None:
    make_capital_case(cast, draft=False, window="planned")
    assert cast.agency2  # has no agreement, so nothing to report
    window = cast.window("capital", state="planned")
    periods.open_window(window.pk, by=cast.deputy)
    assert cast.agency_user
    assert list(told(cast)) == ["agency_user"]
    row = PerformanceSubmission.objects.get()
    assert (row.agency, row.state) == (cast.agency, "draft")


def test_a_groups_own_window_leaves_other_groups_alone(cast: Cast) -> None:
    make_expense_case(cast, draft=False, window="planned")
    make_expense_case(cast, agency=cast.agency2, draft=False, window="planned")
    window = cast.window("expense", group=cast.group2, state="planned")
    periods.open_window(window.pk, by=cast.deputy)
    told(cast)
    assert [row.agency for row in PerformanceSubmission.objects.all()] == [cast.agency2]


def test_each_step_tells_whoever_is_next(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    for person in ("agency_user", "agency_head", "treasurer", "expert", "consolidation", "deputy"):
        assert cast.person(person)
    told(cast)
    case.at("submitted")
    assert list(told(cast)) == ["treasurer"]
    case.send_back()
    returned = told(cast)
    assert list(returned) == ["agency_user"]
    assert REASON in returned["agency_user"][0]
    case.at("treasurer_confirmed")
    assert set(told(cast)) == {"treasurer", "expert"}
    case.at("expert_reviewed")
    assert list(told(cast)) == ["consolidation"]
    case.approve()
    assert set(told(cast)) == {"agency_user", "agency_head"}
    submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    assert list(told(cast)) == ["deputy"]
    submissions.decline_reopening(case.submission.pk, by=cast.deputy, reason=OTHER)
    declined = told(cast)
    assert list(declined) == ["consolidation"]
    assert f"«{OTHER}»." in declined["consolidation"][0]
    submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    told(cast)
    submissions.reopen(case.submission.pk, by=cast.deputy)
    assert list(told(cast)) == ["agency_user"]


def test_strangers_hear_nothing_and_twice_is_once(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    for person in ("treasurer", "treasurer2", "far_treasurer"):
        assert cast.person(person)
    case.at("submitted")
    told(cast)
    message = OutboxMessage.objects.get(event="submission.submitted")
    assert [letter.to for letter in mail.outbox] == [[cast.treasurer.email]]
    kept = Alert.objects.create(person=cast.treasurer, text="پیش‌تر گفته شد", outbox=message)
    OutboxMessage.objects.filter(pk=message.pk).update(done_at=None)
    outbox.deliver(message.pk)
    assert len(mail.outbox) == 1
    assert Alert.objects.get() == kept
