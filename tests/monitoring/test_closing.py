"""What keeps a cut-off from closing, who is absent on record, the reminder, and the typed closing."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from agreements.models import PeriodWindow
from agreements.workflow import periods
from budget_portal import outbox
from budget_portal.errors import WrongState
from budget_portal.models import Alert, AuditEntry
from monitoring.closing import absences, reminders
from monitoring.closing.blockers import blockers, said
from monitoring.consolidation import matrix
from monitoring.models import SourceConflict
from monitoring.presenters.timeliness import history
from tests.builders import REASON, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.test_conflicts import pay

pytestmark = pytest.mark.django_db


def found(cast: Cast) -> set[tuple[str, str, int]]:
    rows = blockers(cast.consolidation, matrix(cast.consolidation, cast.period())).found
    return {(one.agency.code, one.sort, one.count) for one in rows}


def test_every_blocker_names_what_is_left(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    make_expense_case(cast, agency=cast.agency2)
    assert ("1002", "lines", 4) in found(cast)
    case.at("submitted")
    assert ("1001", "unconfirmed", 1) in found(cast)
    case.at("under_review")
    assert {("1001", "review", 1), ("1001", "visits", 1)} <= found(cast)
    case.at("expert_reviewed")
    assert ("1001", "approval", 1) in found(cast)
    case.at("approved")
    assert {code for code, _, _ in found(cast)} == {"1002"}
    rows = blockers(cast.consolidation, matrix(cast.consolidation, cast.period()))
    assert said(rows.found) == "۴ ردیف ثبت‌نشده"
    body = cast.client("consolidation").get(reverse("monitoring:blockers", args=[case.period.code]))
    assert "ثبت غیبت" in body.content.decode()


def test_who_is_absent_on_record_blocks_nothing(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    make_expense_case(cast, agency=cast.agency2)
    window, client = cast.window("expense"), cast.client("consolidation")
    with pytest.raises(WrongState, match=cast.agency2.name):
        periods.close_window(window.pk, by=cast.deputy)
    url = reverse("monitoring:absence-record", args=[cast.period().code, cast.agency2.code, "expense"])
    assert client.post(url, {"reason": "کوتاه"}).status_code == 422
    assert client.post(url, {"reason": REASON}).status_code == 302
    assert client.post(url, {"reason": REASON}).status_code == 409
    assert not found(cast)
    page = reverse("monitoring:cutoff-close", args=[cast.period().code])
    deputy = cast.client("deputy")
    assert deputy.post(page, {"window": window.pk, "typed": "بستن"}).status_code == 422
    assert deputy.post(page, {"window": window.pk, "typed": "بستن مقطع شهريور 1405"}).status_code == 302
    assert PeriodWindow.objects.get(pk=window.pk).state == "closed"
    row = cast.agency2.absences.get()
    absences.withdraw(row.pk, by=cast.consolidation)
    publishing = {"window": window.pk, "typed": "انتشار مقطع شهریور ۱۴۰۵"}
    assert client.post(page, publishing).status_code == 409
    absences.record(cast.agency2.pk, cast.period(), "expense", by=cast.consolidation, reason=REASON)
    assert client.post(page, publishing).status_code == 302
    assert PeriodWindow.objects.get(pk=window.pk).packages.count() == 1
    assert "شمارهٔ ۲" in client.get(page).content.decode()


def test_nobody_is_absent_from_a_cut_off_that_is_not_open(cast: Cast) -> None:
    url = reverse("monitoring:absence-record", args=[cast.period().code, cast.agency2.code, "expense"])
    client = cast.client("consolidation")
    for state in (None, "planned"):
        if state:
            cast.window("expense", state=state)
        refused = client.post(url, {"reason": REASON})
        assert (refused.status_code, absences.UNOPENED in refused.content.decode()) == (409, True)
    PeriodWindow.objects.update(state="open")
    assert client.post(url, {"reason": REASON}).status_code == 302


def test_the_date_closes_a_window_whoever_is_missing(cast: Cast) -> None:
    make_expense_case(cast, agency=cast.agency2)
    assert periods.close_window(cast.window("expense").pk, by=None).state == "closed"


def test_a_reminder_reaches_who_holds_the_figures_and_not_too_often(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    url = reverse("monitoring:remind", args=[case.period.code, case.agency.code])
    client = cast.client("consolidation")
    desk = reverse("monitoring:consolidation", args=[case.period.code])
    assert url in client.get(desk).content.decode()
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    assert url not in client.get(desk).content.decode()
    outbox.deliver_all()
    alert = Alert.objects.get(text__startswith="یادآوری")
    assert alert.person == cast.agency_user
    assert re.search("۰ ردیف از ۴ ردیف", alert.text)
    entry = AuditEntry.objects.get(event="agency.reminded")
    assert entry.after == {"period": case.period.code, "roles": ["agency_user"]}
    case.at("submitted")
    assert reminders.waiting_roles(case.agency, case.period) == ["treasurer"]
    case.at("expert_reviewed")
    assert reminders.waiting_roles(case.agency, case.period) == []


def test_conflicts_come_first_and_finished_ones_last(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    case = make_capital_case(cast, projects=1, filled=True)
    pay(case, 30_000)
    case.at("submitted")
    assert SourceConflict.objects.count() == 1
    url = reverse("monitoring:consolidation", args=[case.period.code])
    body = cast.client("consolidation").get(f"{url}?show=conflicts").content.decode()
    assert "بررسی مغایرت" in body
    assert "۱ مغایرت بی‌توضیح" in body
    table = reverse("ground:export", args=["desk", "csv"])
    listed = cast.client("consolidation").get(f"{table}?period={case.period.code}")
    assert case.agency.name in listed.content.decode()


def words_of(cast: Cast) -> list[str]:
    rows = history(cast.consolidation).rows
    return [said.word for row in rows for _, cell in row.cells for said in cell]


def test_timeliness_is_counted_by_agencies_and_by_credit(cast: Cast) -> None:
    make_expense_case(cast, filled=True, credit=30_000).at("submitted")
    make_expense_case(cast, agency=cast.agency2, credit=10_000)
    (column,) = history(cast.consolidation).columns
    assert (column.on_time, column.due) == (1, 2)
    assert (column.timely_credit.numerator, column.timely_credit.denominator) == (60_000, 80_000)
    assert words_of(cast) == ["به‌موقع", "مهلت باز"]
    PeriodWindow.objects.update(opens_on="2020-01-01", entry_due="2020-01-02")
    assert words_of(cast) == ["دیر", "نرسیده"]
    absences.record(cast.agency2.pk, cast.period(), "expense", by=cast.consolidation, reason=REASON)
    body = cast.client("auditor").get(reverse("monitoring:timeliness")).content.decode()
    assert "غایب" in body
    assert "۷۵٫۰" in body
