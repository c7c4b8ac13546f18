"""Coming in: password, second factor, recovery codes, reset, and the code asked again before a signature."""

from __future__ import annotations

import base64
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from redis.exceptions import ConnectionError as Gone

from accounts.models import ApiKey, User
from budget_portal.digits import to_persian
from tests.cast import Cast

PASSWORD = "a-long-enough-secret"
LOGIN = "/accounts/login/"
CODE = "/accounts/second-factor/code/"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def give_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save()


def give_totp(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_now(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, username: str, password: str = PASSWORD) -> object:
    return client.post(LOGIN, {"login": username, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_alone_suffices_for_an_agency_user(cast: Cast) -> None:
    give_password(cast.agency_user)
    client = Client()
    assert sign_in(client, "agency_user").status_code == 302
    assert is_in(client)


def test_wrong_password_and_unknown_person_read_alike(cast: Cast) -> None:
    give_password(cast.agency_user)
    wrong = sign_in(Client(), "agency_user", "another-password").content.decode()
    unknown = sign_in(Client(), "no_such_person", "another-password").content.decode()

    def messages(page: str) -> list[str]:
        found = re.findall(r'<ul class="field__error".*?</ul>|role="alert".*?</div>', page, re.S)
        return [re.sub(r"\s+", " ", part) for part in found]

    assert any("نام کاربری یا رمز عبور درست نیست." in part for part in messages(wrong))
    assert messages(wrong) == messages(unknown)


def test_five_wrong_passwords_close_the_door_for_the_right_one(cast: Cast) -> None:
    give_password(cast.agency_user)
    client = Client()
    for _ in range(5):
        sign_in(client, "agency_user", "wrong")
    sign_in(client, "agency_user")
    assert not is_in(client)


def test_nobody_signs_up() -> None:
    for name in ("account_signup", "account_email", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Client().get("/accounts/signup/").status_code in (302, 404)


def test_second_factor_is_asked_after_the_password(cast: Cast) -> None:
    give_password(cast.treasurer)
    secret = give_totp(cast.treasurer)
    client = Client()
    response = sign_in(client, "treasurer")
    assert response["Location"].startswith(CODE)
    assert not is_in(client)
    client.post(CODE, {"code": "000000"})
    assert not is_in(client)
    typed = to_persian(code_now(secret))
    client.post(CODE, {"code": f"{typed[:3]} {typed[3:]}"})
    assert is_in(client)


def test_a_code_is_good_for_once(cast: Cast) -> None:
    give_password(cast.treasurer)
    code = code_now(give_totp(cast.treasurer))
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "treasurer")
        client.post(CODE, {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_recovery_code_opens_once(cast: Cast) -> None:
    give_password(cast.treasurer)
    give_totp(cast.treasurer)
    code = RecoveryCodes.activate(cast.treasurer).get_unused_codes()[0]
    outcome = []
    for _ in range(2):
        client = Client()
        sign_in(client, "treasurer")
        client.post(CODE, {"code": code})
        outcome.append(is_in(client))
    assert outcome == [True, False]


def test_secrets_are_unreadable_in_the_database(cast: Cast) -> None:
    secret = give_totp(cast.treasurer)
    assert secret not in str(Authenticator.objects.get(user=cast.treasurer).data)


def test_a_role_that_demands_it_is_sent_to_set_up(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.treasurer)
    for path in ("/accounts/profile/", "/periods/"):
        assert client.get(path)["Location"] == reverse("mfa_activate_totp")
    assert client.get("/api/v1/agencies/").status_code == 403
    assert client.get(reverse("accounts:role")).status_code == 200  # the way to another role stays open


def test_set_up_leads_to_recovery_codes_and_opens_the_portal(cast: Cast) -> None:
    give_password(cast.treasurer)
    client = Client()
    sign_in(client, "treasurer")
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    picture = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", page.content.decode())[1])  # type: ignore[index]
    assert b'xmlns="http://www.w3.org/2000/svg"' in picture
    secret = client.session["mfa.totp.secret"]
    done = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get("/accounts/profile/").status_code == 200


def test_the_demo_switches_it_off_and_says_so(cast: Cast, settings: object) -> None:
    settings.SECOND_FACTOR_ROLES = []  # type: ignore[attr-defined]
    client = Client()
    client.force_login(cast.treasurer)
    assert "رمز دوم خاموش است" in client.get("/accounts/profile/").content.decode()


def test_default_roles_are_those_of_decision_24() -> None:
    assert set(settings.SECOND_FACTOR_ROLES) == {
        "treasurer",
        "consolidation",
        "budget_deputy",
        "org_head",
        "admin",
    }


def test_signing_asks_again_and_then_finishes_what_was_begun(cast: Cast) -> None:
    """Making a key is asked for like a signature: the POST waits for the code and is carried out once."""
    secret = give_totp(cast.treasurer)
    client = cast.sign_in(cast.treasurer, fresh=False)
    asked = client.post(reverse("accounts:key-create"), {"name": "گزارش", "days": "30"})
    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    assert not ApiKey.objects.exists()
    done = client.post(asked["Location"], {"code": code_now(secret), "next": reverse("accounts:key-create")})
    assert done.status_code == 200
    assert ApiKey.objects.get().membership == cast.treasurer.acting
    client.post(reverse("accounts:key-create"), {"name": "دیگر", "days": "30"})
    assert ApiKey.objects.count() == 2  # fresh for a few minutes


def test_the_resumed_request_keeps_the_chosen_role(cast: Cast) -> None:
    person = cast.treasurer
    second = cast.membership(person, "treasurer", cast.agency2)
    secret = give_totp(person)
    client = cast.sign_in(person, fresh=False)
    client.post(reverse("accounts:role"), {"membership": second.pk})
    asked = client.post(reverse("accounts:key-create"), {"name": "گزارش", "days": "30"})
    client.post(asked["Location"], {"code": code_now(secret), "next": reverse("accounts:key-create")})
    assert ApiKey.objects.get().membership == second


def test_who_must_have_it_cannot_switch_it_off(cast: Cast) -> None:
    response = cast.client("deputy").post(reverse("mfa_deactivate_totp"))
    assert response.status_code == 403
    assert Authenticator.objects.filter(user=cast.deputy).exists()


def test_password_reset_by_mail(cast: Cast, mailoutbox: list[object]) -> None:
    give_password(cast.agency_user)
    client = Client()
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})["Location"]
        for email in ("agency_user@example.test", "nobody.here@example.test")
    ]
    assert answers[0] == answers[1]  # known and unknown alike
    assert len(mailoutbox) == 1
    assert mailoutbox[0].subject == "بازیابی رمز عبور"  # type: ignore[attr-defined]
    link = re.search(r"https?://\S+(/accounts/password-reset/key/\S+)", mailoutbox[0].body)  # type: ignore[attr-defined]
    assert link
    form = client.get(link[1], follow=True)
    path = form.redirect_chain[-1][0]
    client.post(path, {"password1": "brand-new-secret-77", "password2": "brand-new-secret-77"})
    assert sign_in(client, "agency_user", "brand-new-secret-77").status_code == 302
    assert is_in(client)


def test_a_deactivated_person_is_out_at_once(cast: Cast) -> None:
    from accounts import services

    give_password(cast.agency_user)
    client = Client()
    sign_in(client, "agency_user")
    services.deactivate_person(cast.agency_user.pk, by=cast.admin, reason="پایان مأموریت")
    assert client.get("/accounts/profile/")["Location"].startswith(LOGIN)
    assert not is_in(client)
    sign_in(client, "agency_user")
    assert not is_in(client)


def test_revoking_a_role_ends_the_sessions(cast: Cast) -> None:
    from accounts import services

    give_password(cast.agency_user)
    client = Client()
    sign_in(client, "agency_user")
    membership = cast.agency_user.memberships.get()
    services.end_membership(membership.pk, by=cast.admin, reason="پایان مأموریت")
    assert not is_in(client)
    assert not cast.agency_user.memberships.valid().exists()


def test_signing_in_works_and_stays_limited_without_redis(cast: Cast, settings: object) -> None:
    settings.CACHES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "budget_portal.cache.EntranceRedisCache", "LOCATION": "unix:///nowhere.sock"}
    }
    give_password(cast.agency_user)
    client = Client()
    assert sign_in(client, "agency_user").status_code == 302
    assert is_in(client)
    other = Client()
    for _ in range(5):
        assert sign_in(other, "agency_user", "wrong").status_code == 200
    sign_in(other, "agency_user")
    assert not is_in(other)
    with pytest.raises(Gone):
        cache.get("anything-else")
