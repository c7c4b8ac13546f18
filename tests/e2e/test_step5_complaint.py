"""Step 5: a citizen without JavaScript files about a project on a phone, the desk answers, the citizen objects."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from agreements.models import Project
from complaints.models import Complaint
from tests import factories
from tests.cast import Cast
from tests.complaints.making import ANSWER, REASON, make_case

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
Desktop = Callable[[Client], Page]
SHOTS = os.environ.get("SCREENSHOTS")  # a folder to look at the pages in


def looks_right(page: Page, name: str) -> None:
    """No barrier, nothing sideways, nothing inline; a picture where one is wanted."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.locator("[style], style, script:not([src])").count() == 0, name
    shown = page.locator("main").inner_text()
    assert not [char for char in shown if char in "٠١٢٣٤٥٦٧٨٩يك"], name
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def is_open_to_all(page: Page, name: str) -> None:
    result = Axe().run(page, options=RULES)
    assert result.violations_count == 0, f"{name}\n{result.generate_report()}"


@pytest.fixture
def project(cast: Cast) -> Project:
    cast.complaints, cast.expert, cast.deputy  # noqa: B018 - a desk, an expert, a deputy
    return factories.make_project(cast.agency)


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """390 px wide, no script at all."""
    context = browser.new_context(
        locale="fa-IR",
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        base_url=live_server.url,
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desktop(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[Client], Page]]:
    """A page of a client's session, at 1366 px."""
    contexts: list[BrowserContext] = []

    def open_page(client: Client) -> Page:
        size = {"width": 1366, "height": 900}
        context = browser.new_context(locale="fa-IR", viewport=size, base_url=live_server.url)
        contexts.append(context)
        for name, morsel in client.cookies.items():
            context.add_cookies([{"name": name, "value": morsel.value, "url": live_server.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def file_about(phone: Page, project: Project) -> tuple[str, str]:
    """From the front page through the three steps; number and secret of the receipt."""
    phone.goto("/")
    expect(phone.get_by_text("هنوز رقم تأییدشده‌ای نیست")).to_be_visible()
    phone.get_by_role("link", name="شروع ثبت").click()
    phone.get_by_role("button", name="ادامه").click()
    expect(phone).to_have_title(re.compile("^خطا:"))
    expect(phone.locator(".error-summary")).to_contain_text("«شرح» را وارد کنید.")
    phone.get_by_label("شکایت", exact=False).first.check()
    phone.get_by_label("دستگاه یا پروژه").fill(project.code)
    phone.get_by_label("موضوع در یک جمله").fill("توقف کار و مسیر جایگزین ناایمن")
    phone.get_by_label(re.compile("^شرح")).fill("کار از خردادماه متوقف مانده و مسیر جایگزین ایمن نیست.")
    phone.get_by_role("button", name="ادامه").click()

    phone.get_by_label("نام و نام خانوادگی").fill("آرش نمونه‌ای")
    phone.get_by_label("کد ملی", exact=False).first.fill("۰۰۱۲۳۴۵۶۷۸")
    phone.get_by_label("شمارهٔ همراه").fill("۰۹۱۶۱۲۳۴۴۲۷")
    phone.get_by_role("button", name="ادامه").click()
    expect(phone.locator(".error-summary")).to_contain_text("کد ملی درست نیست")
    phone.get_by_label("کد ملی", exact=False).first.fill("۰۰۱۲۳۴۵۶۷۹")
    phone.get_by_role("button", name="ادامه").click()

    expect(phone.get_by_text(project.title)).to_be_visible()
    phone.get_by_role("link", name="تغییر موضوع و شرح").click()  # back keeps everything
    expect(phone.get_by_label("دستگاه یا پروژه")).to_have_value(project.code)
    phone.get_by_role("button", name="ادامه").click()
    expect(phone.get_by_label("نام و نام خانوادگی")).to_have_value("آرش نمونه‌ای")
    phone.get_by_role("button", name="ادامه").click()
    phone.get_by_role("button", name="ثبت نهایی درخواست").click()

    expect(phone.get_by_role("heading", name="شکایت شما ثبت شد")).to_be_visible()
    looks_right(phone, "5c-done-phone")
    number, secret = phone.locator(".tracking__code").all_inner_texts()
    phone.reload()
    expect(phone).to_have_url(re.compile("/complaints/track/$"))  # shown once
    return number, secret


def track(phone: Page, number: str, key: str) -> None:
    phone.goto("/")
    phone.get_by_label("شمارهٔ پیگیری").fill(number)
    phone.get_by_label("رمز پیگیری یا شمارهٔ همراه").fill(key)
    phone.get_by_role("button", name="نمایش وضعیت").click()
    expect(phone).to_have_url(re.compile("/complaints/case/$"))


def test_story(desktop: Desktop, cast: Cast, phone: Page, project: Project) -> None:
    number, secret = file_about(phone, project)
    track(phone, number, secret)
    looks_right(phone, "5b-case-phone")
    complaint = Complaint.objects.get()
    assert complaint.project == project

    desk = desktop(cast.client("complaints"))
    desk.goto("/desk/")
    looks_right(desk, "17-desk-queue")
    is_open_to_all(desk, "queue")
    desk.get_by_role("link", name="توقف کار").click()
    looks_right(desk, "17-desk-new")
    is_open_to_all(desk, "new case")
    expect(desk.get_by_text("فرستنده پنهان است.")).to_be_visible()
    expect(desk.get_by_text("آرش نمونه‌ای")).to_have_count(0)
    desk.get_by_label("ارجاع به").select_option(str(cast.expert.pk))
    desk.get_by_role("button", name="ارجاع درخواست").click()
    expect(desk.locator(".toast")).to_contain_text("ارجاع شد")

    desk.get_by_text("دیدن با نوشتن دلیل").click()
    desk.get_by_label("دلیل دیدن هویت فرستنده").fill(REASON)
    desk.get_by_role("button", name="دیدن هویت فرستنده").click()
    expect(desk.get_by_text("آرش نمونه‌ای")).to_be_visible()
    desk.goto(f"/desk/{complaint.pk}/")
    expect(desk.get_by_text("آرش نمونه‌ای")).to_have_count(0)

    expert = desktop(cast.client("expert"))
    expert.goto(f"/desk/{complaint.pk}/")
    expert.get_by_role("button", name="آغاز بررسی").click()
    expert.get_by_role("textbox", name="پاسخ به فرستنده").fill(ANSWER)
    expert.get_by_label("بخشی حل شد").check()
    looks_right(expert, "17-desk-expert")
    expert.get_by_role("button", name="ثبت پاسخ برای نفر دوم").click()
    expect(expert.get_by_text("نویسندهٔ پاسخ آن را نمی‌فرستد").first).to_be_visible()

    desk.reload()
    looks_right(desk, "17-desk-second")
    is_open_to_all(desk, "second person")
    desk.get_by_role("button", name="تأیید و ارسال پاسخ").click()
    expect(desk.locator(".toast")).to_contain_text("پاسخ فرستاده شد")

    phone.reload()
    expect(phone.get_by_text(ANSWER).first).to_be_visible()
    looks_right(phone, "5b-answered-phone")
    phone.get_by_role("link", name="اعتراض به پاسخ").click()
    phone.get_by_label("دلیل اعتراض").fill("روشنایی هنوز نصب نشده و مسیر ایمن نیست.")
    phone.get_by_role("button", name="ثبت اعتراض").click()
    expect(phone.get_by_text("اعتراض ثبت شد").first).to_be_visible()
    expect(phone.get_by_role("link", name="اعتراض به پاسخ")).to_have_count(0)

    deputy = desktop(cast.client("deputy"))
    deputy.goto("/desk/")
    deputy.get_by_role("link", name="توقف کار").click()
    deputy.get_by_role("button", name="آغاز رسیدگی به اعتراض").click()
    deputy.get_by_role("textbox", name="پاسخ به فرستنده").fill("روشنایی نصب شد و مسیر علامت‌گذاری شده است.")
    deputy.get_by_label("حل شد", exact=True).check()
    deputy.get_by_role("button", name="ثبت پاسخ برای نفر دوم").click()
    desk.goto(f"/desk/{complaint.pk}/")
    desk.get_by_role("button", name="تأیید و ارسال پاسخ").click()
    phone.reload()
    expect(phone.get_by_text("روشنایی نصب شد").first).to_be_visible()
    expect(phone.get_by_role("link", name="اعتراض به پاسخ")).to_have_count(0)


PUBLIC = ("/", "/service/", "/service/sla/", "/help/", "/help/filing/", "/contact/", "/privacy/")
MORE_PUBLIC = ("/accessibility/", "/sitemap/", "/open/", "/complaints/track/", "/complaints/new/subject/")


@pytest.mark.parametrize("width", (1366, 390, 320))
def test_public_pages_are_open_to_all(
    page: Page, live_server: LiveServer, cast: Cast, project: Project, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    for path in PUBLIC + MORE_PUBLIC:
        page.goto(f"{live_server.url}{path}")
        name = path.strip("/").replace("/", "-") or "home"
        looks_right(page, f"public-{name}-{width}")
        is_open_to_all(page, path)
        expect(page.locator("h1")).to_have_count(1)
    assert hosts == {urlsplit(live_server.url).netloc}


def test_footer_leads_somewhere(page: Page, live_server: LiveServer, cast: Cast) -> None:
    page.goto(f"{live_server.url}/")
    for href in page.locator("footer a, header a").evaluate_all("links => links.map(link => link.href)"):
        assert page.request.get(href).status == 200, href


@pytest.mark.parametrize("state", ("needs_info", "answered", "rejected", "forwarded"))
@pytest.mark.parametrize("width", (1366, 390))
def test_case_in_every_light(desktop: Desktop, cast: Cast, state: str, width: int) -> None:
    case = make_case(cast, state)
    page = desktop(holding(case))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/complaints/case/")
    looks_right(page, f"case-{state}-{width}")
    is_open_to_all(page, state)
    for name in {"needs_info": ["add", "withdraw"], "answered": ["objection"]}.get(state, []):
        page.goto(f"/complaints/case/{name}/")
        looks_right(page, f"case-{name}-{width}")
        is_open_to_all(page, name)


def holding(case: Complaint) -> Client:
    """A browser session that has opened this case."""
    from django.contrib.sessions.backends.db import SessionStore

    from complaints.tracking import SESSION_KEY

    session = SessionStore()
    session[SESSION_KEY] = case.pk
    session.save()
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    return client
