"""The child process that prints: the same bytes, and an end to whatever takes too long or too much."""

import pytest

from reports.pdf import render_pdf
from reports.pdf_apart import PdfFailed, render_pdf_apart
from tests.reports import sample_r1


def test_the_child_gives_the_same_bytes_and_tells_its_progress() -> None:
    report = sample_r1.small()
    steps: list[tuple[int, int, str]] = []
    content = render_pdf_apart(report, draft=True, progress=lambda *step: steps.append(step))
    assert content == render_pdf(report, draft=True)
    assert [(done, total) for done, total, _ in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert steps[-1][2] == "آماده شد"


def test_a_child_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(PdfFailed, match="ثانیه طول کشید"):
        render_pdf_apart(sample_r1.small(), draft=False, seconds=1)


def test_a_child_that_takes_too_much_memory_fails_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PdfFailed, match="ساخته نشد"):
        render_pdf_apart(sample_r1.sample(), draft=False, megabytes=120)


def test_pictures_travel_with_the_order() -> None:
    report, photos = sample_r1.sample(), sample_r1.photos()
    content = render_pdf_apart(report, draft=False, photos=photos)
    assert content.count(b"/Subtype /Image") == len(photos)
