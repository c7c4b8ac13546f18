"""Who submitted and who certified when, at published cut-offs: for everybody, without names of persons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import group
from budget_portal.templatetags.portal import percent
from monitoring.due import due_at
from monitoring.models import Absence, Package, PerformanceSubmission
from monitoring.publication import agencies_of
from monitoring.ratios import Ratio


@dataclass(frozen=True)
class SubmittedRow:
    organization: str
    agency: str
    kind: str
    credit: int
    submitted_on: dt.date | None
    confirmed_on: dt.date | None
    approved_on: dt.date | None
    due_on: dt.date
    note: str
    assurance: str

    @property
    def is_on_time(self) -> bool:
        return self.submitted_on is not None and self.submitted_on <= self.due_on

    @property
    def timing(self) -> str:
        if self.submitted_on is None:
            return "نرسیده"
        return "به‌موقع" if self.is_on_time else "دیرتر از مهلت"


def periods() -> list[ReportingPeriod]:
    """Cut-offs of which something is published, newest first."""
    rows = ReportingPeriod.objects.filter(windows__state="published").distinct().select_related("fiscal_year")
    return list(rows.order_by("-cutoff_date"))


def rows(period: ReportingPeriod) -> list[SubmittedRow]:
    windows = PeriodWindow.objects.filter(period=period, state="published").select_related("organization")
    found = [row for window in windows.order_by("organization__name", "kind", "pk") for row in _of(window)]
    return sorted(found, key=lambda row: (row.organization, row.agency, row.kind))


def _of(window: PeriodWindow) -> list[SubmittedRow]:
    agencies = {row.pk: row for row in agencies_of(window)}
    due = due_at(window.period, agencies)
    owing = [pk for pk in agencies if (pk, window.kind) in due]
    own = PerformanceSubmission.objects.filter(agency__in=owing, period=window.period_id, kind=window.kind)
    submissions = {row.agency_id: row for row in own}
    words = {
        row.submission_id: row.assurance
        for row in Package.objects.filter(submission__in=own)
        .only("submission", "assurance")
        .order_by("number")
    }
    absent = Absence.objects.standing().filter(period=window.period_id, kind=window.kind, agency__in=owing)
    reasons = dict(absent.values_list("agency", "reason"))
    found = []
    for pk in owing:
        row = submissions.get(pk)
        is_final = row is not None and row.state == "approved"
        found.append(
            SubmittedRow(
                window.organization.name,
                agencies[pk].name,
                window.get_kind_display(),
                due[pk, window.kind].credit,
                _day(row.submitted_at) if row and row.revision else None,
                _day(row.confirmed_at) if row else None,
                _day(row.approved_at) if row else None,
                window.last_day,
                reasons.get(pk, "" if is_final else "در این انتشار نیست"),
                words.get(row.pk, "") if row and is_final else "",
            )
        )
    return found


def _day(moment: dt.datetime | None) -> dt.date | None:
    return jalali.local(moment).date() if moment else None


def finding(found: list[SubmittedRow]) -> tuple[str, str]:
    final = [row for row in found if row.approved_on]
    on_time = sum(row.is_on_time for row in found)
    credit, total = sum(row.credit for row in final), sum(row.credit for row in found)
    share = f"{percent(Ratio(credit, total).exact_percent)} درصد اعتبار" if total else ""
    lead = f"{group(len(final))} پرونده از {group(len(found))} پرونده تأیید نهایی شده است."
    return lead, f"{share}؛ {group(on_time)} پرونده به‌موقع رسیده است." if share else ""
