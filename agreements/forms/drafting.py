"""Shape of what is chosen to begin a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from agreements.models import FiscalYear, Plan, Project
from budget_portal.digits import to_persian
from budget_portal.forms import PortalForm

if TYPE_CHECKING:
    from accounts.models import User


class NewAgreementForm(PortalForm):
    """Plan (capital only) and year."""

    plan = forms.TypedChoiceField(label="طرح", coerce=int)
    year = forms.TypedChoiceField(label="سال مالی", coerce=int)

    def __init__(self, *args: Any, user: User, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = FiscalYear.objects.for_user(user).order_by("-year")
        self.fields["year"].choices = [(row.pk, to_persian(row.year)) for row in years]  # type: ignore[attr-defined]
        if kind == "expense":
            del self.fields["plan"]
            return
        own = Project.objects.for_user(user).values("plan")
        plans = Plan.objects.for_user(user).filter(pk__in=own)
        self.fields["plan"].choices = [(row.pk, f"{to_persian(row.code)} – {row.title}") for row in plans]  # type: ignore[attr-defined]
