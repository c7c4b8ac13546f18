"""Rules of the capital forms (domain guide §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from agreements.drafting import closed, figures
from agreements.drafting.document import Document
from agreements.drafting.facts import Facts, Problem
from agreements.drafting.spec import Form, Path
from budget_portal.digits import group, to_persian
from budget_portal.jalali import format_date

BACKWARDS = "پایان پروژه پیش از آغاز آن است."
NO_REASON = "آخرین برآورد با برآورد اولیه یکی نیست؛ دلیل آن را بنویسید."
WEIGHTS = "جمع وزن‌ها {total} است؛ باید دقیقاً ۱۰۰٫۰۰ باشد."
FALLS = "برنامهٔ تجمعی از مقطع پیش کمتر شده است ({before} سپس {now})."
OPEN = "آخرین مقطع برنامه را بنویسید؛ مقطع‌های خالی میان آن‌ها محاسبه می‌شود."
BELOW_START = "برنامهٔ نخستین مقطع از پیشرفت آغاز سال ({start}) کمتر است."
UNEVEN = "هزینهٔ گذشته، امسال و سال‌های بعد {whole} است و آخرین برآورد {estimate}؛ {difference} میلیون ریال اختلاف دارد."
ABOVE = "جمع اعتبار پروژه‌ها {credit} است و از ابلاغ بودجهٔ طرح ({notified}) {over} میلیون ریال بیشتر است."
NOT_NOTIFIED = "برای این طرح هنوز ابلاغ بودجه‌ای صادر نشده است."
TOO_EARLY = "تاریخ اثر باید پس از آغاز نسخهٔ پیشین ({day}) باشد."
NO_DOCUMENT = "سند اصلاحیه (نامه یا مصوبه) پیوست نشده است."
TOO_LATE = "تاریخ اثر از پایان سال مالی گذشته است."


def rules(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    rule = RULES.get(form.code)
    if rule:
        yield from rule(found, form, part, facts)


def _dates(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    section, row = form.sections[0], found.row(form.code, part, "")
    start = figures.value(section.cell("start_date"), row)
    end = figures.value(section.cell("end_date"), row)
    if start and end and end < start:
        yield Problem(Path(form.code, part, "", "end_date"), BACKWARDS)


def _estimate(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    section, row = form.sections[0], found.row(form.code, part, "")
    first = figures.value(section.cell("original_estimate"), row)
    latest = figures.value(section.cell("latest_estimate"), row)
    if None not in (first, latest) and first != latest and not row.get("estimate_reason"):
        yield Problem(Path(form.code, part, "", "estimate_reason"), NO_REASON, missing=True)


def _weights(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    rows = found.rows(form, part, form.sections[0])
    total = figures.total(form.sections[0], "weight", rows)
    if rows and all(row.get("weight") for _, row in rows) and total != 100:
        yield Problem(
            Path(form.code, part, "", ""), WEIGHTS.format(total=group(total.quantize(Decimal("0.01"))))
        )


def _curve(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    points = figures.schedule(found, part, facts.year)
    typed = [point for point in points if point.planned is not None and not point.interpolated]
    start = figures.progress_before(found, part)
    if typed and typed[0].planned is not None and typed[0].planned < start:
        words = BELOW_START.format(start=group(start))
        yield Problem(Path(form.code, part, typed[0].key, "planned"), words, blocks=False)
    for before, now in pairwise(typed):
        if before.planned is not None and now.planned is not None and now.planned < before.planned:
            words = FALLS.format(before=group(before.planned), now=group(now.planned))
            yield Problem(Path(form.code, part, now.key, "planned"), words)
    for point in points:
        before_it = facts.locked.get((part, point.key))
        if before_it is not None and point.planned != before_it:
            yield Problem(Path(form.code, part, point.key, "planned"), closed.sentence(point.key, before_it))
    for point in points:
        if point.planned is None and not found.row(form.code, part, point.key).get("planned"):
            yield Problem(Path(form.code, part, point.key, "planned"), OPEN, missing=True)
            return


def _credits(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    estimate = figures.latest_estimate(found, part)
    now = figures.project_credit(found, part)
    whole = figures.spent_before(found, part) + now + figures.later_credit(found, part)
    if estimate is not None and now and whole != estimate:
        words = UNEVEN.format(
            whole=group(whole), estimate=group(estimate), difference=group(abs(whole - estimate))
        )
        yield Problem(Path(form.code, part, "", ""), words, blocks=False)
    credit = figures.credit(found)
    if not now:
        return
    if facts.notified is None:
        yield Problem(Path(form.code, part, "", ""), NOT_NOTIFIED, blocks=False)
    elif credit > facts.notified:
        over = group(credit - facts.notified)
        words = ABOVE.format(credit=group(credit), notified=group(facts.notified), over=over)
        yield Problem(Path(form.code, part, "", ""), words)


def amendment(found: Document, form: Form, part: str, facts: Facts) -> Iterator[Problem]:
    """The effective date lies after the beginning of the version before, within the year; its letter is there."""
    if facts.amends and not facts.document:
        yield Problem(Path(form.code, part, "", ""), NO_DOCUMENT, missing=True)
    day = figures.value(form.sections[0].cell("valid_from"), found.row(form.code, part, ""))
    path = Path(form.code, part, "", "valid_from")
    if day and facts.after and day <= facts.after:
        yield Problem(path, TOO_EARLY.format(day=to_persian(format_date(facts.after))))
    elif day and facts.until and day > facts.until:
        yield Problem(path, TOO_LATE)


Rule = Callable[[Document, Form, str, Facts], Iterator[Problem]]
RULES: dict[str, Rule] = {
    "CA-2": _dates,
    "CA-3": _estimate,
    "CA-4": _weights,
    "CA-5": _curve,
    "CA-6": _credits,
    "CA-8": amendment,
}
