"""People and roles: what the administrator may do, what nobody may, and what the log keeps of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys, services
from accounts.models import ApiKey, Membership, User
from budget_portal import outbox
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import Alert, AuditEntry
from tests.cast import Cast

ROLE = {
    "role": "auditor",
    "agency": None,
    "sector_group": None,
    "county": None,
    "valid_from": dt.date(2026, 1, 1),
    "valid_to": None,
}


def test_the_first_password_works_and_is_in_no_log(cast: Cast) -> None:
    person, password = services.create_person(
        {"full_name": "شخص تازه", "username": "fresh", "email": "", "mobile": ""}, ROLE, by=cast.admin
    )
    assert person.check_password(password)
    assert person.role == "auditor"
    events = list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))
    assert events[-2:] == ["person.created", "membership.granted"]
    logged = str(list(AuditEntry.objects.values_list("before", "after", "note")))
    assert password not in logged
    assert person.password not in logged


def test_nobody_gives_a_role_to_himself(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.grant(cast.admin, ROLE, by=cast.admin)
    with pytest.raises(NotAllowed):
        services.end_membership(cast.admin.memberships.get().pk, by=cast.admin, reason="خودم")
    assert cast.admin.memberships.count() == 1


@pytest.mark.parametrize("name", ["deputy", "head", "auditor", "agency_head", "far_admin"])
def test_only_the_administrator_of_the_organization_manages(cast: Cast, name: str) -> None:
    by = cast.person(name)
    if name != "far_admin":
        with pytest.raises(NotAllowed):
            services.grant(cast.expert, ROLE, by=by)
    with pytest.raises((NotAllowed, Membership.DoesNotExist)):
        services.end_membership(cast.expert.memberships.get().pk, by=by, reason="بی‌جا")
    with pytest.raises(NotAllowed):
        services.deactivate_person(cast.expert.pk, by=by, reason="بی‌جا")
    assert cast.expert.memberships.count() == 1 or name == "far_admin"


def test_a_role_given_elsewhere_stands_in_the_givers_organization(cast: Cast) -> None:
    membership = services.grant(cast.expert, ROLE, by=cast.far_admin)
    assert membership.organization == cast.far_organization
    # From now on two organizations know the person, so neither changes name, mail or password.
    with pytest.raises(NotAllowed):
        services.renew_password(cast.expert.pk, by=cast.admin)


def test_an_account_that_another_organization_switched_off_stays_theirs(cast: Cast) -> None:
    """A role that ended here gives no hold on somebody whom another province employs, active or not."""
    guest = cast.person("far_auditor")
    ended = services.grant(guest, ROLE, by=cast.admin)
    services.end_membership(ended.pk, by=cast.admin, reason="پایان مأموریت")
    services.deactivate_person(guest.pk, by=cast.person("far_admin"), reason="بازنشسته شد")
    for verb in (services.activate_person, services.renew_password, services.drop_second_factor):
        with pytest.raises(NotAllowed):
            verb(guest.pk, by=cast.admin)
    guest.refresh_from_db()
    assert not guest.is_active


def test_the_person_is_told_of_a_role(cast: Cast) -> None:
    services.grant(cast.expert, ROLE, by=cast.admin)
    outbox.deliver_all()
    assert "حسابرس سامانه" in Alert.objects.get(person=cast.expert).text
    assert "۱" in cast.client("expert").get("/accounts/profile/").content.decode()


def test_the_national_viewer_is_named_by_the_nation(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.grant(cast.expert, {**ROLE, "role": "national_viewer"}, by=cast.admin)


def test_treasurer_and_agency_user_of_one_agency_are_two_people(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="مادهٔ ۵۳"):
        services.grant(cast.agency_user, {**ROLE, "role": "treasurer", "agency": cast.agency}, by=cast.admin)
    services.grant(cast.agency_user, {**ROLE, "role": "treasurer", "agency": cast.agency2}, by=cast.admin)


def test_a_role_without_its_place_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        services.grant(cast.expert, {**ROLE, "role": "treasurer"}, by=cast.admin)


def test_an_ended_role_is_gone_today_even_if_given_today(cast: Cast) -> None:
    today = timezone.localdate()
    membership = services.grant(cast.expert, {**ROLE, "valid_from": today}, by=cast.admin)
    services.end_membership(membership.pk, by=cast.admin, reason="اشتباه بود")
    assert membership not in cast.expert.memberships.valid()
    entry = AuditEntry.objects.get(event="membership.ended")
    assert entry.before["valid_from"] == today.isoformat()
    assert entry.note == "اشتباه بود"


def test_switching_the_role_changes_what_is_seen(cast: Cast) -> None:
    person = cast.expert
    second = cast.membership(person, "auditor", cast.organization)
    client = cast.sign_in(person)
    assert client.get(reverse("accounts:user-list")).status_code == 403
    client.post(reverse("accounts:role"), {"membership": second.pk})
    assert client.get(reverse("accounts:user-list")).status_code == 200
    assert AuditEntry.objects.filter(event="role.switched", actor=person).exists()


def test_a_role_of_another_person_or_of_yesterday_is_no_choice(cast: Cast) -> None:
    over = cast.membership(cast.expert, "auditor", cast.organization, valid_to=dt.date(2020, 2, 1))
    client = cast.sign_in(cast.expert)
    for pk in (over.pk, cast.deputy.memberships.get().pk, "'; --", "۱"):
        assert client.post(reverse("accounts:role"), {"membership": pk}).status_code == 404


def test_next_never_leads_away(cast: Cast) -> None:
    client = cast.sign_in(cast.expert)
    pk = cast.expert.memberships.get().pk
    away = client.post(reverse("accounts:role"), {"membership": pk, "next": "https://evil.example/"})
    assert away["Location"] == "/inbox/"


def test_sections_follow_the_role(cast: Cast) -> None:
    admin = cast.client("admin").get("/accounts/profile/").content.decode()
    assert reverse("accounts:user-list") in admin
    expert = cast.client("expert").get("/accounts/profile/").content.decode()
    assert reverse("accounts:user-list") not in expert


def test_the_header_costs_no_query_on_a_page_without_it(
    cast: Cast, django_assert_num_queries: object
) -> None:
    client = cast.sign_in(cast.agency_user)
    client.get("/healthz")
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/healthz")  # session, person, letters, memberships


# --- API keys ---------------------------------------------------------------------------------------------


def ask(text: str, *, header: str = "Authorization") -> int:
    value = f"Api-Key {text}" if header == "Authorization" else text
    return Client().get("/api/v1/agencies/", headers={header: value}).status_code


def test_a_key_acts_through_its_membership(cast: Cast) -> None:
    _, text = api_keys.create("گزارش", 30, by=cast.expert)
    assert cast.agency != cast.agency2
    rows = Client().get("/api/v1/agencies/", headers={"X-Api-Key": text}).json()["results"]
    assert [row["id"] for row in rows] == [cast.agency.pk]
    assert ask(text) == 200
    assert ApiKey.objects.get().last_used_at is not None
    assert text.partition(".")[2] not in str(ApiKey.objects.values())


def test_wrong_revoked_expired_and_ended_keys_are_refused(cast: Cast) -> None:
    key, text = api_keys.create("گزارش", 30, by=cast.expert)
    assert ask(text + "x") == ask("00000000.secret") == ask("") == ask("ی.ی") == 401
    api_keys.revoke(key.pk, by=cast.expert)
    assert ask(text) == 401

    key, text = api_keys.create("گزارش", 30, by=cast.expert)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert ask(text) == 401

    _, text = api_keys.create("گزارش", 30, by=cast.expert)
    assert ask(text) == 200
    services.end_membership(cast.expert.memberships.get().pk, by=cast.admin, reason="پایان مأموریت")
    assert ask(text) == 401


def test_a_key_of_a_deactivated_person_is_refused(cast: Cast) -> None:
    _, text = api_keys.create("گزارش", 30, by=cast.expert)
    services.deactivate_person(cast.expert.pk, by=cast.admin, reason="پایان مأموریت")
    assert ask(text) == 401


# --- technicians --------------------------------------------------------------------------------------------


def test_django_administration_is_for_technicians_and_shows_only(cast: Cast) -> None:
    door = Client().get("/admin/", follow=True)
    assert door.redirect_chain[-1][0].startswith("/accounts/login/")
    assert cast.client("admin").get("/admin/").status_code in (302, 403)
    technician = User.objects.create(username="tech", full_name="فنی", is_staff=True, is_superuser=True)
    client = cast.sign_in(technician, second_factor=True)
    assert client.get("/admin/").status_code == 200
    page = reverse("admin:accounts_membership_changelist")
    assert client.get(page).status_code == 200
    assert client.get(reverse("admin:accounts_membership_add")).status_code == 403
    assert client.get(reverse("admin:monitoring_performancesubmission_add")).status_code == 403
    assert client.get(reverse("admin:agreements_affair_add")).status_code == 200


def test_a_technician_without_second_factor_sets_it_up_first(cast: Cast) -> None:
    technician = User.objects.create(username="tech", full_name="فنی", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(technician)
    assert client.get("/admin/")["Location"] == reverse("mfa_activate_totp")
