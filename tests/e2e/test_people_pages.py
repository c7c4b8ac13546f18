"""Entrance, second factor and calendar in a browser: no barrier, no sideways scroll, nothing inline."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.accounts.test_entrance import PASSWORD, code_now, give_password, give_totp
from tests.cast import Cast
from tests.e2e.stories import DESKTOP, PHONE, judge, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def enter(page: Page, live_server: LiveServer, client: Client) -> None:
    """The session of a signed-in person, in the browser."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_sign_in_with_the_second_factor(page: Page, live_server: LiveServer) -> None:
    cache.clear()
    cast = Cast()
    give_password(cast.treasurer)
    secret = give_totp(cast.treasurer)
    page.goto(f"{live_server.url}/accounts/login/")
    judge(page, "login", DESKTOP, PHONE)
    page.get_by_label("نام کاربری").fill("treasurer")
    page.get_by_label("رمز عبور").fill("wrong")
    press(page.get_by_role("button", name="ورود به سامانه"))
    judge(page, "login-wrong", DESKTOP, PHONE)
    page.get_by_label("رمز عبور").fill(PASSWORD)
    press(page.get_by_role("button", name="ورود به سامانه"))
    judge(page, "code", DESKTOP, PHONE)
    page.get_by_label("رمز دوم").fill(code_now(secret))
    press(page.get_by_role("button", name="ورود به سامانه"))
    page.goto(f"{live_server.url}/accounts/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("نمایهٔ من")
    judge(page, "profile", DESKTOP, PHONE)


def test_set_up_of_the_second_factor(page: Page, live_server: LiveServer) -> None:
    cast = Cast()
    enter(page, live_server, cast.sign_in(cast.treasurer, second_factor=False))
    page.goto(f"{live_server.url}/accounts/profile/")
    judge(page, "totp-activate", DESKTOP, PHONE)


def test_the_deputy_closes_and_reopens(page: Page, live_server: LiveServer) -> None:
    cast = Cast()
    enter(page, live_server, cast.client("deputy"))
    window = cast.window()
    cast.window("expense", state="closed")
    page.goto(f"{live_server.url}/periods/")
    judge(page, "periods", DESKTOP, PHONE)
    press(page.locator(f"#window-{window.pk}").get_by_role("link", name="بستن مقطع"))
    judge(page, "close", DESKTOP, PHONE)
    press(page.get_by_role("button", name="بستن مقطع"))
    press(page.locator(f"#window-{window.pk}").get_by_role("link", name="بازگشایی"))
    page.get_by_label("آخرین روز تازه").fill("۱۴۰۵/۱۲/۲۰")
    page.get_by_label("دلیل").fill("کوتاه")
    press(page.get_by_role("button", name="بازگشایی"))
    judge(page, "reopen-wrong", DESKTOP, PHONE)
    page.get_by_label("دلیل").fill("به درخواست کتبی دستگاه‌ها برای تکمیل اسناد")
    press(page.get_by_role("button", name="بازگشایی"))
    expect(page.locator(f"#window-{window.pk}")).to_contain_text("تمدیدشده")
    judge(page, "reopened", DESKTOP, PHONE)
