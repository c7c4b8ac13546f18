"""The treasurer's pages: queue, detail beside the last cut-off, return, confirmation, receipt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budget_portal import jalali
from monitoring import entry
from monitoring.models import ReturnMark, ReturnReason
from monitoring.presenters.review_changes import change
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast

READ = {"revision": 1}  # what the page shows
pytestmark = pytest.mark.django_db

MAKERS = {"capital": make_capital_case, "expense": make_expense_case}


def in_a_week() -> str:
    return jalali.format_date(timezone.localdate() + dt.timedelta(days=7))


def text(response: Any) -> str:
    return str(response.content.decode())


def url(case: Case, step: str = "") -> str:
    return f"/review/{case.submission.pk}/{step}"


def reason(**fields: Any) -> dict[str, Any]:
    code, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    return {"reason_code": code.pk, "reason": REASON, "due_on": "", **fields}


def test_the_queue_says_what_waits_and_what_is_done(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("submitted")
    make_expense_case(cast, filled=True).at("treasurer_confirmed")
    page = text(cast.client("treasurer").get("/review/1405-Q2/"))
    assert "در انتظار تأیید شما (۱)" in page
    assert "تأییدشده (۱)" in page
    assert "مهلت تأیید شما" in page
    assert cast.client("treasurer").get("/review/").url == "/review/1405-Q2/"


def test_nothing_sent_yet(cast: Cast) -> None:
    make_capital_case(cast)
    assert "هنوز چیزی برای تأیید فرستاده نشده است" in text(cast.client("treasurer").get("/review/"))


def test_before_now_change_and_control_stand_side_by_side(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True, filled=True).at("submitted")
    page = text(cast.client("treasurer").get(url(case)))
    for said in ("۸٬۰۰۰", "۱۶٬۰۰۰", "جذب ۸۰٪ از تخصیص ۲۰٬۰۰۰", "برنامه ۴۵٪", "عملیات خاکی", "۲٬۵۰۰", "۵٬۰۰۰"):
        assert said in page, said


def test_expense_lines_bring_their_activities(cast: Cast) -> None:
    case = make_expense_case(cast, previous=True, filled=True).at("submitted")
    page = text(cast.client("treasurer").get(url(case)))
    assert "نگهداری راه (کیلومتر)" in page
    assert "فعالیت‌های برنامه" in page


def test_flags_name_warnings_held_lines_and_missing_evidence(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    case.type(case.lines[0], "commitments_open", "90000")
    case.type(case.lines[1], "spent", "19000")
    entry.hold("capital", case.lines[1].pk, by=case.agency_user)
    case.at("submitted")
    page = text(cast.client("treasurer").get(url(case)))
    assert "۱ هشدار" in page
    assert "نگه‌داشته" in page
    assert "سند ندارد" in page
    second = text(cast.client("treasurer").get(f"{url(case)}?line=project:{case.projects[1].pk}"))
    assert "عملکرد ۱۹٬۰۰۰" in second


def test_the_ticked_lines_go_back_with_their_reason(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("submitted")
    programme, chapter, _ = case.lines_of[1]
    data = reason(rows=f"line:{programme.pk}:{chapter.pk}", due_on=in_a_week())
    assert cast.client("treasurer").post(url(case, "return/"), data).status_code == 302
    mark = ReturnMark.objects.get()
    assert (mark.programme, mark.expense_chapter, mark.reason_code.code) == (programme, chapter, "evidence")
    assert case.submission.state == "returned"


def test_without_a_tick_the_open_line_goes_back(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    key = f"project:{case.projects[1].pk}"
    cast.client("treasurer").post(url(case, "return/"), reason(open=key))
    assert ReturnMark.objects.get().project == case.projects[1]


def test_the_whole_may_go_back(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    cast.client("treasurer").post(url(case, "return/"), reason(rows="whole"))
    mark = ReturnMark.objects.get()
    assert (mark.project, mark.programme) == (None, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "کوتاه"}, "دست‌کم ۲۰ نویسه"),
        ({"reason_code": ""}, "«دلیل برگشت» را انتخاب کنید"),
        ({"due_on": "1400/01/01"}, "از امروز تا یک سال"),
        ({"due_on": "1499/01/01"}, "از امروز تا یک سال"),
        ({"reason": "\u200b" * 30}, "دست‌کم ۲۰ نویسه"),
        ({"due_on": "فردا"}, "خوانده نشد"),
        ({"rows": "project:999999"}, "ردیفی را که برگشت می‌دهید"),
    ],
)
def test_a_return_that_is_not_clear_stays_on_the_page(cast: Cast, fields: dict[str, str], said: str) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    data = reason(rows=f"project:{case.projects[0].pk}") | fields
    answer = cast.client("treasurer").post(url(case, "return/"), data)
    assert answer.status_code == 422
    assert said in text(answer)
    assert (fields.get("reason") or REASON) in text(answer)  # nothing typed is lost
    assert case.submission.state == "submitted"


def test_confirmation_leads_to_the_receipt(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted").accept()
    page = text(cast.client("treasurer").post(url(case, "confirm/"), READ, follow=True))
    assert "گواهی تأیید عملکرد" in page
    assert case.submission.snapshots.get(event="treasurer_confirmed").digest in page
    assert str(case.treasurer) in page
    assert case.submission.state == "treasurer_confirmed"


def test_signing_asks_the_code_again(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    client = cast.sign_in(cast.treasurer, fresh=False)
    assert "second-factor" in client.post(url(case, "confirm/"), READ).url
    assert case.submission.state == "submitted"


def test_who_entered_cannot_confirm_and_reads_why(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    case.submission.authors.create(person=cast.treasurer, revision=1)
    client = cast.client("treasurer")
    page = text(client.get(url(case)))
    assert "aria-disabled" in page
    assert "ثبت‌کنندهٔ همین پرونده نمی‌تواند این گام را بردارد" in page
    assert client.post(url(case, "confirm/"), READ).status_code == 403


def test_twice_is_a_conflict_not_a_second_confirmation(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("treasurer_confirmed")
    answer = cast.client("treasurer").post(url(case, "confirm/"), READ)
    assert answer.status_code == 409
    assert "وضعیت کنونی «تأیید ذیحساب» است" in text(answer)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        *(
            (who, "این کار با نقش «ذیحساب» انجام می‌شود")
            for who in ("agency_user", "agency_head", "deputy", "auditor")
        ),
        ("expert", "این کار با نقش «ذیحساب» انجام می‌شود"),
        ("consolidation", "میز ردیف‌های تلفیق"),
    ],
)
def test_others_read_and_see_why_the_buttons_rest(cast: Cast, who: str, said: str) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    page = text(cast.client(who).get(url(case)))
    assert said in page
    assert 'form="confirm"' not in page


def test_figures_in_the_making_are_the_agencys_own(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    assert cast.client("agency_head").get(url(case)).status_code == 200
    for who in ("expert", "consolidation", "auditor", "county_viewer", "national"):
        assert cast.client(who).get(url(case)).status_code == 404, who
    case.at("approved")
    for who in ("expert", "consolidation", "auditor", "national"):
        assert cast.client(who).get(url(case)).status_code == 200, who
    # A capital form holds projects of many counties; a county reads its own one by one.
    assert cast.client("county_viewer").get(url(case)).status_code == 404


def test_a_mended_line_is_marked(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("returned")
    case.type(case.lines[0], "spent", "15000")
    case.submit()
    page = text(cast.client("treasurer").get(url(case)))
    assert page.count("اصلاح‌شده پس از برگشت") == 1
    assert "پیش‌تر برگشت داده شد" in page


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [(None, 5, "—"), (5, None, "—"), (5, 5, "بدون تغییر"), (0, 5, "۵"), (20, 25, "(۲۵٪)"), (25, 20, "(۲۰٪)")],
)
def test_change_in_words(before: int | None, now: int | None, said: str) -> None:
    assert said in change(before, now)


@pytest.mark.parametrize("kind", MAKERS)
def test_thirty_lines_ask_as_often_as_three(db: None, kind: str) -> None:
    found = []
    for rows in (3, 30):
        who = Cast()
        with transaction.atomic():
            size = {"projects": rows} if kind == "capital" else {"programmes": rows}
            case = MAKERS[kind](who, **size).at("submitted")
            client = who.client("treasurer")
            client.get(url(case))
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url(case)).status_code == 200
            found.append(len(seen))
            transaction.set_rollback(True)
    assert found[0] == found[1], found
