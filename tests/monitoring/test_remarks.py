"""What is said beside the figures: by whom, of what, and that nothing said is lost or altered."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from budget_portal import audit, outbox
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert, OutboxMessage
from monitoring import remarks
from monitoring.models import PerformanceSubmission, SubmissionRemark
from monitoring.presenters.remarks import threads
from monitoring.remarks import Place
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def open_cells(case: Case) -> list[str]:
    rows = SubmissionRemark.objects.for_user(case.agency_user).open().filter(submission=case.submission)
    return list(rows.values_list("cell", flat=True))


def test_a_question_on_a_cell_is_answered_settled_and_asked_again(cast: Cast) -> None:
    case = make_capital_case(cast).at("submitted")
    cell = f"capital:{case.lines[0].pk}:spent"
    asked = remarks.add(
        case.submission.pk, "این رقم از کجاست؟", by=case.treasurer, sort="question", place=Place(cell)
    )
    assert asked.project == case.projects[0]
    assert "عملکرد" in asked.place
    remarks.answer(asked.pk, "صورت‌وضعیت ۵.", by=case.agency_user)
    asked.refresh_from_db()
    assert asked.answered_by == case.agency_user
    with pytest.raises(NotAllowed):
        remarks.resolve(asked.pk, by=case.agency_user)
    remarks.resolve(asked.pk, by=case.treasurer)
    with pytest.raises(WrongState):
        remarks.resolve(asked.pk, by=case.treasurer)
    again = cast.client("treasurer").post(reverse("monitoring:remark-resolve", args=[asked.pk]))
    assert (again.status_code, remarks.ALREADY in again.content.decode()) == (409, True)
    assert open_cells(case) == []
    remarks.reopen(asked.pk, by=case.treasurer)
    assert open_cells(case) == [cell]
    told = [row.event for row in audit.history(case.submission) if row.event.startswith("remark.")]
    assert told == ["remark.added", "remark.answered", "remark.resolved", "remark.unresolved"]
    (thread,) = threads(case.treasurer, case.submission, Place(cell))
    assert [said.text for said in thread.answers] == ["صورت‌وضعیت ۵."]


def test_a_project_is_asked_of_where_money_alone_is_entered(cast: Cast) -> None:
    case = make_capital_case(cast, cutoff="CLOSING", filled=True).at("submitted")
    page = cast.client("treasurer")
    url = reverse("monitoring:remark-add", args=[case.submission.pk])
    answer = page.post(url, {"text": "چرا؟", "sort": "question", "project": case.projects[0].pk})
    assert answer.status_code < 400
    asked = SubmissionRemark.objects.get(submission=case.submission)
    assert (asked.project, asked.place) == (case.projects[0], str(case.projects[0]))


def test_a_question_reaches_the_agency_and_its_answer_the_asker(cast: Cast) -> None:
    case = make_capital_case(cast).at("submitted")
    asked = remarks.add(case.submission.pk, "چرا؟", by=case.treasurer, sort="question")
    remarks.answer(asked.pk, "زیرا.", by=case.agency_user)
    for row in OutboxMessage.objects.filter(event__startswith="remark."):
        outbox.deliver(row.pk)
    assert {alert.person for alert in Alert.objects.filter(url__contains="/remarks/")} == {
        case.agency_user,
        case.treasurer,
    }


def test_a_place_belongs_to_the_submission(cast: Cast) -> None:
    case, other = make_capital_case(cast), make_expense_case(cast)
    line, activity = other.lines[0], other.activities[0]
    wrong = [
        Place(f"expense:{line.pk}:spent"),
        Place(f"capital:{case.lines[0].pk}:nothing"),
        Place("capital:x:spent"),
        Place(project=10**6),
        Place(programme=line.programme_id),
    ]
    for place in wrong:
        with pytest.raises(RuleBroken):
            remarks.add(case.submission.pk, "x", by=case.agency_user, place=place)
    with pytest.raises(RuleBroken):
        remarks.add(case.submission.pk, " \n", by=case.agency_user)
    said = remarks.add(
        other.submission.pk,
        "x",
        by=case.agency_user,
        place=Place(f"activity:{activity.pk}:cost"),
        sort="flag",
    )
    assert said.programme == activity.activity.programme
    assert said.expense_chapter is None
    narrow = Place(programme=line.programme_id, chapter=line.expense_chapter_id)
    assert remarks.add(other.submission.pk, "x", by=case.agency_user, place=narrow).expense_chapter


def test_talk_about_a_draft_stays_with_the_agency(cast: Cast) -> None:
    case = make_capital_case(cast)
    remarks.add(case.submission.pk, "هنوز بررسی می‌کنیم.", by=case.agency_user, sort="flag")
    with pytest.raises(PerformanceSubmission.DoesNotExist):
        remarks.add(case.submission.pk, "x", by=case.expert)
    assert not threads(case.expert, case.submission)
    case.at("submitted")
    assert threads(case.expert, case.submission)
    with pytest.raises(NotAllowed):
        remarks.add(case.submission.pk, "x", by=case.deputy)


def test_what_was_said_stays_as_it_was_said(cast: Cast) -> None:
    case = make_capital_case(cast)
    said = remarks.add(case.submission.pk, "نخست", by=case.agency_user)
    rows = SubmissionRemark.objects.filter(pk=said.pk)
    for change in (lambda: rows.update(text="دیگر"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_page_writes_shows_and_keeps_what_was_refused(cast: Cast) -> None:
    case = make_capital_case(cast)
    client, url = cast.client("agency_user"), f"/remarks/{case.submission.pk}/"
    place = f"cell=capital:{case.lines[0].pk}:spent"
    client.post(
        f"{url}add/", {"text": "این را <b>ببینید", "sort": "flag", "cell": place.removeprefix("cell=")}
    )
    page = client.get(f"{url}?{place}").content.decode()
    assert "این را &lt;b&gt;ببینید" in page
    assert f"open={case.projects[0].pk}" in page
    refused = client.post(f"{url}add/", {"text": " "})
    assert refused.status_code == 422
    assert "متن یادداشت را بنویسید" in refused.content.decode()
    assert client.post(f"{url}add/", {"text": "x", "next": "https://evil.example/"}).url == url
