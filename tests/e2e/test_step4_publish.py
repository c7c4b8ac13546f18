"""Step 4: who is complete is seen and approved, R1 is asked for and made by a worker, signed by three, and published."""

from __future__ import annotations

import time

import pytest
from django.db import close_old_connections
from playwright.sync_api import expect

from monitoring.models import ReturnReason
from reports.models import SupervisionReport
from reports.presenters import package_of, ratio_rows
from tests.builders import make_capital_case, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.reports.making import Neighbour

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("celery_worker_process"),
]

PATIENCE = 120_000  # ms: a worker on a busy machine prints some twenty pages


def test_approve_build_sign_publish(story: Story) -> None:
    ReturnReason.objects.create(code="evidence", title="مستند ناقص یا ناخوانا")
    capital = make_capital_case(story.cast, previous=True, filled=True).at("expert_reviewed")
    expense = make_expense_case(story.cast, previous=True, filled=True).at("expert_reviewed")
    make_expense_case(Neighbour(story.cast), filled=True).at("submitted")
    _approve(story)
    assert {capital.submission.state, expense.submission.state} == {"approved"}
    report = _ask_for_report(story)
    _sign(story, report)
    _read_as_anybody(story, report)


def _approve(story: Story) -> None:
    page = story.page
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go("/inbox/")
    expect(page.get_by_role("link", name="تأیید نهایی:")).to_have_count(2)
    story.go("/consolidation/")
    expect(page.get_by_text("۱ دستگاه آمادهٔ تأیید نهایی است.")).to_be_visible()
    story.check("step4-matrix", DESKTOP, PHONE)
    story.at(PHONE)
    press(page.get_by_role("link", name="بررسی و تأیید نهایی"))
    story.check("step4-final", DESKTOP, PHONE)
    story.at(DESKTOP)
    page.get_by_text("برگشت ردیف‌های انتخاب‌شده به دستگاه").first.click()
    press(page.get_by_role("button", name="برگشت با این دلیل").first)
    expect(page.get_by_role("alert")).to_be_focused()
    story.check("step4-return-refused-desktop")
    for kind in ("تملک دارایی‌های سرمایه‌ای", "اعتبارات هزینه‌ای"):
        press(page.get_by_role("button", name=f"تأیید نهایی {kind}"))
        expect(page.get_by_text("تأیید نهایی شد").first).to_be_visible()
    story.check("step4-approved-desktop")


def _ask_for_report(story: Story) -> SupervisionReport:
    """The page moves on by itself while the worker builds."""
    page = story.page
    story.go("/reports/new/")
    page.get_by_label("مقطع").select_option(label="شش‌ماهه ۱۴۰۵")
    story.check("step4-new-desktop")
    press(page.get_by_role("button", name="ساخت گزارش"))
    expect(page.get_by_role("progressbar").or_(page.get_by_text("شاخص‌ها با صورت و مخرج"))).to_be_visible()
    story.check("step4-progress-desktop")
    expect(page.get_by_text("شاخص‌ها با صورت و مخرج")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("۱ از ۲ دستگاه")).to_be_visible()
    expect(page.get_by_role("link", name="پیش‌نویس")).to_be_visible()
    story.check("step4-draft-desktop")
    return SupervisionReport.objects.get()


def _sign(story: Story, report: SupervisionReport) -> None:
    page = story.page
    for person, verb in (
        ("consolidation", "بررسی شد"),
        ("deputy", "تأیید گزارش"),
        ("head", "تصویب و انتشار"),
    ):
        story.sign_in(person)
        story.go(f"/reports/{report.pk}/")
        press(page.get_by_role("button", name=verb))
        expect(page.get_by_role("button", name=verb)).to_have_count(0)
        story.check(f"step4-signed-{person}-desktop")
    report.refresh_from_db()
    assert report.state == "approved"
    assert len({report.reviewed_by_id, report.confirmed_by_id, report.approved_by_id}) == 3


def _read_as_anybody(story: Story, report: SupervisionReport) -> None:
    """The edition, its figures as in the package, and the printed text with all signatures."""
    page = story.page
    _await_pdf(report)
    page.context.clear_cookies()
    story.go("/open/reports/")
    story.check("step4-published-list-desktop")
    press(page.locator("main").get_by_role("link").first)
    package = package_of(report)
    assert package is not None
    for row in ratio_rows(package):
        expect(page.get_by_role("row", name=row.title)).to_contain_text(row.value)
    story.check("step4-published", DESKTOP, PHONE)
    href = page.get_by_role("link", name="دریافت متن گزارش").get_attribute("href")
    answer = page.request.get(f"{story.url}{href}")
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF-")


def _await_pdf(report: SupervisionReport) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        close_old_connections()
        report.refresh_from_db()
        if report.pdf_id:
            return
        time.sleep(0.5)
    pytest.fail("the worker did not print the edition")


def test_reopening_is_asked_and_done_by_two(story: Story) -> None:
    case = make_capital_case(story.cast, filled=True).at("approved")
    page = story.page
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go(f"/consolidation/1405-Q2/{case.agency.code}/")
    page.get_by_text("درخواست بازگشایی از معاون بودجه").click()
    page.get_by_label("دلیل").fill("رقم عملکرد پس از تأیید با سند اصلاحی خزانه تغییر کرد.")
    press(page.get_by_role("button", name="فرستادن درخواست بازگشایی"))
    expect(page.get_by_text("درخواست نزد معاون بودجه است.")).to_be_visible()
    story.sign_in("deputy")
    story.go("/inbox/")
    press(page.get_by_role("link", name="درخواست بازگشایی"))
    story.check("step4-reopen", DESKTOP, PHONE)
    story.at(PHONE)
    page.get_by_role("checkbox").first.check()
    press(page.get_by_role("button", name="بازگشایی"))
    expect(page.locator(".card").first).to_contain_text("بازگشایی‌شده")
    assert case.submission.state == "reopened"
    assert case.submission.return_marks.get().project == case.projects[0]
