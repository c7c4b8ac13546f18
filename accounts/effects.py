"""What follows from changed roles and letters of substitutes: whoever is concerned is told, once."""

from __future__ import annotations

from accounts.audience import holders
from accounts.models import Delegation, Membership
from budget_portal import jalali
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on


@on("membership.granted")
def tell_new_role(message: OutboxMessage) -> None:
    membership = Membership.objects.select_related("user").get(pk=message.target_id)
    notify(membership.user, f"نقش «{membership}» به شما داده شد.", "/accounts/role/", outbox=message)


@on("membership.ended")
def tell_ended_role(message: OutboxMessage) -> None:
    membership = Membership.objects.select_related("user").get(pk=message.target_id)
    notify(membership.user, f"نقش «{membership}» شما پایان یافت.", "/accounts/role/", outbox=message)


@on("delegation.registered")
def tell_deputy(message: OutboxMessage) -> None:
    """The letter waits for the deputy; of his own absence too he is the one who is told."""
    row = _letter(message)
    text = f"جانشینی {row.substitute} برای «{row.membership}» در انتظار تأیید شماست."
    for person in holders(organization=row.membership.organization_id, role="budget_deputy"):
        notify(person, text, f"/manage/delegations/{row.pk}/", outbox=message, tone="warn")


@on("delegation.confirmed", "delegation.ended")
def tell_both(message: OutboxMessage) -> None:
    """The substitute and the one stood in for."""
    row = _letter(message)
    until = jalali.format_date(row.valid_to, "text")
    if message.event == "delegation.confirmed":
        start = jalali.format_date(row.valid_from, "text")
        text = f"جانشینی {row.substitute} برای «{row.membership}» از {start} تا {until} تأیید شد."
    else:
        text = f"جانشینی {row.substitute} برای «{row.membership}» پیش از موعد پایان یافت."
    for person in (row.substitute, row.principal):
        notify(person, text, "/accounts/role/", outbox=message)


@on("delegation.refused")
def tell_registrar(message: OutboxMessage) -> None:
    row = _letter(message)
    text = f"جانشینی {row.substitute} برای «{row.membership}» پذیرفته نشد: {row.reason}"
    notify(row.registered_by, text, f"/manage/delegations/{row.pk}/", outbox=message, tone="warn")


def _letter(message: OutboxMessage) -> Delegation:
    rows = Delegation.objects.select_related("substitute", "registered_by", "membership__user")
    found: Delegation = rows.get(pk=message.target_id)
    return found
