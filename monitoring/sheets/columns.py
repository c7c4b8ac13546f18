"""The tables of a sheet by kind of row: columns that say which line it is, columns to fill, columns only shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from budget_portal.exports import MILLION_RIALS
from budget_portal.tables.detect import key_of
from monitoring.cells import AMOUNT, CELLS, SIGNED

Role = Literal["key", "cell", "shown"]
PERCENT = "درصد"
PERSONS = "نفر"


@dataclass(frozen=True)
class Column:
    """`name` is a part of the key, a cell, or what the template shows beside them."""

    name: str
    title: str
    role: Role
    names: tuple[str, ...] = ()
    unit: str = ""
    width: int = 14

    @property
    def head(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def spellings(self) -> frozenset[str]:
        return frozenset(key_of(text) for text in (self.title, *self.names))


@dataclass(frozen=True)
class Table:
    """One sheet of the template; `kind` is that of its rows in `monitoring.cells`."""

    kind: str
    title: str
    columns: tuple[Column, ...]

    def of(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == role)

    @property
    def keys(self) -> tuple[Column, ...]:
        return self.of("key")

    @property
    def cells(self) -> tuple[Column, ...]:
        return self.of("cell")

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def is_money(self, cell: str) -> bool:
        return CELLS[self.kind][cell] in {SIGNED, AMOUNT}


def _key(name: str, title: str, *names: str, width: int = 14) -> Column:
    return Column(name, title, "key", names, width=width)


def _money(name: str, title: str, *names: str) -> Column:
    return Column(name, title, "cell", names, MILLION_RIALS, 17)


def _cell(name: str, title: str, *names: str, unit: str = "", width: int = 16) -> Column:
    return Column(name, title, "cell", names, unit, width)


def _shown(name: str, title: str, *names: str, unit: str = "", width: int = 16) -> Column:
    return Column(name, title, "shown", names, unit, width)


PROJECT = _key("project", "کد پروژه", "کد طرح", "شمارهٔ پروژه", "کد", width=18)
SOURCE = _key("source", "کد منبع", "منبع", "منبع اعتبار", "محل اعتبار")
PROGRAMME = _key("programme", "کد برنامه", "برنامه", "شمارهٔ برنامه", "کد")
CHAPTER = _key("chapter", "کد فصل", "فصل", "فصل هزینه", "فصل هزینه‌ای")
OPERATION = _key("operation", "شمارهٔ عملیات", "کد عملیات", "ردیف عملیات")
ACTIVITY = _key("activity", "شمارهٔ فعالیت", "کد فعالیت", "ردیف فعالیت", "کد خدمت")

SPENT = (
    "عملکرد",
    "هزینه",
    "هزینهٔ قطعی",
    "عملکرد (هزینهٔ قطعی)",
    "هزینه‌کرد",
    "هزینه تا این مقطع",
    "عملکرد تجمعی",
)
REASON = _cell("reason", "علت", "توضیح", "توضیحات", "علت کاهش", width=30)
CEILINGS = (
    _shown("approved", "اعتبار مصوب", "مصوب", unit=MILLION_RIALS),
    _shown("credit", "اعتبار در اجرا", "اعتبار پس از اصلاحیه", unit=MILLION_RIALS),
    _shown("allocated", "تخصیص", "تخصیص یافته", "تخصیص ابلاغ‌شده", unit=MILLION_RIALS),
)
LAST_SPENT = _shown("last_spent", "عملکرد مقطع قبل", "عملکرد قبل", unit=MILLION_RIALS)
TITLE = _shown("title", "عنوان پروژه", "پروژه", "عنوان", "عنوان طرح", "طرح / پروژه", "نام پروژه", width=44)
SOURCE_TITLE = _shown("source_title", "عنوان منبع", width=22)

CAPITAL = Table(
    "capital",
    "مبالغ پروژه‌ها",
    (
        PROJECT,
        TITLE,
        SOURCE,
        SOURCE_TITLE,
        *CEILINGS,
        LAST_SPENT,
        _money("received_cash", "دریافتی نقدی", "دریافتی", "نقدی", "دریافتی از خزانه"),
        _money("received_securities", "دریافتی اوراق", "اوراق", "اسناد خزانه", "دریافتی اسناد خزانه"),
        _money("spent", "عملکرد تا این مقطع", *SPENT),
        _money("advances_open", "پیش‌پرداخت و علی‌الحساب", "پیش‌پرداخت", "علی‌الحساب"),
        _money("commitments_open", "تعهد پرداخت‌نشده", "تعهدات", "تعهد", "دیون"),
        _money("returned", "برگشتی به خزانه", "برگشتی"),
        REASON,
    ),
)
EXPENSE = Table(
    "expense",
    "مبالغ برنامه‌ها",
    (
        PROGRAMME,
        _shown("title", "عنوان برنامه", "عنوان", width=40),
        CHAPTER,
        _shown("chapter_title", "عنوان فصل", width=26),
        SOURCE,
        SOURCE_TITLE,
        *CEILINGS,
        LAST_SPENT,
        _money("received", "دریافتی", "دریافتی از خزانه", "مبلغ دریافتی", "دریافتی تا این مقطع"),
        _money("spent", "عملکرد تا این مقطع", *SPENT),
        _money("commitments_open", "تعهد پرداخت‌نشده", "تعهدات", "تعهد"),
        REASON,
    ),
)
OPERATIONS = Table(
    "operation",
    "مقادیر عملیات",
    (
        PROJECT,
        TITLE,
        OPERATION,
        _shown("operation_title", "عنوان عملیات", "عملیات", width=32),
        _shown("unit", "واحد", "واحد عملیات", width=10),
        _shown("target", "مقدار هدف", "هدف", "حجم هدف"),
        _shown("weight", "وزن", unit=PERCENT, width=10),
        _shown("last", "مقدار مقطع قبل", "مقطع قبل"),
        _cell("quantity_done", "مقدار انجام‌شده تا این مقطع", "مقدار انجام‌شده", "انجام‌شده", "مقدار", width=20),
    ),
)
PROJECTS = Table(
    "project",
    "وضعیت و علل",
    (
        PROJECT,
        TITLE,
        _shown("planned", "پیشرفت برنامه", "برنامه (٪)", unit=PERCENT, width=12),
        _shown("last_progress", "پیشرفت مقطع قبل", unit=PERCENT, width=12),
        _cell("status", "وضعیت", "وضعیت پروژه"),
        _cell("forecast_end", "پیش‌بینی پایان", "تاریخ پیش‌بینی پایان"),
        _cell(
            "causes",
            "علل تأخیر و سهم هر کدام",
            "علل تأخیر",
            "علت تأخیر",
            "علل انحراف",
            unit=PERCENT,
            width=44,
        ),
        _cell("obstacles", "موانع و مشکلات", "موانع", "مشکلات", width=34),
        _cell("remedy", "راهکار پیشنهادی", "راهکار", "پیشنهاد", width=34),
        _cell("workers", "نیروی کارگاه", "کارگران", unit=PERSONS),
        _cell("last_statement_number", "شمارهٔ آخرین صورت‌وضعیت", "شمارهٔ صورت‌وضعیت", width=20),
        _cell("last_statement_on", "تاریخ آخرین صورت‌وضعیت", "تاریخ صورت‌وضعیت", width=20),
        _money("last_statement_amount", "مبلغ آخرین صورت‌وضعیت", "مبلغ صورت‌وضعیت"),
        _money("contractor_debts", "بدهی به پیمانکار", "بدهی پیمانکار"),
        _cell("next_activity", "کار مقطع بعد", "فعالیت مقطع بعد", width=30),
        _cell("reason", "علت کاهش پیشرفت", "علت", "علت بازاندازه‌گیری", width=30),
    ),
)
ACTIVITIES = Table(
    "activity",
    "فعالیت‌ها",
    (
        PROGRAMME,
        ACTIVITY,
        _shown("title", "عنوان فعالیت", "عنوان", "فعالیت", width=40),
        _shown("unit", "واحد", "واحد سنجش", width=12),
        _shown("target", "حجم هدف سال", "حجم هدف", "هدف"),
        _shown("unit_cost", "بهای واحد", unit=MILLION_RIALS),
        _shown("last", "حجم مقطع قبل"),
        _cell("volume_done", "حجم انجام‌شده تا این مقطع", "حجم انجام‌شده", "حجم", width=20),
        _money("cost", "هزینهٔ فعالیت", "هزینه", "بهای تمام‌شده"),
        _cell("quality_note", "یادداشت کیفیت", "کیفیت", width=26),
        _cell("low_volume_reason", "علت کمی حجم", "علت", width=30),
    ),
)
# A computed figure that people bring along: told apart so that nobody thinks it was read.
PROGRESS_NAMES = frozenset(map(key_of, ("پیشرفت", "پیشرفت فیزیکی", "درصد پیشرفت", "درصد پیشرفت فیزیکی")))
PROGRESS_NOTE = "خوانده نمی‌شود، از مقادیر محاسبه می‌شود"
TABLES: dict[str, tuple[Table, ...]] = {
    "capital": (CAPITAL, OPERATIONS, PROJECTS),
    "expense": (EXPENSE, ACTIVITIES),
}
BY_KIND = {table.kind: table for tables in TABLES.values() for table in tables}


def tables_of(kind: str, *, is_closing: bool = False) -> tuple[Table, ...]:
    """The tables of a form; the closing cut-off asks of money alone."""
    return tuple(table for table in TABLES[kind] if not is_closing or table.kind in {"capital", "expense"})
