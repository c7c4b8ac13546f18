"""«نقشهٔ طرح‌وار»: shapes of the schematic map, read from the committed drawing. Pure, no database."""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

NAME = "نقشهٔ طرح‌وار"
NOTE = "مرزها طرح‌وارند: هر شهرستان، پهنهٔ نزدیک‌تر به مرکز آن است. مختصات مراکز: GeoNames (CC BY 4.0)."

FOLDER = Path(__file__).resolve().parent / "reference"
SIZE = 1000.0
MARGIN = 10.0
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Region:
    """One area: SVG path data and where its name stands, with the radius that is free there."""

    code: str
    name: str
    d: str
    label_x: float
    label_y: float
    room: float


@dataclass(frozen=True, slots=True)
class MapShape:
    """A drawing whose longer side is SIZE units, so that strokes and letters fit every province alike."""

    name: str
    width: float
    height: float
    regions: tuple[Region, ...]

    @property
    def view_box(self) -> str:
        return f"0 0 {_number(self.width)} {_number(self.height)}"

    def place(self, region: Region) -> tuple[float, float]:
        """Where the label stands in percent of width and height, for labels laid over the drawing."""
        return (round(100 * region.label_x / self.width, 2), round(100 * region.label_y / self.height, 2))


@cache
def country_map() -> MapShape:
    """The 31 provinces."""
    return _fit("ایران", _drawing()["provinces"], _names("provinces.csv"))


@cache
def county_map(province_code: str) -> MapShape:
    """The counties of one province, zoomed to it; KeyError for a code that is no province."""
    name = _names("provinces.csv")[province_code]
    cells = {code: cell for code, cell in _drawing()["counties"].items() if code.startswith(province_code)}
    return _fit(name, cells, _names("counties.csv"))


@cache
def _drawing() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    content = json.loads((FOLDER / "map_cells.json").read_text(encoding="utf-8"))
    return MappingProxyType({key: content[key] for key in ("counties", "provinces")})


@cache
def _names(file: str) -> Mapping[str, str]:
    with (FOLDER / file).open(encoding="utf-8") as stream:
        return MappingProxyType({row["code"]: row["name_fa"] for row in csv.DictReader(stream)})


def _fit(name: str, cells: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> MapShape:
    corners = [corner for cell in cells.values() for corner in _corners(cell["d"])]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    scale = (SIZE - 2 * MARGIN) / max(right - left, bottom - top)
    regions = tuple(
        _region(code, names[code], cell, left, top, scale) for code, cell in sorted(cells.items())
    )
    width, height = (round(length * scale + 2 * MARGIN, 1) for length in (right - left, bottom - top))
    return MapShape(name, width, height, regions)


def _region(code: str, name: str, cell: Mapping[str, str], left: float, top: float, scale: float) -> Region:
    def across(x: float) -> float:
        return round((x - left) * scale + MARGIN, 1)

    def down(y: float) -> float:
        return round((y - top) * scale + MARGIN, 1)

    rings = []
    for ring in cell["d"].removesuffix("Z").split("Z"):
        rings.append(
            "M" + "L".join(f"{_number(across(x))} {_number(down(y))}" for x, y in _corners(ring)) + "Z"
        )
    return Region(
        code=code,
        name=name,
        d="".join(rings),
        label_x=across(float(cell["label_x"])),
        label_y=down(float(cell["label_y"])),
        room=round(float(cell["room"]) * scale, 1),
    )


def _corners(path: str) -> list[tuple[float, float]]:
    values = [float(value) for value in NUMBER.findall(path)]
    return list(zip(values[::2], values[1::2], strict=True))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
