"""Two cut-offs of a city's public works as physical progress: June and December, through filled templates.

Every work is a project with one operation of 100 percent; what the city reported is the quantity done. A work of
which the June file knows nothing is left empty there, as the city left it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agency, County, Membership, User
from agreements.models import (
    AgreementProject,
    CapitalAgreement,
    FiscalYear,
    PeriodWindow,
    PhysicalSchedule,
    Plan,
    Programme,
    Project,
    ReportingPeriod,
    WorkOperation,
)
from agreements.models.projects import STATUSES
from agreements.workflow import periods
from agreements.workflow.arrivals import exchange
from budget_portal import jalali
from budget_portal.text import normalise
from monitoring.models import CheckResult, NoVisitReason, PerformanceSubmission, ProjectProgress
from monitoring.review import decisions
from monitoring.workflow import submissions
from reports.demo.explaining import explain
from reports.execution.ground import LATE, OPEN_DAYS
from reports.execution.run import NO_VISIT, Clock
from reports.trials import excel, files, ground
from reports.trials.excel import Excel, Rows

CLEAN = "works_clean_2023-12.csv"
YEAR = 1402
CUTOFFS = (("Q1", "progress_pct_2023_06"), ("Q3", "progress_pct_2023_12"))  # end of Khordad, end of Azar
RULES = ("V8", "V9", "V10")
QUANTITIES, STATES = "مقادیر عملیات", "وضعیت و علل"
STAGES = {
    "completed": "completed",
    "in_progress": "in_progress",
    "tender": "tendering",
    "planned": "not_started",
    "suspended": "suspended",
    "terminated": "contract_terminated",
    "cancelled": "cancelled",
}
Record = files.Record
Say = Callable[[str], object]


@dataclass
class Place:
    year: FiscalYear
    agencies: dict[str, Agency]
    people: dict[tuple[int | None, str], User] = field(default_factory=dict)
    windows: dict[str, PeriodWindow] = field(default_factory=dict)


@dataclass
class Found:
    period: str
    known: int = 0  # works with a figure in the file
    written: int = 0
    same_to_the_file: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    hits: dict[str, dict[str, int]] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)


def run(folder: Path, *, say: Say) -> list[Found]:
    rows = files.read(folder / CLEAN)
    clock = Clock(say)
    place, codes = _build(rows)
    clock(f"{len(rows)} کار در {len(place.agencies)} دستگاه با موافقتنامه ساخته شد")
    return [_cutoff(place, rows, codes, cutoff, column, clock) for cutoff, column in CUTOFFS]


@transaction.atomic
def _build(rows: list[Record]) -> tuple[Place, dict[str, str]]:
    owner = ground.national("try-progress", "آزمون پیشرفت فیزیکی دو مقطع")
    place = Place(ground.year(owner, YEAR), ground.agencies(owner, (row["agency"] for row in rows)))
    since = place.year.starts_on
    for role in ("budget_deputy", "consolidation"):
        place.people[None, role] = ground.person(owner, role, role, since)
    group = next(iter(place.agencies.values())).sector_group
    place.people[None, "budget_expert"] = _person(owner, "budget_expert", since, sector_group=group)
    for agency in place.agencies.values():
        for role in ("agency_user", "treasurer"):
            place.people[agency.pk, role] = _person(owner, role, since, agency=agency)
    programme = Programme.objects.create(organization=owner, code="1", title="کارهای عمومی شهر")
    codes = {row["work_id"]: f"{owner.code}-{row['work_id']}" for row in rows}
    for name, agency in place.agencies.items():
        _agree(place.year, agency, programme, [row for row in rows if row["agency"] == name], codes)
    _windows(place, owner)
    return place, codes


def _person(owner: Any, role: str, since: dt.date, **where: Any) -> User:
    code = where["agency"].code if "agency" in where else "group"
    name = f"{owner.code}-{role.replace('_', '-')}-{code}"
    user = User.objects.create(
        username=name, full_name=name, email=f"{name}@portal.example", password=make_password(None)
    )
    acting: User = user.act_through(
        Membership.objects.create(user=user, role=role, organization=owner, valid_from=since, **where)
    )
    return acting


def _agree(
    year: FiscalYear, agency: Agency, programme: Programme, rows: list[Record], codes: dict[str, str]
) -> None:
    """One plan and one agreement per agency; every work has one operation that weighs all of it."""
    county = County.objects.order_by("code")[0]
    plan = Plan.objects.create(
        organization=agency.organization,
        code=agency.code,
        title=f"کارهای {agency.name}"[:300],
        programme=programme,
    )
    first = year.starts_on
    agreement = CapitalAgreement.objects.create(
        plan=plan,
        agency=agency,
        fiscal_year=year,
        number=f"م-{agency.code}",
        version=1,
        agreed_on=first,
        valid_from=first,
        recorded_at=jalali.start_of_day(first),
    )
    for row in rows:
        project = Project.objects.create(
            agency=agency,
            plan=plan,
            code=codes[row["work_id"]],
            title=normalise(row["name"])[:300] or row["work_id"],
            county=county,
            status=STAGES.get(row["stage"], "in_progress") if row["stage"] != "completed" else "in_progress",
        )
        _agreed(agreement, project, row)
    exchange(agreement, by=None)


def _agreed(agreement: CapitalAgreement, project: Project, row: Record) -> None:
    started, ends = _day(row["start_date"]), _day(row["planned_end_date"])
    started = min(started or dt.date(2015, 1, 1), agreement.fiscal_year.starts_on)
    amount = max(1, int(Decimal(row["contract_amount_ars"] or 1)))
    made = AgreementProject.objects.create(
        agreement=agreement,
        project=project,
        start_date=started,
        end_date=max(ends or started, started + dt.timedelta(days=1)),
        original_estimate=amount,
        latest_estimate=amount,
    )
    WorkOperation.objects.create(
        agreement_project=made, key=1, title="کل کار", unit="درصد", target_quantity=100, weight=100
    )
    PhysicalSchedule.objects.bulk_create(
        PhysicalSchedule(agreement_project=made, year=YEAR, quarter=quarter, planned=100)
        for quarter in range(1, 5)
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _windows(place: Place, owner: Any) -> None:
    for cutoff, _ in CUTOFFS:
        period = ReportingPeriod.objects.create(
            fiscal_year=place.year, cutoff=cutoff, cutoff_date=jalali.cutoff_date(YEAR, cutoff)
        )
        opens = period.cutoff_date + dt.timedelta(days=10)
        days = [opens + dt.timedelta(days=days) for days in (20, 24, 34, 38, 42)]
        names = ("entry_due", "treasurer_due", "expert_due", "consolidation_due", "publication_on")
        place.windows[cutoff] = PeriodWindow.objects.create(
            period=period,
            organization=owner,
            kind="capital",
            opens_on=opens,
            extended_to=jalali.today() + dt.timedelta(days=OPEN_DAYS),
            extension_reason=LATE,
            extended_by=place.people[None, "budget_deputy"],
            **dict(zip(names, days, strict=True)),
        )


def _cutoff(
    place: Place, rows: list[Record], codes: dict[str, str], cutoff: str, column: str, clock: Clock
) -> Found:
    window = place.windows[cutoff]
    periods.open_window(window.pk, by=place.people[None, "budget_deputy"])
    found = Found(window.period.code)
    for name, agency in place.agencies.items():
        mine = [row for row in rows if row["agency"] == name]
        _upload(place.people[agency.pk, "agency_user"], window.period.code, mine, codes, column, found)
    clock(f"{len(place.agencies)} الگوی {window.period.code} پر و بارگذاری شد")
    sent = list(
        PerformanceSubmission.objects.filter(period=window.period, kind="capital").select_related(
            "agency", "period__fiscal_year"
        )
    )
    _compare(sent, rows, codes, column, found)
    hits = CheckResult.objects.filter(submission__in=sent)
    found.hits = excel.by_rule(hits)
    found.named = [
        f"{hit.rule} | {hit.submission.agency} | {hit.project.code if hit.project else ''} | {hit.sentence}"
        for hit in hits.filter(rule__in=RULES)
        .select_related("submission__agency", "project")
        .order_by("rule", "pk")
    ]
    _carry(place, sent)
    periods.close_window(window.pk, by=place.people[None, "budget_deputy"])
    clock(f"{len(sent)} پروندهٔ {window.period.code} تأیید نهایی شد")
    return found


def _upload(
    user: User, period: str, rows: list[Record], codes: dict[str, str], column: str, found: Found
) -> None:
    known = [row for row in rows if row[column]]
    quantities: Rows = {
        (codes[row["work_id"]], "1"): {"مقدار انجام‌شده تا این مقطع": float(row[column])} for row in known
    }
    states: Rows = {
        (codes[row["work_id"]],): {"وضعیت": STATUSES[STAGES[row["stage"]]]}
        for row in rows
        if row["stage"] in STAGES
    }
    figures: dict[str, tuple[tuple[str, ...], Rows]] = {
        QUANTITIES: (("کد پروژه", "شمارهٔ عملیات"), quantities)
    }
    if period.endswith("Q3"):  # the stage is of December
        figures[STATES] = (("کد پروژه",), states)
    filled = Excel(user).fill(f"/entry/{period}/capital/", figures)
    found.known += len(known)
    found.written += filled.counts.get("ok", 0)
    found.left_out.update(why.partition("؛")[0] for _, why in filled.left_out)


def _compare(
    sent: list[PerformanceSubmission], rows: list[Record], codes: dict[str, str], column: str, found: Found
) -> None:
    """Every figure of the file stands as computed progress, to two places."""
    stored = dict(
        ProjectProgress.objects.filter(submission__in=sent).values_list("project__code", "physical_progress")
    )
    for row in rows:
        if row[column] and stored.get(codes[row["work_id"]]) == round(Decimal(row[column]), 2):
            found.same_to_the_file += 1


def _carry(place: Place, sent: list[PerformanceSubmission]) -> None:
    expert, consolidation = place.people[None, "budget_expert"], place.people[None, "consolidation"]
    for submission in sent:
        user = place.people[submission.agency_id, "agency_user"]
        explain(submission, user)
        submissions.submit(submission.pk, by=user, accept_missing=True)
    for submission in sent:
        treasurer = place.people[submission.agency_id, "treasurer"]
        decisions.accept_each(submission, by=treasurer)
        submissions.confirm(submission.pk, by=treasurer)
    for submission in sent:
        submissions.start_review(submission.pk, by=expert)
        projects = ProjectProgress.objects.filter(submission=submission).values_list("project_id", flat=True)
        NoVisitReason.objects.bulk_create(
            NoVisitReason(submission=submission, project_id=pk, reason=NO_VISIT, written_by=expert)
            for pk in projects
        )
        submissions.mark_reviewed(submission.pk, by=expert)
        submissions.approve(submission.pk, by=consolidation)


def report(found: list[Found]) -> list[str]:
    told = []
    for one in found:
        told.append(
            f"{one.period}: {one.known} کار در پرونده رقم دارد؛ {one.written} ردیف از الگوها نوشته شد؛ پیشرفت "
            f"{one.same_to_the_file} کار همان رقم پرونده است"
        )
        told += [f"  نوشته نشد {count} ردیف: {why}" for why, count in one.left_out.most_common(8)]
        for rule, agencies in one.hits.items():
            told.append(f"  {rule}: {sum(agencies.values())} در {len(agencies)} دستگاه")
            told += [f"    {count} | {agency}" for agency, count in sorted(agencies.items())]
        missing = [rule for rule in RULES if rule not in one.hits]
        told.append(f"  بی‌یافته: {'، '.join(missing) or '—'}")
        told += [f"  {line}" for line in one.named]
    return told
