"""Step 6: totals of two provinces, of a county, the log, people and jobs; and what strangers see of it: nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from agreements.models import FiscalYear
from tests.builders import Case, make_capital_case, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.reports.making import Neighbour, make_report

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SIZES = (("desktop", DESKTOP), ("phone", PHONE))


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


def test_national_sees_the_totals_of_two_provinces(story: Story, cases: list[Case]) -> None:
    page = story.page
    story.sign_in("national")
    for name, size in SIZES:
        story.at(size)
        story.go("/dashboard/")
        expect(page.get_by_role("rowheader", name="خوزستان")).to_be_visible()
        expect(page.get_by_role("rowheader", name="قم")).to_be_visible()
        expect(page.get_by_text("۱ از ۲ دستگاه").first).to_be_visible()
        story.check(f"step6-national-{name}")
    story.at(DESKTOP)
    page.get_by_text("جدول", exact=True).click()
    expect(page.get_by_role("table").nth(1)).to_contain_text("خوزستان")


def test_county_sees_its_county(story: Story, cases: list[Case]) -> None:
    page = story.page
    story.sign_in("county_viewer")
    for name, size in SIZES:
        story.at(size)
        story.go("/dashboard/")
        expect(page.get_by_role("heading", name="شهرستان یکم")).to_be_visible()
        for project in cases[0].projects:
            expect(page.locator(f'a[href="/projects/{project.code}/"]')).to_be_visible()
        story.check(f"step6-county-{name}")


def test_deputy_sees_the_whole_and_where_it_is_needed(story: Story, cases: list[Case]) -> None:
    page = story.page
    story.sign_in("deputy")
    for name, size in SIZES:
        story.at(size)
        story.go("/dashboard/")
        expect(page.get_by_role("img", name="نقشهٔ طرح‌وار")).to_be_visible()
        story.check(f"step6-deputy-{name}")
    story.at(DESKTOP)
    press(page.get_by_role("link", name="تنها تأیید نهایی", exact=True))
    expect(page.get_by_text("تنها ارقام با تأیید نهایی")).to_be_visible()
    press(page.get_by_role("link", name="سرمایه‌ای", exact=True))
    story.check("step6-deputy-approved-desktop")


def test_auditor_reads_the_log_of_it(story: Story, cases: list[Case]) -> None:
    page = story.page
    story.at(DESKTOP)
    story.sign_in("auditor")
    story.go("/manage/audit/")
    expect(page.get_by_role("main")).to_contain_text(story.cast.consolidation.full_name)
    story.check("step6-audit-desktop")
    story.go("/consolidation/1405-Q2/1001/")
    expect(page.get_by_role("button", name="تأیید نهایی")).to_have_count(0)
    story.check("step6-auditor-final-desktop")


def test_admin_sees_people_jobs_and_mail(story: Story, cases: list[Case]) -> None:
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
        story.check(f"step6-admin{path.strip('/').replace('/', '-')}-desktop")


@pytest.mark.parametrize(
    "stranger", ["agency_user2", "treasurer2", "expert2", "far_consolidation", "far_deputy"]
)
def test_strangers_see_none_of_it(story: Story, cases: list[Case], stranger: str) -> None:
    cast, page = story.cast, story.page
    report = make_report(cast)
    submission = cases[0].submission
    story.sign_in(stranger)
    paths = [f"/review/{submission.pk}/", f"/reports/{report.pk}/", f"/projects/{cases[0].projects[0].code}/"]
    for path in paths:
        answer = page.request.get(f"{story.url}{path}")
        assert answer.status == 404, (stranger, path)
    story.go(paths[0])
    expect(page.get_by_role("main")).not_to_contain_text(cases[0].agency.name)
