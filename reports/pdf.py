"""R1 on paper. The only module that imports WeasyPrint, and only when a report is made.

The bytes depend on the report, the pictures and the version of the templates alone: no clock, no random id, no
network. The fetcher knows the style sheets and fonts of this project and the pictures that were handed over;
everything else stops the rendering.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from reports.layout import Layout
from reports.package import R1Report
from reports.tables import LongTable, Measure, cuts

if TYPE_CHECKING:
    from weasyprint import Document
    from weasyprint.urls import URLFetcher

VARIANT = "pdf/ua-1"
TYPES = {".css": "text/css", ".ttf": "font/ttf"}
PIXELS = 96 / 25.4  # per millimetre
BOTTOM = 273.8 * PIXELS  # of the text block, see report.css
SPARE = 1.0 * PIXELS
TRIES = 4
CHATTY = ("weasyprint.progress", "fontTools")  # a line per step and per font table otherwise

Progress = Callable[[int, int, str], None]


class FetchRefused(ValueError):
    """The report asked for something outside its own files."""


def static_root() -> Path:
    return Path(settings.BASE_DIR) / "static"


def own_file(url: str) -> Path:
    """The file of a file: URL if it is a style sheet or font of this project; else FetchRefused."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise FetchRefused(f"{url} is not a file of this project")
    root = static_root().resolve()
    path = Path(unquote(parts.path)).resolve()
    if not path.is_relative_to(root) or path.suffix not in TYPES or not path.is_file():
        raise FetchRefused(f"{url} is not a file of this project")
    return path


def checked_photos(photos: Mapping[str, bytes]) -> dict[str, bytes]:
    """Pictures under the name that the digest of the report covers."""
    for name, content in photos.items():
        if hashlib.sha256(content).hexdigest() != name:
            raise ValueError("a picture is not the one that the report names")
    return dict(photos)


def make_fetcher(photos: Mapping[str, bytes]) -> "URLFetcher":
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFilesFetcher(URLFetcher):  # type: ignore[misc]
        """Never opens anything: hands out bytes that are here, or stops the rendering."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            try:
                if url.startswith("photo:"):
                    return URLFetcherResponse(url, photos[url.removeprefix("photo:")])
                path = own_file(url)
            except (FetchRefused, KeyError) as refused:
                raise FatalURLFetchingError(f"refused: {url}") from refused
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})

        def open(self, url: Any, data: Any = None, timeout: Any = None) -> URLFetcherResponse:
            return self.fetch(getattr(url, "full_url", url))

    return OwnFilesFetcher(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)


def render_pdf(
    report: R1Report,
    *,
    draft: bool,
    photos: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
) -> bytes:
    """The whole report as tagged PDF. `photos`: JPEG bytes by SHA-256; a picture not given is left out."""
    tell = progress or (lambda done, total, message: None)
    pictures = checked_photos(photos or {})
    layout = Layout(report, draft=draft, photos=pictures)
    printer = Printer(pictures)
    tell(1, 4, "چیدن جدول‌های بلند")
    splits = printer.measure(layout)
    tell(2, 4, "ساختن صفحه‌ها")
    document = printer.fitted(layout, splits)
    tell(3, 4, "نوشتن پرونده")
    content = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=report.digest.encode())
    tell(4, 4, "آماده شد")
    assert isinstance(content, bytes)  # noqa: S101  (no target was given)
    return content


def print_html(text: str) -> bytes:
    """A document of one pass as tagged PDF: style sheets and fonts of this project, no pictures."""
    from weasyprint import HTML

    document = HTML(string=text, url_fetcher=make_fetcher({})).render()
    identifier = hashlib.sha256(text.encode()).hexdigest().encode()
    content = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)
    assert isinstance(content, bytes)  # noqa: S101  (no target was given)
    return content


class Printer:
    def __init__(self, photos: Mapping[str, bytes]) -> None:
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        from weasyprint.text.fonts import FontConfiguration

        self.fetcher = make_fetcher(photos)
        self.fonts = FontConfiguration()

    def render(self, html: str) -> "Document":
        """FetchRefused where the library would raise an error that no `except Exception` sees."""
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError

        base = f"{(static_root() / 'css').as_uri()}/"
        page = HTML(string=html, base_url=base, url_fetcher=self.fetcher)
        try:
            return page.render(font_config=self.fonts, pdf_variant=VARIANT)
        except FatalURLFetchingError as fatal:
            raise FetchRefused(str(fatal)) from fatal

    def measure(self, layout: Layout) -> dict[str, "Split"]:
        if not layout.long_tables:
            return {}
        document = self.render(layout.measuring_html())
        places: dict[str, tuple[int, float]] = {}
        for number, page in enumerate(document.pages):
            places.update({name: (number, top(spot)) for name, spot in page.anchors.items()})
        return {table.key: Split(table, read_measure(table, places)) for table in layout.long_tables}

    def fitted(self, layout: Layout, splits: Mapping[str, "Split"]) -> "Document":
        """Lay out; where a table ran over after all, cut it shorter and lay out again."""
        for _ in range(TRIES):
            document = self.render(layout.html({key: split.cuts for key, split in splits.items()}))
            pages = {name: number for number, page in enumerate(document.pages) for name in page.anchors}
            late = [split for split in splits.values() if not split.holds(pages)]
            if not late:
                break
            for split in late:
                split.tighten()
        return document


class Split:
    """Where one long table is cut, and whether the cuts held."""

    def __init__(self, table: LongTable, measure: Measure) -> None:
        self.table = table
        self.measure = measure
        self.cuts = cuts(table, measure)

    def holds(self, pages: Mapping[str, int]) -> bool:
        borders = [0, *self.cuts, len(self.table.rows)]
        return all(
            pages[self.table.anchor(start)] == pages[self.table.anchor(end - 1)]
            for start, end in pairwise(borders)
        )

    def tighten(self) -> None:
        self.measure = replace(self.measure, bottom=self.measure.bottom - 8 * PIXELS)
        self.cuts = cuts(self.table, self.measure)


def top(spot: Any) -> float:
    """An anchor's place is (x, y)."""
    return float(spot[1])


def read_measure(table: LongTable, places: Mapping[str, tuple[int, float]]) -> Measure:
    """From the endless pages of the first pass: row 0 with its carried total, then all others."""

    def at(name: str) -> float:
        return places[f"{table.key}-{name}"][1]

    rows = [at("carry") - at("0")]
    borders = [at(str(place)) for place in range(1, len(table.rows))] + [at("end")]
    rows += [after - before for before, after in pairwise(borders)]
    plain = min(rows[1:] or rows)
    return Measure(
        rows=tuple(rows),
        first_top=at("0"),
        next_top=at("1"),
        tail=plain * 1.3 + 14 * PIXELS,
        bottom=BOTTOM - SPARE,
        carry=plain * 1.2,
    )
