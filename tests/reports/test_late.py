"""What was sent after its time is printed as late, with the reason that was granted."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from budget_portal import jalali
from monitoring.clocks import keeping
from monitoring.models import PerformanceSubmission, SubmissionClock
from monitoring.presenters.deadlines import one_line
from reports.builders import money
from tests.builders import make_expense_case
from tests.cast import Cast

DAY = jalali.parse


@pytest.mark.django_db
def test_an_extended_sending_is_listed_with_days_and_reason(cast: Cast) -> None:
    case = make_expense_case(cast, chapters=("1",), activities=False, filled=True)
    clock = SubmissionClock.objects.get(submission=case.submission, sort="entry")
    clock.on_time_until, clock.late_reason = (
        jalali.today() - dt.timedelta(days=20),
        "سامانهٔ خزانه در دسترس نبود.",
    )
    clock.save()
    case.at("approved")
    asked: Any = SimpleNamespace(submissions={(case.agency.pk, "expense"): case.submission}, name_of=str)
    (late,) = money._late(asked)
    assert (late.sent_on, late.reason) == (timezone.localdate(), "سامانهٔ خزانه در دسترس نبود.")
    assert late.days >= 10


@pytest.mark.django_db
def test_what_was_in_time_is_not_listed(cast: Cast) -> None:
    row = PerformanceSubmission.objects.create(agency=cast.agency, period=cast.period(), kind="capital")
    keeping.start_entry(row)
    assert not SubmissionClock.objects.filter(late_days__gt=0).exists()


@pytest.mark.parametrize(
    ("today", "extension", "is_open", "says"),
    [
        ("1405/08/20", None, True, "تا ۳۰ آبان به‌موقع است؛ پس از آن تنها با تمدید"),
        ("1405/08/20", "1405/09/05", True, "تا ۳۰ آبان به‌موقع است؛ پس از آن تا ۵ آذر با تمدید باز است"),
        (
            "1405/09/02",
            "1405/09/05",
            False,
            "مهلت ثبت به‌موقع ۳۰ آبان گذشت؛ تا ۵ آذر با تمدید می‌توانید ثبت کنید",
        ),
        ("1405/09/02", None, False, "مهلت ثبت به‌موقع ۳۰ آبان گذشت؛ ثبت تنها با تمدیدی ممکن است"),
    ],
)
def test_in_time_and_still_open_are_told_apart(
    today: str, extension: str | None, is_open: bool, says: str
) -> None:
    line = one_line(DAY("1405/08/30"), DAY(extension) if extension else None, None, is_open, DAY(today))
    assert line.startswith(says)


def test_more_time_for_all_keeps_them_in_time() -> None:
    line = one_line(DAY("1405/08/30"), None, DAY("1405/08/20"), True, DAY("1405/08/25"))
    assert line == "مهلت نخست ۲۰ آبان بود و برای همه تمدید شد؛ تا ۳۰ آبان به‌موقع است."
