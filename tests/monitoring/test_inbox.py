"""کارتابل: what waits for each role, with deadline and link, and how often it asks the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements.drafting import saving
from agreements.drafting.spec import Path
from agreements.workflow import versions
from budget_portal import worklist
from budget_portal.digits import to_latin
from monitoring.models import SubmissionClock
from monitoring.workflow import submissions
from tests.agreements.making import advance, drafted
from tests.agreements.making import exchange as advance_to_force
from tests.builders import REASON, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_submission

pytestmark = pytest.mark.django_db


def inbox(cast: Cast, who: str) -> str:
    return str(cast.client(who).get("/inbox/").content.decode())


def titles(user: Any) -> list[str]:
    found = worklist.todo(user)
    assert worklist.count(user) == len(found)  # the header counts without making the items
    return [item.title for item in found]


def test_the_agency_sees_open_windows_before_and_after_it_began(cast: Cast) -> None:
    case = make_capital_case(cast, draft=False)
    assert "هنوز شروع نشده" in inbox(cast, "agency_user")
    from monitoring import opening

    opening.open_submission(case.agency, case.period, "capital", by=cast.agency_user)
    page = inbox(cast, "agency_user")
    assert "۰ از ۲ ردیف کامل" in page
    assert 'href="/entry/1405-Q2/capital/"' in page
    with CaptureQueriesContext(connection) as seen:
        inbox(cast, "agency_user")
    assert len(seen) == 14
    assert "روز مانده" in page


def test_a_window_of_another_group_is_not_ones_own(cast: Cast) -> None:
    cast.window("capital", group=cast.group2)
    assert titles(cast.agency_user) == []
    assert len(titles(cast.agency_user2)) == 1


def test_returned_lines_come_with_their_reason(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("returned")
    page = inbox(cast, "agency_user")
    assert "اصلاح ردیف برگشتی" in page
    assert REASON in page
    assert "open=" in page


def test_each_step_waits_for_its_own_role(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    turns = {
        "submitted": "treasurer",
        "treasurer_confirmed": "expert",
        "under_review": "expert",
        "expert_reviewed": "consolidation",
    }
    for state, who in turns.items():
        case.at(state)
        for name in ("treasurer", "expert", "consolidation", "deputy"):
            assert len(titles(cast.person(name))) == (name == who), (state, name)
    case.at("approved")
    assert titles(cast.deputy) == []
    submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    assert REASON in inbox(cast, "deputy")


def test_the_due_date_is_that_of_the_steps_clock_and_leads_to_its_derivation(cast: Cast) -> None:
    """The same in the inbox and in the queues of treasurer and expert, whatever the window says."""
    case = make_capital_case(cast, filled=True)
    day = timezone.localdate() + dt.timedelta(days=9)
    for state, who, queue in (
        ("submitted", "treasurer", "/review/1405-Q2/"),
        ("treasurer_confirmed", "expert", "/reviews/"),
    ):
        case.at(state)
        clock = (
            SubmissionClock.objects.running().filter(submission=case.submission).exclude(sort="service").get()
        )
        SubmissionClock.objects.filter(pk=clock.pk).update(due_on=day)
        for url in ("/inbox/", queue):
            page = cast.client(who).get(url).content.decode()
            assert f'href="{reverse("monitoring:clock", args=[clock.pk])}"' in page, url
            assert "۹ روز" in page, url


def test_what_others_have_in_hand_is_listed_apart_and_not_counted(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("approved")
    page = inbox(cast, "agency_user")
    assert "در انتظار دیگران و پایان‌یافته" in page
    assert "تأیید نهایی" in page
    assert worklist.count(cast.agency_user) == 0


def test_strangers_have_an_empty_inbox(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("submitted")
    for who in ("treasurer2", "far_treasurer", "expert2", "far_consolidation", "agency_user2"):
        assert "پروژه" not in "".join(titles(cast.person(who))), who
        assert "تأیید عملکرد" not in inbox(cast, who)


def test_agreements_wait_for_pen_signature_review_and_exchange(cast: Cast) -> None:
    turns = ("agency_user", "agency_head", "expert", "consolidation")

    def turn(of: Any) -> list[str]:
        return [
            who
            for who in turns
            if any(str(of.fiscal_year.year) in to_latin(t) for t in titles(cast.person(who)))
        ]

    row = drafted(cast, "capital")
    assert turn(row) == ["agency_user"]
    code = next(iter(row.draft["CA-3"]))
    path = Path("CA-3", code, "", "latest_estimate")
    for text in ("110000", "100000"):  # a reason is missing, then not
        saving.save_cell("capital", row.pk, path, text, seen=None, by=cast.agency_user)
        assert turn(row) == (["agency_user"] if text == "110000" else ["agency_head"])
    assert f'href="/agreements/capital/{row.pk}/"' in inbox(cast, "agency_head")
    advance(cast, "capital", row, "submitted")
    assert turn(row) == ["expert"]
    versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON)
    assert turn(row) == ["agency_user"]
    assert REASON in inbox(cast, "agency_user")
    advance(cast, "capital", row, "expert_approved")
    assert turn(row) == ["consolidation"]
    advance_to_force(row, cast.consolidation)
    assert turn(row) == []


def test_without_a_role_the_page_says_so(cast: Cast) -> None:
    assert "هنوز نقشی به شما داده نشده است" in inbox(cast, "nobody")


@pytest.mark.parametrize(("who", "asks"), [("treasurer", 11), ("consolidation", 14), ("expert", 17)])
def test_thirty_items_ask_as_often_as_three(db: None, who: str, asks: int) -> None:
    state = {"treasurer": "submitted", "expert": "treasurer_confirmed", "consolidation": "expert_reviewed"}[
        who
    ]
    found = []
    for rows in (3, 30):
        cast = Cast()
        with transaction.atomic():
            for number in range(rows if who != "treasurer" else 2):
                kind = "capital" if number % 2 else "expense"
                agency = cast.agency if number < 2 else _another(cast, number)
                make_submission(cast, state, kind=kind, agency=agency)
            client = cast.client(who)
            client.get("/inbox/")
            with CaptureQueriesContext(connection) as seen:
                client.get("/inbox/")
            found.append(len(seen))
            transaction.set_rollback(True)
    assert found == [asks, asks]


def _another(cast: Cast, number: int) -> Any:
    from accounts.models import Agency

    return Agency.objects.create(
        organization=cast.organization,
        sector_group=cast.group,
        county=cast.county,
        code=f"7{number:03}",
        name=f"ادارهٔ {number}",
    )


def test_expense_and_capital_are_two_items(cast: Cast) -> None:
    make_capital_case(cast, draft=False)
    make_expense_case(cast, draft=False)
    assert len(titles(cast.agency_user)) == 2


def test_deadline_then_risk_then_age(cast: Cast) -> None:
    """Of two with one deadline the one with warnings comes first, though the other waits longer."""
    calm = make_expense_case(cast, activities=False, filled=True)
    calm.at("submitted")
    risky = make_capital_case(cast, filled=True)
    risky.type(risky.lines[0], "commitments_open", 90_000)
    risky.at("submitted")
    first, second = worklist.todo(cast.treasurer)
    assert first.due == second.due
    assert first.risk > second.risk == 0
    assert "۱ هشدار" in first.note


def test_urgency_of_equals_is_the_longest_wait() -> None:
    day = dt.date(2026, 11, 22)
    old, new = (dt.datetime(2026, 11, hour, tzinfo=dt.UTC) for hour in (1, 2))
    items = [
        worklist.WorkItem("c", "/", due=None, since=old),
        worklist.WorkItem("b", "/", due=day, since=new),
        worklist.WorkItem("a", "/", due=day, since=old),
        worklist.WorkItem("d", "/", due=day, since=new, risk=1),
    ]
    assert "".join(item.title for item in sorted(items, key=lambda item: item.urgency)) == "dabc"


def test_an_agency_reads_whom_to_ask(cast: Cast) -> None:
    assert cast.expert
    page = cast.client("agency_user").get("/inbox/").content.decode()
    assert "کارشناس بودجهٔ شما" in page
    assert cast.expert.full_name in page
    assert "کارشناس بودجهٔ شما" not in cast.client("consolidation").get("/inbox/").content.decode()
