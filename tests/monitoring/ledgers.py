"""Ledgers as treasury accountants send them: seeded, with slips, and with what each row truly is.

book = make_book(seed=5, projects=40, rows=600)
book.entries, book.targets, book.statements, book.year
book.truth[number] -> Truth(noise, standing, key)       # key None: belongs to no single line
measure(book, match_all(...)) -> {noise: Score}
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from monitoring.reconciliation.facts import (
    Entry,
    Found,
    MoneyKey,
    Standing,
    Statement,
    Target,
    Year,
)
from monitoring.reconciliation.sums import RIALS
from monitoring.reconciliation.texts import plain

YEAR = Year(dt.date(2026, 3, 21), dt.date(2026, 9, 22))
WORKS = (
    "احداث پل روگذر", "بهسازی راه روستایی", "روکش آسفالت محور", "تعریض راه", "احداث کنارگذر", "تکمیل ساختمان",
    "مقاوم‌سازی ساختمان", "احداث مجموعهٔ شش‌کلاسهٔ", "احداث مجموعهٔ دوازده‌کلاسهٔ", "آبرسانی به روستاهای",
    "احداث مخزن ذخیرهٔ", "توسعهٔ شبکهٔ فاضلاب", "لایروبی کانال", "آبخیزداری حوضهٔ", "احداث بند خاکی",
)  # fmt: skip
PLACES = (
    "باغ‌ملک", "اندیمشک", "شوشتر", "دزفول", "ایذه", "رامهرمز", "بهبهان", "شادگان", "هویزه", "هندیجان", "گتوند", "لالی",
    "مسجدسلیمان", "رامشیر", "امیدیه", "کارون",
)  # fmt: skip
PARTS = ("", "", " (قطعهٔ ۱)", " (قطعهٔ ۲)", " – فاز دوم")
SOURCES = (("general", "منابع عمومی"), ("own-revenue", "درآمد اختصاصی"), ("oil-gas", "سه درصد نفت و گاز"))
WORDS = (
    "پرداخت صورت‌وضعیت {n}، {t}",
    "{t}: علی‌الحساب پیمانکار",
    "بابت {t} طبق سند {n}",
    "{t}",
    "هزینهٔ نظارت {t}",
)
FOREIGN = (
    "پرداخت قبض برق ساختمان ستاد", "حق‌الزحمهٔ همکاران قراردادی", "خرید کاغذ و نوشت‌افزار", "تنخواه‌گردان کارپردازی",
)  # fmt: skip
ARABIC = str.maketrans("یک", "يك")


@dataclass(frozen=True)
class Truth:
    noise: str
    standing: Standing = Standing.COUNTED
    key: MoneyKey | None = None


@dataclass
class Book:
    targets: list[Target]
    statements: list[Statement]
    year: Year = YEAR
    entries: list[Entry] = field(default_factory=list)
    truth: dict[int, Truth] = field(default_factory=dict)

    def add(self, entry: Entry, noise: str, standing: Standing, key: MoneyKey | None) -> Entry:
        entry = replace(entry, number=len(self.entries) + 2)
        self.entries.append(entry)
        self.truth[entry.number] = Truth(noise, standing, key)
        return entry


def make_book(*, seed: int, projects: int = 40, rows: int = 600) -> Book:
    rng = random.Random(seed)
    targets = list(_targets(rng, projects))
    paid = _payments(rng, targets, rows)
    totals: dict[MoneyKey, int] = defaultdict(int)
    for target, rials in paid:
        totals[target.key] += rials
    targets = [replace(one, entered=(totals[one.key] + RIALS // 2) // RIALS) for one in targets]
    book = Book(targets, _statements(rng, targets, paid))
    noises = list(NOISES)
    weights = [NOISES[name][0] for name in noises]
    for target, rials in paid:
        noise = rng.choices(noises, weights)[0]
        NOISES[noise][1](rng, book, noise, _payment(rng, target, rials), target)
    _shuffle(rng, book)
    return book


def _targets(rng: random.Random, projects: int) -> Iterator[Target]:
    seen: set[str] = set()
    while len(seen) < projects:
        title = f"{rng.choice(WORKS)} {rng.choice(PLACES)}{rng.choice(PARTS)}"
        if title in seen:
            continue
        seen.add(title)
        place = len(seen)
        code = f"{1503000 + place * 37 + rng.randrange(30)}-{rng.randrange(10, 99)}"
        for number, (slug, name) in enumerate(rng.sample(SOURCES, rng.choice((1, 1, 2))), start=1):
            key = MoneyKey(place, None, None, number)
            yield Target(key, f"p{place}", (code,), title, (plain(slug), plain(name)))


def _payments(rng: random.Random, targets: list[Target], rows: int) -> list[tuple[Target, int]]:
    return [(rng.choice(targets), rng.randrange(40 * RIALS, 9_000 * RIALS)) for _ in range(rows)]


def _statements(rng: random.Random, targets: list[Target], paid: list[tuple[Target, int]]) -> list[Statement]:
    """Of every fifth payment, and as many that nothing was paid of."""
    found = []
    for number, (target, rials) in enumerate(paid[::5], start=1):
        day = YEAR.starts_on + dt.timedelta(days=rng.randrange(0, 60))
        amount = (rials + RIALS // 2) // RIALS
        found.append(
            Statement(number, target.subject, (amount + rng.randrange(5), amount), day, f"{number}", "")
        )
        found.append(
            Statement(10_000 + number, rng.choice(targets).subject, (rng.randrange(40, 9_000),), day, "1", "")
        )
    return found


def _payment(rng: random.Random, target: Target, rials: int) -> Entry:
    day = YEAR.starts_on + dt.timedelta(days=rng.randrange(62, 180))
    document = f"{rng.randrange(100, 99_999)}"
    text = rng.choice(WORDS).format(n=rng.randrange(1, 40), t=target.title)
    return Entry(0, rials, day, document, target.codes[0], "", target.sources[1], text)


# --- noises -------------------------------------------------------------------------------------------------


def slip(rng: random.Random, word: str) -> str:
    """One character wrong, missing, doubled, or changed with the next."""
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    other = rng.choice("0123456789" if word[place].isdigit() else "اندرمیسلوه")
    return word[:place] + other + word[place + 1 :]


def clean(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(entry, noise, Standing.COUNTED, target.key)


def code_slip(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(replace(entry, code=slip(rng, entry.code)), noise, Standing.COUNTED, target.key)


def no_code(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(replace(entry, code=""), noise, Standing.COUNTED, target.key)


def text_slip(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    words = entry.text.translate(ARABIC).replace("\u200c", rng.choice(("", " "))).split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    words[longest] = slip(rng, words[longest])
    book.add(replace(entry, code="", text=" ".join(words)), noise, Standing.COUNTED, target.key)


def code_in_text(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    text = f"سند پروژهٔ {entry.code} طبق فهرست"
    book.add(replace(entry, code="", text=text), noise, Standing.COUNTED, target.key)


def no_source(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(replace(entry, source=""), noise, Standing.COUNTED, target.key)


def wrong_code(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    """The code of another project, and the text of this one."""
    other = rng.choice([one for one in book.targets if one.subject != target.subject])
    book.add(replace(entry, code=other.codes[0]), noise, Standing.COUNTED, target.key)


def split(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    rest = entry.rials
    for _ in range(rng.randrange(2, 5)):
        part = rng.randrange(1, rest)
        rest -= part
        text = f"{entry.text} {rng.choice(('قسط', 'بخش', 'مرحله'))}"
        book.add(replace(entry, rials=part, text=text), noise, Standing.COUNTED, target.key)
    book.add(replace(entry, rials=rest), noise, Standing.COUNTED, target.key)


def merged(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    """One row pays two projects: it belongs to no single line."""
    other = rng.choice([one for one in book.targets if one.subject != target.subject])
    extra = rng.randrange(40, 9_000)
    place = book.targets.index(other)
    book.targets[place] = replace(other, entered=other.entered + extra)
    text, rials = f"{target.title} و {other.title}", entry.rials + extra * RIALS
    book.add(replace(entry, code="", text=text, rials=rials), noise, Standing.COUNTED, None)


def wrong_day(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    year = rng.choice((-1, 1))
    day = entry.day.replace(year=entry.day.year + year)
    book.add(replace(entry, day=day), noise, Standing.OUTSIDE if year < 0 else Standing.AFTER, target.key)


def duplicate(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(entry, noise, Standing.COUNTED, target.key)
    book.add(replace(entry, text=entry.text.translate(ARABIC)), noise, Standing.DUPLICATE, target.key)


def reversal(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(entry, noise, Standing.REVERSED, target.key)
    day = entry.day + dt.timedelta(days=rng.randrange(1, 5))
    back = replace(
        entry, rials=-entry.rials, day=day, document=f"9{entry.document}", text=f"برگشت {entry.text}"
    )
    book.add(back, noise, Standing.REVERSED, target.key)


def foreign(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    book.add(replace(entry, code="", text=rng.choice(FOREIGN)), noise, Standing.COUNTED, None)


def missing(rng, book, noise, entry, target):  # type: ignore[no-untyped-def]
    """Never written into the ledger."""


NOISES = {
    "clean": (40, clean),
    "code_slip": (8, code_slip),
    "no_code": (8, no_code),
    "text_slip": (8, text_slip),
    "code_in_text": (5, code_in_text),
    "no_source": (5, no_source),
    "wrong_code": (4, wrong_code),
    "split": (5, split),
    "merged": (3, merged),
    "wrong_day": (3, wrong_day),
    "duplicate": (3, duplicate),
    "reversal": (3, reversal),
    "foreign": (3, foreign),
    "missing": (2, missing),
}


def _shuffle(rng: random.Random, book: Book) -> None:
    """By day, as a ledger is kept; rows of one day as they come."""
    order = sorted(range(len(book.entries)), key=lambda place: (book.entries[place].day, place))
    entries = [book.entries[place] for place in order]
    truth = [book.truth[entry.number] for entry in entries]
    book.entries = [replace(entry, number=place + 2) for place, entry in enumerate(entries)]
    book.truth = {entry.number: one for entry, one in zip(book.entries, truth, strict=True)}


# --- how well -----------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Of one noise: rows, rows with a line of their own, matched by the bench, matched rightly, standing rightly."""

    rows: int = 0
    wanted: int = 0
    matched: int = 0
    right: int = 0
    standing: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.matched if self.matched else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def measure(book: Book, found: Found) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    for match in found.matches:
        truth, score = book.truth[match.number], scores[book.truth[match.number].noise]
        score.rows += 1
        score.standing += match.standing is truth.standing
        if truth.standing is Standing.COUNTED:
            score.wanted += truth.key is not None
        if match.key is not None:
            score.matched += 1
            score.right += match.key == truth.key and match.standing is truth.standing
    return dict(scores)


def table(scores: dict[str, Score]) -> str:
    lines = [f"{'noise':<14}{'rows':>7}{'matched':>9}{'precision':>11}{'recall':>9}{'standing':>10}"]
    whole = sum(scores.values(), Score())
    for name, score in [*sorted(scores.items()), ("all", whole)]:
        lines.append(
            f"{name:<14}{score.rows:>7}{score.matched:>9}{score.precision:>11.4f}{score.recall:>9.4f}"
            f"{score.standing / score.rows:>10.4f}"
        )
    return "\n".join(lines)
