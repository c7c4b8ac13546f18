"""Editions of R1 in any state, with a small invented package instead of a built one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from budget_portal import files
from reports.models import SupervisionReport
from tests.cast import Cast
from tests.reports.sample_r1 import small

STATES = ("draft", "reviewed", "confirmed", "approved")
SIGNERS = {"reviewed": "consolidation", "confirmed": "deputy", "approved": "head"}
REASON = "ارقام گروه زیربنایی با پیوست نمی‌خواند."


def make_report(
    cast: Any, state: str = "draft", *, far: bool = False, pdf: bool = False, built: bool = True
) -> SupervisionReport:
    """Past the verbs but along the edges that the database allows, each signed by its own person."""
    prefix = "far_" if far else ""
    organization = cast.far_organization if far else cast.organization
    row = SupervisionReport.objects.create(
        organization=organization,
        period=cast.period(),
        number=f"R1-1405-Q2-{SupervisionReport.objects.count()}",
        drafted_by=getattr(cast, f"{prefix}consolidation"),
        **(_package() if built else {}),
        pdf=_pdf(organization) if pdf else None,
    )
    people = [getattr(cast, prefix + SIGNERS[step]) for step in STATES[1 : STATES.index(state) + 1]]
    return sign(row, people)


def sign(row: SupervisionReport, people: Sequence[Any]) -> SupervisionReport:
    """One step per person: reviewed, confirmed, approved."""
    for step, person in zip(STATES[1:], people, strict=False):
        signed: dict[str, Any] = {f"{step}_at": timezone.now(), f"{step}_by": person}
        SupervisionReport.objects.filter(pk=row.pk).update(state=step, **signed)
    row.refresh_from_db()
    return row


_made: dict[str, Any] = {}


def _package() -> dict[str, Any]:
    if not _made:
        package = small()
        _made.update(package=package.to_plain(), digest=package.digest)
    return {**_made, "known_at": timezone.now()}


def _pdf(organization: Any) -> Any:
    return files.store_made(
        b"%PDF-1.7", name="R1.pdf", media_type="application/pdf", organization=organization, by=None
    )


class Neighbour:
    """The cast as the second agency knows it: its own people, and everybody else as they are."""

    OWN = ("agency", "agency_user", "treasurer", "expert")

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cast, f"{name}2" if name in self.OWN else name)
