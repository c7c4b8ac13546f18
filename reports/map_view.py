"""The schematic map as a page draws it: five classes, the value printed in every region, the table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from accounts.maps import NOTE, MapShape
from budget_portal.charts import Cell, Column, Row, Table
from budget_portal.digits import to_persian
from monitoring.ratios import Ratio
from reports.figures import half_up
from reports.printing import number, percent

BREAKS = (75, 80, 85, 90)
LETTER = 15.5  # average width of a letter at the size of the labels, in units of the drawing
LIGHT_FROM = 4


@dataclass(frozen=True, slots=True)
class MapRegion:
    """One area: its path, its class (0 where nothing is known) and the words that fit into it."""

    d: str
    level: int
    name: str
    value: str
    x: float
    y: float
    says_name: bool
    url: str = ""

    @property
    def is_light(self) -> bool:
        return self.level >= LIGHT_FROM

    @property
    def value_y(self) -> float:
        return self.y + 26 if self.says_name else self.y + 9

    @property
    def title(self) -> str:
        return f"{self.name}: {self.value}"


@dataclass(frozen=True, slots=True)
class MapView:
    view_box: str
    title: str
    sentence: str
    regions: tuple[MapRegion, ...]
    legend: tuple[tuple[int, str], ...]
    table: Table
    note: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """One region of the table: its ratio with both terms."""

    code: str
    name: str
    ratio: Ratio
    url: str = ""
    note: str = ""


def map_view(
    shape: MapShape,
    rows: Sequence[MapRow],
    *,
    title: str,
    noun: str,
    breaks: Sequence[int] = BREAKS,
    note: str = "",
) -> MapView:
    by_code = {row.code: row for row in rows}
    return MapView(
        view_box=shape.view_box,
        title=title,
        sentence=_sentence(rows, noun),
        regions=tuple(_region(shape, region.code, by_code, breaks) for region in shape.regions),
        legend=legend(breaks),
        table=_table(title, rows, noun),
        note=" ".join(part for part in (note, NOTE) if part),
    )


def level_of(ratio: Ratio | None, breaks: Sequence[int]) -> int:
    """1 to 5 by what the reader sees printed; 0 for «no data»."""
    exact = ratio.exact_percent if ratio else None
    return 0 if exact is None else 1 + sum(half_up(exact, 1) >= limit for limit in breaks)


def legend(breaks: Sequence[int]) -> tuple[tuple[int, str], ...]:
    words = [f"کمتر از {number(breaks[0])}"]
    words += [f"{number(low)} تا {percent(Decimal(high) - Decimal('0.1'))}" for low, high in pairwise(breaks)]
    words.append(f"{number(breaks[-1])} و بیشتر")
    return tuple(enumerate(words, start=1))


def _region(shape: MapShape, code: str, rows: Mapping[str, MapRow], breaks: Sequence[int]) -> MapRegion:
    region = next(region for region in shape.regions if region.code == code)
    row = rows.get(code)
    fits = region.room >= max(34.0, len(region.name) * LETTER / 2)
    return MapRegion(
        d=region.d,
        level=level_of(row.ratio if row else None, breaks),
        name=region.name,
        value=percent(row.ratio) if row else "—",
        x=region.label_x,
        y=region.label_y - (8 if fits else 0),
        says_name=fits,
        url=row.url if row else "",
    )


def _sentence(rows: Sequence[MapRow], noun: str) -> str:
    known = [(value, row.name) for row in rows if (value := row.ratio.exact_percent) is not None]
    if not known:
        return f"هنوز رقمی برای هیچ {noun} نیست."
    (low, lowest), (high, highest) = min(known), max(known)
    if len(known) == 1:
        return f"{highest}: {percent(high)} درصد."
    return f"بیشترین در {highest} ({percent(high)} درصد) و کمترین در {lowest} ({percent(low)} درصد)."


def _table(title: str, rows: Sequence[MapRow], noun: str) -> Table:
    columns = (
        Column(noun, head=True),
        Column("جذب", unit="٪", numeric=True),
        Column("عملکرد", unit="میلیون ریال", numeric=True),
        Column("تخصیص", unit="میلیون ریال", numeric=True),
    )
    body = tuple(
        Row(
            (
                Cell(row.name, url=row.url, note=to_persian(row.note)),
                percent(row.ratio),
                number(row.ratio.numerator),
                number(row.ratio.denominator),
            )
        )
        for row in rows
    )
    return Table(title, columns, body)
