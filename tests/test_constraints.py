"""Every constraint of every model is tried against the database, not against a form."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, connection, models, transaction

from tests.constraints import CHECKS, EXCLUSIONS, LONG, PACKAGE, SIGNED_BENCH

APPS = ("budget_portal", "accounts", "agreements", "monitoring", "complaints", "reports")
FOUND = {
    constraint.name: (model, constraint)
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
}
UNIQUE = sorted(name for name, (_, c) in FOUND.items() if isinstance(c, models.UniqueConstraint))
pytestmark = pytest.mark.django_db


@pytest.fixture
def copy():
    """A copy of a table with its checks, unique and exclusion indexes; no parents, no triggers, NULL allowed."""

    def make(model: type[models.Model]) -> str:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f'CREATE TEMP TABLE copy (LIKE "{table}" INCLUDING CONSTRAINTS INCLUDING INDEXES) ON COMMIT DROP'
            )
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'copy'::regclass AND attnum > 0 AND attnotnull"
            )
            for (column,) in cursor.fetchall():
                if column != "id":
                    cursor.execute(f'ALTER TABLE copy ALTER COLUMN "{column}" DROP NOT NULL')
        return "copy"

    return make


def put(row: dict[str, Any], number: int) -> None:
    row = {"id": number, **row}
    names = ", ".join(f'"{name}"' for name in row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO copy ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )


def refusal(row: dict[str, Any], number: int) -> str:
    """The name of the constraint that refuses a row."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        put(row, number)
    return str(refused.value.__cause__.diag.constraint_name)


def test_every_constraint_has_its_case():
    checks = {name for name, (_, c) in FOUND.items() if isinstance(c, models.CheckConstraint)}
    exclusions = {name for name, (_, c) in FOUND.items() if isinstance(c, ExclusionConstraint)}
    assert set(CHECKS) == checks
    assert set(EXCLUSIONS) == exclusions
    assert len(FOUND) == len(CHECKS) + len(EXCLUSIONS) + len(UNIQUE)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_lets_the_right_row_stand_and_refuses_the_wrong_one(name, copy):
    copy(FOUND[name][0])
    stands, falls = CHECKS[name]
    put(stands, 1)
    assert refusal(falls, 2) == name


@pytest.mark.parametrize("name", sorted(EXCLUSIONS))
def test_an_exclusion_refuses_the_second_row(name, copy):
    copy(FOUND[name][0])
    first, second = EXCLUSIONS[name]
    put(first, 1)
    assert "excl" in refusal(second, 2)


@pytest.mark.parametrize("name", UNIQUE)
def test_a_unique_constraint_refuses_the_same_again(name, copy):
    model, constraint = FOUND[name]
    copy(model)
    row = {
        model._meta.get_field(field).column: value(model._meta.get_field(field))
        for field in constraint.fields
    } | CHECKED.get(name, {})
    put(row, 1)
    assert refusal(row, 2).rstrip("0123456789").endswith(("_idx", "_key"))
    if constraint.nulls_distinct is False:
        empty = {**row, model._meta.get_field(constraint.fields[-1]).column: None}
        put(empty, 3)
        assert refusal(empty, 4).rstrip("0123456789").endswith(("_idx", "_key"))


# Columns that other constraints of the same table demand of any row.
CHECKED: dict[str, dict[str, Any]] = {
    "pausereason_one": {"limit_days": 1},
    "extensionrequest_one_open": {"state": "requested"},
    "classificationmapping_once": {"share": 1},
    "company_legal_id_once": {"legal_id": "10380284790"},
    "contract_number_once": {"part": "contractor"},
    "contractstatement_once": {"sort": "interim"},
    "budgetnotification_letter": {"state": "draft"},
    "allocationnotice_letter": {"state": "draft"},
    "periodwindow_once": {"state": "planned"},
    "reconciliation_one_open": {"state": "draft", "digest": "", "measure": "received"},
    "reconciliation_one_signed": {**SIGNED_BENCH, "measure": "received"},
    "report_number": {"state": "draft", "level": "country"},
    "absence_one": {"reason": LONG},
    "package_number_once": {**PACKAGE, "previous_digest": "c" * 64},
    "package_one_follower": PACKAGE,
    "sourceconflict_once": {"state": "open"},
    "submission_once": {"state": "draft"},
    "noticechoice_once": {"channel": "mail"},
    "linedecision_one": {"project_id": 1, "verdict": "accepted", "reason": ""},
}


def value(field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey | models.IntegerField):
        return 1
    if isinstance(field, models.DateField):
        return dt.date(2026, 11, 21)
    if isinstance(field, models.UUIDField):
        return str(uuid.UUID(int=1))
    return "x"[: field.max_length or 1]
