"""Files: honest ones are kept clean, hostile ones are refused with a sentence, within limits."""

import datetime as dt
import io
import json
import resource
import subprocess
import sys
import time
from contextlib import closing
from decimal import Decimal
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from PIL import Image

from budget_portal import file_check, files
from budget_portal.errors import RuleBroken
from budget_portal.models import StoredFile
from tests.hostile import corpus

from . import ground_people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@cache
def made(make):
    return make()


def upload(name, content):
    return SimpleUploadedFile(name, content)


def store(name, content, **more):
    return files.store(upload(name, content), organization=None, by=None, **more)


def left_in(media):
    return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


@pytest.mark.parametrize("name", corpus.HONEST)
def test_honest_files_are_kept(name, media):
    content = made(corpus.HONEST[name])
    stored = store(name, content)
    kept = files.read(stored)
    assert stored.size == len(kept) and len(stored.sha256) == 64
    assert [files.path_of(stored)] == left_in(media)
    assert corpus.SECRET not in kept
    if name.endswith(".pdf"):
        assert kept == content
    else:
        image = Image.open(io.BytesIO(kept))
        image.load()
        assert image.size == (stored.width, stored.height)
        assert not image.getexif() and not set(image.info) - {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
        }
        assert stored.media_type == Image.MIME[image.format]


def test_an_upright_photo_stays_upright(media):
    stored = store("photo.jpg", made(corpus.jpeg))
    assert (stored.width, stored.height) == (480, 640)


def test_an_iphone_photo_becomes_readable_everywhere(media):
    stored = store("IMG_1.HEIC", made(corpus.heic))
    assert (stored.name, stored.media_type) == ("IMG_1.jpg", "image/jpeg")


@pytest.mark.parametrize("name", corpus.HOSTILE)
def test_hostile_files_are_refused_and_leave_nothing(name, media, figure):
    make, codes = corpus.HOSTILE[name]
    content, started = made(make), time.monotonic()
    with pytest.raises(RuleBroken) as refusal:
        store(name, content)
    assert refusal.value.code in codes
    assert name in refusal.value.message and "{" not in refusal.value.message
    assert time.monotonic() - started < 10
    assert left_in(media) == [] and not StoredFile.objects.exists()
    figure(f"P8: {len(corpus.HOSTILE)} hostile files, each refused within 10 s")


@pytest.mark.parametrize("name", ["bomb.png", "lying.png", "text.png", "deep.pdf", "big.JPEG", "phone.heic"])
def test_the_child_stays_within_its_memory(name, tmp_path, figure):
    """Peak of one check, measured by a parent that has this one child."""
    make = corpus.HONEST.get(name) or corpus.HOSTILE[name][0]
    source = tmp_path / "source"
    source.write_bytes(made(make))
    kind = {"png": "png", "pdf": "pdf", "heic": "heic"}.get(name.rpartition(".")[2], "jpeg")
    measure = (
        "import resource, subprocess, sys, json;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-I", file_check.__file__, kind, str(source), str(tmp_path / "target")]
    peak = subprocess.run(
        [sys.executable, "-c", measure, *command], capture_output=True, text=True, check=True, timeout=60
    )
    megabytes = int(peak.stdout) // 1024
    assert megabytes <= 400
    figure(f"P8: {name} checked with {megabytes} MB")


def test_the_child_limits_itself():
    code = "import file_check as f, resource as r; f.limit_self(); print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0])"
    folder = str(file_check.Path(file_check.__file__).parent)
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    ).stdout
    assert out.split() == [str(file_check.MEMORY), str(file_check.SECONDS)]
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != file_check.MEMORY


def test_a_child_that_dies_or_hangs_is_a_refusal(monkeypatch):
    for failure in (subprocess.CalledProcessError(-9, "x"), subprocess.TimeoutExpired("x", 1)):
        monkeypatch.setattr(subprocess, "run", lambda *a, error=failure, **k: (_ for _ in ()).throw(error))
        with pytest.raises(files.FileRefused) as refusal:
            store("photo.jpg", made(corpus.jpeg))
        assert refusal.value.code == "heavy"


def test_an_upload_that_lies_about_its_size_is_cut_off(settings):
    settings.UPLOAD_MAX_BYTES = 1000
    liar = upload("photo.jpg", made(corpus.jpeg))
    liar.size = 10
    with pytest.raises(files.FileRefused) as refusal:
        files.store(liar, organization=None, by=None)
    assert refusal.value.code == "size"


# --- photos -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make"), [("a.jpg", corpus.jpeg), ("b.heic", corpus.heic), ("c.png", corpus.png)]
)
def test_a_photo_keeps_its_original_and_shows_a_clean_copy(name, make, media):
    person = ground_people.person("expert")
    photo = files.store_photo(upload(name, made(make)), organization=ground_people.organization(), by=person)
    assert files.read(photo.original) == made(make)
    shown = files.read(photo.shown)
    assert shown[:3] == b"\xff\xd8\xff" and corpus.SECRET not in shown and b"GPS" not in shown
    assert not Image.open(io.BytesIO(shown)).getexif()
    assert {photo.shown.width, photo.shown.height} == {480, 640}
    assert (photo.latitude, photo.longitude) == (Decimal("31.31667"), Decimal("48.66667"))
    assert photo.taken_at == dt.datetime(2026, 11, 20, 10, 42, 7, tzinfo=dt.timezone(dt.timedelta(hours=3.5)))
    assert photo.original.uploaded_by == person


def test_the_shown_copy_is_small(media):
    photo = files.store_photo(upload("big.jpg", made(corpus.large_jpeg)), organization=None, by=None)
    assert max(photo.shown.width, photo.shown.height) == 1600
    assert photo.shown.media_type == "image/jpeg" and photo.shown.size < photo.original.size


@pytest.mark.parametrize(
    ("parts", "side", "value"),
    [
        ((31, 19, 0), "N", 31.31667),
        ((31, 19, 0), "S", -31.31667),
        ((float("nan"), 0, 0), "N", None),
        ((91, 0, 0), "N", None),
        ((1, 2), "N", None),
        (None, None, None),
        ("abc", "N", None),
    ],
)
def test_places_of_cameras(parts, side, value):
    assert file_check.degrees(parts, side, "S", 90) == value


@pytest.mark.parametrize(
    ("taken", "offset", "hour"),
    [
        ("2026:11:20 10:42:07", "+03:30", 10),
        ("2026:11:20 10:42:07", "", 10),
        ("0000:00:00 00:00:00", "", None),
        ("", "", None),
        ("2026:11:20 10:42:07", "odd", None),
    ],
)
def test_times_of_cameras(taken, offset, hour):
    moment = files._moment(taken, offset)
    assert (moment and moment.hour) == hour
    assert moment is None or moment.utcoffset() == dt.timedelta(hours=3.5)


def test_no_photo_without_an_image_and_no_place_without_both_halves(media):
    with pytest.raises(files.FileRefused) as refusal:
        files.store_photo(upload("letter.pdf", made(corpus.pdf)), organization=None, by=None)
    assert refusal.value.code == "photo"
    bare = corpus.jpeg(exif=corpus.exif(place=None, taken=""))
    photo = files.store_photo(upload("a.jpg", bare), organization=None, by=None)
    assert (photo.latitude, photo.longitude, photo.taken_at) == (None, None, None)


# --- limits, names, answers ---------------------------------------------------------------------------------


def test_a_full_organization_is_told(settings):
    organization = ground_people.organization()
    settings.UPLOAD_QUOTA_BYTES = settings.UPLOAD_MAX_BYTES + 100
    files.store(upload("letter.pdf", made(corpus.pdf)), organization=organization, by=None)
    with pytest.raises(files.FileRefused) as refusal:
        files.store(upload("letter.pdf", made(corpus.pdf)), organization=organization, by=None)
    assert refusal.value.code == "quota"
    settings.UPLOAD_QUOTA_BYTES = 0
    files.store(upload("letter.pdf", made(corpus.pdf)), organization=organization, by=None)


def found_something(path):
    return "Test.Virus"


def test_a_scanner_may_refuse_and_keeps_the_file_apart(settings, media):
    settings.UPLOAD_SCANNER = f"{__name__}.found_something"
    with pytest.raises(files.FileRefused) as refusal:
        store("letter.pdf", made(corpus.pdf))
    assert refusal.value.code == "virus"
    assert [path.parent.name for path in left_in(media)] == ["quarantine"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("C:\\دفتر\\نامه.pdf", "نامه.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe\r\nX: y", "agpj.exe X: y"),
        ("نامه\u200cها.pdf", "نامه\u200cها.pdf"),
        ("", "بی‌نام"),
        (None, "بی‌نام"),
    ],
)
def test_names_are_harmless(raw, name):
    assert files.clean_name(raw) == name


def test_a_long_name_keeps_its_suffix():
    name = files.clean_name("ن" * 300 + ".pdf")
    assert len(name) == 200 and name.endswith(".pdf")


def test_what_the_portal_makes_is_kept_as_it_is(tmp_path):
    (tmp_path / "made").write_bytes(b"three")
    contents = (b"one", [b"t", b"w", b"o"], tmp_path / "made")
    kept = [
        files.store_made(content, name="a.csv", media_type="text/csv", organization=None, by=None)
        for content in contents
    ]
    assert [files.read(stored) for stored in kept] == [b"one", b"two", b"three"]
    assert {stored.media_type for stored in kept} == {"text/csv"}


def served(stored, **how):
    """Headers and content of an answer, closed again."""
    answer = files.serve(stored, **how)
    with closing(answer.file_to_stream):
        return answer.headers, b"".join(answer.streaming_content)


def test_an_answer_with_a_file_can_do_nothing():
    headers, content = served(store("نامه.pdf", made(corpus.pdf)), inline=True)
    assert content == made(corpus.pdf)
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    image = store("a.png", made(corpus.png))
    for how, disposition in (
        ({}, "attachment"),
        ({"inline": True}, "inline"),
        ({"download": False}, "inline"),
    ):
        assert served(image, **how)[0]["Content-Disposition"].startswith(disposition)


def test_a_missing_file_is_not_found():
    stored = store("letter.pdf", made(corpus.pdf))
    files.path_of(stored).unlink()
    with pytest.raises(Http404):
        files.serve(stored)


def test_nobody_else_on_the_machine_reads_the_files(media):
    stored = store("letter.pdf", made(corpus.pdf))
    path = files.path_of(stored)
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0
    assert stored.name not in str(path)


def test_every_problem_of_the_child_has_a_sentence():
    source = file_check.Path(file_check.__file__).read_text(encoding="utf-8")
    actives = {*file_check.ACTIVE_ACTIONS.values(), *file_check.ACTIVE_KEYS.values(), "open"}
    assert {f"active-{word}" for word in actives} <= set(files.SENTENCES)
    for code in ("polyglot", "pixels", "locked", "broken", "pages", "heavy"):
        assert f'"{code}"' in source and code in files.SENTENCES
    assert json.dumps(files.SENTENCES)
