"""The committed reference files say what the official lists say."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import jdatetime
import pytest

from agreements.models.projects import STATUSES
from complaints.models import Complaint

ROOT = Path(__file__).resolve().parents[2]

COUNTIES_PER_PROVINCE = {
    "00": 12, "01": 17, "02": 22, "03": 22, "04": 20, "05": 14, "06": 30, "07": 37, "08": 25, "09": 34,
    "10": 28, "11": 26, "12": 10, "13": 10, "14": 12, "15": 12, "16": 12, "17": 9, "18": 10, "19": 8,
    "20": 8, "21": 12, "22": 13, "23": 16, "24": 12, "25": 3, "26": 6, "27": 14, "28": 10, "29": 11, "30": 7,
}  # fmt: skip
KHUZESTAN = (
    "آبادان، آغاجاری، امیدیه، اندیمشک، اندیکا، اهواز، ایذه، باغ‌ملک، باوی، بندر ماهشهر، بهبهان، حمیدیه، "
    "خرمشهر، دزفول، دزپارت، دشت آزادگان، رامشیر، رامهرمز، شادگان، شوش، شوشتر، صیدون، لالی، مسجدسلیمان، "
    "هفتکل، هندیجان، هویزه، کارون، کرخه، گتوند"
)
FILES = sorted(ROOT.glob("*/reference/*.csv"))


def read(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def counties() -> list[dict[str, str]]:
    return read("accounts/reference/counties.csv")


@pytest.fixture(scope="module")
def holidays() -> dict[date, dict[str, str]]:
    return {date.fromisoformat(row["date"]): row for row in read("budget_portal/reference/holidays.csv")}


def test_counties_per_province(counties: list[dict[str, str]]) -> None:
    assert Counter(row["province_code"] for row in counties) == COUNTIES_PER_PROVINCE
    assert len(counties) == 482
    assert len({row["code"] for row in counties}) == 482


def test_provinces_match_the_iso_codes() -> None:
    provinces = read("accounts/reference/provinces.csv")
    assert [row["code"] for row in provinces] == [f"{number:02}" for number in range(31)]
    assert all(row["iso"] == f"IR-{row['code']}" for row in provinces)


def test_codes_keep_leading_zeros_and_the_province_prefix(counties: list[dict[str, str]]) -> None:
    assert all(len(row["code"]) == 4 and row["code"].isdecimal() for row in counties)
    assert all(row["code"].startswith(row["province_code"]) for row in counties)
    assert counties[0]["code"] == "0001"


def test_names_of_qom_and_khuzestan(counties: list[dict[str, str]]) -> None:
    names = {
        code: {row["name_fa"] for row in counties if row["province_code"] == code} for code in ("25", "06")
    }
    assert names["25"] == {"قم", "جعفرآباد", "کهک"}
    assert names["06"] == set(KHUZESTAN.split("، "))


def test_no_name_twice_within_a_province(counties: list[dict[str, str]]) -> None:
    pairs = Counter((row["province_code"], row["name_fa"]) for row in counties)
    assert [pair for pair, number in pairs.items() if number > 1] == []


def test_every_seat_has_a_name_a_place_and_a_source(counties: list[dict[str, str]]) -> None:
    for row in counties:
        assert row["seat_name"]
        assert row["name_en"].isascii()
        assert 25 < float(row["seat_lat"]) < 40
        assert 44 < float(row["seat_lon"]) < 63.5
        assert row["seat_source"] in {"geonames", "hand"}
    assert len({(row["seat_lat"], row["seat_lon"]) for row in counties}) == 482


def test_regions_named_unlike_their_seat(counties: list[dict[str, str]]) -> None:
    seats = {row["code"]: row["seat_name"] for row in counties}
    assert (seats["0624"], seats["1504"], seats["1803"]) == ("ملاثانی", "نورآباد", "برازجان")


def test_capitals_are_seats_of_a_county_in_their_province(counties: list[dict[str, str]]) -> None:
    seats = {(row["province_code"], row["seat_name"]) for row in counties}
    provinces = read("accounts/reference/provinces.csv")
    assert [row["code"] for row in provinces if (row["code"], row["seat_name"]) not in seats] == []


def test_no_boundary_data_is_committed() -> None:
    """Only seats may be stored: no centroid, area or identifier of a boundary source."""
    for path in FILES:
        header = path.read_text(encoding="utf-8").partition("\n")[0]
        assert not {"centroid", "area", "osm", "wikidata", "boundary"} & set(
            header.replace(",", "_").split("_")
        )
    assert [path for path in ROOT.glob("*/reference/*") if "geojson" in path.name] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_persian_letters_only_and_every_row_complete(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not set("يكۀةىٱ٠١٢٣٤٥٦٧٨٩") & set(text)
    rows = list(csv.reader(text.splitlines()))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell == cell.strip() for row in rows for cell in row)
    keys = [row[0] for row in rows]
    assert len(keys) == len(set(keys))


def test_holidays_cover_four_fiscal_years(holidays: dict[date, dict[str, str]]) -> None:
    years = Counter(jdatetime.date.fromgregorian(date=day).year for day in holidays)
    assert set(years) == {1403, 1404, 1405, 1406}
    assert min(years.values()) >= 22


@pytest.mark.parametrize("year", [1403, 1404, 1405, 1406])
def test_solar_days_off_of_every_year(year: int, holidays: dict[date, dict[str, str]]) -> None:
    solar = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 12), (1, 13), (3, 14), (3, 15), (11, 22), (12, 29)]
    for month, day in solar:
        found = holidays[jdatetime.date(year, month, day).togregorian()]
        assert found["is_estimate"] == "no"
    assert "نوروز" in holidays[jdatetime.date(year, 1, 1).togregorian()]["name_fa"]


@pytest.mark.parametrize("year", [1403, 1404, 1405, 1406])
def test_ashura_follows_tasua_in_every_year(year: int, holidays: dict[date, dict[str, str]]) -> None:
    start, end = jdatetime.date(year, 1, 1).togregorian(), jdatetime.date(year + 1, 1, 1).togregorian()
    named = {row["name_fa"]: day for day, row in holidays.items() if start <= day < end}
    assert named["عاشورای حسینی"] - named["تاسوعای حسینی"] == timedelta(days=1)


def test_estimated_days_are_marked_and_their_names_clean(holidays: dict[date, dict[str, str]]) -> None:
    assert any(row["is_estimate"] == "yes" for row in holidays.values())
    assert all("تخمینی" not in row["name_fa"] for row in holidays.values())
    assert all(not any(letter in "0123456789;" for letter in row["name_fa"]) for row in holidays.values())


def test_the_ten_affairs_and_twice_seven_chapters() -> None:
    assert len(read("agreements/reference/affairs.csv")) == 10
    assert [row["code"] for row in read("agreements/reference/expense_chapters.csv")] == list("1234567")
    capital = read("agreements/reference/capital_chapters.csv")
    assert [row["code"] for row in capital if not row["parent_code"]] == list("1234567")
    assert all(row["parent_code"] in "1234567" for row in capital)


def test_funding_sources_know_their_kind() -> None:
    kinds = {row["code"]: row["kind"] for row in read("agreements/reference/funding_sources.csv")}
    assert set(kinds.values()) == {"general", "own_revenue", "misc"}
    assert (kinds["general"], kinds["own-revenue"], kinds["misc"]) == ("general", "own_revenue", "misc")


def test_project_statuses_are_the_thirteen_of_the_guide() -> None:
    assert len(STATUSES) == 13
    assert {"completed", "idle", "provisional_handover", "final_handover"} <= set(STATUSES)


def test_only_the_other_cause_asks_for_text() -> None:
    causes = read("monitoring/reference/delay_causes.csv")
    assert len(causes) == 17
    assert [row["code"] for row in causes if row["needs_text"] == "yes"] == ["other"]


def test_complaint_kinds_are_the_seven_of_the_guide() -> None:
    kinds = ["complaint", "opinion", "suggestion", "criticism", "appreciation", "question", "report"]
    assert Complaint.Kind.values == kinds
