"""Provinces and counties from the committed lists."""

from decimal import Decimal
from pathlib import Path

from accounts.models import County, Province
from budget_portal.reference import rows, upsert

FOLDER = Path(__file__).resolve().parent / "reference"


def load() -> dict[str, int]:
    provinces = upsert(Province, (_province(row) for row in rows(FOLDER, "provinces.csv")))
    keys = dict(Province.objects.values_list("code", "pk"))
    counties = upsert(County, (_county(row, keys) for row in rows(FOLDER, "counties.csv")))
    return {"provinces": provinces, "counties": counties}


def _province(row: dict[str, str]) -> dict[str, object]:
    return {
        "code": row["code"],
        "name": row["name_fa"],
        "name_en": row["name_en"],
        "seat_name": row["seat_name"],
    }


def _county(row: dict[str, str], provinces: dict[str, int]) -> dict[str, object]:
    return {
        "code": row["code"],
        "province_id": provinces[row["province_code"]],
        "name": row["name_fa"],
        "name_en": row["name_en"],
        "seat_name": row["seat_name"],
        "seat_lat": Decimal(row["seat_lat"]),
        "seat_lon": Decimal(row["seat_lon"]),
    }
