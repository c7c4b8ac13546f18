"""Coming in, and a person's own pages: nobody reaches those of another person, whatever the role."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from accounts.models import ApiKey
from budget_portal.models import Holiday
from tests.cast import Cast
from tests.matrix import Make, Row, Status, api, by_role, cells

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


def of(name: str, far: str) -> dict[str, Make]:
    """The person of a manage page: one at home, one of the other province."""
    return {
        "own": lambda cast: {"pk": cast.person(name).pk},
        "foreign": lambda cast: {"pk": cast.person(far).pk},
    }


def admin(status: Status, **others: Status) -> dict[str, Status]:
    """The administrator's page of one object: every other role is refused before anything is looked up."""
    return (
        by_role(403, admin=status, **others)
        | {"far_admin": 404}
        | ({"far_auditor": 404} if "auditor" in others else {})
    )


def membership(cast: Cast, name: str) -> dict[str, int]:
    return {"pk": cast.person(name).memberships.get().pk}


MEMBERSHIP: dict[str, Make] = {
    "own": lambda cast: membership(cast, "agency_user"),
    "foreign": lambda cast: membership(cast, "far_agency_user"),
}
AGENCY: dict[str, Make] = {
    "own": lambda cast: {"pk": cast.agency.pk},
    "foreign": lambda cast: {"pk": cast.far_agency.pk},
}
GROUP: dict[str, Make] = {
    "own": lambda cast: {"pk": cast.group.pk},
    "foreign": lambda cast: {"pk": cast.far_group.pk},
}
PERSON = of("agency_user", "far_agency_user")
SEEN = {"reason": "بخشنامهٔ نمونه", "seen": "on"}
ROLE = {"role": "auditor", "valid_from": "1405/01/01"}
REASON = {"reason": "پایان مأموریت"}


def holiday(cast: Cast) -> dict[str, int]:
    row, _ = Holiday.objects.current().get_or_create(
        day=cast.fiscal_year.starts_on, defaults={"title": "نوروز"}
    )
    return {"pk": row.pk}


def agency_data(cast: Cast) -> dict[str, object]:
    return {"name": "ادارهٔ تازه", "code": "۱۹۹۹", "sector_group": cast.group.pk, "county": cast.county.pk}


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
    ("accounts:alerts", "get"): Row(cells(everyone=200)),
    ("accounts:alerts", "post"): Row(
        cells(everyone=302),
        data={
            "deadline": "digest",
            "returned": "mail",
            "account": "mail",
            "turn": "off",
            "news": "digest",
            "hour": "9",
        },
    ),
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
    # --- administration: the role decides first, then the scope
    ("accounts:user-list", "get"): Row(by_role(403, admin=200, auditor=200)),
    ("accounts:user-create", "get"): Row(by_role(403, admin=200)),
    ("accounts:user-create", "post"): Row(
        by_role(403, admin=200), data={"full_name": "شخص تازه", "username": "new.person", **ROLE}
    ),
    ("accounts:user-detail", "get"): Row(admin(200, auditor=200), **PERSON),
    ("accounts:user-detail", "post"): Row(
        admin(302) | {"far_auditor": 404}, **PERSON, data={"full_name": "نام درست", "username": "agency_user"}
    ),
    ("accounts:user-grant", "post"): Row(admin(302), **PERSON, data=ROLE),
    ("accounts:user-deactivate", "get"): Row(admin(200), **PERSON),
    ("accounts:user-deactivate", "post"): Row(admin(302), **PERSON, data=REASON),
    ("accounts:user-activate", "post"): Row(admin(302), **PERSON),
    ("accounts:user-password", "post"): Row(admin(200), **PERSON),
    ("accounts:user-second-factor", "post"): Row(admin(302), **PERSON),
    ("accounts:membership-end", "get"): Row(admin(200), **MEMBERSHIP),
    ("accounts:membership-end", "post"): Row(admin(302), **MEMBERSHIP, data=REASON),
    ("accounts:agency-list", "get"): Row(by_role(403, admin=200)),
    ("accounts:agency-create", "get"): Row(by_role(403, admin=200)),
    # Group and county of the home province: to the administrator of another they do not exist.
    ("accounts:agency-create", "post"): Row(by_role(403, admin=302) | {"far_admin": 422}, data=agency_data),
    ("accounts:agency-edit", "get"): Row(admin(200), **AGENCY),
    ("accounts:agency-edit", "post"): Row(admin(302), **AGENCY, data=agency_data),
    ("accounts:group-list", "get"): Row(by_role(403, admin=200)),
    ("accounts:group-create", "get"): Row(by_role(403, admin=200)),
    ("accounts:group-create", "post"): Row(
        by_role(403, admin=302), data={"name": "امور تولیدی", "code": "production"}
    ),
    ("accounts:group-edit", "get"): Row(admin(200), **GROUP),
    ("accounts:group-edit", "post"): Row(admin(302), **GROUP, data={"name": "امور نو", "code": "new"}),
    # Days off are the country's: every administrator keeps the one list.
    ("accounts:holiday-list", "get"): Row(by_role(403, admin=200)),
    ("accounts:holiday-list", "post"): Row(
        by_role(403, admin=302), data={"day": "1405/07/15", "title": "تعطیل ویژه", **SEEN}
    ),
    ("accounts:holiday-edit", "get"): Row(by_role(403, admin=200), shared=holiday),
    ("accounts:holiday-edit", "post"): Row(
        by_role(403, admin=302), shared=holiday, data={"day": "1405/07/16", "title": "تعطیل ویژه", **SEEN}
    ),
    ("accounts:holiday-remove", "get"): Row(by_role(403, admin=200), shared=holiday),
    ("accounts:holiday-remove", "post"): Row(by_role(403, admin=302), shared=holiday, data=SEEN),
    ("accounts:week", "get"): Row(by_role(403, admin=200)),
    ("accounts:week", "post"): Row(
        by_role(403, admin=302), data={"valid_from": "1406/01/01", "days_off": ["3", "4"], **SEEN}
    ),
    # --- the same rows through the API
    **api(
        "organizations",
        own=lambda cast: cast.organization,
        foreign=lambda cast: cast.abroad_organization,
        sees=cells(home=200, near=200, national=200),
    ),
    **api(
        "agencies",
        own=lambda cast: cast.agency,
        foreign=lambda cast: cast.far_agency,
        sees=cells(home=200, national=200),
    ),
    **api(
        "sector-groups",
        own=lambda cast: cast.group,
        foreign=lambda cast: cast.far_group,
        sees=cells(
            home=200, national=200, agency_user=404, agency_head=404, treasurer=404, county_viewer=404
        ),
    ),
    **api(
        "memberships",
        own=lambda cast: cast.agency_user.memberships.get(),
        foreign=lambda cast: cast.far_agency_user.memberships.get(),
        sees=cells(home=404, admin=200, auditor=200),
    ),
    ("counties-list", "get"): Row(cells(everyone=200, public=401)),
    ("counties-detail", "get"): Row(
        cells(everyone=200, public=401), shared=lambda cast: {"pk": cast.county.pk}
    ),
}
