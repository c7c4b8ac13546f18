"""Consolidation drafts a letter, fills it in Persian digits, issues it and cancels it; the agency sees and is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from agreements.letters import NOTIFICATION
from agreements.models import AllocationNotice
from budget_portal import outbox
from tests.agreements import letter_cases
from tests.builders import make_capital_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.hostile.corpus import png

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_letter_is_issued_cancelled_and_seen(story: Story) -> None:
    """Issued on a phone, cancelled at a desk."""
    project = letter_cases.agreed_project(story.cast, story.cast.agency, 60_000)
    letter_cases.source(story.cast)
    story.cast.period("Q2")
    story.cast.person("agency_user")  # there to be told
    page = story.page
    story.at(PHONE)
    story.sign_in("consolidation")
    story.go("/allocations/")
    story.check("letters-empty", DESKTOP, PHONE)
    press(page.get_by_role("link", name="ابلاغیهٔ تخصیص تازه"))
    page.get_by_label("شمارهٔ نامه").fill("۱۴۰۵/۲۲۸۷")
    press(page.get_by_role("button", name="ساختن پیش‌نویس"))
    expect(page.get_by_role("alert")).to_contain_text("باید اصلاح شود")
    story.check("letters-head-refused", DESKTOP, PHONE)
    page.get_by_label("دستگاه اجرایی").select_option(label="۱۰۰۱ – ادارهٔ کل راه نمونه")
    page.get_by_label("نوع اعتبار").select_option("capital")
    page.get_by_label("مقطع تخصیص").select_option(label="شش‌ماهه ۱۴۰۵")
    page.get_by_label("تاریخ نامه").fill("۱۴۰۵/۰۶/۲۳")
    page.get_by_label("نامهٔ پویش‌شده").set_input_files(
        {"name": "نامه.png", "mimeType": "image/png", "buffer": png()}
    )
    press(page.get_by_role("button", name="ساختن پیش‌نویس"))
    expect(page.get_by_text("این نامه ردیفی ندارد").first).to_be_visible()
    _add(story, project.pk, "۶۲٬۰۰۰")
    expect(page.get_by_text("از اعتبار موافقتنامه").first).to_contain_text("۶۲٬۰۰۰")
    story.check("letters-draft-broken", DESKTOP, PHONE)
    press(page.get_by_role("link", name="ویرایش", exact=False).last)
    page.get_by_label("مبلغ (میلیون ریال)").fill("۵۸٬۳۷۵")
    press(page.get_by_role("button", name="ذخیره"))
    expect(page.get_by_text("از اعتبار موافقتنامه")).to_have_count(0)
    story.check("letters-draft", DESKTOP, PHONE)
    press(page.get_by_role("link", name="صدور نامه"))
    story.check("letters-issue", DESKTOP, PHONE)
    press(page.get_by_role("button", name="صدور نامه"))
    expect(page.locator(".page-head")).to_contain_text("صادرشده")
    story.check("letters-issued", DESKTOP, PHONE)
    outbox.deliver_all()
    _agency_sees(story)
    _cancel(story)


def _add(story: Story, project: int, amount: str) -> None:
    page = story.page
    page.get_by_label("پروژه").select_option(str(project))
    page.locator("#id_funding_source").select_option(index=1)
    page.get_by_label("مبلغ (میلیون ریال)").fill(amount)
    press(page.get_by_role("button", name="افزودن ردیف"))


def _agency_sees(story: Story) -> None:
    page = story.page
    story.sign_in("agency_user")
    story.go("/alerts/")
    expect(page.get_by_text("ابلاغیهٔ تخصیص شمارهٔ ۱۴۰۵/۲۲۸۷ صادر شد").first).to_be_visible()
    story.go("/allocations/")
    expect(page.get_by_role("link", name="ابلاغیهٔ تخصیص تازه")).to_have_count(0)
    story.check("letters-agency-list", DESKTOP, PHONE)
    press(page.get_by_role("link", name="۱۴۰۵/۲۲۸۷"))
    expect(page.get_by_role("link", name="ابطال با دلیل")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("۵۸٬۳۷۵")


def _cancel(story: Story) -> None:
    page = story.page
    letter = AllocationNotice.objects.get()
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go(f"/allocations/{letter.pk}/")
    press(page.get_by_role("link", name="ابطال با دلیل"))
    page.get_by_label("دلیل ابطال").fill("کوتاه")
    press(page.get_by_role("button", name="ابطال نامه"))
    expect(page.get_by_role("alert").first).to_contain_text("۲۰ نویسه")
    story.check("letters-cancel-refused", DESKTOP, PHONE)
    page.get_by_label("دلیل ابطال").fill(letter_cases.REASON)
    press(page.get_by_role("button", name="ابطال نامه"))
    expect(page.get_by_text("این نامه باطل شده").first).to_be_visible()
    story.check("letters-cancelled", DESKTOP, PHONE)


def test_the_waterfall_names_the_rule_that_is_broken(story: Story) -> None:
    case = make_capital_case(story.cast, projects=3, filled=True).at("approved")
    plan = case.projects[0].plan
    line = {"plan_id": plan.pk, "programme_id": plan.programme_id, "amount": 119_000}
    letter_cases.issued(story.cast, NOTIFICATION, line)
    page = story.page
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go("/agencies/budget/")
    story.check("waterfall-home")
    press(page.get_by_role("link", name="سرمایه‌ای", exact=False).first)
    expect(page.get_by_text("CA-6", exact=False).first).to_be_visible()
    story.check("waterfall")
    press(page.get_by_role("link", name=plan.title, exact=False).first)
    expect(page.get_by_role("link", name="پروژهٔ نمونه", exact=False)).to_have_count(3)
    story.check("waterfall-open")
    page.get_by_label("لازم‌الاجرا در").fill("۱۴۰۵/۰۱/۰۲")
    press(page.get_by_role("button", name="نشان بده"))
    expect(page.get_by_role("link", name="بازگشت به امروز")).to_be_visible()
    story.check("waterfall-then", DESKTOP, PHONE)
