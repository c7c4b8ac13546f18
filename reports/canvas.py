"""A drawing for paper: shapes in SVG, every word as HTML laid over them, both in millimetres.

WeasyPrint draws SVG text letter by letter, which breaks Persian; so no word ever enters the SVG, except its
title, which is the alternative text of the figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK, MUTED, LINE, PALE = "#17212E", "#46536A", "#C9D0D9", "#EEF1F5"
NAVY, TEAL, OCHRE, SLATE, VIOLET, RED = "#123155", "#0B7A75", "#B4530A", "#66738A", "#5B3A8C", "#A81E14"
SCALE = ("#DCEAF4", "#B3D1E6", "#7FB0D2", "#2F6FA3", "#143F6E")
WIDTH = 171.0  # of the text block
Point = tuple[float, float]


@dataclass
class Canvas:
    width: float
    height: float
    title: str
    shapes: list[SafeString] = field(default_factory=list)
    words: list[SafeString] = field(default_factory=list)
    view_box: str = ""

    def line(self, start: Point, end: Point, colour: str = LINE, width: float = 0.2, dash: str = "") -> None:
        self.paths([[start, end]], colour, width, dash)

    def path(self, points: Sequence[Point], colour: str, width: float, dash: str = "") -> None:
        self.paths([points], colour, width, dash)

    def paths(self, lines: Iterable[Sequence[Point]], colour: str, width: float, dash: str = "") -> None:
        """Lines of one kind as one shape: each shape costs as much as a word."""
        self.shapes.append(
            format_html(
                '<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>',
                " ".join("M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in points) for points in lines),
                colour,
                width,
                format_html(' stroke-dasharray="{}"', dash) if dash else "",
            )
        )

    def area(self, d: str, fill: str, stroke: str = "#fff", width: float = 0.3) -> None:
        self.shapes.append(
            format_html(
                '<path d="{}" fill="{}" stroke="{}" stroke-width="{}"/>',
                d,
                fill,
                stroke,
                width,
            )
        )

    def bar(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        if width > 0:
            self.area(f"M{x:.2f},{y:.2f} h{width:.2f} v{height:.2f} h{-width:.2f} Z", fill, "none", 0)

    def hatch(self, x: float, y: float, width: float, height: float, colour: str = MUTED) -> None:
        """Plain lines: a pattern fill of SVG is drawn as an image and loses its sharpness."""
        if width <= 0:
            return
        self.area(f"M{x:.2f},{y:.2f} h{width:.2f} v{height:.2f} h{-width:.2f} Z", "#fff", colour, 0.2)
        lines, offset = [], 1.4 - height
        while offset < width:
            ends = max(offset, 0), min(offset + height, width)
            lines.append([(x + end, y + height - (end - offset)) for end in ends])
            offset += 1.4
        self.paths(lines, colour, 0.18)

    def dot(
        self, x: float, y: float, radius: float, fill: str, stroke: str = "#fff", width: float = 0.3
    ) -> None:
        self.shapes.append(
            format_html(
                '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="{}"/>',
                f"{x:.2f}",
                f"{y:.2f}",
                radius,
                fill,
                stroke,
                width,
            )
        )

    def square(self, x: float, y: float, half: float, fill: str) -> None:
        self.area(
            f"M{x - half:.2f},{y - half:.2f} h{2 * half} v{2 * half} h{-2 * half} Z", fill, "#fff", 0.25
        )

    def triangle(self, x: float, y: float, radius: float, fill: str) -> None:
        low = y + radius * 0.8
        self.area(
            f"M{x:.2f},{y - radius:.2f} L{x + radius:.2f},{low:.2f} L{x - radius:.2f},{low:.2f} Z", fill
        )

    def word(
        self, x: float, y: float, text: object, at: str = "c", width: float = 40, style: str = ""
    ) -> None:
        """`at`: c centred on x, l a box that starts at x, r a box that ends at x."""
        left = {"c": x - width / 2, "l": x, "r": x - width}[at]
        self.words.append(
            format_html(
                '<span class="lb {} {}" style="left:{}mm;top:{}mm;width:{}mm">{}</span>',
                at,
                style,
                f"{left:.2f}",
                f"{y - 2.25:.2f}",
                f"{width:.2f}",
                text,
            )
        )

    def html(self) -> SafeString:
        return format_html(
            '<div class="chart" style="width:{w}mm;height:{h}mm">'
            '<svg viewBox="{box}" width="{w}mm" height="{h}mm" stroke-linejoin="round"><title>{title}</title>{shapes}</svg>'
            "{words}</div>",
            w=self.width,
            h=round(self.height, 2),
            box=self.view_box or f"0 0 {self.width} {self.height:.2f}",
            title=self.title,
            shapes=format_html_join("", "{}", ((shape,) for shape in self.shapes)),
            words=format_html_join("", "{}", ((word,) for word in self.words)),
        )
