"""Invented examples for the gallery page: every component in every state, without a database."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator

from budget_portal.charts import Bar, Cell, Chart, Column, Row, Series, ServiceClock, Table

_TEHRAN = ZoneInfo("Asia/Tehran")


def _thing(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(**fields)


def context() -> Mapping[str, Any]:
    """Everything templates/gallery.html shows."""
    return {
        "steps": _steps(),
        "finished_steps": [
            _thing(**{**vars(step), "state": "done", "note": "۱۰۰٪ ردیف‌ها"}) for step in _steps()
        ],
        "badges": _badges(),
        "tabs": _tabs(),
        "chips": _chips(),
        "events": _events(),
        "errors": _errors(),
        "facts": _facts(),
        "completeness": _completeness(),
        "clocks": [
            ServiceClock(6, due_text="تا شنبه ۳۰ آبان ۱۴۰۵"),
            ServiceClock(13, due_text="مهلت: شنبه ۳۰ آبان ۱۴۰۵"),
            ServiceClock(7, due_text="تأیید نهایی ۲۶ آبان ۱۴۰۵", finished=True),
        ],
        "absorption": _absorption(),
        "deviation": _deviation(),
        "histogram": _histogram(),
        "curve": _curve(),
        "league": _league(),
        "no_rows": Table("بازدیدها", (Column("پروژه", head=True),), ()),
        "page": Paginator(range(312), 50).page(2),
        "sizes": (25, 50, 100),
        "signatures": _signatures(),
        "files": _files(),
        "flags": [_thing(label="۱۴ واحد عقب‌تر از برنامه", tone="warn", icon="exclamation-triangle")],
        "clean": [_thing(label="بدون هشدار", tone="plain", icon="check")],
        "regions": _regions(),
    }


def _steps() -> list[SimpleNamespace]:
    return [
        _thing(number=1, label="ورود اطلاعات و تأیید ذیحساب", note="کامل", state="done", url=""),
        _thing(
            number=2,
            label="نظارت و بازدید میدانی",
            note="۵۸٪ ردیف‌ها، در حال بازدید",
            state="current",
            url="#",
        ),
        _thing(number=3, label="بررسی و تأیید نهایی", note="گروه تلفیق بودجه", state="todo", url=""),
        _thing(number=4, label="گزارش نظارتی", note="معاونت بودجه", state="todo", url=""),
    ]


def _badges() -> list[SimpleNamespace]:
    rows = [
        ("پیش‌نویس", "neutral", ""),
        ("در حال انجام", "info", "arrow-path"),
        ("در انتظار ذیحساب", "warn", "clock"),
        ("نیاز به اصلاح", "bad", "exclamation-circle"),
        ("برگشتی از ذیحساب", "returned", "arrow-uturn-right"),
        ("مطابق", "ok", "check"),
        ("تأیید نهایی", "plain", "check"),
    ]
    return [_thing(label=label, tone=tone, icon=icon) for label, tone, icon in rows]


def _tabs() -> list[SimpleNamespace]:
    return [
        _thing(label="در انتظار", url="#", count=7, current=True),
        _thing(label="برگشتی", url="#", count=2, current=False),
        _thing(label="تأییدشده", url="#", count=31, current=False),
    ]


def _chips() -> list[SimpleNamespace]:
    return [
        _thing(label="همه", url="#", count=86, current=True, tone=""),
        _thing(label="آمادهٔ تأیید", url="#", count=3, current=False, tone=""),
        _thing(label="دارای مغایرت", url="#", count=4, current=False, tone="bad"),
        _thing(label="امور زیربنایی", url="#", count=None, current=False, tone=""),
    ]


def _events() -> list[SimpleNamespace]:
    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=_TEHRAN)

    return [
        _thing(
            title="پاسخ نهایی", text="حداکثر تا شنبه ۳۰ آبان ۱۴۰۵ (۱۰ روز کاری از ۱۶ آبان)", state="future"
        ),
        _thing(
            title="در حال بررسی در گروه امور زیربنایی",
            text="از دستگاه توضیح خواسته شد.",
            at=at(11, 9, 15),
            state="now",
        ),
        _thing(
            title="برگشت برای تکمیل",
            text="برگ دوم صورت‌وضعیت ناخواناست.",
            by="ر. کاظمی، ذیحساب",
            at=at(10, 9, 2),
            state="warn",
        ),
        _thing(title="ارجاع به کارشناس", by="ن. صالحی", at=at(8, 11, 40), state="done"),
        _thing(title="دریافت و ثبت شد", at=at(7, 16, 5), state="done"),
    ]


def _errors() -> list[SimpleNamespace]:
    return [
        _thing(url="#cell-2", message="ردیف ۲: عملکرد از تخصیص بیشتر است"),
        _thing(url="#cell-6", message="ردیف ۶: مقدار انجام‌شده از مقطع قبل کمتر است"),
    ]


def _facts() -> list[SimpleNamespace]:
    return [
        _thing(label="دستگاه", value="ادارهٔ کل راه و شهرسازی (نمونه)", url="#", note=""),
        _thing(label="شهرستان", value="بهبهان", url="", note=""),
        _thing(label="اعتبار مصوب", value="۴۸٬۰۰۰", url="", note="میلیون ریال"),
        _thing(label="پایان پیش‌بینی‌شده", value=None, url="", note=""),
    ]


def _completeness() -> list[SimpleNamespace]:
    rows = [
        (1, "ورود دستگاه", 1173, 94, "primary"),
        (1, "تأیید ذیحساب", 1048, 84, "primary"),
        (2, "نظارت و بازدید", 724, 58, "soft"),
        (3, "تأیید نهایی تلفیق", 611, 49, "soft"),
        (4, "درج در گزارش نظارتی", 0, 0, "soft"),
    ]
    names = ("number", "label", "count", "percent", "tone")
    return [_thing(**dict(zip(names, row, strict=True)), url="") for row in rows]


def _absorption() -> Chart:
    bars = (
        Bar("مصوب", 48215, tone="plan"),
        Bar("تخصیص", 27960, tone="soft", note="۵۸٪ مصوب"),
        Bar("عملکرد", 19012, tone="financial", note="۶۸٪ تخصیص", mark=27960),
        Bar("تعهد", None, note="هنوز ثبت نشده است"),
    )
    return Chart(
        "bars",
        "از مصوب تا عملکرد",
        "۶۸٪ تخصیص هزینه شده است؛ ۴ واحد کمتر از سال قبل.",
        "میلیارد ریال",
        bars=bars,
    )


def _deviation() -> Chart:
    rows = (("جهاد کشاورزی", -19), ("آب و فاضلاب روستایی", -16), ("علوم پزشکی", -2), ("میراث فرهنگی", 3))
    bars = tuple(
        Bar(
            name,
            value,
            f"\u200e{'+' if value > 0 else '−'}{abs(value)}",
            "bad" if value < -10 else "physical",
        )
        for name, value in rows
    )
    sentence = "دو دستگاه بیش از ۱۰ واحد درصد از برنامهٔ فیزیکی عقب‌اند."
    return Chart("bars", "انحراف فیزیکی", sentence, "واحد درصد", bars=bars)


def _histogram() -> Chart:
    counts = (2, 4, 7, 9, 12, 14, 10, 8, 5, 3)
    bars = [
        Bar(str(day), count, tone="warn" if day > 7 else "turq") for day, count in enumerate(counts, start=1)
    ]
    bars.append(Bar("۱۱+", 6, tone="bad"))
    sentence = "میانهٔ پرونده‌ها ۶ روز کاری، دیرترین ۱۳ روز؛ ۶ پرونده از مهلت گذشته است."
    return Chart("columns", "پرونده‌ها در هر روز کاری", sentence, "پرونده", bars=tuple(bars))


def _curve() -> Chart:
    points = ("تیر ۰۴", "مهر ۰۴", "دی ۰۴", "فروردین ۰۵", "تیر ۰۵", "مهر ۰۵", "دی ۰۵", "اسفند ۰۵")
    return Chart(
        "curve",
        "پیشرفت فیزیکی و مالی",
        "پیشرفت فیزیکی ۴۸٪ است؛ ۱۴ واحد درصد عقب‌تر از برنامه.",
        "درصد",
        note="زمان از چپ به راست، مانند نمودار کنترل پروژه.",
        series=(
            Series("plan", "برنامه", (4, 12, 24, 38, 51, 62, 84, 100)),
            Series("physical", "فیزیکی", (3, 11, 20, 33, 44, 48, None, None)),
            Series("financial", "مالی", (2, 8, 19, 28, 40, Decimal("57.6"), None, None)),
        ),
        points=points,
    )


def _league() -> Table:
    columns = (
        Column("دستگاه", head=True, url="#"),
        Column("تکمیل", unit="٪", numeric=True),
        Column("جذب تخصیص", unit="٪", numeric=True),
        Column("انحراف فیزیکی", unit="واحد", numeric=True),
        Column("عملکرد", unit="میلیون ریال", numeric=True),
    )
    rows = (
        Row((Cell("جهاد کشاورزی", url="#", note="۲۵ ردیف"), "۹۶", "۴۱", "\u200e−۱۹", "۲٬۹۴۰"), "bad"),
        Row((Cell("راه و شهرسازی", url="#", note="۲۰ ردیف"), "۶۷", "۵۸", "\u200e−۱۴", "۴٬۱۱۵"), "warn"),
        Row((Cell("علوم پزشکی", url="#", note="۳۱ ردیف"), "۱۰۰", "۷۴", "\u200e−۲", "۲٬۲۰۵")),
        Row((Cell("بهزیستی", url="#", note="۱۱ ردیف"), "۱۰۰", None, None, None)),
    )
    return Table("دستگاه‌ها به ترتیب نیاز به پیگیری", columns, rows, ("جمع", "۸۸", "۵۸", "\u200e−۱۲", "۹٬۲۶۰"))


def _signatures() -> list[SimpleNamespace]:
    rows = [
        ("پیش‌نویس", "تهیه‌کننده: ز. شریفی", "۲۶ آبان", "done"),
        ("بررسی", "گروه تلفیق: پ. رستمی", "۲۸ آبان", "done"),
        ("تأیید", "معاون بودجه", "نوبت شما", "now"),
        ("تصویب و انتشار", "رئیس سازمان", "پس از تأیید", "todo"),
    ]
    return [_thing(label=label, person=person, when=when, state=state) for label, person, when, state in rows]


def _files() -> list[SimpleNamespace]:
    rows = [
        ("sorat-vaziat-5.pdf", "۱٫۲ مگابایت", 100, "done", "دریافت شد"),
        ("site-photo.jpg", "۳٫۸ مگابایت", 62, "running", "۶۲٪"),
        ("scan.tiff", "۱۴ مگابایت", 0, "failed", "حداکثر ۱۰ مگابایت"),
    ]
    names = ("name", "size", "percent", "state", "note")
    return [_thing(**dict(zip(names, row, strict=True))) for row in rows]


def _regions() -> list[SimpleNamespace]:
    rows = [
        ("لالی", 63, 3, "20,10 130,20 120,110 40,120", 78, 68, False),
        ("ایذه", 43, 1, "130,20 230,40 240,130 120,110", 180, 76, False),
        ("اهواز", 82, 5, "40,120 120,110 130,210 30,200", 80, 158, True),
        ("بهبهان", 71, 4, "120,110 240,130 220,220 130,210", 178, 166, True),
        ("هندیجان", None, 0, "240,130 330,150 310,230 220,220", 276, 182, False),
    ]
    names = ("name", "value", "level", "points", "x", "y", "light")
    return [_thing(**dict(zip(names, row, strict=True))) for row in rows]
