"""Worked examples A and B of the domain guide (fictional, budget year 1403), as data for several tests."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

D = Decimal

START, AGREED_END = date(2022, 9, 23), date(2025, 9, 22)  # 1401-07-01, 1404-06-31
ORIGINAL_ESTIMATE, LATEST_ESTIMATE = 420_000, 520_000
SPENT_BEFORE = 180_000
TARGETS = (3_000, 5_200, 100, 3_000, 1_500)
WEIGHTS = (35, 20, 25, 15, 5)
DONE_AT_START, ACTUAL_AT_START, PLANNED_AT_START = (2_700, 1_560, 10, 0, 0), D("40.00"), D(40)


@dataclass(frozen=True)
class CapitalQuarter:
    """One column of example A: what is entered, then what must come out, as printed."""

    name: str
    cutoff: date
    done: tuple[int, ...]
    planned: Decimal
    credit: int
    allocated: int
    received: int
    spent: int
    actual: str
    i1: str
    i2: str
    i3: str
    i4: str
    i5: str
    band: str
    i6: str
    ac: int
    i7: str
    i8: str
    pv: int
    ev: int
    spi: str
    cpi: str
    eac: int
    i11: str
    elapsed: int
    forecast: date
    forecast_jalali: str
    delay: int


QUARTERS = (
    CapitalQuarter(
        name="Q1",
        cutoff=date(2024, 6, 20),
        done=(2_760, 1_820, 10, 0, 0),
        planned=D(45),
        credit=150_000,
        allocated=15_000,
        received=9_000,
        spent=6_000,
        actual="41.70",
        i1="10.00",
        i2="60.00",
        i3="40.00",
        i4="4.00",
        i5="-3.30",
        band="green",
        i6="34.00",
        ac=186_000,
        i7="35.77",
        i8="5.93",
        pv=234_000,
        ev=216_840,
        spi="0.9267",
        cpi="1.1658",
        eac=446_043,
        i11="58.12",
        elapsed=637,
        forecast=date(2026, 11, 28),
        forecast_jalali="1405-09-07",
        delay=432,
    ),
    CapitalQuarter(
        name="Q2",
        cutoff=date(2024, 9, 21),
        done=(3_000, 2_600, 14, 0, 0),
        planned=D(54),
        credit=150_000,
        allocated=52_500,
        received=45_000,
        spent=40_500,
        actual="48.50",
        i1="35.00",
        i2="85.71",
        i3="77.14",
        i4="27.00",
        i5="-5.50",
        band="amber",
        i6="60.71",
        ac=220_500,
        i7="42.40",
        i8="6.10",
        pv=280_800,
        ev=252_200,
        spi="0.8981",
        cpi="1.1438",
        eac=454_639,
        i11="66.61",
        elapsed=730,
        forecast=date(2026, 11, 5),
        forecast_jalali="1405-08-14",
        delay=409,
    ),
    CapitalQuarter(
        name="Q3",
        cutoff=date(2024, 12, 20),
        done=(3_000, 3_640, 24, 150, 0),
        planned=D(63),
        credit=180_000,
        allocated=99_000,
        received=90_000,
        spent=81_000,
        actual="55.75",
        i1="55.00",
        i2="90.91",
        i3="81.82",
        i4="45.00",
        i5="-7.25",
        band="amber",
        i6="68.48",
        ac=261_000,
        i7="50.19",
        i8="5.56",
        pv=327_600,
        ev=289_900,
        spi="0.8849",
        cpi="1.1107",
        eac=468_161,
        i11="74.82",
        elapsed=820,
        forecast=date(2026, 10, 2),
        forecast_jalali="1405-07-10",
        delay=375,
    ),
    CapitalQuarter(
        name="Q4",
        cutoff=date(2025, 3, 20),
        done=(3_000, 4_420, 32, 450, 0),
        planned=D(70),
        credit=180_000,
        allocated=144_000,
        received=132_000,
        spent=126_000,
        actual="62.25",
        i1="80.00",
        i2="91.67",
        i3="87.50",
        i4="70.00",
        i5="-7.75",
        band="amber",
        i6="74.17",
        ac=306_000,
        i7="58.85",
        i8="3.40",
        pv=364_000,
        ev=323_700,
        spi="0.8893",
        cpi="1.0578",
        eac=491_566,
        i11="83.03",
        elapsed=910,
        forecast=date(2026, 9, 23),
        forecast_jalali="1405-07-01",
        delay=366,
    ),
)
CLOSING = {"credit": 180_000, "allocated": 162_000, "received": 162_000, "spent": 158_400, "returned": 3_600}


@dataclass(frozen=True)
class ExpenseQuarter:
    """One column of example B."""

    name: str
    allocated: int
    received: int
    spent: int
    i1: str
    i2: str
    i3: str
    i4: str


EXPENSE_CREDIT = 102_000
CHAPTER_CREDITS = {1: 71_400, 2: 20_400, 6: 6_120, 7: 4_080}
CHAPTER_SPENT_Q4 = {1: 68_900, 2: 17_500, 6: 5_500, 7: 3_500}
EXPENSE_QUARTERS = (
    ExpenseQuarter("Q1", 20_400, 20_000, 19_800, "20.00", "98.04", "97.06", "19.41"),
    ExpenseQuarter("Q2", 45_900, 45_200, 44_600, "45.00", "98.47", "97.17", "43.73"),
    ExpenseQuarter("Q3", 71_400, 70_600, 69_700, "70.00", "98.88", "97.62", "68.33"),
    ExpenseQuarter("Q4", 96_900, 96_000, 95_400, "95.00", "99.07", "98.45", "93.53"),
)


@dataclass(frozen=True)
class WorkedActivity:
    """One activity of example B at Q4."""

    name: str
    target: int
    agreed_cost: Decimal
    credit: int
    done: int
    cost: int
    i18: str
    unit_cost: str
    i19: str


ACTIVITIES = (
    WorkedActivity("A", 12_000, D("6.5"), 78_000, 11_400, 76_950, "95.00", "6.75", "3.85"),
    WorkedActivity("B", 3_000, D(8), 24_000, 2_400, 18_450, "80.00", "7.6875", "-3.91"),
)
