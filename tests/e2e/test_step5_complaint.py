"""Step 5: a citizen without JavaScript files about a project on a phone, the desk answers, the citizen objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from agreements.models import Project
from complaints.models import Complaint
from complaints.tracking import SESSION_KEY
from tests import factories
from tests.cast import Cast
from tests.complaints.making import ANSWER, REASON, make_case
from tests.e2e.stories import DESKTOP, PHONE, fits, judge, press, snap

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

Desktop = Callable[[Client], Page]


def looks_right(page: Page, picture: str) -> None:
    """Also where scripts are off: nothing sideways, nothing inline, Persian letters and digits."""
    fits(page)
    shown = page.locator("main").inner_text()
    assert not [char for char in shown if char in "٠١٢٣٤٥٦٧٨٩يك"], picture
    snap(page, picture)


def is_open_to_all(page: Page, picture: str, *sizes: ViewportSize) -> None:
    looks_right(page, "")
    judge(page, picture, *sizes)


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
        context = browser.new_context(locale="fa-IR", viewport=DESKTOP, base_url=live_server.url)
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
    press(phone.get_by_role("link", name="شروع ثبت"))
    press(phone.get_by_role("button", name="ادامه"))
    expect(phone).to_have_title(re.compile("^خطا:"))
    expect(phone.locator(".error-summary")).to_contain_text("«شرح» را وارد کنید.")
    phone.get_by_label("شکایت", exact=False).first.check()
    phone.get_by_label("دستگاه یا پروژه").fill(project.code)
    phone.get_by_label("موضوع در یک جمله").fill("توقف کار و مسیر جایگزین ناایمن")
    phone.get_by_label(re.compile("^شرح")).fill("کار از خردادماه متوقف مانده و مسیر جایگزین ایمن نیست.")
    press(phone.get_by_role("button", name="ادامه"))

    phone.get_by_label("نام و نام خانوادگی").fill("آرش نمونه‌ای")
    phone.get_by_label("کد ملی", exact=False).first.fill("۰۰۱۲۳۴۵۶۷۸")
    phone.get_by_label("شمارهٔ همراه").fill("۰۹۱۶۱۲۳۴۴۲۷")
    press(phone.get_by_role("button", name="ادامه"))
    expect(phone.locator(".error-summary")).to_contain_text("کد ملی درست نیست")
    phone.get_by_label("کد ملی", exact=False).first.fill("۰۰۱۲۳۴۵۶۷۹")
    press(phone.get_by_role("button", name="ادامه"))

    expect(phone.get_by_text(project.title)).to_be_visible()
    press(phone.get_by_role("link", name="تغییر موضوع و شرح"))  # back keeps everything
    expect(phone.get_by_label("دستگاه یا پروژه")).to_have_value(project.code)
    press(phone.get_by_role("button", name="ادامه"))
    expect(phone.get_by_label("نام و نام خانوادگی")).to_have_value("آرش نمونه‌ای")
    press(phone.get_by_role("button", name="ادامه"))
    press(phone.get_by_role("button", name="ثبت نهایی درخواست"))

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
    press(phone.get_by_role("button", name="نمایش وضعیت"))
    expect(phone).to_have_url(re.compile("/complaints/case/$"))


def test_story(desktop: Desktop, cast: Cast, phone: Page, project: Project) -> None:
    number, secret = file_about(phone, project)
    track(phone, number, secret)
    looks_right(phone, "5b-case-phone")
    complaint = Complaint.objects.get()
    assert complaint.project == project

    desk = desktop(cast.client("complaints"))
    desk.goto("/desk/")
    is_open_to_all(desk, "17-desk-queue")
    press(desk.get_by_role("link", name="توقف کار"))
    is_open_to_all(desk, "17-desk-new")
    expect(desk.get_by_text("فرستنده پنهان است.")).to_be_visible()
    expect(desk.get_by_text("آرش نمونه‌ای")).to_have_count(0)
    desk.get_by_label("ارجاع به").select_option(str(cast.expert.pk))
    press(desk.get_by_role("button", name="ارجاع درخواست"))
    expect(desk.locator(".toast")).to_contain_text("ارجاع شد")

    desk.get_by_text("دیدن با نوشتن دلیل").click()
    desk.get_by_label("دلیل دیدن هویت فرستنده").fill(REASON)
    press(desk.get_by_role("button", name="دیدن هویت فرستنده"))
    expect(desk.get_by_text("آرش نمونه‌ای")).to_be_visible()
    desk.goto(f"/desk/{complaint.pk}/")
    expect(desk.get_by_text("آرش نمونه‌ای")).to_have_count(0)

    expert = desktop(cast.client("expert"))
    expert.goto(f"/desk/{complaint.pk}/")
    press(expert.get_by_role("button", name="آغاز بررسی"))
    expert.get_by_role("textbox", name="پاسخ به فرستنده").fill(ANSWER)
    expert.get_by_label("بخشی حل شد").check()
    looks_right(expert, "17-desk-expert")
    press(expert.get_by_role("button", name="ثبت پاسخ برای نفر دوم"))
    expect(expert.get_by_text("نویسندهٔ پاسخ آن را نمی‌فرستد").first).to_be_visible()

    desk.reload()
    is_open_to_all(desk, "17-desk-second")
    press(desk.get_by_role("button", name="تأیید و ارسال پاسخ"))
    expect(desk.locator(".toast")).to_contain_text("پاسخ فرستاده شد")

    phone.reload()
    expect(phone.get_by_text(ANSWER).first).to_be_visible()
    looks_right(phone, "5b-answered-phone")
    press(phone.get_by_role("link", name="اعتراض به پاسخ"))
    phone.get_by_label("دلیل اعتراض").fill("روشنایی هنوز نصب نشده و مسیر ایمن نیست.")
    press(phone.get_by_role("button", name="ثبت اعتراض"))
    expect(phone.get_by_text("اعتراض ثبت شد").first).to_be_visible()
    expect(phone.get_by_role("link", name="اعتراض به پاسخ")).to_have_count(0)

    deputy = desktop(cast.client("deputy"))
    deputy.goto("/desk/")
    press(deputy.get_by_role("link", name="توقف کار"))
    press(deputy.get_by_role("button", name="آغاز رسیدگی به اعتراض"))
    deputy.get_by_role("textbox", name="پاسخ به فرستنده").fill("روشنایی نصب شد و مسیر علامت‌گذاری شده است.")
    deputy.get_by_label("حل شد", exact=True).check()
    press(deputy.get_by_role("button", name="ثبت پاسخ برای نفر دوم"))
    desk.goto(f"/desk/{complaint.pk}/")
    press(desk.get_by_role("button", name="تأیید و ارسال پاسخ"))
    phone.reload()
    expect(phone.get_by_text("روشنایی نصب شد").first).to_be_visible()
    expect(phone.get_by_role("link", name="اعتراض به پاسخ")).to_have_count(0)


PUBLIC = ("/", "/service/", "/service/sla/", "/help/", "/help/filing/", "/contact/", "/privacy/")
NARROW: ViewportSize = {"width": 320, "height": 900}
MORE_PUBLIC = ("/accessibility/", "/sitemap/", "/open/", "/complaints/track/", "/complaints/new/subject/")


def test_public_pages_are_open_to_all(
    page: Page, live_server: LiveServer, cast: Cast, project: Project
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    for path in PUBLIC + MORE_PUBLIC:
        page.goto(f"{live_server.url}{path}")
        expect(page.locator("h1")).to_have_count(1)
        is_open_to_all(page, f"public-{path.strip('/').replace('/', '-') or 'home'}", NARROW, DESKTOP, PHONE)
    assert hosts == {urlsplit(live_server.url).netloc}


def test_footer_leads_somewhere(page: Page, live_server: LiveServer, cast: Cast) -> None:
    page.goto(f"{live_server.url}/")
    for href in page.locator("footer a, header a").evaluate_all("links => links.map(link => link.href)"):
        assert page.request.get(href).status == 200, href


@pytest.mark.parametrize("state", ("needs_info", "answered", "rejected", "forwarded"))
def test_case_in_every_light(page: Page, live_server: LiveServer, cast: Cast, state: str) -> None:
    holding(page, live_server, make_case(cast, state))
    for name in ("", *{"needs_info": ("add", "withdraw"), "answered": ("objection",)}.get(state, ())):
        page.goto(
            f"{live_server.url}/complaints/case/{name}/" if name else f"{live_server.url}/complaints/case/"
        )
        is_open_to_all(page, f"case-{name or state}", DESKTOP, PHONE)


def holding(page: Page, live_server: LiveServer, case: Complaint) -> None:
    """A browser that has opened this case."""
    session = SessionStore()
    session[SESSION_KEY] = case.pk
    session.save()
    name, key = settings.SESSION_COOKIE_NAME, str(session.session_key)
    page.context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
