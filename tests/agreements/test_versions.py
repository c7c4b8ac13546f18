"""A version that holds is read only, whoever writes: no part joins, changes or leaves it, and it begins as a draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from agreements.models import (
    ActivityCentre,
    AgreementRemark,
    AllocationNotice,
    CapitalAgreement,
    ChapterNarrative,
    CostAttribution,
    CountyShare,
    ExpenseAgreement,
    Manpower,
    RevenueForecast,
)
from agreements.models.versions import AgreementState
from agreements.workflow.arrivals import exchange
from budget_portal.models import AuditEntry
from tests.agreements.drafting import held_with_parts
from tests.cast import Cast
from tests.factories import (
    make_allocation,
    make_capital_agreement,
    make_expense_agreement,
    make_expense_chapter,
    make_programme,
    make_project,
    make_source,
)

pytestmark = pytest.mark.django_db

PARTS = ("projects", "credits", "operations", "schedule", "credit_schedule", "programmes", "activities")
UNIQUE = {"key": 9, "quarter": 4, "year": 1499}  # what makes a copy another row


def capital(cast: Cast, **more: Any) -> CapitalAgreement:
    project = make_project(cast.agency)
    source = make_source(cast.national_organization)
    return make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 1_000}}, **more)


def expense(cast: Cast) -> ExpenseAgreement:
    country = cast.national_organization
    line = (make_programme(country), make_expense_chapter(country), make_source(country))
    return make_expense_agreement(cast.agency, cast.fiscal_year, {line: 1_000})


def part_of(cast: Cast, name: str) -> Any:
    if name in {"programmes", "activities"}:
        agreement = expense(cast)
        return agreement.credits.get() if name == "programmes" else agreement.activities.first()
    row = capital(cast).projects.get()
    return row if name == "projects" else getattr(row, name).first()


def copy_of(cast: Cast, row: Any) -> Any:
    """Another part beside a part, which the unique constraints let stand."""
    row.pk, row._state.adding = None, True
    for name in UNIQUE.keys() & {field.name for field in row._meta.fields}:
        setattr(row, name, UNIQUE[name])
    if hasattr(row, "project_id"):
        row.project = make_project(cast.agency)
    if hasattr(row, "funding_source_id"):
        row.funding_source = make_source(cast.national_organization, "misc")
    return row


def refusal(action: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        action()
    return str(refused.value.__cause__.diag.constraint_name)


def draft_like(agreement: Any) -> Any:
    """A next version of an agreement, not yet exchanged."""
    kind = type(agreement)
    draft = kind.objects.get(pk=agreement.pk)
    draft.pk, draft._state.adding = None, True
    draft.version, draft.amends, draft.state = agreement.version + 1, agreement, AgreementState.DRAFT
    draft.valid_from = agreement.valid_from + dt.timedelta(days=60)
    draft.reason, draft.imported_from = "ابلاغ متمم", "اصلاحیه.csv"
    draft.save()
    return draft


@pytest.mark.parametrize("name", PARTS)
def test_no_part_joins_changes_or_leaves_a_version_that_holds(cast: Cast, name: str) -> None:
    row = part_of(cast, name)
    assert refusal(row.save) == "agreement_version_immutable"
    rows = type(row).objects.filter(pk=row.pk)
    assert refusal(lambda: rows._raw_delete(rows.db)) == "agreement_version_immutable"
    assert refusal(copy_of(cast, row).save) == "agreement_version_immutable"


@pytest.mark.parametrize(
    "model",
    [ActivityCentre, ChapterNarrative, CostAttribution, CountyShare, Manpower, RevenueForecast],
)
def test_forms_2b_to_7_of_a_version_that_holds_stay(cast: Cast, model: Any) -> None:
    row = model.objects.filter(agreement=held_with_parts(cast, cast.agency)).first()
    rows = model.objects.filter(pk=row.pk)
    assert refusal(row.save) == "agreement_version_immutable"
    assert refusal(lambda: rows._raw_delete(rows.db)) == "agreement_version_immutable"
    row.pk, row._state.adding = None, True
    assert refusal(row.save) == "agreement_version_immutable"


@pytest.mark.parametrize("name", PARTS)
def test_every_part_has_its_trigger_for_a_superseded_version_too(cast: Cast, name: str) -> None:
    row = part_of(cast, name)
    agreement = row.agreement if hasattr(row, "agreement") else row.agreement_project.agreement
    new = draft_like(agreement)
    exchange(new, by=None)
    agreement.refresh_from_db()
    assert agreement.state == "superseded"
    assert refusal(copy_of(cast, row).save) == "agreement_version_immutable"


def test_a_part_of_a_draft_is_free_until_it_moves_to_a_version_that_holds(cast: Cast) -> None:
    held = expense(cast)
    draft = draft_like(held)
    row = copy_of(cast, held.credits.get())
    row.agreement = draft
    row.save()
    row.amount = 2_000
    row.save()
    row.agreement = held
    assert refusal(row.save) == "agreement_version_immutable"
    type(row).objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize("make", [capital, expense])
@pytest.mark.parametrize("state", ["submitted", "expert_approved", "exchanged", "superseded"])
def test_a_version_begins_as_a_draft(cast: Cast, make: Any, state: str) -> None:
    late = make(cast)
    late.pk, late._state.adding, late.version, late.state = None, True, 7, state
    late.valid_from = late.valid_to = late.valid_from - dt.timedelta(days=9)
    assert refusal(late.save) == f"{late._meta.db_table}_starts"


@pytest.mark.parametrize("make", [capital, expense])
def test_a_version_that_holds_keeps_its_own_figures_and_stays(cast: Cast, make: Any) -> None:
    agreement = make(cast)
    rows = type(agreement).objects.filter(pk=agreement.pk)
    for change in ({"number": "دیگر"}, {"valid_from": dt.date(2020, 1, 1)}, {"agency": cast.agency2.pk}):
        assert refusal(lambda change=change: rows.update(**change)) == "agreement_version_immutable"
    assert refusal(lambda: rows._raw_delete(rows.db)) == "agreement_version_immutable"
    exchange(draft_like(agreement), by=None)
    assert refusal(lambda: rows.update(valid_to=None)) == "agreement_version_immutable"


def test_an_exchange_ends_the_version_before_and_is_in_the_log(cast: Cast) -> None:
    first = expense(cast)
    second = draft_like(first)
    exchange(second, by=cast.consolidation, facts={"version": 2}, note="اصلاح اعتبار")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.valid_to) == ("superseded", second.valid_from - dt.timedelta(days=1))
    assert second.state == "exchanged"
    entry = AuditEntry.objects.get(event="agreement.exchanged", target_id=str(second.pk))
    assert (entry.actor, entry.after, entry.note) == (cast.consolidation, {"version": 2}, "اصلاح اعتبار")


def test_an_issued_letter_keeps_its_words_and_its_lines(cast: Cast) -> None:
    row = {"project": make_project(cast.agency), "funding_source": make_source(cast.national_organization)}
    issued, other = (
        make_allocation(
            cast.agency, cast.period(q), "capital", [row | {"amount": 500}], by=cast.consolidation
        )
        for q in ("Q1", "Q2")
    )
    rows = AllocationNotice.objects.filter(pk=issued.pk)
    for change in (
        {"valid_from": dt.date(2020, 1, 1)},
        {"period": cast.period("Q3")},
        {"letter_number": "دیگر"},
    ):
        assert refusal(lambda change=change: rows.update(**change)) == "notice_immutable"
    assert refusal(lambda: rows._raw_delete(rows.db)) == "notice_immutable"
    draft = AllocationNotice.objects.get(pk=other.pk)
    draft.pk, draft._state.adding, draft.state, draft.letter_number = None, True, "draft", "پیش‌نویس"
    draft.issued_at = draft.issued_by = None
    draft.save()
    line = draft.lines.create(**row, amount=1)
    assert refusal(lambda: draft.lines.update(notice=issued)) == "notice_immutable"
    line.delete()
    gone = {"state": "cancelled", "cancelled_at": issued.issued_at, "cancel_reason": "اشتباه"}
    assert refusal(lambda: rows.update(**gone, agency=cast.agency2)) == "notice_immutable"
    rows.update(**gone)
    assert refusal(lambda: rows.update(cancel_reason="دیگر")) == "notice_immutable"


def test_all_parts_are_asked() -> None:
    """A new kind of part must be guarded too: every model that hangs on a version is in `PARTS`.
    What reviewers say of a version is no part of it."""
    kinds = {CapitalAgreement, ExpenseAgreement}
    found: set[type[models.Model]] = set()
    wanted: set[Any] = set(kinds)
    while wanted:
        links = {rel.related_model for kind in wanted for rel in kind._meta.related_objects}
        wanted = {m for m in links if m._meta.app_label == "agreements"} - found - kinds
        found |= wanted
    assert len(found - {AgreementRemark}) == len(PARTS)
