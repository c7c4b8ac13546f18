"""What stands in the package of a cut-off: the packages of its submissions, who is missing, and the sums."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Agency
from agreements.models import PeriodWindow
from monitoring.closing.absences import absent_pairs
from monitoring.due import due_at
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, Package, PerformanceSubmission
from monitoring.packages.content import calendar_version
from monitoring.publication import agencies_of

ABSENT = "آغاز نشده"


def of_window(window: PeriodWindow) -> dict[str, Any]:
    agencies = list(agencies_of(window).order_by("code"))
    due = due_at(window.period, [row.pk for row in agencies])
    owing = [row for row in agencies if (row.pk, window.kind) in due]
    submissions = {
        row.agency_id: row
        for row in PerformanceSubmission.objects.filter(
            agency__in=agencies, period=window.period_id, kind=window.kind
        )
    }
    reasons = {
        pair[0]: row.reason
        for pair, row in absent_pairs(window.period, window.organization_id).items()
        if pair[1] == window.kind
    }
    packages = newest(submissions.values())
    listed = [row for row in agencies if row.pk in submissions and submissions[row.pk].pk in packages]
    credit = {row.pk: due[row.pk, window.kind].credit for row in owing}
    return {
        "period": {"code": window.period.code, "cutoff_date": window.period.cutoff_date},
        "kind": window.kind,
        "group": window.sector_group.name if window.sector_group else None,
        "calendar": calendar_version(),
        "packages": [_listed(row, packages[submissions[row.pk].pk], credit.get(row.pk)) for row in listed],
        "missing": [_missing(row, submissions.get(row.pk), credit[row.pk], reasons.get(row.pk, '')) for row in owing if row not in listed],
        "coverage": {
            "agencies": [sum(row in listed for row in owing), len(owing)],
            "credit": [sum(credit[row.pk] for row in owing if row in listed), sum(credit.values())],
        },
        "totals": _totals([submissions[row.pk].pk for row in listed], window.kind),
    }  # fmt: skip


def newest(submissions: Iterable[PerformanceSubmission]) -> dict[int, Package]:
    """The last package of every submission that is approved now."""
    ids = [row.pk for row in submissions if row.state == "approved"]
    return {row.submission_id: row for row in Package.objects.filter(submission__in=ids).order_by("number")}


def _listed(agency: Agency, package: Package, credit: int | None) -> dict[str, Any]:
    return {
        "agency": agency.code,
        "name": agency.name,
        "number": package.number,
        "revision": package.revision,
        "digest": package.digest,
        "credit": credit,
    }


def _missing(
    agency: Agency, submission: PerformanceSubmission | None, credit: int, reason: str
) -> dict[str, Any]:
    return {
        "agency": agency.code,
        "name": agency.name,
        "state": submission.get_state_display() if submission else ABSENT,
        "reason": reason,
        "credit": credit,
    }


def _totals(ids: list[int], kind: str) -> dict[str, int]:
    """Sums of the listed submissions; held lines are in none."""
    model: Any = CapitalFinanceLine if kind == "capital" else ExpenseFinanceLine
    received = ("received_cash", "received_securities") if kind == "capital" else ("received",)
    names = ("credit_in_force", "allocated_cash", "allocated_securities", *received, "spent")
    sums = dict.fromkeys(("credit", "allocated", "received", "spent"), 0)
    groups = {"credit_in_force": "credit", "allocated_cash": "allocated", "allocated_securities": "allocated"}
    rows = model.objects.filter(submission__in=ids, held=False).values_list(*names)
    for values in rows.order_by().iterator(chunk_size=2_000):
        for name, value in zip(names, values, strict=True):
            sums[groups.get(name, "received" if name.startswith("received") else name)] += int(value or 0)
    return sums
