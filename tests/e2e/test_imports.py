"""A table from a file in the browser: upload, columns, preview, apply with its progress, undo; wide and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from agreements.models import BudgetNotification
from budget_portal import jobs
from budget_portal.models import ImportBatch
from tests.agreements.importing import REASON, ground
from tests.cast import Cast
from tests.e2e.stories import DESKTOP, PHONE, Story, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def workbook(path: Path, cast: Cast) -> Path:
    """As an office sends it: a merged title, a head in the third row, subtotals, and three faults."""
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("راهنما").write(0, 0, "این برگه برای خواندن نیست")
    sheet = book.add_worksheet("خلاصه")
    sheet.merge_range(0, 0, 0, 4, "اعتبارات ابلاغی سال ۱۴۰۵ (ارقام به ریال)")
    sheet.write_row(2, 0, ["کد دستگاه", "نام دستگاه", "کد برنامه", "مبلغ ابلاغ (ریال)", "ملاحظات"])
    rows = [
        [cast.agency.code, cast.agency.name, "101", "۱٬۲۰۰٬۰۰۰٬۰۰۰", ""],
        [cast.agency.code, cast.agency.name, "102", 8_411_730_000, "با گردکردن"],
        ["جمع دستگاه", "", "", 9_611_730_000, ""],
        [cast.agency2.code, cast.agency2.name, "101", "###", ""],
        [cast.agency2.code, cast.agency2.name, "999", 5_000_000, ""],
        ["جمع کل", "", "", 9_616_730_000, ""],
    ]
    for number, row in enumerate(rows, start=3):
        sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.fixture
def story(page: Page, live_server: LiveServer, transactional_db: Any) -> Story:
    cast = Cast()
    assert cast.fiscal_year
    ground(cast)
    return Story(page, live_server, cast)


def test_a_file_is_seen_applied_and_taken_back(story: Story, tmp_path: Path) -> None:
    page = story.page
    path = workbook(tmp_path / "notifications-1405.xlsx", story.cast)
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go("/imports/")
    story.check("imports-empty")
    press(page.get_by_role("link", name="پروندهٔ تازه"))
    page.get_by_label("ابلاغیهٔ بودجهٔ هزینه‌ای").check()
    page.locator("input[type=file]").set_input_files(path)
    story.check("imports-new")
    press(page.get_by_role("button", name="بارگذاری"))

    # The sheet, the head in its third row and the columns are found.
    expect(page.locator(".page-head__sub")).to_contain_text("برگهٔ «خلاصه»، سرستون در سطر ۳")
    expect(page.locator("#id_column_0")).to_have_value("agency")
    expect(page.locator("#id_column_3")).to_have_value("amount")
    expect(page.locator("#id_unit")).to_have_value("rial")
    story.check("imports-columns")
    page.locator("#id_letter_number").fill("۱۲/۴")
    page.locator("#id_letter_date").fill("۱۴۰۵/۰۲/۰۱")
    page.locator("#id_constant_expense_chapter").fill("7")
    page.locator("#id_constant_funding_source").fill("general")
    page.locator("#id_save_as").fill("خزانه ۱۴۰۵")
    press(page.get_by_role("button", name="پیش‌نمایش"))

    expect(page.locator(".notice").first).to_contain_text("۲ سطر نوشته می‌شود")
    expect(page.get_by_role("row", name="۷ خطا")).to_contain_text("عدد را بنویسید")
    story.check("imports-preview", DESKTOP, PHONE)
    story.at(PHONE)
    with page.expect_download() as download:
        page.get_by_role("link", name="پروندهٔ خطاها").click()
    assert download.value.suggested_filename.endswith("خطاها.xlsx")
    story.at(DESKTOP)

    press(page.get_by_role("button", name="اعمال ۲ سطر"))
    expect(page.get_by_role("alert")).to_contain_text("۲ سطر خطا دارد")
    page.get_by_label("سطر خطادار کنار گذاشته شود").check()
    press(page.get_by_role("button", name="اعمال ۲ سطر"))
    expect(page.locator("#import-foot")).to_contain_text("در حال اعمال")
    story.check("imports-applying")
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id)
    press(page.get_by_role("link", name="دیدن نتیجه"))
    expect(page.locator(".notice--ok")).to_contain_text("۱ نامه، ۲ ردیف")
    story.check("imports-applied")

    press(page.get_by_role("link", name="برگرداندن همهٔ این ورود"))
    story.check("imports-undo")
    page.get_by_label("دلیل برگرداندن").fill(REASON)
    press(page.get_by_role("button", name="برگرداندن"))
    expect(page.locator(".notice--info")).to_contain_text("برگردانده شد")
    assert BudgetNotification.objects.get().state == "cancelled"
    story.at(PHONE)
    story.go("/imports/")
    story.check("imports-phone")
    story.end()
