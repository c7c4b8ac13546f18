"""Evidence: attached while its line is open, read by whoever sees the submission, taken away with a trace."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import PeriodWindow
from budget_portal.models import AuditEntry
from monitoring.models import SubmissionDocument
from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_document
from tests.monitoring.visit_cases import drawn

pytestmark = pytest.mark.django_db


def pdf(name: str = "s5.pdf") -> SimpleUploadedFile:
    made, page = io.BytesIO(), pikepdf.new()
    page.add_blank_page()
    page.save(made)
    return SimpleUploadedFile(name, made.getvalue(), content_type="application/pdf")


def attach(cast: Cast, case: Any, *, who: str = "agency_user", **fields: Any) -> Any:
    data = {"line": "", "title": "صورت‌وضعیت ۵", "file": pdf()} | fields
    return cast.client(who).post(f"/documents/{case.submission.pk}/", data)


def test_a_pdf_and_a_picture_are_attached_to_their_lines(cast: Cast) -> None:
    case = make_capital_case(cast)
    project = case.projects[0]
    assert attach(cast, case, line=f"project:{project.pk}").status_code == 302
    assert attach(cast, case, file=drawn(), title="عکس کارگاه").status_code == 302
    first, second = SubmissionDocument.objects.order_by("pk")
    assert (first.project, second.project) == (project, None)
    page = cast.client("agency_user").get(f"/documents/{case.submission.pk}/").content.decode()
    assert "صورت‌وضعیت ۵" in page
    assert "همهٔ پرونده" in page
    assert (
        list(AuditEntry.objects.filter(event="document.added").values_list("actor", flat=True))
        == [cast.agency_user.pk] * 2
    )


def test_expense_evidence_belongs_to_a_programme(cast: Cast) -> None:
    case = make_expense_case(cast)
    programme = case.lines_of[0][0]
    attach(cast, case, line=f"programme:{programme.pk}")
    assert SubmissionDocument.objects.get().programme == programme


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": SimpleUploadedFile("a.pdf", b"no pdf at all")}, "پذیرفته"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ....")}, "پذیرفته"),
        ({"file": ""}, "پیوست کنید"),
        ({"title": ""}, "«عنوان سند» را وارد کنید"),
        ({"line": "project:999999"}, "خطا"),
    ],
)
def test_what_is_refused_says_why_and_keeps_the_form(cast: Cast, fields: dict[str, Any], said: str) -> None:
    case = make_capital_case(cast)
    answer = attach(cast, case, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SubmissionDocument.objects.exists()


def test_a_line_of_another_agency_is_no_choice(cast: Cast) -> None:
    case, other = make_capital_case(cast), make_capital_case(cast, agency=cast.agency2)
    assert attach(cast, case, line=f"project:{other.projects[0].pk}").status_code == 422


def test_a_locked_submission_takes_none(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    assert attach(cast, case).status_code == 409
    assert attach(cast, case, who="treasurer").status_code == 403
    page = cast.client("agency_user").get(f"/documents/{case.submission.pk}/").content.decode()
    assert "aria-disabled" in page


def test_a_returned_line_takes_evidence_and_its_neighbour_does_not(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("returned")
    first, second = case.projects
    assert attach(cast, case, line=f"project:{first.pk}").status_code == 302
    assert attach(cast, case, line=f"project:{second.pk}").status_code == 409
    assert attach(cast, case).status_code == 409


def test_download_is_an_attachment_for_readers_only(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    attach(cast, case)
    url = f"/documents/file/{SubmissionDocument.objects.get().pk}/"
    assert cast.client("expert").get(url).status_code == 404  # a draft is the agency's own
    case.at("submitted")
    for who in ("agency_user", "treasurer", "expert", "consolidation", "auditor"):
        answer = cast.client(who).get(url)
        assert answer.status_code == 200, who
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    for who in ("treasurer2", "far_auditor", "complaints", "admin", "nobody"):
        assert cast.client(who).get(url).status_code == 404, who


def test_removal_leaves_a_trace_and_no_address(cast: Cast) -> None:
    case = make_capital_case(cast)
    document = make_document(cast, case.submission)
    client = cast.client("agency_user")
    assert client.post(f"/documents/file/{document.pk}/remove/").status_code == 302
    assert client.get(f"/documents/file/{document.pk}/").status_code == 404
    entry = AuditEntry.objects.get(event="document.removed")
    assert entry.before["title"] == document.title
    client.post(f"/documents/file/{document.pk}/remove/")  # twice is once
    assert AuditEntry.objects.filter(event="document.removed").count() == 1


@pytest.mark.parametrize(
    "state", ["submitted", "treasurer_confirmed", "under_review", "approved", "returned"]
)
def test_removal_rests_while_the_line_is_locked(cast: Cast, state: str) -> None:
    case = make_capital_case(cast, filled=True)
    document = make_document(
        cast, case.submission
    )  # of the whole, which the return of one line does not open
    case.at(state)
    assert cast.client("agency_user").post(f"/documents/file/{document.pk}/remove/").status_code == 409
    document.refresh_from_db()
    assert document.removed_at is None
    assert not AuditEntry.objects.filter(event="document.removed").exists()


def test_removal_rests_when_the_window_has_closed(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    document = make_document(cast, case.submission)
    window = cast.window("capital", state="open")
    PeriodWindow.objects.filter(pk=window.pk).update(state="closed")
    assert cast.client("agency_user").post(f"/documents/file/{document.pk}/remove/").status_code == 409
    document.refresh_from_db()
    assert document.removed_at is None


def test_removal_is_open_again_when_the_whole_is_reopened(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    document = make_document(cast, case.submission)
    case.at("reopened")
    assert cast.client("agency_user").post(f"/documents/file/{document.pk}/remove/").status_code == 302
    document.refresh_from_db()
    assert document.removed_at
