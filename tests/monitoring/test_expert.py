"""The expert's review: what stands beside each line, and what keeps the review from its end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agency
from budget_portal import worklist
from budget_portal.models import AuditEntry
from monitoring import opening, visits
from monitoring.models import NoVisitReason, ReturnMark, ReturnReason
from monitoring.review import decisions
from monitoring.workflow import submissions
from monitoring.workflow import visits as moves
from tests import factories
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring import visit_cases as cases
from tests.monitoring.test_visits import text

READ = {"revision": 1}  # what the page shows
pytestmark = pytest.mark.django_db

REASON = "راه دسترسی به کارگاه به‌سبب سیلاب بسته است."
MENDED = "برگ دوم صورت‌وضعیت شمارهٔ پنج اسکن نشده است."


@pytest.fixture
def case(cast: Cast) -> Case:
    return make_capital_case(cast, filled=True).at("treasurer_confirmed")


@pytest.fixture
def expert(cast: Cast) -> Client:
    return cast.client("expert")


def url(case: Case, name: str = "") -> str:
    return reverse(f"monitoring:expert-review{name and '-' + name}", args=[case.submission.pk])


def state(case: Case) -> str:
    return str(case.submission.state)


def test_a_review_goes_to_its_end_with_visit_and_reason(case: Case, expert: Client) -> None:
    first, second = case.projects
    page = text(expert.get(url(case)))
    assert "بی‌بازدید" in page
    assert "«ثبت پایان بررسی» از آن ممکن نیست" in page
    expert.post(url(case, "start"))
    assert state(case) == "under_review"
    page = text(expert.get(url(case)))
    assert "نه بازدید ثبت شده است و نه دلیل نرفتن به بازدید" in page
    assert expert.post(url(case, "done"), READ).status_code == 409

    cases.bring(case, cases.plan(case, first), "submitted")
    line = {"open": f"project:{second.pk}", "project": str(second.pk)}
    short = expert.post(url(case, "no-visit"), line | {"no-visit-reason": "سیل"})
    assert short.status_code == 422
    assert "دست‌کم ۲۰ نویسه" in text(short)
    answer = expert.post(url(case, "no-visit"), line | {"no-visit-reason": REASON})
    assert answer.url.endswith(f"?line=project:{second.pk}#line")
    assert NoVisitReason.objects.get().reason == REASON

    page = text(expert.get(url(case)))
    assert "بازدید شد" in page
    assert "دلیل نبود بازدید" in page
    assert expert.post(url(case, "done"), READ).status_code == 302
    assert state(case) == "expert_reviewed"


def test_a_visit_still_open_does_not_count(case: Case, expert: Client) -> None:
    case.at("under_review")
    cases.plan(case, case.projects[0])
    page = text(expert.get(url(case)))
    assert "بازدید ناتمام" in page
    assert case.projects[0].title.split()[0] in page


def test_a_claim_far_above_the_measurement_asks_the_experts_word(
    case: Case, expert: Client, cast: Cast
) -> None:
    """The agency says 50, the visit measures 10: V10 (the expert must comment)."""
    case.at("under_review").excuse_visits()
    visit = cases.fill(cases.plan(case, case.projects[0]))
    tenth = {row.pk: (row.operation.target_quantity / 10, "") for row in visit.measurements.all()}
    visits.write_visit(visit.pk, by=cast.expert, facts={}, quantities=tenth)
    said = {"open": f"project:{case.projects[0].pk}", "visit": str(visit.pk), "dispute-text": REASON}
    assert expert.post(url(case, "dispute"), said).status_code == 409  # not handed in: it stands in its form
    cases.bring_on(case, visit, "submitted")
    page = text(expert.get(url(case)))
    assert "۴۰٫۰ واحد درصد اختلاف" in page
    assert "بسیار بالاتر از اندازه‌گیری بازدید است" in page
    assert expert.post(url(case, "done"), READ).status_code == 409
    assert expert.post(url(case, "dispute"), said | {"dispute-text": "کم"}).status_code == 422
    assert expert.post(url(case, "dispute"), said).status_code == 302
    assert AuditEntry.objects.filter(event="visit.dispute_commented").exists()
    assert expert.post(url(case, "done"), READ).status_code == 302


def test_lines_are_returned_with_a_reason(case: Case, expert: Client) -> None:
    reason, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    data = {"reason_code": str(reason.pk), "reason": "کم", "open": f"project:{case.projects[0].pk}"}
    refused = expert.post(url(case, "return"), data)
    assert refused.status_code == 422
    assert "دست‌کم ۲۰ نویسه" in text(refused)
    assert expert.post(url(case, "return"), data | {"reason": MENDED}).status_code == 302
    mark = ReturnMark.objects.get()
    assert (mark.stage, mark.project, state(case)) == ("expert", case.projects[0], "returned")


def test_an_expense_submission_has_one_visit_for_its_agency(cast: Cast, expert: Client) -> None:
    case = make_expense_case(cast, filled=True).at("under_review")
    assert "بازدید از دستگاه" in text(expert.get(url(case)))
    assert expert.post(url(case, "no-visit"), {"no-visit-reason": REASON}).status_code == 302
    assert NoVisitReason.objects.get().project is None
    assert expert.post(url(case, "done")).status_code == 409  # no word of the revision that was read
    assert expert.post(url(case, "done"), READ).status_code == 302


def test_a_project_of_another_submission_is_not_found(case: Case, expert: Client) -> None:
    other = factories.make_project(case.agency)
    data = {"project": str(other.pk), "no-visit-reason": REASON}
    assert expert.post(url(case, "no-visit"), data).status_code == 404
    assert expert.post(url(case, "dispute"), {"visit": "999999", "dispute-text": REASON}).status_code == 404


def test_the_queue_counts_visits_and_reasons(case: Case, expert: Client) -> None:
    address = reverse("monitoring:expert-reviews")
    assert "۰ از ۲" in text(expert.get(address))
    cases.bring(case, cases.plan(case, case.projects[0]), "submitted")
    assert "۱ از ۲" in text(expert.get(address))
    case.excuse_visits()
    assert "۲ از ۲" in text(expert.get(address))
    case.at("expert_reviewed")
    assert "پرونده‌ای اینجا نیست" in text(expert.get(address))
    assert case.agency.name in text(expert.get(address, {"tab": "done"}))


def _agencies(cast: Cast, count: int) -> list[Agency]:
    made = range(Agency.objects.count(), Agency.objects.count() + count)
    return [
        Agency.objects.create(
            organization=cast.organization,
            sector_group=cast.group,
            county=cast.county,
            code=f"77{number:03}",
            name=f"ادارهٔ شمارهٔ {number}",
        )
        for number in made
    ]


def test_the_queue_asks_the_same_for_3_and_30_rows(
    cast: Cast, expert: Client, django_assert_max_num_queries: Any
) -> None:
    def grow(count: int) -> None:
        for agency in _agencies(cast, count):
            user = factories.make_person("agency_user", agency)
            treasurer = factories.make_person("treasurer", agency)
            case = make_capital_case(cast, agency=agency, projects=1, draft=False)
            found = opening.open_submission(agency, case.period, "capital", by=user)
            submissions.submit(found.pk, by=user, accept_missing=True)
            decisions.accept_each(found, by=treasurer)
            submissions.confirm(found.pk, by=treasurer)

    address = reverse("monitoring:expert-reviews")
    grow(3)
    expert.get(address)
    with django_assert_max_num_queries(40) as few:
        expert.get(address)
    grow(27)
    with django_assert_max_num_queries(len(few)):
        assert len(expert.get(address).context["queue"].rows) == 25


def test_the_inbox_names_reviews_visits_and_findings(case: Case, cast: Cast, expert: Client) -> None:
    visit = cases.plan(case, case.projects[0])
    finding = cases.finding(cases.fill(visit))
    inbox = expert.get("/inbox/").content.decode()
    assert url(case) in inbox
    assert reverse("monitoring:visit", args=[visit.pk]) in inbox
    cases.bring_on(case, visit, "submitted")
    assert (
        reverse("monitoring:visit", args=[visit.pk])
        in cast.client("consolidation").get("/inbox/").content.decode()
    )
    moves.confirm(visit.pk, by=cast.consolidation)
    page = reverse("monitoring:finding", args=[finding.pk])
    assert page in cast.client("agency_user").get("/inbox/").content.decode()
    moves.follow_finding(finding.pk, "start", by=cast.agency_user, text="آغاز شد و پیگیری می‌شود.")
    moves.follow_finding(finding.pk, "resolve", by=cast.agency_user, text="مصالح تعویض شد.")
    assert page in expert.get("/inbox/").content.decode()
    assert worklist.count(cast.expert) >= 2
