"""Coming in, and a person's own pages: nobody reaches those of another person, whatever the role."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from accounts.models import ApiKey
from tests.cast import Cast
from tests.matrix import LOGIN, Row, Status, cells

# Who has the code set up in the cast (settings.SECOND_FACTOR_ROLES).
HOLDERS: dict[str, Status] = dict.fromkeys(
    (
        *("treasurer", "consolidation", "deputy", "head", "admin", "treasurer2"),
        *("far_treasurer", "far_consolidation", "far_deputy", "far_head", "far_admin"),
        "abroad_consolidation",
    ),
    200,
)


def key(cast: Cast, name: str) -> dict[str, int]:
    person = cast.person(name)
    row, _ = ApiKey.objects.get_or_create(
        prefix=f"{person.pk:08d}",
        defaults={"membership": person.acting, "name": "کلید", "key_hash": "0" * 64},
    )
    return {"pk": row.pk}


def session(cast: Cast, name: str) -> dict[str, int]:
    row, _ = UserSession.objects.get_or_create(
        session_key=f"key-of-{name}",
        defaults={"user": cast.person(name), "ip": "127.0.0.1", "user_agent": "x"},
    )
    return {"pk": row.pk}


NONE_OF_IT = cells(everyone=404)

ROWS = {
    ("mfa_activate_totp", "get"): Row(cells(everyone=200) | dict.fromkeys(HOLDERS, 302)),
    ("mfa_deactivate_totp", "get"): Row(cells(everyone=404) | dict.fromkeys(HOLDERS, 403)),
    ("mfa_reauthenticate", "get"): Row(cells(everyone=403) | HOLDERS),
    ("mfa_view_recovery_codes", "get"): Row(cells(everyone=404)),
    ("mfa_generate_recovery_codes", "get"): Row(cells(everyone=200)),
    ("mfa_download_recovery_codes", "get"): Row(cells(everyone=404)),
    ("account_login", "get"): Row(cells(everyone=302, public=200)),
    ("account_logout", "get"): Row(cells(everyone=200, public=302)),
    ("account_inactive", "get"): Row(cells(everyone=200, public=200)),
    ("account_reauthenticate", "get"): Row(cells(everyone=403) | dict.fromkeys(HOLDERS, 302)),
    ("account_change_password", "get"): Row(cells(everyone=302)),
    ("account_set_password", "get"): Row(cells(everyone=200)),
    ("account_reset_password", "get"): Row(cells(everyone=200, public=200)),
    ("account_reset_password_done", "get"): Row(cells(everyone=200, public=200)),
    ("account_reset_password_from_key_done", "get"): Row(cells(everyone=200, public=200)),
    ("mfa_index", "get"): Row(cells(everyone=200)),
    ("mfa_authenticate", "get"): Row(cells(everyone=302)),
    ("accounts:role", "get"): Row(cells(everyone=200)),
    ("accounts:role", "post"): Row(NONE_OF_IT, data={"membership": "999999999"}),
    ("accounts:profile", "get"): Row(cells(everyone=200)),
    ("accounts:devices", "get"): Row(cells(everyone=200)),
    ("accounts:device-end", "post"): Row(
        NONE_OF_IT | {"agency_user": 302},
        own=lambda cast: session(cast, "agency_user"),
        foreign=lambda cast: session(cast, "far_agency_user"),
    ),
    ("accounts:key-create", "post"): Row(
        cells(everyone=200, nobody=403), data={"name": "گزارش ماهانه", "days": "30"}
    ),
    ("accounts:key-revoke", "post"): Row(
        NONE_OF_IT | {"agency_user": 302},
        own=lambda cast: key(cast, "agency_user"),
        foreign=lambda cast: key(cast, "far_agency_user"),
    ),
    ("account_reset_password_from_key", "get"): Row(
        cells(everyone=200, public=200),
        fixed={"uidb36": "zz", "key": "wrong-key"},
    ),
}
assert LOGIN
