"""Step 3: the expert logs visits from a phone, the organization confirms, the review is brought to its end."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agreements.models import Project
from budget_portal import jalali
from monitoring import visits
from monitoring.models import FieldVisit
from monitoring.workflow import visits as moves
from reports.demo import pictures
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.cast import Cast
from tests.e2e.stories import DESKTOP, PHONE, Story, press
from tests.monitoring import visit_cases as cases

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SITE = {"latitude": 31.3203, "longitude": 48.6702, "accuracy": 8}
FAR = {"latitude": 32.3831, "longitude": 48.4236, "accuracy": 20}


@pytest.fixture
def cast(story: Story) -> Cast:
    return story.cast


@pytest.fixture
def case(cast: Cast) -> Case:
    make_delay_cause("funds-late")
    found = make_capital_case(cast, filled=True, projects=1).at("submitted")
    Project.objects.filter(pk=found.projects[0].pk).update(
        latitude="31.32000", longitude="48.67000", title="احداث پل روگذر جادهٔ ساحلی"
    )
    return found


@pytest.fixture
def phone(story: Story) -> Page:
    """The expert with a phone at the site."""
    story.at(PHONE)
    story.page.context.grant_permissions(["geolocation"], origin=story.url)
    story.page.context.set_geolocation(SITE)
    story.sign_in("expert")
    return story.page


def photo(folder: Path, seed: int) -> Path:
    path = folder / f"site-{seed}.jpg"
    pictures.site(40, seed).save(path, "JPEG", quality=70)
    return path


def targets_are_large(page: Page) -> None:
    """Whatever is touched on the form is at least 46 pixels high."""
    small = page.locator(
        ".visit input:not([type=hidden], [type=radio]), .visit select, .visit textarea, .visit .btn, .segments label"
    ).evaluate_all(
        "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 45.5).map(e => e.outerHTML.slice(0, 120))"
    )
    assert small == []


def test_a_visit_is_logged_on_a_phone_and_confirmed(
    story: Story, phone: Page, cast: Cast, case: Case, tmp_path: Path
) -> None:
    project = case.projects[0]
    story.go(f"/visits/new/?project={project.code}")
    story.check("visit-new", PHONE)
    press(phone.get_by_role("button", name="ثبت بازدید"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("احداث پل روگذر")

    phone.get_by_role("button", name="ثبت موقعیت من").click()
    expect(phone.locator("#place-judged")).to_contain_text("متر تا محل پروژه · دقت ۸ متر")
    measures = phone.locator(".measure-row input")
    measures.nth(0).fill("۳۶۰۰")
    measures.nth(1).fill("1200")
    measures.nth(1).blur()
    expect(phone.locator("#progress-computed")).to_contain_text("۳۳٫۶٪")
    expect(phone.locator("#progress-computed")).to_contain_text("واحد درصد بالاتر از اندازه‌گیری است")
    phone.get_by_label("تاریخ بازدید").fill(jalali.format_iso(timezone.localdate()))
    phone.get_by_label("بازدیدکنندگان").fill("کارشناس گروه و ناظر طرح")
    phone.locator("#quality").get_by_text("خوب", exact=True).first.click()
    phone.get_by_text("نیمه‌فعال").click()
    phone.locator("#id_cause_0").select_option(index=1)
    phone.get_by_label("سهم علت ۱").fill("۱۰۰")
    phone.get_by_label("موانع").fill("تأخیر در آزادسازی معارض")
    phone.locator("#gallery").set_input_files([photo(tmp_path, 1), photo(tmp_path, 2)])
    targets_are_large(phone)
    story.check("visit-form", PHONE)
    press(phone.get_by_role("button", name="ذخیرهٔ پیش‌نویس"))
    expect(phone.locator(".photo")).to_have_count(2)
    phone.locator("#photos").scroll_into_view_if_needed()
    phone.locator(".photo img").evaluate_all("all => Promise.all(all.map(image => image.decode()))")
    phone.get_by_label("شرح یافته").fill("میلگرد زنگ‌زده در انبار کارگاه")
    phone.locator("#findings").get_by_text("عمده").click()
    press(phone.get_by_role("button", name="افزودن یافته"))
    story.check("visit-form-saved", PHONE)
    press(phone.get_by_role("button", name="ارسال بازدید"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("برگهٔ بازدید")
    story.check("visit-sheet", PHONE)

    visit = FieldVisit.objects.get()
    assert (visit.state, visit.physical_progress, visit.photos.count()) == ("submitted", Decimal("33.6"), 2)
    story.sign_in("consolidation")
    story.at(DESKTOP)
    story.go("/visits/")
    story.check("visit-list", DESKTOP, PHONE)
    press(phone.get_by_role("link", name="احداث پل روگذر جادهٔ ساحلی"))
    story.check("visit-sheet", DESKTOP)
    press(phone.get_by_role("button", name="تأیید بازدید"))
    expect(phone.get_by_text("بازدید تأیید شد.")).to_be_visible()
    visit.refresh_from_db()
    assert visit.state == "confirmed"


def test_a_far_place_warns_and_unreadable_text_stays(
    story: Story, phone: Page, cast: Cast, case: Case
) -> None:
    visit = cases.plan(case, case.projects[0])
    phone.context.set_geolocation(FAR)
    story.go(f"/visits/{visit.pk}/")
    phone.get_by_role("button", name="ثبت موقعیت من").click()
    expect(phone.locator("#place-judged")).to_contain_text("کیلومتر با محل ثبت‌شدهٔ پروژه فاصله دارد")
    phone.get_by_label("علت فاصله با محل پروژه").fill("راه کارگاه به‌سبب سیلاب بسته بود.")
    phone.locator(".measure-row input").first.fill("نیمی")
    press(phone.get_by_role("button", name="ارسال بازدید"))
    expect(phone.get_by_role("alert").first).to_contain_text("«نیمی» عدد خوانده نشد")
    expect(phone.locator(".measure-row input").first).to_have_value("نیمی")
    expect(phone.get_by_label("علت فاصله با محل پروژه")).to_have_value("راه کارگاه به‌سبب سیلاب بسته بود.")
    story.check("visit-form-errors", PHONE)


def test_a_draft_stays_in_the_browser(story: Story, phone: Page, case: Case) -> None:
    visit = cases.plan(case, case.projects[0])
    address = f"/visits/{visit.pk}/"
    story.go(address)
    phone.get_by_label("موانع").fill("راه دسترسی بسته است")
    story.go(address)  # the connection broke, the page is opened again
    expect(phone.get_by_label("موانع")).to_have_value("")
    phone.get_by_role("button", name="بازگرداندن").click()
    expect(phone.get_by_label("موانع")).to_have_value("راه دسترسی بسته است")
    press(phone.get_by_role("button", name="ذخیرهٔ پیش‌نویس"))
    expect(phone.get_by_text("پیش‌نویس بازدید ذخیره شد.")).to_be_visible()
    story.go(address)
    expect(phone.locator("#draft")).to_be_hidden()
    expect(phone.get_by_label("موانع")).to_have_value("راه دسترسی بسته است")


def test_an_expense_visit_and_its_findings(story: Story, phone: Page, cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    story.go("/visits/new/")
    story.check("visit-choose", PHONE)
    press(phone.get_by_role("link", name="ادارهٔ کل راه نمونه"))
    press(phone.get_by_role("button", name="ثبت بازدید"))
    phone.get_by_label("بازدیدکنندگان").fill("کارشناس گروه")
    phone.get_by_label("حجم تأییدشدهٔ نگهداری راه").fill("45")
    phone.get_by_label("مستندات دیده‌شدهٔ نگهداری راه").fill("صورت‌جلسهٔ تحویل")
    phone.get_by_label("تاریخ بازدید").fill(jalali.format_iso(timezone.localdate()))
    phone.get_by_label("توضیح و نتیجهٔ کلی").fill("اسناد با عملکرد می‌خواند.")
    phone.get_by_label("شرح یافته").fill("دفتر انبار به‌روز نیست")
    phone.locator("#findings").get_by_text("جزئی").click()
    story.check("visit-expense", PHONE)
    press(phone.get_by_role("button", name="ارسال بازدید"))
    story.check("visit-expense-sheet", PHONE)
    visit = FieldVisit.objects.get()
    assert (visit.state, visit.findings.count()) == ("submitted", 1)
    moves.confirm(visit.pk, by=cast.consolidation)

    story.sign_in("agency_user")
    story.go("/findings/")
    story.check("findings", DESKTOP, PHONE)
    press(phone.get_by_role("link", name="دفتر انبار به‌روز نیست"))
    phone.get_by_label("شرح اقدام").fill("دفتر تا پایان هفته کامل می‌شود.")
    press(phone.get_by_role("button", name="آغاز رفع"))
    expect(phone.get_by_text("در دست اقدام").first).to_be_visible()
    story.check("finding", PHONE)
    assert case.agency == visit.agency


def test_a_review_is_brought_to_its_end(story: Story, cast: Cast, case: Case) -> None:
    page = story.page
    case.at("treasurer_confirmed")
    story.sign_in("expert")
    story.at(DESKTOP)
    story.go("/inbox/")
    press(page.get_by_role("link", name="بررسی و بازدید"))
    expect(page.get_by_text("بی‌بازدید").first).to_be_visible()
    press(page.get_by_role("button", name="آغاز بررسی"))
    expect(page.locator(".review-moves")).to_contain_text("نه بازدید ثبت شده است و نه دلیل")
    story.check("expert-review", DESKTOP, PHONE)
    page.get_by_text("به بازدید نمی‌روم").click()
    page.get_by_label("دلیل نرفتن به بازدید").fill("راه دسترسی به کارگاه به‌سبب سیلاب بسته است.")
    press(page.get_by_role("button", name="ثبت دلیل"))
    press(page.get_by_role("button", name="ثبت پایان بررسی"))
    expect(page.get_by_text("پایان بررسی ثبت شد.")).to_be_visible()
    assert case.submission.state == "expert_reviewed"
    story.go("/reviews/?tab=done")
    story.check("expert-reviews", DESKTOP, PHONE)


def test_a_claim_above_the_measurement_waits_for_the_experts_word(
    story: Story, cast: Cast, case: Case
) -> None:
    page = story.page
    case.at("under_review")
    visit = cases.fill(cases.plan(case, case.projects[0]))
    tenth = {row.pk: (row.operation.target_quantity / 10, "") for row in visit.measurements.all()}
    visits.write_visit(visit.pk, by=cast.expert, facts={}, quantities=tenth)
    cases.bring_on(case, visit, "submitted")
    story.sign_in("expert")
    story.at(DESKTOP)
    story.go(f"/reviews/{case.submission.pk}/")
    expect(page.locator("#visited")).to_contain_text("۴۰٫۰ واحد درصد اختلاف")
    story.check("expert-review-dispute", DESKTOP)
    page.get_by_label("نظر شما دربارهٔ اختلاف").fill("مقدار روسازی در کارگاه دوباره سنجیده شد.")
    press(page.get_by_role("button", name="ثبت نظر"))
    press(page.get_by_role("button", name="ثبت پایان بررسی"))
    expect(page.get_by_text("پایان بررسی ثبت شد.")).to_be_visible()
