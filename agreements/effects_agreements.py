"""What follows from the moves of an agreement: whose turn it is, and what became of it."""

from __future__ import annotations

from typing import Any

from accounts.audience import holders
from accounts.models import Role, User
from agreements.workflow.versions import MODELS
from budget_portal.digits import to_persian
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on

LONGEST = 200  # characters of a reason in an alert; the page has the whole
AGENCY = {Role.AGENCY_USER, Role.AGENCY_HEAD}
SENTENCES = {
    "agreement.submitted": ({Role.BUDGET_EXPERT}, "{name} برای بررسی رسید."),
    "agreement.reviewed": ({Role.CONSOLIDATION}, "{name} تأیید کارشناس گرفت و آمادهٔ ثبت مبادله است."),
    "agreement.returned": (AGENCY, "{name} برگشت: {reason}"),
    "agreement.exchanged": (AGENCY, "{name} مبادله شد و لازم‌الاجراست."),
}


@on(*SENTENCES)
def tell_whose_turn_it_is(message: OutboxMessage) -> None:
    roles, sentence = SENTENCES[message.event]
    kind = {model._meta.label_lower: kind for kind, model in MODELS.items()}[message.target_type]
    agreement = MODELS[kind].objects.select_related("agency", "fiscal_year").get(pk=message.target_id)
    text = sentence.format(name=name(kind, agreement), reason=agreement.return_reason[:LONGEST])
    for person in _holders(roles, agreement.agency):
        notify(person, text, f"/agreements/{kind}/{agreement.pk}/", outbox=message)


def name(kind: str, agreement: Any) -> str:
    """«موافقتنامهٔ سرمایه‌ای ۱۴۰۵ ادارهٔ کل راه، اصلاحی ۲»."""
    word = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}[kind]
    amended = f"، اصلاحی {to_persian(agreement.version - 1)}" if agreement.version > 1 else ""
    return f"موافقتنامهٔ {word} {to_persian(agreement.fiscal_year.year)} {agreement.agency}{amended}"


def _holders(roles: set[Role], agency: Any) -> list[User]:
    held: dict[str, Any] = {"role__in": roles, "organization": agency.organization_id}
    if roles == AGENCY:
        held["agency"] = agency
    if Role.BUDGET_EXPERT in roles:
        held["sector_group"] = agency.sector_group_id
    return holders(**held)
