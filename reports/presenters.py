"""What the pages of reports show: rows ready to print, from the frozen package (no second computation)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from accounts.decisions import Decision
from accounts.models import User
from agreements.presenters import totals
from budget_portal.digits import to_persian
from budget_portal.jalali import format_date, local
from budget_portal.signers import signer
from monitoring.ratios import Ratio
from reports.models import SupervisionReport
from reports.package import R1Report
from reports.printing import milliards, number, percent
from reports.sentences import measured_line
from reports.workflow import reports as workflow


@dataclass(frozen=True)
class RatioRow:
    """One indicator with its terms; amounts in milliard rials, as the printed summary has them."""

    title: str
    value: str
    terms: str
    note: str = ""


@dataclass(frozen=True)
class SignStep:
    label: str
    person: str
    when: str
    state: str


@dataclass(frozen=True)
class Action:
    """A move offered on the page, or why it may not be made now."""

    name: str
    label: str
    decision: Decision
    tone: str


def package_of(report: SupervisionReport) -> R1Report | None:
    return R1Report.from_plain(report.package) if report.package else None


def measured_sentence(package: R1Report) -> str:
    return measured_line(package, package.measured) if package.measured else ""


@dataclass(frozen=True)
class AgreedRow:
    """Credit of the agreements in force at the cut-off: as known when the figures were taken, and as known now."""

    title: str
    then: int
    now: int
    url: str

    @property
    def difference(self) -> int:
        return self.now - self.then


def agreed_rows(user: User, report: SupervisionReport) -> list[AgreedRow]:
    """Asked of the agreements anew; the frozen figures stay as they are. A county cuts through agreements."""
    if report.known_at is None or report.level == "county":
        return []
    of: dict[str, int | None] = {"organization": report.organization_id}
    if report.level == "agency":
        of = {"pk": report.agency_id}
    if report.level == "sector_group":
        of |= {"sector_group": report.sector_group_id}
    found = []
    cutoff, year = report.period.cutoff_date, report.period.fiscal_year
    for kind, title in (("capital", "سرمایه‌ای"), ("expense", "هزینه‌ای")):
        sums = totals.read(user, kind, "agency", cutoff, known_at=report.known_at, year=year, of=of)
        asked = {"kind": kind, "on": format_date(cutoff), "known": format_date(local(report.known_at).date())}
        url = f"{reverse('agreements:agreement-totals')}?{urlencode(asked)}"
        found.append(AgreedRow(title, sums.credit, sums.now, url))
    return found


def ratio_rows(package: R1Report) -> list[RatioRow]:
    rows = []
    for word, flow in (("سرمایه‌ای", package.capital), ("هزینه‌ای", package.expense)):
        if flow is None:
            continue
        for title, ratio in (
            ("درصد تخصیص (I1)", flow.allocation),
            ("درصد دریافت (I2)", flow.receipt),
            ("درصد جذب (I3)", flow.absorption),
            ("درصد عملکرد (I4)", flow.execution),
        ):
            rows.append(RatioRow(f"{title}، {word}", percent(ratio), _terms(ratio)))
    if package.physical is not None:
        physical = package.physical
        rows.append(RatioRow("پیشرفت فیزیکی وزنی", percent(physical.progress), _terms(physical.progress)))
        rows.append(RatioRow("برنامهٔ فیزیکی وزنی", percent(physical.plan), _terms(physical.plan)))
    return rows


def _terms(ratio: Ratio) -> str:
    return f"{milliards(ratio.numerator)} ÷ {milliards(ratio.denominator)}"


def coverage_sentence(package: R1Report) -> str:
    agencies, credit = package.coverage.agencies, package.coverage.credit
    return (
        f"{number(agencies.numerator)} از {number(agencies.denominator)} دستگاه با تأیید نهایی، "
        f"برابر {percent(credit)} درصد اعتبار معتبر"
    )


def digest_groups(report: SupervisionReport) -> list[str]:
    """The digest in groups of eight, so that it can be read aloud and breaks on a phone."""
    return [report.digest[start : start + 8] for start in range(0, len(report.digest), 8)]


def size_words(size: int) -> str:
    return f"{to_persian(str(max(1, round(size / 1024))))} کیلوبایت"


def sign_steps(report: SupervisionReport) -> list[SignStep]:
    states = ("draft", "reviewed", "confirmed", "approved")
    reached = states.index(report.state)
    rows = (
        ("پیش‌نویس", str(report.drafted_by), report.drafted_at),
        ("تهیه‌کننده: گروه تلفیق", signer(report, "reviewed"), report.reviewed_at),
        ("تأییدکننده: معاون بودجه", signer(report, "confirmed"), report.confirmed_at),
        ("تصویب‌کننده: رئیس سازمان", signer(report, "approved"), report.approved_at),
    )
    return [
        SignStep(
            label=label,
            person=person,
            when=format_date(local(at).date()) if at else "",
            state="done" if place <= reached else ("now" if place == reached + 1 else "todo"),
        )
        for place, (label, person, at) in enumerate(rows)
    ]


def actions(user: User, report: SupervisionReport) -> list[Action]:
    """The next move first; moves of other states are not offered at all."""
    found = []
    for name, move in workflow.MOVES.items():
        if report.state in move.sources:
            tone = "btn--ok" if name != "return_to_draft" else "btn--bad"
            found.append(Action(name, move.label, workflow.can(user, report, name), tone))
    return found
