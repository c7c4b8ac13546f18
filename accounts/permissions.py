"""Who may manage people and their roles. Pure: no writing, answers with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied
from accounts.models import Role
from budget_portal.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import Membership, User


def require_role(user: User, *roles: str) -> None:
    """For pages that a role alone decides: 403 with the names of the roles that may."""
    if user.role not in roles:
        names = "، ".join(str(Role(role).label) for role in roles)
        raise NotAllowed(f"این صفحه برای نقش «{names}» است.")


def can_manage(by: User, person: User) -> Decision:
    """Name, mail, password, deactivation: only of people who act nowhere but in the administrator's organization."""
    if by.role != Role.ADMIN or by.acting is None:
        return Denied("کاربران را مدیر سامانهٔ سازمان مدیریت می‌کند.")
    if person.is_superuser and not by.is_superuser:
        return Denied("این حساب فنی است و از اینجا مدیریت نمی‌شود.")
    # Also of somebody switched off, and roles still to come: the account is held by that organization too.
    elsewhere = person.memberships.exclude(organization=by.acting.organization_id)
    if elsewhere.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())).exists():
        return Denied("این شخص در سازمان دیگری نیز نقش دارد؛ مشخصات او را هر دو سازمان نمی‌توانند تغییر دهند.")
    return Allowed()


def can_deactivate(by: User, person: User) -> Decision:
    if by.pk == person.pk:
        return Denied("حساب خود را نمی‌توانید غیرفعال کنید.")
    return can_manage(by, person)


def can_grant(by: User, person: User, role: str) -> Decision:
    """Roles inside the administrator's own organization, never to oneself (decision 13)."""
    if by.role != Role.ADMIN or by.acting is None:
        return Denied("نقش را مدیر سامانهٔ سازمان می‌دهد.")
    if by.pk == person.pk:
        return Denied("به خود نمی‌توانید نقش بدهید؛ مدیر دیگری این کار را می‌کند.")
    if role == Role.NATIONAL_VIEWER and by.acting.organization.level != "national":
        return Denied("نقش «ناظر ملی» را مدیر سازمان ملی می‌دهد.")
    return Allowed()


def can_end(by: User, membership: Membership) -> Decision:
    if by.role != Role.ADMIN or by.acting is None or by.acting.organization_id != membership.organization_id:
        return Denied("نقش را مدیر سامانهٔ همان سازمان پایان می‌دهد.")
    if by.pk == membership.user_id:
        return Denied("نقش خود را نمی‌توانید پایان دهید؛ مدیر دیگری این کار را می‌کند.")
    if membership.valid_to is not None and membership.valid_to < timezone.localdate():
        return Denied("این نقش پایان یافته است.", "state")
    return Allowed()
