"""Step 1: the agency opens the cut-off, types figures, reads a rule's sentence, attaches a document and sends."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, Route, expect

from monitoring import entry
from monitoring.models import CapitalFinanceLine, PerformanceSubmission, SubmissionDocument
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.factories import make_person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CAPITAL, EXPENSE = "/entry/1405-Q2/capital/", "/entry/1405-Q2/expense/"


def pdf() -> bytes:
    made, page = io.BytesIO(), pikepdf.new()
    page.add_blank_page()
    page.save(made)
    return made.getvalue()


def cell(page: Page, row: object, name: str) -> object:
    kind = {"capitalfinanceline": "capital", "operationprogress": "operation"}.get(
        row._meta.model_name, "expense"
    )  # type: ignore[attr-defined]
    return page.locator(f'[name="{kind}:{row.pk}:{name}"]')  # type: ignore[attr-defined]


def all_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("همهٔ تغییرات")


def fresh(case: Case, index: int = 0) -> CapitalFinanceLine:
    return case.lines[index]


def test_from_the_open_window_to_the_receipt(story: Story) -> None:
    """By keyboard where a hand would rather not leave it; digits as they come."""
    case = make_capital_case(story.cast, projects=2, draft=False)
    page = story.page
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go("/inbox/")
    press(page.get_by_role("link", name="ورود عملکرد تملک"))
    press(page.get_by_role("button", name="آغاز ورود عملکرد"))
    expect(page.locator("[data-without-script]")).to_be_hidden()  # before, Enter would save the whole form
    first, second = case.lines
    received = cell(page, first, "received_cash")
    received.focus()
    page.keyboard.type("۱۸٬۰۰۰")
    page.keyboard.press("Enter")  # the same column of the next row
    page.keyboard.type("18000")
    page.keyboard.press("ArrowUp")
    expect(received).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("19000")
    page.keyboard.press("Tab")
    sentence = page.locator(f"#e-capital-{first.pk}-spent")
    expect(sentence).to_contain_text("عملکرد (۱۹٬۰۰۰) از دریافتی (۱۸٬۰۰۰) بیشتر است")
    expect(cell(page, first, "spent")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, first, "spent")).to_have_attribute("aria-describedby", f"e-capital-{first.pk}-spent")
    expect(page.locator(f"#st-{case.projects[0].pk}")).to_contain_text("نیاز به اصلاح")
    all_saved(page)
    assert (fresh(case).received_cash, fresh(case).spent, fresh(case, 1).received_cash) == (
        18_000,
        19_000,
        18_000,
    )
    story.check("step1-blocked-desktop")
    cell(page, first, "spent").fill("16000")
    page.keyboard.press("Enter")
    page.keyboard.type("16,000")
    page.keyboard.press("Escape")  # restores what the portal has: nothing yet
    expect(cell(page, second, "spent")).to_have_value("")
    page.keyboard.type("16,000")
    page.keyboard.press("Tab")
    expect(sentence).to_have_count(0)
    all_saved(page)
    _open_and_fill(page, case)
    _attach(story, case)
    _send(story, case)


def _open_and_fill(page: Page, case: Case) -> None:
    """Quantities per operation, advances and commitments stand in the opened row."""
    for index, project in enumerate(case.projects):
        page.locator(f"#p-{project.pk} [data-open-row]").press("Enter")
        line = case.lines[index]
        detail = page.locator(f"#p-{project.pk} .grid__detail")
        expect(detail).to_be_visible()
        for name, value in (("advances_open", "0"), ("commitments_open", "100")):
            cell(page, line, name).fill(value)
            cell(page, line, name).press("Tab")
        for part, done in zip(case.operations[index * 2 : index * 2 + 2], ("5000", "۲۰۰۰"), strict=True):
            cell(page, part, "quantity_done").fill(done)
            cell(page, part, "quantity_done").press("Tab")
        expect(page.locator(f"#tp-{project.pk}")).to_have_text("۵۰٫۰")
        all_saved(page)
    expect(page.locator("#entry-progress")).to_contain_text("۲ از ۲ ردیف کامل")


def _attach(story: Story, case: Case) -> None:
    page = story.page
    press(page.get_by_role("link", name=re.compile("مستندات پروژه")).first)
    page.get_by_label("عنوان سند").fill("صورت‌وضعیت شمارهٔ ۵")
    page.locator("#id_file").set_input_files(
        {"name": "s5.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    press(page.get_by_role("button", name="پیوست‌کردن"))
    expect(page.get_by_role("link", name="صورت‌وضعیت شمارهٔ ۵")).to_be_visible()
    story.check("step1-documents-desktop")
    assert SubmissionDocument.objects.get().project == case.projects[0]


def _send(story: Story, case: Case) -> None:
    page = story.page
    story.go(CAPITAL)
    press(page.get_by_role("link", name="بازبینی و ارسال به ذیحساب"))
    story.check("step1-check-desktop")
    press(page.get_by_role("button", name="ارسال به ذیحساب"))
    expect(page.get_by_text("شمارهٔ رسید")).to_be_visible()
    story.check("step1-sent-desktop")
    assert case.submission.state == "submitted"
    story.go(CAPITAL)
    expect(page.locator("[data-cell]")).to_have_count(0)
    expect(page.locator(".foot")).to_contain_text("قفل")


def test_undo_brings_the_last_figure_back(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True)
    page = story.page
    story.sign_in("agency_user")
    story.go(CAPITAL)
    spent = cell(page, case.lines[0], "spent")
    spent.fill("12000")
    spent.press("Tab")
    all_saved(page)
    page.locator("[data-undo]").click()
    all_saved(page)
    expect(spent).to_have_value("16,000", timeout=2000) if not spent.evaluate(
        "e => e === document.activeElement"
    ) else None
    assert fresh(case).spent == 16_000


def test_two_people_in_one_cell_choose(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True)
    page, line = story.page, case.lines[0]
    story.sign_in("agency_user")
    story.go(CAPITAL)
    colleague = make_person("agency_user", case.agency, name="سپیده همکار")
    entry.save_cell("capital", line.pk, "spent", "11000", version=None, by=colleague)
    spent = cell(page, line, "spent")
    spent.fill("12000")
    spent.press("Tab")
    box = page.locator(".entry-conflict")
    expect(box).to_contain_text("سپیده همکار")
    expect(box).to_contain_text("۱۱٬۰۰۰")
    story.check("step1-conflict-desktop")
    assert fresh(case).spent == 11_000
    box.get_by_role("button", name="مقدار من بماند").click()
    all_saved(page)
    assert fresh(case).spent == 12_000


def test_nothing_is_lost_while_the_portal_is_away(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True)
    page = story.page
    story.sign_in("agency_user")
    story.go(CAPITAL)
    away = {"is": True}

    def answer(route: Route) -> None:
        route.abort() if away["is"] else route.continue_()

    page.route("**/entry/cell/", answer)
    spent = cell(page, case.lines[0], "spent")
    spent.fill("12345")
    spent.press("Tab")
    expect(page.locator("#saved")).to_contain_text("در این مرورگر مانده است")
    assert fresh(case).spent == 16_000
    page.reload()
    away["is"] = False
    expect(cell(page, case.lines[0], "spent")).to_have_value(re.compile("12,?345"))
    page.evaluate("window.dispatchEvent(new Event('online'))")
    all_saved(page)
    assert fresh(case).spent == 12_345
    story.complaints.clear()  # the aborted requests


def test_a_fallen_figure_asks_its_reason_in_place(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, previous=True, filled=True)
    page, line = story.page, case.lines[0]
    story.sign_in("agency_user")
    story.go(CAPITAL)
    cell(page, line, "spent").fill("10")
    cell(page, line, "spent").press("Tab")
    reason = page.locator(f'[name="capital:{line.pk}:reason"]')
    reason.fill("در مقطع پیش سند شمارهٔ ۱۲ دو بار شمرده شده بود.")
    reason.press("Tab")
    expect(page.locator(f"#st-{case.projects[0].pk}")).not_to_contain_text("نیاز به اصلاح")
    all_saved(page)
    assert fresh(case).reason.startswith("در مقطع پیش")


def test_a_blocked_line_is_held_and_released(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True)
    page, line = story.page, case.lines[0]
    story.sign_in("agency_user")
    story.go(CAPITAL)
    cell(page, line, "spent").fill("19000")
    page.keyboard.press("Tab")
    press(page.get_by_role("button", name="نگه‌داشتن"))
    expect(page.locator(".held")).to_contain_text("عملکرد ۱۹٬۰۰۰")
    assert (fresh(case).held, fresh(case).spent) == (True, None)
    press(page.get_by_role("button", name="آزادکردن"))
    expect(cell(page, line, "spent")).to_have_value("19,000")


def test_delay_causes_are_saved_as_a_group(story: Story) -> None:
    case = make_capital_case(story.cast, projects=1, filled=True)
    cause = make_delay_cause()
    page, progress = story.page, case.progress[0]
    story.sign_in("agency_user")
    story.go(f"{CAPITAL}?open={case.projects[0].pk}")
    page.locator(f'[name="cause:{progress.pk}:0"]').select_option(str(cause.pk))
    expect(page.locator(".entry-cause__problem")).to_contain_text("سهم")
    page.locator(f'[name="share:{progress.pk}:0"]').fill("۱۰۰")
    page.keyboard.press("Tab")
    all_saved(page)
    expect(page.locator(".entry-cause__problem")).to_be_hidden()
    assert [row.share for row in progress.delay_causes.all()] == [100]


def test_a_comma_in_the_wrong_place_is_asked_about_not_dropped(story: Story) -> None:
    """«12,5» may mean 12.5 or 125; the portal does not choose. A long word breaks instead of the page."""
    case = make_capital_case(story.cast, projects=1, filled=True)
    page, line = story.page, case.lines[0]
    story.at(PHONE)
    story.sign_in("agency_user")
    story.go(CAPITAL)
    spent = cell(page, line, "spent")
    for typed in ("12,5", "12,34,5", "بسیار" * 40):
        spent.fill(typed)
        spent.press("Tab")
        all_saved(page)
        expect(page.locator(f"#e-capital-{line.pk}-spent")).to_contain_text("خوانده نشد")
        assert fresh(case).spent is None
    page.reload()
    story.check("step1-long-word-phone")
    spent.fill("16,000")
    spent.press("Tab")
    expect(page.locator(f"#e-capital-{line.pk}-spent")).to_have_count(0)
    all_saved(page)
    assert fresh(case).spent == 16_000


def test_what_is_pasted_at_once_is_not_ungrouped(story: Story) -> None:
    """A grouped figure turns plain when its cell is entered; a figure that came meanwhile keeps its commas."""
    case = make_capital_case(story.cast, projects=1, filled=True)
    story.sign_in("agency_user")
    story.go(CAPITAL)
    spent = cell(story.page, case.lines[0], "spent")
    after = """async (input, text) => {
        input.blur();
        input.value = "17,000";
        input.focus();
        if (text) input.value = text;
        await new Promise(done => setTimeout(done, 50));
        return input.value;
    }"""
    assert spent.evaluate(after, None) == "17000"
    assert spent.evaluate(after, "12,5") == "12,5"


def test_expense_lines_and_activities(story: Story) -> None:
    case = make_expense_case(story.cast, previous=True)
    page = story.page
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go(EXPENSE)
    for line in case.lines:
        for name, value in (("received", "9000"), ("spent", "8000"), ("commitments_open", "0")):
            cell(page, line, name).fill(value)
            cell(page, line, name).press("Tab")
    row = case.activities[0]
    page.locator(f'[name="activity:{row.pk}:volume_done"]').fill("۱۰")
    page.keyboard.press("Tab")
    expect(page.locator(f"#m-a-{row.pk}")).to_contain_text("حجم انجام‌شده (۱۰)")
    reason = page.locator(f'[name="activity:{row.pk}:low_volume_reason"]')
    expect(reason).to_be_visible()
    all_saved(page)
    story.check("step1-expense", DESKTOP, PHONE)
    assert case.lines[0].spent == 8_000


def test_looks(story: Story) -> None:
    """Every page of the agency, wide and narrow, without a barrier."""
    case = make_capital_case(story.cast, projects=4, sources=("general", "misc"), previous=True, filled=True)
    case.type(case.lines[0], "spent", "19000")
    case.type(case.lines[5], "spent", "")
    story.sign_in("agency_user")
    for page, path in (
        ("entry", CAPITAL),
        ("entry-open", f"{CAPITAL}?open={case.projects[1].pk}"),
        ("inbox", "/inbox/"),
        ("check", f"{CAPITAL}check/"),
        ("documents", f"/documents/{case.submission.pk}/"),
        ("returned", "/entry/returned/"),
        ("projects", "/projects/"),
        ("project", f"/projects/{case.projects[0].code}/"),
    ):
        story.go(path)
        story.check(page, DESKTOP, PHONE)
    assert PerformanceSubmission.objects.count() == 2


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name ?? document.activeElement.id"))


def test_the_grid_by_keyboard_alone_then_offline_and_back_on_a_phone(story: Story) -> None:
    """Cells, «none», of the period, undo, the bar, a remark, without a pointer; then no network, a restart, a file."""
    case = make_capital_case(story.cast, projects=2, previous=True)
    page, (first, second) = story.page, case.lines
    story.at(DESKTOP)
    story.sign_in("agency_user")
    story.go(CAPITAL)
    received, spent = (cell(page, first, name) for name in ("received_cash", "spent"))
    received.focus()
    expect(page.locator("#strip")).to_contain_text("مقطع قبل")
    page.keyboard.type("۱۸٬۰۰۰")
    page.keyboard.press("ArrowLeft")  # not at the end that leads on
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == f"capital:{first.pk}:spent"
    page.keyboard.type("+1500")  # more than at the last cut-off
    page.keyboard.press("Enter")
    assert focused(page) == f"capital:{second.pk}:spent"
    all_saved(page)
    assert fresh(case).spent == 9_500
    page.keyboard.press("Alt+KeyN")
    all_saved(page)
    assert "spent" in fresh(case, 1).not_applicable
    page.keyboard.press("Alt+KeyN")
    all_saved(page)
    assert fresh(case, 1).spent is None
    page.keyboard.press("ArrowUp")
    page.keyboard.type("77")
    page.keyboard.press("Escape")
    expect(spent).to_have_value("9500")
    page.keyboard.press("Alt+KeyP")
    page.keyboard.press("Control+KeyA")
    page.keyboard.type("2000")
    page.keyboard.press("Enter")
    all_saved(page)
    assert fresh(case).spent == 10_000
    page.reload()
    cell(page, first, "spent").focus()
    page.keyboard.press("Control+KeyZ")  # one's own last change, also after a reload
    all_saved(page)
    assert fresh(case).spent == 9_500
    page.keyboard.press("Alt+KeyM")
    page.locator("#beside textarea").wait_for()
    page.keyboard.type("این رقم را با صورت‌وضعیت ۵ بسنجید.")
    page.locator("#beside [value=flag]").press("Space")
    page.locator("#beside .remark-form [type=submit]").press("Enter")
    expect(page.locator("#beside .remark")).to_contain_text("صورت‌وضعیت ۵")
    expect(cell(page, first, "spent")).to_have_attribute("data-noted", "")
    page.keyboard.press("Escape")
    story.check("step1-bar-desktop")
    _offline_and_back(story, case)


def _offline_and_back(story: Story, case: Case) -> None:
    page, second = story.page, case.lines[1]
    story.at(PHONE)
    page.context.set_offline(True)
    cell(page, second, "spent").focus()
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    kept = page.locator("#kept")
    expect(kept).to_contain_text("۱ رقم هنوز نرسیده است")
    page.goto(
        page.url
    )  # from this browser, and it says so; what was saved and what was typed since is in its cell
    expect(page.locator("[data-from-cache]")).to_contain_text("شبکه نیست")
    expect(cell(page, case.lines[0], "spent")).to_have_value(re.compile("9,?500"))
    expect(cell(page, second, "spent")).to_have_value(re.compile("12,?345"))
    expect(kept).to_contain_text("۱ رقم هنوز نرسیده است")
    with page.expect_download() as saved:
        kept.locator("[data-export]").click()
    assert saved.value.suggested_filename.endswith(".json")
    story.check("step1-offline-phone")
    page.context.set_offline(False)  # sent without being asked
    expect(kept).to_be_hidden(timeout=15_000)
    story.go(CAPITAL)
    expect(page.locator("[data-from-cache]")).to_have_count(0)
    assert fresh(case, 1).spent == 12_345
    content = json.loads(Path(saved.value.path()).read_text())
    content["cells"][0] |= {"text": "12399", "seen": "12345"}  # as if another browser had kept it
    file = {"name": "kept.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    page.locator("[data-import]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("#kept-file")).to_contain_text("می‌نشیند")
    story.check("step1-file-phone")
    assert fresh(case, 1).spent == 12_345  # looked at first
    page.locator("[data-apply]").click()
    all_saved(page)
    assert fresh(case, 1).spent == 12_399
    _session_over(story, case)


def _session_over(story: Story, case: Case) -> None:
    """Signed out meanwhile: what is typed stays, and goes as soon as the person is back, in whatever tab."""
    page, line = story.page, case.lines[1]
    page.context.clear_cookies()
    cell(page, line, "spent").fill("12346")
    page.keyboard.press("Enter")
    expect(page.locator("#kept")).to_contain_text("نشست شما پایان یافت")
    story.sign_in("agency_user")
    page.locator("[data-resend]").click()
    all_saved(page)
    assert fresh(case, 1).spent == 12_346
    story.complaints.clear()  # the requests without network
