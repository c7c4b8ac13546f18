"""What the expert writes in a review."""

from __future__ import annotations

from budget_portal.forms import PortalForm, ReasonField


class NoVisitForm(PortalForm):
    prefix = "no-visit"

    reason = ReasonField(label="دلیل نرفتن به بازدید", max_length=2000)


class DisputeForm(PortalForm):
    prefix = "dispute"

    text = ReasonField(label="نظر شما دربارهٔ اختلاف", max_length=2000)
