"""Signing, reviewing, returning and exchanging a version, and what each refuses with which sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import CapitalAgreement, ExpenseAgreement
from agreements.workflow import versions
from budget_portal import outbox
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert
from tests.agreements import letter_cases
from tests.agreements.making import REASON, advance, drafted, exchange
from tests.cast import Cast
from tests.factories import make_person

pytestmark = pytest.mark.django_db
KINDS = ("capital", "expense")


def in_state(cast: Cast, kind: str, state: str) -> Any:
    return advance(cast, kind, drafted(cast, kind), state)


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_exchange_ends_the_version_before(cast: Cast, kind: str) -> None:
    first = in_state(cast, kind, "exchanged")
    second = advance(cast, kind, drafted(cast, kind, amends=first), "expert_approved")
    day = first.valid_from + dt.timedelta(days=60)
    exchange(second, cast.consolidation, day)
    first.refresh_from_db()
    assert (first.state, first.valid_to) == ("superseded", day - dt.timedelta(days=1))
    rows = type(first).objects.filter(agency=cast.agency)
    assert rows.in_force(day).get() == second
    assert rows.in_force(day - dt.timedelta(days=1)).get() == first


def test_what_holds_on_a_day_differs_from_what_was_known_then(cast: Cast) -> None:
    first = in_state(cast, "expense", "exchanged")
    moment = timezone.now()
    second = advance(cast, "expense", drafted(cast, "expense", amends=first), "expert_approved")
    day = first.valid_from + dt.timedelta(days=10)
    exchange(second, cast.consolidation, day)
    rows = ExpenseAgreement.objects.filter(agency=cast.agency)
    assert rows.in_force(day).get() == second
    assert rows.in_force(day, known_at=moment).get() == first


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"system": "fax"}, "سامانهٔ مبادله"),
        ({"number": " "}, "شمارهٔ مبادله"),
        ({"agreed_on": dt.date(2100, 1, 1)}, "دیرتر"),
        ({"valid_from": dt.date(2000, 1, 1)}, "سال مالی ۱۴۰۵"),
    ],
)
def test_an_exchange_needs_number_and_dates(cast: Cast, changed: dict[str, Any], sentence: str) -> None:
    row = in_state(cast, "capital", "expert_approved")
    day = row.fiscal_year.starts_on
    facts = {"system": "nezarat4", "number": "۹۱۴۴۰", "agreed_on": day, "valid_from": day} | changed
    with pytest.raises(RuleBroken, match=sentence):
        versions.exchange("capital", row.pk, by=cast.consolidation, **facts)


def test_an_amendment_begins_after_the_version_that_it_amends(cast: Cast) -> None:
    first = in_state(cast, "capital", "exchanged")
    second = advance(cast, "capital", drafted(cast, "capital", amends=first), "expert_approved")
    with pytest.raises(RuleBroken, match="پس از آغاز نسخهٔ پیشین"):
        exchange(second, cast.consolidation, first.valid_from)


def lowered(cast: Cast, credit: str) -> Any:
    """An amendment that lowers 50,000 million rials from the 61st day on, approved by the expert."""
    first = in_state(cast, "capital", "exchanged")
    made = drafted(cast, "capital", amends=first)
    (code,) = made.draft["CA-6"]
    made.draft["CA-6"][code]["cgeneral-"]["amount"] = credit
    later = str(80_000 - int(credit))
    made.draft["CA-6"][code][f"y{first.fiscal_year.year + 1}"]["amount"] = later
    made.save(update_fields=["draft"])
    return advance(cast, "capital", made, "expert_approved")


def allocate(cast: Cast, project: Any, amount: int, day: dt.date) -> None:
    line = {"project_id": project.pk, "amount": amount}
    letter_cases.issued(cast, ALLOCATION, line, valid_from=day)


@pytest.mark.parametrize("late", [False, True])
def test_an_amendment_stays_above_what_was_allocated(cast: Cast, late: bool) -> None:
    """Also when the letter counts from a day after the amendment."""
    row = lowered(cast, "30000")
    day = row.amends.valid_from + dt.timedelta(days=60)
    allocate(cast, row.projects.get().project, 31_000, day + dt.timedelta(days=5 if late else -5))
    with pytest.raises(RuleBroken) as refusal:
        exchange(row, cast.consolidation, day)
    assert "(۳۰٬۰۰۰) از جمع تخصیص" in refusal.value.problems[0]
    assert "(۳۱٬۰۰۰)" in refusal.value.problems[0]
    row.amends.refresh_from_db()
    assert row.amends.state == "exchanged"


def test_an_amendment_may_fall_to_what_was_allocated(cast: Cast) -> None:
    row = lowered(cast, "30000")
    day = row.amends.valid_from + dt.timedelta(days=60)
    allocate(cast, row.projects.get().project, 30_000, day)
    assert exchange(row, cast.consolidation, day).state == "exchanged"


def test_what_was_signed_is_judged_again_when_it_is_exchanged(cast: Cast) -> None:
    """After the signature of the agency head less is notified than the agreement says."""
    row = in_state(cast, "capital", "expert_approved")
    line = {"plan_id": row.plan_id, "programme_id": row.plan.programme_id, "amount": 9_000}
    letter_cases.issued(cast, NOTIFICATION, line)
    with pytest.raises(RuleBroken, match="برگردانید") as refusal:
        exchange(row, cast.consolidation)
    assert any("بیشتر است" in sentence for sentence in refusal.value.problems)


def test_a_return_needs_a_reason_and_keeps_it(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    with pytest.raises(RuleBroken, match="۲۰ نویسه"):
        versions.return_to_draft("capital", row.pk, by=cast.expert, reason="کم")
    assert versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON).return_reason == REASON
    assert versions.submit("capital", row.pk, by=cast.agency_head).return_reason == ""


def test_an_open_remark_stops_the_approval(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    remark = versions.remark("capital", row.pk, "CA-4///", "وزن‌ها را بازبینی کنید.", by=cast.expert)
    with pytest.raises(WrongState, match="نکته"):
        versions.review("capital", row.pk, by=cast.expert)
    versions.resolve_remark(remark.pk, by=cast.expert)
    assert versions.review("capital", row.pk, by=cast.expert).state == "expert_approved"


def test_the_agency_deals_with_a_remark_in_its_draft_and_the_reviewer_closes_it(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    remark = versions.remark("capital", row.pk, "CA-4///", "وزن‌ها را بازبینی کنید.", by=cast.expert)
    with pytest.raises(WrongState):
        versions.answer_remark(remark.pk, by=cast.agency_user)
    versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON)
    with pytest.raises(NotAllowed):
        versions.answer_remark(remark.pk, by=cast.expert)
    assert versions.answer_remark(remark.pk, by=cast.agency_user).stage == "answered"
    versions.submit("capital", row.pk, by=cast.agency_head)
    with pytest.raises(WrongState, match="نکته"):
        versions.review("capital", row.pk, by=cast.expert)
    assert versions.resolve_remark(remark.pk, by=cast.expert).stage == "resolved"


def test_the_agency_makes_no_remarks(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    with pytest.raises(NotAllowed):
        versions.remark("capital", row.pk, "CA-4///", "خوب است.", by=cast.agency_head)
    with pytest.raises(RuleBroken, match="بنویسید"):
        versions.remark("capital", row.pk, "CA-4///", "  ", by=cast.expert)


def test_remarks_are_written_while_it_is_reviewed(cast: Cast) -> None:
    row = in_state(cast, "capital", "exchanged")
    with pytest.raises(WrongState):
        versions.remark("capital", row.pk, "CA-4///", "دیر است.", by=cast.expert)


def test_an_expert_of_another_group_does_not_see_it(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    with pytest.raises(CapitalAgreement.DoesNotExist):
        versions.review("capital", row.pk, by=cast.expert2)


def test_who_signed_does_not_exchange(cast: Cast) -> None:
    """One person with two roles: what he signed as head he does not register as consolidation."""
    row = in_state(cast, "expense", "expert_approved")
    both = make_person("consolidation", cast.organization)
    ExpenseAgreement.objects.filter(pk=row.pk).update(submitted_by=both)
    with pytest.raises(NotAllowed, match="سه نفر"):
        exchange(row, both)


@pytest.mark.parametrize(
    ("name", "seen"), [("agency_user", 1), ("treasurer", 1), ("expert", 0), ("deputy", 0)]
)
def test_a_draft_that_was_never_sent_stays_with_its_agency(cast: Cast, name: str, seen: int) -> None:
    drafted(cast, "capital")
    assert CapitalAgreement.objects.for_user(cast.person(name)).count() == seen


def test_a_returned_draft_stays_readable_for_its_reviewers(cast: Cast) -> None:
    row = in_state(cast, "capital", "submitted")
    versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON)
    assert CapitalAgreement.objects.for_user(cast.expert).get() == row


@pytest.mark.parametrize(
    ("state", "who", "said"),
    [
        ("submitted", "expert", "برای بررسی رسید"),
        ("expert_approved", "consolidation", "آمادهٔ ثبت مبادله"),
        ("exchanged", "agency_user", "لازم‌الاجراست"),
    ],
)
def test_who_must_act_is_told(cast: Cast, state: str, who: str, said: str) -> None:
    person = cast.person(who)
    row = in_state(cast, "capital", state)
    outbox.deliver_all()
    texts = Alert.objects.filter(person=person, url=f"/agreements/capital/{row.pk}/").values_list(
        "text", flat=True
    )
    assert any(said in text for text in texts)
