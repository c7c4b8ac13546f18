"""Substitutes: by letter and for days only, never across the powers that the law keeps apart, named on every step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys, services
from accounts.audience import holders
from accounts.middleware import SESSION_KEY
from accounts.models import Delegation
from accounts.workflow import delegations as workflow
from budget_portal import audit_check, outbox
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import Alert, AuditEntry
from tests.accounts.letters import REASON, letter, stand_in
from tests.accounts.test_people import ROLE
from tests.cast import Cast

DAY = dt.timedelta(days=1)


# --- the letter -----------------------------------------------------------------------------------------


def test_a_letter_holds_when_the_deputy_has_confirmed_it(cast: Cast) -> None:
    row = letter(cast, cast.treasurer, cast.expert)
    assert [m.role for m in cast.expert.roles_today()] == ["budget_expert"]
    workflow.confirm(row.pk, by=cast.deputy)
    own, held = cast.expert.roles_today()
    assert (own.delegation_id, held.role, held.stands_in) == (None, "treasurer", row)
    assert [e.event for e in AuditEntry.objects.filter(target_type="accounts.delegation").order_by("pk")] == [
        "delegation.registered",
        "delegation.confirmed",
    ]


def test_both_people_are_told(cast: Cast) -> None:
    stand_in(cast, cast.treasurer, cast.expert)
    outbox.deliver_all()
    assert {row.person for row in Alert.objects.filter(text__contains="تأیید شد")} == {
        cast.expert,
        cast.treasurer,
    }
    assert Alert.objects.get(person=cast.deputy).url.startswith("/manage/delegations/")


def test_before_and_after_its_days_a_letter_gives_nothing(cast: Cast) -> None:
    today = timezone.localdate()
    row = letter(cast, cast.treasurer, cast.expert, valid_from=today + DAY, valid_to=today + 5 * DAY)
    workflow.confirm(row.pk, by=cast.deputy)
    assert len(cast.expert.roles_today()) == 1
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert len(cast.expert.roles_today()) == 2
    with time_machine.travel(timezone.now() + 6 * DAY):
        assert len(cast.expert.roles_today()) == 1


def test_a_letter_whose_days_are_over_is_neither_registered_nor_confirmed(cast: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(RuleBroken, match="گذشته"):
        letter(cast, cast.treasurer, cast.expert, valid_from=today - 9 * DAY, valid_to=today - DAY)
    last = letter(cast, cast.treasurer, cast.expert, valid_from=today - 9 * DAY, valid_to=today)
    with time_machine.travel(timezone.now() + DAY), pytest.raises(WrongState, match="گذشته"):
        workflow.confirm(last.pk, by=cast.deputy)
    workflow.confirm(last.pk, by=cast.deputy)


def test_a_letter_ends_with_the_role_that_it_lends(cast: Cast) -> None:
    stand_in(cast, cast.treasurer, cast.expert)
    services.end_membership(cast.treasurer.memberships.get().pk, by=cast.admin, reason="بازنشسته شد")
    assert len(cast.expert.roles_today()) == 1


def test_ended_early_the_next_request_is_in_the_own_role(cast: Cast) -> None:
    row = workflow.confirm(letter(cast, cast.complaints, cast.expert).pk, by=cast.deputy)
    client = cast.client("expert")
    client.post(reverse("accounts:role"), {"membership": row.membership_id})
    assert client.session[SESSION_KEY] == row.membership_id
    page = client.get(reverse("accounts:role")).content.decode()
    assert f"به جانشینی از {cast.complaints} کار می‌کنید" in page
    Delegation.objects.filter(pk=row.pk).update(
        state="ended", closed_by=cast.admin, closed_at=timezone.now(), reason="x"
    )
    page = client.get(reverse("accounts:role")).content.decode()
    assert "کار می‌کنید" not in page
    assert str(cast.complaints) not in page


def test_an_end_closes_the_sessions_of_the_substitute(cast: Cast) -> None:
    row = workflow.confirm(letter(cast, cast.complaints, cast.expert).pk, by=cast.deputy)
    client = cast.client("expert")
    UserSession.objects.create(
        user=cast.expert, session_key=client.session.session_key, ip="127.0.0.1", user_agent="x"
    )
    other = letter(cast, cast.treasurer, cast.expert)
    workflow.end(other.pk, by=cast.admin, reason=REASON)  # it never held: nothing was done in its name
    assert client.get(reverse("accounts:profile")).status_code == 200
    workflow.end(row.pk, by=cast.admin, reason=REASON)
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_the_second_factor_is_demanded_of_who_stands_in(cast: Cast) -> None:
    row = workflow.confirm(letter(cast, cast.treasurer, cast.expert).pk, by=cast.deputy)
    client = cast.client("expert")
    client.post(reverse("accounts:role"), {"membership": row.membership_id})
    answer = client.get("/inbox/")
    assert (answer.status_code, answer.url) == (302, reverse("mfa_activate_totp"))


def test_who_stands_in_makes_no_key_for_the_role(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        api_keys.create("کلید", 30, by=stand_in(cast, cast.treasurer, cast.expert))


def test_a_substitute_hears_what_the_holder_hears(cast: Cast) -> None:
    treasurer = cast.treasurer
    assert holders(agency=cast.agency, role="treasurer") == [treasurer]
    stand_in(cast, cast.treasurer, cast.expert)
    assert set(holders(agency=cast.agency, role="treasurer")) == {cast.treasurer, cast.expert}


# --- who may not ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("principal", "substitute", "sentence"),
    [
        ("agency_user", "treasurer", "مادهٔ ۵۳"),
        ("treasurer", "agency_user", "مادهٔ ۵۳"),
        ("treasurer", "agency_head", "مادهٔ ۵۳"),
        ("agency_head", "treasurer", "مادهٔ ۵۳"),
        ("agency_head", "treasurer2", "مادهٔ ۵۳"),  # to no treasurer of whatever agency
        ("auditor", "expert", "جانشین نمی‌پذیرد"),
        ("admin", "expert", "جانشین نمی‌پذیرد"),
        ("treasurer", "treasurer", "شخص دیگری"),
        ("treasurer", "admin", "جانشینی خود"),
    ],
)
def test_powers_stay_apart(cast: Cast, principal: str, substitute: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        letter(cast, cast.person(principal), cast.person(substitute))
    assert not Delegation.objects.exists()


def test_powers_stay_apart_across_two_letters(cast: Cast) -> None:
    letter(cast, cast.treasurer, cast.expert)
    for principal in (cast.agency_user, cast.agency_head, cast.agency_head2):
        if principal == cast.agency_head2:
            continue
        with pytest.raises(RuleBroken, match="مادهٔ ۵۳"):
            letter(cast, principal, cast.expert)
    with pytest.raises(RuleBroken, match="مادهٔ ۵۳"):
        letter(cast, cast.agency_head2, cast.expert)  # who stands in for a treasurer stands in for no head


def test_a_role_is_not_given_to_who_stands_in_for_its_opposite(cast: Cast) -> None:
    letter(cast, cast.agency_user, cast.expert)
    with pytest.raises(RuleBroken):
        services.grant(cast.expert, {**ROLE, "role": "treasurer", "agency": cast.agency}, by=cast.admin)
    services.grant(cast.expert, {**ROLE, "role": "treasurer", "agency": cast.agency2}, by=cast.admin)


def test_the_letter_of_a_head_says_that_the_substitute_is_no_staff_of_the_treasurer(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="کارکنان ذیحسابی"):
        letter(cast, cast.agency_head, cast.expert, outside_treasury=False)


def test_one_substitute_at_a_time(cast: Cast) -> None:
    letter(cast, cast.treasurer, cast.expert)
    with pytest.raises(RuleBroken, match="جانشین دیگری"):
        letter(cast, cast.treasurer, cast.complaints)


def test_nobody_confirms_a_letter_in_his_own_favour(cast: Cast) -> None:
    row = letter(cast, cast.consolidation, cast.deputy)
    with pytest.raises(NotAllowed):
        workflow.confirm(row.pk, by=cast.deputy)


def test_a_deputys_substitute_does_not_confirm_his_own_letter(cast: Cast) -> None:
    other = stand_in(cast, cast.deputy, cast.complaints)
    row = letter(cast, cast.treasurer, cast.complaints)
    with pytest.raises(NotAllowed):
        workflow.confirm(row.pk, by=other)
    workflow.confirm(letter(cast, cast.expert, cast.consolidation).pk, by=other)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("delegation_kept", "substitute_id = confirmed_by_id"),
        ("delegation_kept", "valid_to = valid_to + 30"),
        ("accounts_delegation_edges", "state = 'registered'"),
    ],
)
def test_the_database_keeps_the_letter(cast: Cast, constraint: str, change: str) -> None:
    stand_in(cast, cast.treasurer, cast.expert)
    assert refused(f"UPDATE accounts_delegation SET {change}") == constraint


def test_the_database_deletes_no_letter(cast: Cast) -> None:
    letter(cast, cast.treasurer, cast.expert)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Delegation.objects.all().delete()


# --- every step names both ------------------------------------------------------------------------------


def test_the_log_says_by_whose_letter_and_its_hash_covers_it(cast: Cast) -> None:
    by = stand_in(cast, cast.deputy, cast.complaints)
    row = letter(cast, cast.treasurer, cast.expert)
    workflow.confirm(row.pk, by=by)
    entry = AuditEntry.objects.get(event="delegation.confirmed", target_id=str(row.pk))
    assert (entry.actor, entry.role, entry.on_behalf_of.principal) == (by, "budget_deputy", cast.deputy)
    assert audit_check.verify().sound
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE budget_portal_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE budget_portal_auditentry SET on_behalf_of_id = NULL WHERE id = %s", [entry.pk])
        cursor.execute("ALTER TABLE budget_portal_auditentry ENABLE TRIGGER USER")
    assert audit_check.verify().first.entry == entry.pk


def test_the_auditor_reads_both_names(cast: Cast) -> None:
    row = letter(cast, cast.treasurer, cast.expert)
    workflow.confirm(row.pk, by=stand_in(cast, cast.deputy, cast.complaints))
    page = cast.client("auditor").get(reverse("ground:audit"), {"event": "delegation.confirmed"})
    assert f"{cast.complaints}، به جانشینی از {cast.deputy}" in page.content.decode()


# --- pages ----------------------------------------------------------------------------------------------


def test_from_the_letter_to_the_role(cast: Cast) -> None:
    from tests.monitoring.visit_cases import drawn

    data: dict[str, Any] = {
        "membership": cast.complaints.memberships.get().pk,
        "substitute": cast.expert.pk,
        "valid_from": "1405/01/01",
        "valid_to": "1405/01/10",
        "letter_number": "۱۲۳",
        "letter_date": "1405/01/01",
        "document": drawn(name="letter.jpg"),
    }
    admin, deputy = cast.client("admin"), cast.client("deputy")
    answer = admin.post(reverse("accounts:delegation-create"), data)
    assert (answer.status_code, "گذشته است" in answer.content.decode()) == (422, True)
    data |= {"valid_to": "1410/01/01", "document": drawn(name="letter.jpg")}
    answer = admin.post(reverse("accounts:delegation-create"), data)
    assert answer.status_code == 302
    row = Delegation.objects.get()
    assert f"جانشینی {cast.expert}" in deputy.get("/inbox/").content.decode()
    page = deputy.get(reverse("accounts:delegation", args=[row.pk])).content.decode()
    assert "تأیید جانشینی" in page
    assert b"".join(deputy.get(reverse("accounts:delegation-letter", args=[row.pk])).streaming_content)
    deputy.post(reverse("accounts:delegation-confirm", args=[row.pk]))
    expert = cast.client("expert")
    assert f"به جانشینی از {cast.complaints}" in expert.get(reverse("accounts:role")).content.decode()
    answer = admin.post(reverse("accounts:delegation-end", args=[row.pk]), {"end-reason": "کوتاه"})
    assert answer.status_code == 422
    admin.post(reverse("accounts:delegation-end", args=[row.pk]), {"end-reason": REASON})
    assert "پیش از موعد" in admin.get(reverse("accounts:delegation-list")).content.decode()


def test_the_list_asks_no_more_for_more_rows(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client("admin")
    people = [cast.expert, cast.complaints, cast.expert2]
    for principal, substitute in zip([cast.treasurer, cast.deputy, cast.head], people, strict=True):
        letter(cast, principal, substitute)
    client.get(reverse("accounts:delegation-list"))
    with django_assert_max_num_queries(8):
        client.get(reverse("accounts:delegation-list"))


def refused(query: str, *params: Any) -> str:
    """The name of the constraint that refuses a statement."""
    with pytest.raises(IntegrityError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, params)
    return str(found.value.__cause__.diag.constraint_name)
