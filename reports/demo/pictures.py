"""Photos of sites that we draw ourselves: sky, ground, a building that grows with progress, a crane; and letters."""

from __future__ import annotations

import hashlib
import io
import random
from decimal import Decimal

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accounts.models import Organization, User
from budget_portal.models import StoredFile

WIDTH, HEIGHT = 960, 640
PAGE = (620, 877)
FACE = settings.BASE_DIR / "static" / "fonts" / "Vazirmatn-Bold.ttf"
GPS, LATITUDE, LONGITUDE = 0x8825, 2, 4


def site(progress: Decimal, seed: int) -> Image.Image:
    """A building site at this progress (percent); the same seed draws the same place."""
    rng = random.Random(seed)  # noqa: S311 - a drawing
    image = Image.new("RGB", (WIDTH, HEIGHT), (188 + rng.randrange(-12, 12), 212, 232))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 420), (240, 330), (520, 400), (960, 350), (960, 640), (0, 640)], fill=(196, 180, 150))
    draw.rectangle((0, 470, WIDTH, HEIGHT), fill=(170 + rng.randrange(20), 150, 120))
    floors = 1 + int(progress) // 20
    left = 180 + rng.randrange(120)
    for floor in range(floors):
        top = 470 - (floor + 1) * 62
        draw.rectangle(
            (left, top, left + 360, top + 54), fill=(214, 208, 198), outline=(120, 116, 110), width=3
        )
        for window in range(5):
            x = left + 22 + window * 68
            draw.rectangle((x, top + 14, x + 36, top + 42), fill=(110, 140, 160))
    mast = left + 440
    draw.rectangle((mast, 90, mast + 14, 470), fill=(214, 150, 30))
    draw.rectangle((mast - 300, 90, mast + 120, 102), fill=(214, 150, 30))
    draw.line((mast - 220, 102, mast - 220, 190), fill=(60, 60, 60), width=3)
    for _ in range(60):
        x, y = rng.randrange(WIDTH), rng.randrange(480, HEIGHT)
        draw.ellipse((x, y, x + 6, y + 4), fill=(140, 124, 100))
    return image


def letter(organization: Organization, by: User, number: str) -> StoredFile:
    """A scanned page that we draw ourselves: lines where words would be, and the number of the letter."""
    image = Image.new("RGB", PAGE, (250, 249, 246))
    draw = ImageDraw.Draw(image)
    draw.ellipse((270, 40, 350, 120), outline=(120, 130, 150), width=4)
    draw.text((60, 70), number, fill=(60, 66, 80), font=ImageFont.truetype(FACE, 20))
    rng = random.Random(number)  # noqa: S311 - a drawing
    for line in range(16):
        top = 200 + line * 30
        draw.rectangle((60 + rng.randrange(220) * (line % 5 == 4), top, 560, top + 9), fill=(186, 190, 198))
    draw.ellipse((90, 720, 190, 820), outline=(70, 90, 160), width=5)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=70)
    return _store(kept, organization, by, name="letter.jpg", size=PAGE)


def pair(
    organization: Organization, by: User, progress: Decimal, seed: int, at: tuple[Decimal, Decimal]
) -> tuple[StoredFile, StoredFile]:
    """Original with its place in the metadata, and the shown copy without any."""
    image = site(progress, seed)
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", LATITUDE: _degrees(at[0]), 3: "E", LONGITUDE: _degrees(at[1])})
    original, shown = io.BytesIO(), io.BytesIO()
    image.save(original, "JPEG", quality=80, exif=exif)
    image.save(shown, "JPEG", quality=72)
    return _store(original, organization, by), _store(shown, organization, by)


def _store(
    content: io.BytesIO,
    organization: Organization,
    by: User,
    *,
    name: str = "site.jpg",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> StoredFile:
    data = content.getvalue()
    stored = StoredFile(
        name=name,
        media_type="image/jpeg",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        organization=organization,
        uploaded_by=by,
        width=size[0],
        height=size[1],
    )
    path = settings.MEDIA_ROOT / stored.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    stored.save()
    return stored


def _degrees(value: Decimal) -> tuple[float, float, float]:
    """Degrees, minutes, seconds as EXIF wants them."""
    whole = int(value)
    minutes = (value - whole) * 60
    return (float(whole), float(int(minutes)), float(round((minutes - int(minutes)) * 60, 3)))
