"""What keeps a cut-off from closing: of every agency and kind, what is missing, whose it is and what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import Agency, User
from agreements.models import PeriodWindow
from budget_portal.digits import group
from monitoring.closing.absences import absent_pairs
from monitoring.models import Absence, CheckResult, ReturnMark, SourceConflict
from monitoring.publication import agencies_of
from monitoring.standing import CONFIRMED, Matrix, Standing

AGENCY, TREASURER, EXPERT, DESK = "کارشناس دستگاه", "ذیحساب", "کارشناس بودجه", "گروه تلفیق"
SORTS = {
    "lines": "ردیف ثبت‌نشده",
    "returns": "برگشت باز",
    "unconfirmed": "در انتظار ذیحساب",
    "visits": "بازدید ثبت‌نشده",
    "review": "در بررسی کارشناس",
    "conflicts": "مغایرت بی‌توضیح",
    "warnings": "هشدار بی‌توضیح",
    "approval": "در انتظار تأیید نهایی",
}
OPEN = ("", "draft", "returned", "reopened")


@dataclass(frozen=True)
class Blocker:
    sort: str
    agency: Agency
    kind: str
    count: int
    owner: str
    remedy: str
    url: str

    @property
    def title(self) -> str:
        return SORTS[self.sort]

    @property
    def key(self) -> tuple[int, str]:
        return self.agency.pk, self.kind


@dataclass(frozen=True)
class Blockers:
    """Of a whole cut-off; who is absent on record blocks nothing and is named apart."""

    found: tuple[Blocker, ...]
    absent: tuple[Absence, ...]

    def of(self, window: PeriodWindow) -> tuple[Blocker, ...]:
        inside = set(agencies_of(window).values_list("pk", flat=True))
        return tuple(one for one in self.found if one.kind == window.kind and one.agency.pk in inside)

    def count(self, sort: str) -> int:
        return sum(one.count for one in self.found if one.sort == sort)


def blockers(user: User, matrix: Matrix) -> Blockers:
    """From the matrix of the desk and four counts, whatever the number of agencies."""
    organizations = {row.agency.organization_id for row in matrix.agencies}
    absent: dict[tuple[int, str], Absence] = {}
    for organization in organizations:
        absent |= absent_pairs(matrix.period, organization)
    counts = _counts(user, matrix)
    found: list[Blocker] = []
    for row in matrix.agencies:
        for part in row.parts:
            if (row.agency.pk, part.kind) not in absent and part.state != "approved":
                found += _of(row.agency, part, matrix.period.code, counts)
    return Blockers(tuple(found), tuple(absent.values()))


Counts = dict[str, Counter[int]]


def _counts(user: User, matrix: Matrix) -> Counts:
    ids = [part.submission.pk for part in matrix.parts if part.submission and part.state != "approved"]
    marks = ReturnMark.objects.for_user(user).filter(submission__in=ids, closed_at__isnull=True)
    disputes = SourceConflict.objects.for_user(user).filter(submission__in=ids, state="open")
    hits = CheckResult.objects.for_user(user).filter(submission__in=ids, severity="warn", explanation="")
    return {
        "returns": _per_submission(marks),
        "conflicts": _per_submission(disputes),
        "warnings": _per_submission(hits.exclude(submission__state="draft")),
    }


def _per_submission(rows: Any) -> Counter[int]:
    return Counter(rows.order_by().values_list("submission", flat=True))


def _of(agency: Agency, part: Standing, period: str, counts: Counts) -> Iterable[Blocker]:
    review = reverse("monitoring:final-review", args=[period, agency.code])
    conflicts = f"{reverse('monitoring:conflict-list', args=[period])}?agency={agency.code}"
    pk = part.submission.pk if part.submission else 0

    def one(sort: str, count: int, owner: str, remedy: str, url: str = review) -> Blocker:
        return Blocker(sort, agency, part.kind, count, owner, remedy, url)

    if part.state in OPEN:
        left = max(part.rows - part.complete, 0)
        if part.state in ("returned", "reopened"):
            yield one("returns", counts["returns"][pk] or 1, AGENCY, "اصلاح ردیف‌های برگشتی و ارسال دوباره")
        else:
            remedy = "تکمیل و ارسال، یا ثبت غیبت با دلیل" if left else "ارسال به ذیحساب، یا ثبت غیبت با دلیل"
            yield one("lines", left or part.rows, AGENCY, remedy)
    if part.state == "submitted":
        yield one("unconfirmed", 1, TREASURER, "تأیید یا برگشت پرونده")
    if part.state in CONFIRMED and not part.visits.is_whole and part.visits.total:
        yield one("visits", part.visits.total - part.visits.done, EXPERT, "ثبت بازدید، یا دلیل نبود آن")
    if part.state in ("treasurer_confirmed", "under_review"):
        yield one("review", 1, EXPERT, "پایان بررسی یا برگشت")
    if count := counts["conflicts"][pk]:
        yield one("conflicts", count, "مسئول هر مغایرت", "توضیح مغایرت، یا اصلاح رقم", conflicts)
    if count := counts["warnings"][pk]:
        yield one("warnings", count, AGENCY, "نوشتن توضیح هشدار", review)
    if part.state == "expert_reviewed":
        yield one("approval", 1, DESK, "تأیید نهایی یا برگشت")


def said(found: Iterable[Blocker]) -> str:
    """The blockers in one clause: «۷۵ ردیف ثبت‌نشده و ۴ مغایرت بی‌توضیح»."""
    sums: Counter[str] = Counter()
    for one in found:
        sums[one.sort] += one.count
    parts = [f"{group(sums[sort])} {title}" for sort, title in SORTS.items() if sums[sort]]
    return " و ".join(["، ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
