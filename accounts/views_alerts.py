"""How the person wants to hear of what happens: a channel for each kind, and the hour of the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import services
from budget_portal.digits import to_persian
from budget_portal.forms import PortalForm
from budget_portal.models import NoticeChoice
from budget_portal.notices import kinds
from budget_portal.notices.sending import hour_of

if TYPE_CHECKING:
    from accounts.models import User

HOURS = [(hour, f"ساعت {to_persian(hour)}") for hour in range(7, 18)]


class AlertsForm(PortalForm):
    """One choice for each kind; what is mandatory offers no «off»."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(NoticeChoice.Channel.choices)
        chosen = dict(NoticeChoice.objects.filter(person=person).values_list("kind", "channel"))
        for kind in kinds.KINDS:
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label,
                choices=[(code, labels[code]) for code in kind.allowed],
                initial=kinds.channel(kind, chosen.get(kind.code)),
                help_text="خاموش نمی‌شود" if kind.is_mandatory else "",
            )
        self.fields["hour"] = forms.TypedChoiceField(
            label="خلاصهٔ روز", choices=HOURS, coerce=int, initial=hour_of(person)
        )


@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    person = cast("User", request.user)
    form = AlertsForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        services.choose_notices(data.pop("hour"), data, by=person)
        messages.success(request, "تنظیم خبرها ذخیره شد.")
        return redirect("accounts:alerts")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "accounts/alerts.html", {"form": form}, status=status)
