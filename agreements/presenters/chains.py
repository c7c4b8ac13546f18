"""The list of agreements: of every chain its latest version, with the one that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse

from agreements.drafting import words
from agreements.drafting.document import HELD
from agreements.models import ProgrammeCredit, ProjectCredit
from agreements.models.versions import AgreementState
from agreements.workflow.versions import MODELS

if TYPE_CHECKING:
    from accounts.models import User

LINKED = ("agency", "fiscal_year", "amends")
STATES = AgreementState.choices[:-1]  # the latest version of a chain is never superseded
CREDITS: dict[str, tuple[Any, str]] = {
    "capital": (ProjectCredit, "agreement_project__agreement"),
    "expense": (ProgrammeCredit, "agreement"),
}


@dataclass(frozen=True)
class ChainRow:
    agreement: Any
    subject: str
    version: str
    holding: str  # the version that holds beside a draft or one under review
    credit: int | None  # million rials; None: nothing written yet
    url: str


def latest(user: User, kind: str, *, year: int | None, state: str = "") -> QuerySet[Any]:
    """The latest version that the person sees of every chain."""
    rows = MODELS[kind].objects.for_user(user)
    rows = rows.exclude(pk__in=rows.filter(amends__isnull=False).values("amends"))
    if year:
        rows = rows.filter(fiscal_year=year)
    if state:
        rows = rows.filter(state=state)
    return linked(kind, rows)


def linked(kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what a row of the list names."""
    names = (*LINKED, "plan") if kind == "capital" else LINKED
    return rows.select_related(*names).annotate(credit=_credit(kind))


def total(kind: str, rows: QuerySet[Any]) -> tuple[int, int]:
    """How many versions, and their credit."""
    model, link = CREDITS[kind]
    found = model.objects.filter(**{f"{link}__in": rows.values("pk")}).aggregate(sum=Sum("amount"))["sum"]
    return rows.count(), int(found or 0)


def row_of(kind: str, agreement: Any) -> ChainRow:
    before = agreement.amends
    return ChainRow(
        agreement=agreement,
        subject=subject(agreement),
        version=words.version_name(agreement),
        holding=words.version_name(before) if before is not None and agreement.state not in HELD else "",
        credit=agreement.credit,
        url=reverse("agreements:agreement", args=[kind, agreement.pk]),
    )


def subject(agreement: Any) -> str:
    plan = getattr(agreement, "plan", None)
    return plan.title if plan else f"موافقتنامهٔ هزینه‌ای {agreement.agency}"


def _credit(kind: str) -> Subquery:
    model, link = CREDITS[kind]
    sums = model.objects.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(sum=Sum("amount"))
    return Subquery(sums.values("sum"))
