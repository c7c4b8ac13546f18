"""Letters of consolidation: what may be drafted, issued and cancelled, and what two people do to one draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements import in_force, letter_rules, letters
from agreements.ledger import allocated
from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import AllocationLine, AllocationNotice
from agreements.workflow import notices
from budget_portal import outbox
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from budget_portal.models import Alert, AuditEntry
from tests import factories
from tests.agreements import letter_cases as cases
from tests.cast import Cast

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("sort", [NOTIFICATION, ALLOCATION], ids=lambda sort: sort.name)


def refused(cast: Cast, letter: Any, sort: Any = ALLOCATION) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        cases.issue(cast, sort, letter)
    return list(refusal.value.problems)


def one(found: list[str], *words: str) -> None:
    assert len(found) == 1, found
    assert all(word in found[0] for word in words), found


# --- drafts -----------------------------------------------------------------------------------------------------------


@BOTH
def test_a_letter_is_drafted_filled_issued_and_cancelled_and_the_log_tells_it(cast: Cast, sort: Any) -> None:
    letter = cases.make(cast, sort, "cancelled")
    said = AuditEntry.objects.filter(target_type=letter._meta.label_lower, target_id=str(letter.pk))
    events = [event.rpartition(".")[2] for event in said.order_by("pk").values_list("event", flat=True)]
    assert events == ["drafted", "line_added", "issued", "cancelled"]
    assert letter.cancel_reason == cases.REASON
    assert said.get(event=f"{sort.model}.cancelled").note == cases.REASON


@BOTH
def test_the_agency_is_told_of_issue_and_cancelling(cast: Cast, sort: Any) -> None:
    people = {cast.agency_user, cast.agency_head, cast.treasurer}
    letter = cases.make(cast, sort, "cancelled")
    outbox.deliver_all()
    alerts = Alert.objects.filter(url__endswith=f"/{letter.pk}/")
    assert {alert.person for alert in alerts} == people
    assert alerts.count() == 2 * len(people)
    assert any("باطل شد" in alert.text and cases.REASON in alert.text for alert in alerts)


@BOTH
def test_a_draft_is_the_organizations_own(cast: Cast, sort: Any) -> None:
    letter = cases.make(cast, sort)
    for name in ("agency_user", "treasurer", "county_viewer", "national"):
        person = cast.person(name)
        assert not sort.letter.objects.for_user(person).filter(pk=letter.pk).exists()
        assert not sort.line.objects.for_user(person).filter(**{sort.parent: letter}).exists()
    cases.issue(cast, sort, letter)
    for name in ("agency_user", "treasurer", "county_viewer", "national"):
        assert sort.letter.objects.for_user(cast.person(name)).filter(pk=letter.pk).exists()


def test_only_consolidation_of_the_organization_writes(cast: Cast) -> None:
    for name in ("deputy", "agency_user", "admin", "far_consolidation"):
        with pytest.raises(NotAllowed):
            notices.draft(ALLOCATION, cases.head(cast, cast.agency), by=cast.person(name))


@BOTH
def test_a_number_is_used_once_per_agency(cast: Cast, sort: Any) -> None:
    cases.draft(cast, sort, letter_number="۱۰۱")
    with pytest.raises(RuleBroken, match="پیش‌تر ثبت شده"):
        cases.draft(cast, sort, letter_number="۱۰۱")


@BOTH
def test_an_issued_letter_changes_no_more(cast: Cast, sort: Any) -> None:
    letter = cases.make(cast, sort, "issued")
    line, by = cases.line_of(sort, letter), cast.consolidation
    seen = letters.seen(line, sort.parts)
    for change in (
        lambda: notices.change_head(sort, letter.pk, {"note": "x"}, seen="", by=by),
        lambda: notices.add_line(sort, letter.pk, {}, by=by),
        lambda: notices.change_line(sort, line.pk, {"amount": 1}, seen=seen, by=by),
        lambda: notices.remove_line(sort, line.pk, seen=seen, by=by),
        lambda: notices.discard(sort, letter.pk, by=by),
    ):
        with pytest.raises(WrongState):
            change()


@BOTH
def test_a_discarded_draft_is_gone_and_stays_in_the_log(cast: Cast, sort: Any) -> None:
    letter = cases.make(cast, sort)
    notices.discard(sort, letter.pk, by=cast.consolidation)
    assert not sort.letter.objects.filter(pk=letter.pk).exists()
    entry = AuditEntry.objects.get(event=f"{sort.model}.discarded")
    assert entry.before["letter_number"] == letter.letter_number
    assert len(entry.before["lines"]) == 1


# --- two people -------------------------------------------------------------------------------------------------------


@BOTH
def test_two_people_never_overwrite_one_line_silently(cast: Cast, sort: Any) -> None:
    letter, by = cases.make(cast, sort), cast.consolidation
    line = cases.line_of(sort, letter)
    seen = letters.seen(line, sort.parts)
    notices.change_line(sort, line.pk, {"amount": 4_000}, seen=seen, by=by)
    with pytest.raises(StaleVersion) as conflict:
        notices.change_line(sort, line.pk, {"amount": 3_000}, seen=seen, by=by)
    assert (conflict.value.mine, conflict.value.theirs) == ({"amount": 3_000}, {"amount": 4_000})
    with pytest.raises(StaleVersion):
        notices.remove_line(sort, line.pk, seen=seen, by=by)
    # The same value twice is no conflict; a decision over what stands is none either.
    notices.change_line(sort, line.pk, {"amount": 4_000}, seen=seen, by=by)
    now = letters.seen(cases.line_of(sort, letter), sort.parts)
    assert notices.change_line(sort, line.pk, {"amount": 3_000}, seen=now, by=by).amount == 3_000


@BOTH
def test_two_people_never_overwrite_the_head_silently(cast: Cast, sort: Any) -> None:
    letter, by = cases.make(cast, sort), cast.consolidation
    seen = letters.seen(letter, sort.head)
    notices.change_head(sort, letter.pk, {"note": "نخست"}, seen=seen, by=by)
    with pytest.raises(StaleVersion):
        notices.change_head(sort, letter.pk, {"note": "دوم"}, seen=seen, by=by)


@BOTH
def test_nobody_issues_what_they_did_not_see(cast: Cast, sort: Any) -> None:
    letter, by = cases.make(cast, sort), cast.consolidation
    seen, line = letters.seen_whole(sort, letter), cases.line_of(sort, letter)
    notices.change_line(sort, line.pk, {"amount": 1}, seen=letters.seen(line, sort.parts), by=by)
    with pytest.raises(StaleVersion):
        notices.issue(sort, letter.pk, seen=seen, by=by)


# --- rules of both ----------------------------------------------------------------------------------------------------


@BOTH
def test_an_empty_letter_is_not_issued(cast: Cast, sort: Any) -> None:
    one(refused(cast, cases.draft(cast, sort), sort), "ردیفی ندارد")


def test_a_line_comes_once(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency)
    line = {"project_id": project.pk, "amount": 5}
    one(refused(cast, cases.draft(cast, ALLOCATION, line, line)), "دو بار")


def test_a_line_has_the_grain_of_its_kind(cast: Cast) -> None:
    country = cast.national_organization
    programme, chapter = factories.make_programme(country), factories.make_expense_chapter(country)
    expense = {"programme_id": programme.pk, "expense_chapter_id": chapter.pk, "amount": 5}
    one(refused(cast, cases.draft(cast, ALLOCATION, expense)), "پروژه و منبع")
    project = cases.agreed_project(cast, cast.agency)
    capital = cases.draft(cast, ALLOCATION, {"project_id": project.pk, "amount": 5}, kind="expense")
    one(refused(cast, capital), "برنامه، فصل و منبع")
    foreign = {"project_id": cases.agreed_project(cast, cast.agency2).pk, "amount": 5}
    one(refused(cast, cases.draft(cast, ALLOCATION, foreign)), "از این دستگاه نیست")


def test_the_dates_of_a_letter(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency)
    line = {"project_id": project.pk, "amount": 5}
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    one(refused(cast, cases.draft(cast, ALLOCATION, line, letter_date=tomorrow)), "نرسیده")
    early = cast.fiscal_year.starts_on - dt.timedelta(days=1)
    one(refused(cast, cases.draft(cast, ALLOCATION, line, valid_from=early)), "سال مالی")


@BOTH
def test_no_more_is_taken_back_than_was_given(cast: Cast, sort: Any) -> None:
    letter = cases.make(cast, sort, "issued")
    given = cases.line_of(sort, letter)
    same = {name: getattr(given, name) for name in sort.parts}
    back = cases.draft(cast, sort, {**same, "amount": -given.amount - 1})
    one(refused(cast, back, sort), "بیش از آنچه داده شده")
    cases.issued(cast, sort, {**same, "amount": -given.amount})
    with pytest.raises(RuleBroken) as refusal:
        cases.cancel(cast, sort, letter)
    assert "بیش از آنچه داده شده" in refusal.value.problems[0]


# --- allocation -------------------------------------------------------------------------------------------------------


def test_v1_blocks_what_passes_the_credit_on_the_day_and_later(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency, 10_000)
    start = cast.fiscal_year.starts_on
    cases.issued(
        cast,
        ALLOCATION,
        {"project_id": project.pk, "amount": 9_000},
        valid_from=start + dt.timedelta(days=40),
    )
    line = {"project_id": project.pk, "amount": 1_001}
    one(refused(cast, cases.draft(cast, ALLOCATION, line)), "۱۰٬۰۰۱", "۱۰٬۰۰۰")
    cases.issued(cast, ALLOCATION, {**line, "amount": 1_000})


def test_before_the_agreement_only_an_advance_is_given(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    line = {"project_id": project.pk, "amount": 1_000}
    one(refused(cast, cases.draft(cast, ALLOCATION, line)), "موافقتنامهٔ لازم‌الاجرا ندارد")
    letter = cases.draft(cast, ALLOCATION, {**line, "is_advance": True})
    (warning,) = letter_rules.problems(ALLOCATION, letter)
    assert not warning.blocks
    cases.issue(cast, ALLOCATION, letter)


def test_securities_need_a_symbol_and_a_later_due_date(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency)
    line = {"project_id": project.pk, "amount": 5, "instrument": "securities"}
    with pytest.raises(RuleBroken, match="نماد و سررسید"):
        cases.draft(cast, ALLOCATION, line)
    due = {"symbol": "اخزا۵۰۳", "due_date": cast.fiscal_year.starts_on}
    one(refused(cast, cases.draft(cast, ALLOCATION, {**line, **due})), "سررسید")
    cases.issued(cast, ALLOCATION, {**line, **due, "due_date": cast.fiscal_year.ends_on})


def test_own_revenue_is_allocated_within_what_was_collected(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency, own=8_000)
    own = {"project_id": project.pk, "funding_source_id": cases.source(cast, "own_revenue").pk}
    one(refused(cast, cases.draft(cast, ALLOCATION, {**own, "amount": 5})), "وصولی تجمعی")
    over = cases.draft(cast, ALLOCATION, {**own, "amount": 7_001, "collected": 7_000})
    one(refused(cast, over), "بیشتر می‌شود", "۷٬۰۰۱")
    cases.issued(cast, ALLOCATION, {**own, "amount": 7_000, "collected": 7_000})
    falls = cases.draft(cast, ALLOCATION, {**own, "amount": 0, "collected": 6_999})
    assert any("کمتر است" in said for said in refused(cast, falls))
    general = {"project_id": project.pk, "amount": 5, "collected": 5}
    one(refused(cast, cases.draft(cast, ALLOCATION, general)), "درآمد اختصاصی")


# --- advances ---------------------------------------------------------------------------------------------------------


def advance(cast: Cast, amount: int = 4_000) -> AllocationLine:
    project = cases.agreed_project(cast, cast.agency)
    letter = cases.issued(cast, ALLOCATION, {"project_id": project.pk, "amount": amount, "is_advance": True})
    return letter.lines.get()


def part(line: AllocationLine, amount: int) -> dict[str, Any]:
    return {"project_id": line.project_id, "amount": amount, "converted_from_id": line.pk}


def total(line: AllocationLine) -> int:
    rows = AllocationLine.objects.valid_by(dt.date(2030, 1, 1)).filter(project=line.project_id)
    return sum(rows.values_list("amount", flat=True))


def test_a_conversion_counts_once_and_lowers_what_is_open(cast: Cast) -> None:
    given = advance(cast)
    cases.issued(cast, ALLOCATION, part(given, 3_000))
    assert total(given) == 4_000
    over = cases.draft(cast, ALLOCATION, part(given, 1_001))
    one(refused(cast, over), "۱٬۰۰۱", "۱٬۰۰۰")
    cases.issued(cast, ALLOCATION, part(given, -1_000))
    assert total(given) == 3_000
    one(refused(cast, cases.draft(cast, ALLOCATION, part(given, 1))), "باز است")


def test_an_advance_of_which_a_part_is_closed_is_not_cancelled(cast: Cast) -> None:
    given = advance(cast)
    converting = cases.issued(cast, ALLOCATION, part(given, 3_000))
    with pytest.raises(RuleBroken) as refusal:
        cases.cancel(cast, ALLOCATION, given.notice)
    assert any("نخست آن نامه را باطل کنید" in said for said in refusal.value.problems)
    cases.cancel(cast, ALLOCATION, converting)
    cases.cancel(cast, ALLOCATION, AllocationNotice.objects.get(pk=given.notice_id))
    assert total(given) == 0


def constraint(letter: Any, **fields: Any) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        AllocationNotice.objects.filter(pk=letter.pk).update(**fields)
    return str(refusal.value.__cause__.diag.constraint_name)


def test_the_database_keeps_an_advance_whoever_writes(cast: Cast) -> None:
    given = advance(cast)
    stands = {"state": "issued", "issued_at": timezone.now()}
    over = cases.draft(cast, ALLOCATION, part(given, 3_000), part(given, -1_001))
    assert constraint(over, **stands) == "allocationline_open_advance"
    other = factories.make_project(cast.agency)
    wrong = cases.draft(cast, ALLOCATION, {**part(given, 5), "project_id": other.pk})
    assert constraint(wrong, **stands) == "allocationline_same_advance"
    cases.issued(cast, ALLOCATION, part(given, 5))
    gone = {"state": "cancelled", "cancelled_at": timezone.now(), "cancel_reason": "اشتباه"}
    assert constraint(given.notice, **gone) == "allocationline_converted"


# --- notification -----------------------------------------------------------------------------------------------------


def test_a_notification_on_which_an_agreement_rests_is_not_cancelled(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency, 10_000)
    line = {"plan_id": project.plan_id, "programme_id": project.plan.programme_id}
    letter = cases.issued(cast, NOTIFICATION, {**line, "amount": 10_000})
    with pytest.raises(RuleBroken) as refusal:
        cases.cancel(cast, NOTIFICATION, letter)
    one(refusal.value.problems, "استوار است", "۱۰٬۰۰۰")
    less = cases.draft(cast, NOTIFICATION, {**line, "amount": -1})
    (warning,) = letter_rules.problems(NOTIFICATION, less)
    assert "موافقتنامه باید اصلاح شود" in warning.sentence
    assert not warning.blocks
    cases.issue(cast, NOTIFICATION, less)


# --- two times --------------------------------------------------------------------------------------------------------


def test_a_cancelled_letter_counted_as_was_known_before(cast: Cast) -> None:
    letter = cases.make(cast, ALLOCATION, "issued")
    known = timezone.now()
    day = letter.valid_from
    rows = AllocationLine.objects.filter(notice=letter)
    assert not rows.valid_by(day, known_at=known - dt.timedelta(hours=1)).exists()
    cases.cancel(cast, ALLOCATION, letter)
    assert rows.valid_by(day, known_at=known).exists()
    assert not rows.valid_by(day).exists()
    assert not rows.valid_by(day, known_at=timezone.now()).exists()


def test_credit_is_that_of_the_version_in_force(cast: Cast) -> None:
    project = cases.agreed_project(cast, cast.agency, 7_000)
    year = cast.fiscal_year
    found = in_force.credits(cast.agency.pk, year.pk, "capital", year.ends_on)
    assert found == {(project.pk, cases.source(cast).pk): 7_000}
    before = year.starts_on - dt.timedelta(days=400)
    assert in_force.credits(cast.agency.pk, year.pk, "capital", before) == {}
    assert allocated([], year.ends_on) == {}
