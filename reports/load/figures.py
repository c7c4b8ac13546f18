"""What was done: submissions of every cut-off, approved, with their lines and progress."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from budget_portal.copying import NOTHING
from monitoring.models import (
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from reports.load.agreed import Agreed, allocated, keys_of, percent, received
from reports.load.ground import Ground, moment, public_id
from reports.load.keyed import Table

Submissions = dict[tuple[int, int], int]  # (office, cut-off) -> key


def write(ground: Ground, agreed: Agreed) -> dict[str, int]:
    """How many lines there are of each kind."""
    size = ground.size
    capital_cutoffs = range(size.cutoffs - size.capital_cutoffs, size.cutoffs)
    builders = list(dict.fromkeys(work.office for work in agreed.works)) if capital_cutoffs else []
    capital = _submissions(ground, "capital", builders, capital_cutoffs)
    expense = _submissions(
        ground, "expense", [service.office for service in agreed.services], range(size.cutoffs)
    )
    _projects(ground, agreed, capital, capital_cutoffs)
    return {
        "capital": len(agreed.works) * len(capital_cutoffs),
        "expense": _expense(ground, agreed, expense),
    }


def _submissions(ground: Ground, kind: str, offices: list[int], cutoffs: range) -> Submissions:
    held = [(office, cutoff) for cutoff in cutoffs for office in offices]
    days = {cutoff: ground.period(cutoff).cutoff_date for cutoff in cutoffs}
    steps = {
        cutoff: [moment(days[cutoff] + dt.timedelta(days=n)) for n in (11, 20, 25, 32, 38)]
        for cutoff in cutoffs
    }
    rows = []
    for place, cutoff in held:
        office = ground.offices[place]
        opened, sent, confirmed, reviewed, approved = steps[cutoff]
        rows.append(
            (
                office.pk, ground.period(cutoff).pk, kind, "approved", 1, public_id(ground.rng), opened, sent,
                office.user, confirmed, office.treasurer, reviewed, office.expert, approved,
                office.place.people["consolidation"],
            )
        )  # fmt: skip
    table = Table(
        PerformanceSubmission,
        "agency_id", "period_id", "kind", "state", "revision", "receipt", "created_at", "submitted_at",
        "submitted_by_id", "confirmed_at", "confirmed_by_id", "reviewed_at", "reviewed_by_id", "approved_at",
        "approved_by_id",
    )  # fmt: skip
    return dict(zip(held, table.write(rows), strict=True))


def _at(ground: Ground, cutoff: int) -> str:
    return moment(ground.period(cutoff).cutoff_date + dt.timedelta(days=15)).isoformat()


def _projects(ground: Ground, agreed: Agreed, submissions: Submissions, cutoffs: range) -> None:
    """Cut-off by cut-off, as they are entered in life: the rows of one project lie far from each other."""
    works, begun = agreed.works, cutoffs.start
    lines = Table(
        CapitalFinanceLine,
        "submission_id", "project_id", "agreement_project_id", "previous_id", "funding_source_id",
        "approved_credit", "credit_in_force", "allocated_cash", "received_cash", "received_securities", "spent",
        "advances_open", "commitments_open", "updated_at", "updated_by_id",
    )  # fmt: skip
    progress = Table(
        ProjectProgress,
        "submission_id", "project_id", "agreement_project_id", "previous_id", "physical_progress",
        "planned_progress", "status", "updated_at", "updated_by_id",
    )  # fmt: skip
    first = lines.first_of(len(works) * len(cutoffs))
    first_progress = progress.first_of(len(works) * len(cutoffs))

    def previous(first: int, cutoff: int, at: int) -> str:
        """The row of the cut-off before, in the same year."""
        if cutoff % 4 == 0 or cutoff == begun:
            return NOTHING
        return str(first + (cutoff - begun - 1) * len(works) + at)

    def money() -> Iterator[str]:
        for cutoff in cutoffs:
            year, quarter, when = cutoff // 4, cutoff % 4 + 1, _at(ground, cutoff)
            start = first + (cutoff - begun) * len(works)
            for at, work in enumerate(works):
                credit = work.credit_of(year)
                yield (
                    f"{start + at}\t{submissions[work.office, cutoff]}\t{work.pk}\t{agreed.part(at, year)}\t"
                    f"{previous(first, cutoff, at)}\t{ground.source}\t{credit}\t{credit}\t{allocated(credit)}\t"
                    f"{received(credit, quarter)}\t0\t{work.spent(year, quarter)}\t0\t0\t{when}\t"
                    f"{ground.offices[work.office].user}"
                )

    def physical() -> Iterator[str]:
        for cutoff in cutoffs:
            year, when = cutoff // 4, _at(ground, cutoff)
            start = first_progress + (cutoff - begun) * len(works)
            for at, work in enumerate(works):
                yield (
                    f"{start + at}\t{submissions[work.office, cutoff]}\t{work.pk}\t{agreed.part(at, year)}\t"
                    f"{previous(first_progress, cutoff, at)}\t{percent(work.progress(cutoff))}\t"
                    f"{percent(work.planned(cutoff))}\tin_progress\t{when}\t{ground.offices[work.office].user}"
                )

    lines.copy(money())
    progress.copy(physical())
    _operations(ground, agreed, cutoffs, first_progress)


def _operations(ground: Ground, agreed: Agreed, cutoffs: range, progress: int) -> None:
    """Of the last cut-off only."""
    if not cutoffs:
        return
    works, last = agreed.works, cutoffs[-1]
    table = Table(
        OperationProgress, "progress_id", "operation_id", "quantity_done", "updated_at", "updated_by_id"
    )
    first, when = table.first_of(len(works)), _at(ground, last)
    start = progress + (len(cutoffs) - 1) * len(works)
    operations = agreed.operations + (ground.size.years - 1) * len(works)
    table.copy(
        f"{first + at}\t{start + at}\t{operations + at}\t{percent(work.progress(last))}\t{when}\t"
        f"{ground.offices[work.office].user}"
        for at, work in enumerate(works)
    )


def _expense(ground: Ground, agreed: Agreed, submissions: Submissions) -> int:
    cutoffs = range(ground.size.cutoffs)
    each = sum(service.lines for service in agreed.services)
    table = Table(
        ExpenseFinanceLine,
        "submission_id", "agreement_id", "previous_id", "programme_id", "expense_chapter_id",
        "funding_source_id", "approved_credit", "credit_in_force", "allocated_cash", "received", "spent",
        "commitments_open", "updated_at", "updated_by_id",
    )  # fmt: skip
    if not each:
        return 0
    first = table.first_of(each * len(cutoffs))
    keys = [keys_of(ground, line) for line in range(max(service.lines for service in agreed.services))]

    def rows() -> Iterator[str]:
        pk = first
        for cutoff in cutoffs:
            year, quarter, when = cutoff // 4, cutoff % 4 + 1, _at(ground, cutoff)
            for service in agreed.services:
                head = f"{submissions[service.office, cutoff]}\t{agreed.expense[service.office, year]}"
                tail = f"0\t{when}\t{ground.offices[service.office].user}"
                for line in range(service.lines):
                    credit = service.credit_of(line, year)
                    came = received(credit, quarter)
                    before = NOTHING if quarter == 1 else str(pk - each)
                    yield (
                        f"{pk}\t{head}\t{before}\t{keys[line]}\t{credit}\t{credit}\t{allocated(credit)}\t{came}\t"
                        f"{came * service.thrift // 100}\t{tail}"
                    )
                    pk += 1

    table.copy(rows())
    return each * len(cutoffs)
