"""Hostile and honest files, made here byte by byte: `python -m tests.hostile.corpus DIRECTORY` writes them all."""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

SECRET = b"Very private words"
PLACE = (31.31667, 48.66667)  # as the camera writes it: 31° 19′ 0.012″


# --- honest -------------------------------------------------------------------------------------------------


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (width, height), "white")
    draw = ImageDraw.Draw(image)
    for step in range(0, width, width // 40):
        draw.line((step, 0, width - step, height), fill="navy", width=3)
    return image


def exif(*, place: tuple[float, float] | None = PLACE, taken: str = "2026:11:20 10:42:07") -> Image.Exif:
    data = Image.Exif()
    data[0x010E] = SECRET.decode()
    data[0x0112] = 6  # the camera was held upright
    data.get_ifd(0x8769).update({0x9003: taken, 0x9011: "+03:30"})
    if place:
        data.get_ifd(0x8825).update({1: "N", 2: _parts(place[0]), 3: "E", 4: _parts(place[1])})
    return data


def _parts(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return (float(whole), float(minutes), round((value - whole) * 3600 - minutes * 60, 3))


def jpeg(**changes: object) -> bytes:
    return saved(picture(), "JPEG", **{"exif": exif(), "comment": SECRET, "quality": 90, **changes})


def large_jpeg() -> bytes:
    return saved(picture(8000, 6000), "JPEG", exif=exif(), quality=20)


def png() -> bytes:
    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("Author", SECRET.decode())
    return saved(picture(), "PNG", pnginfo=info, exif=exif())


def transparent_png() -> bytes:
    return saved(picture(mode="RGBA"), "PNG")


def heic() -> bytes:
    pillow_heif.register_heif_opener()
    return saved(picture(), "HEIF", exif=exif())


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **options: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def office_pdf() -> bytes:
    """Opens at its first page, as LibreOffice writes it, and has a link to the web."""

    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        document.Root.OpenAction = pikepdf.Array([page.obj, pikepdf.Name.XYZ, None, None, 0])
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 10, 10],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.ir/"),
        )
        page.obj.Annots = document.make_indirect(pikepdf.Array([link]))

    return pdf(change)


# --- hostile ------------------------------------------------------------------------------------------------


def bomb_png() -> bytes:
    """30,000 × 30,000 points of nothing in a small file."""
    return _png(30_000, 30_000, rows=30_000)


def lying_png() -> bytes:
    """The header promises sixteen points; the data holds a hundred megabytes."""
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    return head + _chunk(b"IDAT", zlib.compress(bytes(100_000_000), 9)) + _chunk(b"IEND", b"")


def text_bomb_png() -> bytes:
    packed = zlib.compress(bytes(200_000_000), 9)
    body = _chunk(b"zTXt", b"Comment\0\0" + packed)
    honest = saved(picture(), "PNG")
    return honest[:33] + body + honest[33:]


def _png(width: int, height: int, *, rows: int) -> bytes:
    packer = zlib.compressobj(9)
    line = bytes(width // 8 + 1)
    data = b"".join(packer.compress(line) for _ in range(rows)) + packer.flush()
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return head + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def truncated_jpeg() -> bytes:
    whole = jpeg()
    return whole[: len(whole) * 2 // 3]


def truncated_png() -> bytes:
    whole = png()
    return whole[: len(whole) // 2]


def truncated_heic() -> bytes:
    whole = heic()
    return whole[: len(whole) // 2]


def only_a_head() -> bytes:
    return b"\xff\xd8\xff\xe0" + b"\0" * 200


def jpeg_with_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.js", "alert(1)")
    return jpeg() + out.getvalue()


def jpeg_with_script() -> bytes:
    return jpeg(comment=b"<script>alert(1)</script>")


def png_with_page() -> bytes:
    return png() + b"<!DOCTYPE html><html><body onload=alert(1)>"


def jpeg_with_pdf() -> bytes:
    return jpeg() + pdf()


def pdf_with_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    return pdf() + out.getvalue()


def pdf_with_tail() -> bytes:
    return pdf() + b"MZ\x90\0" + b"\0" * 500


def pdf_after_page() -> bytes:
    return b"<html><script>alert(1)</script></html>\n" + pdf()


def _action(kind: str, **more: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def pdf_with_javascript() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        script = _action("JavaScript", JS="app.alert(1)")
        document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", script]))

    return pdf(change)


def pdf_with_hidden_javascript() -> bytes:
    """In a compressed object stream, where a search through the bytes finds nothing."""

    def change(document: pikepdf.Pdf) -> None:
        script = document.make_indirect(_action("JavaScript", JS="app.alert(1)"))
        document.pages[0].obj.AA = pikepdf.Dictionary(O=script)

    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_with_spelled_javascript() -> bytes:
    """The name written with escapes: /J#61vaScript."""
    spelled = {b"/JavaScript": b"/J#61vaScript", b"/JS (": b"/J#53(", b"app.alert": b"aler"}
    content = pdf_with_javascript()
    for plain, other in spelled.items():  # as long as before: the table of offsets stays right
        content = content.replace(plain, other)
    return content


def pdf_with_launch() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = _action("Launch", F="calc.exe")

    return pdf(change)


def pdf_with_opening_link() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = _action("URI", URI="https://example.com/")

    return pdf(change)


def pdf_with_attachment() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.attachments["evil.exe"] = b"MZ"

    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_with_form() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.AcroForm = pikepdf.Dictionary(XFA=document.make_stream(b"<xdp/>"), Fields=[])

    return pdf(change)


def locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="a", user="b"))


def truncated_pdf() -> bytes:
    whole = pdf()
    return whole[: len(whole) // 2] + b"%%EOF"


def endless_pdf() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        for _ in range(600):
            document.add_blank_page()

    return pdf(change)


def deep_pdf() -> bytes:
    """Thousands of nested arrays: a reader that recurses falls over."""
    return pdf().replace(b"/Type /Catalog", b"/Type /Catalog /Deep " + b"[" * 5000 + b"]" * 5000)


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


HONEST: dict[str, Callable[[], bytes]] = {
    "photo.jpg": jpeg,
    "big.JPEG": large_jpeg,
    "screen.png": png,
    "clear.png": transparent_png,
    "lying.png": lying_png,  # hostile, and harmless: what the header does not promise is never unpacked
    "phone.heic": heic,
    "letter.pdf": pdf,
    "office.pdf": office_pdf,
}
#           name                   made by                      refused as (one of)
HOSTILE: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "empty.jpg": (bytes, ("empty",)),
    "huge.pdf": (lambda: b"%PDF-1.7\n" + bytes(10 * 2**20), ("size",)),
    "bomb.png": (bomb_png, ("pixels",)),
    "text.png": (text_bomb_png, ("broken", "heavy")),
    "cut.jpg": (truncated_jpeg, ("broken",)),
    "cut.png": (truncated_png, ("broken",)),
    "cut.heic": (truncated_heic, ("broken",)),
    "head.jpg": (only_a_head, ("broken",)),
    "archive.jpg": (jpeg_with_archive, ("polyglot",)),
    "script.jpg": (jpeg_with_script, ("polyglot",)),
    "page.png": (png_with_page, ("polyglot",)),
    "document.jpg": (jpeg_with_pdf, ("polyglot",)),
    "archive.pdf": (pdf_with_archive, ("polyglot",)),
    "tail.pdf": (pdf_with_tail, ("polyglot",)),
    "page.pdf": (pdf_after_page, ("type",)),
    "script.pdf": (pdf_with_javascript, ("active-javascript",)),
    "hidden.pdf": (pdf_with_hidden_javascript, ("active-javascript",)),
    "spelled.pdf": (pdf_with_spelled_javascript, ("active-javascript",)),
    "launch.pdf": (pdf_with_launch, ("active-launch",)),
    "opening.pdf": (pdf_with_opening_link, ("active-open",)),
    "attachment.pdf": (pdf_with_attachment, ("active-embedded",)),
    "form.pdf": (pdf_with_form, ("active-form",)),
    "locked.pdf": (locked_pdf, ("locked",)),
    "cut.pdf": (truncated_pdf, ("broken",)),
    "endless.pdf": (endless_pdf, ("pages",)),
    "deep.pdf": (deep_pdf, ("broken", "heavy")),
    "image.svg": (svg, ("type",)),
    "renamed.png": (jpeg, ("suffix",)),
    "renamed.pdf": (png, ("suffix",)),
    "program.exe": (jpeg, ("suffix",)),
    "double.jpg.exe": (jpeg, ("suffix",)),
    "none": (jpeg, ("suffix",)),
}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, make in HONEST.items():
        (folder / f"honest-{file_name}").write_bytes(make())
    for file_name, (make, _) in HOSTILE.items():
        (folder / f"hostile-{file_name}").write_bytes(make())
