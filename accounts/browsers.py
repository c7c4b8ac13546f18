"""The name of a browser in the words of the person who uses it."""

from __future__ import annotations

# Later names are also written by the earlier ones' browsers: the first that is found counts.
BROWSERS = {
    "Edg": "اِج",
    "OPR": "اپرا",
    "SamsungBrowser": "مرورگر سامسونگ",
    "Firefox": "فایرفاکس",
    "Chrome": "کروم",
    "Safari": "سافاری",
}
SYSTEMS = {
    "Android": "اندروید",
    "iPhone": "آیفون",
    "iPad": "آیپد",
    "Windows": "ویندوز",
    "Mac OS": "مک",
    "Linux": "لینوکس",
}


def browser_name(user_agent: str) -> str:
    """«کروم در ویندوز»; what cannot be told is called unknown."""
    browser = _first(BROWSERS, user_agent) or "مرورگر ناشناخته"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} در {system}" if system else browser


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
