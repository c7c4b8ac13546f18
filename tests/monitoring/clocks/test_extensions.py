"""Late entry: asked for with a reason, granted by another person, ends by itself, printed as late."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.models import ExtensionRequest, PeriodWindow
from agreements.workflow import extensions, periods
from budget_portal import jalali, outbox
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert
from monitoring import permissions
from monitoring.models import SubmissionClock
from tests.builders import Case, make_expense_case
from tests.cast import Cast
from tests.states.extension import SAID

pytestmark = pytest.mark.django_db


def small(cast: Cast) -> Case:
    return make_expense_case(cast, chapters=("1",), activities=False, filled=True)


def closed(cast: Cast) -> tuple[Case, PeriodWindow]:
    """A draft whose window ended a week ago."""
    case = small(cast)
    window = PeriodWindow.objects.get(kind="expense", period=case.period, organization=cast.organization)
    ended = jalali.today() - dt.timedelta(days=7)
    PeriodWindow.objects.filter(pk=window.pk).update(opens_on=ended - dt.timedelta(days=20), entry_due=ended)
    periods.close_window(window.pk, by=None)
    window.refresh_from_db()
    return case, window


def ask(cast: Cast, window: PeriodWindow, days: int = 3) -> ExtensionRequest:
    until = jalali.today() + dt.timedelta(days=days)
    return extensions.ask(window.pk, by=cast.agency_user, until=until, reason=SAID)


def test_a_granted_request_opens_entry_until_its_day_and_the_clock_says_late(
    cast: Cast, monkeypatch: Any
) -> None:
    case, window = closed(cast)
    assert not permissions.entry_open(case.submission)
    row = ask(cast, window)
    outbox.deliver_all()
    assert not permissions.entry_open(case.submission)
    extensions.grant(row.pk, by=cast.consolidation, note="پذیرفته شد.")
    outbox.deliver_all()
    assert permissions.entry_open(case.submission)
    assert "پذیرفته شد" in Alert.objects.filter(person=cast.agency_user).latest("pk").text
    clock = SubmissionClock.objects.get(submission=case.submission, sort="entry")
    assert clock.due_on >= row.until
    assert clock.on_time_until < jalali.today()
    real = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: real + dt.timedelta(days=4))
        assert not permissions.entry_open(case.submission)  # it ends by itself
    case.submit()
    clock.refresh_from_db()
    assert clock.late_days >= 3
    assert clock.late_reason == SAID


def test_who_may_ask_and_when(cast: Cast) -> None:
    case, window = closed(cast)
    with pytest.raises(NotAllowed):
        extensions.ask(window.pk, by=cast.treasurer, until=jalali.today(), reason=SAID)
    with pytest.raises(RuleBroken):
        extensions.ask(window.pk, by=cast.agency_user, until=window.entry_due, reason=SAID)
    with pytest.raises(RuleBroken):
        extensions.ask(
            window.pk, by=cast.agency_user, until=window.publication_on + dt.timedelta(1), reason=SAID
        )
    with pytest.raises(RuleBroken):
        extensions.ask(window.pk, by=cast.agency_user, until=jalali.today(), reason="دیر شد")
    first = ask(cast, window)
    with pytest.raises(WrongState):
        ask(cast, window)
    extensions.withdraw(first.pk, by=cast.agency_user)
    second = ask(cast, window)
    extensions.grant(second.pk, by=cast.consolidation)
    case.submit()
    with pytest.raises(WrongState):
        ask(cast, window)


def test_the_asker_never_decides(cast: Cast) -> None:
    _, window = closed(cast)
    row = ask(cast, window)
    both = cast.agency_user.act_through(cast.membership(cast.agency_user, "consolidation", cast.organization))
    with pytest.raises(NotAllowed):
        extensions.grant(row.pk, by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.filter(pk=row.pk).update(
            state="granted", decided_by=cast.agency_user, decided_at=timezone.now()
        )


def test_what_was_asked_stays_as_it_was_asked(cast: Cast) -> None:
    _, window = closed(cast)
    row = ask(cast, window)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.filter(pk=row.pk).update(until=row.until + dt.timedelta(days=30))
    extensions.refuse(row.pk, by=cast.consolidation, note=SAID)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.filter(pk=row.pk).update(decision_note="دیگر")


def test_the_pages_carry_a_request_from_the_agency_to_the_desk_and_back(cast: Cast) -> None:
    _, window = closed(cast)
    agency, desk = cast.client("agency_user"), cast.client("consolidation")
    until = jalali.format_iso(jalali.today() + dt.timedelta(days=3))
    assert (
        agency.post("/entry/extension/", {"window": window.pk, "until": until, "reason": "کوتاه"}).status_code
        == 422
    )
    assert (
        agency.post("/entry/extension/", {"window": window.pk, "until": until, "reason": SAID}).status_code
        == 302
    )
    row = ExtensionRequest.objects.get()
    assert SAID in desk.get("/consolidation/extensions/").content.decode()
    refused = desk.post(f"/consolidation/extensions/{row.pk}/refuse/", {"note": "نه"})
    assert refused.status_code == 422
    assert desk.post(f"/consolidation/extensions/{row.pk}/grant/", {"note": ""}).status_code == 302
    assert "پذیرفته" in agency.get("/entry/extension/").content.decode()
