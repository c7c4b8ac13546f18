"""Rules of the expense forms (domain guide §7): the forms agree with each other and with the notification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agreements.drafting import figures
from agreements.drafting.capital_checks import Rule, amendment
from agreements.drafting.document import Document
from agreements.drafting.facts import Facts, Problem
from agreements.drafting.spec import Form, Path
from budget_portal.digits import group

ABOVE = "جمع اعتبار {credit} است و از ابلاغ بودجهٔ دستگاه ({notified}) {over} میلیون ریال بیشتر است."
NOT_NOTIFIED = "برای این سال هنوز ابلاغ بودجه‌ای صادر نشده است."
DIFFERS = "جمع {what} «{name}» {total} است و اعتبار آن در فرم ۲-الف {credit}."
PRODUCT = "اعتبار باید برابر حجم × بهای واحد ({product}) باشد، تا ۱ میلیون ریال اختلاف."
COUNTIES = "جمع شهرستان‌ها {total} است و جمع اعتبار {credit}؛ {difference} میلیون ریال اختلاف دارد."
OWN_REVENUE = "اعتبار از محل درآمد اختصاصی {credit} است و پیش‌بینی وصول آن {forecast}."


def rules(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    rule = RULES.get(form.code)
    if rule:
        yield from rule(found, form, part, facts)


def _whole(form: Form) -> Path:
    return Path(form.code, "", "", "")


def _notified(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    credit = figures.credit(found)
    if credit and facts.notified is None:
        yield Problem(_whole(form), NOT_NOTIFIED, blocks=False)
    elif facts.notified is not None and credit > facts.notified:
        over = group(credit - facts.notified)
        words = ABOVE.format(credit=group(credit), notified=group(facts.notified), over=over)
        yield Problem(_whole(form), words)


def _agree(form: Form, what: str, mine: dict[Any, int], credits: dict[Any, int]) -> Iterator[Problem]:
    """Sums by the same code are the same; nothing is said of a form that is still empty."""
    for code in sorted({*mine, *credits}) if mine else []:
        if mine.get(code, 0) != credits.get(code, 0):
            total, credit = group(mine.get(code, 0)), group(credits.get(code, 0))
            yield Problem(_whole(form), DIFFERS.format(what=what, name=code, total=total, credit=credit))


def _centres(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    credits = figures.by(found, "2-a", ("programme",))
    yield from _agree(form, "مراکز برنامهٔ", figures.by(found, "2-b", ("programme",)), credits)


def _activities(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    section = form.sections[0]
    for key, row in found.rows(form, part, section):
        product, credit = figures.product(row), figures.value(section.cell("credit"), row)
        if product is not None and credit is not None and abs(product - credit) > 1:
            yield Problem(
                Path(form.code, part, key, "credit"), PRODUCT.format(product=group(product.normalize() + 0))
            )
    credits = figures.by(found, "2-a", ("programme",))
    yield from _agree(form, "فعالیت‌های برنامهٔ", figures.by(found, "3", ("programme",), "credit"), credits)


def _attribution(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    """Said once, at the second of the two forms."""
    mine = figures.by(found, "4-a", ("expense_chapter",))
    for code, amount in figures.by(found, "4-b", ("expense_chapter",)).items():
        mine[code] = mine.get(code, 0) + amount
    yield from _agree(form, "هزینه‌های فصل", mine, figures.by(found, "2-a", ("expense_chapter",)))


def _revenue(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    forecast = figures.by(found, "5", ("sort",)).get("own_revenue", 0)
    credit = sum(
        amount
        for code, amount in figures.by(found, "2-a", ("funding_source",)).items()
        if code in facts.own_revenue
    )
    if credit > forecast:
        words = OWN_REVENUE.format(credit=group(credit), forecast=group(forecast))
        yield Problem(_whole(form), words)


def _counties(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    shares = figures.by(found, "7", ("county",))
    total, credit = sum(shares.values()), figures.credit(found)
    if shares and total != credit:
        words = COUNTIES.format(
            total=group(total), credit=group(credit), difference=group(abs(total - credit))
        )
        yield Problem(_whole(form), words)


RULES: dict[str, Rule] = {
    "2-a": _notified,
    "2-b": _centres,
    "3": _activities,
    "4-b": _attribution,
    "5": _revenue,
    "7": _counties,
    "8": amendment,
}
