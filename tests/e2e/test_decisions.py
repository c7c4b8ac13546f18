"""What the desks decide, with the keyboard: a rule from draft to live, more time and a late entry, the closing of a
cut-off with its package, a substitute by letter and what the log keeps of all this.

That the pages themselves are without barrier, `test_every_page` sees; here only what it cannot open.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from budget_portal import jobs, outbox
from budget_portal.audit_check import take_checkpoint
from budget_portal.jalali import format_date
from budget_portal.models import Job
from monitoring.models import Package, PerformanceSubmission, RuleVersion, SubmissionClock
from tests.builders import REASON, make_capital_case, make_expense_case
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.monitoring.visit_cases import drawn

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

RULE = {
    "کد": "OPEN_COMMITMENTS",
    "عنوان (آنچه درست است)": "تعهد پرداخت‌نشده از یک‌دهم هزارم اعتبار بیشتر نیست.",
    "شرط شکستن قاعده": "commitments_open > 0.0001 * credit_in_force",
    "جمله": "تعهد پرداخت‌نشده ({actual}) از سهم پذیرفته ({expected}) بیشتر است. علت را بنویسید.",
    "نمونه‌هایی که باید پذیرفته شود": "commitments_open=1، credit_in_force=100000",
    "نمونه‌هایی که نباید پذیرفته شود": "commitments_open=31، credit_in_force=100",
    "چرا این قاعده یا این تغییر لازم است": "تعهد باز در سال گذشته به دیون انجامید.",
}


def test_a_rule_is_written_tried_and_put_live_by_another(story: Story) -> None:
    story.cast.period("Q3")
    case = make_capital_case(story.cast, projects=2, filled=True).at("submitted")
    page = story.page
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go("/manage/rules/")
    press(page.get_by_role("link", name="قاعدهٔ تازه"), "Enter")
    press(page.get_by_role("button", name="ذخیرهٔ پیش‌نویس"), "Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    for label, text in RULE.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("تملک دارایی‌های سرمایه‌ای").press("Space")
    press(page.get_by_role("button", name="ذخیرهٔ پیش‌نویس"), "Enter")
    press(page.get_by_role("button", name="آزمودن"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("آزمایش قاعدهٔ")
    jobs.run(Job.objects.get(kind="rule.trial").pk)
    story.go("/manage/rules/OPEN_COMMITMENTS/")
    expect(page.locator("#trial")).to_contain_text("مقطع‌ها: شهریور ۱۴۰۵")
    expect(page.locator("#hits li")).to_have_count(2)
    expect(page.locator("#hits li").first).to_contain_text(str(case.agency))
    story.at(PHONE)
    story.check("lab-tried-phone")
    expect(page.get_by_role("button", name="جاری کردن")).to_have_count(0)
    story.sign_in("deputy")
    story.go("/manage/rules/OPEN_COMMITMENTS/")
    press(page.get_by_role("button", name="جاری کردن"), "Enter")
    expect(page.get_by_text("قاعده جاری شد")).to_be_visible()
    assert RuleVersion.objects.get(code="OPEN_COMMITMENTS").state == "live"


def test_more_time_is_asked_granted_and_shown_as_late(story: Story) -> None:
    today = timezone.localdate()
    case = make_expense_case(story.cast, filled=True)
    window = story.cast.window("expense")
    window.entry_due = window.opens_on + dt.timedelta(days=1)
    window.save(update_fields=["entry_due"])
    page, until = story.page, format_date(today + dt.timedelta(days=3), "table")
    story.at(PHONE)
    story.sign_in("agency_user")
    story.go("/entry/1405-Q2/expense/")
    press(page.get_by_role("link", name="درخواست تمدید").first, "Enter")
    page.get_by_label("تا چه روزی").fill(until)
    page.get_by_label("دلیل").fill(REASON)
    press(page.get_by_role("button", name="فرستادن درخواست"), "Enter")
    expect(page.get_by_text("در انتظار").first).to_be_visible()
    story.sign_in("consolidation")
    story.go("/inbox/")
    press(page.get_by_role("link", name="درخواست تمدید:"), "Enter")
    press(page.get_by_role("button", name="پذیرفتن"), "Enter")
    expect(page.locator("main")).to_contain_text("پذیرفته")
    outbox.deliver_all()
    story.sign_in("agency_user")
    story.go("/entry/1405-Q2/expense/")
    expect(page.locator(".due")).to_contain_text("تأخیر")
    story.check("late-entry-phone")
    case.submit()
    assert SubmissionClock.objects.get(submission=case.submission, sort="entry").late_days > 0


def test_from_a_conflict_and_blockers_to_the_published_package(story: Story) -> None:
    case = make_expense_case(story.cast, filled=True).at("expert_reviewed")
    make_expense_case(story.cast, agency=story.cast.agency2)
    page, code = story.page, case.period.code
    story.at(DESKTOP)
    story.sign_in("consolidation")
    story.go(f"/consolidation/{code}/{case.agency.code}/")
    page.locator("summary", has_text="یادداشت اطمینان").press("Enter")
    page.get_by_label("یادداشت اطمینان").fill("با دفترها تطبیق شد.")
    press(page.get_by_role("button", name="تأیید نهایی اعتبارات هزینه‌ای"), "Enter")
    expect(page.get_by_role("link", name="بستهٔ نوبت ۱")).to_be_visible()
    story.go(f"/consolidation/{code}/blockers/")
    page.locator("summary", has_text="ثبت غیبت").first.press("Enter")
    page.get_by_label("دلیل غیبت").fill(REASON)
    press(page.get_by_role("button", name="ثبت غیبت"), "Enter")
    expect(page.get_by_text("مانعی نمانده است.")).to_be_visible()
    for person, verb in (("deputy", "بستن مقطع"), ("consolidation", "انتشار مقطع")):
        story.sign_in(person)
        story.go(f"/consolidation/{code}/close/")
        page.get_by_label("برای تأیید").fill(f"{verb} شهریور ۱۴۰۵")
        press(page.get_by_role("button", name=verb), "Enter")
        expect(page.get_by_text("شد").first).to_be_visible()
    story.go(f"/packages/{Package.objects.get(sort='cutoff').pk}/")
    expect(page.get_by_text("درست است.")).to_be_visible()
    story.at(PHONE)
    story.check("desk-package-phone")
    page.context.clear_cookies()
    story.go("/open/submissions/")
    expect(page.get_by_text("با دفترها تطبیق شد.")).to_be_visible()


def test_a_substitute_by_letter_signs_and_the_log_names_both(story: Story) -> None:
    case = make_expense_case(story.cast, filled=True).at("submitted").accept()
    page, today = story.page, timezone.localdate()
    treasurer, substitute = story.cast.treasurer, story.cast.treasurer2
    story.at(DESKTOP)
    story.sign_in("admin")
    story.go("/manage/delegations/new/")
    page.get_by_label("نقش چه کسی").select_option(value=str(treasurer.memberships.get().pk))
    page.get_by_label("جانشین", exact=True).select_option(value=str(substitute.pk))
    page.get_by_label("تا پایان روز").fill(format_date(today + dt.timedelta(days=5), "table"))
    page.get_by_label("شمارهٔ نامه").fill("۱۴۰۵/۳۳۸")
    page.get_by_label("تاریخ نامه").fill(format_date(today, "table"))
    page.set_input_files(
        "#id_document", {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": drawn().read()}
    )
    press(page.get_by_role("button", name="ثبت جانشینی"), "Enter")
    story.sign_in("deputy")
    story.go("/inbox/")
    press(page.get_by_role("link", name="جانشینی").last, "Enter")
    press(page.get_by_role("button", name="تأیید جانشینی"), "Enter")
    story.sign_in(substitute)
    story.go("/accounts/role/")
    press(page.get_by_role("button", name=f"به جانشینی از {treasurer}"), "Enter")
    story.go(f"/review/{case.submission.pk}/")
    press(page.get_by_role("button", name="امضا و تأیید پرونده"), "Enter")
    phrase = f"{substitute}، به جانشینی از {treasurer}"
    expect(page.locator("main")).to_contain_text(phrase)
    story.at(PHONE)
    story.check("stand-in-receipt-phone")
    story.at(DESKTOP)
    take_checkpoint()
    story.sign_in("auditor")
    story.go("/manage/audit/")
    page.get_by_label("شخص").fill(treasurer.full_name)
    press(page.get_by_label("شخص"), "Enter")
    expect(page.locator("tbody")).to_contain_text(phrase)
    answer = page.request.get(page.get_by_role("link", name="CSV").first.evaluate("link => link.href"))
    named = f"{substitute},{treasurer}"  # two columns
    assert (answer.status, named in answer.text()) == (200, True)
    press(page.get_by_role("link", name="همهٔ سرزنجیره‌ها و گیرندگان آن‌ها"), "Enter")
    press(page.locator("tbody a").first, "Enter")
    expect(page.get_by_role("heading", name="سرزنجیرهٔ رویدادنگار")).to_be_visible()
    assert PerformanceSubmission.objects.get().confirmed_for is not None
