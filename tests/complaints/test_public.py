"""The public front: approved figures only, promises measured only where there is enough."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils import timezone

from budget_portal.digits import to_persian
from complaints import figures, promises
from complaints.help_pages import PAGES
from complaints.models import Complaint
from monitoring import entry
from monitoring.models import PerformanceSubmission
from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast
from tests.complaints.making import make_case

pytestmark = pytest.mark.django_db
NOTHING = "هنوز رقم تأییدشده‌ای نیست"


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_is_said_before_the_first_approval(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("expert_reviewed")
    assert NOTHING in page("/")
    assert NOTHING in page("/open/")
    assert Client().get("/open/figures.csv").status_code == 404
    assert figures.sentences() == []


def test_sentence_and_table_show_what_was_approved_and_nothing_else(cast: Cast) -> None:
    approved = make_capital_case(cast, filled=True, projects=1).at("approved")
    make_expense_case(cast, filled=True).at("submitted")
    (line,) = approved.lines
    (sentence,) = figures.sentences()
    assert (sentence.figures.allocated, sentence.figures.spent) == (line.allocated, line.spent)
    assert sentence.agencies == sentence.of_agencies == 1
    front = page("/")
    assert "۲۰ میلیارد ریال تخصیص، ۱۶ میلیارد ریال (۸۰٪)" in front
    assert "۱ از ۱ دستگاه" in front
    shown = page("/open/")
    assert cast.agency.name in shown
    assert "۲۰٬۰۰۰" in shown
    assert "۱۶٬۰۰۰" in shown


def test_the_day_of_the_last_approval_is_a_day_in_tehran(cast: Cast) -> None:
    """Half past midnight there is still yesterday in UTC."""
    case = make_capital_case(cast, filled=True, projects=1).at("approved")
    night = dt.datetime(2026, 11, 20, 21, 0, tzinfo=dt.UTC)
    PerformanceSubmission.objects.filter(pk=case.submission.pk).update(approved_at=night)
    assert figures.sentences()[0].approved_on == dt.date(2026, 11, 21)


def test_project_view_leads_to_a_complaint_about_it(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True, projects=1).at("approved")
    project = case.projects[0]
    shown = page("/open/?by=project")
    assert to_persian(project.title) in shown
    assert f"/complaints/new/subject/?project={project.public_id}" in shown


def test_csv_is_the_table_for_machines(cast: Cast) -> None:
    make_capital_case(cast, filled=True, projects=1).at("approved")
    content = Client().get("/open/figures.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["kind"], row["allocated"], row["spent"]) == ("capital", "20000", "16000")
    assert row["agency_id"] == str(cast.agency.public_id)


def test_held_line_is_in_no_sum(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True, projects=2)
    case.type(case.lines[0], "spent", 35_000)  # above what was allocated
    entry.hold("capital", case.lines[0].pk, by=cast.agency_user)
    case.at("approved")
    (sentence,) = figures.sentences()
    assert (sentence.figures.allocated, sentence.figures.spent) == (20_000, 16_000)


def test_unknown_choice_shows_no_other_figures(cast: Cast) -> None:
    make_capital_case(cast, filled=True, projects=1).at("approved")
    assert NOTHING in page("/open/?organization=nothing")
    assert NOTHING in page("/open/?period=1300-Q1")
    assert Client().get("/open/figures.csv?period=1300-Q1").status_code == 404


# --- promises -----------------------------------------------------------------------------------------------


def answered(cast: Cast, days_late: int = 0) -> None:
    case = make_case(cast, "answered")
    if days_late:
        late = timezone.localdate() - dt.timedelta(days=days_late)
        Complaint.objects.filter(pk=case.pk).update(due_on=late)


def test_small_counts_are_not_told(cast: Cast) -> None:
    for _ in range(promises.FEWEST - 1):
        answered(cast)
    assert promises.answers() is None
    assert "به‌موقع" not in page("/")


def test_answers_are_measured_against_their_own_date(cast: Cast) -> None:
    for _ in range(4):
        answered(cast)
    answered(cast, days_late=3)
    kept = promises.answers()
    assert kept is not None
    assert (kept.in_time, kept.of, kept.is_met) == (4, 5, False)
    assert "۸۰٪ به‌موقع (۴ از ۵)" in page("/")
    assert "پایین‌تر از هدف" in page("/service/sla/")


def test_reviews_are_measured_from_confirmation_to_approval(cast: Cast) -> None:
    assert promises.reviews() is None


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [help_page.slug for help_page in PAGES])
def test_every_help_page_answers(slug: str) -> None:
    assert page(f"/help/{slug}/").count("<h2>") >= 3


def test_unknown_help_page_is_missing() -> None:
    assert Client().get("/help/nothing/").status_code == 404


def test_front_page_asks_the_database_little(cast: Cast, django_assert_max_num_queries) -> None:
    make_capital_case(cast, filled=True).at("approved")
    with django_assert_max_num_queries(20):
        page("/")
