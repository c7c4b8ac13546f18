"""Draw «نقشهٔ طرح‌وار» from the county seats. Development only.

    .venv/bin/python scripts/make_map.py [--picture FILE.svg]

One Voronoi tessellation of all seats, clipped by a hull around them; a province is the union of its cells.
The only input is accounts/reference/counties.csv, so no boundary data goes into the map. The outcome is
accounts/reference/map_cells.json, in units of one drawing WIDTH wide, y downwards.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import shapely
from shapely import MultiPoint, MultiPolygon, Point, Polygon
from shapely.ops import polylabel

FOLDER = Path(__file__).resolve().parent.parent / "accounts" / "reference"
WIDTH = 1000.0
MARGIN = 8.0
MIDDLE = 32.5  # the latitude at which one degree east is as long as drawn
HULL_RATIO = 0.14  # 1 is the convex hull, 0 follows every bay between two seats
ROUND_OUT, ROUND_IN = 0.75, 0.35  # degrees: grow, then shrink, so that the edge is closed and smooth
GRID = 0.01
LABEL_PRECISION = 0.2
# Further towns (latitude, longitude) of a county whose coast is so long that its province would fall apart.
FURTHER_TOWNS = {"2203": [(26.73, 54.27), (26.95, 53.60)]}  # Bandar-e Charak, Bandar-e Moqam


def read_seats() -> dict[str, list[Point]]:
    """County code to its towns, the seat first, in degrees east (shortened) and degrees south."""
    shorten = math.cos(math.radians(MIDDLE))
    found = {}
    with (FOLDER / "counties.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            seat = (float(row["seat_lat"]), float(row["seat_lon"]))
            towns = [seat, *FURTHER_TOWNS.get(row["code"], [])]
            found[row["code"]] = [Point(east * shorten, -north) for north, east in towns]
    return found


def all_points(seats: dict[str, list[Point]]) -> MultiPoint:
    return MultiPoint([point for towns in seats.values() for point in towns])


def outline(seats: dict[str, list[Point]]) -> Polygon:
    """A closed edge around all seats that knows nothing of the real border."""
    hull = shapely.concave_hull(all_points(seats), ratio=HULL_RATIO)
    grown = hull.buffer(ROUND_OUT, quad_segs=8).buffer(-ROUND_IN, quad_segs=8)
    return Polygon(grown.exterior).simplify(0.02)


def tessellate(seats: dict[str, list[Point]], edge: Polygon) -> dict[str, Polygon]:
    cells = shapely.voronoi_polygons(all_points(seats), extend_to=edge.buffer(1))
    tree = shapely.STRtree(list(cells.geoms))
    found = {}
    for code, towns in seats.items():
        own = [cells.geoms[int(tree.query(town, predicate="within")[0])] for town in towns]
        found[code] = largest(shapely.union_all(own).intersection(edge))
    return found


def largest(shape: Polygon | MultiPolygon) -> Polygon:
    return max(shape.geoms, key=lambda part: part.area) if isinstance(shape, MultiPolygon) else shape


def to_drawing(cells: dict[str, Polygon], edge: Polygon) -> tuple[dict[str, Polygon], list[int]]:
    """Scale to the drawing and snap to its grid; neighbours keep the very same corners."""
    left, top, right, bottom = edge.bounds
    scale = (WIDTH - 2 * MARGIN) / (right - left)

    def place(points: list) -> list:
        return [
            (round((x - left) * scale + MARGIN, 2), round((y - top) * scale + MARGIN, 2)) for x, y in points
        ]

    drawn = {code: Polygon(place(list(cell.exterior.coords))) for code, cell in cells.items()}
    return drawn, [0, 0, int(WIDTH), math.ceil((bottom - top) * scale + 2 * MARGIN)]


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def path_data(shape: Polygon | MultiPolygon) -> str:
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + "L".join(f"{number(x)} {number(y)}" for x, y in list(ring.coords)[:-1]) + "Z" for ring in rings
    )


def region(shape: Polygon | MultiPolygon) -> dict[str, object]:
    """Path, and middle and radius of the largest circle inside: the place and the room of the label."""
    part = largest(shape)
    label = polylabel(part, LABEL_PRECISION)
    room = part.exterior.distance(label)
    return {
        "d": path_data(shape),
        "label_x": round(label.x, 2),
        "label_y": round(label.y, 2),
        "room": round(room, 2),
    }


def unite(cells: dict[str, Polygon]) -> dict[str, Polygon | MultiPolygon]:
    members: dict[str, list[Polygon]] = defaultdict(list)
    for code, cell in cells.items():
        members[code[:2]].append(cell)
    return {code: shapely.union_all(parts, grid_size=GRID) for code, parts in sorted(members.items())}


def picture(box: list[int], counties: dict[str, Polygon], provinces: dict) -> str:
    colours = ["#dbe9f4", "#f4e3db", "#e0f0dc", "#efe0f4", "#f6f0cf", "#d8f0ee"]
    shapes = [
        f'<path d="{path_data(cell)}" fill="{colours[int(code[:2]) % 6]}" stroke="#fff" stroke-width="0.8"/>'
        for code, cell in counties.items()
    ]
    shapes += [
        f'<path d="{path_data(s)}" fill="none" stroke="#345" stroke-width="1.6"/>' for s in provinces.values()
    ]
    size = " ".join(number(value) for value in box)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}">{"".join(shapes)}</svg>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, help="also draw an SVG to look at")
    options = parser.parse_args()
    seats = read_seats()
    edge = outline(seats)
    counties, box = to_drawing(tessellate(seats, edge), edge)
    provinces = unite(counties)
    content = {
        "view_box": box,
        "counties": {code: region(cell) for code, cell in sorted(counties.items())},
        "provinces": {code: region(shape) for code, shape in provinces.items()},
    }
    lines = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / "map_cells.json").write_text(lines + "\n", encoding="utf-8")
    for code, shape in provinces.items():
        if isinstance(shape, MultiPolygon) or shape.interiors:
            parts = [round(part.area) for part in getattr(shape, "geoms", [shape])]
            print(f"province {code} is in parts {parts}")
    thin = [code for code, cell in counties.items() if cell.area < 40]
    print(f"{len(counties)} cells, {len(thin)} small {thin}, {len(lines) // 1000} kB, view box {box}")
    if options.picture:
        options.picture.write_text(picture(box, counties, provinces), encoding="utf-8")


if __name__ == "__main__":
    main()
