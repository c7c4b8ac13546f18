"""One amendment from the first draft's exchange to its own: agency, head, expert, consolidation, at both widths."""

from __future__ import annotations

from playwright.sync_api import expect

from agreements.models import CapitalAgreement
from tests.agreements.making import advance, drafted
from tests.e2e.stories import DESKTOP, PHONE, Story


def test_a_version_is_signed_reviewed_and_exchanged(story: Story) -> None:
    row = drafted(story.cast, "capital")
    page, url = story.page, f"/agreements/capital/{row.pk}/"
    story.at(DESKTOP)
    story.sign_in("agency_head")
    story.go("/agreements/")
    story.check("agreement-list-desktop")
    page.locator("main table a").first.click()
    story.check("agreement-draft-desktop")
    page.get_by_role("link", name="امضا و ارسال").click()
    story.check("agreement-submit-desktop")
    page.get_by_role("button", name="امضا و ارسال").click()
    expect(page.get_by_text("موافقتنامه امضا و فرستاده شد.")).to_be_visible()

    story.at(PHONE)
    story.sign_in("expert")
    code = next(iter(row.draft["CA-4"]))
    story.go("/inbox/")
    page.get_by_role("link", name="بررسی: موافقتنامهٔ سرمایه‌ای").click()
    page.get_by_role("link", name="عملیات، مقدار و وزن").click()
    story.check("agreement-reviewed-form-phone")
    page.get_by_role("link", name="نکته بر «وزن، ردیف 1»").click()
    story.check("agreement-remark-phone")
    page.get_by_label("نکته").fill("وزن خاکریزی با صورت‌جلسه نمی‌خواند.")
    page.get_by_role("button", name="ثبت نکته").click()
    said = page.locator(f"#n-CA-4-{code}-1-weight")
    expect(said).to_contain_text("وزن خاکریزی با صورت‌جلسه نمی‌خواند.")
    story.check("agreement-remarked-phone")
    said.get_by_role("button", name="بسته شد").click()
    expect(said).to_contain_text("بسته شد:")
    story.go(url)
    page.get_by_role("link", name="تأیید کارشناس").click()
    page.get_by_role("button", name="تأیید کارشناس").click()
    expect(page.get_by_text("موافقتنامه تأیید کارشناس گرفت.")).to_be_visible()

    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go(f"{url}moves/exchange/")
    page.get_by_label("شمارهٔ مبادله").fill("۹۱۴۴۰")
    page.get_by_label("تاریخ مبادله").fill("۱۴۰۵/۰۱/۱۰")
    story.check("agreement-exchange-desktop")
    page.get_by_role("button", name="ثبت مبادله").click()
    expect(page.get_by_text("لازم‌الاجراست")).to_be_visible()
    story.check("agreement-exchanged-desktop")
    assert CapitalAgreement.objects.get(pk=row.pk).state == "exchanged"


def test_an_amendment_shows_what_it_changes(story: Story) -> None:
    first = advance(story.cast, "capital", drafted(story.cast, "capital"), "exchanged")
    page = story.page
    story.at(PHONE)
    story.sign_in("agency_user")
    story.go(f"/agreements/capital/{first.pk}/")
    story.check("agreement-in-force-phone")
    page.get_by_role("link", name="تنظیم اصلاحیه").click()
    page.get_by_label("دلیل اصلاح").fill("ابلاغ متمم بودجه")
    page.get_by_label("تاریخ اثر").fill("۱۴۰۵/۰۴/۰۱")
    story.check("agreement-amend-phone")
    page.get_by_role("button", name="ساختن پیش‌نویس").click()
    expect(page.get_by_text("سند اصلاحیه (نامه یا مصوبه) پیوست نشده است.").first).to_be_visible()
    made = CapitalAgreement.objects.get(amends=first)
    code = next(iter(made.draft["CA-3"]))
    made.draft["CA-3"][code][""]["latest_estimate"] = "123456"
    made.save(update_fields=["draft"])
    story.go(f"/agreements/capital/{made.pk}/changes/")
    expect(page.get_by_text("۱۲۳٬۴۵۶")).to_be_visible()
    story.check("agreement-changes-phone")
    story.at(DESKTOP)
    story.check("agreement-changes-desktop")
