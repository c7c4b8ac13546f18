"""What arrives done: letters issued elsewhere, agreements exchanged elsewhere (imports and demo data).

Their own moves, with drafts and signatures, come with the register; until then this is the only door.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from agreements.models import Activity, ExpenseAgreement, ProgrammeCredit
from agreements.models.versions import AgreementState
from budget_portal import audit
from budget_portal.moves import verb


@verb
def issue_letters(letters: Sequence[tuple[Any, Sequence[Any]]], *, by: User) -> None:
    """Write notices of one kind with their lines, and issue them; from then on they never change."""
    if not letters:
        return
    model, line_model = type(letters[0][0]), type(letters[0][1][0])
    parent = "notification" if hasattr(line_model, "notification") else "notice"
    model.objects.bulk_create([notice for notice, _ in letters])
    for notice, lines in letters:
        for line in lines:
            setattr(line, parent, notice)
    line_model.objects.bulk_create([line for _, lines in letters for line in lines])
    now = timezone.now()
    rows = model.objects.filter(pk__in=[notice.pk for notice, _ in letters])
    rows.update(state="issued", issued_by=by, issued_at=now)
    for notice, lines in letters:
        facts = {"letter": notice.letter_number, "lines": len(lines), "sum": sum(x.amount for x in lines)}
        audit.record(f"{notice._meta.model_name}.issued", notice, by=by, after=facts)


@verb
def bring_into_force(
    agreement: ExpenseAgreement, credits: Sequence[ProgrammeCredit], *, by: User
) -> ExpenseAgreement:
    """Write an exchanged version; the one before holds until the day before. Activities of programmes that
    the new version still has go with it."""
    before = agreement.amends
    if before is not None:
        before = ExpenseAgreement.objects.select_for_update().get(pk=before.pk)
        before.state, before.valid_to = (
            AgreementState.SUPERSEDED,
            agreement.valid_from - dt.timedelta(days=1),
        )
        before.save(update_fields=["state", "valid_to"])
    agreement.state = AgreementState.EXCHANGED
    agreement.save()
    for credit in credits:
        credit.agreement = agreement
    ProgrammeCredit.objects.bulk_create(credits)
    if before is not None:
        _carry_activities(before, agreement, {credit.programme_id for credit in credits})
    facts = {"version": agreement.version, "lines": len(credits), "sum": sum(c.amount for c in credits)}
    audit.record("expenseagreement.exchanged", agreement, by=by, after=facts, note=agreement.reason)
    return agreement


def _carry_activities(before: ExpenseAgreement, agreement: ExpenseAgreement, programmes: set[int]) -> None:
    rows = list(before.activities.filter(programme__in=programmes))
    for row in rows:
        row.pk, row._state.adding, row.agreement = None, True, agreement
    Activity.objects.bulk_create(rows)
