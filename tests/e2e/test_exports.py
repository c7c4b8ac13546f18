"""A list on the screen becomes a file with the filters on the screen; a long one is made in the background."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from budget_portal import exports, jobs
from budget_portal.models import Job
from tests.e2e.stories import DESKTOP, Story, press
from tests.factories import make_project

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
HERE, THERE = "بهسازی راه روستایی", "=HYPERLINK(1)+احداث پل"


def test_the_filtered_list_is_the_file(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(story.cast.agency, title=HERE)
    formula = make_project(story.cast.agency, title=THERE)
    page = story.page
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go("/projects/")
    page.get_by_label("عنوان، کد یا شمارهٔ پیمان").fill("پل")
    press(page.get_by_role("button", name="جست‌وجو"))
    expect(page.get_by_role("link", name=HERE)).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="اکسل پروژه‌ها").click()
    assert _titles(download.value.path(), tmp_path) == [formula.title]

    monkeypatch.setattr(exports, "AT_ONCE", 0)
    press(page.get_by_role("link", name="اکسل پروژه‌ها"))
    expect(page).to_have_url(re.compile("/jobs/[^/]+/$"))
    story.check("export-waits")
    assert jobs.run(Job.objects.get(kind="export").pk)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="دریافت").first.click()
    assert _titles(download.value.path(), tmp_path) == [formula.title]
    story.end()


def _titles(path: Path, place: Path) -> list[str]:
    """The titles of the sheet, which runs from right to left and holds no formula."""
    named = place / "list.xlsx"
    named.write_bytes(path.read_bytes())
    sheet = openpyxl.load_workbook(named).active
    assert sheet.sheet_view.rightToLeft
    rows = list(sheet.iter_rows(min_row=2))
    assert all(cell.data_type != "f" for row in rows for cell in row)
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index("عنوان پروژه")].value for row in rows]
