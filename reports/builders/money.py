"""Money sections of R1: who is counted, agencies by group, sources, counties, held lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from budget_portal.digits import to_persian
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, SubmissionClock
from monitoring.models.clocks import Sort
from monitoring.ratios import Ratio
from monitoring.rules import title_of
from reports.builders.facts import Facts, flow_of
from reports.builders.physical import physical_of
from reports.figures import Flow, total
from reports.package import AbsentAgency, Coverage, HeldLine, LateEntry, Reconciliation
from reports.parts import AgencyGroup, AgencyRow, Counties, CountyRow, SourceRow

Line = CapitalFinanceLine | ExpenseFinanceLine
KIND_WORDS = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}


def grouped(lines: Sequence[Any], key: Callable[[Any], Any]) -> dict[Any, Flow]:
    found: dict[Any, list[Flow]] = defaultdict(list)
    for line in lines:
        found[key(line)].append(flow_of(line))
    return {name: flow for name, flows in found.items() if (flow := total(flows)) is not None}


def capital(facts: Facts) -> Flow | None:
    return _whole(facts, facts.capital, "capital")


def expense(facts: Facts) -> Flow | None:
    return _whole(facts, facts.expense, "expense")


def _whole(facts: Facts, lines: Sequence[Any], kind: str) -> Flow | None:
    flow = total(flow_of(line) for line in lines)
    if flow is None:
        return None
    notified = [facts.notified[pair] for pair in facts.approved if pair[1] == kind and pair in facts.notified]
    return replace(flow, notified=sum(notified) if notified else None)


def sources(lines: Sequence[Any]) -> tuple[SourceRow, ...]:
    rows = grouped(lines, lambda line: (line.funding_source.code, line.funding_source.title))
    return tuple(SourceRow(title, flow) for (_, title), flow in sorted(rows.items(), key=_by_agreed))


def _by_agreed(item: tuple[Any, Flow]) -> int:
    return -(item[1].agreed or 0)


def groups(facts: Facts) -> tuple[AgencyGroup, ...]:
    """Agencies with at least one approved kind, by sector group; the others are in `absent`."""
    by_agency = {
        kind: grouped(lines, lambda line: line.submission.agency_id)
        for kind, lines in (("capital", facts.capital), ("expense", facts.expense))
    }
    found: dict[str, list[AgencyRow]] = {}
    for agency in facts.agencies:
        row = AgencyRow(
            code=agency.code,
            title=facts.name_of(agency),
            capital=by_agency["capital"].get(agency.pk),
            expense=by_agency["expense"].get(agency.pk),
            physical=physical_of(
                facts, [row for row in facts.progress if row.submission.agency_id == agency.pk]
            ),
        )
        if row.capital or row.expense:
            found.setdefault(agency.sector_group.name, []).append(row)
    return tuple(AgencyGroup(title, tuple(rows)) for title, rows in found.items())


def short(name: str) -> str:
    """A name without the mark of invented data, which the cover prints once."""
    return name.removesuffix(" (نمونه)")


def counties(facts: Facts) -> Counties | None:
    """Capital by the project's county, expense by the agency's until form 7 exists (decision 7)."""
    province = facts.report.organization.province
    if facts.report.level not in {"organization", "sector_group"} or province is None:
        return None
    capital_rows = grouped(facts.capital, lambda line: line.project.county)
    expense_rows = grouped(facts.expense, lambda line: line.submission.agency.county)
    places = sorted(
        {*capital_rows, *(place for place in expense_rows if place)}, key=lambda county: county.code
    )
    rows = tuple(
        CountyRow(county.code, county.name, capital_rows.get(county), expense_rows.get(county))
        for county in places
    )
    note = "اعتبار سرمایه‌ای با شهرستان پروژه و اعتبار هزینه‌ای با شهرستان دستگاه آمده است."
    return Counties(rows=rows, map_code=province.code, note=note) if rows else None


def coverage(facts: Facts) -> Coverage:
    due = {agency_id for agency_id, _ in facts.credit}
    waiting = {pair for pair in facts.credit if pair not in facts.approved}
    complete = due - {agency_id for agency_id, _ in waiting}
    lines: list[Any] = [*facts.capital, *facts.expense]
    return Coverage(
        agencies=Ratio(len(complete), len(due)),
        credit=Ratio(sum(facts.credit[pair] for pair in facts.approved), sum(facts.credit.values())),
        lines=Ratio(sum(not line.held for line in lines), len(lines)),
        absent=tuple(_absent(facts, waiting)),
        late=tuple(_late(facts)),
        held=tuple(_held(facts, line) for line in lines if line.held),
        reconciliation=_reconciliation(lines),
        window_note=_window_note(facts),
    )


def _absent(facts: Facts, waiting: set[tuple[int, str]]) -> Iterable[AbsentAgency]:
    for agency in facts.agencies:
        kinds = [kind for kind in ("capital", "expense") if (agency.pk, kind) in waiting]
        if not kinds:
            continue
        states = dict.fromkeys(_state_words(facts, agency.pk, kind) for kind in kinds)
        yield AbsentAgency(
            title=facts.name_of(agency),
            kinds=" و ".join(KIND_WORDS[kind] for kind in kinds),
            state="، ".join(states),
            capital_credit=facts.credit.get((agency.pk, "capital")) if "capital" in kinds else None,
            expense_credit=facts.credit.get((agency.pk, "expense")) if "expense" in kinds else None,
        )


def _late(facts: Facts) -> Iterable[LateEntry]:
    """As stored with the sending: by how many working days, and the reason of the extension."""
    clocks = SubmissionClock.objects.filter(
        submission__in=[row.pk for row in facts.submissions.values()], sort=Sort.ENTRY, late_days__gt=0
    )
    rows = clocks.select_related("submission__agency").order_by(
        "submission__agency__code", "submission__kind"
    )
    for clock in rows:
        yield LateEntry(
            title=facts.name_of(clock.submission.agency),
            kind=KIND_WORDS[clock.submission.kind],
            sent_on=clock.stopped_on,
            days=clock.late_days,
            reason=clock.late_reason,
        )


def _state_words(facts: Facts, agency_id: int, kind: str) -> str:
    submission = facts.submissions.get((agency_id, kind))
    return str(submission.get_state_display()) if submission else "ثبت نشده"


def _held(facts: Facts, line: Any) -> HeldLine:
    rule = line.held_rules[0] if line.held_rules else ""
    capital = isinstance(line, CapitalFinanceLine)
    raw = line.held_raw
    received = _raw_sum(raw, ("received_cash", "received_securities") if capital else ("received",))
    title = str(line.project) if capital else f"{line.programme}، فصل {to_persian(line.expense_chapter.code)}"
    return HeldLine(
        agency=facts.name_of(line.submission.agency),
        title=title,
        kind=KIND_WORDS["capital" if capital else "expense"],
        rule=rule,
        reason=title_of(rule),
        credit=line.credit_in_force,
        allocated=line.allocated,
        received=received,
        spent=raw.get("spent"),
    )


def _raw_sum(raw: dict[str, Any], cells: tuple[str, ...]) -> int | None:
    known = [raw[cell] for cell in cells if raw.get(cell) is not None]
    return sum(known) if known else None


def _reconciliation(lines: Sequence[Any]) -> tuple[Reconciliation, ...]:
    """Entered = approved + held: entered totals include the raw figures of held lines (decision 16)."""
    held = sum(line.held_raw.get("spent") or 0 for line in lines if line.held)
    approved = sum(line.spent or 0 for line in lines)
    return (Reconciliation("عملکرد", approved + held, held, approved),) if lines else ()


def _window_note(facts: Facts) -> str:
    states = facts.report.organization.windows.filter(period=facts.period).values_list("state", flat=True)
    return "پنجرهٔ ورود این مقطع هنوز باز است؛ ارقام تا زمان ساخت گزارش است." if "open" in states else ""
