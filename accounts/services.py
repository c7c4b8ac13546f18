"""Writes about people, roles and places. Each in one transaction with its line in the log."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import permissions
from accounts.browsers import browser_name
from accounts.decisions import require
from accounts.middleware import SESSION_KEY
from accounts.models import Agency, Membership, Role, SectorGroup, User
from budget_portal import outbox
from budget_portal.audit import record
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import NoticeChoice, NoticeHour
from budget_portal.moves import verb

if TYPE_CHECKING:
    from django.http import HttpRequest

# Letters and digits that nobody confuses when reading a first password aloud.
PASSWORD_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"  # noqa: S105


# --- the person's own choice ----------------------------------------------------------------------------


@verb
def switch_role(request: HttpRequest, membership: Membership, *, by: User) -> None:
    """Act through another membership from now on; the log knows of it."""
    before = by.acting
    request.session[SESSION_KEY] = membership.pk
    by.act_through(membership)
    record("role.switched", membership, by=by, before=str(before or ""), after=str(membership))


@verb
def choose_notices(hour: int, channels: dict[str, str], *, by: User) -> None:
    """A channel for each kind of event, and the hour of the digest: the person's own."""
    before = dict(NoticeChoice.objects.filter(person=by).values_list("kind", "channel"))
    for kind, channel in channels.items():
        NoticeChoice.objects.update_or_create(person=by, kind=kind, defaults={"channel": channel})
    NoticeHour.objects.update_or_create(person=by, defaults={"hour": hour})
    record("person.notices_chosen", by, by=by, before=before, after={**channels, "hour": hour})


# --- people ---------------------------------------------------------------------------------------------


@verb
def create_person(data: dict[str, Any], membership: dict[str, Any], *, by: User) -> tuple[User, str]:
    """A person with a first role and a first password, which is shown once and must then be changed."""
    person = User(**data)
    require(permissions.can_grant(by, person, membership["role"]))
    password = first_password()
    person.set_password(password)
    _check(person)
    person.save()
    record("person.created", person, by=by, after=_facts(person), organization_id=_organization(by))
    grant(person, membership, by=by)
    return person, password


@verb
def change_person(person_id: int, data: dict[str, Any], *, by: User) -> User:
    person = _locked(person_id)
    require(permissions.can_manage(by, person))
    before = _facts(person)
    for name, value in data.items():
        setattr(person, name, value)
    _check(person)
    person.save(update_fields=[*data])
    if before != _facts(person):
        record(
            "person.changed",
            person,
            by=by,
            before=before,
            after=_facts(person),
            organization_id=_organization(by),
        )
    return person


@verb
def renew_password(person_id: int, *, by: User) -> str:
    """A new first password, shown once; the person's sessions end."""
    person = _locked(person_id)
    require(permissions.can_manage(by, person))
    password = first_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person)
    record("person.password_renewed", person, by=by, organization_id=_organization(by))
    return password


@verb
def drop_second_factor(person_id: int, *, by: User) -> User:
    """For a lost phone: the person sets up a new second factor at the next sign-in."""
    person = _locked(person_id)
    require(permissions.can_deactivate(by, person))
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    record("person.second_factor_dropped", person, by=by, organization_id=_organization(by))
    return person


@verb
def deactivate_person(person_id: int, *, by: User, reason: str) -> User:
    """People are never deleted: they can no longer come in, and every session ends now."""
    person = _locked(person_id)
    require(permissions.can_deactivate(by, person))
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    record("person.deactivated", person, by=by, note=reason, organization_id=_organization(by))
    return person


@verb
def activate_person(person_id: int, *, by: User) -> User:
    person = _locked(person_id)
    require(permissions.can_deactivate(by, person))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.activated", person, by=by, organization_id=_organization(by))
    return person


@verb
def end_session(session_id: int, *, by: User) -> UserSession:
    """A person ends one of the own sessions, on this device or another."""
    session: UserSession = UserSession.objects.select_for_update().get(pk=session_id, user=by)
    record("person.session_ended", by, by=by, after={"browser": browser_name(session.user_agent)})
    session.end()
    return session


def end_sessions(person: User) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


def first_password() -> str:
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(4))


# --- roles ----------------------------------------------------------------------------------------------


@verb
def grant(person: User, data: dict[str, Any], *, by: User) -> Membership:
    """A role for a time, in the organization in which the administrator acts."""
    require(permissions.can_grant(by, person, data["role"]))
    membership = Membership(user=person, organization_id=_organization(by) or 0, **data)
    _check(membership)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as clash:  # two administrators at once
        raise RuleBroken("این نقش با نقش دیگری از همین شخص سازگار نیست.") from clash
    record("membership.granted", membership, by=by, after=_facts(membership))
    outbox.add("membership.granted", membership)
    return membership


@verb
def end_membership(membership_id: int, *, by: User, reason: str) -> Membership:
    """End a role now: the last day is yesterday, and the person's sessions end."""
    membership: Membership = (
        Membership.objects.for_user(by).select_for_update(of=("self",)).get(pk=membership_id)
    )
    require(permissions.can_end(by, membership))
    before = _facts(membership)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    membership.valid_to = yesterday
    membership.valid_from = min(membership.valid_from, yesterday)
    membership.save(update_fields=["valid_from", "valid_to"])
    end_sessions(membership.user)
    record("membership.ended", membership, by=by, before=before, after=_facts(membership), note=reason)
    outbox.add("membership.ended", membership)
    return membership


# --- places ---------------------------------------------------------------------------------------------


@verb
def save_place(place: Agency | SectorGroup, *, by: User) -> None:
    """Create or change an agency or a sector group of the administrator's organization."""
    permissions.require_role(by, Role.ADMIN)
    if place.organization_id != _organization(by):
        raise NotAllowed("این ردیف از سازمان شما نیست.")
    word = place._meta.model_name
    known = type(place).objects.select_for_update(of=("self",)).filter(pk=place.pk).first()
    _check(place)
    place.save()
    if known is None:
        record(f"{word}.created", place, by=by, after=_facts(place))
    elif _facts(known) != _facts(place):
        record(f"{word}.changed", place, by=by, before=_facts(known), after=_facts(place))


# --- shared ---------------------------------------------------------------------------------------------


def _locked(person_id: int) -> User:
    return User.objects.select_for_update().get(pk=person_id)


def _organization(by: User) -> int | None:
    return by.acting.organization_id if by.acting else None


def _check(row: Any) -> None:
    """What the database will demand, asked first so that the refusal is a Persian sentence."""
    try:
        row.full_clean()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages), problem.messages) from problem


SECRET = frozenset({"password", "last_login", "is_superuser", "is_staff"})


def _facts(row: Any) -> dict[str, Any]:
    """The columns of a row for the log, without what nobody may read there."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in SECRET
    }
