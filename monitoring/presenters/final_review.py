"""One submission as the consolidation group decides on it: figures before and now, checks, visits, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.decisions import Decision, Denied
from accounts.models import User
from budget_portal import charts, jalali
from budget_portal.digits import group, to_persian
from budget_portal.signers import signed, signer
from monitoring import indicators, permissions
from monitoring.consolidation import HANDED_IN
from monitoring.forms.consolidation import OpenLinesForm, ReasonForm, ReturnLinesForm
from monitoring.models import (
    CheckResult,
    FieldVisit,
    Package,
    PerformanceSubmission,
    ProjectProgress,
    ReturnMark,
)
from monitoring.presenters import deadlines, hits
from monitoring.presenters.cells import Comparison, raw_text
from monitoring.presenters.conflicts import ConflictRow, of_submission
from monitoring.presenters.final_lines import Line, line_of, lines_of, money_of, totals_of
from monitoring.presenters.remarks import Thread, threads
from monitoring.rulebook import in_force
from monitoring.rules import title_of
from monitoring.service_clock import ServiceClock
from monitoring.standing import Standing
from monitoring.workflow import conflicts, submissions

KIND_TITLES = {"capital": "تملک دارایی‌های سرمایه‌ای", "expense": "اعتبارات هزینه‌ای"}
Forms = Mapping[tuple[str, str], Any]


@dataclass(frozen=True)
class VisitRow:
    """A visit beside the agency's claim, or the reason why there was none (V10)."""

    title: str
    claimed: Decimal | None = None
    measured: Decimal | None = None
    when: str = ""
    state: str = ""
    word: str = ""
    url: str = ""
    excused: str = ""
    limit: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        return indicators.deviation_pp(self.claimed, self.measured)

    @property
    def is_disputed(self) -> bool:
        return self.difference is not None and self.limit is not None and self.difference > self.limit


@dataclass(frozen=True)
class Held:
    title: str
    rule: str
    raw: str


@dataclass(frozen=True)
class Hit:
    title: str
    found: hits.Found


@dataclass(frozen=True)
class Sheet:
    """Everything on the page about one kind of credit."""

    submission: PerformanceSubmission
    title: str
    people: list[dict[str, Any]]
    clock: charts.ServiceClock | None
    clock_url: str
    totals: list[Comparison]
    lines: list[Line]
    hits: list[Hit]
    held: list[Held]
    conflicts: list[ConflictRow]
    remarks: list[Thread]
    visits: list[VisitRow]
    dispute_points: Decimal | None
    marks: list[ReturnMark]
    approve: Decision
    give_back: Decision
    ask_reopen: Decision
    return_form: ReturnLinesForm
    reopen_form: ReasonForm
    detail_url: str
    packages: list[Package]

    @property
    def is_capital(self) -> bool:
        return self.submission.kind == "capital"


def sheet(user: User, part: Standing, forms: Forms) -> Sheet:
    submission = part.submission
    assert submission is not None  # noqa: S101 - the page names kinds without a submission itself
    money = money_of(submission)
    visits = _visits(user, submission)
    lines = lines_of(submission, money, visits)
    kind = submission.kind
    limit = in_force.dispute_points(in_force.book_of(submission)) if kind == "capital" else None
    return Sheet(
        submission=submission,
        title=KIND_TITLES[kind],
        people=people(submission),
        clock=printed_clock(part.clock),
        clock_url=deadlines.service_url(submission),
        totals=totals_of(money, lines),
        lines=lines,
        hits=_hits(submission),
        held=_held(submission, money),
        conflicts=of_submission(user, submission),
        remarks=threads(user, submission, shown=""),
        visits=[*_visit_rows(visits, lines, limit), *_excuses(submission)],
        dispute_points=limit,
        marks=list(submission.return_marks.select_related("project", "programme", "opened_by")),
        approve=can_approve(user, submission),
        give_back=permissions.can(user, submission, "return_by_consolidation"),
        ask_reopen=permissions.can_ask_reopen(user, submission),
        return_form=forms.get((kind, "return"))
        or ReturnLinesForm(auto_id=f"{kind}-%s", known=[line.key for line in lines]),
        reopen_form=forms.get((kind, "reopen")) or ReasonForm(auto_id=f"{kind}-reopen-%s"),
        detail_url=reverse("monitoring:review-detail", args=[submission.pk]),
        packages=list(submission.packages.defer("text").order_by("number")),
    )


def keys(submission: PerformanceSubmission) -> list[str]:
    """The lines that may be returned or opened."""
    return [line.key for line in lines_of(submission, money_of(submission), [])]


def open_lines(submission: PerformanceSubmission, data: Any = None) -> tuple[list[Line], OpenLinesForm]:
    """For the deputy's page: the lines and the form that ticks them."""
    lines = lines_of(submission, money_of(submission), [])
    return lines, OpenLinesForm(data, known=[line.key for line in lines])


# --- decisions --------------------------------------------------------------------------------------------------


def can_approve(user: User, submission: PerformanceSubmission) -> Decision:
    """As the verb decides, and what it would refuse for missing or unconfirmed visits."""
    answer = permissions.can(user, submission, "approve")
    if answer and (left := submissions.unvisited(submission, HANDED_IN[1:])):
        return Denied(f"بازدید {group(len(left))} مورد هنوز تأیید نشده است.", "state")
    if answer and (problem := conflicts.unexplained(submission)):
        return Denied(to_persian(problem), "state")
    return answer


def people(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    """Four people, four steps (decision 14)."""
    authors = submission.authors.filter(revision=submission.revision).select_related(
        "person", "on_behalf_of__membership__user"
    )
    writers = "؛ ".join(dict.fromkeys(signed(author.person, author.on_behalf_of) for author in authors))
    rows = [
        ("ورود و ارسال", writers or signer(submission, "submitted"), submission.submitted_at),
        ("تأیید ذیحساب", signer(submission, "confirmed"), submission.confirmed_at),
        ("بررسی کارشناس", signer(submission, "reviewed"), submission.reviewed_at),
        ("تأیید نهایی تلفیق", signer(submission, "approved"), submission.approved_at),
    ]
    reached = sum(at is not None for _, _, at in rows)
    return [
        {
            "label": label,
            "person": person if at else "",
            "when": jalali.format_date(at, "stamp") if at else "",
            "state": "done" if at else "now" if place == reached else "todo",
        }
        for place, (label, person, at) in enumerate(rows)
    ]


def printed_clock(clock: ServiceClock | None) -> charts.ServiceClock | None:
    if clock is None or clock.started_on is None:
        return None
    due = f"مهلت: {jalali.format_date(clock.due_on, 'weekday')}" if clock.due_on else "ساعت ایستاده است"
    if clock.stopped_on:
        due = f"تأیید نهایی {jalali.format_date(clock.stopped_on, 'text')}"
    return charts.ServiceClock(max(clock.day, 1), clock.limit, due, finished=clock.stopped_on is not None)


# --- checks, held lines, visits -------------------------------------------------------------------------------------


def _hits(submission: PerformanceSubmission) -> list[Hit]:
    rows = CheckResult.objects.filter(submission=submission)
    rows = rows.select_related("project", "programme", "explained_by").order_by("rule", "pk")
    return [Hit(str(row.project or row.programme or "همهٔ پرونده"), hits.of(row)) for row in rows]


def _held(submission: PerformanceSubmission, money: list[Any]) -> list[Held]:
    found = [_held_row(line_of(row).title, row) for row in money if row.held]
    if submission.kind == "capital":
        rows = ProjectProgress.objects.filter(submission=submission, held=True).select_related("project")
        found += [_held_row(f"{row.project}، پیشرفت", row) for row in rows]
    return found


def _held_row(title: str, row: Any) -> Held:
    names = [(hits.code_of(code), title_of(code)) for code in row.held_rules]
    rules = "، ".join(f"{code}: {name}" if code else name for code, name in names)
    return Held(title, rules, raw_text(row.held_raw))


def _visits(user: User, submission: PerformanceSubmission) -> list[FieldVisit]:
    rows = FieldVisit.objects.for_user(user).filter(
        agency=submission.agency_id,
        period=submission.period_id,
        project__isnull=submission.kind == "expense",
    )
    return list(rows.select_related("project").order_by("visited_on", "pk"))


def _visit_rows(visits: list[FieldVisit], lines: list[Line], limit: Decimal | None) -> Iterable[VisitRow]:
    claims = {line.key: line.progress for line in lines}
    for visit in visits:
        yield VisitRow(
            title=str(visit.project or visit.agency),
            claimed=claims.get(f"project:{visit.project_id}"),
            measured=visit.physical_progress,
            when=jalali.format_date(visit.visited_on, "table") if visit.visited_on else "",
            state=str(visit.get_state_display()),
            word=visit.dispute_comment or visit.remarks,
            url=reverse("monitoring:visit", args=[visit.pk]),
            limit=limit,
        )


def _excuses(submission: PerformanceSubmission) -> Iterable[VisitRow]:
    for row in submission.no_visit_reasons.select_related("project", "written_by"):
        yield VisitRow(
            title=str(row.project or submission.agency), excused=row.reason, word=str(row.written_by)
        )
