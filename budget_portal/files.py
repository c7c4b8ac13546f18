"""Files that people send and files that the portal makes (decision 12): checked, stored, served.

`store` takes a document or an image, `store_photo` a photo with its evidence, `store_made` bytes of our own.
No file has an address of its own: the view of its parent decides and answers with `serve`. Everything here
happens outside a transaction where it can: checking takes a moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal, Protocol

from django.conf import settings
from django.db.models import Sum
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.module_loading import import_string

from budget_portal import file_check
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from budget_portal.models import StoredFile
from budget_portal.tables import reader
from budget_portal.text import normalise, strip_invisible

if TYPE_CHECKING:
    from accounts.models import Organization, User

log = logging.getLogger(__name__)

Kind = Literal["document", "photo"]


class Upload(Protocol):
    """What Django's UploadedFile and File have."""

    name: str | None
    size: int

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Photo:
    """A photo as evidence: the untouched original, the copy to show, and what the camera wrote."""

    original: StoredFile
    shown: StoredFile
    latitude: Decimal | None
    longitude: Decimal | None
    taken_at: dt.datetime | None


@dataclass(frozen=True)
class Type:
    name: str
    media_type: str
    suffixes: frozenset[str]


JPEG = Type("jpeg", "image/jpeg", frozenset({".jpg", ".jpeg"}))
PNG = Type("png", "image/png", frozenset({".png"}))
HEIC = Type("heic", "image/heic", frozenset({".heic", ".heif"}))
PDF = Type("pdf", "application/pdf", frozenset({".pdf"}))
TYPES = (JPEG, PNG, HEIC, PDF)
XLSX = Type("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", frozenset({".xlsx"}))
ODS = Type("ods", "application/vnd.oasis.opendocument.spreadsheet", frozenset({".ods"}))
CSV = Type("csv", "text/csv", frozenset({".csv"}))
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

SENTENCES = {
    "empty": "پرونده خالی است؛ دوباره آن را برگزینید.",
    "size": "حجم پرونده از {limit} مگابایت بیشتر است؛ نسخهٔ کوچک‌تری بفرستید.",
    "type": "تنها تصویر JPEG، PNG یا HEIC و سند PDF پذیرفته می‌شود.",
    "photo": "عکس باید JPEG، PNG یا HEIC باشد.",
    "suffix": "محتوای پرونده با پسوند نام آن یکی نیست؛ پرونده را با پسوند درست بفرستید.",
    "broken": "پرونده ناقص یا خراب است؛ آن را از نو بسازید و بفرستید.",
    "pixels": "ابعاد تصویر از اندازهٔ پذیرفتنی بیشتر است (بیشینه ۵۰ میلیون نقطه).",
    "pages": "شمار صفحه‌های PDF از ۵۰۰ بیشتر است؛ آن را چند بخش کنید.",
    "locked": "این PDF رمز دارد؛ نسخهٔ بی‌رمز آن را بفرستید.",
    "polyglot": "درون این پرونده محتوای دیگری پنهان است؛ آن را از نو ذخیره کنید و بفرستید.",
    "heavy": "بررسی این پرونده بیش از اندازه سنگین است؛ نسخهٔ ساده‌تری بفرستید.",
    "virus": "این پرونده ناامن شناخته شد و پذیرفته نشد.",
    "quota": "فضای پرونده‌های سازمان پر شده است؛ به مدیر سامانه خبر دهید.",
    "active-javascript": "این PDF برنامهٔ اجرایی (JavaScript) دارد؛ آن را دوباره به PDF ساده چاپ کنید.",
    "active-launch": "این PDF برنامهٔ دیگری را اجرا می‌کند؛ آن را دوباره به PDF ساده چاپ کنید.",
    "active-embedded": "درون این PDF پروندهٔ دیگری پیوست است؛ پیوست را جداگانه بفرستید.",
    "active-form": "این PDF فرم پویا دارد؛ آن را دوباره به PDF ساده چاپ کنید.",
    "active-media": "این PDF صدا، فیلم یا محتوای پویا دارد؛ آن را دوباره به PDF ساده چاپ کنید.",
    "active-open": "این PDF هنگام باز شدن کاری انجام می‌دهد؛ آن را دوباره به PDF ساده چاپ کنید.",
}
_children = threading.BoundedSemaphore(2)  # each may take hundreds of megabytes


class FileRefused(RuleBroken):
    """A file that is not taken; `code` says why."""

    def __init__(self, code: str, name: str = "") -> None:
        sentence = SENTENCES[code].format(limit=to_persian(settings.UPLOAD_MAX_BYTES // 2**20))
        super().__init__(f"«{name}»: {sentence}" if name else sentence)
        self.code = code


# --- taken --------------------------------------------------------------------------------------------------


def store(
    upload: Upload, *, organization: Organization | None, by: User | None, kind: Kind = "document"
) -> StoredFile:
    """Check a file and keep it. Images are kept as fresh copies without metadata, PDF as it came."""
    name = clean_name(upload.name)
    with _received(upload, name) as incoming:
        found = _type_of(incoming, name, kind)
        fresh = incoming.with_name("fresh")
        facts = _examined(found.name, incoming, fresh, name)
        _within_quota(organization, name)
        if found is PDF:
            return _keep(incoming, name, found, organization, by)
        if found is HEIC:
            name, found = f"{PurePath(name).stem}.jpg", JPEG
        return _keep(fresh, name, found, organization, by, facts)


def store_photo(upload: Upload, *, organization: Organization | None, by: User | None) -> Photo:
    """Keep a photo twice: the original untouched as evidence, and a copy to show without metadata."""
    name = clean_name(upload.name)
    with _received(upload, name) as incoming:
        found = _type_of(incoming, name, "photo")
        fresh = incoming.with_name("fresh")
        facts = _examined(f"{found.name}+photo", incoming, fresh, name)
        _within_quota(organization, name)
        original = _keep(incoming, name, found, organization, by)
        shown = _keep(fresh, f"{PurePath(name).stem}.jpg", JPEG, organization, by, facts)
    latitude, longitude = _degrees(facts["latitude"]), _degrees(facts["longitude"])
    both = latitude is not None and longitude is not None
    return Photo(
        original,
        shown,
        latitude if both else None,
        longitude if both else None,
        _moment(facts["taken"], facts["offset"]),
    )


def store_table(upload: Upload, *, organization: Organization | None, by: User | None) -> StoredFile:
    """Keep a table as it came, so that its errors can be given back in it. Whether it can be read, and is not
    hostile, is judged before it is kept; UnreadableTable or FileRefused says why not."""
    name = clean_name(upload.name)
    suffix = PurePath(name).suffix.lower()
    with _received(upload, name, reader.MAX_BYTES) as incoming:
        _scanned(incoming, name)
        reader.read_heads(incoming, kind=suffix)
        _within_quota(organization, name)
        found = next(type_ for type_ in (XLSX, ODS, CSV) if suffix in type_.suffixes)
        return _keep(incoming, name, found, organization, by)


def store_made(
    content: bytes | Iterable[bytes] | Path,
    *,
    name: str,
    media_type: str,
    organization: Organization | None,
    by: User | None,
) -> StoredFile:
    """Keep what the portal made itself (a report, an export); nothing is checked."""
    with _workplace() as place:
        made = place / "made"
        if isinstance(content, Path):
            shutil.copyfile(content, made)
        else:
            with made.open("wb") as file:
                file.writelines([content] if isinstance(content, bytes) else content)
        return _keep(made, clean_name(name), Type("", media_type, frozenset()), organization, by)


def clean_name(raw: str | None) -> str:
    """The last part of what the browser sent, without invisible characters, short enough to keep."""
    name = normalise(strip_invisible(PurePath(str(raw or "").replace("\\", "/")).name)).strip(" .") or "بی‌نام"
    suffix = PurePath(name).suffix[:10]
    return name[: 200 - len(suffix)] + suffix if len(name) > 200 else name


# --- given back ---------------------------------------------------------------------------------------------


def path_of(stored: StoredFile) -> Path:
    return Path(settings.MEDIA_ROOT) / stored.path


def read(stored: StoredFile) -> bytes:
    return path_of(stored).read_bytes()


def serve(stored: StoredFile, *, inline: bool = False, download: bool | None = None) -> FileResponse:
    """The file as an answer that can do nothing: attachment (images may be shown), fixed type, sandbox.

    The caller has checked the right to the parent.
    """
    if download is not None:
        inline = not download
    inline = inline and stored.media_type in (JPEG.media_type, PNG.media_type)
    try:
        file = path_of(stored).open("rb")
    except FileNotFoundError as error:
        log.error("The file of %s is missing.", stored.key)
        raise Http404 from error
    response = FileResponse(
        file, as_attachment=not inline, filename=stored.name, content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


# --- steps --------------------------------------------------------------------------------------------------


@contextmanager
def _workplace() -> Iterator[Path]:
    """A private directory beside the files, so that keeping one is a rename."""
    root = Path(settings.MEDIA_ROOT) / "incoming"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as place:
        yield Path(place)


@contextmanager
def _received(upload: Upload, name: str, most: int | None = None) -> Iterator[Path]:
    """The upload on disk, no longer than allowed whatever its header said."""
    limit = most or settings.UPLOAD_MAX_BYTES
    if upload.size > limit:
        raise FileRefused("size", name)
    with _workplace() as place:
        incoming, size = place / "incoming", 0
        with incoming.open("wb") as file:
            for chunk in upload.chunks():
                size += len(chunk)
                if size > limit:
                    raise FileRefused("size", name)
                file.write(chunk)
        if size == 0:
            raise FileRefused("empty", name)
        yield incoming


def _type_of(path: Path, name: str, kind: Kind) -> Type:
    """By content, from a short list, and equal to what the name says."""
    with path.open("rb") as file:
        found = sniff(file.read(16))
    if found is None:
        raise FileRefused("type", name)
    if PurePath(name).suffix.lower() not in found.suffixes:
        raise FileRefused("suffix", name)
    if kind == "photo" and found is PDF:
        raise FileRefused("photo", name)
    return found


def sniff(head: bytes) -> Type | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    return None


def _examined(kind: str, source: Path, target: Path, name: str) -> dict[str, Any]:
    """What the child found; it has its own limits of memory and time and may die of them."""
    _scanned(source, name)
    command = [sys.executable, "-I", file_check.__file__, kind, str(source), str(target)]
    try:
        with _children:
            done = subprocess.run(command, capture_output=True, timeout=30, check=True)  # noqa: S603 - ours
        facts: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError) as error:
        log.warning("The check of an upload ended badly: %s", error)
        raise FileRefused("heavy", name) from error
    if problem := facts.get("problem"):
        log.info("An upload was refused: %s", facts)
        raise FileRefused(problem, name)
    return facts


def _scanned(source: Path, name: str) -> None:
    """A virus scanner may be plugged in (UPLOAD_SCANNER: path -> what was found or nothing)."""
    if not settings.UPLOAD_SCANNER:
        return
    if found := import_string(settings.UPLOAD_SCANNER)(source):
        quarantine = Path(settings.MEDIA_ROOT) / "quarantine"
        quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, quarantine / uuid.uuid4().hex)
        log.warning("An upload was put into quarantine: %s", found)
        raise FileRefused("virus", name)


def _within_quota(organization: Organization | None, name: str) -> None:
    if organization is None or not settings.UPLOAD_QUOTA_BYTES:
        return
    used = StoredFile.objects.filter(organization=organization).aggregate(sum=Sum("size"))["sum"] or 0
    if used + settings.UPLOAD_MAX_BYTES > settings.UPLOAD_QUOTA_BYTES:
        raise FileRefused("quota", name)


def _keep(
    source: Path,
    name: str,
    type_: Type,
    organization: Organization | None,
    by: User | None,
    facts: dict[str, Any] | None = None,
) -> StoredFile:
    """Move the bytes to their random place first: a row never points to nothing."""
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    stored = StoredFile(
        name=name,
        media_type=type_.media_type,
        size=source.stat().st_size,
        sha256=digest,
        organization=organization,
        uploaded_by=by,
        width=(facts or {}).get("width"),
        height=(facts or {}).get("height"),
    )
    place = path_of(stored)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.chmod(0o600)
    source.rename(place)
    stored.save()
    return stored


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.00001"))


def _moment(taken: str, offset: str) -> dt.datetime | None:
    """«2026:11:20 10:42:00» with the camera's offset, or in the portal's zone where it wrote none."""
    try:
        if offset:
            return dt.datetime.strptime(f"{taken}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return timezone.make_aware(dt.datetime.strptime(taken, "%Y:%m:%d %H:%M:%S"))  # noqa: DTZ007 - on the next call
    except ValueError:
        return None
