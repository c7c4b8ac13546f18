"""Filing from the session: once, however often the button was pressed."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest

from complaints import draft, organizations, sealing
from complaints.draft import RECEIPT_KEY
from complaints.workflow import complaints as workflow


def file_draft(request: HttpRequest) -> bool:
    """Register the draft of this session and leave the receipt in it; False when there is nothing to file.

    Two requests of one session take turns, and the second finds the draft gone.
    """
    with transaction.atomic():
        _take_turn(request)
        pending = draft.load(request)
        organization, concerned = pending.chosen(organizations.with_desk())
        if not pending.is_complete or organization is None:
            return False
        filing = pending.filing(organization, concerned)
        registered = workflow.register(filing, by=None)
        receipt = {
            "number": registered.codes.number,
            "secret": registered.codes.secret,
            "kind": filing.kind,
            "organization": organization.name,
            "mobile": filing.sender.mobile if filing.sender else "",
            "sms": registered.complaint.wants_sms,
            "due_on": registered.complaint.due_on.isoformat(),
        }
        request.session[RECEIPT_KEY] = sealing.seal(receipt).decode()
        draft.clear(request)
        request.session.save()
    return True


def take_receipt(request: HttpRequest) -> dict[str, str] | None:
    """The codes, once: reading them removes them from the session."""
    sealed = request.session.pop(RECEIPT_KEY, None)
    return sealing.unseal(sealed.encode()) if sealed else None


def _take_turn(request: HttpRequest) -> None:
    """Wait for another request of this session, then read the session as that one left it."""
    session = request.session
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [session.session_key or ""])
    if session.session_key:
        session._session_cache = session.load()  # type: ignore[attr-defined]
