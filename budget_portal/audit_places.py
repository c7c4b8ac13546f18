"""Entries of the log that concern one agency, and the page of what an entry tells of.

The log knows an object by its type and number only; here its agency is found along the links of the models, so that
no app has to write a second time where its rows belong.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import NoReverseMatch, reverse

from budget_portal import audit_words

if TYPE_CHECKING:
    from budget_portal.models import AuditEntry

AGENCY = "accounts.agency"
DEEPEST = 3  # links between a row and its agency: a quantity, its project's progress, the submission


def of_agency(pk: int) -> Q:
    """The agency itself, and every row of every model that reaches it."""
    found = Q(chain=f"{AGENCY}:{pk}")
    for label, path in paths().items():
        rows = apps.get_model(label)._default_manager.filter(**{path: pk}).order_by()
        name = Concat(Value(f"{label}:"), Cast("pk", CharField()), output_field=CharField())
        found |= Q(target_type=label, chain__in=rows.annotate(link=name).values("link"))
    return found


@cache
def paths() -> dict[str, str]:
    """Model → the shortest way to its agency, for all objects that the log has words for."""
    found = {}
    for label in audit_words.words("OBJECTS"):
        if label != AGENCY and (path := _path(apps.get_model(label))):
            found[label] = path
    return found


def _path(model: Any) -> str:
    """Breadth first along foreign keys that are never empty by accident: `submission__agency`."""
    level = [(model, "")]
    for _ in range(DEEPEST):
        deeper = []
        for here, prefix in level:
            links = [field for field in here._meta.fields if field.many_to_one and field.related_model]
            for field in links:
                if field.related_model._meta.label_lower == AGENCY:
                    return f"{prefix}{field.name}"
            deeper += [
                (field.related_model, f"{prefix}{field.name}__")
                for field in links
                if field.related_model._meta.label_lower not in {"accounts.user", "accounts.delegation"}
                and field.name not in {"previous", "supersedes", "amends"}
            ]
        level = deeper
    return ""


# --- the page of an object --------------------------------------------------------------------------------------------


def url_of(entry: AuditEntry) -> str:
    """The page of what the entry tells of; each app names its pages in `audit_words.PAGES`."""
    name = audit_words.words("PAGES").get(entry.target_type, "")
    if not name or not entry.target_id.isdigit():
        return ""
    view, _, key = name.partition("?")
    value: Any = int(entry.target_id)
    if key:
        row = apps.get_model(entry.target_type)._default_manager.filter(pk=value).first()
        value = getattr(row, key, None)
        if value is None:
            return ""
    try:
        return reverse(view, args=[value])
    except NoReverseMatch:
        return ""
