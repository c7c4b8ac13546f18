"""A state machine begins at its beginning: no path writes a row that has skipped the steps before."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

pytestmark = pytest.mark.django_db

BEGINNINGS = {
    "accounts.Delegation": "registered",
    "agreements.AllocationNotice": "draft",
    "agreements.BudgetNotification": "draft",
    "agreements.CapitalAgreement": "draft",
    "agreements.ExpenseAgreement": "draft",
    "agreements.ExtensionRequest": "requested",
    "agreements.PeriodWindow": "planned",
    "budget_portal.ImportBatch": "uploaded",
    "complaints.Complaint": "registered",
    "monitoring.FieldVisit": "planned",
    "monitoring.PerformanceSubmission": "draft",
    "monitoring.Reconciliation": "draft",
    "monitoring.RuleVersion": "draft",
    "monitoring.SourceConflict": "open",
    "monitoring.VisitFinding": "open",
    "reports.SupervisionReport": "draft",
}
# Shipped rules belong to no organization and come live with the loader; those of an organization begin as drafts.
OWNED = {"monitoring.RuleVersion": "organization_id"}


def insert(model: type[models.Model], state: str) -> str:
    """A row of nothing but its state: the trigger is asked before the columns are missed."""
    owner = OWNED.get(model._meta.label)
    columns, values = ("state, " + owner, [state, 1]) if owner else ("state", [state])
    places = ", ".join(["%s"] * len(values))
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', values)
    return str(refused.value)


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_row_begins_in_the_first_state_of_its_machine(name: str) -> None:
    model, first = apps.get_model(name), BEGINNINGS[name]
    field = model._meta.get_field("state")
    assert field.default == first
    for state in dict(field.choices):
        said = insert(model, state)
        assert (f"begins as {first}" in said) is (state != first), said


def test_every_table_with_edges_has_a_beginning() -> None:
    def tables(function: str) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = %s::regproc",
                [function],
            )
            return {name for (name,) in cursor.fetchall()}

    assert tables("portal_guard_state") == tables("portal_guard_start")
    assert tables("portal_guard_start") == {apps.get_model(name)._meta.db_table for name in BEGINNINGS}
