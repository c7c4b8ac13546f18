"""The log as its auditor and the administrator read it: filters, one entry, the state of the chains."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from budget_portal import audit_check, audit_places, audit_words, jobs
from budget_portal.forms import JalaliDateField
from budget_portal.keyset import slice_of
from budget_portal.models import AuditCheckpoint, AuditEntry, Job
from budget_portal.text import fold, normalise
from budget_portal.views_ground import person_of, require_role

if TYPE_CHECKING:
    from accounts.models import User

READERS = {"auditor": "حسابرس سامانه", "admin": "مدیر سامانه"}
VERIFY = "audit.verify"


class AuditFilter(forms.Form):
    person = forms.CharField(label="شخص", required=False, max_length=120)
    agency = forms.ChoiceField(label="دستگاه", required=False)
    event = forms.ChoiceField(label="کار", required=False)
    object = forms.CharField(label="بر چه چیز", required=False, max_length=130)
    since = JalaliDateField(label="از تاریخ", required=False)
    until = JalaliDateField(label="تا تاریخ", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        agencies = apps.get_model("accounts", "Agency").objects.for_user(user).order_by("name_sort")
        names = [(str(pk), name) for pk, name in agencies.values_list("pk", "name")]
        self.fields["agency"].choices = [("", "همه"), *names]  # type: ignore[attr-defined]
        words = sorted(audit_words.words("WORDS").items(), key=lambda pair: pair[1])
        self.fields["event"].choices = [("", "همه"), *words]  # type: ignore[attr-defined]
        self.fields["object"].help_text = ""

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries that fit; a field that cannot be read narrows nothing and says so beside itself."""
        asked: dict[str, Any] = self.cleaned_data if self.is_bound and self.is_valid() else {}
        found = entries.filter(_object(asked["object"])) if asked.get("object") else entries
        if name := normalise(asked.get("person") or ""):
            people = _people(name)
            found = found.filter(Q(actor__in=people) | Q(on_behalf_of__membership__user__in=people))
        if asked.get("agency"):
            found = found.filter(audit_places.of_agency(int(asked["agency"])))
        if asked.get("event"):
            found = found.filter(event=asked["event"])
        if asked.get("since"):
            found = found.filter(recorded_at__gte=_midnight(asked["since"]))
        if asked.get("until"):
            found = found.filter(recorded_at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        return found


def _people(asked: str) -> list[int]:
    """Whose name or user name fits, however it was spelt."""
    wanted = fold(asked)
    names = get_user_model()._default_manager.values_list("pk", "full_name", "username")
    return [pk for pk, full, short in names if wanted in fold(full) or wanted == fold(short)]


def _object(text: str) -> Q:
    """«عملکرد», «عملکرد 12», or the chain as the detail page prints it."""
    if ":" in text:
        return Q(chain=text.strip())
    words = normalise(text).split()
    number = words.pop() if words and words[-1].isdecimal() else ""
    name = " ".join(words)
    types = [code for code, label in audit_words.words("OBJECTS").items() if name and name in label]
    found = Q(target_type__in=types) if name else Q()
    return found & Q(target_id=str(int(number))) if number else found


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    require_role(user, READERS)
    form = AuditFilter(request.GET if set(request.GET) & set(AuditFilter.base_fields) else None, user=user)
    page = slice_of(
        form.narrow(AuditEntry.objects.for_user(user).select_related(*audit_words.PEOPLE)), request
    )
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page.rows, user),
        **_chain_state(request),
    }
    return render(request, "manage/audit.html", context)


@require_safe
def audit_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, the history of its object, and whether its hash is right."""
    user = person_of(request)
    require_role(user, READERS)
    entry = get_object_or_404(AuditEntry.objects.for_user(user).select_related(*audit_words.PEOPLE), pk=pk)
    chain = AuditEntry.objects.for_user(user).filter(chain=entry.chain).select_related(*audit_words.PEOPLE)
    context = {
        "row": _rows([entry], user)[0],
        "record": json.dumps({"before": entry.before, "after": entry.after}, ensure_ascii=False, indent=2),
        "object_url": audit_places.url_of(entry),
        "is_right": audit_check.is_right(entry.pk),
        "chain": _rows(list(chain.order_by("-sequence")[:50]), user),
    }
    return render(request, "manage/audit_entry.html", context)


@require_POST
def audit_verify(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    require_role(user, READERS)
    job = jobs.enqueue(VERIFY, by=user, title="آزمون زنجیرهٔ رویدادها")
    return redirect("ground:job", public_id=job.public_id)


def _rows(entries: list[AuditEntry], user: User) -> list[dict[str, Any]]:
    targets, links = audit_words.targets(entries, user), audit_words.linked(entries, user)
    return [_row(entry, targets[entry.chain], links) for entry in entries]


def _row(entry: AuditEntry, target: str, links: audit_words.Links) -> dict[str, Any]:
    changes = audit_words.changes(entry, links)
    return {
        "entry": entry,
        "person": audit_words.person(entry),
        "role": audit_words.role_name(entry.role),
        "sentence": audit_words.sentence(entry),
        "target": target,
        "changes": changes,
        "more": len(changes) - 4,
    }


def _chain_state(request: HttpRequest) -> dict[str, Any]:
    """The last test and the last checkpoints. A test reads the whole log, so it is a job."""
    last = Job.objects.for_user(person_of(request)).filter(kind=VERIFY, state=jobs.DONE).first()
    return {
        "last_test": last,
        "is_sound": last is not None and last.params.get("sound") is True,
        "last_test_url": reverse("ground:job", args=[last.public_id]) if last else "",
        "checkpoints": AuditCheckpoint.objects.all()[:5],
    }
