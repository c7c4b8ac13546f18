"""The citizen's pages and the desk: what they keep, refuse, show and hide."""

from __future__ import annotations

import datetime as dt
import io
import re

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from budget_portal import files, outbox, worklist
from budget_portal.identifiers import mask
from budget_portal.models import Alert, SentMessage, StoredFile
from complaints import attachments, limits
from complaints.models import Complaint, ComplaintAttachment, DraftAttachment
from complaints.workflow import complaints as workflow
from tests import factories
from tests.cast import Cast
from tests.complaints.making import (
    ANSWER,
    CONTACT,
    MOBILE,
    PERSON,
    REASON,
    SUBJECT,
    TEXT,
    codes_of,
    file_through_pages,
    make_case,
    problems,
)

pytestmark = pytest.mark.django_db
SUBJECT_URL, CONTACT_URL = "/complaints/new/subject/", "/complaints/new/contact/"


@pytest.fixture
def citizen(cast: Cast) -> Client:
    """A browser without an account, where one organization has a desk."""
    cast.complaints  # noqa: B018
    return Client()


def photo() -> SimpleUploadedFile:
    """A JPEG that says where and with what it was taken."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "CameraOfSender"
    Image.new("RGB", (40, 30), "teal").save(made, "JPEG", exif=exif)
    return SimpleUploadedFile("عکس محل.jpg", made.getvalue(), "image/jpeg")


def letter() -> SimpleUploadedFile:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = "WriterOfLetter"
        with pdf.open_metadata() as meta:
            meta["dc:creator"] = ["WriterOfLetter"]
        pdf.save(made)
    return SimpleUploadedFile("letter.pdf", made.getvalue(), "application/pdf")


# --- filing -------------------------------------------------------------------------------------------------


def test_without_a_desk_nothing_can_be_filed(db: None) -> None:
    page = Client().get(SUBJECT_URL)
    assert "هنوز هیچ سازمانی" in page.content.decode()


def test_later_steps_wait_for_earlier_ones(citizen: Client) -> None:
    assert citizen.get(CONTACT_URL)["Location"] == SUBJECT_URL
    assert citizen.get("/complaints/new/check/")["Location"] == SUBJECT_URL
    citizen.post(SUBJECT_URL, SUBJECT)
    assert citizen.get("/complaints/new/check/")["Location"] == CONTACT_URL


def test_what_was_typed_stays_right_or_wrong(citizen: Client) -> None:
    refused = citizen.post(SUBJECT_URL, SUBJECT | {"text": "کوتاه"})
    assert refused.status_code == 422
    assert "«شرح» باید دست‌کم ۲۰ نویسه باشد" in problems(refused)
    assert "کوتاه</textarea>" in citizen.get(SUBJECT_URL).content.decode()
    citizen.post(SUBJECT_URL, SUBJECT)
    wrong = citizen.post(CONTACT_URL, CONTACT | {"national_code": "1234567890"})
    assert wrong.status_code == 422
    assert PERSON.name in citizen.get(CONTACT_URL).content.decode()
    assert TEXT in citizen.get(SUBJECT_URL).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"national_code": ""}, "«کد ملی» را وارد کنید."),
        ({"national_code": "123"}, "کد ملی باید ۱۰ رقم باشد"),
        ({"mobile": "08123456789"}, "شمارهٔ همراه باید"),
        ({"name": ""}, "«نام و نام خانوادگی» را وارد کنید."),
        ({"identity": "none"}, "انتخاب"),
        ({"identity": "company", "legal_name": "شرکت", "legal_id": "10380284792"}, "شناسهٔ ملی درست نیست"),
        ({"identity": "company", "legal_name": "شرکت", "legal_id": "10380284790"}, "«نام نماینده»"),
        ({"identity": "agency"}, "«نام شرکت، مؤسسه یا دستگاه» را وارد کنید."),
    ],
)
def test_identity_of_a_complaint(citizen: Client, changes, sentence) -> None:
    citizen.post(SUBJECT_URL, SUBJECT)
    refused = citizen.post(CONTACT_URL, CONTACT | changes)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_company_is_kept_without_the_fields_of_a_person(citizen: Client) -> None:
    company = CONTACT | {
        "identity": "company",
        "legal_name": "شرکت نمونه",
        "legal_id": "۱۰۳۸۰۲۸۴۷۹۰",
        "representative": "م. نمونه",
    }
    file_through_pages(citizen, SUBJECT, company)
    sender = Complaint.objects.get().sender
    content = workflow.sealing.unseal(sender.sealed)
    assert sender.kind == "company"
    assert content == {
        "name": "شرکت نمونه",
        "legal_id": "10380284790",
        "representative": "م. نمونه",
        "mobile": MOBILE,
    }


def test_report_is_never_asked_who(citizen: Client) -> None:
    receipt = file_through_pages(citizen, SUBJECT | {"kind": "report"}, None)
    assert "پاسخ شخصی داده نمی‌شود" in receipt.content.decode()
    assert not hasattr(Complaint.objects.get(), "sender")


def test_suggestion_may_be_anonymous(citizen: Client) -> None:
    file_through_pages(citizen, SUBJECT | {"kind": "suggestion"}, {"identity": "none"})
    assert not hasattr(Complaint.objects.get(), "sender")


def test_turning_a_suggestion_into_a_complaint_asks_again(citizen: Client) -> None:
    citizen.post(SUBJECT_URL, SUBJECT | {"kind": "suggestion"})
    citizen.post(CONTACT_URL, {"identity": "none"})
    citizen.post(SUBJECT_URL, SUBJECT)
    assert citizen.get("/complaints/new/check/")["Location"] == CONTACT_URL


def test_machines_fall_into_the_trap(citizen: Client) -> None:
    assert citizen.post(SUBJECT_URL, SUBJECT | {"website": "spam"})["Location"] == "/"
    citizen.post(SUBJECT_URL, SUBJECT)
    assert citizen.post(CONTACT_URL, CONTACT | {"website": "spam"})["Location"] == "/"


def test_filing_is_limited_by_address(citizen: Client, monkeypatch) -> None:
    monkeypatch.setattr(limits, "FILINGS_PER_HOUR", 1)
    monkeypatch.setattr(limits.too_many, "__defaults__", (1,))
    citizen.post(SUBJECT_URL, SUBJECT, REMOTE_ADDR="192.0.2.5")
    citizen.post(CONTACT_URL, CONTACT)
    assert citizen.post("/complaints/new/check/", REMOTE_ADDR="192.0.2.5").status_code == 302
    citizen.post(SUBJECT_URL, SUBJECT)
    citizen.post(CONTACT_URL, CONTACT)
    assert citizen.post("/complaints/new/check/", REMOTE_ADDR="192.0.2.5").status_code == 429
    assert Complaint.objects.count() == 1


# --- about whom ---------------------------------------------------------------------------------------------


def test_project_by_code_and_by_link(citizen: Client, cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    page = citizen.get(f"{SUBJECT_URL}?project={project.public_id}&kind=question").content.decode()
    assert f'value="{project.code}"' in page
    file_through_pages(citizen, SUBJECT | {"about": project.code.lower()}, CONTACT)
    case = Complaint.objects.get()
    assert (case.project, case.agency) == (project, cast.agency)


def test_agency_by_a_part_of_its_name(citizen: Client, cast: Cast) -> None:
    assert cast.agency
    assert cast.agency2
    several = citizen.post(SUBJECT_URL, SUBJECT | {"about": "اداره كل"})
    assert several.status_code == 422
    page = several.content.decode()
    assert "منظورتان کدام است؟" in page
    assert cast.agency.name in page
    assert "1001" not in page  # names, no codes
    file_through_pages(citizen, SUBJECT | {"about": "اداره كل", "choice": f"a{cast.agency2.pk}"}, CONTACT)
    assert Complaint.objects.get().agency == cast.agency2


def test_agency_of_another_province_is_not_found(citizen: Client, cast: Cast) -> None:
    assert cast.far_agency
    refused = citizen.post(SUBJECT_URL, SUBJECT | {"about": "دور"})
    assert "دستگاه یا پروژه‌ای با این نام یا کد نیست" in problems(refused)


def test_organization_is_chosen_where_there_are_several(citizen: Client, cast: Cast) -> None:
    cast.far_complaints  # noqa: B018
    assert "«استان یا سازمان» را انتخاب کنید." in problems(citizen.post(SUBJECT_URL, SUBJECT))
    file_through_pages(citizen, SUBJECT | {"organization": cast.far_organization.pk}, CONTACT)
    assert Complaint.objects.get().organization == cast.far_organization


# --- files --------------------------------------------------------------------------------------------------


def test_files_are_kept_over_the_steps_and_bare_of_their_maker(citizen: Client) -> None:
    refused = citizen.post(SUBJECT_URL, SUBJECT | {"text": "", "uploads": [photo(), letter()]})
    assert refused.status_code == 422
    assert DraftAttachment.objects.count() == 2  # good files need not be chosen again
    file_through_pages(citizen, SUBJECT, CONTACT)
    kept = [row.file for row in ComplaintAttachment.objects.all()]
    assert [row.name for row in kept] == ["عکس محل.jpg", "letter.pdf"]
    contents = [files.read(row) for row in kept]
    assert not [one for one in contents if b"CameraOfSender" in one or b"WriterOfLetter" in one]
    assert DraftAttachment.objects.count() == 0
    assert StoredFile.objects.count() == 2


def test_a_kept_file_can_be_taken_away(citizen: Client) -> None:
    citizen.post(SUBJECT_URL, SUBJECT | {"uploads": [photo()]})
    token = DraftAttachment.objects.get().token
    page = citizen.post(SUBJECT_URL, SUBJECT | {"remove": str(token)})
    assert page.status_code == 200
    assert StoredFile.objects.count() == 0
    assert TEXT in page.content.decode()


def test_somebody_elses_file_cannot_be_taken_away(citizen: Client) -> None:
    citizen.post(SUBJECT_URL, SUBJECT | {"uploads": [photo()]})
    token = DraftAttachment.objects.get().token
    Client().post(SUBJECT_URL, SUBJECT | {"remove": str(token)})
    assert DraftAttachment.objects.count() == 1


def test_six_files_and_other_types_are_refused(citizen: Client) -> None:
    many = citizen.post(SUBJECT_URL, SUBJECT | {"uploads": [photo() for _ in range(6)]})
    assert "حداکثر ۵ پرونده" in problems(many)
    other = SimpleUploadedFile("a.html", b"<script>alert(1)</script>", "image/jpeg")
    assert "تنها تصویر" in problems(citizen.post(SUBJECT_URL, SUBJECT | {"uploads": [other]}))
    assert DraftAttachment.objects.count() == 0


def test_unfiled_files_are_forgotten_after_a_day(citizen: Client) -> None:
    citizen.post(SUBJECT_URL, SUBJECT | {"uploads": [photo()]})
    stored = StoredFile.objects.get()
    assert attachments.forget_drafts(timezone.now()) == 0
    assert attachments.forget_drafts(timezone.now() + dt.timedelta(hours=25)) == 1
    assert not files.path_of(stored).exists()
    assert StoredFile.objects.count() == 0


# --- following ----------------------------------------------------------------------------------------------


def held(case: Complaint) -> Client:
    client = Client()
    session = client.session
    session["complaint_case"] = case.pk
    session.save()
    return client


def test_sender_sees_offices_and_no_people_or_notes(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    workflow.note(case.pk, by=cast.expert, text="با دستگاه هماهنگ شود")
    workflow.read_sender(case.pk, by=cast.expert, reason=REASON)
    page = held(case).get("/complaints/case/").content.decode()
    assert "گروه امور زیربنایی" in page
    for hidden in (
        cast.expert.full_name,
        cast.complaints.full_name,
        "با دستگاه هماهنگ شود",
        REASON,
        PERSON.name,
    ):
        assert hidden not in page
    assert case.public_number not in held(case).get("/complaints/case/").wsgi_request.get_full_path()


def test_answer_of_a_report_is_not_shown(cast: Cast) -> None:
    case = make_case(cast, "answered", kind="report", sender=None, wants_sms=False)
    page = held(case).get("/complaints/case/").content.decode()
    assert ANSWER not in page
    assert "پاسخ شخصی داده نمی‌شود" in page


def test_files_of_another_case_are_not_served(cast: Cast) -> None:
    stored = files.store_made(b"x", name="a.pdf", media_type="application/pdf", organization=None, by=None)
    mine, other = make_case(cast), make_case(cast)
    attachment = ComplaintAttachment.objects.create(complaint=other, file=stored)
    url = f"/complaints/case/files/{attachment.public_id}/"
    assert held(mine).get(url).status_code == 404
    answer = held(other).get(url)
    assert (answer.status_code, b"".join(answer)) == (200, b"x")


def test_more_evidence_when_asked_and_only_then(cast: Cast) -> None:
    case = make_case(cast, "needs_info")
    citizen = held(case)
    sent = citizen.post("/complaints/case/add/", {"text": "کنار سه‌راه", "uploads": [photo()]})
    assert sent.status_code == 302
    assert case.attachments.count() == 1
    again = citizen.post("/complaints/case/add/", {"text": "کنار سه‌راه", "uploads": [photo()]})
    assert again.status_code == 409
    assert StoredFile.objects.count() == 1  # what was refused is not kept


def test_withdrawing_ends_the_case(cast: Cast) -> None:
    citizen = held(make_case(cast, "assigned"))
    assert citizen.post("/complaints/case/withdraw/", {}).status_code == 302
    assert "انصراف" in citizen.get("/complaints/case/").content.decode()
    assert citizen.post("/complaints/case/withdraw/", {}).status_code == 409


def test_leaving_forgets_the_case(cast: Cast) -> None:
    citizen = held(make_case(cast))
    citizen.post("/complaints/case/leave/")
    assert citizen.get("/complaints/case/")["Location"] == "/complaints/track/"


def test_opening_a_case_changes_the_session_id(citizen: Client) -> None:
    number, secret = codes_of(file_through_pages(citizen, SUBJECT, CONTACT))
    before = citizen.session.session_key
    citizen.post("/complaints/track/", {"number": number, "key": secret})
    assert citizen.session.session_key != before


def test_private_pages_are_not_stored(cast: Cast, citizen: Client) -> None:
    case = held(make_case(cast))
    for client, url in ((citizen, SUBJECT_URL), (citizen, "/complaints/track/"), (case, "/complaints/case/")):
        assert "no-store" in client.get(url)["Cache-Control"]


# --- the desk -----------------------------------------------------------------------------------------------


def test_identity_is_shown_once_with_a_reason(cast: Cast) -> None:
    case = make_case(cast, "assigned")
    desk = cast.client("complaints")
    url = f"/desk/{case.pk}/"
    assert PERSON.name not in desk.get(url).content.decode()
    assert desk.post(f"{url}sender/", {"reason": "کوتاه"}).status_code == 422
    shown = desk.post(f"{url}sender/", {"reason": REASON})
    assert PERSON.name in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert PERSON.name not in desk.get(url).content.decode()


def test_refused_form_keeps_what_was_typed(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    refused = cast.client("expert").post(f"/desk/{case.pk}/reply/", {"text": ANSWER, "outcome": ""})
    assert refused.status_code == 422
    assert ANSWER in refused.content.decode()
    assert "«نتیجه» را انتخاب کنید." in refused.content.decode()


def test_page_of_an_older_version_is_a_conflict(cast: Cast) -> None:
    case = make_case(cast, "in_progress")
    expert = cast.client("expert")
    data = {"text": ANSWER, "outcome": "solved", "version": case.version}
    assert expert.post(f"/desk/{case.pk}/reply/", data).status_code == 302
    assert expert.post(f"/desk/{case.pk}/reply/", data).status_code == 409


def test_tabs_and_filters(cast: Cast) -> None:
    new, held_case = make_case(cast), make_case(cast, "in_progress", kind="question", sender=None)
    late = make_case(cast, "assigned", subject="دیرکرد نمونه")
    Complaint.objects.filter(pk=late.pk).update(due_on=dt.date(2020, 1, 1))
    desk = cast.client("complaints")

    def listed(query: str) -> set[int]:
        page = desk.get(f"/desk/{query}").content.decode()
        return {int(pk) for pk in re.findall(r'queue__link" href="/desk/(\d+)/', page)}

    assert listed("?tab=unassigned") == {new.pk}
    assert listed("?tab=overdue") == {late.pk}
    assert listed("?tab=all") == {new.pk, held_case.pk, late.pk}
    assert listed("?tab=all&kind=question") == {held_case.pk}
    assert listed("?tab=all&state=assigned") == {late.pk}
    assert listed("?tab=mine") == {new.pk}


@pytest.mark.parametrize("path", ["/desk/?tab=all", "/desk/{pk}/?tab=all"])
def test_queries_do_not_grow_with_the_queue(cast: Cast, path: str, django_assert_max_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cases = [make_case(cast, "in_progress", agency=cast.agency) for _ in range(3)]
    desk, url = cast.client("complaints"), path.format(pk=cases[0].pk)
    desk.get(url)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(url).status_code == 200
        return len(captured)

    few = queries()
    for _ in range(22):
        make_case(cast, agency=cast.agency)
    assert queries() == few
    assert few <= 30


# --- messages -----------------------------------------------------------------------------------------------


def test_sms_carries_the_number_and_no_word_of_the_case(cast: Cast) -> None:
    cast.deputy  # noqa: B018
    make_case(cast, "objected")
    outbox.deliver_all()
    sent = SentMessage.objects.filter(channel="sms")
    assert set(sent.values_list("recipient", flat=True)) == {
        mask(MOBILE)
    }  # beside the number it would open the case
    assert sent.count() == 4  # registered, started, answered, objected
    told = " ".join(sent.values_list("text", flat=True))
    for hidden in (SUBJECT["subject"], TEXT, ANSWER, PERSON.name):
        assert hidden not in told
    assert set(Alert.objects.values_list("person__username", flat=True)) == {
        "complaints",
        "expert",
        "deputy",
    }


def test_no_sms_without_being_asked_for(cast: Cast) -> None:
    make_case(cast, wants_sms=False)
    make_case(cast, kind="report", sender=None, wants_sms=False)
    outbox.deliver_all()
    assert not SentMessage.objects.filter(channel="sms").exists()


# --- what waits for whom --------------------------------------------------------------------------------------


def titles(person: object) -> list[str]:
    return [item.title.split(":")[0] for item in worklist.todo(person) if "/desk/" in item.url]


def test_inbox_says_whose_turn_it_is(cast: Cast) -> None:
    cast.deputy  # noqa: B018
    make_case(cast)
    make_case(cast, "assigned")
    make_case(cast, "objected")
    written = make_case(cast, "in_progress", assignee=cast.complaints)
    workflow.write_answer(written.pk, by=cast.complaints, text=ANSWER, outcome="solved")
    assert titles(cast.complaints) == ["ارجاع درخواست"]
    assert titles(cast.expert) == ["آغاز بررسی"]
    assert sorted(titles(cast.deputy)) == ["بازبینی و ارسال پاسخ", "رسیدگی به اعتراض"]
    assert titles(cast.auditor) == titles(cast.head) == []


def test_deputy_is_told_when_there_is_no_second_officer(cast: Cast) -> None:
    cast.deputy  # noqa: B018
    case = make_case(cast, "in_progress", assignee=cast.complaints)
    workflow.write_answer(case.pk, by=cast.complaints, text=ANSWER, outcome="solved")
    outbox.deliver_all()
    assert Alert.objects.filter(person=cast.deputy, text__contains="نفر دوم").exists()
