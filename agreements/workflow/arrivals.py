"""What arrives as a file: letters of consolidation in bulk, agreements that were exchanged elsewhere.

Letters were judged by the rules of typed ones before (`agreements/imports/judging.py`); what follows from their issue
is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from agreements.credit_floor import kept_above_allocation
from agreements.drafting.document import part_models, write_tables
from agreements.models import CapitalAgreement, ExpenseAgreement, ProgrammeCredit
from agreements.models.versions import AgreementState
from agreements.workflow.versions import end
from budget_portal import audit, outbox
from budget_portal.copying import append_all
from budget_portal.moves import verb

MANY = 100  # lines that come by COPY, and stay without their keys


@verb
def issue_letters(letters: Sequence[tuple[Any, Sequence[Any]]], *, by: User) -> None:
    """Write notices of one kind with their lines, and issue them; from then on they never change."""
    if not letters:
        return
    model, line_model = type(letters[0][0]), type(letters[0][1][0])
    parent = "notification_id" if hasattr(line_model, "notification") else "notice_id"
    model.objects.bulk_create([notice for notice, _ in letters])
    written = [line for _, lines in letters for line in lines]
    for notice, lines in letters:
        for line in lines:
            setattr(line, parent, notice.pk)
    if len(written) > MANY:
        append_all(written)
    else:
        line_model.objects.bulk_create(written)
    now = timezone.now()
    rows = model.objects.filter(pk__in=[notice.pk for notice, _ in letters])
    rows.update(state="issued", issued_by=by, issued_at=now)
    for notice, lines in letters:
        facts = {"letter": notice.letter_number, "lines": len(lines), "sum": sum(x.amount for x in lines)}
        audit.record(f"{notice._meta.model_name}.issued", notice, by=by, after=facts)
        outbox.add(f"{notice._meta.model_name}.issued", notice, kind=notice.kind)


@verb
def register_rows(rows: Sequence[Any], *, by: User) -> None:
    """Plans or projects that a file names for the first time."""
    type(rows[0])._default_manager.bulk_create(rows)
    for row in rows:
        facts = {"code": row.code, "title": row.title}
        audit.record(f"{row._meta.model_name}.registered", row, by=by, after=facts)


@verb
def change_registered(model: Any, pk: int, values: dict[str, Any], *, by: User) -> list[Any]:
    """Write what differs; gives the key with the values before and after, for taking it back."""
    row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, *(["title_folded"] if "title" in values else [])])
    was, now = plain(before), plain(values)
    audit.record(f"{row._meta.model_name}.changed", row, by=by, before=was, after=now)
    return [pk, was, now]


@verb
def remove_registered(model: Any, pk: int, *, reason: str, by: User) -> None:
    """What an undone import had registered, while nothing refers to it."""
    row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    facts = {"code": row.code, "title": row.title}
    audit.record(f"{row._meta.model_name}.removed", row, by=by, before=facts, note=reason)
    row.delete()


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it; decimals as text, so that they come back exactly."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


@verb
def bring_into_force(
    agreement: ExpenseAgreement, credits: Sequence[ProgrammeCredit], *, by: User
) -> ExpenseAgreement:
    """Write a version with its credits and exchange it. The other forms of the version before go with it, as far as
    their programmes and chapters still have credit."""
    agreement.save()
    for credit in credits:
        credit.agreement = agreement
    ProgrammeCredit.objects.bulk_create(credits)
    _carry_forms(agreement, credits)
    facts = {"version": agreement.version, "lines": len(credits), "sum": sum(c.amount for c in credits)}
    exchange(agreement, by=by, facts=facts, note=agreement.reason)
    outbox.add("agreement.exchanged", agreement, version=agreement.version)
    return agreement


@verb
def bring_document_into_force(agreement: CapitalAgreement, *, by: User, lines: int = 0) -> CapitalAgreement:
    """Write a version with the whole text of its forms and exchange it."""
    agreement.save()
    write_tables(agreement)
    facts = {"version": agreement.version, "lines": lines}
    exchange(agreement, by=by, facts=facts, note=agreement.reason)
    outbox.add("agreement.exchanged", agreement, version=agreement.version)
    return agreement


@verb
def exchange(
    agreement: CapitalAgreement | ExpenseAgreement,
    *,
    by: User | None,
    facts: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """A version that was signed elsewhere begins to hold, after all its parts are written: from now on none may
    be added or changed. The version before holds until the day before."""
    versions: Any = type(agreement)._default_manager
    with kept_above_allocation(agreement, agreement.valid_from):
        if agreement.amends_id:
            before = versions.select_for_update().get(pk=agreement.amends_id)
            end(before, agreement.valid_from - dt.timedelta(days=1), by=by)
        for state in (AgreementState.SUBMITTED, AgreementState.EXPERT_APPROVED, AgreementState.EXCHANGED):
            agreement.state = state
            agreement.save(update_fields=["state"])
    audit.record("agreement.exchanged", agreement, by=by, after=facts, note=note)


def _carry_forms(agreement: ExpenseAgreement, credits: Sequence[ProgrammeCredit]) -> None:
    kept = {
        name: {getattr(credit, name) for credit in credits} for name in ("programme_id", "expense_chapter_id")
    }
    for model, _ in part_models("expense"):
        if model is ProgrammeCredit:
            continue
        rows = list(model._default_manager.filter(agreement=agreement.amends_id))
        rows = [
            row
            for row in rows
            if all(getattr(row, name) in keys for name, keys in kept.items() if hasattr(row, name))
        ]
        for row in rows:
            row.pk, row._state.adding, row.agreement = None, True, agreement  # type: ignore[attr-defined]
        model._default_manager.bulk_create(rows)
