"""Search over projects, agencies, agreements and letters, within the person's scope.

What was typed is folded as the columns are (ی/ي, ک/ك, half-space, digits of three keyboards). Exact codes come first,
those of the past too; then titles that hold every word; only when none does, titles like it (words one slip away, then
trigrams). Agreements have their plan's title and letters their agency's name. Every step reads an index; tests ask the
planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import OperationalError, connection, transaction
from django.db.models import CharField, F, Func, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from accounts.models import Agency, Role
from agreements import spelling
from agreements.models import (
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    Contract,
    ExpenseAgreement,
    Plan,
    Project,
    ProjectIdentifier,
)
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.text import fold, visible_length

if TYPE_CHECKING:
    from accounts.models import User

LEAST, MOST = 2, 100  # characters of a question
SHOWN = 8  # of each group
LIKE = "0.5"  # how much of a word must be met for a likely title
COMPARED = 400  # likely titles that are put in order
PATIENCE_MS = 3_000
WITHOUT_AGREEMENTS = frozenset({Role.COMPLAINTS_OFFICER, Role.ADMIN})


class TooSlow(Exception):
    """The question took longer than a page may."""


@dataclass(frozen=True)
class Hit:
    title: str
    code: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    name: str
    hits: list[Hit]
    more: bool = False  # there are more than these
    more_url: str = ""
    likely: bool = False  # nothing is written like this; these are near it


@dataclass(frozen=True)
class Asked:
    """The question as it is compared."""

    words: str
    number: str

    @classmethod
    def of(cls, written: str) -> Asked:
        words = fold(written[:MOST])
        return cls(words, words.replace(" ", ""))

    @property
    def is_code(self) -> bool:
        return any(char.isdecimal() for char in self.number)

    @property
    def is_short(self) -> bool:
        return visible_length(self.words) < LEAST

    def in_column(self, column: str) -> Q:
        """Every word somewhere in the column, in any order."""
        found = Q()
        for word in self.words.split():
            found &= Q(**{f"{column}__contains": word})
        return found

    @cached_property
    def readings(self) -> list[list[str]] | None:
        """What the words may have meant; a code means what it says."""
        return None if self.is_code else spelling.readings(self.words.split())

    def meant(self, column: str) -> Q:
        """Every word, as it may have been meant, somewhere in the column."""
        found = Q()
        for words in self.readings or ():
            found &= Q(*((f"{column}__contains", word) for word in words), _connector=Q.OR)
        return found


class FoldedNumber(Func):
    function = "portal_fold_number"
    output_field = CharField()


def find(user: User, written: str) -> list[Group]:
    """Groups that have something, in the order of the page; nothing for what is too short."""
    asked = Asked.of(written)
    if asked.is_short:
        return []
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
                    " set_config('statement_timeout', %s, true)",
                    [LIKE, str(PATIENCE_MS)],
                )
            groups = [group for group in _groups(user, asked) if group.hits]
    except OperationalError as error:
        raise TooSlow from error
    return groups


def _groups(user: User, asked: Asked) -> Iterator[Group]:
    yield projects(user, asked)
    offices, likely = _offices(user, asked)
    yield agencies(user, asked, offices, likely=likely)
    if user.role not in WITHOUT_AGREEMENTS:
        yield agreements(user, asked, offices, likely=likely)
        yield letters(user, asked, offices, likely=likely)


# --- projects -----------------------------------------------------------------------------------------------


def projects(user: User, asked: Asked) -> Group:
    found = {**_by_code(user, asked), **_by_other_code(user, asked)} if asked.is_code else {}
    rows = _projects(user).filter(asked.in_column("title_folded")).exclude(pk__in=found)
    named = list(rows.order_by("code")[: SHOWN + 1])
    likely = not found and not named
    if likely:
        named = _like(_projects(user), "title_folded", asked)
    hits = [*found.values(), *(_project(row) for row in named)]
    more_url = f"{reverse('monitoring:project-list')}?{urlencode({'q': asked.words})}"
    return Group("پروژه‌ها", hits[:SHOWN], len(hits) > SHOWN and not likely, more_url, likely)


def _by_code(user: User, asked: Asked) -> dict[int, Hit]:
    """The exact code, then codes that begin like it."""
    rows = _projects(user).filter(code__startswith=asked.number).order_by("code")
    return {row.pk: _project(row) for row in rows[:SHOWN]}


def _by_other_code(user: User, asked: Asked) -> dict[int, Hit]:
    """Codes of other systems, ended ones too, and numbers of contracts."""
    found: dict[int, Hit] = {}
    codes = ProjectIdentifier.objects.for_user(user).filter(code_folded=asked.words)
    for code in codes.select_related("project__agency")[:SHOWN]:
        until = f"، تا {jalali.format_date(code.valid_to, 'table')}" if code.valid_to else ""
        found[code.project_id] = _project(code.project, f"{code.get_system_display()}: {code.code}{until}")
    contracts = Contract.objects.for_user(user).filter(number_folded=asked.words)
    for contract in contracts.select_related("project__agency")[:SHOWN]:
        found.setdefault(contract.project_id, _project(contract.project, f"پیمان {contract.number}"))
    return found


def coded(user: User, asked: Asked) -> set[int]:
    """Keys of projects that have or had exactly this code, here or in another system."""
    codes = ProjectIdentifier.objects.for_user(user).filter(code_folded=asked.words)
    contracts = Contract.objects.for_user(user).filter(number_folded=asked.words)
    own = _projects(user).filter(code=asked.number).values_list("pk", flat=True)
    return {*own[:1], *(key for rows in (codes, contracts) for key in rows.values_list("project", flat=True))}


def _projects(user: User) -> QuerySet[Project]:
    rows: QuerySet[Project] = Project.objects.for_user(user).select_related("agency")
    return rows


def _project(row: Project, note: str = "") -> Hit:
    url = reverse("monitoring:project", args=[row.code])
    return Hit(row.title, row.code, " · ".join(filter(None, (str(row.agency), note))), url)


# --- agencies -----------------------------------------------------------------------------------------------


def _offices(user: User, asked: Asked) -> tuple[list[Agency], bool]:
    """Agencies of this code or name; when there are none, those of a name like it."""
    rows = Agency.objects.for_user(user).filter(is_active=True)
    found = list(rows.filter(Q(code=asked.number) | asked.in_column("name_folded"))[: SHOWN + 1])
    return (found, False) if found else (_like(rows, "name_folded", asked), True)


def agencies(user: User, asked: Asked, offices: list[Agency], *, likely: bool) -> Group:
    found = sorted(offices, key=lambda row: row.code != asked.number)
    hits = [Hit(row.name, row.code, "", _agency_url(user, row)) for row in found[:SHOWN]]
    return Group("دستگاه‌های اجرایی", hits, len(found) > SHOWN and not likely, likely=likely)


def _agency_url(user: User, row: Agency) -> str:
    if user.role == Role.ADMIN:
        return reverse("accounts:agency-edit", args=[row.pk])
    return f"{reverse('monitoring:project-list')}?agency={row.code}"


# --- agreements and letters ---------------------------------------------------------------------------------


def agreements(user: User, asked: Asked, offices: list[Agency], *, likely: bool) -> Group:
    """By number, here or in Nezarat 4 and Saba; else by the title of a plan, by the agency, or by a title like it."""
    models = (("capital", CapitalAgreement), ("expense", ExpenseAgreement))
    found: list[tuple[str, Any]] = []
    for kind, model in models:
        rows = _numbered(model.objects.for_user(user), asked, "number", "external_number")
        found += [(kind, row) for row in _versions(kind, rows)]
    if found:
        return _agreed(found)
    plans = Plan.objects.for_user(user)
    if named := list(plans.filter(asked.in_column("title_folded")).order_by("code")[:SHOWN]):
        return _agreed(_of_plans(user, named))
    if offices and not likely:
        return _agreed(_of_offices(user, offices))
    if near := _like(plans, "title_folded", asked):
        return _agreed(_of_plans(user, near), likely=True)
    return _agreed(_of_offices(user, offices), likely=True)


def _of_plans(user: User, plans: list[Plan]) -> list[tuple[str, Any]]:
    rows = CapitalAgreement.objects.for_user(user).filter(plan__in=[row.pk for row in plans])
    return [("capital", row) for row in _versions("capital", rows)] if plans else []


def _of_offices(user: User, offices: list[Agency]) -> list[tuple[str, Any]]:
    if not offices:
        return []
    keys = [row.pk for row in offices]
    expense = ExpenseAgreement.objects.for_user(user).filter(agency__in=keys)
    capital = CapitalAgreement.objects.for_user(user).filter(agency__in=keys)
    found = [("expense", row) for row in _versions("expense", expense)]
    return found + [("capital", row) for row in _versions("capital", capital)]


def _versions(kind: str, rows: Any) -> list[Any]:
    linked = ("fiscal_year", "agency", *(("plan",) if kind == "capital" else ()))
    newest = rows.select_related(*linked).order_by("-fiscal_year__year", "-version", "pk")
    return list(newest[: SHOWN + 1])


def _agreed(found: list[tuple[str, Any]], *, likely: bool = False) -> Group:
    hits = [
        _agreement(kind, row, str(row.plan) if kind == "capital" else "موافقتنامهٔ هزینه‌ای")
        for kind, row in found
    ]
    return Group("موافقتنامه‌ها", hits[:SHOWN], len(hits) > SHOWN and not likely, likely=likely)


def _agreement(kind: str, row: Any, title: str) -> Hit:
    note = to_persian(
        f"{row.agency} · سال {row.fiscal_year.year} · نسخهٔ {row.version} · {row.get_state_display()}"
    )
    external = f"{row.number} · {row.external_number}" if row.external_number else row.number
    return Hit(title, external, note, _url("agreements:agreement", kind, row.pk))


def letters(user: User, asked: Asked, offices: list[Agency], *, likely: bool) -> Group:
    """Budget notifications and allocation notices by their number; by words, the newest of the agencies so named."""
    hits = []
    for model, name, url in (
        (BudgetNotification, "ابلاغ اعتبار", "agreements:notification"),
        (AllocationNotice, "ابلاغ تخصیص", "agreements:allocation"),
    ):
        rows = model.objects.for_user(user).select_related("agency")
        if asked.is_code:
            rows = _numbered(rows, asked, "letter_number")
        elif not offices:
            continue
        else:
            rows = rows.filter(agency__in=[row.pk for row in offices]).order_by("-letter_date", "-pk")
        hits += [_letter(row, name, url) for row in rows[: SHOWN + 1]]
    likely = likely and not asked.is_code
    return Group("نامه‌ها", hits[:SHOWN], len(hits) > SHOWN and not likely, likely=likely)


def _letter(row: Any, name: str, url: str) -> Hit:
    day = jalali.format_date(row.letter_date, "table")
    note = f"{row.agency} · {row.get_kind_display()} · {day} · {row.get_state_display()}"
    return Hit(name, row.letter_number, note, _url(url, row.pk))


# --- how rows are found -------------------------------------------------------------------------------------


def _numbered(rows: Any, asked: Asked, *columns: str) -> Any:
    """Rows whose number begins like the question."""
    if not asked.is_code:
        return rows.none()
    names = {f"{column}_written": FoldedNumber(F(column)) for column in columns}
    begins = Q()
    for name in names:
        begins |= Q(**{f"{name}__startswith": asked.number})
    return rows.alias(**names).filter(begins)


def _like(rows: Any, column: str, asked: Asked) -> list[Any]:
    """The nearest, for typing errors: titles with the words that may be meant; when there are none, by trigrams.

    Of very many that are near, the first found are compared.
    """
    if asked.readings and (meant := _nearest(rows, column, asked, rows.filter(asked.meant(column)))):
        return meant
    return _nearest(rows, column, asked, rows.filter(**{f"{column}__trigram_word_similar": asked.words}))


def _nearest(rows: Any, column: str, asked: Asked, near: Any) -> list[Any]:
    near = near.order_by()
    compared = rows.filter(pk__in=near.values("pk")[:COMPARED])
    return list(compared.order_by(TrigramWordSimilarity(asked.words, column).desc(), "code")[:SHOWN])


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:  # its page is not part of this installation
        return ""


def count(groups: Iterable[Group]) -> int:
    return sum(len(group.hits) for group in groups)
