"""The treasurer's bench: a ledger is loaded, matched, explained, signed, and seen as evidence by the expert."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from budget_portal import files
from monitoring.models import Reconciliation
from tests.builders import make_capital_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.monitoring.benches import FOREIGN, ledger_of, rows_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WHY = "این پرداخت از محل تنخواه ستاد است و به این پرونده مربوط نیست."
LATE = "سند این پرداخت پس از ارسال عملکرد رسیده و در مقطع بعد ثبت می‌شود."


def test_load_match_explain_sign(story: Story) -> None:
    case = make_capital_case(story.cast, projects=2, filled=True).at("submitted")
    extra = ("991", "1405/05/20", case.projects[1].code, "", "پرداخت پایان شهریور", 320_000_000, 0)
    book = files.read(ledger_of(case, FOREIGN, extra, rows_of(case)[0]))
    page = story.page
    story.at(DESKTOP)
    story.sign_in("treasurer")
    story.go(f"/review/{case.submission.pk}/")
    press(page.get_by_role("link", name="میز تطبیق دفتر"))
    story.check("recon-empty-desktop")
    payload = {"name": "daftar.csv", "mimeType": "text/csv", "buffer": book}
    page.set_input_files("#id_file", payload)  # type: ignore[arg-type]
    press(page.get_by_role("button", name="بارگذاری و یافتن ستون‌ها"))
    expect(page.get_by_label("واحد مبالغ دفتر")).to_have_value("rial")
    story.check("recon-columns-desktop")
    press(page.get_by_role("button", name="تطبیق با ردیف‌های پرونده"))
    expect(page.get_by_text("توضیح اختلاف")).to_have_count(1)
    story.check("recon-lines", DESKTOP, PHONE)
    story.at(PHONE)
    _explain(story)
    story.at(DESKTOP)
    press(page.get_by_role("button", name="امضای صورت تطبیق"))
    expect(page.get_by_role("heading", name="صورت تطبیق عملکرد با دفتر ذیحسابی")).to_be_visible()
    story.check("recon-sheet", DESKTOP, PHONE)
    assert Reconciliation.objects.get().state == "signed"
    _seen(story, case)


def _explain(story: Story) -> None:
    """The line with a sentence, by keyboard; a foreign row refused without one, then explained."""
    page = story.page
    page.get_by_text("توضیح اختلاف").press("Enter")
    page.locator("details[open] textarea").fill("کوتاه")
    press(page.get_by_role("button", name="ثبت توضیح"))
    expect(page.locator("details[open] textarea")).to_have_value("کوتاه")
    page.locator("details[open] textarea").fill(LATE)
    press(page.get_by_role("button", name="ثبت توضیح"))
    press(page.get_by_role("link", name="سطرهای بی‌ردیف"))
    story.check("recon-open-phone")
    press(page.get_by_role("button", name="ثبت توضیح سطرهای برگزیده"))
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("checkbox").check()
    page.get_by_label("توضیح سطرهای برگزیده").fill(WHY)
    press(page.get_by_role("button", name="ثبت توضیح سطرهای برگزیده"))
    press(page.get_by_role("link", name="بردن به ردیف"))
    story.check("recon-row-phone")
    page.go_back()


def _seen(story: Story, case: object) -> None:
    """Beside the number, for the one who reviews it next."""
    case.confirm()  # type: ignore[attr-defined]
    page = story.page
    story.at(DESKTOP)
    story.sign_in("expert")
    story.go(f"/review/{case.submission.pk}/")  # type: ignore[attr-defined]
    box = page.locator(".box", has_text="صورت تطبیق عملکرد با دفتر ذیحسابی")
    expect(box).to_contain_text("امضاشده")
    press(box.get_by_role("link"))
    expect(page.get_by_text(WHY)).to_be_visible()
