from __future__ import annotations

import pytest

from accounts.browsers import browser_name

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/140.0 Safari/537.36", "کروم در ویندوز"),
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/140.0 Safari/537.36 Edg/140.0", "اِج در ویندوز"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "فایرفاکس در اندروید"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "سافاری در آیفون",
        ),
        ("curl/8.0", "مرورگر ناشناخته"),
        ("", "مرورگر ناشناخته"),
    ],
)
def test_the_browser_is_named_in_persian(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
