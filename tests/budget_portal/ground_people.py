"""One organization and its people, for tests of the shared ground."""

import datetime as dt

from accounts.models import Membership, Organization, User


def organization(code: str = "iran") -> Organization:
    found, _ = Organization.objects.get_or_create(
        code=code, defaults={"name": f"سازمان {code}", "level": "national"}
    )
    return found


def person(name: str, role: str = "consolidation", *, code: str = "iran", email: str = "") -> User:
    user = User.objects.create_user(username=name, full_name=f"شخص {name}", email=email)
    membership = Membership.objects.create(
        user=user, role=role, organization=organization(code), valid_from=dt.date(2020, 1, 1)
    )
    return user.act_through(membership)
