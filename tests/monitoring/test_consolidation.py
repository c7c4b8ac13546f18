"""The matrix of a cut-off and the final review: counts of steps, figures, decisions, reopening."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from agreements.models import PeriodWindow
from agreements.workflow import periods
from budget_portal.errors import WrongState
from monitoring import remarks
from monitoring.consolidation import matrix, standing_of
from monitoring.models import LineDecision, PerformanceSubmission, ReturnMark, ReturnReason
from monitoring.presenters import consolidation as printed
from monitoring.review.lines import lines_of
from monitoring.workflow import submissions
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.reports.making import make_report, sign

READ = {"revision": 1}  # what the page shows
pytestmark = pytest.mark.django_db


@pytest.fixture
def reason(db: None) -> ReturnReason:
    return ReturnReason.objects.create(code="evidence", title="مستند ناقص یا ناخوانا")


def page(case: Case, name: str = "final-review", *more: str) -> str:
    return reverse(f"monitoring:{name}", args=[case.period.code, case.agency.code, *more])


def text_of(response: object) -> str:
    """The words of a page, tags and double spaces away."""
    content = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


# --- counting ---------------------------------------------------------------------------------------------------


def test_steps_count_rows_of_both_kinds(cast: Cast) -> None:
    make_capital_case(cast, projects=2)
    make_expense_case(cast, filled=True).at("submitted")
    standing = matrix(cast.consolidation, cast.period()).agencies[0]
    # two projects, two lines (chapters 1 and 2) and two activities
    assert standing.rows == 6
    assert (standing.entered.done, standing.confirmed.done, standing.approved.done) == (4, 0, 0)
    assert (standing.visits.done, standing.visits.total) == (0, 3)
    assert not standing.is_ready
    assert not standing.is_finished


def test_the_last_step_follows_windows_and_reports(cast: Cast) -> None:
    """It was always to be done, also when the report was long published."""
    case = make_expense_case(cast, filled=True).at("expert_reviewed")

    def last() -> tuple[str, str]:
        step = printed.steps(cast.consolidation, matrix(cast.consolidation, case.period))[-1]
        return step.note, step.state

    assert last() == ("معاونت بودجه", "todo")
    case.approve()
    assert last() == ("معاونت بودجه", "current")
    windows = PeriodWindow.objects.filter(organization=cast.organization, period=case.period)
    for window in windows:
        periods.close_window(window.pk, by=cast.deputy)
        periods.publish_window(window.pk, by=cast.consolidation)
    assert last() == ("ارقام منتشر شد؛ در نوبت گزارش", "current")
    make_report(cast, "approved", far=True)
    report = make_report(cast, "reviewed")
    assert last() == ("ویرایش ۱: بررسی شد", "current")
    sign(report, [cast.consolidation, cast.deputy, cast.head])
    assert last() == ("ویرایش ۱: تصویب و منتشر شد", "done")


def test_a_kind_that_nobody_opened_is_still_due(cast: Cast) -> None:
    make_capital_case(cast, projects=3, draft=False)
    found = matrix(cast.consolidation, cast.period())
    assert [(part.kind, part.state, part.rows) for part in found.parts] == [("capital", "", 3)]
    assert found.coverage.done == 0
    assert found.coverage.total == 1
    assert found.clocks is None
    assert printed.row(found.agencies[0], cast.period()).waiting == "هنوز آغاز نشده"


def test_approved_counts_in_agencies_and_credit(cast: Cast) -> None:
    make_expense_case(cast, filled=True, credit=30_000).at("approved")
    make_expense_case(cast, agency=cast.agency2, credit=10_000)
    found = matrix(cast.consolidation, cast.period())
    assert (found.coverage.done, found.coverage.total) == (1, 2)
    assert found.credit_coverage.percent == Decimal("75.00")
    assert "۱ از ۲ دستگاه" in printed.finding(found).text
    assert "۷۵٫۰ درصد اعتبار" in printed.finding(found).text


def test_held_lines_are_in_no_figure(cast: Cast) -> None:
    from monitoring import entry

    case = make_expense_case(cast, filled=True)
    line = case.lines[0]
    spent = line.spent
    case.type(line, "spent", line.allocated_cash * 2)  # over what was received: V3 blocks
    entry.hold("expense", line.pk, by=cast.agency_user)
    case.at("approved")
    after = matrix(cast.consolidation, cast.period()).agencies[0]
    assert after.spent == 16_000 - spent
    assert (after.approved.done, after.approved.total) == (3, 4)
    assert after.held == 1
    body = text_of(cast.client("consolidation").get(page(case)))
    assert "ردیف‌های نگه‌داشته (۱)" in body


def test_figures_in_the_making_are_the_agencys_own(cast: Cast) -> None:
    make_expense_case(cast, filled=True)
    make_capital_case(cast, filled=True)
    (row,) = matrix(cast.consolidation, cast.period()).agencies
    assert (row.spent, row.deviation, row.absorption.percent) == (None, None, None)
    assert row.entered.done == row.rows  # how far it is, everybody may know


def test_sent_ratio_keeps_both_terms(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("submitted")
    ratio = matrix(cast.consolidation, cast.period()).absorption
    assert (ratio.numerator, ratio.denominator) == (16_000, 20_000)


def test_a_figure_not_entered_is_a_dash_and_in_no_ratio(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("submitted")
    make_expense_case(cast, agency=cast.agency2)
    found = matrix(cast.consolidation, cast.period())
    assert [row.spent for row in found.agencies] == [16_000, None]
    assert found.absorption.denominator == 20_000
    assert "۱ از ۲ دستگاه" in printed.total_note(found)


def test_late_is_who_missed_the_date_of_the_step(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("submitted")
    window = cast.window("expense")
    assert not matrix(cast.consolidation, cast.period()).agencies[0].is_late
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    type(window).objects.filter(pk=window.pk).update(
        opens_on=yesterday - dt.timedelta(days=9), entry_due=yesterday, treasurer_due=yesterday
    )
    assert standing_of(cast.consolidation, case.period, case.agency).is_late  # type: ignore[union-attr]


def test_queries_do_not_grow_with_agencies(cast: Cast, django_assert_max_num_queries: object) -> None:
    for number in range(5):
        agency = Agency.objects.create(
            organization=cast.organization,
            sector_group=cast.group,
            county=cast.county,
            code=f"30{number}",
            name=f"دستگاه {number}",
        )
        make_expense_case(cast, agency=agency)
        make_capital_case(cast, agency=agency, projects=1)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert len(matrix(cast.consolidation, cast.period()).agencies) == 5


# --- the page ---------------------------------------------------------------------------------------------------


def test_matrix_filters_and_says_what_is_ready(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("expert_reviewed")
    make_expense_case(cast, agency=cast.agency2)
    client = cast.client("consolidation")
    url = reverse("monitoring:consolidation", args=[cast.period().code])
    assert client.get("/consolidation/").url == url
    body = text_of(client.get(url))
    assert "۱ دستگاه آمادهٔ تأیید نهایی است." in body
    assert "بررسی و تأیید نهایی" in body
    only = client.get(f"{url}?show=ready").content.decode()
    assert cast.agency.name in only
    assert cast.agency2.name not in only
    assert cast.agency2.name in client.get(f"{url}?group=social").content.decode()


def test_period_without_window_has_no_page(cast: Cast) -> None:
    assert cast.client("consolidation").get("/consolidation/1405-Q9/").status_code == 404


def test_approval_stops_at_the_page_of_who_reviewed(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("expert_reviewed")
    client = cast.client("consolidation")
    body = text_of(client.get(page(case)))
    for person in (cast.agency_user, cast.treasurer, cast.expert):
        assert person.full_name in body
    assert "روز کاری" in body
    unread = client.post(page(case, "approve", "expense"))
    assert unread.status_code == 409
    assert submissions.REPLACED in unread.content.decode()
    assert client.post(page(case, "approve", "expense"), READ).status_code == 302
    assert case.submission.state == "approved"
    assert case.submission.approved_by == cast.consolidation


def test_approval_asks_the_second_factor_again(cast: Cast) -> None:
    assert "consolidation" in settings.SECOND_FACTOR_ROLES
    case = make_expense_case(cast, filled=True).at("expert_reviewed")
    stale = cast.sign_in(cast.consolidation, fresh=False)
    response = stale.post(page(case, "approve", "expense"), READ)
    assert response.status_code == 302
    assert "second-factor/again" in response.url
    assert case.submission.state == "expert_reviewed"


def test_missing_visit_disables_the_button_with_its_reason(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("expert_reviewed")
    case.submission.no_visit_reasons.all().delete()
    client = cast.client("consolidation")
    assert "بازدید ۲ مورد هنوز تأیید نشده است" in text_of(client.get(page(case)))
    assert client.post(page(case, "approve", "capital"), READ).status_code == 409


def test_return_names_lines_and_reason(cast: Cast, reason: ReturnReason) -> None:
    case = make_capital_case(cast, filled=True).at("expert_reviewed")
    client, url = cast.client("consolidation"), page(case, "consolidation-return", "capital")
    data = {"rows": f"project:{case.projects[0].pk}", "reason": "کوتاه", "reason_code": reason.pk}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "دست‌کم ۲۰ نویسه" in text_of(refused)
    assert f'value="project:{case.projects[0].pk}"\n' in refused.content.decode()
    assert client.post(url, {**data, "reason": REASON, "rows": "project:999"}).status_code == 422
    assert client.post(url, {**data, "reason": REASON}).status_code == 302
    mark = ReturnMark.objects.get()
    assert (mark.project, mark.stage, mark.reason_code) == (case.projects[0], "consolidation", reason)
    assert case.submission.state == "returned"


def test_one_line_goes_back_from_the_desk_of_lines_to_which_the_final_review_leads(
    cast: Cast, reason: ReturnReason
) -> None:
    case = make_capital_case(cast, filled=True).at("expert_reviewed")
    one, other = (f"project:{project.pk}" for project in case.projects)
    remarks.add(case.submission.pk, "چرا رقم تعهد عوض شد؟", by=cast.expert)
    client, final = cast.client("consolidation"), page(case)
    body = client.get(final).content.decode()
    assert "چرا رقم تعهد عوض شد؟" in body
    detail = reverse("monitoring:review-detail", args=[case.submission.pk])
    assert f"{detail}?line={one}#line" in body
    body = client.get(detail, {"line": one}).content.decode()
    assert "میز ردیف‌های تلفیق" in body
    assert f'href="{final}#capital"' in body
    shown = next(line for line in lines_of(case.submission).values() if str(line.key) == other)
    accepted = client.post(f"{detail}accept/", {**READ, "open": other, "seen": shown.digest[:16]})
    assert accepted.status_code == 302
    assert LineDecision.objects.filter(stage="consolidation", verdict="accepted").count() == 1
    sent = {"open": one, "reason": REASON, "reason_code": reason.pk}
    assert client.post(f"{detail}return/", sent).status_code == 302
    mark = ReturnMark.objects.get()
    assert (mark.project, mark.stage) == (case.projects[0], "consolidation")
    assert case.submission.state == "returned"
    case.type(case.lines[0], "spent", 15_000)
    with pytest.raises(WrongState):
        case.type(case.lines[1], "spent", 15_000)


def test_figures_stand_beside_the_last_approved_cutoff(cast: Cast) -> None:
    case = make_expense_case(cast, previous=True, filled=True).at("expert_reviewed")
    body = text_of(cast.client("consolidation").get(page(case)))
    # 20,000 a year and chapter, two chapters: 8,000 spent at Q1 and 16,000 at Q2, of 10,000 and 20,000 allocated
    assert re.search(r"عملکرد ۸٬۰۰۰ ۱۶٬۰۰۰ \u200e\+۸٬۰۰۰", body)
    assert "۱۶٬۰۰۰ ÷ ۲۰٬۰۰۰" in body
    assert re.search(r"درصد جذب[^۰-۹]+۸۰٫۰ ۸۰٫۰ ۰٫۰", body)


# --- reopening --------------------------------------------------------------------------------------------------


def test_reopening_takes_two_people_and_a_reason(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    desk, deputy = cast.client("consolidation"), cast.client("deputy")
    url = page(case, "ask-reopen", "capital")
    assert deputy.post(url, {"reason": REASON}).status_code == 403
    assert desk.post(url, {"reason": "کوتاه"}).status_code == 422
    assert desk.post(url, {"reason": REASON}).status_code == 302
    assert desk.post(url, {"reason": REASON}).status_code == 409
    opening = reverse("monitoring:reopen", args=[case.submission.pk])
    assert REASON in deputy.get(opening).content.decode()
    matrix_page = deputy.get(reverse("monitoring:consolidation", args=[case.period.code]))
    assert opening in matrix_page.content.decode()
    assert desk.post(opening).status_code == 403
    assert deputy.post(opening, {"rows": f"project:{case.projects[1].pk}"}).status_code == 302
    submission = PerformanceSubmission.objects.get(pk=case.submission.pk)
    assert (submission.state, submission.approved_by) == ("reopened", None)
    assert [mark.project for mark in submission.return_marks.filter(closed_at=None)] == [case.projects[1]]
    assert deputy.get(opening).status_code == 409


def test_the_deputy_declines_on_the_same_page(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    deputy, url = cast.client("deputy"), reverse("monitoring:decline-reopening", args=[case.submission.pk])
    page = reverse("monitoring:reopen", args=[case.submission.pk])
    assert url in deputy.get(page).content.decode()
    assert url not in cast.client("consolidation").get(page).content.decode()
    short = deputy.post(url, {"reason": "کوتاه است"})
    assert short.status_code == 422
    assert "کوتاه است" in short.content.decode()
    assert deputy.post(url, {"reason": REASON}).status_code == 302
    assert deputy.post(url, {"reason": REASON}).status_code == 409
    assert deputy.post(page).status_code == 409
    assert PerformanceSubmission.objects.get(pk=case.submission.pk).state == "approved"


def test_reopening_without_lines_opens_the_whole(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    assert (
        cast.client("deputy").post(reverse("monitoring:reopen", args=[case.submission.pk])).status_code == 302
    )
    mark = ReturnMark.objects.get()
    assert (mark.project, mark.programme, mark.reason) == (None, None, REASON)
