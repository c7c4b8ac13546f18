"""C1: one chart in a PDF, made and drawn: the mean of three kinds that R1 prints, against matplotlib's SVG.

Each document holds ten charts under a page of Persian text, as a report does; what that text alone costs (fonts
included) is taken off.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import statistics
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from benchmarks import cpu, portal
from benchmarks.table import Result, ms, taking_turns

ROUNDS, CHARTS = 3, 10
FLOW = SimpleNamespace(notified=980_000, agreed=910_000, allocated=640_000, received=560_000, spent=430_000)
TEXT = (
    "<p>پیشرفت فیزیکی پروژه در پایان شهریور ۱۴۰۵ <b>۵۲٫۱ درصد</b> و برنامه <i>۶۶٫۰</i> است؛ بازدید ۴۹٪</p>"
    * 20
)


def run() -> list[Result]:
    portal.set_up()
    import matplotlib as mpl

    mpl.use("svg")
    from reports.charts_pdf import cause_bars, s_curve, stages

    page = _page()
    cutoff = page.curve.agency[-1].on

    def document(chart: Callable[[], str], count: int) -> float:
        before = cpu.own()
        body = TEXT + "".join(f'<div class="figure">{chart()}</div>' for _ in range(count))
        html = f'<html lang="fa" dir="rtl"><link rel="stylesheet" href="report.css"><body>{body}'
        _printed(html)
        return cpu.own() - before

    def cost(chart: Callable[[], str]) -> float:
        return (document(chart, CHARTS) - document(chart, 0)) / CHARTS

    kinds: dict[str, Callable[[], str]] = {
        "S-curve": lambda: str(s_curve(page, cutoff, "پایان شهریور ۱۴۰۵")),
        "stages": lambda: str(stages(FLOW, "از ابلاغ تا عملکرد")),
        "causes": lambda: str(cause_bars(_causes())),
    }
    costs: dict[str, list[float]] = {name: [] for name in kinds}

    def ours() -> float:
        for name, chart in kinds.items():
            costs[name].append(cost(chart))
        return statistics.mean(found[-1] for found in costs.values())

    peer, mine, ratio = taking_turns(lambda: cost(lambda: _plotted(page)), ours, ROUNDS)
    return [
        Result(
            "C1",
            "one chart in a PDF, made and drawn (CPU)",
            "matplotlib SVG of three lines",
            ms(peer),
            ms(mine),
            f"{1 / ratio:.1f}× cheaper",
            "≤ 30 ms and ≥ 5× cheaper",
            mine <= 0.030 and 1 / ratio >= 5,
            "; ".join(f"{name} {ms(statistics.median(found))}" for name, found in costs.items()),
        )
    ]


def _causes() -> Any:
    from monitoring.ratios import Ratio

    shares = (31, 22, 17, 12, 8, 6, 4)
    rows = tuple(SimpleNamespace(title=f"علت تأخیر {share}", share=Ratio(share, 100)) for share in shares)
    return SimpleNamespace(rows=rows)


def _printed(html: str) -> bytes:
    """With our fonts and style; pictures may come in the page itself, which the product's fetcher refuses."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    base = f"{(portal.ROOT / 'static' / 'css').as_uri()}/"
    page = HTML(string=html, base_url=base)
    content = page.write_pdf(font_config=FontConfiguration())
    assert isinstance(content, bytes)  # noqa: S101 - no target was given
    return content


def _page() -> Any:
    from monitoring.ratios import Ratio
    from reports.parts import CurvePoint

    start = dt.date(2024, 3, 20)
    days = [start + dt.timedelta(days=91 * n) for n in range(11)]

    def points(*values: int) -> tuple[CurvePoint, ...]:
        return tuple(CurvePoint(day, Decimal(value)) for day, value in zip(days, values, strict=False))

    curve = SimpleNamespace(
        starts_on=days[0],
        ends_on=days[-1],
        planned=points(0, 8, 18, 30, 42, 55, 66, 78, 88, 95, 100),
        financial=points(0, 6, 15, 24, 33, 41, 50),
        agency=points(0, 7, 16, 27, 36, 45, 52),
        visited=points(0, 0, 14, 0, 33, 0, 49)[2::2],
    )
    now = SimpleNamespace(
        planned=Decimal(66),
        agency=Decimal(52),
        visited=Decimal(49),
        financial=Ratio(Decimal(50), Decimal(100)),
        deviation=Decimal(-17),
        progress=Decimal(49),
    )
    return SimpleNamespace(title="راه روستایی نمونه", curve=curve, now=now)


def _plotted(page: Any) -> str:
    """As a plain script would do it: a figure, three lines, legend, SVG into an image."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.7, 2.6))
    for name in ("planned", "financial", "agency"):
        points = getattr(page.curve, name)
        axes.plot([p.on for p in points], [float(p.percent) for p in points], marker="o", label=name)
    axes.grid(visible=True)
    axes.legend()
    out = io.BytesIO()
    figure.savefig(out, format="svg")
    plt.close(figure)
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}">'
