"""The schematic map: every county has a cell, provinces are the unions of their cells."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import shapely
from shapely import Polygon

from accounts import maps

DRAWING = Path(maps.FOLDER) / "map_cells.json"
PROVINCES = [f"{number:02}" for number in range(31)]
CLOSED = re.compile(r"(M\d+(\.\d+)? \d+(\.\d+)?(L\d+(\.\d+)? \d+(\.\d+)?){2,}Z)+")


def rings(path: str) -> list[Polygon]:
    found = []
    for ring in path.removesuffix("Z").split("Z"):
        numbers = [float(value) for value in re.findall(r"[\d.]+", ring)]
        found.append(Polygon(zip(numbers[::2], numbers[1::2], strict=True)))
    return found


@pytest.fixture(scope="module")
def drawing() -> dict:
    return json.loads(DRAWING.read_text(encoding="utf-8"))


def test_country_map_has_every_province_once() -> None:
    shape = maps.country_map()
    assert [region.code for region in shape.regions] == PROVINCES
    assert {region.name for region in shape.regions} >= {"قم", "خوزستان", "آذربایجان شرقی"}


def test_every_county_has_one_cell() -> None:
    codes = [region.code for province in PROVINCES for region in maps.county_map(province).regions]
    assert len(codes) == len(set(codes)) == 482
    assert Counter(code[:2] for code in codes)["25"] == 3
    assert {region.name for region in maps.county_map("25").regions} == {"قم", "جعفرآباد", "کهک"}


@pytest.mark.parametrize("code", PROVINCES)
def test_paths_are_closed_and_inside_the_box(code: str) -> None:
    shape = maps.county_map(code)
    assert max(shape.width, shape.height) == maps.SIZE
    for region in shape.regions:
        assert CLOSED.fullmatch(region.d)
        for x, y in maps._corners(region.d):
            assert 0 <= x <= shape.width
            assert 0 <= y <= shape.height


@pytest.mark.parametrize("code", PROVINCES)
def test_labels_stand_inside_their_cell(code: str) -> None:
    shape = maps.county_map(code)
    for region in shape.regions:
        (cell,) = rings(region.d)
        assert cell.is_valid
        assert cell.contains(shapely.Point(region.label_x, region.label_y))
        assert 0 < shape.place(region)[0] < 100
        assert region.room > 0


def test_a_province_is_the_union_of_its_cells(drawing: dict) -> None:
    for code in PROVINCES:
        cells = [rings(cell["d"])[0] for county, cell in drawing["counties"].items() if county[:2] == code]
        (province,) = rings(drawing["provinces"][code]["d"])
        union = shapely.union_all(cells, grid_size=0.01)
        assert province.symmetric_difference(union).area < 0.001 * province.area
        assert sum(cell.area for cell in cells) == pytest.approx(province.area, rel=0.001)


def test_provinces_leave_no_hole_in_the_country(drawing: dict) -> None:
    provinces = [rings(entry["d"])[0] for entry in drawing["provinces"].values()]
    country = shapely.union_all(provinces, grid_size=0.01)
    assert country.geom_type == "Polygon"
    assert sum(Polygon(hole).area for hole in country.interiors) < 0.0001 * country.area
    assert sum(province.area for province in provinces) == pytest.approx(country.area, rel=0.0005)


def test_neighbours_are_neighbours_on_the_map(drawing: dict) -> None:
    provinces = {code: rings(entry["d"])[0].buffer(0.1) for code, entry in drawing["provinces"].items()}
    for one, other in [("25", "00"), ("25", "23"), ("25", "10"), ("06", "18"), ("06", "16"), ("27", "28")]:
        assert provinces[one].intersects(provinces[other])
    assert not provinces["06"].intersects(provinces["09"])


def test_maps_are_made_once() -> None:
    assert maps.county_map("06") is maps.county_map("06")
    assert maps.country_map() is maps.country_map()


def test_a_code_that_is_no_province() -> None:
    with pytest.raises(KeyError):
        maps.county_map("99")


def test_the_drawing_stays_small() -> None:
    assert DRAWING.stat().st_size < 400_000
