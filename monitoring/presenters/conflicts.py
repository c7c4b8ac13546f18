"""Conflicts between sources as the pages print them: both figures, the tolerance, the owner, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.decisions import Decision
from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import audit
from budget_portal.audit_words import sentence
from budget_portal.digits import group
from budget_portal.templatetags.portal import mrial, percent, pp
from monitoring.conflicts.judging import PAIRS, difference
from monitoring.models import PerformanceSubmission, SourceConflict
from monitoring.presenters.consolidation import KIND_WORDS, Chip, _query
from monitoring.workflow import conflicts
from monitoring.workflow.moves import CONFLICT_MOVES

TABS = (("", "نیازمند اقدام"), ("open", "بی‌توضیح"), ("explained", "در انتظار پذیرش"), ("resolved", "پذیرفته"), ("all", "همه"))  # fmt: skip
WAITING = ("open", "explained")
WITH = ("submission__agency", "submission__period__fiscal_year", "project", "programme", "expense_chapter")


@dataclass(frozen=True)
class ConflictRow:
    conflict: SourceConflict
    url: str
    agency: str
    line: str
    pair: str
    reported_name: str
    other_name: str
    reported: str
    other: str
    gap: str
    tolerance: str
    owner: str

    @property
    def word(self) -> str:
        return self.conflict.explanation


def row(conflict: SourceConflict) -> ConflictRow:
    pair = PAIRS[conflict.pair]
    said = mrial if pair.is_money else percent
    gap = difference(conflict.reported, conflict.other)
    unit = "واحد درصد" if conflict.unit == "points" else "درصد"
    return ConflictRow(
        conflict=conflict,
        url=reverse("monitoring:conflict", args=[conflict.pk]),
        agency=conflict.submission.agency.name,
        line=line_of(conflict),
        pair=pair.title,
        reported_name=pair.reported,
        other_name=pair.other,
        reported=said(conflict.reported),
        other=said(conflict.other),
        gap=f"{mrial(gap)} میلیون ریال" if pair.is_money else f"{pp(gap)} واحد",
        tolerance=f"{group(conflict.tolerance.normalize())} {unit}",
        owner=conflicts.owners_of(conflict.pair),
    )


def line_of(conflict: SourceConflict) -> str:
    if conflict.project:
        return str(conflict.project)
    if conflict.programme and conflict.expense_chapter:
        return f"{conflict.programme} – فصل {conflict.expense_chapter}"
    return str(conflict.programme or "همهٔ پرونده")


def of_period(user: User, period: ReportingPeriod) -> list[SourceConflict]:
    rows = SourceConflict.objects.for_user(user).filter(submission__period=period).select_related(*WITH)
    return list(rows.order_by("submission__agency__code", "submission__kind", "pk"))


def of_submission(user: User, submission: PerformanceSubmission) -> list[ConflictRow]:
    """Those of one submission that wait, then the accepted ones."""
    rows = SourceConflict.objects.for_user(user).filter(submission=submission).select_related(*WITH)
    return [row(one) for one in sorted(rows, key=lambda one: (one.state not in WAITING, one.pk))]


def chosen(rows: list[SourceConflict], asked: Mapping[str, str]) -> list[SourceConflict]:
    state, pair, agency = (asked.get(name, "") for name in ("show", "pair", "agency"))
    wanted = WAITING if not state else (state,)
    return [
        one
        for one in rows
        if (state == "all" or one.state in wanted)
        and pair in ("", one.pair)
        and agency in ("", one.submission.agency.code)
    ]


def chips(rows: list[SourceConflict], asked: Mapping[str, str]) -> list[Chip]:
    kept = {name: asked.get(name, "") for name in ("pair", "agency")}
    found = []
    for state, label in TABS:
        count = len(chosen(rows, {**kept, "show": state}))
        tone = "bad" if state == "open" and count else ""
        found.append(Chip(label, _query(**kept, show=state), count, asked.get("show", "") == state, tone))
    for code in dict.fromkeys(one.pair for one in rows):
        current = kept["pair"] == code
        url = _query(**{**kept, "pair": "" if current else code}, show=asked.get("show", ""))
        found.append(Chip(PAIRS[code].title, url, None, current))
    return found


def finding(rows: list[SourceConflict]) -> tuple[str, str]:
    left = [one for one in rows if one.state == "open"]
    waiting = sum(one.state == "explained" for one in rows)
    agencies = len({one.submission.agency_id for one in left})
    lead = f"{group(len(left))} مغایرت هنوز توضیح ندارد." if left else "مغایرت بی‌توضیحی نیست."
    parts = (
        [f"در {group(agencies)} دستگاه؛ تا توضیح داده نشود، پروندهٔ آن تأیید نهایی نمی‌شود."] if left else []
    )
    if waiting:
        parts.append(f"{group(waiting)} توضیح در انتظار پذیرش گروه تلفیق است.")
    return lead, " ".join(parts)


# --- one conflict ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    name: str
    label: str
    decision: Decision
    needs_text: bool


def steps(user: User, conflict: SourceConflict) -> list[Step]:
    """What people can do from here; somebody else's step is shown with its reason."""
    return [
        Step(move.name, move.label, conflicts.can(user, conflict, move.name), move.name != "resolve")
        for move in CONFLICT_MOVES.values()
        if move.roles and move.allows_state(conflict.state)
    ]


def history(conflict: SourceConflict) -> list[dict[str, Any]]:
    return [
        {
            "title": sentence(entry),
            "text": entry.note,
            "by": str(entry.actor) if entry.actor else "سامانه",
            "at": entry.recorded_at,
            "state": "done",
        }
        for entry in audit.history(conflict).order_by("-sequence")
    ]


def kind_of(conflict: SourceConflict) -> str:
    return KIND_WORDS[conflict.submission.kind]
