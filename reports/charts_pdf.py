"""The charts of the printed report. Bars grow from the right, as Persian is read; time runs left to right.

Colour never stands alone: marks, dashes, hatching and the printed value say the same.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.maps import NAME, MapShape
from budget_portal.jalali import MONTHS, format_date, gregorian, jalali
from reports.canvas import (
    INK,
    LINE,
    MUTED,
    NAVY,
    OCHRE,
    PALE,
    RED,
    SCALE,
    SLATE,
    TEAL,
    VIOLET,
    WIDTH,
    Canvas,
    Point,
)
from reports.figures import Flow, Physical, half_up
from reports.parts import Causes, Count, Counties, CurvePoint, ProjectPage
from reports.printing import number, percent, signed

# --- money on its way ----------------------------------------------------------------------------
STEPS = (
    ("notified", "ابلاغ‌شده", ""),
    ("agreed", "موافقتنامهٔ مبادله‌شده", "مبادله‌نشده"),
    ("allocated", "تخصیص‌یافته", "تخصیص‌نیافته"),
    ("received", "دریافت‌شده", "دریافت‌نشده"),
    ("spent", "عملکرد", "هزینه‌نشده"),
)


def stages(flow: Flow, title: str) -> SafeString:
    """Five bars; the hatched piece is what was lost since the bar above. A missing step is left out."""
    steps = [
        (label, lost, getattr(flow, name)) for name, label, lost in STEPS if getattr(flow, name) is not None
    ]
    row, right, full = 7.8, 134.0, 92.0
    canvas = Canvas(WIDTH, len(steps) * row + 0.8, title)
    top = max([value for _, _, value in steps] + [1])
    canvas.line((right, 0), (right, canvas.height), MUTED, 0.25)
    previous: int | None = None
    for index, (label, lost, value) in enumerate(steps):
        y, width = 1 + index * row, full * value / top
        canvas.bar(right - width, y, width, 6, TEAL if label == "عملکرد" else NAVY)
        canvas.word(WIDTH, y + 3.0, label, "r", 36, "b")
        edge = right - width
        if previous is not None and previous > value:
            gap = full * (previous - value) / top
            canvas.hatch(edge - gap, y, gap, 6)
            canvas.line((edge - gap, y - 1.8), (edge - gap, y), MUTED, 0.2)
            edge -= gap
        inside = width > 24
        if inside:
            canvas.word(right - 1.5, y + 3.0, number(value), "r", 40, "b w")
        else:
            canvas.word(edge - 1.2, y + 3.0, format_html("<b>{}</b>", number(value)), "r", 24)
            edge -= 20
        if previous is not None and lost:
            text = format_html("{} <i>{}</i>", signed(Decimal(value - previous), 0), lost)
            if previous != value:
                canvas.word(edge - 1.2, y + 3.0, text, "r", 46, "sm")
        previous = value
    return canvas.html()


def bullets(rows: Sequence[tuple[str, Physical]], title: str) -> SafeString:
    """Progress as a bar, plan as an upright line, the points between them at the far end."""
    right, unit, row = 132.0, 0.92, 6.6
    canvas = Canvas(WIDTH, len(rows) * row + 5.6, title)
    base = len(rows) * row
    quarters = (0, 25, 50, 75, 100)
    canvas.paths([[(right - value * unit, end) for end in (0.6, base)] for value in quarters], LINE, 0.2)
    for value in quarters:
        canvas.word(right - value * unit, base + 2.6, number(value), "c", 10, "sm")
    for index, (label, physical) in enumerate(rows):
        y = 1 + index * row
        done, planned = physical.progress.exact_percent, physical.plan.exact_percent
        canvas.bar(right - 100 * unit, y, 100 * unit, 5.4, PALE)
        canvas.word(WIDTH, y + 2.7, label, "r", 38, "b cut")
        if done is None or planned is None:
            canvas.word(right - 2, y + 2.7, "—", "r", 20, "b")
            continue
        width = min(float(done), 100.0) * unit
        canvas.bar(right - width, y + 0.9, width, 3.6, TEAL)
        mark = right - min(float(planned), 100.0) * unit
        canvas.line((mark, y - 0.4), (mark, y + 5.8), INK, 0.8)
        if width > 14:
            canvas.word(right - 1.5, y + 2.7, percent(done), "r", 20, "b w")
        else:
            canvas.word(right - width - 1.2, y + 2.7, percent(done), "r", 12, "b")
        canvas.word(0, y + 2.7, f"{signed(physical.deviation)} واحد", "l", 30, "b")
    return canvas.html()


# --- S-curve -------------------------------------------------------------------------------------
LEFT, RIGHT, TOP, BASE = 9.0, 141.0, 7.0, 41.0  # low: with a whole year's cut-offs a project fills one page


def s_curve(page: ProjectPage, cutoff: date, cutoff_title: str) -> SafeString:
    curve = page.curve
    if curve is None or curve.ends_on <= curve.starts_on:
        return mark_safe("")
    canvas = Canvas(WIDTH, BASE + 8, f"منحنی پیشرفت تجمعی {page.title}؛ ارقام در جدول زیر آن آمده است")
    days = (curve.ends_on - curve.starts_on).days

    def x(on: date) -> float:
        return LEFT + (RIGHT - LEFT) * min(max((on - curve.starts_on).days / days, 0), 1)

    def y(value: Decimal | int) -> float:
        return BASE - (BASE - TOP) * min(max(float(value), 0), 110) / 100

    def spots(points: Iterable[CurvePoint]) -> list[Point]:
        return [(x(point.on), y(point.percent)) for point in points]

    now = x(cutoff)
    canvas.bar(now, TOP, RIGHT - now, BASE - TOP, "#F1F3F7")
    quarters = (0, 25, 50, 75, 100)
    canvas.paths([[(LEFT, y(value)), (RIGHT, y(value))] for value in quarters], "#DDE2E9", 0.2)
    for value in quarters:
        canvas.word(LEFT - 1, y(value), number(value), "r", 8, "sm")
    ticks = _ticks(curve.starts_on, curve.ends_on)
    canvas.paths([[(x(on), BASE), (x(on), BASE + 1.3)] for on, _ in ticks], MUTED, 0.25)
    for on, label in ticks:
        canvas.word(x(on), BASE + 4, label, "c", 26, "sm")
    canvas.line((now, TOP - 2), (now, BASE), INK, 0.3, "1 .8")
    middle = min(max(now, 26.0), WIDTH - 26)
    canvas.word(middle, TOP - 4.4, f"مقطع گزارش: {cutoff_title}", "c", 52, "b")
    lines = (
        (curve.planned, SLATE, 0.55, "2 1.3"),
        (curve.financial, OCHRE, 0.5, ""),
        (curve.agency, TEAL, 0.75, ""),
    )
    for points, colour, width, dash in lines:
        if len(points) > 1:
            canvas.path(spots(points), colour, width, dash)
    for sx, sy in spots(curve.financial):
        canvas.square(sx, sy, 0.8, OCHRE)
    for sx, sy in spots(curve.agency):
        canvas.dot(sx, sy, 0.95, TEAL)
    for sx, sy in spots(curve.visited):
        canvas.triangle(sx, sy + 0.4, 1.6, VIOLET)
    _end_labels(canvas, page, now, y)
    return canvas.html()


def _end_labels(canvas: Canvas, page: ProjectPage, now: float, y: Callable[[Decimal | int], float]) -> None:
    row = page.now
    if row is None:
        return
    marks = [
        (row.planned, "برنامه", SLATE, "plan"),
        (row.agency, "اعلام دستگاه", TEAL, "teal"),
        (row.visited, "بازدید", VIOLET, "vio"),
        (row.financial.exact_percent, "مالی", OCHRE, "och"),
    ]
    known = [(value, label, colour, style) for value, label, colour, style in marks if value is not None]
    known.sort(key=lambda mark: -mark[0])
    if row.planned is not None:
        canvas.dot(now, y(row.planned), 1.1, "#fff", SLATE, 0.5)
    wanted = [y(mark[0]) for mark in known]
    for place, (value, label, colour, style) in zip(_spread(wanted, 5.0, TOP, BASE), known, strict=True):
        canvas.path([(now + 2, y(value)), (RIGHT - 2, place), (RIGHT + 1.5, place)], colour, 0.22)
        canvas.word(RIGHT + 2.5, place, f"{label} {percent(value, 2)}", "l", 28, f"b {style}")
    if row.deviation is not None and row.planned is not None and row.progress is not None:
        canvas.line(
            (now + 1.6, y(row.planned)), (now + 1.6, y(row.progress)), RED if row.deviation < 0 else TEAL, 0.6
        )
        word = "عقب" if row.deviation < 0 else "جلو"
        style = "bad" if row.deviation < 0 else "teal"
        canvas.word(
            RIGHT + 2.5, TOP - 4.4, f"{percent(abs(row.deviation), 2)} واحد {word}", "l", 28, f"b {style}"
        )


def _spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places in the wanted order, at least `gap` apart, pushed as little as that needs."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap) if places else max(place, low))
    over = places[-1] - high if places else 0
    if over > 0:
        places = [place - over for place in places]
    shift = sum(places) / len(places) - sum(wanted) / len(wanted) if places else 0
    room = min(max(shift, 0), places[0] - low) if places else 0
    return [place - room for place in places]


def _ticks(start: date, end: date) -> list[tuple[date, str]]:
    """The first of Farvardin and Mehr, or every n-th Farvardin of a long project; and the end itself."""
    first, last = jalali(start).year, jalali(end).year
    halves = last - first < 4
    step = 1 if halves else -(-(last - first) // 8)
    days = [
        gregorian(year, month, 1)
        for year in range(first, last + 1, step)
        for month in ((1, 7) if halves else (1,))
    ]
    inside = [on for on in days if start <= on and (end - on) > (end - start) * 0.11]
    named = [on for place, on in enumerate(inside) if place == 0 or jalali(on).month == 1]
    return [
        *((on, format_date(on, "month") if on in named else MONTHS[jalali(on).month - 1]) for on in inside),
        (end, format_date(end, "month")),
    ]


# --- map, causes, quality ------------------------------------------------------------------------
def shade(value: Decimal | None, breaks: Sequence[int]) -> int | None:
    """The class of a printed percent: limits are compared with what the reader sees."""
    if value is None:
        return None
    return sum(half_up(value, 1) >= limit for limit in breaks)


def region_map(shape: MapShape, counties: Counties, width: float) -> SafeString:
    """Name and value stand in the cell; where it is too small, the number of the table's row does."""
    scale = width / shape.width
    side = (WIDTH - width) / 2
    canvas = Canvas(WIDTH, shape.height * scale, f"{NAME} {shape.name}؛ ارقام در جدول زیر آن آمده است")
    canvas.view_box = f"{-side / scale:.2f} 0 {WIDTH / scale:.2f} {shape.height}"
    values = {
        row.code: row.capital.absorption.exact_percent if row.capital else None for row in counties.rows
    }
    for region in shape.regions:
        level = shade(values.get(region.code), counties.breaks)
        fill = "#fff" if level is None else SCALE[level]
        canvas.area(region.d, fill, MUTED if level is None else "#fff", 0.5 / scale)
    places = {row.code: place for place, row in enumerate(counties.rows, 1)}
    for region in shape.regions:
        level = shade(values.get(region.code), counties.breaks)
        tone = "w" if level is not None and level > 2 else "ink"
        x, y, room = side + region.label_x * scale, region.label_y * scale, region.room * scale
        if room < max(4.2, len(region.name) * 0.52):
            canvas.word(x, y, number(places.get(region.code)), "c", 10, f"b xs {tone}")
            continue
        canvas.word(x, y - 1.7, region.name, "c", 30, f"sm {tone}")
        canvas.word(x, y + 1.7, percent(values.get(region.code)), "c", 30, f"b sm {tone}")
    return canvas.html()


def cause_bars(causes: Causes) -> SafeString:
    row, right = 5.5, 116.0
    canvas = Canvas(WIDTH, len(causes.rows) * row + 0.6, "سهم علل تأخیر")
    top = max([float(cause.share.exact_percent or 0) for cause in causes.rows] + [1])
    unit = 98 / top
    for index, cause in enumerate(causes.rows):
        y, width = 0.5 + index * row, float(cause.share.exact_percent or 0) * unit
        first = index < 3
        canvas.bar(right - width, y, width, 4.1, NAVY if first else "#8A97A9")
        canvas.word(WIDTH, y + 2.05, cause.title, "r", 53, "b" if first else "")
        canvas.word(right - width - 1.2, y + 2.05, percent(cause.share), "r", 14, "b" if first else "")
    canvas.line((right, 0), (right, canvas.height), MUTED, 0.25)
    return canvas.html()


QUALITY = {"عالی": ("#143F6E", "w"), "خوب": ("#2F6FA3", "w"), "متوسط": ("#B3D1E6", "ink")}


def quality_bar(counts: Sequence[Count]) -> SafeString:
    """One bar in shares of the rated visits; the last class is hatched. Its words are the legend below."""
    total = sum(item.count for item in counts)
    canvas = Canvas(WIDTH, 7.6, "کیفیت کلی اجرا در بازدیدها")
    edge = WIDTH
    for item in counts:
        width = WIDTH * item.count / total if total else 0
        edge -= width
        fill, tone = QUALITY.get(item.title, ("", "ink"))
        if fill:
            canvas.bar(edge + 0.2, 0.2, width - 0.4, 7, fill)
        else:
            canvas.hatch(edge + 0.2, 0.2, width - 0.4, 7, RED)
        if width > 9 and fill:
            canvas.word(edge + width / 2, 3.7, number(item.count), "c", 20, f"b {tone}")
    return canvas.html()


def legend(breaks: Sequence[int]) -> list[tuple[str, str]]:
    """Colour and words of each class of the map."""
    words = [f"کمتر از {number(breaks[0])}"]
    words += [f"{number(low)} تا {percent(Decimal(high) - Decimal('0.1'))}" for low, high in pairwise(breaks)]
    words.append(f"{number(breaks[-1])} و بیشتر")
    return list(zip(SCALE, words, strict=False))
