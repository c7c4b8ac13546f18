"""Words that several pages share: names of cut-offs, deadlines, steps of the service, states of rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agreements.models import ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import to_persian
from monitoring.models import PerformanceSubmission, ReturnMark

KINDS = {"capital": "تملک دارایی‌های سرمایه‌ای", "expense": "اعتبارات هزینه‌ای"}
ROWS_OF = {"capital": "پروژه", "expense": "ردیف"}


@dataclass(frozen=True)
class Badge:
    label: str
    tone: str = "neutral"
    icon: str = ""


@dataclass(frozen=True)
class Due:
    """The deadline box: how long, until when, how urgent (calm, warn, bad)."""

    title: str
    text: str
    tone: str = "calm"
    on: dt.date | None = None
    url: str = ""  # how it came about, day by day
    line: str = ""  # «in time» and «still open», told apart
    ask_url: str = ""  # where more time is asked for


@dataclass(frozen=True)
class Step:
    number: int
    label: str
    note: str
    state: str
    url: str = ""


def period_name(period: ReportingPeriod) -> str:
    """«شهریور ۱۴۰۵»: the month in which the cut-off ends; the closing one has a name of its own."""
    if period.is_closing:
        return f"متمم سال {to_persian(period.fiscal_year.year)}"
    return jalali.format_date(period.cutoff_date, "month")


def period_title(period: ReportingPeriod) -> str:
    return period_name(period) if period.is_closing else f"مقطع پایان {period_name(period)}"


def days_left(until: dt.date, *, what: str = "مهلت", extended: bool = False) -> Due:
    """«۲ روز تا پایان مهلت»; the last day counts to its hour 24."""
    left = (until - timezone.localdate()).days
    suffix = " (تمدیدشده)" if extended else ""
    text = jalali.format_date(until, "deadline")
    if left < 0:
        return Due(f"{-left} روز از {what} گذشته است{suffix}", text, "bad", until)
    if left == 0:
        return Due(f"{what} امروز پایان می‌یابد{suffix}", text, "bad", until)
    return Due(f"{left} روز تا پایان {what}{suffix}", text, "warn" if left <= 3 else "calm", until)


def steps(submission: PerformanceSubmission | None) -> list[Step]:
    """The four official steps, with where this submission stands."""
    state = submission.state if submission else "draft"
    position = {
        "treasurer_confirmed": 2,
        "under_review": 2,
        "expert_reviewed": 3,
        "approved": 4,
    }.get(state, 1)
    notes = {
        "draft": "اکنون: ورود دستگاه؛ سپس تأیید ذیحساب",
        "returned": "اکنون: اصلاح ردیف‌های برگشتی",
        "reopened": "اکنون: اصلاح پس از بازگشایی",
        "submitted": "اکنون: تأیید ذیحساب",
        "treasurer_confirmed": "در نوبت کارشناس بودجه",
        "under_review": "اکنون: بررسی کارشناس بودجه",
        "expert_reviewed": "اکنون: تأیید نهایی گروه تلفیق",
        "approved": "در نوبت گزارش",
    }
    titles = (
        ("ورود اطلاعات و تأیید ذیحساب", "دستگاه و ذیحساب"),
        ("نظارت و بازدید میدانی", "کارشناسان بودجه"),
        ("بررسی و تأیید نهایی", "گروه تلفیق بودجه"),
        ("گزارش نظارتی", "معاونت بودجه"),
    )
    made = []
    for number, (label, who) in enumerate(titles, start=1):
        place = "done" if number < position else "current" if number == position else "todo"
        note = {"done": "کامل", "current": notes[state], "todo": who}[place]
        made.append(Step(number, label, note, place))
    return made


def receipt_number(submission: PerformanceSubmission) -> str:
    """Ten digits of the receipt and the revision: «۴۰۵۸-۷۳۱۶-۲۳/۱»."""
    digits = f"{submission.receipt.int % 10**10:010d}"
    # An isolate: inside Persian text the parts would otherwise change places.
    return f"\u2066{digits[:4]}-{digits[4:8]}-{digits[8:]}/{submission.revision}\u2069"


def age(moment: dt.datetime | None) -> str:
    return "" if moment is None else jalali.relative(jalali.local(moment).date(), timezone.localdate())


def size(count: int) -> str:
    """«۱٫۲ مگابایت»"""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} کیلوبایت"
    return f"{count / 1024 / 1024:.1f} مگابایت".replace(".", "٫")


SUBMISSION_BADGES = {
    "draft": Badge("پیش‌نویس", "info"),
    "submitted": Badge("در انتظار ذیحساب", "warn", "clock"),
    "treasurer_confirmed": Badge("تأیید ذیحساب", "plain", "check"),
    "under_review": Badge("در دست بررسی کارشناس", "info"),
    "expert_reviewed": Badge("در بررسی تلفیق", "info"),
    "approved": Badge("تأیید نهایی", "plain", "check"),
    "returned": Badge("برگشت به دستگاه", "returned", "arrow-uturn-right"),
    "reopened": Badge("بازگشایی‌شده", "returned", "lock-open"),
}


def submission_badge(submission: Any) -> Badge:
    return SUBMISSION_BADGES[submission.state]


def stage_name(mark: ReturnMark) -> str:
    return str(mark.get_stage_display())
