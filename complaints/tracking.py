"""Opening a case by number and secret, or number and mobile: one answer and one cost for every wrong pair."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from complaints import codes, limits
from complaints.models import Complaint

SESSION_KEY = "complaint_case"
WRONG = "شمارهٔ پیگیری، رمز یا شمارهٔ همراه درست نیست."
WAIT = "چند بار شماره یا رمز نادرست وارد شده است. ۱۵ دقیقهٔ دیگر دوباره تلاش کنید."


class TooManyTries(Exception):
    """Five wrong pairs of this number or from this address within a quarter of an hour."""


@transaction.atomic
def find(number: str, typed: str, block: str) -> Complaint | None:
    """The case that the pair opens; None, with the try counted, when it opens none."""
    key = codes.read(number, typed)
    keys = limits.try_keys(key.number, block)
    limits.take_turn(keys)
    overall = [limits.overall_key()] if key.is_mobile else []
    if limits.is_exhausted(keys) or limits.is_exhausted(overall, limits.WRONG_MOBILES_OVERALL):
        raise TooManyTries
    complaint = Complaint.objects.by_number(key.number)
    sender = getattr(complaint, "sender", None)
    secret_hash = complaint.secret_hash if complaint else codes.NOBODYS
    if key.opens(secret_hash, sender.mobile_hash if sender else codes.NOBODYS) and complaint:
        return complaint
    limits.note_wrong([*keys, *overall])
    return None


def hold(request: HttpRequest, complaint: Complaint) -> None:
    """The session now holds this case; a new session id, so that no earlier one opens it."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = complaint.pk


def held(request: HttpRequest) -> Complaint | None:
    """The case that this session has opened."""
    pk = request.session.get(SESSION_KEY)
    return Complaint.objects.held_by_session(pk) if pk else None


def leave(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
