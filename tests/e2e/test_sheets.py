"""Excel beside the grid: a block pasted into a cell, its preview, one undo; and the filled template, uploaded."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from monitoring.models import CapitalFinanceLine
from tests.builders import Case, make_capital_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CAPITAL = "/entry/1405-Q2/capital/"


def spent(case: Case) -> list[int | None]:
    rows = CapitalFinanceLine.objects.filter(submission=case.submission).order_by("project__code")
    return list(rows.values_list("spent", flat=True))


def test_a_block_and_a_template(story: Story, tmp_path: Path) -> None:
    case = make_capital_case(story.cast, projects=3, previous=True)
    codes = [project.code for project in case.projects]
    page = story.page
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go(CAPITAL)
    block = f"{codes[0]}\t۱۵٬۵۰۰\n{codes[1]}\t15500000000\n{codes[2]}\t###\nجمع کل\t31,000\n"
    line = case.lines[0]
    page.locator(f'[name="capital:{line.pk}:spent"]').focus()
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        block,
    )
    expect(page.get_by_role("heading", name="پیش‌نمایش ارقام چسبانده‌شده از اکسل")).to_be_visible()
    for words in ("مطابق", "واحد مشکوک", "خوانا نیست", "نادیده گرفته می‌شود"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert spent(case) == [None, None, None]
    story.check("sheets-paste")
    page.get_by_label("تبدیل به").focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="ثبت ۲ ردیف"), "Enter")
    expect(page.get_by_text("۲ خانه در جدول نوشته شد")).to_be_visible()
    assert spent(case) == [15_500, 15_500, None]
    press(page.get_by_role("button", name="واگرد همهٔ این ثبت"), "Enter")
    expect(page.get_by_role("heading", name="واگرد شد")).to_be_visible()
    assert spent(case) == [None, None, None]

    story.at(PHONE)
    story.go(f"{CAPITAL}import/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="الگوی اکسل (xlsx)").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    place = [str(cell.value).partition(" (")[0] for cell in sheet[1]].index("عملکرد تا این مقطع") + 1
    for row, value in ((2, 16_000), (3, "شانزده"), (4, 17_000)):
        sheet.cell(row, place).value = value
    filled = tmp_path / "filled.xlsx"
    book.save(filled)
    page.locator("#file").set_input_files(filled)
    press(page.get_by_role("button", name="بارگذاری و پیش‌نمایش"))
    expect(page.get_by_text("۱ ردیف نیاز به تصمیم شما دارد")).to_be_visible()
    story.check("sheets-upload-phone")
    press(page.get_by_role("button", name="ردیف مطابق"))
    expect(page.get_by_role("alert")).to_contain_text("ایراد دارد")
    page.get_by_label("کنار بماند").check()
    press(page.get_by_role("button", name="ردیف مطابق"))
    expect(page.get_by_text("۱ ردیف ایراددار کنار ماند")).to_be_visible()
    assert spent(case) == [16_000, None, 17_000]
