"""An agreement is drawn up form by form; two people in one form never overwrite each other silently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from agreements.drafting.spec import Path
from agreements.models import CapitalAgreement, Project
from tests import factories
from tests.agreements.drafting import capital_amendment, capital_draft, expense_draft, saved
from tests.e2e.stories import DESKTOP, PHONE, Story, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


PASTE = """(input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""


def cell(page: Page, form: str, part: str, row: str, name: str) -> object:
    return page.locator(f'[name="{form}:{part}/{row}:{name}"]')


def all_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("همهٔ تغییرات")


def address(kind: str, pk: int, form: str, part: str = "") -> str:
    return f"/agreements/{kind}/{pk}/forms/{form}/" + (f"?part={part}" if part else "")


def test_an_amendment_is_typed_with_the_version_in_force_beside_it(story: Story) -> None:
    draft = capital_amendment(story.cast)
    code, page = saved(draft).projects[0], story.page
    factories.make_contract(Project.objects.get(code=code))
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go(address("capital", draft.pk, "CA-4", code))
    weight = cell(page, "CA-4", code, "1", "weight")
    weight.fill("۵۵")
    page.keyboard.press("Enter")  # the same column of the next row
    expect(cell(page, "CA-4", code, "2", "weight")).to_be_focused()
    all_saved(page)
    expect(page.get_by_text("جمع وزن‌ها ۹۵٫۰۰ است").first).to_be_visible()
    expect(page.locator("#tasks")).to_contain_text("ارسال ممکن نیست")
    expect(weight).to_have_class("cell cell--changed")
    press(page.get_by_role("button", name="عملیات تازه"))
    title = cell(page, "CA-4", code, "3", "title")
    expect(title).to_be_focused()
    page.keyboard.type("دیوار حائل")
    page.keyboard.press("Tab")
    page.keyboard.type("متر مربع")
    page.keyboard.press("Tab")
    page.keyboard.type("۸۶۰")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    all_saved(page)
    expect(page.get_by_text("جمع وزن‌ها")).to_have_count(1)  # only the note under the table
    expect(page.locator("tfoot")).to_contain_text("۱۰۰٫۰۰")
    story.check("draft-ca4")
    row = saved(draft).row("CA-4", code, "3")
    assert row == {"title": "دیوار حائل", "unit": "متر مربع", "target_quantity": "860", "weight": "5"}
    page.reload()
    expect(weight).to_have_value("55")
    for form in ("CA-1", "CA-2", "CA-3", "CA-4", "CA-5", "CA-6", "CA-7", "CA-8"):
        story.go(address("capital", draft.pk, form, code if form not in {"CA-1", "CA-8"} else ""))
        story.check(f"draft-{form}", DESKTOP, PHONE)
    story.end()


def test_two_people_in_one_cell_see_both_values_and_decide(story: Story) -> None:
    """The head in a browser of his own writes into the cell that the clerk has open; nobody overwrites silently."""
    draft = capital_draft(story.cast)
    code, page = saved(draft).projects[0], story.page
    path = Path("CA-6", code, "cgeneral-", "amount")
    place = address("capital", draft.pk, "CA-6", code)
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go(place)
    with others_browser(story, "agency_head") as other:
        other.goto(f"{story.url}{place}")
        write(other, code, "48000")
        all_saved(other)
        amount = write(page, code, "52000")
        box = page.locator(".entry-conflict")
        expect(box).to_contain_text("۵۲٬۰۰۰")
        expect(box).to_contain_text("۴۸٬۰۰۰")
        assert saved(draft).text(path) == "48000"
        story.check("draft-conflict")
        box.get_by_role("button", name="مقدار من بماند").click()
        all_saved(page)
        assert saved(draft).text(path) == "52000"
        theirs = write(other, code, "47000")  # the head has not seen what the clerk decided
        other.locator(".entry-conflict").get_by_role("button", name="مقدار کنونی بماند").click()
        expect(theirs).to_have_value(re.compile("52,?000"))
        assert saved(draft).text(path) == "52000"
    expect(amount).to_have_value(re.compile("52,?000"))
    story.end()


def write(page: Page, code: str, text: str) -> Locator:
    amount = page.locator(f'[name="CA-6:{code}/cgeneral-:amount"]')
    amount.fill(text)
    amount.blur()
    return amount


@contextmanager
def others_browser(story: Story, name: str) -> Iterator[Page]:
    """Another person at another machine."""
    browser = story.page.context.browser
    assert browser is not None
    context = browser.new_context(locale="fa-IR")
    client = story.cast.sign_in(story.cast.person(name))
    for key, morsel in client.cookies.items():
        context.add_cookies([{"name": key, "value": morsel.value, "url": story.url}])
    yield context.new_page()
    context.close()


def test_an_expense_agreement_and_a_pasted_table(story: Story) -> None:
    draft = expense_draft(story.cast)
    page = story.page
    story.at(DESKTOP)
    story.sign_in("agency_user")
    for form in ("1", "2-a", "3", "4", "4-a", "6", "7"):
        story.go(address("expense", draft.pk, form))
        story.check(f"draft-expense-{form}", DESKTOP, PHONE)
    story.go(address("expense", draft.pk, "6"))
    press(page.get_by_role("link", name="چسباندن از اکسل"))
    page.get_by_label("ردیف‌ها را از اکسل").fill(
        "مرکز\tرسمی و پیمانی\tقراردادی\tسایر\nادارهٔ مرکزی\t۴۱\t12\t0\nدفتر شمال\t5\t2\t1"
    )
    press(page.get_by_role("button", name="پیش‌نمایش"))
    expect(page.get_by_text("۱ تازه · ۱ تغییر · ۰ بی‌تغییر")).to_be_visible()
    story.check("draft-paste")
    press(page.get_by_role("button", name="ثبت ۲ ردیف"))
    expect(page.locator("tfoot")).to_contain_text("۶۱")
    rows = saved(draft).content["6"][""]
    assert rows["1"]["permanent"] == "41"
    assert rows["2"] == {"centre": "دفتر شمال", "permanent": "5", "contract": "2", "other": "1"}
    page.locator('[name="6:/2:centre"]').evaluate(PASTE, "دفتر جنوب\t۷\t0\t0\nدفتر شرق\t3\t1\t0")
    expect(page.get_by_text("۲ تازه · ۰ تغییر · ۰ بی‌تغییر")).to_be_visible()
    press(page.get_by_role("link", name="انصراف"))
    assert set(saved(draft).content["6"][""]) == {"1", "2"}  # nothing is written before it is confirmed
    story.end()


def test_without_script_one_button_saves(story: Story) -> None:
    """The page as it is posted by a browser without script."""
    draft = capital_draft(story.cast)
    code, client = saved(draft).projects[0], story.cast.sign_in(story.cast.agency_user)
    url = address("capital", draft.pk, "CA-4", code)
    row = f'{{"k": "CA-4", "id": "{code}/1", "v": 0, "c": {{"weight": "60", "title": "عملیات 1"}}}}'
    data = {"row": row, f"CA-4:{code}/1:weight": "۵۰", f"CA-4:{code}/1:title": "عملیات 1", "add": "0"}
    answer = client.post(url, data)
    assert answer.status_code == 302 and "row=3" in answer["Location"]
    assert saved(draft).row("CA-4", code, "1")["weight"] == "50"
    again = client.post(
        url, {key: value for key, value in data.items() if key != "add"} | {f"CA-4:{code}/1:weight": "45"}
    )
    assert again.status_code == 409
    assert "مقدار شما: 45" in again.content.decode() or "مقدار شما: ۴۵" in again.content.decode()
    assert CapitalAgreement.objects.get(pk=draft.pk).draft["CA-4"][code]["1"]["weight"] == "50"
