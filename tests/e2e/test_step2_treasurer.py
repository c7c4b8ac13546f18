"""Step 2: the treasurer compares, returns one line with a reason; the agency mends that line only; he confirms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from budget_portal.digits import to_persian
from monitoring.models import ReturnMark, ReturnReason
from tests.builders import make_capital_case, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, leads_on, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

REASON = "برگ دوم صورت‌وضعیت پنج اسکن نشده است؛ فایل کامل را پیوست کنید."


def test_return_mend_confirm(story: Story) -> None:
    ReturnReason.objects.create(code="evidence", title="مستند ناقص یا ناخوانا")
    ReturnReason.objects.create(code="other", title="سایر", position=9)
    case = make_capital_case(story.cast, projects=3, previous=True, filled=True).at("submitted")
    page = story.page
    story.at(DESKTOP)
    story.sign_in("treasurer")
    story.go("/inbox/")
    story.check("step2-inbox-desktop")
    press(page.get_by_role("link", name="تأیید عملکرد تملک"))
    expect(page.get_by_role("row", name="عملکرد").first).to_be_visible()
    story.check("step2-review", DESKTOP, PHONE)
    _return_second_line(story)
    assert case.submission.state == "returned"
    assert [mark.project for mark in ReturnMark.objects.all()] == [case.projects[1]]
    _mend(story, case)
    _confirm(story, case)


def _return_second_line(story: Story) -> None:
    page = story.page
    press(page.get_by_role("button", name="برگشت با این دلیل"))
    expect(page.get_by_role("alert")).to_be_focused()
    story.check("step2-return-refused-desktop")
    page.locator(".queue input[type=checkbox]").nth(1).check()
    page.get_by_label("مستند ناقص یا ناخوانا").check()
    page.get_by_label("توضیح برای کارشناس دستگاه").fill(REASON)
    press(page.get_by_role("button", name="برگشت با این دلیل"))
    expect(page.locator(".page-head")).to_contain_text("برگشت به دستگاه")
    expect(page.get_by_text("وضعیت کنونی «برگشت به دستگاه» است").first).to_be_visible()


def _mend(story: Story, case: object) -> None:
    """Only the returned line takes figures."""
    page = story.page
    story.sign_in("agency_user")
    story.go("/inbox/")
    story.check("step2-agency-inbox-desktop")
    press(page.get_by_role("link", name="اصلاح ردیف برگشتی"))
    line = case.lines[1]  # type: ignore[attr-defined]
    story.check("step2-returned-desktop")
    spent = page.locator(f'[name="capital:{line.pk}:spent"]')
    spent.fill("15000")
    spent.press("Tab")
    expect(page.locator("#saved")).to_contain_text("همهٔ تغییرات")
    story.go("/entry/1405-Q2/capital/")
    expect(page.locator(f'[name="capital:{case.lines[0].pk}:spent"]')).to_have_count(0)  # type: ignore[attr-defined]
    press(page.get_by_role("link", name="بازبینی و ارسال به ذیحساب"))
    press(page.get_by_role("button", name="ارسال به ذیحساب"))
    expect(page.get_by_text("نوبت ارسال")).to_be_visible()
    assert case.submission.revision == 2  # type: ignore[attr-defined]


def _confirm(story: Story, case: object) -> None:
    """With the keyboard alone: accept and next, line after line, then the signature."""
    page = story.page
    story.sign_in("treasurer")
    story.go("/review/")
    press(page.locator(".work__link").first)
    expect(page.locator(".queue").get_by_text("اصلاح‌شده پس از برگشت")).to_be_visible()
    for left in (2, 1, 0):
        with leads_on(page):
            page.keyboard.press("KeyA")
        expect(page.get_by_role("link", name=f"در انتظار {to_persian(left)}")).to_be_visible()
    story.check("step2-sign-desktop")
    press(page.get_by_role("button", name="امضا و تأیید پرونده"), "Enter")
    expect(page.get_by_role("heading", name="گواهی تأیید عملکرد")).to_be_visible()
    story.check("step2-receipt-desktop")
    assert case.submission.state == "treasurer_confirmed"  # type: ignore[attr-defined]


def test_keys_collect_returns_and_accept_together_on_a_phone(story: Story) -> None:
    """Keys lead to the reason and the question; several returns go in one move; the clean ones together at 390 px."""
    ReturnReason.objects.create(code="evidence", title="مستند ناقص یا ناخوانا")
    case = make_capital_case(story.cast, projects=4, filled=True).at("submitted")
    page = story.page
    story.at(DESKTOP)
    story.sign_in("treasurer")
    story.go(f"/review/{case.submission.pk}/")
    with leads_on(page):
        page.keyboard.press("KeyJ")
    expect(page.locator("#line h2")).to_contain_text(to_persian(case.projects[1]))
    page.keyboard.press("KeyQ")
    expect(page.locator("#remark-text")).to_be_focused()
    page.keyboard.type("شمارهٔ سند خزانه چیست؟")
    page.keyboard.press("Tab")
    with leads_on(page):
        page.keyboard.press("Enter")
    expect(page.locator(".remark__text")).to_contain_text("شمارهٔ سند خزانه")
    page.keyboard.press("KeyR")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(REASON)
    press(page.get_by_role("button", name="افزودن به برگشتی‌ها"), "Enter")
    expect(page.get_by_role("heading", name="آمادهٔ برگشت (۱ ردیف)")).to_be_visible()
    story.check("step2-collected-desktop")
    story.at(PHONE)
    story.go(f"/review/{case.submission.pk}/")
    story.check("step2-desk-phone")
    press(page.get_by_role("button", name="همهٔ بدون هشدار"))
    expect(page.get_by_text("۳ ردیف بدون هشدار، جمع عملکرد ۴۸٬۰۰۰ میلیون ریال")).to_be_visible()
    story.check("step2-together-phone")
    press(page.get_by_role("button", name="تأیید ۳ ردیف"))
    expect(page.get_by_role("link", name="تأییدشده ۳")).to_be_visible()
    press(page.get_by_role("button", name="فرستادن برگشت ۱ ردیف"))
    expect(page.locator(".page-head")).to_contain_text("برگشت به دستگاه")
    assert [mark.project for mark in ReturnMark.objects.all()] == [case.projects[1]]


def test_confirming_asks_the_code_again(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True).at("submitted").accept()
    page = story.page
    story.sign_in("treasurer", fresh=False)
    story.go(f"/review/{case.submission.pk}/")
    press(page.get_by_role("button", name="امضا و تأیید پرونده"))
    expect(page).to_have_url(re.compile("second-factor/again"))
    assert case.submission.state == "submitted"


def test_expense_review(story: Story) -> None:
    case = make_expense_case(story.cast, previous=True, filled=True).at("submitted")
    story.sign_in("treasurer")
    for name, path in (("expense", f"/review/{case.submission.pk}/"), ("queue", "/review/1405-Q2/")):
        story.go(path)
        story.check(f"step2-{name}", DESKTOP, PHONE)
