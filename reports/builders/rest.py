"""Expense detail, visits, complaints and service quality of R1."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.utils import timezone

from budget_portal.clocks.counting import working_days_between
from budget_portal.digits import group
from complaints.models import Complaint
from monitoring import indicators
from monitoring.clocks import calendar, clocks_of
from monitoring.models import ActivityPerformance, NoVisitReason, VisitFinding
from monitoring.models.visits import QUALITY
from monitoring.ratios import Ratio
from monitoring.service_clock import period_clocks
from reports.builders.facts import Facts, flow_of
from reports.builders.money import grouped
from reports.figures import total
from reports.parts import (
    ActivityRow,
    ComplaintRow,
    Complaints,
    Count,
    Expense,
    ExpenseFocus,
    FindingRow,
    ProgrammeRow,
    Service,
    Visits,
)

LISTED_PROGRAMMES = 40
LISTED_ACTIVITIES = 14
LISTED_FINDINGS = 10
GRAVEST_FIRST = ("critical", "major", "minor", "info")


def expense_detail(facts: Facts) -> Expense | None:
    if not facts.expense:
        return None
    activities = [_activity(facts, row) for row in facts.activities]
    chapters = grouped(facts.expense, lambda line: (line.expense_chapter.code, line.expense_chapter.title))
    return Expense(
        programmes=_programmes(facts),
        chapters=tuple(ProgrammeRow(title, flow, code) for (code, title), flow in sorted(chapters.items())),
        activities=tuple(activities[:LISTED_ACTIVITIES]),
        focuses=(_focus(facts),) if facts.report.level == "agency" else (),
        selected=len(activities) > LISTED_ACTIVITIES,
    )


def _programmes(facts: Facts) -> tuple[ProgrammeRow, ...]:
    """By code; of very many the largest by credit, the others in one row, so that the sum stays whole."""
    rows = grouped(facts.expense, lambda line: (line.programme.code, line.programme.title))
    largest = set(sorted(rows, key=lambda key: (-(rows[key].agreed or 0), key))[:LISTED_PROGRAMMES])
    listed = [ProgrammeRow(title, rows[code, title], code) for code, title in sorted(largest)]
    others = [flow for key, flow in rows.items() if key not in largest]
    rest = total(others)
    if rest is not None:
        listed.append(ProgrammeRow(f"سایر برنامه‌ها ({group(len(others))} برنامه)", rest))
    return tuple(listed)


def _activity(facts: Facts, row: ActivityPerformance) -> ActivityRow:
    return ActivityRow(
        agency=facts.name_of(row.submission.agency),
        title=row.activity.title,
        unit=row.activity.unit,
        target=row.activity.target_volume,
        done=row.volume_done,
        unit_cost=row.activity.unit_cost,
        cost=row.cost,
    )


def _focus(facts: Facts) -> ExpenseFocus:
    flow = total(flow_of(line) for line in facts.expense)
    chapters = grouped(facts.expense, lambda line: (line.expense_chapter.code, line.expense_chapter.title))
    volume = indicators.programme_volume_achievement(
        (row.volume_done, row.activity.target_volume, row.activity.credit) for row in facts.activities
    )
    efficiency = indicators.service_efficiency(
        (row.volume_done, row.activity.unit_cost, row.cost) for row in facts.activities
    )
    assert flow is not None  # noqa: S101 - called with expense lines only
    return ExpenseFocus(
        agency=facts.name_of(facts.agencies[0]),
        flow=flow,
        chapters=tuple(
            ProgrammeRow(f"{title}", part, code) for (code, title), part in sorted(chapters.items())
        ),
        volume=volume.ratio if facts.activities else None,
        efficiency=efficiency.ratio if facts.activities else None,
    )


def visits(facts: Facts) -> Visits | None:
    """I15 over the active projects of approved submissions; visits of this cut-off only."""
    here = [visit for visit in facts.visits if visit.period_id == facts.period.pk]
    shown = {row.project_id for row in facts.progress}
    active = [row for row in facts.progress if row.project.is_active]
    if not active and not here:
        return None
    seen = {visit.project_id for visit in here if visit.project_id in shown}
    findings = VisitFinding.objects.filter(visit__in=[visit.pk for visit in facts.visits]).select_related(
        "visit"
    )
    return Visits(
        projects=indicators.visit_coverage(len(seen), len(active)),
        no_visit_reasons=_excused(facts),
        person_days=int(sum(visit.person_days or 0 for visit in here)),
        expense_visits=sum(visit.project_id is None for visit in here),
        quality=_counts([visit.quality_overall for visit in here], QUALITY),
        severities=_counts([row.severity for row in findings], _severities()),
        solved=sum(row.state == "verified" for row in findings),
        open=sum(row.state != "verified" for row in findings),
        overdue=sum(_overdue(row) for row in findings),
        findings=_findings(list(findings)),
    )


def _excused(facts: Facts) -> int:
    capital = [facts.submissions[pair].pk for pair in facts.approved if pair[1] == "capital"]
    return NoVisitReason.objects.filter(submission__in=capital).count()


def _severities() -> list[tuple[str, str]]:
    labels = dict(VisitFinding.Severity.choices)
    return [(code, str(labels[code])) for code in GRAVEST_FIRST]


def _counts(values: list[str], names: list[tuple[str, str]]) -> tuple[Count, ...]:
    found = Counter(values)
    return tuple(Count(title, found[code]) for code, title in names)


def _overdue(row: VisitFinding) -> bool:
    return row.state != "verified" and row.due_on is not None and row.due_on < timezone.localdate()


def _findings(rows: list[VisitFinding]) -> tuple[FindingRow, ...]:
    opened = sorted(
        (row for row in rows if row.state != "verified"),
        key=lambda row: (GRAVEST_FIRST.index(row.severity), row.due_on or timezone.localdate(), row.pk),
    )
    return tuple(
        FindingRow(
            text=f"{row.visit.project or row.visit.agency}: {row.text}",
            severity=row.severity,  # type: ignore[arg-type]
            responsible=row.responsible,
            due_on=row.due_on,
            state=str(row.get_state_display()),
            overdue=_overdue(row),
        )
        for row in opened[:LISTED_FINDINGS]
    )


def complaints(facts: Facts) -> Complaints | None:
    """I23 of the organization, in the year of the report up to the cut-off; counts only."""
    if facts.report.level != "organization":
        return None
    from budget_portal.digits import to_persian

    year = facts.period.fiscal_year
    rows = Complaint.objects.filter(
        organization=facts.report.organization_id,
        registered_at__date__gte=year.starts_on,
        registered_at__date__lte=max(facts.period.cutoff_date, year.ends_on),
    )
    found: dict[str, list[Complaint]] = defaultdict(list)
    for row in rows:
        found[str(row.get_kind_display())].append(row)
    if not found:
        return None
    days = calendar()
    return Complaints(
        rows=tuple(_complaint_row(title, cases, days) for title, cases in sorted(found.items())),
        span=f"در سال {to_persian(str(year.year))}",
    )


def _complaint_row(title: str, cases: list[Complaint], days: Any) -> ComplaintRow:
    answered = [case for case in cases if case.answered_at]
    used = [
        working_days_between(
            timezone.localdate(case.registered_at), timezone.localdate(case.answered_at), days
        )
        for case in answered
    ]
    late = sum(timezone.localdate(case.answered_at) > (case.extended_to or case.due_on) for case in answered)
    closed_without = {"forwarded", "rejected", "withdrawn", "closed"}
    opened = sum(case.answered_at is None and case.state not in closed_without for case in cases)
    return ComplaintRow(title, len(cases), len(answered) - late, late, opened, Ratio(sum(used), len(used)))


def service(facts: Facts) -> Service | None:
    """Decision 22: median and worst of the clocks of approved submissions; I21 and I22 with their terms."""
    rows = [row for row in facts.submissions.values() if row.state == "approved"]
    clocks = clocks_of(rows)
    together = period_clocks(clocks.values())
    if together is None:
        return None
    return Service(
        median_days=together.median,
        worst_days=together.worst,
        in_time=indicators.sla_compliance(clock.day for clock in clocks.values()),
        returned=indicators.return_rate(
            max(row.revision - 1, 0) for row in facts.submissions.values() if row.revision
        ),
    )
