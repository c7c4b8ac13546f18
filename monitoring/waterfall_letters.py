"""The letters beside the waterfall: what each gave, in what, what became of its advances, and whether it still stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, Sum
from django.utils import timezone

from accounts.models import Agency, User
from agreements.letters import ALLOCATION, NOTIFICATION, Sort
from budget_portal.digits import to_persian

Leaf = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the year as it stood: cancelled ones are struck out."""

    sort: str
    title: str
    pk: int
    number: str
    day: dt.date
    amount: int
    cancelled: bool
    reason: str
    when: str
    securities: int = 0  # of the amount
    symbol: str = ""  # of the securities, where they are of one kind
    due: dt.date | None = None
    advance: int = 0  # of the amount
    converted: int = 0  # of earlier advances; it counted when it was given
    is_readable: bool = True


@dataclass(frozen=True)
class Lines:
    """Which lines of a letter are told: those of a branch, those of a county."""

    at: Leaf = ()
    near: set[int] | None = None

    def of(self, sort: Sort, kind: str) -> Q:
        level, *key = self.at or ("", 0)
        found = Q()
        if level == "programme":
            plan = "lines__project__plan__programme" if sort is ALLOCATION else "lines__plan__programme"
            found = Q(**{plan if kind == "capital" else "lines__programme": key[0]})
        elif level == "chapter":
            found = Q(lines__programme=key[0], lines__expense_chapter=key[-1])
        elif level == "plan":
            found = Q(**{"lines__project__plan" if sort is ALLOCATION else "lines__plan": key[0]})
        elif level == "project":
            project = Q(lines__project=key[0])
            found = project if sort is ALLOCATION else Q(lines__plan__projects=key[0])
        return found if self.near is None else found & Q(lines__project__in=self.near)


def read_letters(
    user: User,
    agency: Agency,
    year: int,
    kind: str,
    on: dt.date,
    known_at: dt.datetime | None,
    lines: Lines,
) -> tuple[Letter, ...]:
    moment = known_at or timezone.now()
    # What a plan was notified is not told by county.
    sorts = (NOTIFICATION, ALLOCATION) if lines.near is None else (ALLOCATION,)
    shown = [
        _letter(sort, letter, moment)
        for sort in sorts
        for letter in _of(user, sort, agency, year, kind, lines)
        if letter.valid_from <= on and letter.recorded_at <= moment
    ]
    return tuple(sorted(shown, key=lambda letter: (letter.day, letter.sort == "allocation", letter.pk)))


def _of(user: User, sort: Sort, agency: Agency, year: int, kind: str, lines: Lines) -> Any:
    """Letters with the sums of the lines that are told."""
    when = "period__fiscal_year" if sort is ALLOCATION else "fiscal_year"
    told = lines.of(sort, kind)
    rows = sort.letter.objects.filter(agency=agency, kind=kind, **{when: year}).exclude(state="draft")
    if told:
        rows = rows.filter(told)
    if user.role == "county_viewer":
        mine = sort.letter.objects.for_user(user).filter(pk=OuterRef("pk"))
        rows = rows.annotate(is_mine=Exists(mine))
    sums: dict[str, Any] = {"total": Sum("lines__amount", filter=told or None)}
    if sort is ALLOCATION:
        counts = Q(lines__converted_from__isnull=True) | Q(lines__amount__lt=0)
        papers, turned = Q(lines__instrument="securities"), Q(lines__converted_from__isnull=False)
        sums = {
            "total": Sum("lines__amount", filter=told & counts),
            "papers": Sum("lines__amount", filter=told & papers),
            "symbols": Max("lines__symbol", filter=told & papers),
            "first_symbol": Min("lines__symbol", filter=told & papers),
            "due": Max("lines__due_date", filter=told & papers),
            "given": Sum("lines__amount", filter=told & Q(lines__is_advance=True)),
            "turned": Sum("lines__amount", filter=told & turned & Q(lines__amount__gt=0)),
        }
    return rows.select_related(when).annotate(**sums)


def _letter(sort: Sort, letter: Any, moment: dt.datetime) -> Letter:
    period = getattr(letter, "period", None)
    cancelled = letter.state == "cancelled" and letter.cancelled_at <= moment
    one_paper = getattr(letter, "symbols", "") == getattr(letter, "first_symbol", "")
    return Letter(
        sort=sort.name,
        title=sort.title,
        pk=letter.pk,
        number=letter.letter_number,
        day=letter.letter_date,
        amount=int(letter.total or 0),
        cancelled=cancelled,
        reason=letter.cancel_reason if cancelled else "",
        when=period.get_cutoff_display() if period else to_persian(letter.fiscal_year.year),
        securities=getattr(letter, "papers", 0) or 0,
        symbol=(getattr(letter, "symbols", "") or "") if one_paper else "",
        due=getattr(letter, "due", None) if one_paper else None,
        advance=getattr(letter, "given", 0) or 0,
        converted=getattr(letter, "turned", 0) or 0,
        is_readable=getattr(letter, "is_mine", True),
    )
