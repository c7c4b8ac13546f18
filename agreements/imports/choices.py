"""The tables that are entered from files in the browser: their fields with the names that files give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agreements import classification
from agreements.imports import capital, classes, contracts, register, tables
from agreements.imports.credits import judge_credits, write_credits
from agreements.imports.letters import (
    judge_allocations,
    judge_notifications,
    write_letters,
)
from agreements.imports.tables import Sheet
from budget_portal.tables.extract import Spec
from budget_portal.tables.outcome import Outcome

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Field:
    name: str
    title: str
    names: tuple[str, ...] = ()  # what files call it, beside the title
    required: bool = True
    constant: bool = False  # one value may stand for the whole file
    sort: str = "text"

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.title, *self.names)


@dataclass(frozen=True)
class Table:
    """A table as files bring it: which fields it has, what its columns are called, how its cells are read."""

    key: str
    title: str
    spec: Spec
    fields: tuple[Field, ...]

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        return {field.name: field.spellings for field in self.fields}

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def title_of(self, name: str) -> str:
        return next((field.title for field in self.fields if field.name == name), name)


@dataclass(frozen=True)
class ImportTable(Table):
    """One that is entered: a choice of the first page. `values` are asked once for the whole file."""

    values: tuple[str, ...]
    judge: Callable[..., Sheet]
    write: Callable[..., Outcome]
    note: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    roles: tuple[str, ...] = ("consolidation",)  # who enters it
    may: Callable[[User], object] | None = None  # what else is asked of them


AGENCY = Field(
    "agency", "دستگاه", ("کد دستگاه", "نام دستگاه", "دستگاه اجرایی", "کد دستگاه اجرایی"), constant=True
)
PROGRAMME = Field("programme", "برنامه", ("کد برنامه", "عنوان برنامه", "نام برنامه"), constant=True)
CHAPTER = Field(
    "expense_chapter", "فصل هزینه", ("کد فصل", "فصل", "کد فصل هزینه", "فصل هزینه‌ای"), constant=True
)
SOURCE = Field(
    "funding_source",
    "منبع اعتبار",
    ("منبع", "کد منبع", "منبع تأمین", "محل اعتبار", "نوع اعتبار", "کد منبع اعتبار", "منبع تأمین اعتبار"),
    constant=True,
)
PLAN = Field("plan", "طرح", ("کد طرح", "شماره طرح", "عنوان طرح"), constant=True)
PROJECT = Field("project", "پروژه", ("کد پروژه", "شماره پروژه", "کد", "کد یکتای پروژه"))
NUMBER = Field(
    "letter_number", "شمارهٔ نامه", ("شماره ابلاغ", "شماره ابلاغیه", "نامه", "شماره"), required=False
)
DATE = Field(
    "letter_date", "تاریخ نامه", ("تاریخ ابلاغ", "تاریخ ابلاغیه", "تاریخ"), required=False, sort="day"
)


def amount(title: str, *names: str) -> Field:
    usual = ("مبلغ", "اعتبار", "رقم", "مبلغ اعتبار", "جمع اعتبار", "مبلغ ابلاغ")
    return Field("amount", title, (*names, *usual), sort="money")


COUNTY = Field("county", "شهرستان", ("نام شهرستان", "کد شهرستان"), constant=True)
BUDGET_ROW = Field("budget_row", "ردیف بودجه", ("ردیف", "شماره ردیف", "کد ردیف"), required=False)
COLLECTED = Field("collected", "وصول‌شده", ("درآمد وصولی", "وصولی"), required=False, sort="money")
PAPER = (
    Field("instrument", "ابزار", ("نوع تخصیص", "نقد یا اسناد", "ابزار پرداخت"), required=False),
    Field("symbol", "نماد", ("نماد اسناد", "نماد اخزا"), required=False),
    Field("due_date", "سررسید", ("تاریخ سررسید",), required=False, sort="day"),
    Field("advance", "تنخواه", (), required=False),
)
PROGRAMME_TITLE = Field("programme_title", "شرح", ("شرح برنامه", "ملاحظات"), required=False)

TABLES: dict[str, ImportTable] = {
    table.key: table
    for table in (
        ImportTable(
            "notifications-expense",
            "ابلاغیهٔ بودجهٔ هزینه‌ای",
            tables.NOTIFICATIONS,
            (
                AGENCY,
                PROGRAMME,
                CHAPTER,
                SOURCE,
                amount("مبلغ ابلاغ", "ابلاغ", "ابلاغی"),
                NUMBER,
                DATE,
                BUDGET_ROW,
            ),
            ("year", "letter_number", "letter_date"),
            judge_notifications,
            write_letters,
            "برای هر دستگاه و هر نامه یک ابلاغیهٔ صادرشده",
        ),
        ImportTable(
            "notifications-capital",
            "ابلاغیهٔ بودجهٔ سرمایه‌ای",
            tables.NOTIFICATIONS,
            (
                AGENCY,
                PROGRAMME,
                PLAN,
                SOURCE,
                amount("مبلغ ابلاغ", "ابلاغ", "ابلاغی"),
                NUMBER,
                DATE,
                BUDGET_ROW,
            ),
            ("year", "letter_number", "letter_date"),
            judge_notifications,
            write_letters,
            "برای هر دستگاه و هر نامه یک ابلاغیهٔ صادرشده",
        ),
        ImportTable(
            "allocations-expense",
            "ابلاغیهٔ تخصیص هزینه‌ای",
            tables.ALLOCATIONS,
            (
                AGENCY,
                PROGRAMME,
                CHAPTER,
                SOURCE,
                amount("مبلغ تخصیص", "تخصیص"),
                COLLECTED,
                NUMBER,
                DATE,
                *PAPER,
            ),
            ("period", "letter_number", "letter_date", "figures"),
            judge_allocations,
            write_letters,
            "تخصیص نقدی، تنخواه و اسناد خزانهٔ یک مقطع؛ تبدیل تنخواه در صفحهٔ تخصیص‌ها نوشته می‌شود",
        ),
        ImportTable(
            "allocations-capital",
            "ابلاغیهٔ تخصیص سرمایه‌ای",
            tables.ALLOCATIONS,
            (AGENCY, PROJECT, SOURCE, amount("مبلغ تخصیص", "تخصیص"), COLLECTED, NUMBER, DATE, *PAPER),
            ("period", "letter_number", "letter_date", "figures"),
            judge_allocations,
            write_letters,
            "تخصیص نقدی، تنخواه و اسناد خزانهٔ یک مقطع؛ تبدیل تنخواه در صفحهٔ تخصیص‌ها نوشته می‌شود",
        ),
        ImportTable(
            "projects",
            "شناسنامهٔ پروژه‌ها",
            register.PROJECTS,
            (
                Field("code", "کد پروژه", ("کد", "شماره پروژه", "کد یکتای پروژه")),
                Field("title", "عنوان پروژه", ("عنوان", "نام پروژه", "پروژه", "شرح پروژه")),
                AGENCY,
                PLAN,
                COUNTY,
                Field("address", "نشانی", ("آدرس", "محل اجرا"), required=False),
                Field("latitude", "عرض جغرافیایی", ("عرض", "lat", "latitude"), required=False),
                Field("longitude", "طول جغرافیایی", ("طول", "lng", "lon", "longitude"), required=False),
                Field("execution_method", "روش اجرا", ("شیوه اجرا", "نحوه اجرا"), required=False),
                Field("status", "وضعیت", ("وضعیت پروژه",), required=False),
            ),
            (),
            register.judge_projects,
            register.write_register,
            "کد برای همیشه است؛ پروژهٔ شناخته تنها در آنچه پرونده می‌گوید تغییر می‌کند",
        ),
        ImportTable(
            "contracts",
            "پیمان‌های پروژه‌ها",
            contracts.CONTRACTS,
            (
                Field("project", "کد پروژه", ("پروژه", "شماره پروژه", "کد یکتای پروژه")),
                Field("number", "شمارهٔ پیمان", ("شماره قرارداد", "پیمان", "قرارداد", "شماره")),
                Field("legal_id", "شناسهٔ ملی شرکت", ("شناسه ملی", "شناسه ملی پیمانکار")),
                Field("company", "نام شرکت", ("پیمانکار", "نام پیمانکار", "شرکت", "طرف قرارداد")),
                amount("مبلغ پیمان", "مبلغ قرارداد", "مبلغ"),
                Field("signed_on", "تاریخ امضا", ("تاریخ پیمان", "تاریخ قرارداد"), sort="day"),
                Field("starts_on", "شروع به کار", ("تاریخ شروع", "شروع"), required=False, sort="day"),
                Field("ends_on", "پایان پیمان", ("تاریخ پایان", "خاتمه"), required=False, sort="day"),
                Field("duration", "مدت (روز)", ("مدت پیمان", "مدت"), required=False),
                Field("part", "طرف پیمان در این کار", ("نوع طرف", "سمت"), required=False),
                Field("subject", "موضوع پیمان", ("موضوع", "شرح کار"), required=False),
            ),
            (),
            contracts.judge_contracts,
            contracts.write_contracts,
            "پیمان شناخته از راه پرونده عوض نمی‌شود؛ تغییر مبلغ در صفحهٔ پروژه ثبت می‌شود",
        ),
        ImportTable(
            "plans",
            "طرح‌ها",
            register.PLANS,
            (
                Field("code", "کد طرح", ("کد", "شماره طرح")),
                Field("title", "عنوان طرح", ("عنوان", "نام طرح", "طرح", "شرح طرح")),
                PROGRAMME,
                replace(COUNTY, required=False),
            ),
            (),
            register.judge_plans,
            register.write_register,
        ),
        ImportTable(
            "credits-capital",
            "اعتبار پروژه‌ها، اصلاحیهٔ موافقتنامهٔ سرمایه‌ای",
            capital.CREDITS,
            (AGENCY, PROJECT, SOURCE, amount("اعتبار امسال", "اعتبار مصوب")),
            ("year", "valid_from", "system", "number", "agreed_on", "reason"),
            capital.judge_amendments,
            capital.write_amendments,
            "نسخهٔ بعدی موافقتنامهٔ طرح، با متن نسخهٔ لازم‌الاجرا و اعتبارهای تازه",
            fixed=(("version", "amendment"),),
        ),
        ImportTable(
            "classification",
            "ردیف‌های طبقه‌بندی",
            classes.ROWS,
            (
                Field("tree", "درخت", ("نوع ردیف", "سطح"), constant=True),
                Field("code", "کد", ("کد ردیف",)),
                Field("title", "عنوان", ("عنوان ردیف", "شرح")),
                Field("parent", "کد بالادست", ("بالادست", "کد والد"), required=False, constant=True),
                Field("kind", "نوع منبع", ("نوع",), required=False, constant=True),
            ),
            ("starts",),
            classes.judge_rows,
            classes.write_rows,
            "کدهای تازه و عنوان‌های تازه از روزی؛ ردیفی که در پرونده نیست می‌ماند",
            roles=("admin",),
            may=classification.can_write,
        ),
        ImportTable(
            "credits-expense",
            "اعتبار موافقتنامهٔ هزینه‌ای",
            tables.EXPENSE_CREDITS,
            (AGENCY, PROGRAMME, CHAPTER, SOURCE, amount("اعتبار مصوب", "اعتبار موافقتنامه"), PROGRAMME_TITLE),
            ("year", "version", "valid_from", "system", "number", "agreed_on", "reason", "others"),
            judge_credits,
            write_credits,
            "نسخهٔ نخست یا اصلاحیهٔ مبادله‌شدهٔ هر دستگاه، از روز اثر آن",
        ),
    )
}


def add_table(table: ImportTable) -> None:
    """A table of a later app."""
    TABLES[table.key] = table


def of_person(user: User | None) -> list[ImportTable]:
    return [table for table in TABLES.values() if is_open(table, user)]


def is_open(table: ImportTable, user: User | None) -> bool:
    return user is not None and user.role in table.roles and (table.may is None or bool(table.may(user)))
