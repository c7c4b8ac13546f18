"""The reviewer's desk: accept and next, together, collect and send, take back, what changed, what must be opened."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from budget_portal import jalali
from budget_portal.digits import to_persian
from monitoring import remarks
from monitoring.evidence import policy
from monitoring.models import EvidenceOpening, LineDecision, ReturnMark, ReturnReason
from monitoring.review import decisions
from monitoring.review.lines import lines_of
from monitoring.workflow.submissions import REPLACED
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_document

READ = {"revision": 1}  # what the page shows
pytestmark = pytest.mark.django_db


def in_a_week() -> str:
    return jalali.format_date(timezone.localdate() + dt.timedelta(days=7))


def text(response: Any) -> str:
    return str(response.content.decode())


def url(case: Case, step: str = "") -> str:
    return f"/review/{case.submission.pk}/{step}"


def of_line(case: Case, place: int, **more: Any) -> dict[str, Any]:
    line = list(lines_of(case.submission).values())[place]
    return {"open": str(line.key), "seen": line.digest[:16], "revision": case.submission.revision, **more}


def values(case: Case) -> list[str]:
    return [f"{line.key}~{line.digest[:16]}" for line in lines_of(case.submission).values()]


def reason() -> dict[str, Any]:
    code, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    return {"reason_code": code.pk, "reason": REASON, "due_on": ""}


def sent(cast: Cast, projects: int = 3) -> Case:
    return make_capital_case(cast, projects=projects, filled=True).at("submitted")


def test_accept_and_next_until_the_signature(cast: Cast) -> None:
    case, client = sent(cast), cast.client("treasurer")
    assert "در انتظار ۳" in text(client.get(url(case)))
    for place in (0, 1):
        answer = client.post(url(case, "accept/"), of_line(case, place))
        assert answer.url == f"{url(case)}?line=project:{case.projects[place + 1].pk}#line"
    page = text(client.get(url(case)))
    assert "در انتظار ۱" in page
    assert "۱ ردیف از ۳ ردیف هنوز تأیید نشده است" in page
    assert client.post(url(case, "accept/"), of_line(case, 2)).url == f"{url(case)}#sign"
    page = text(client.get(url(case)))
    assert "۳ ردیف، جمع عملکرد ۴۸٬۰۰۰ میلیون ریال و ۰ سند" in page
    assert "امضا و تأیید پرونده</button>" in page.replace("\n", "")


@pytest.mark.parametrize("digits", [None, 0, 1])
def test_a_line_that_changed_meanwhile_is_shown_again(cast: Cast, digits: int | None) -> None:
    """Also when the form says nothing, or too little, of what was read."""
    case, client = sent(cast), cast.client("treasurer")
    seen = "0" * 16 if digits is None else of_line(case, 0)["seen"][:digits]
    answer = client.post(url(case, "accept/"), of_line(case, 0, seen=seen), follow=True)
    assert "پس از بازشدن صفحه تغییر کرده است" in text(answer)
    assert not LineDecision.objects.exists()


@pytest.mark.parametrize("step", ["accept/", "collect/", "together/", "confirm/"])
def test_a_form_that_names_no_revision_was_not_read(cast: Cast, step: str) -> None:
    case, client = sent(cast), cast.client("treasurer")
    if step == "confirm/":
        case.accept()
    data = {**of_line(case, 0), **reason(), "rows": values(case), "sure": "1", "revision": ""}
    before = LineDecision.objects.count()
    answer = client.post(url(case, step), data, follow=True)
    assert (case.submission.state, LineDecision.objects.count()) == ("submitted", before)
    assert (REPLACED if step == "confirm/" else decisions.CHANGED) in text(answer)


def test_a_batch_says_what_is_accepted_before_it_is(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3, filled=True)
    case.type(case.lines[1], "commitments_open", 40_000)
    case.at("submitted")
    client = cast.client("treasurer")
    page = text(client.post(url(case, "together/"), {"rows": values(case)}))
    assert "۲ ردیف بدون هشدار، جمع عملکرد ۳۲٬۰۰۰ میلیون ریال" in page
    assert "تک‌به‌تک" in page
    assert not LineDecision.objects.exists()
    page = text(client.post(url(case, "together/"), {"all": "clean"}))
    assert "۲ ردیف بدون هشدار" in page
    forced = text(client.post(url(case, "together/"), {**READ, "rows": values(case), "sure": "1"}))
    assert "۲ ردیف تأیید شد؛ ۱ ردیف پذیرفته نشد" in forced
    assert to_persian(case.projects[1]) in forced
    assert LineDecision.objects.count() == 2


def test_nothing_ticked_is_nothing_accepted(cast: Cast) -> None:
    case = sent(cast)
    page = text(cast.client("treasurer").post(url(case, "together/"), {"all": ""}, follow=True))
    assert "انتخاب کنید" in page


def test_returns_are_collected_and_sent_together(cast: Cast) -> None:
    case, client = sent(cast), cast.client("treasurer")
    client.post(url(case, "collect/"), of_line(case, 0, **reason()))
    client.post(url(case, "collect/"), of_line(case, 2, **reason() | {"due_on": in_a_week()}))
    page = text(client.get(url(case)))
    assert "آمادهٔ برگشت (۲ ردیف)" in page
    assert "برگشتی ۲" in page
    assert case.submission.state == "submitted"
    client.post(url(case, "take-back/"), {"line": f"project:{case.projects[2].pk}"})
    client.post(url(case, "return/"), {"send": "prepared"})
    assert [mark.project for mark in ReturnMark.objects.all()] == [case.projects[0]]
    assert case.submission.state == "returned"


@pytest.mark.parametrize("who", ["treasurer", "expert"])
def test_what_was_collected_goes_once(cast: Cast, who: str) -> None:
    """A second press finds nothing to send, and says so."""
    case = sent(cast)
    if who == "expert":
        case.accept().confirm().start_review()
    base = url(case) if who == "treasurer" else reverse("monitoring:expert-review", args=[case.submission.pk])
    client = cast.client(who)
    assert client.post(f"{base}return/", {"send": "prepared"}).status_code == 409
    line = next(iter(lines_of(case.submission)))
    decisions.prepare_return(case.submission.pk, line, by=cast.person(who), reason=REASON)
    answers = [client.post(f"{base}return/", {"send": "prepared"}).status_code for _ in range(2)]
    assert answers[0] == 302
    assert answers[1] in {403, 409}


def test_a_collected_line_goes_with_the_one_that_is_typed(cast: Cast) -> None:
    case, client = sent(cast), cast.client("treasurer")
    client.post(url(case, "collect/"), of_line(case, 0, **reason()))
    client.post(url(case, "return/"), of_line(case, 1, **reason()))
    assert [mark.project for mark in ReturnMark.objects.all()] == case.projects[:2]


def test_a_short_reason_stays_on_the_page(cast: Cast) -> None:
    case = sent(cast)
    answer = cast.client("treasurer").post(
        url(case, "collect/"), of_line(case, 1, **{**reason(), "reason": "کوتاه"})
    )
    assert answer.status_code == 422
    assert "کوتاه</textarea>" in text(answer)
    assert to_persian(case.projects[1]) in text(answer)


def test_a_void_acceptance_is_said(cast: Cast) -> None:
    case = sent(cast).accept().send_back()
    case.type(case.lines[0], "spent", "15000")
    case.submit()
    page = text(cast.client("treasurer").get(url(case)))
    assert "در انتظار ۱" in page
    assert "تأییدشده ۲" in page
    assert "اصلاح‌شده پس از برگشت" in page


def test_the_expert_has_the_same_desk(cast: Cast) -> None:
    case = sent(cast).at("under_review")
    client, base = cast.client("expert"), f"/reviews/{case.submission.pk}/"
    assert "در انتظار ۳" in text(client.get(base))
    answer = client.post(url(case, "accept/"), of_line(case, 0))
    assert answer.url == f"{base}?line=project:{case.projects[1].pk}#line"
    client.post(url(case, "collect/"), of_line(case, 1, **reason()))
    assert "آمادهٔ برگشت (۱ ردیف)" in text(client.get(base))
    client.post(f"{base}return/", {"send": "prepared"})
    assert case.submission.state == "returned"


def test_who_only_reads_has_no_buttons(cast: Cast) -> None:
    case = sent(cast).at("treasurer_confirmed")
    page = text(cast.client("auditor").get(url(case)))
    assert "تأیید و بعدی" not in page
    assert "تأییدشده ۳" in page


def test_a_question_stands_with_its_line_and_returns_nothing(cast: Cast) -> None:
    case, client = sent(cast), cast.client("treasurer")
    project = case.projects[0]
    data = {"text": "شمارهٔ سند خزانه چیست؟", "sort": "question", "project": project.pk}
    client.post(reverse("monitoring:remark-add", args=[case.submission.pk]), data)
    assert "شمارهٔ سند خزانه چیست؟" in text(client.get(url(case)))
    (asked,) = case.submission.remarks.all()
    remarks.answer(asked.pk, "سند ۱۲۳", by=cast.agency_user)
    assert "سند ۱۲۳" in text(client.get(url(case)))
    other = text(client.get(f"{url(case)}?line=project:{case.projects[1].pk}"))
    assert "شمارهٔ سند خزانه" not in other
    assert case.submission.state == "submitted"


def test_the_sample_is_named_until_it_is_opened(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2, credit=400, filled=True)
    papers = [make_document(cast, case.submission, project=project) for project in case.projects]
    policy.set_policy(
        cast.organization,
        "capital",
        by=cast.consolidation,
        from_period=case.period,
        amount=5_000,
        sample_share=Decimal(100),
        sample_least=0,
        note="نامه",
    )
    case.at("submitted").accept()
    client = cast.client("treasurer")
    assert "۲ سند از نمونهٔ تصادفی هنوز باز نشده است" in text(client.get(url(case)))
    assert client.post(url(case, "confirm/"), READ).status_code == 409
    for paper in papers:
        client.head(reverse("monitoring:document", args=[paper.pk])).getvalue()
    assert not EvidenceOpening.objects.exists()
    for paper in papers:
        client.get(reverse("monitoring:document", args=[paper.pk])).getvalue()
    assert "باز کرده‌اید" in text(client.get(f"{url(case)}?line=project:{case.projects[0].pk}"))
    assert client.post(url(case, "confirm/"), READ).status_code == 302


def test_a_long_list_is_shown_in_parts(cast: Cast) -> None:
    case = make_expense_case(cast, programmes=28, activities=False).at("submitted")
    client = cast.client("treasurer")
    page = text(client.get(url(case)))
    assert page.count('class="queue__link"') == 50
    assert "۵۰ ردیف بعد" in page
    rest = text(client.get(f"{url(case)}?tab=waiting&from=50"))
    assert rest.count('class="queue__link"') == 6
