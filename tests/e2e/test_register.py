"""The register in a browser: a project is corrected, halted, contracted for and found; a tree is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from agreements.models import Project
from tests.builders import make_capital_case
from tests.e2e.stories import DESKTOP, PHONE, Story, leads_on, press
from tests.factories import (
    legal_id,
    make_fiscal_year,
    make_identifier,
    make_person,
    make_project,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def seen(story: Story, name: str) -> None:
    """Judged at the desk and on a phone."""
    story.check(f"register-{name}", DESKTOP, PHONE)


def test_a_project_is_kept_and_found(story: Story) -> None:
    cast, page = story.cast, story.page
    case = make_capital_case(cast, previous=True, filled=True)
    project = case.projects[0]
    Project.objects.filter(pk=project.pk).update(latitude=Decimal("31.4"), longitude=Decimal("48.7"))
    old = make_identifier(project, "N4-7001")
    story.sign_in("agency_user")
    story.at(DESKTOP)
    url = f"/projects/{project.code}/"

    story.go(url)
    press(page.get_by_role("link", name="اصلاح شناسنامه"))
    page.get_by_label("عرض جغرافیایی").fill("۳۶٫۳")
    press(page.get_by_role("button", name="ذخیره"))
    expect(page.get_by_text("بیرون از محدودهٔ استان").first).to_be_visible()
    seen(story, "doubt")
    page.get_by_label("علت دوری محل").fill("کارگاه موقت آن‌سوی مرز استان است و نشانی درست است.")
    press(page.get_by_role("button", name="ذخیره"))
    expect(page.get_by_text("شناسنامهٔ پروژه ذخیره شد")).to_be_visible()

    press(page.get_by_role("link", name="تغییر وضعیت"))
    page.get_by_label("وضعیت تازه").select_option("suspended")
    page.get_by_label("از تاریخ").fill("۱۴۰۵/۰۵/۱۴")
    press(page.get_by_role("button", name="ثبت وضعیت"))
    expect(page.get_by_role("link", name="علت را انتخاب کنید")).to_be_visible()
    seen(story, "status")
    page.get_by_label("علت", exact=False).first.select_option("land")
    press(page.get_by_role("button", name="ثبت وضعیت"))
    expect(page.get_by_text("مشکل زمین و معارض").first).to_be_visible()

    story.go(f"{url}contracts/new/")
    for label, value in {
        "شمارهٔ پیمان": "۱۴۰۴/۳۳/پ",
        "تاریخ امضا": "1404/02/01",
        "موضوع": "اجرای عرشه و کوله‌ها",
        "شناسهٔ ملی شرکت": legal_id(31),
        "نام شرکت": "سازه‌پردازان نمونه",
        "مبلغ پیمان": "۱۰۰٬۰۰۰",
        "مدت (روز)": "۳۶۰",
        "تاریخ شروع به کار": "1404/02/15",
        "حسن انجام کار": "۱۰",
    }.items():
        page.get_by_label(label).first.fill(value)
    seen(story, "contract-new")
    press(page.get_by_role("button", name="ثبت پیمان"))
    press(page.get_by_role("link", name="تغییر مبلغ"))
    page.get_by_label("مبلغ تازه").fill("۱۳۰٬۰۰۰")
    page.get_by_label("تاریخ تغییر").fill("1404/09/01")
    page.get_by_label("دلیل تغییر").fill("افزایش مقادیر کار برابر صورت‌جلسهٔ کارگاه")
    press(page.get_by_role("button", name="ثبت تغییر"))
    expect(page.get_by_text("از ۲۵٪ مبلغ امضاشده گذشته است").first).to_be_visible()
    press(page.get_by_role("link", name="صورت‌وضعیت", exact=False).first)
    page.get_by_label("کارکرد تا").fill("1404/05/31")
    page.get_by_label("تاریخ صورت‌وضعیت").fill("1404/06/05")
    page.get_by_label("مبلغ ناخالص").fill("۲۰٬۰۰۰")
    press(page.get_by_role("button", name="ثبت صورت‌وضعیت"))
    expect(page.get_by_text("موقت ۱").first).to_be_visible()
    seen(story, "contract")

    story.go(url)
    seen(story, "project")
    story.go(f"{url}identifiers/")
    seen(story, "identifiers")
    story.go(f"{url}history/")
    seen(story, "history")

    story.at(PHONE)
    page.get_by_role("button", name="فهرست").click()
    page.locator("#nav-search").fill("N4-۷۰۰۱")
    press(page.locator("#nav-search"), "Enter")
    expect(page.locator(f"main a[href='{url}']")).to_be_visible()
    story.at(DESKTOP)
    page.keyboard.press("/")
    page.keyboard.type("n4-7001")
    with leads_on(page):
        page.keyboard.press("Enter")
    expect(page.locator(f"main a[href='{url}']")).to_be_visible()
    seen(story, "search")
    assert old.project_id == project.pk
    story.go("/search/?q=ققققققق")
    expect(page.get_by_text("چیزی یافته نشد")).to_be_visible()
    seen(story, "search-empty")


def test_a_project_is_registered_once_for_life(story: Story) -> None:
    cast, page = story.cast, story.page
    plan = make_project(cast.agency, title="پل یکم").plan
    story.sign_in("consolidation")
    story.at(DESKTOP)
    story.go("/projects/")
    press(page.get_by_role("link", name="ثبت پروژهٔ تازه"))
    page.get_by_label("عنوان پروژه").fill("پل كيانپارس")
    press(page.get_by_role("button", name="ثبت پروژه"))
    expect(page.get_by_role("alert")).to_contain_text("باید اصلاح شود")
    seen(story, "new")
    page.get_by_label("دستگاه اجرایی").select_option(label=f"۱۰۰۱ – {cast.agency.name}")
    page.locator("#id_plan").select_option(str(plan.pk))
    page.get_by_label("شهرستان").select_option(cast.county.name)
    page.get_by_label("شناسهٔ نظارت ۴").fill("N4-7002")
    press(page.get_by_role("button", name="ثبت پروژه"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("پل")
    project = Project.objects.get(title__contains="پارس")
    assert project.code == f"{plan.code}001"
    story.go("/projects/?q=n4-7002")
    expect(page.locator(f"main a[href='/projects/{project.code}/']")).to_be_visible()
    seen(story, "list")


def test_a_tree_is_kept_over_the_turn_of_a_year(story: Story) -> None:
    cast, page = story.cast, story.page
    make_fiscal_year(cast.national_organization, 1404)
    make_project(cast.agency)  # brings an affair, a chapter and a programme
    year = cast.fiscal_year.year
    story.sign_in(make_person("admin", cast.national_organization))
    story.at(DESKTOP)
    story.go("/manage/classification/")
    seen(story, "trees")
    press(page.get_by_role("link", name="۱۰", exact=True))
    press(page.get_by_role("link", name="تغییر نام"))
    page.get_by_label("عنوان تازه").fill("امور اقتصاد و بازرگانی")
    page.get_by_label("از تاریخ").fill("1405/01/01")
    press(page.get_by_role("button", name="تغییر نام"))
    expect(page.get_by_text("امور اقتصاد و بازرگانی")).to_be_visible()
    story.go(f"/manage/periods/{year}/")
    press(page.get_by_role("button", name="گشودن طبقه‌بندی"))
    expect(page.get_by_text("ردیف از سال پیش آورده شد")).to_be_visible()
    seen(story, "mapping")
    story.go("/manage/classification/chapter/new/")
    seen(story, "row-new")
