"""An agreement on paper: every form and figure of the page, both parties, and the same bytes again."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from budget_portal import files, jobs
from budget_portal.models import Job
from reports import agreement_print
from tests.agreements.making import advance, drafted
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def pages(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize(
    ("kind", "forms"), [("capital", ("CA-1", "CA-4", "CA-6")), ("expense", ("۲-الف", "۳", "۷"))]
)
def test_forms_are_numbered_and_both_parties_sign(cast: Cast, kind: str, forms: tuple[str, ...]) -> None:
    row = advance(cast, kind, drafted(cast, kind), "exchanged")
    text = agreement_print.html_of(row)
    for code in forms:
        assert f'<span class="code">{code}</span>' in text
    assert str(cast.agency_head) in text
    assert f"رئیس {cast.organization}" in text
    assert "فاقد اعتبار" not in text
    assert agreement_print.pdf_of(row).startswith(b"%PDF")


def test_a_draft_says_that_it_is_one(cast: Cast) -> None:
    assert "پیش‌نویس – فاقد اعتبار" in agreement_print.html_of(drafted(cast, "capital"))


def test_the_same_version_gives_the_same_bytes(cast: Cast) -> None:
    row = advance(cast, "expense", drafted(cast, "expense"), "exchanged")
    assert agreement_print.pdf_of(row) == agreement_print.pdf_of(row)


def test_the_job_leaves_the_file_to_who_asked(cast: Cast) -> None:
    row = advance(cast, "capital", drafted(cast, "capital"), "exchanged")
    answer = cast.client("expert").post(f"/agreements/capital/{row.pk}/print/")
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.public_id}/"
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.requester) == ("done", cast.expert)
    assert "موافقتنامهٔ" in pages(files.read(job.file))
