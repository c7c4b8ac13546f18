"""Pages of visits: what is typed is kept, what is missing is said, distances are judged here, others only read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agreements.models import Project
from budget_portal import jalali, outbox
from budget_portal.digits import to_persian
from budget_portal.models import Alert, AuditEntry
from monitoring import visits
from monitoring.models import CheckResult, DelayCause, FieldVisit, VisitFinding, VisitPhoto
from monitoring.workflow import visits as moves
from tests import factories
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.cast import Cast
from tests.monitoring import visit_cases as cases

pytestmark = pytest.mark.django_db

TODAY = jalali.format_iso(timezone.localdate())
NEAR = {"latitude": "31.3205", "longitude": "48.6700"}
FAR = {"latitude": "۳۲٫۳۸۳۱", "longitude": "۴۸٫۴۲۳۶"}


@pytest.fixture
def case(cast: Cast) -> Case:
    found = make_capital_case(cast, filled=True)
    Project.objects.filter(pk=found.projects[0].pk).update(latitude="31.32000", longitude="48.67000")
    found.projects[0].refresh_from_db()
    return found


@pytest.fixture
def visit(case: Case) -> FieldVisit:
    return cases.plan(case, case.projects[0])


@pytest.fixture
def expert(cast: Cast) -> Client:
    return cast.client("expert")


def url(visit: FieldVisit, name: str = "visit") -> str:
    return reverse(f"monitoring:{name}", args=[visit.pk])


def typed(visit: FieldVisit, *quantities: str, action: str = "save", **facts: Any) -> dict[str, Any]:
    names = [f"quantity_{row.pk}" for row in visit.measurements.all()]
    version = FieldVisit.objects.get(pk=visit.pk).version
    return {"version": version, "action": action, **dict(zip(names, quantities, strict=False)), **facts}


def whole(visit: FieldVisit, **facts: Any) -> dict[str, Any]:
    return typed(
        visit, "5000", "2000", visited_on=TODAY, visitors="کارشناس گروه", quality_overall="good", **facts
    )


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- planning -------------------------------------------------------------------------------------------------


def test_a_visit_begins_from_its_project(case: Case, expert: Client) -> None:
    address = f"{reverse('monitoring:visit-new')}?project={case.projects[0].code}"
    page = expert.get(address)
    assert to_persian(case.projects[0].title) in page.content.decode()
    data = {
        "period": str(case.period.pk),
        "planned_for": "۱۴۰۵/۰۷/۱۰",
        "client_id": page.context["form"]["client_id"].value(),
    }
    answer = expert.post(address, data)
    visit = FieldVisit.objects.get()
    assert answer.url == url(visit)
    assert (visit.project, visit.period, visit.state) == (case.projects[0], case.period, "planned")
    assert visit.planned_for == jalali.parse("1405/07/10")
    assert visit.measurements.count() == 2
    assert expert.post(address, data).url == url(visit)  # sent twice: one visit
    assert FieldVisit.objects.count() == 1


def test_an_unfinished_visit_is_continued_not_doubled(case: Case, visit: FieldVisit, expert: Client) -> None:
    address = f"{reverse('monitoring:visit-new')}?project={case.projects[0].code}"
    assert url(visit) in expert.get(address).content.decode()
    assert expert.post(address, {"period": str(case.period.pk)}).url == url(visit)


def test_projects_of_other_groups_are_not_found(cast: Cast, expert: Client) -> None:
    other = factories.make_project(cast.agency2)
    assert expert.get(f"{reverse('monitoring:visit-new')}?project={other.code}").status_code == 404
    assert expert.get(f"{reverse('monitoring:visit-new')}?agency={cast.agency2.code}").status_code == 404


def test_choosing_searches_by_folded_name(case: Case, expert: Client) -> None:
    case.projects[0].title = "احداث پل روگذر جادهٔ ساحلی"
    case.projects[0].save()
    page = expert.get(reverse("monitoring:visit-new"), {"q": "جاده ي ساحلي"[:4]})
    assert to_persian(case.projects[0].title) in page.content.decode()
    assert case.projects[1].code not in page.content.decode()


# --- writing ---------------------------------------------------------------------------------------------------


def test_figures_stand_beside_before_claim_plan_and_target(
    case: Case, visit: FieldVisit, expert: Client
) -> None:
    case.at("submitted")
    cases.bring(case, visit, "confirmed")
    second = cases.plan(case, case.projects[0])
    page = text(expert.get(url(second)))
    assert "بازدید قبل ۵٬۰۰۰ · دستگاه ۵٬۰۰۰ · هدف ۱۰٬۰۰۰ متر مکعب" in page
    assert "برنامه: ۴۵٪" in page


def test_saving_keeps_what_was_typed_and_computes(visit: FieldVisit, expert: Client) -> None:
    cause = make_delay_cause()
    answer = expert.post(
        url(visit),
        typed(
            visit,
            "۵٬۰۰۰",
            "2000",
            visited_on=TODAY,
            visitors="کارشناس گروه و ناظر",
            person_days="۱٫۵",
            site_state="semi_active",
            workers="۱۲",
            quality_overall="medium",
            obstacles="تأخیر در پرداخت",
            cause_0=str(cause.pk),
            share_0="100",
        ),
    )
    assert answer.status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.physical_progress) == ("done", Decimal(50))
    assert (visit.person_days, visit.workers, visit.site_state) == (Decimal("1.5"), 12, "semi_active")
    assert visit.delay_causes.get().cause == cause
    assert AuditEntry.objects.filter(event="visit.written").count() == 1


def test_an_unreadable_quantity_is_kept_and_said(visit: FieldVisit, expert: Client) -> None:
    answer = expert.post(url(visit), typed(visit, "نیمی", "2000", workers="زیاد", obstacles="سیل"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="نیمی"' in page
    assert 'value="زیاد"' in page
    assert "«نیمی» عدد خوانده نشد" in page
    first, second = visit.measurements.all()
    assert (first.quantity_done, first.raw, second.quantity_done) == (None, "نیمی", Decimal(2000))
    visit.refresh_from_db()
    assert (visit.obstacles, visit.physical_progress) == ("سیل", None)
    again = expert.get(url(visit)).content.decode()
    assert 'value="نیمی"' in again
    assert "«نیمی» عدد خوانده نشد" in again


def test_shares_of_causes_make_100_and_wait_until_they_do(visit: FieldVisit, expert: Client) -> None:
    one, other = make_delay_cause("a"), make_delay_cause("b", needs_text=True)
    half = {"cause_0": str(one.pk), "share_0": "50"}
    page = expert.post(url(visit), typed(visit, **half))
    assert "جمع سهم علت‌ها باید ۱۰۰ باشد؛ اکنون ۵۰ است." in page.content.decode()
    assert not visit.delay_causes.exists()
    both = half | {"cause_1": str(other.pk), "share_1": "50"}
    assert "برای این علت توضیح بنویسید." in expert.post(url(visit), typed(visit, **both)).content.decode()
    expert.post(url(visit), typed(visit, **both, about_1="نزاع محلی"))
    assert {row.cause_id: row.share for row in visit.delay_causes.all()} == {one.pk: 50, other.pk: 50}
    assert DelayCause.objects.count() == 2


def test_the_day_of_a_visit_is_not_in_the_future(visit: FieldVisit, expert: Client) -> None:
    page = expert.post(url(visit), typed(visit, visited_on="1499/01/01"))
    assert "تاریخ بازدید در آینده است." in page.content.decode()
    visit.refresh_from_db()
    assert (visit.visited_on, visit.state) == (None, "planned")


def test_a_done_visit_keeps_its_day(visit: FieldVisit, expert: Client) -> None:
    expert.post(url(visit), typed(visit, visited_on=TODAY))
    assert expert.post(url(visit), typed(visit, visited_on="", workers="3")).status_code == 422
    visit.refresh_from_db()
    assert (visit.visited_on, visit.workers) == (jalali.parse(TODAY), 3)


def test_a_conflict_shows_both_and_loses_nothing(visit: FieldVisit, expert: Client) -> None:
    stale = typed(visit, "1", obstacles="متن این گوشی")
    expert.post(url(visit), typed(visit, "2", obstacles="متن دستگاه دیگر"))
    answer = expert.post(url(visit), stale)
    page = text(answer)
    assert answer.status_code == 409
    assert "آنچه شما نوشتید متن این گوشی" in page
    assert "آنچه اکنون ثبت است متن دستگاه دیگر" in page
    visit.refresh_from_db()
    assert visit.obstacles == "متن دستگاه دیگر"
    mine = stale | {"version": answer.context["form"]["version"].value()}
    assert expert.post(url(visit), mine).status_code == 302
    visit.refresh_from_db()
    assert visit.obstacles == "متن این گوشی"


# --- place -------------------------------------------------------------------------------------------------------


def test_the_server_tells_the_distance(visit: FieldVisit, expert: Client) -> None:
    assert "۵۶ متر تا محل پروژه" in text(expert.post(url(visit, "visit-preview"), typed(visit, **NEAR)))
    far = text(expert.post(url(visit, "visit-preview"), typed(visit, "10000", "4000", **FAR)))
    assert "کیلومتر با محل ثبت‌شدهٔ پروژه فاصله دارد" in far
    assert "علت فاصله با محل پروژه" in far
    assert "پیشرفت (محاسبه‌شده) ۱۰۰٪" in far
    visit.refresh_from_db()
    assert (visit.latitude, visit.version) == (None, 1)  # nothing was saved


def test_a_far_place_warns_and_never_blocks(visit: FieldVisit, expert: Client) -> None:
    answer = expert.post(url(visit), whole(visit, **FAR), follow=True)
    assert "علت فاصله با محل پروژه" in text(answer)
    for seed in (1, 2):
        cases.add_photo(visit, seed)
    expert.post(url(visit), whole(visit, **FAR) | {"action": "submit"})
    visit.refresh_from_db()
    assert visit.state == "submitted"
    assert visit.distance_m is not None
    assert visit.distance_m > 100_000


def test_half_a_point_is_no_point(visit: FieldVisit, expert: Client) -> None:
    page = expert.post(url(visit), typed(visit, latitude="31.32"))
    assert "عرض و طول جغرافیایی را با هم وارد کنید." in page.content.decode()
    assert "عرض" in text(expert.post(url(visit), typed(visit, latitude="91", longitude="48")))
    visit.refresh_from_db()
    assert visit.latitude is None


# --- photos ------------------------------------------------------------------------------------------------------


def test_photos_are_read_judged_and_served(visit: FieldVisit, expert: Client, cast: Cast) -> None:
    near, far = cases.drawn(1, at=(31.3205, 48.67)), cases.drawn(2, at=(51.4009, 2.5995))
    expert.post(url(visit), typed(visit) | {"camera": near, "gallery": [far, cases.drawn(3, kind="PNG")]})
    first, second, third = VisitPhoto.objects.filter(visit=visit)
    assert (first.flags, first.taken_at is not None) == ([], True)
    assert first.distance_m is not None
    assert first.distance_m < 100
    assert [flag["code"] for flag in second.flags] == ["PLACE_FAR"]
    assert (third.latitude, third.flags) == (None, [])
    page = text(expert.get(url(visit)))
    assert "کیلومتر با محل ثبت‌شدهٔ پروژه فاصله دارد" in page
    address = reverse("monitoring:visit-photo", args=[visit.pk, first.pk])
    shown = expert.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert "inline" in shown["Content-Disposition"]
    assert b"Exif" not in b"".join(shown.streaming_content)
    original = expert.get(f"{address}?original")
    assert b"Exif" in b"".join(original.streaming_content)
    assert cast.client("expert2").get(address).status_code == 404
    assert cast.client("agency_user").get(address).status_code == 404  # not confirmed yet


def test_a_refused_photo_keeps_the_others(visit: FieldVisit, expert: Client) -> None:
    wrong = cases.drawn(5, name="photo.png")
    answer = expert.post(url(visit), typed(visit, "7") | {"gallery": [cases.drawn(1), wrong, cases.drawn(1)]})
    page = text(answer)
    assert answer.status_code == 422
    assert "پسوند" in page
    assert "پیش‌تر به این بازدید افزوده شده است" in page
    assert visit.photos.count() == 1
    assert visit.measurements.first().quantity_done == 7  # type: ignore[union-attr]


def test_a_photo_may_be_taken_off_before_handing_in(visit: FieldVisit, expert: Client) -> None:
    photo = cases.add_photo(visit)
    expert.post(url(visit), typed(visit, "3", action=f"remove-photo:{photo.pk}"))
    assert not visit.photos.exists()
    assert visit.measurements.first().quantity_done == 3  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(event="visit.photo_removed").exists()


# --- findings of the form ------------------------------------------------------------------------------------------


def test_findings_are_added_and_taken_off(visit: FieldVisit, expert: Client) -> None:
    half = typed(visit, action="finding") | {"finding-text": "ترک در دیوار حائل"}
    assert "شدت یافته را انتخاب کنید." in expert.post(url(visit), half).content.decode()
    expert.post(
        url(visit),
        typed(visit, action="finding")
        | half
        | {"version": "", "finding-severity": "major", "finding-due_on": "1405/12/01"},
    )
    finding = VisitFinding.objects.get()
    assert (finding.text, finding.severity, finding.due_on) == (
        "ترک در دیوار حائل",
        "major",
        jalali.parse("1405/12/01"),
    )
    expert.post(url(visit), typed(visit, action=f"remove-finding:{finding.pk}"))
    assert not VisitFinding.objects.exists()


# --- handing in, confirming, answering -----------------------------------------------------------------------------


def test_what_is_missing_is_said_at_once(case: Case, visit: FieldVisit, expert: Client) -> None:
    answer = expert.post(url(visit), typed(visit, "1", action="submit", visited_on=TODAY))
    page = text(answer)
    assert answer.status_code == 422
    for sentence in ("نام بازدیدکنندگان", "مقدار اندازه‌گیری‌شدهٔ همهٔ عملیات", "کیفیت کلی", "دست‌کم ۲ عکس"):
        assert sentence in page
    visit.refresh_from_db()
    assert visit.state == "done"
    other = cases.plan(case, visit.project)
    assert "تاریخ بازدید را وارد کنید." in text(expert.post(url(other), typed(other, action="submit")))


def test_photos_and_handing_in_in_one_step(visit: FieldVisit, expert: Client) -> None:
    data = whole(visit) | {"action": "submit", "gallery": [cases.drawn(1), cases.drawn(2)]}
    assert expert.post(url(visit), data).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "submitted"
    page = text(expert.get(url(visit)))
    assert "برگهٔ بازدید" in page
    assert "اندازه‌گیری‌شده" in page
    assert expert.post(url(visit), typed(visit, "1")).status_code == 409


def test_consolidation_confirms_or_returns_with_a_reason(case: Case, visit: FieldVisit, cast: Cast) -> None:
    cases.bring(case, visit, "submitted")
    consolidation = cast.client("consolidation")
    short = consolidation.post(url(visit, "visit-return"), {"reason": "کم"})
    assert short.status_code == 422
    assert "دست‌کم ۲۰ نویسه" in text(short)
    consolidation.post(url(visit, "visit-return"), {"reason": "عکس دوم تار است و محل را نشان نمی‌دهد."})
    visit.refresh_from_db()
    assert visit.state == "done"
    moves.submit(visit.pk, by=cast.expert)
    consolidation.post(url(visit, "visit-confirm"))
    visit.refresh_from_db()
    assert (visit.state, visit.confirmed_by) == ("confirmed", cast.consolidation)


def test_the_agency_sees_it_confirmed_and_answers_once(case: Case, visit: FieldVisit, cast: Cast) -> None:
    cases.bring(case, visit, "submitted")
    agency = cast.client("agency_user")
    assert agency.get(url(visit)).status_code == 404
    moves.confirm(visit.pk, by=cast.consolidation)
    assert "ثبت پاسخ" in text(agency.get(url(visit)))
    assert agency.post(url(visit, "visit-reply"), {"text": ""}).status_code == 422
    answer = {"text": "مصالح تا پایان ماه جایگزین می‌شود."}
    assert agency.post(url(visit, "visit-reply"), answer).status_code == 302
    assert agency.post(url(visit, "visit-reply"), answer).status_code == 409
    assert answer["text"] in text(cast.client("expert").get(url(visit)))
    cast.client("expert").post(url(visit, "visit-close"))
    visit.refresh_from_db()
    assert visit.state == "closed"


def test_only_its_own_expert_writes(case: Case, visit: FieldVisit, cast: Cast) -> None:
    colleague = cast.sign_in(factories.make_person("budget_expert", cast.group))
    assert "برگهٔ بازدید" in text(colleague.get(url(visit)))
    assert colleague.post(url(visit), typed(visit, "1")).status_code == 403
    assert cast.client("consolidation").post(url(visit), typed(visit, "1")).status_code == 403


# --- expense visit ---------------------------------------------------------------------------------------------------


def test_an_expense_visit_checks_activities(cast: Cast, expert: Client) -> None:
    case = make_expense_case(cast, filled=True).at("submitted")
    visit = cases.plan(case, None)
    page = text(expert.get(url(visit)))
    assert "نگهداری راه" in page
    assert "هدف ۱۰۰ · دستگاه ۵۰ کیلومتر" in page
    first, second = (row.activity for row in case.activities)
    data = typed(visit, visited_on=TODAY, visitors="کارشناس گروه") | {
        f"volume_{first.pk}": "۴۵",
        f"seen_{first.pk}": "صورت‌جلسهٔ تحویل",
        f"volume_{second.pk}": "چند",
    }
    answer = expert.post(url(visit), data)
    assert answer.status_code == 422
    assert 'value="چند"' in answer.content.decode()
    check = visit.activity_checks.get()
    assert (check.volume_verified, check.documents_seen) == (Decimal(45), "صورت‌جلسهٔ تحویل")
    data |= {f"volume_{second.pk}": "5", "version": "", "action": "submit"}
    assert "نتیجهٔ بازدید از دستگاه را بنویسید." in text(expert.post(url(visit), data))
    assert expert.post(url(visit), data | {"remarks": "اسناد با عملکرد می‌خواند."}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "submitted"
    assert "‎−۵" in text(expert.get(url(visit)))


# --- lists -----------------------------------------------------------------------------------------------------------


def test_lists_by_tab_and_filter(case: Case, visit: FieldVisit, expert: Client, cast: Cast) -> None:
    handed = cases.bring(case, cases.plan(case, case.projects[1]), "submitted")
    address = reverse("monitoring:visit-list")
    mine = expert.get(address).content.decode()
    assert url(visit) in mine
    assert url(handed) not in mine
    assert url(handed) in cast.client("consolidation").get(address).content.decode()
    found = expert.get(address, {"tab": "submitted", "q": case.projects[1].title, "period": "1405-Q2"})
    assert url(handed) in found.content.decode()
    assert url(handed) not in expert.get(address, {"tab": "submitted", "kind": "expense"}).content.decode()
    assert "هنوز بازدیدی اینجا نیست" in text(cast.client("agency_user").get(address))


def test_lists_go_on_by_key(case: Case, expert: Client) -> None:
    made = [cases.plan(case, project) for project in [*case.projects] * 14]
    page = expert.get(reverse("monitoring:visit-list"))
    assert len(page.context["list"].rows) == 25
    older = expert.get(reverse("monitoring:visit-list"), {"before": page.context["list"].older})
    assert [row.pk for row in older.context["list"].rows] == [row.pk for row in made[2::-1]]
    assert expert.get(reverse("monitoring:visit-list"), {"before": "x" * 30}).status_code == 200


@pytest.mark.parametrize("name", ["visit-list", "finding-list"])
def test_lists_ask_the_same_for_3_and_30_rows(
    case: Case, expert: Client, cast: Cast, django_assert_max_num_queries: Any, name: str
) -> None:
    def grow(count: int) -> None:
        for project in ([*case.projects] * count)[:count]:
            visit = cases.plan(case, project)
            cases.fill(visit)
            cases.finding(visit)
            cases.bring_on(case, visit, "confirmed")

    address = f"{reverse(f'monitoring:{name}')}?tab={'confirmed' if name == 'visit-list' else 'open'}"
    grow(3)
    expert.get(address)
    with django_assert_max_num_queries(30) as few:
        expert.get(address)
    count = len(few)
    grow(22)
    with django_assert_max_num_queries(count):
        assert len(expert.get(address).context["list"].rows) == 25


# --- follow-up of findings -------------------------------------------------------------------------------------------


def test_a_finding_is_followed_to_its_end(case: Case, visit: FieldVisit, cast: Cast) -> None:
    cases.fill(visit)
    finding = cases.finding(visit, due_on=jalali.parse("1404/01/20"))
    agency, expert = cast.client("agency_user"), cast.client("expert")
    page = reverse("monitoring:finding", args=[finding.pk])
    assert agency.get(page).status_code == 404
    cases.bring_on(case, visit, "confirmed")
    assert "مهلت رفع این یافته گذشته است." in text(agency.get(page))
    assert url(finding, "finding") in agency.get(reverse("monitoring:finding-list")).content.decode()

    def follow(client: Client, move: str, said: str = "مصالح تعویض شد و صورت‌جلسه پیوست است.") -> int:
        return client.post(
            reverse("monitoring:finding-follow", args=[finding.pk, move]), {"text": said}
        ).status_code

    assert follow(expert, "start") == 403
    assert follow(agency, "resolve") == 409
    assert follow(agency, "start", "") == 422
    assert follow(agency, "start") == 302
    assert follow(agency, "resolve") == 302
    assert follow(expert, "refuse") == 302
    assert follow(agency, "resolve") == 302
    assert follow(expert, "verify") == 302
    assert follow(agency, "nonsense") == 404
    finding.refresh_from_db()
    assert finding.state == "verified"
    assert [step.state for step in finding.follow_ups.all()] == [
        "in_progress",
        "resolved",
        "in_progress",
        "resolved",
        "verified",
    ]


# --- what follows ----------------------------------------------------------------------------------------------------


def told(person: Any) -> list[str]:
    return [f"{alert.text} {alert.url}" for alert in Alert.objects.filter(person=person).order_by("pk")]


def test_whoever_acts_next_is_told(case: Case, visit: FieldVisit, cast: Cast) -> None:
    finding = cases.finding(cases.fill(visit))
    cases.bring_on(case, visit, "submitted")
    moves.return_to_expert(visit.pk, by=cast.consolidation, reason="عکس دوم تار است.")
    moves.submit(visit.pk, by=cast.expert)
    moves.confirm(visit.pk, by=cast.consolidation)
    moves.reply(visit.pk, by=cast.agency_user, text="برطرف می‌شود.")
    for name, by in (
        ("start", cast.agency_user),
        ("resolve", cast.agency_user),
        ("refuse", cast.expert),
    ):
        moves.follow_finding(finding.pk, name, by=by, text="شرح اقدام تازه")
    stranger = cast.agency_user2
    outbox.deliver_all()
    assert [line.endswith(url(visit)) for line in told(cast.consolidation)] == [True, True]
    expert = told(cast.expert)
    assert [("برگشت" in line, "پاسخ داد" in line, "رفع" in line) for line in expert] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    agency = told(cast.agency_user)
    assert "تأیید شد" in agency[0]
    assert agency[1].endswith(url(finding, "finding"))
    assert told(stranger) == []


def test_a_visit_brings_the_dispute_of_the_claim(case: Case, cast: Cast, expert: Client) -> None:
    """The agency said 50 percent; the visit measures 10 (V10), which the agency learns with the confirmation."""
    case.at("submitted")
    visit = cases.plan(case, case.projects[0])
    quantities = {row.pk: (row.operation.target_quantity / 10, "") for row in visit.measurements.all()}
    cases.fill(visit)
    visits.write_visit(visit.pk, by=cast.expert, facts={}, quantities=quantities)
    page = text(expert.get(url(visit)))
    assert "اعلام دستگاه ۴۰٫۰ واحد درصد بالاتر از اندازه‌گیری است" in page
    cases.bring_on(case, visit, "submitted")
    outbox.deliver_all()
    assert not CheckResult.objects.filter(rule="V10").exists()
    cases.bring_on(case, visit, "confirmed")
    outbox.deliver_all()
    assert CheckResult.objects.filter(rule="V10", project=case.projects[0]).count() == 1


def test_the_agencys_own_form_tells_nothing_of_a_visit_before_its_confirmation(
    case: Case, cast: Cast
) -> None:
    visit = cases.plan(case, case.projects[0])
    cases.fill(visit)
    tenth = {row.pk: (row.operation.target_quantity / 10, "") for row in visit.measurements.all()}
    visits.write_visit(visit.pk, by=cast.expert, facts={}, quantities=tenth)
    cases.bring_on(case, visit, "submitted")
    case.type(case.operations[0], "quantity_done", "5100")
    assert not CheckResult.objects.filter(rule="V10").exists()
    cases.bring_on(case, visit, "confirmed")
    case.type(case.operations[0], "quantity_done", "5200")
    assert CheckResult.objects.filter(rule="V10").exists()


def test_drafts_of_the_agency_stay_its_own(case: Case, visit: FieldVisit, expert: Client) -> None:
    """The visit shows what was sent: nothing of a draft, and of a returned line the figure that was sent."""
    assert "دستگاه — ·" in text(expert.get(url(visit)))
    cases.fill(visit)
    visit.refresh_from_db()
    assert visit.agency_progress is None
    case.at("returned")
    case.type(case.operations[0], "quantity_done", "7000")
    page = text(expert.get(url(visit)))
    assert "دستگاه ۵٬۰۰۰ ·" in page
    assert "دستگاه ۷٬۰۰۰" not in page
    visits.write_visit(visit.pk, by=visit.expert, facts={})
    visit.refresh_from_db()
    assert visit.agency_progress == 50
    case.submit()
    assert "دستگاه ۷٬۰۰۰ ·" in text(expert.get(url(visit)))
