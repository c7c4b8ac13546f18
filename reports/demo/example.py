"""Worked examples A and B (fiscal year 1403) as data: figures digit for digit, source: the domain guide §17."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from accounts.models import Agency
from agreements.models import (
    Activity,
    AgreementProject,
    AllocationLine,
    AllocationNotice,
    CapitalAgreement,
    ExpenseAgreement,
    PeriodWindow,
    PhysicalSchedule,
    Plan,
    ProgrammeCredit,
    Project,
    ProjectCredit,
    WorkOperation,
)
from budget_portal import jalali
from monitoring import rule_inputs
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from reports.demo import history, pictures
from reports.demo.ground import Ground
from reports.demo.register import arrive, issue, moment

YEAR = 1403
CUTOFFS = ("Q1", "Q2", "Q3", "Q4", "CLOSING")
OPERATIONS = (
    ("اسکلت و سقف", "متر مربع", "3000", "35"),
    ("پوستهٔ خارجی", "متر مربع", "5200", "20"),
    ("تأسیسات مکانیکی و برقی", "درصد", "100", "25"),
    ("نازک‌کاری", "متر مربع", "3000", "15"),
    ("محوطه‌سازی", "متر مربع", "1500", "5"),
)
BEFORE = ("2700", "1560", "10", "0", "0")
DONE = {
    "Q1": ("2760", "1820", "10", "0", "0"),
    "Q2": ("3000", "2600", "14", "0", "0"),
    "Q3": ("3000", "3640", "24", "150", "0"),
    "Q4": ("3000", "4420", "32", "450", "0"),
}
PLANNED = {"Q1": 45, "Q2": 54, "Q3": 63, "Q4": 70}
# cut-off -> allocated (of which securities), received (of which securities), spent; CLOSING also returned
MONEY = {
    "Q1": (15_000, 0, 9_000, 0, 6_000),
    "Q2": (52_500, 0, 45_000, 0, 40_500),
    "Q3": (99_000, 0, 90_000, 0, 81_000),
    "Q4": (144_000, 24_000, 132_000, 24_000, 126_000),
    "CLOSING": (162_000, 24_000, 162_000, 24_000, 158_400),
}
SISTER = {"Q4": (9_000, 0, 9_000, 0, 1_800)}
RETURNED = 3_600
EXPENSE = {
    "Q1": (20_400, 20_000, 19_800),
    "Q2": (45_900, 45_200, 44_600),
    "Q3": (71_400, 70_600, 69_700),
    "Q4": (96_900, 96_000, 95_400),
}
CREDITS = {"1": 71_400, "2": 20_400, "6": 6_120, "7": 4_080}
# Q4 by chapter: allocated and received are ours (the guide gives their totals), spent is the guide's.
Q4_BY_CHAPTER = {
    "1": (69_800, 69_200, 68_900),
    "2": (17_900, 17_700, 17_500),
    "6": (5_600, 5_550, 5_500),
    "7": (3_600, 3_550, 3_500),
}
OWN_REVENUE = 8_000
ACTIVITIES = (("ویزیت خانهٔ بهداشت", "ویزیت", "12000", "6.5"), ("بازرسی بهداشت محیط", "بازرسی", "3000", "8"))
ACTIVITIES_Q4 = (("11400", 76_950), ("2400", 18_450))


@transaction.atomic
def write(ground: Ground) -> None:
    agency = next(agency for agency, _ in ground.agencies if agency.code == "1009")
    _windows(ground, agency)
    _capital(ground, agency)
    _expense(ground, agency)


def _windows(ground: Ground, agency: Agency) -> None:
    """The cut-offs of 1403 were published."""
    for window in PeriodWindow.objects.filter(
        organization=agency.organization, period__fiscal_year=ground.years[YEAR]
    ).select_related("period"):
        for state, stamp in (("open", "opened_at"), ("closed", "closed_at"), ("published", "published_at")):
            window.state = state
            setattr(window, stamp, moment(window.publication_on))
            window.published_by = ground.people["consolidation"] if state == "published" else None
            window.save(update_fields=["state", stamp, "published_by"])


def _capital(ground: Ground, agency: Agency) -> None:
    programme = ground.programmes["1701"]
    plan = Plan.objects.create(
        organization=agency.organization, programme=programme, code="1701403", title="طرح توسعهٔ درمانگاه‌ها"
    )
    rows = {
        "A": _project(agency, plan, "1009901", "احداث درمانگاه شبانه‌روزی (نمونهٔ الف)"),
        "S": _project(agency, plan, "1009902", "تجهیز خانهٔ بهداشت (طرح خواهر نمونهٔ الف)"),
    }
    first = _version(ground, agency, plan, 1, rows, 150_000)
    second = _version(ground, agency, plan, 2, rows, 180_000)
    _notices(ground, agency, "capital", rows)
    last: dict[str, CapitalFinanceLine] = {}
    progress: dict[str, ProjectProgress] = {}
    for cutoff in CUTOFFS:
        agreed = first if cutoff in {"Q1", "Q2"} else second
        submission = PerformanceSubmission.objects.create(
            agency=agency, period=ground.periods[f"{YEAR}-{cutoff}"], kind="capital"
        )
        for key, money in (
            ("A", MONEY[cutoff]),
            ("S", SISTER.get(cutoff, SISTER["Q4"] if cutoff == "CLOSING" else (0,) * 5)),
        ):
            last[key] = _line(ground, submission, agreed[key], key, cutoff, money, last.get(key))
            if cutoff != "CLOSING":
                progress[key] = _progress(submission, agreed[key], key, cutoff, progress.get(key))
        history.approve(ground, [submission])


def _project(agency: Agency, plan: Plan, code: str, title: str) -> Project:
    county = agency.county
    assert county is not None  # noqa: S101 - provincial agencies have one, by trigger
    return Project.objects.create(
        agency=agency,
        plan=plan,
        code=code,
        title=title,
        county=county,
        latitude=county.seat_lat,
        longitude=county.seat_lon,
    )


def _version(
    ground: Ground, agency: Agency, plan: Plan, version: int, rows: dict[str, Project], credit: int
) -> dict[str, AgreementProject]:
    start = jalali.gregorian(YEAR, 1, 1) if version == 1 else jalali.gregorian(YEAR, 8, 15)
    before = CapitalAgreement.objects.filter(plan=plan, version=version - 1).first()
    agreement = CapitalAgreement.objects.create(
        plan=plan,
        agency=agency,
        fiscal_year=ground.years[YEAR],
        version=version,
        amends=before,
        number=f"{YEAR}/1701/{version}",
        agreed_on=start,
        valid_from=start,
        recorded_at=moment(start),
        reason="افزایش اعتبار از محل توازن منطقه‌ای" if before else "",
        document=pictures.letter(
            agency.organization, ground.people["consolidation"], f"{YEAR}/1701/{version}"
        )
        if before
        else None,
        external_system="nezarat4",
        external_number=f"{YEAR}17010{version}",
    )
    made = {}
    for key, project in rows.items():
        made[key] = AgreementProject.objects.create(
            agreement=agreement,
            project=project,
            start_date=jalali.gregorian(1401, 7, 1),
            end_date=jalali.gregorian(1404, 6, 31),
            original_estimate=420_000 if key == "A" else 60_000,
            latest_estimate=520_000 if key == "A" else 60_000,
            estimate_reason="تعدیل نرخ مصالح" if key == "A" else "",
            spent_before=180_000 if key == "A" else 0,
            progress_before=Decimal(40) if key == "A" else Decimal(0),
        )
        _parts(ground, made[key], key, credit)
    arrive(agreement)
    return made


def _parts(ground: Ground, row: AgreementProject, key: str, credit: int) -> None:
    operations = (
        zip(OPERATIONS, BEFORE, strict=True) if key == "A" else [(("تجهیز", "درصد", "100", "100"), "0")]
    )
    WorkOperation.objects.bulk_create(
        WorkOperation(
            agreement_project=row,
            key=number,
            title=title,
            unit=unit,
            target_quantity=Decimal(target),
            weight=Decimal(weight),
            done_before=Decimal(before),
        )
        for number, ((title, unit, target, weight), before) in enumerate(operations, start=1)
    )
    planned = PLANNED if key == "A" else {"Q1": 5, "Q2": 10, "Q3": 15, "Q4": 20}
    PhysicalSchedule.objects.bulk_create(
        PhysicalSchedule(agreement_project=row, year=YEAR, quarter=int(cutoff[1]), planned=Decimal(value))
        for cutoff, value in planned.items()
    )
    ProjectCredit.objects.create(
        agreement_project=row,
        funding_source=ground.sources["general"],
        amount=credit if key == "A" else 12_000,
    )


def _notices(ground: Ground, agency: Agency, kind: str, rows: dict[str, Project]) -> None:
    cash = securities = 0
    for cutoff in CUTOFFS:
        allocated, of_which = MONEY[cutoff][:2]
        lines = [
            AllocationLine(
                project=rows["A"],
                funding_source=ground.sources["general"],
                amount=allocated - of_which - cash,
            )
        ]
        if of_which != securities:
            lines.append(
                AllocationLine(
                    project=rows["A"],
                    funding_source=ground.sources["general"],
                    amount=of_which - securities,
                    instrument="securities",
                    symbol="اخزا۴۰۳",
                    due_date=jalali.gregorian(1405, 12, 1),
                )
            )
        if cutoff == "Q4":
            lines.append(
                AllocationLine(project=rows["S"], funding_source=ground.sources["general"], amount=9_000)
            )
        cash, securities = allocated - of_which, of_which
        _issue(ground, agency, kind, cutoff, [line for line in lines if line.amount])


def _issue(ground: Ground, agency: Agency, kind: str, cutoff: str, lines: list[AllocationLine]) -> None:
    period = ground.periods[f"{YEAR}-{cutoff}"]
    letter = AllocationNotice.objects.create(
        agency=agency,
        kind=kind,
        period=period,
        letter_number=f"{YEAR}-{cutoff}/{kind[0]}/نمونه",
        letter_date=period.cutoff_date,
        valid_from=period.cutoff_date,
        recorded_at=moment(period.cutoff_date),
    )
    issue(letter, "notice", lines, period.cutoff_date)


def _line(
    ground: Ground,
    submission: PerformanceSubmission,
    agreed: AgreementProject,
    key: str,
    cutoff: str,
    money: tuple[int, ...],
    previous: CapitalFinanceLine | None,
) -> CapitalFinanceLine:
    allocated, securities, received, received_securities, spent = money
    closing = cutoff == "CLOSING"
    credit = agreed.credits.get().amount
    returned = (RETURNED if key == "A" else received - spent) if closing else None
    return CapitalFinanceLine.objects.create(
        submission=submission,
        project=agreed.project,
        agreement_project=agreed,
        funding_source=ground.sources["general"],
        previous=previous,
        approved_credit=150_000 if key == "A" else 12_000,
        credit_in_force=credit,
        allocated_cash=allocated - securities,
        allocated_securities=securities,
        received_cash=received - received_securities,
        received_securities=received_securities,
        spent=spent,
        advances_open=0,
        commitments_open=0,
        returned=returned,
        not_applicable=[] if closing else ["returned"],
    )


def _progress(
    submission: PerformanceSubmission,
    agreed: AgreementProject,
    key: str,
    cutoff: str,
    previous: ProjectProgress | None,
) -> ProjectProgress:
    operations = list(agreed.operations.order_by("key"))
    done = [Decimal(value) for value in (DONE[cutoff] if key == "A" else ({"Q4": "10"}.get(cutoff, "0"),))]
    planned = agreed.schedule.get(quarter=int(cutoff[1])).planned
    row = ProjectProgress.objects.create(
        submission=submission,
        project=agreed.project,
        agreement_project=agreed,
        previous=previous,
        physical_progress=rule_inputs.computed_progress(zip(operations, done, strict=True)),
        planned_progress=planned,
        status="in_progress",
    )
    OperationProgress.objects.bulk_create(
        OperationProgress(progress=row, operation=operation, quantity_done=quantity)
        for operation, quantity in zip(operations, done, strict=True)
    )
    return row


def _expense(ground: Ground, agency: Agency) -> None:
    programme, start = ground.programmes["1701"], jalali.gregorian(YEAR, 1, 1)
    agreement = ExpenseAgreement.objects.create(
        agency=agency,
        fiscal_year=ground.years[YEAR],
        number=f"{YEAR}/ه/نمونهٔ ب",
        agreed_on=start,
        valid_from=start,
        recorded_at=moment(start),
        external_system="saba",
        external_number=f"S{YEAR}ب",
    )
    credits = [(chapter, "general", amount) for chapter, amount in CREDITS.items()]
    # Own revenue (8,000) is the part of chapter 2 that the agency collects itself; it was collected in full.
    credits = [(c, s, amount - OWN_REVENUE if c == "2" else amount) for c, s, amount in credits]
    credits.append(("2", "own-revenue", OWN_REVENUE))
    ProgrammeCredit.objects.bulk_create(
        ProgrammeCredit(
            agreement=agreement,
            programme=programme,
            expense_chapter=ground.chapters[chapter],
            funding_source=ground.sources[source],
            amount=amount,
        )
        for chapter, source, amount in credits
    )
    activities = Activity.objects.bulk_create(
        Activity(
            agreement=agreement,
            programme=programme,
            key=key,
            title=title,
            unit=unit,
            target_volume=Decimal(volume),
            unit_cost=Decimal(cost),
            credit=int(Decimal(volume) * Decimal(cost)),
        )
        for key, (title, unit, volume, cost) in enumerate(ACTIVITIES, start=1)
    )
    arrive(agreement)
    _expense_cutoffs(ground, agency, agreement, activities, credits)


def _expense_cutoffs(
    ground: Ground,
    agency: Agency,
    agreement: ExpenseAgreement,
    activities: list[Activity],
    credits: list[tuple[str, str, int]],
) -> None:
    """The totals of the guide, spread over chapters in the proportion of their credit, by largest remainder."""
    last: dict[tuple[str, str], ExpenseFinanceLine] = {}
    released = dict.fromkeys([(c, s) for c, s, _ in credits], 0)
    for cutoff, totals in EXPENSE.items():
        shares = [
            _q4(credits, n) if cutoff == "Q4" else _spread(total, credits) for n, total in enumerate(totals)
        ]
        lines = []
        for chapter, source, _ in credits:
            change = shares[0][chapter, source] - released[chapter, source]
            released[chapter, source] = shares[0][chapter, source]
            lines.append(
                AllocationLine(
                    programme=ground.programmes["1701"],
                    expense_chapter=ground.chapters[chapter],
                    funding_source=ground.sources[source],
                    amount=change,
                    collected=OWN_REVENUE if source == "own-revenue" else None,
                )
            )
        _issue(ground, agency, "expense", cutoff, lines)
        submission = PerformanceSubmission.objects.create(
            agency=agency, period=ground.periods[f"{YEAR}-{cutoff}"], kind="expense"
        )
        for chapter, source, credit in credits:
            key = (chapter, source)
            last[key] = ExpenseFinanceLine.objects.create(
                submission=submission,
                programme=ground.programmes["1701"],
                expense_chapter=ground.chapters[chapter],
                funding_source=ground.sources[source],
                agreement=agreement,
                previous=last.get(key),
                approved_credit=credit,
                credit_in_force=credit,
                allocated_cash=shares[0][key],
                collected=OWN_REVENUE if source == "own-revenue" else None,
                received=shares[1][key],
                spent=shares[2][key],
                commitments_open=0,
            )
        _activity_rows(submission, activities, cutoff, totals[2])
        history.approve(ground, [submission])


def _spread(total: int, credits: list[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    whole = sum(amount for _, _, amount in credits)
    floors = {(c, s): total * amount // whole for c, s, amount in credits}
    rest = total - sum(floors.values())
    for key in sorted(floors, key=lambda k: -(total * next(a for c, s, a in credits if (c, s) == k) % whole))[
        :rest
    ]:
        floors[key] += 1
    return floors


def _q4(credits: list[tuple[str, str, int]], position: int) -> dict[tuple[str, str], int]:
    """Q4 by chapter; own revenue's part of chapter 2 in the proportion of its credit."""
    found = {(chapter, "general"): amounts[position] for chapter, amounts in Q4_BY_CHAPTER.items()}
    own = found["2", "general"] * OWN_REVENUE // CREDITS["2"]
    found["2", "general"] -= own
    found["2", "own-revenue"] = own
    return {(chapter, source): found[chapter, source] for chapter, source, _ in credits}


def _activity_rows(
    submission: PerformanceSubmission, activities: list[Activity], cutoff: str, spent: int
) -> None:
    share = Decimal(int(cutoff[1])) / 4
    for activity, (volume, cost) in zip(activities, ACTIVITIES_Q4, strict=True):
        done = Decimal(volume) if cutoff == "Q4" else (Decimal(volume) * share).quantize(Decimal("0.001"))
        part = cost if cutoff == "Q4" else int(spent * Decimal(cost) / 95_400)
        ActivityPerformance.objects.create(
            submission=submission, activity=activity, volume_done=done, cost=part
        )
