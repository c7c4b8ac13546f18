"""Looks inside one uploaded file, in a process of its own with little memory and time. Knows no Django.

    python -I file_check.py KIND SOURCE TARGET      KIND: jpeg, png, heic, pdf; with «+photo» the shown copy

Prints one line of JSON: {"problem": code} or the facts. An image is decoded and written anew to TARGET
without any metadata; a PDF stays as it is. What is refused is refused here, before anybody opens the file.
"""

import io
import json
import re
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMORY = 768 * 1024 * 1024  # address space, libraries included
SECONDS = 10
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
KEPT_PIXELS = 25_000_000  # an image is kept no larger: a page at 500 dots per inch
MAX_PAGES = 500
LONG_EDGE = 1600  # of the shown copy of a photo
FOREIGN = re.compile(rb"<script[\s>/]|<\?php|<html[\s>]|<!doctype html", re.IGNORECASE)

ACTIVE_ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "form",
    "/ImportData": "form",
    "/GoToE": "embedded",
    "/GoToR": "launch",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
}
ACTIVE_KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/EmbeddedFiles": "embedded",
    "/EF": "embedded",
    "/XFA": "form",
    "/RichMediaContent": "media",
}


class Refused(Exception):
    """Carries the code of the problem; files.py has the sentence."""


def limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check(kind: str, source: Path, target: Path) -> dict[str, Any]:
    kind, _, shown = kind.partition("+")
    content = source.read_bytes()
    refuse_second_face(kind, content)
    if kind == "pdf":
        return check_pdf(content)
    return rebuild_image(kind, content, target, shown=bool(shown))


def refuse_second_face(kind: str, content: bytes) -> None:
    """A file that another program would read as something else: archive, web page, script, PDF."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("polyglot")
    if kind == "pdf":
        if content.rpartition(b"%%EOF")[2].strip(b"\0\r\n\t \x1a"):
            raise Refused("polyglot")
    elif FOREIGN.search(content) or b"%PDF-1." in content or b"%PDF-2." in content:
        raise Refused("polyglot")


# --- images -------------------------------------------------------------------------------------------------


def rebuild_image(kind: str, content: bytes, target: Path, *, shown: bool) -> dict[str, Any]:
    from PIL import Image, ImageOps

    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(io.BytesIO(content), formats=[{"heic": "HEIF"}.get(kind, kind.upper())]) as image:
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise Refused("pixels")
        facts = place_and_time(image)
        plain = loaded(image, shown=shown)
    ImageOps.exif_transpose(plain, in_place=True)
    plain = without_metadata(plain, opaque=shown or kind != "png")
    if shown:
        plain.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS)
    if kind == "png" and not shown:
        plain.save(target, "PNG")
    else:
        plain.save(target, "JPEG", quality=85 if shown else 92, optimize=False)
    return {**facts, "width": plain.width, "height": plain.height}


def loaded(image: Any, *, shown: bool) -> Any:
    """The decoded image; a JPEG is decoded no larger than needed, others are halved when too large."""
    if shown:
        image.draft("RGB", (LONG_EDGE, LONG_EDGE))
    elif image.width * image.height > KEPT_PIXELS:
        image.draft("RGB", (image.width // 2, image.height // 2))
    image.load()
    return image.reduce(2) if image.width * image.height > KEPT_PIXELS else image


def without_metadata(image: Any, *, opaque: bool) -> Any:
    """Pixels only. A plain re-save would keep comments, text and profiles."""
    from PIL import Image

    transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if transparent:
        image = image.convert("RGBA")
        if opaque:
            paper = Image.new("RGB", image.size, "white")
            paper.paste(image, mask=image.getchannel("A"))
            image = paper
    elif image.mode not in ("RGB", "L"):
        image = image.convert("L" if image.mode in ("1", "I;16", "I") else "RGB")
    image.info = {}
    return image


def place_and_time(image: Any) -> dict[str, Any]:
    """What the camera wrote; anything odd counts as not written."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
        return {
            "latitude": degrees(gps.get(2), gps.get(1), "S", 90),
            "longitude": degrees(gps.get(4), gps.get(3), "W", 180),
            "taken": str(details.get(0x9003) or "")[:40],
            "offset": str(details.get(0x9011) or "")[:10],
        }
    except Exception:
        return {"latitude": None, "longitude": None, "taken": "", "offset": ""}


def degrees(parts: Any, side: Any, negative: str, highest: int) -> float | None:
    try:
        hours, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = hours + minutes / 60 + seconds / 3600
    if not 0 <= value <= highest:  # also false for «not a number»
        return None
    return round(-value if str(side).upper().startswith(negative) else value, 5)


# --- PDF ----------------------------------------------------------------------------------------------------


def check_pdf(content: bytes) -> dict[str, Any]:
    import pikepdf

    for word in (b"/JavaScript", b"/Launch"):
        if word in content:  # also in a revision that the reader below would not look at
            raise Refused(f"active-{word[1:].decode().lower()}")
    try:
        pdf = pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except pikepdf.PdfError as error:
        raise Refused("broken") from error
    with pdf:
        pages = len(pdf.pages)
        if not 1 <= pages <= MAX_PAGES:
            raise Refused("pages" if pages else "broken")
        refuse_opening_action(pdf)
        for thing in pdf.objects:
            refuse_active(thing, 0)
    return {"pages": pages}


def refuse_opening_action(pdf: Any) -> None:
    """To open at a page is usual and harmless (LibreOffice always writes it); any other action is not."""
    import pikepdf

    action = pdf.Root.get("/OpenAction")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) not in ("/GoTo", "/Named"):
        raise Refused("active-open")


def refuse_active(thing: Any, depth: int) -> None:
    """Walks the direct parts of one object; indirect ones come by themselves."""
    import pikepdf

    if depth > 50:
        raise Refused("broken")
    if isinstance(thing, pikepdf.Array):
        parts = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = thing.keys()
        for key in keys & ACTIVE_KEYS.keys():
            raise Refused(f"active-{ACTIVE_KEYS[key]}")
        action = thing.get("/S")
        if isinstance(action, pikepdf.Name) and str(action) in ACTIVE_ACTIONS:
            raise Refused(f"active-{ACTIVE_ACTIONS[str(action)]}")
        parts = [thing[key] for key in keys]
    else:
        return
    for part in parts:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            refuse_active(part, depth + 1)


def main(kind: str, source: str, target: str) -> dict[str, Any]:
    limit_self()
    try:
        return check(kind, Path(source), Path(target))
    except Refused as refused:
        return {"problem": str(refused)}
    except MemoryError:
        return {"problem": "heavy"}
    except Exception as error:
        code = "pixels" if type(error).__name__.startswith("DecompressionBomb") else "broken"
        return {"problem": code, "detail": f"{type(error).__name__}: {error}"[:300]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:4])))
