"""Step 6: totals of two provinces, of a county, the log, people and jobs; and what strangers see of it: nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from agreements.models import FiscalYear
from tests.builders import Case, make_capital_case, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, fits, press
from tests.reports.making import Neighbour, make_report

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cases(story: Story) -> list[Case]:
    """Approved figures of two agencies of one province and one that was only sent; the other province has none yet."""
    cast = story.cast
    first = make_capital_case(cast, filled=True).at("approved")
    second = make_expense_case(cast, filled=True).at("approved")
    third = make_expense_case(Neighbour(cast), filled=True).at("submitted")
    cast.window("expense", organization=cast.far_organization)
    assert FiscalYear.objects.count() == 1
    return [first, second, third]


def test_each_sees_what_is_theirs(story: Story, cases: list[Case]) -> None:
    _national_sees_the_totals_of_two_provinces(story)
    _county_sees_its_county(story, cases[0])
    _deputy_sees_the_whole_and_where_it_is_needed(story)
    _auditor_reads_the_log_of_it(story)
    _admin_sees_people_jobs_and_mail(story)


def _national_sees_the_totals_of_two_provinces(story: Story) -> None:
    page = story.page
    story.sign_in("national")
    story.at(DESKTOP)
    story.go("/dashboard/")
    for size in (PHONE, DESKTOP):
        story.at(size)
        expect(page.get_by_role("rowheader", name="خوزستان")).to_be_visible()
        expect(page.get_by_role("rowheader", name="قم")).to_be_visible()
        expect(page.get_by_text("۱ از ۲ دستگاه").first).to_be_visible()
    story.check("step6-national", DESKTOP, PHONE)
    page.get_by_text("جدول", exact=True).click()
    expect(page.get_by_role("table").nth(1)).to_contain_text("خوزستان")


def _county_sees_its_county(story: Story, case: Case) -> None:
    page = story.page
    story.sign_in("county_viewer")
    story.go("/dashboard/")
    for size in (DESKTOP, PHONE):
        story.at(size)
        expect(page.get_by_role("heading", name="شهرستان یکم")).to_be_visible()
        for project in case.projects:
            expect(page.locator(f'a[href="/projects/{project.code}/"]')).to_be_visible()
    story.check("step6-county", DESKTOP, PHONE)


def _deputy_sees_the_whole_and_where_it_is_needed(story: Story) -> None:
    page = story.page
    story.sign_in("deputy")
    story.go("/dashboard/")
    for size in (PHONE, DESKTOP):
        story.at(size)
        expect(page.get_by_role("img", name="نقشهٔ طرح‌وار")).to_be_visible()
    story.check("step6-deputy", DESKTOP, PHONE)
    press(page.get_by_role("link", name="تنها تأیید نهایی", exact=True))
    expect(page.get_by_text("تنها ارقام با تأیید نهایی")).to_be_visible()
    press(page.get_by_role("link", name="سرمایه‌ای", exact=True))
    story.check("step6-deputy-approved-desktop")


def _auditor_reads_the_log_of_it(story: Story) -> None:
    page = story.page
    story.at(DESKTOP)
    story.sign_in("auditor")
    story.go("/manage/audit/")
    expect(page.get_by_role("main")).to_contain_text(story.cast.consolidation.full_name)
    story.check("step6-audit-desktop")
    story.go("/consolidation/1405-Q2/1001/")
    expect(page.get_by_role("button", name="تأیید نهایی")).to_have_count(0)
    story.check("step6-auditor-final-desktop")


def _admin_sees_people_jobs_and_mail(story: Story) -> None:
    story.at(DESKTOP)
    story.sign_in("admin")
    for path, words in (
        ("/manage/users/", story.cast.deputy.full_name),
        ("/manage/jobs/", "کارها"),
        ("/manage/messages/", "پیام"),
        ("/periods/", "مقاطع"),
    ):
        story.go(path)
        expect(story.page.get_by_role("main")).to_contain_text(words)
        fits(story.page)


STRANGERS = ("agency_user2", "treasurer2", "expert2", "far_consolidation", "far_deputy")


def test_strangers_see_none_of_it(story: Story, cases: list[Case]) -> None:
    page = story.page
    report = make_report(story.cast)
    submission, project = cases[0].submission, cases[0].projects[0]
    paths = [f"/review/{submission.pk}/", f"/reports/{report.pk}/", f"/projects/{project.code}/"]
    for stranger in STRANGERS:
        story.sign_in(stranger)
        for path in paths:
            assert page.request.get(f"{story.url}{path}").status == 404, (stranger, path)
        story.go(paths[0])
        expect(page.get_by_role("main")).not_to_contain_text(cases[0].agency.name)
