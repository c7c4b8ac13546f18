"""What follows from changed roles: the person concerned is told, once."""

from __future__ import annotations

from accounts.models import Membership
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
