"""Charts as data: one dataclass, geometry computed here, drawn by two partials (decision 29).

The web draws `Drawing.shapes` and `Drawing.labels` as SVG; the PDF draws the same shapes as SVG and the
same labels as positioned HTML, because the PDF engine breaks Persian text inside SVG. Rows of bars keep
their words in HTML in both. Values are Decimal or None; None is «no data» and never drawn as zero. Time
runs left to right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Literal

Number = Decimal | int
Kind = Literal["bars", "columns", "curve"]
Tone = Literal["primary", "soft", "ok", "warn", "bad", "turq", "plan", "physical", "financial"]
SeriesKey = Literal["plan", "physical", "financial"]
Anchor = Literal["start", "middle", "end"]  # in a right-to-left text «start» is its right end
NO_DATA = "—"


def _share(value: Number, scale: Number) -> float:
    """Length in hundredths of the scale, one decimal, never outside the drawing."""
    if not scale:
        return 0.0
    return round(min(max(float(value) / float(scale), 0.0), 1.0) * 100, 1)


# --- what a page hands over --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One row or column: its words, its value and how it is printed."""

    label: str
    value: Number | None
    text: str = ""
    tone: Tone = "primary"
    note: str = ""
    url: str = ""
    mark: Number | None = None  # a plan or a ceiling to compare with


@dataclass(frozen=True)
class Series:
    """One line of a curve; a value per point of the time axis, None where nothing was measured."""

    key: SeriesKey
    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True)
class Chart:
    """A figure with its finding in one sentence and the table that says the same."""

    kind: Kind
    title: str
    sentence: str = ""
    unit: str = ""
    note: str = ""
    bars: tuple[Bar, ...] = ()
    series: tuple[Series, ...] = ()
    points: tuple[str, ...] = ()  # the words of the time axis
    scale: Number | None = None  # full length; otherwise the largest value

    @cached_property
    def rows(self) -> tuple["BarRow", ...]:
        return _bar_rows(self)

    @cached_property
    def wide(self) -> "Drawing":
        return draw_curve(self, width=640, height=260)

    @cached_property
    def narrow(self) -> "Drawing":
        return draw_curve(self, width=330, height=250, every=2)

    @cached_property
    def table(self) -> "Table":
        return _curve_table(self) if self.kind == "curve" else _bar_table(self)


# --- rows of bars ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BarRow:
    """A bar with its place on a scale of 100; a bar left of zero starts before it."""

    label: str
    text: str
    tone: Tone
    note: str
    url: str
    start: float
    width: float
    mark: float | None
    zero: float | None
    missing: bool

    @property
    def column_height(self) -> int:
        """Pixels of a standing column; the smallest stays visible, nothing stays nothing."""
        return max(round(self.width * 0.36), 2) if self.width else 0


def _bar_rows(chart: Chart) -> tuple[BarRow, ...]:
    known = [bar.value for bar in chart.bars if bar.value is not None]
    marks = [bar.mark for bar in chart.bars if bar.mark is not None]
    low = min([*known, 0])
    high = max([*known, *marks, 0]) if chart.scale is None else chart.scale
    span = high - low
    zero = _share(-low, span)
    return tuple(_bar_row(bar, low, span, zero) for bar in chart.bars)


def _bar_row(bar: Bar, low: Number, span: Number, zero: float) -> BarRow:
    end = zero if bar.value is None else _share(bar.value - low, span)
    return BarRow(
        label=bar.label,
        text=NO_DATA if bar.value is None else bar.text or _printed(bar.value),
        tone=bar.tone,
        note=bar.note,
        url=bar.url,
        start=min(zero, end),
        width=round(abs(end - zero), 1),
        mark=None if bar.mark is None else _share(bar.mark - low, span),
        zero=zero if low < 0 else None,
        missing=bar.value is None,
    )


# --- the S-curve -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A mark without words: a path, a line, a circle or a square."""

    kind: Literal["path", "line", "circle", "square"]
    css: str
    path: str = ""
    x: float = 0
    y: float = 0
    x2: float = 0
    y2: float = 0
    size: float = 0


@dataclass(frozen=True)
class Label:
    """Words with the point they hang on; percents let HTML place them over a drawing of any size."""

    x: float
    y: float
    text: str
    css: str = ""
    anchor: Anchor = "middle"
    left_percent: float = 0
    top_percent: float = 0


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


@dataclass
class _Canvas:
    """Turns (index of point, percent) into coordinates and collects marks."""

    width: int
    height: int
    count: int
    top: Number
    left: int = 34
    right: int = 92  # room for the words at the ends of the lines
    head: int = 14
    foot: int = 26
    shapes: list[Shape] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def x(self, index: int) -> float:
        step = (self.width - self.left - self.right) / max(self.count - 1, 1)
        return round(self.left + index * step, 1)

    def y(self, value: Number) -> float:
        return round(
            self.head + (1 - float(value) / float(self.top)) * (self.height - self.head - self.foot), 1
        )

    def say(self, x: float, y: float, text: str, css: str = "", anchor: Anchor = "middle") -> None:
        left, top = round(100 * x / self.width, 2), round(100 * y / self.height, 2)
        self.labels.append(Label(x, y, text, css, anchor, left, top))

    def drawing(self) -> Drawing:
        return Drawing(self.width, self.height, tuple(self.shapes), tuple(self.labels))


def draw_curve(chart: Chart, *, width: int, height: int, every: int = 1) -> Drawing:
    """Lines over time, named at their ends; the last gap between plan and physical is drawn and named."""
    values = [value for series in chart.series for value in series.values if value is not None]
    top = chart.scale or max([*values, 100])
    canvas = _Canvas(width, height, count=len(chart.points), top=top)
    _draw_axes(canvas, chart.points, every)
    ends = [end for series in chart.series if (end := _draw_line(canvas, series))]
    for (series, value, index), y in zip(
        ends, _spread([canvas.y(value) for _, value, _ in ends]), strict=True
    ):
        text = f"{series.label} {_printed(value)}"
        canvas.say(canvas.x(index) + 9, y + 4, text, f"text--{series.key}", "end")
    _draw_gap(canvas, chart.series)
    return canvas.drawing()


def _draw_axes(canvas: _Canvas, points: Sequence[str], every: int) -> None:
    edge = canvas.x(max(canvas.count - 1, 1))
    for step in range(5):
        value = Decimal(canvas.top) * step / 4
        y = canvas.y(value)
        css = "chart__axis" if step == 0 else "chart__grid"
        canvas.shapes.append(Shape("line", css, x=canvas.left, y=y, x2=edge, y2=y))
        canvas.say(canvas.left - 6, y + 4, f"{value:.0f}", anchor="start")
    for index, word in enumerate(points):
        if (len(points) - 1 - index) % every == 0:
            canvas.say(canvas.x(index), canvas.height - 8, word)


def _draw_line(canvas: _Canvas, series: Series) -> tuple[Series, Number, int] | None:
    """A line breaks where nothing was measured; returns its last point."""
    path, pen_down, last = "", False, None
    for index, value in enumerate(series.values):
        if value is None:
            pen_down = False
            continue
        path += f"{'L' if pen_down else 'M'}{canvas.x(index)} {canvas.y(value)}"
        pen_down, last = True, (series, value, index)
    canvas.shapes.append(Shape("path", f"line line--{series.key}", path=path))
    if series.key != "plan":
        shape: Literal["circle", "square"] = "circle" if series.key == "physical" else "square"
        for index, value in enumerate(series.values):
            if value is not None:
                mark = Shape(shape, f"mark--{series.key}", x=canvas.x(index), y=canvas.y(value), size=4.5)
                canvas.shapes.append(mark)
    return last


def _draw_gap(canvas: _Canvas, all_series: Sequence[Series]) -> None:
    found = {series.key: series.values for series in all_series}
    pairs = zip(found.get("plan", ()), found.get("physical", ()), strict=False)
    both = [(i, plan, done) for i, (plan, done) in enumerate(pairs) if plan is not None and done is not None]
    if not both or both[-1][1] == both[-1][2]:
        return
    index, plan, done = both[-1]
    x = canvas.x(index)
    canvas.shapes.append(Shape("line", "chart__gap", x=x, y=canvas.y(plan), x2=x, y2=canvas.y(done)))
    side = "عقب‌تر" if done < plan else "جلوتر"
    above = min(canvas.y(plan), canvas.y(done)) - 9
    canvas.say(x + 4, above, f"{_printed(max(plan - done, done - plan))} واحد {side}", "text--bad", "start")


def _spread(positions: list[float], gap: float = 15) -> list[float]:
    """Moves the words at the line ends apart so that they do not cover each other."""
    order = sorted(range(len(positions)), key=positions.__getitem__)
    placed = list(positions)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


# --- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    label: str
    unit: str = ""
    numeric: bool = False
    head: bool = False  # names the row
    url: str = ""  # sorts by this column


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class PlacedCell:
    """A cell with its column, so that a template needs no index and a phone can name the value."""

    column: Column
    text: str
    url: str
    note: str


@dataclass(frozen=True)
class Row:
    values: tuple[str | Cell | None, ...]
    tone: str = ""  # warn, bad, open, group


@dataclass(frozen=True)
class PlacedRow:
    cells: tuple[PlacedCell, ...]
    tone: str


@dataclass(frozen=True)
class Table:
    """A table to read: caption, units in its heads, rows of printed values, one total."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: tuple[str | Cell | None, ...] = ()
    sticky: bool = False

    @property
    def cells(self) -> tuple[PlacedRow, ...]:
        return tuple(PlacedRow(self._place(row.values), row.tone) for row in self.rows)

    @property
    def total_cells(self) -> tuple[PlacedCell, ...]:
        return self._place(self.total)

    def _place(self, values: Sequence[str | Cell | None]) -> tuple[PlacedCell, ...]:
        cells = [value if isinstance(value, Cell) else Cell(value or "") for value in values]
        return tuple(
            PlacedCell(column, cell.text, cell.url, cell.note)
            for column, cell in zip(self.columns, cells, strict=True)
        )


def _bar_table(chart: Chart) -> Table:
    columns = (Column(chart.title, head=True), Column("مقدار", unit=chart.unit, numeric=True))
    return Table(chart.title, columns, tuple(Row((row.label, row.text)) for row in chart.rows))


def _curve_table(chart: Chart) -> Table:
    named = tuple(Column(series.label, unit=chart.unit, numeric=True) for series in chart.series)
    rows = tuple(
        Row((point, *(_printed(series.values[index]) for series in chart.series)))
        for index, point in enumerate(chart.points)
    )
    return Table(chart.title, (Column("زمان", head=True), *named), rows)


def _printed(value: Number | None) -> str:
    return NO_DATA if value is None else f"{value:,}".replace(",", "٬").replace(".", "٫")


# --- clock of one submission -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClockBlock:
    label: str
    state: Literal["past", "now", "left", "late"]


@dataclass(frozen=True)
class ServiceClock:
    """Working days of one submission since the treasurer's confirmation (decision 22)."""

    day: int  # the working day that runs now, 1 on the first
    total: int = 10
    due_text: str = ""
    finished: bool = False

    @property
    def late(self) -> int:
        return max(self.day - self.total, 0)

    @property
    def sentence(self) -> str:
        if self.finished:
            return f"در {self.day} روز کاری پایان یافت" + (
                f"، {self.late} روز پس از مهلت" if self.late else ""
            )
        return (
            f"{self.late} روز کاری از مهلت گذشته است" if self.late else f"روز کاری {self.day} از {self.total}"
        )

    @property
    def blocks(self) -> tuple[ClockBlock, ...]:
        return tuple(ClockBlock(str(day), self._state(day)) for day in range(1, self.total + 1))

    def _state(self, day: int) -> Literal["past", "now", "left", "late"]:
        if self.late:
            return "late"
        if day < self.day or (self.finished and day == self.day):
            return "past"
        return "now" if day == self.day else "left"
