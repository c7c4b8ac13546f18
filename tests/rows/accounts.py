"""Who sees which places and roles."""

from tests.cast import FAR, HOME, NEAR
from tests.matrix import Scoped, sees

OWN, TWIN, FAR_AWAY = {"own"}, {"twin"}, {"far"}
WHOLE = ("consolidation", "deputy", "head", "complaints", "auditor", "admin")
AGENCY = ("agency_user", "agency_head", "treasurer")


def by_place(*, without: tuple[str, ...] = (), county: bool = True) -> dict[str, set[str]]:
    """The usual scope of rows of an agency: «own» of the first agency, «twin» of the second, «far» of the other province."""
    table = {
        **dict.fromkeys((*AGENCY, "expert"), OWN),
        **dict.fromkeys(("agency_user2", "agency_head2", "treasurer2", "expert2"), TWIN),
        **dict.fromkeys(WHOLE, OWN | TWIN),
        **dict.fromkeys((f"far_{name}" for name in (*AGENCY, "expert", *WHOLE)), FAR_AWAY),
        "national": OWN | TWIN | FAR_AWAY,
    }
    if county:
        table |= {"county_viewer": OWN, "county_viewer2": TWIN, "far_county_viewer": FAR_AWAY}
    for name in without:
        table.pop(name, None)
        table.pop(f"far_{name}", None)
    return sees(**table)


def by_organization() -> dict[str, set[str]]:
    """Rows of an organization that everybody acting in it sees, and its national viewer."""
    return sees(**dict.fromkeys((*HOME, *NEAR), OWN), **dict.fromkeys(FAR, FAR_AWAY), national=OWN | FAR_AWAY)


ROWS = {
    "accounts.Organization": Scoped(
        make=lambda cast: {
            "own": cast.organization,
            "far": cast.far_organization,
            "top": cast.national_organization,
            "abroad": cast.abroad_organization,
        },
        sees=sees(
            **dict.fromkeys((*HOME, *NEAR), OWN),
            **dict.fromkeys(FAR, FAR_AWAY),
            national={"own", "far", "top"},
            abroad={"abroad"},
            abroad_consolidation={"abroad"},
        ),
    ),
    "accounts.Agency": Scoped(
        make=lambda cast: {"own": cast.agency, "twin": cast.agency2, "far": cast.far_agency}, sees=by_place()
    ),
    "accounts.SectorGroup": Scoped(
        make=lambda cast: {"own": cast.group, "twin": cast.group2, "far": cast.far_group},
        sees=sees(
            expert=OWN,
            expert2=TWIN,
            far_expert=FAR_AWAY,
            national=OWN | TWIN | FAR_AWAY,
            **dict.fromkeys(WHOLE, OWN | TWIN),
            **dict.fromkeys((f"far_{name}" for name in WHOLE), FAR_AWAY),
        ),
    ),
    "accounts.Membership": Scoped(
        make=lambda cast: {
            "own": cast.agency_user.memberships.get(),
            "twin": cast.agency_user2.memberships.get(),
            "far": cast.far_agency_user.memberships.get(),
        },
        sees=sees(admin=OWN | TWIN, auditor=OWN | TWIN, far_admin=FAR_AWAY, far_auditor=FAR_AWAY),
    ),
}
