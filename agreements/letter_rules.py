"""What a letter may say: judged whenever its draft is shown, and again under lock when it is issued or cancelled.

`problems` of a draft: blocking ones stop the issue, warnings are shown beside the button. `hindrances` say what stands
against cancelling. Cancelling refuses only what it would itself break: money that was received, parts of an advance that
were converted, agreements that rest on the credit. What is to be taken back for good is taken back by a further letter.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agreements import in_force
from agreements.ledger import SECURITIES, Amounts, Entry, Key, allocated, lowest, open_advances
from agreements.letters import (
    ALLOCATION,
    NOTIFICATION,
    Letter,
    Sort,
    as_entry,
    entries,
    key_of,
    lines_of,
    title_of,
    year_of,
)
from agreements.models import BudgetNotification
from budget_portal import jalali
from budget_portal.digits import group, to_persian

EMPTY = "این نامه ردیفی ندارد؛ دست‌کم یک ردیف بیفزایید."
NO_PAPER = "تصویر نامه پیوست نیست؛ نامه با نسخهٔ پویش‌شدهٔ آن صادر می‌شود و پس از صدور چیزی به آن افزوده نمی‌شود."
FUTURE = "تاریخ نامه ({day}) هنوز نرسیده است."
OUTSIDE_YEAR = "نامه باید از روزی در سال مالی {year} لازم‌الاجرا باشد؛ {day} بیرون از آن است."
AFTER_CUTOFF = "نامه پس از تاریخ مقطع ({cutoff}) لازم‌الاجراست و در تخصیص آن مقطع شمرده نمی‌شود."
TWICE = "«{title}» دو بار آمده است؛ هر ردیف یک بار می‌آید، مبلغ‌ها را یکی کنید."
FOREIGN = "«{title}» از این دستگاه نیست."
GRAIN = {
    "capital": "ردیف‌های سرمایه‌ای به تفکیک {capital} و منبع است؛ «{title}» چنین نیست.",
    "expense": "ردیف‌های هزینه‌ای به تفکیک برنامه، فصل و منبع است؛ «{title}» چنین نیست.",
}
NOTHING = "مبلغ «{title}» صفر است."
BELOW_ZERO = (
    "«{title}»: با این نامه جمع {what} در {day} به {sum} می‌رسد؛ بیش از آنچه داده شده پس گرفته نمی‌شود."
)
V1 = (
    "«{title}»: جمع تخصیص ({sum}) از اعتبار موافقتنامهٔ لازم‌الاجرا در {day} ({credit}) بیشتر می‌شود. "
    "مبلغ را کم کنید یا نخست موافقتنامه را اصلاح کنید."
)
NOT_AGREED = (
    "«{title}» در {day} موافقتنامهٔ لازم‌الاجرا ندارد؛ پیش از مبادلهٔ موافقتنامه تنها تنخواه داده می‌شود."
)
ADVANCE_FIRST = (
    "تنخواه «{title}» پیش از مبادلهٔ موافقتنامه داده می‌شود؛ پس از مبادله با اعتبار آن سنجیده می‌شود."
)
NO_COLLECTED = "«{title}» از درآمد اختصاصی است؛ وصولی تجمعی آن را بنویسید."
NOT_OWN = "وصولی تنها برای درآمد اختصاصی نوشته می‌شود؛ «{title}» از منبع دیگری است."
COLLECTED_FALLS = "«{title}»: وصولی تجمعی ({now}) از آخرین وصولی اعلام‌شده ({before}) کمتر است."
OVER_COLLECTED = (
    "«{title}»: تخصیص درآمد اختصاصی ({sum}) از وصولی ({collected}) بیشتر می‌شود؛ بیش از وصولی مصرف نمی‌شود."
)
NO_SYMBOL = "«{title}»: اسناد خزانه نماد و سررسید می‌خواهد."
DUE_EARLY = "«{title}»: سررسید اسناد ({due}) باید پس از روز لازم‌الاجراشدن نامه باشد."
NO_ADVANCE = (
    "«{title}»: تنخواهی که تبدیل می‌شود باید صادرشده، از همین ردیف و همین سال، و پیش از این نامه باشد."
)
OVER_ADVANCE = "«{title}»: {asked} تبدیل می‌شود ولی از این تنخواه تنها {open} باز است."
CA6 = "«{title}»: با این نامه ابلاغ ({sum}) از موافقتنامهٔ لازم‌الاجرا ({credit}) کمتر می‌شود؛ موافقتنامه باید اصلاح شود."
CONVERTED = "بخشی از تنخواه «{title}» در نامه‌ای دیگر تبدیل یا برگردانده شده است؛ نخست آن نامه را باطل کنید."
RESTS = (
    "«{title}»: موافقتنامهٔ لازم‌الاجرا ({credit}) بر این ابلاغ استوار است و پس از ابطال {sum} می‌ماند. "
    "به‌جای ابطال، ابلاغیهٔ کاهنده صادر کنید و موافقتنامه را اصلاح کنید."
)


@dataclass(frozen=True)
class Problem:
    sentence: str
    line: int | None = None
    blocks: bool = True


@dataclass(frozen=True)
class Fall:
    """Allocation that a letter lowers: what stood and what would stand on a day, per line of the form."""

    agency: int
    kind: str
    year: int
    since: dt.date
    before: Callable[[dt.date], dict[Key, Amounts]]
    after: Callable[[dt.date], dict[Key, Amounts]]


Demand = Callable[[Fall], list[str]]
_before_lowering: list[Demand] = []


def before_lowering(demand: Demand) -> Demand:
    """Registers what later apps hold against lowering what is allocated, as sentences."""
    _before_lowering.append(demand)
    return demand


def problems(sort: Sort, letter: Letter) -> list[Problem]:
    """Everything wrong with a draft, blocking ones first. A letter of a file was issued on paper elsewhere; one that is
    issued here has its scanned paper."""
    paper = [Problem(NO_PAPER)] if letter.document_id is None else []
    return [*paper, *judge(sort, letter, list(lines_of(sort, letter)))]


def judge(sort: Sort, letter: Letter, lines: list[Any], issued: list[Entry] | None = None) -> list[Problem]:
    """The same for a letter that need not be written yet; `issued` is what stands before it, where it is known."""
    if not lines:
        return [*_head(sort, letter), Problem(EMPTY)]
    found = [*_head(sort, letter), *_twice(sort, letter, lines), *_grain(sort, letter, lines)]
    if not any(problem.blocks for problem in found):
        judged = _allocation if sort is ALLOCATION else _notification
        found += judged(_Draft(sort, letter, lines, issued))
    return sorted(found, key=lambda problem: not problem.blocks)


def hindrances(sort: Sort, letter: Letter) -> list[str]:
    """Why an issued letter may not be cancelled."""
    issued = entries(sort, letter)
    own = set(sort.line.objects.filter(**{sort.parent: letter}).values_list("pk", flat=True))
    kept = [entry for entry in issued if entry.line not in own]
    titles = Titles({key_of(sort, letter.kind, line): line for line in lines_of(sort, letter)})
    found = [said for said, _ in _below_zero(sort, kept, set(titles), titles)]
    if sort is NOTIFICATION:
        return [*found, *_rested_on(letter, issued, kept, titles)]
    closed = {entry.converted_from for entry in kept if entry.converted_from in own}
    advances = [line for line in lines_of(sort, letter) if line.pk in closed]
    found += [CONVERTED.format(title=title_of(line)) for line in advances]
    return [*found, *_demands(letter, issued, kept)]


# --- what both share --------------------------------------------------------------------------------------------------


class Titles:
    """How sentences call the lines; few of many lines are ever called."""

    def __init__(self, lines: dict[Key, Any]) -> None:
        self._lines = lines

    def __getitem__(self, key: Key) -> str:
        return title_of(self._lines[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._lines)


class _Draft:
    """A draft beside what was issued before it."""

    def __init__(
        self, sort: Sort, letter: Letter, lines: list[Any], issued: list[Entry] | None = None
    ) -> None:
        self.sort, self.letter, self.lines = sort, letter, lines
        self.issued = entries(sort, letter) if issued is None else issued
        self.own = [as_entry(sort, letter, line) for line in lines]
        self.after = [*self.issued, *self.own]
        self.by_key = {key_of(sort, letter.kind, line): line for line in lines}
        self.titles = Titles(self.by_key)

    def days(self) -> list[dt.date]:
        """On which the sums of these lines or the agreements change, from the letter's day on."""
        start = self.letter.valid_from
        later = {entry.day for entry in self.issued if entry.day > start and entry.key in self.by_key}
        later |= in_force.changes_after(self.letter.agency_id, year_of(self.letter), self.letter.kind, start)
        return sorted({start, *later})


def _head(sort: Sort, letter: Letter) -> Iterator[Problem]:
    if letter.letter_date > jalali.today():
        yield Problem(FUTURE.format(day=jalali.format_date(letter.letter_date)))
    year = letter.fiscal_year if isinstance(letter, BudgetNotification) else letter.period.fiscal_year
    if not year.starts_on <= letter.valid_from <= max(year.ends_on, year.capital_deadline):
        said = OUTSIDE_YEAR.format(year=to_persian(year.year), day=jalali.format_date(letter.valid_from))
        yield Problem(said)
    if sort is ALLOCATION and letter.valid_from > letter.period.cutoff_date:  # type: ignore[union-attr]
        cutoff = jalali.format_date(letter.period.cutoff_date)  # type: ignore[union-attr]
        yield Problem(AFTER_CUTOFF.format(cutoff=cutoff), blocks=False)


def _twice(sort: Sort, letter: Letter, lines: list[Any]) -> Iterator[Problem]:
    known: set[tuple[Any, ...]] = set()
    for line in lines:
        name: tuple[Any, ...] = key_of(sort, letter.kind, line)
        if sort is ALLOCATION:
            more = (line.instrument, line.symbol, line.due_date, line.is_advance, line.converted_from_id)
            name = (*name, *more)
        else:
            name = (*name, line.scope, line.budget_row)
        if name in known:
            yield Problem(TWICE.format(title=title_of(line)), line.pk)
        known.add(name)


def _grain(sort: Sort, letter: Letter, lines: list[Any]) -> Iterator[Problem]:
    wanted, title = sort.grain(letter.kind), "پروژه" if sort is ALLOCATION else "طرح"
    for line in lines:
        if any(getattr(line, name) is None for name in wanted) or (
            letter.kind == "expense" and getattr(line, sort.capital[0]) is not None
        ):
            yield Problem(GRAIN[letter.kind].format(capital=title, title=title_of(line)), line.pk)
        elif sort is ALLOCATION and line.project and line.project.agency_id != letter.agency_id:
            yield Problem(FOREIGN.format(title=title_of(line)), line.pk)
        elif not line.amount and not (sort is ALLOCATION and line.collected is not None):
            yield Problem(NOTHING.format(title=title_of(line)), line.pk)


def _below_zero(
    sort: Sort, rows: list[Entry], touched: set[Key], titles: Titles
) -> Iterator[tuple[str, Key]]:
    what = {SECURITIES: "اسناد خزانه"}
    for (key, instrument), (least, day) in lowest(rows).items():
        if least < 0 and key in touched:
            name = what.get(instrument, "تخصیص نقدی") if sort is ALLOCATION else "ابلاغ"
            sentence = BELOW_ZERO.format(
                title=titles[key], what=name, day=jalali.format_date(day), sum=group(least)
            )
            yield sentence, key


# --- notification -----------------------------------------------------------------------------------------------------


def _notification(draft: _Draft) -> Iterator[Problem]:
    for sentence, key in _below_zero(draft.sort, draft.after, set(draft.titles), draft.titles):
        yield Problem(sentence, draft.by_key[key].pk)
    for key, total, credit in _short(draft.letter, draft.issued, draft.after, set(draft.titles)):
        said = CA6.format(title=draft.titles[key], sum=group(total), credit=group(credit))
        yield Problem(said, draft.by_key[key].pk, blocks=False)


def _short(
    letter: Letter, before: list[Entry], after: list[Entry], keys: set[Key]
) -> Iterator[tuple[Key, int, int]]:
    """Lines of which the agreement in force asks more than what stays notified, and did not before."""
    day = max(jalali.today(), letter.valid_from)
    agreed = in_force.credits(letter.agency_id, year_of(letter), letter.kind, day, per=in_force.PLAN)
    was, stays = allocated(before, day), allocated(after, day)
    for key in sorted(keys):
        credit, total = agreed.get(key, 0), stays.get(key, Amounts()).total
        if total < credit <= was.get(key, Amounts()).total:
            yield key, total, credit


def _rested_on(letter: Letter, issued: list[Entry], kept: list[Entry], titles: Titles) -> Iterator[str]:
    for key, total, credit in _short(letter, issued, kept, set(titles)):
        yield RESTS.format(title=titles[key], sum=group(total), credit=group(credit))


# --- allocation -------------------------------------------------------------------------------------------------------


def _allocation(draft: _Draft) -> Iterator[Problem]:
    for sentence, key in _below_zero(draft.sort, draft.after, set(draft.titles), draft.titles):
        yield Problem(sentence, draft.by_key[key].pk)
    for line in draft.lines:
        yield from _securities(draft, line)
        yield from _collected(draft, line)
    yield from _advances(draft)
    yield from _within_credit(draft)
    for sentence in _demands(draft.letter, draft.issued, draft.after):
        yield Problem(sentence)


def _securities(draft: _Draft, line: Any) -> Iterator[Problem]:
    if line.instrument != SECURITIES:
        return
    if not line.symbol or not line.due_date:
        yield Problem(NO_SYMBOL.format(title=title_of(line)), line.pk)
    elif line.due_date <= draft.letter.valid_from:
        due = jalali.format_date(line.due_date)
        yield Problem(DUE_EARLY.format(title=title_of(line), due=due), line.pk)


def _collected(draft: _Draft, line: Any) -> Iterator[Problem]:
    title = title_of(line)
    if line.funding_source.kind != "own_revenue":
        if line.collected is not None:
            yield Problem(NOT_OWN.format(title=title), line.pk)
        return
    if line.collected is None:
        if line.amount > 0:
            yield Problem(NO_COLLECTED.format(title=title), line.pk)
        return
    key, day = key_of(draft.sort, draft.letter.kind, line), draft.letter.valid_from
    known = [e for e in draft.issued if e.key == key and e.collected is not None and e.day <= day]
    before = max((e.collected or 0 for e in known), default=0)
    if line.collected < before:
        said = COLLECTED_FALLS.format(title=title, now=group(line.collected), before=group(before))
        yield Problem(said, line.pk)
    total = allocated(draft.after, day).get(key, Amounts()).total
    if total > line.collected:
        said = OVER_COLLECTED.format(title=title, sum=group(total), collected=group(line.collected))
        yield Problem(said, line.pk)


def _advances(draft: _Draft) -> Iterator[Problem]:
    known = {e.line: e for e in draft.issued if e.is_advance}
    left = open_advances(draft.issued)
    asked: dict[int, int] = defaultdict(int)
    for line, entry in zip(draft.lines, draft.own, strict=True):
        if entry.converted_from is None:
            continue
        advance = known.get(entry.converted_from)
        if advance is None or advance.key != entry.key or advance.day > entry.day:
            yield Problem(NO_ADVANCE.format(title=title_of(line)), line.pk)
            continue
        asked[advance.line] += abs(entry.amount)
        if asked[advance.line] > left[advance.line]:
            amounts = {"asked": group(asked[advance.line]), "open": group(left[advance.line])}
            yield Problem(OVER_ADVANCE.format(title=title_of(line), **amounts), line.pk)


def _within_credit(draft: _Draft) -> Iterator[Problem]:
    """V1 on every day on which a sum or an agreement changes; said once per line."""
    letter = draft.letter
    said: set[Key] = set()
    rising = {entry.key for entry in draft.own if entry.counted > 0}
    plain = {e.key for e in draft.own if e.counted > 0 and not e.is_advance}
    for day in draft.days() if rising else []:
        agreed = in_force.credits(letter.agency_id, year_of(letter), letter.kind, day)
        sums = allocated(draft.after, day)
        for key in sorted(rising - said):
            total, credit = sums[key].total, agreed.get(key)
            words = {"title": draft.titles[key], "day": jalali.format_date(day), "sum": group(total)}
            if credit is None:
                said.add(key)
                sentence = (NOT_AGREED if key in plain else ADVANCE_FIRST).format(**words)
                yield Problem(sentence, draft.by_key[key].pk, blocks=key in plain)
            elif total > credit:
                said.add(key)
                yield Problem(V1.format(credit=group(credit), **words), draft.by_key[key].pk)


def _demands(letter: Letter, before: list[Entry], after: list[Entry]) -> list[str]:
    fall = Fall(
        agency=letter.agency_id,
        kind=letter.kind,
        year=year_of(letter),
        since=letter.valid_from,
        before=lambda day: allocated(before, day),
        after=lambda day: allocated(after, day),
    )
    return [sentence for demand in _before_lowering for sentence in demand(fall)]
