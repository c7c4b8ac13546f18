"""The reviewer's desk: lines by what was decided on them, the open one, what goes back, and what signing means.

The same for treasurer, expert and consolidation; each page adds what is its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.models import User
from budget_portal.digits import group, to_persian
from monitoring import permissions
from monitoring.evidence import openings
from monitoring.lines import LineKey
from monitoring.models import LineDecision, PerformanceSubmission, SubmissionDocument
from monitoring.presenters import review
from monitoring.presenters.words import Badge
from monitoring.review import decisions
from monitoring.review.decisions import Standing
from monitoring.review.lines import ReviewedLine, lines_of

SIZE = 50
WAITING, RETURNED, ACCEPTED = "waiting", "returned", "accepted"
TABS = ((WAITING, "در انتظار"), (RETURNED, "برگشتی"), (ACCEPTED, "تأییدشده"))
SIGNED = {"treasurer": "confirmed_by_id", "expert": "reviewed_by_id", "consolidation": "approved_by_id"}

Flags = Callable[[str], list[Badge]]


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    url: str
    count: int
    current: bool


@dataclass(frozen=True)
class Prepared:
    """A line that waits to be sent back."""

    key: str
    title: str
    reason: str
    code: str
    due_on: Any
    by: str


@dataclass(frozen=True)
class Sum:
    """What many lines come to, in words: «۱۴ ردیف بدون هشدار، جمع عملکرد ۱۲۳٬۴۵۶ میلیون ریال»."""

    count: int
    spent: int

    def said(self, what: str = "ردیف") -> str:
        return f"{to_persian(self.count)} {what}، جمع عملکرد {group(self.spent)} میلیون ریال"


@dataclass
class Desk:
    stage: str
    may: bool
    reason: str
    pack: review.Pack
    lines: dict[LineKey, ReviewedLine]
    standing: dict[LineKey, Standing]
    tabs: list[Tab] = field(default_factory=list)
    tab: str = WAITING
    items: list[review.QueueItem] = field(default_factory=list)
    before_url: str = ""
    after_url: str = ""
    line: review.Line | None = None
    decision: Standing | None = None
    seen: str = ""
    next: review.QueueItem | None = None
    prepared: list[Prepared] = field(default_factory=list)
    place: int = 0
    total: int = 0
    shown: int = 0
    accepted: int = 0

    @property
    def clean(self) -> Sum:
        """Lines that may still be accepted together."""
        rows = [
            row
            for key, row in self.lines.items()
            if row.is_clean and not (key in self.standing and self.standing[key].is_accepted)
        ]
        return total_of([row for row in rows if not self._goes_back(row.key)])

    def _goes_back(self, key: LineKey) -> bool:
        return key in self.standing and self.standing[key].is_return

    @property
    def is_complete(self) -> bool:
        return self.accepted == self.total


def total_of(rows: list[ReviewedLine]) -> Sum:
    return Sum(len(rows), sum(row.spent or 0 for row in rows))


def desk(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    base: str,
    flags: Flags | None = None,
) -> Desk:
    """Everything about the lines of a submission for the person who reviews (or reads) it."""
    stage = decisions.stage_of(user)
    may = decisions.may_decide(user, submission)
    pack, lines = review.load(submission), lines_of(submission)
    found = Desk(stage, bool(may), may.reason, pack, lines, decisions.standing(submission, stage, lines))
    tabs = {key: _tab(found, key) for key in pack.groups}
    found.total = len(tabs)
    found.accepted = sum(tab == ACCEPTED for tab in tabs.values())
    opened = _opened(request, tabs)
    found.tab = _chosen(request, tabs, opened)
    found.tabs = [
        Tab(key, label, f"{base}?tab={key}", sum(tab == key for tab in tabs.values()), key == found.tab)
        for key, label in TABS
    ]
    shown = [key for key, tab in tabs.items() if tab == found.tab]
    opened = opened if opened in shown else next(iter(shown), "")
    _lay_out(found, request, shown, opened, base, flags or (lambda key: []))
    if opened:
        found.line = review.line(pack, opened)
        found.decision = found.standing.get(LineKey.parse(opened))
        found.seen = lines[LineKey.parse(opened)].digest[: decisions.SEEN]
    found.prepared = [_prepared(row) for row in _returns(found)]
    return found


def _tab(found: Desk, key: str) -> str:
    submission, decided = found.pack.submission, found.standing.get(LineKey.parse(key))
    if decided is not None and decided.is_return:
        return RETURNED
    if key in found.pack.returned:
        return RETURNED
    if getattr(submission, SIGNED[found.stage]) is not None:
        return ACCEPTED
    return ACCEPTED if decided is not None and decided.is_accepted else WAITING


def _opened(request: HttpRequest, tabs: dict[str, str]) -> str:
    asked = request.POST.get("open") or request.GET.get("line") or ""
    return asked if asked in tabs else ""


def _chosen(request: HttpRequest, tabs: dict[str, str], opened: str) -> str:
    asked = request.GET.get("tab", "")
    if asked in dict(TABS):
        return asked
    if opened:
        return tabs[opened]
    return next((key for key, _ in TABS if key in tabs.values()), WAITING)


def _lay_out(
    found: Desk, request: HttpRequest, shown: list[str], opened: str, base: str, flags: Flags
) -> None:
    """The part of the list around the open line, and what comes after it."""
    place = shown.index(opened) if opened else 0
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else place
    start = min(start, max(len(shown) - 1, 0)) // SIZE * SIZE
    found.items = [_item(found, key, key == opened, base, flags) for key in shown[start : start + SIZE]]
    found.place, found.shown = place + 1, len(shown)
    if start:
        found.before_url = _address(base, tab=found.tab, **{"from": start - SIZE})
    if start + SIZE < len(shown):
        found.after_url = _address(base, tab=found.tab, **{"from": start + SIZE})
    rest = shown[place + 1 :] or shown[:place]
    found.next = _item(found, rest[0], False, base, flags) if rest else None


def _item(found: Desk, key: str, is_open: bool, base: str, flags: Flags) -> review.QueueItem:
    made = review.item(found.pack, key, is_open)
    row, decided = found.lines[LineKey.parse(key)], found.standing.get(LineKey.parse(key))
    own = list(flags(key))
    if decided is not None and decided.void and not decided.is_return:
        own.append(Badge("پس از تأیید تغییر کرد", "warn", "arrow-path"))
    return replace(
        made,
        url=f"{_address(base, tab=found.tab, line=key)}#line",
        flags=[*own, *made.flags],
        value=f"{key}~{row.digest[: decisions.SEEN]}",
        spent=row.spent,
        blocked=not row.is_clean,
    )


def _address(base: str, **parts: Any) -> str:
    return f"{base}?{urlencode(parts, safe=':')}"


def _returns(found: Desk) -> list[LineDecision]:
    return [row.decision for row in found.standing.values() if row.is_return]


def _prepared(row: LineDecision) -> Prepared:
    title = str(row.project) if row.project else f"{row.programme} – {row.expense_chapter}"
    return Prepared(row.line, title, row.reason, str(row.reason_code or ""), row.due_on, row.signer)


# --- what signing means -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """The treasurer's signature: may it be given now, what does it cover, what is missing."""

    may: bool
    reason: str
    said: str
    unopened: list[SubmissionDocument]


def signing(user: User, submission: PerformanceSubmission, found: Desk) -> Signing:
    papers = SubmissionDocument.objects.filter(submission=submission, removed_at__isnull=True).count()
    said = f"{total_of(list(found.lines.values())).said()} و {to_persian(papers)} سند"
    decision = permissions.can(user, submission, "confirm")
    if not decision:
        return Signing(False, decision.reason, said, [])
    unopened = openings.unopened(submission, user)
    left = found.total - found.accepted
    reason = ""
    if left:
        reason = f"{to_persian(left)} ردیف از {to_persian(found.total)} ردیف هنوز تأیید نشده است."
    elif unopened:
        reason = f"{to_persian(len(unopened))} سند از نمونهٔ تصادفی هنوز باز نشده است."
    return Signing(not reason, reason, said, unopened)
