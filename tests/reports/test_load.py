"""`generate_load` in miniature: rows that every rule accepts, sums that agree, the same again from the same seed."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Organization, User
from agreements.models import CapitalAgreement, Project, ReportingPeriod
from budget_portal.audit_check import verify
from budget_portal.models import AuditEntry
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, PerformanceSubmission, ProjectProgress
from reports import totals
from reports.load import SET_ASIDE, Broken, load
from reports.load.size import SIZES, Size

pytestmark = pytest.mark.django_db
TINY = Size(provinces=2, agencies=3, projects=7, years=2, lines=200)


def generate(*more: str) -> None:
    sizes = [f"--{name}={value}" for name, value in vars(TINY).items()]
    call_command("generate_load", *sizes, *more, stdout=StringIO())


def rows() -> list[Any]:
    """Everything that a reader could compare, without keys."""
    project = ("agency__code", "plan__code", "code", "public_id", "title", "county__code", "status")
    line = (
        "submission__receipt",
        "submission__period__cutoff_date",
        "credit_in_force",
        "allocated_cash",
        "spent",
    )
    return [
        sorted(Project.objects.values_list(*project)),
        sorted(CapitalFinanceLine.objects.values_list("project__code", *line)),
        sorted(ExpenseFinanceLine.objects.values_list("programme__code", "expense_chapter__code", *line)),
        sorted(ProjectProgress.objects.values_list("project__code", "physical_progress", "planned_progress")),
        sorted(User.objects.values_list("username", "full_name")),
    ]


def defences() -> list[Any]:
    """Triggers that are on, constraints and indexes of the tables that were set aside."""
    tables = [model._meta.db_table for model in SET_ASIDE]
    found = []
    with connection.cursor() as cursor:
        for query in (
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
            "SELECT tablename::text, indexdef FROM pg_indexes WHERE tablename = ANY (%s) ORDER BY 1, 2",
        ):
            cursor.execute(query, [tables])
            found.append(cursor.fetchall())
    return found


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    found = []
    for seed in ("7", "7", "8"):
        with transaction.atomic():
            generate("--seed", seed)
            found.append(rows())
            transaction.set_rollback(True)
    assert found[0] == found[1] != found[2]


def test_what_is_generated_is_whole() -> None:
    before = defences()
    generate()
    assert defences() == before
    assert CapitalFinanceLine.objects.count() == 7 * 8
    assert CapitalFinanceLine.objects.count() + ExpenseFinanceLine.objects.count() == 200
    assert set(CapitalAgreement.objects.values_list("state", flat=True)) == {"exchanged"}
    with (
        connection.cursor() as cursor
    ):  # the blocking rules of the domain, as the sending of a submission asks them
        cursor.execute(
            "SELECT s.id, h.rule FROM monitoring_performancesubmission s, portal_blocking_hits(s.id) h LIMIT 5"
        )
        assert cursor.fetchall() == []
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in (Project, PerformanceSubmission, CapitalFinanceLine, ExpenseFinanceLine, ProjectProgress):
        for row in model._default_manager.order_by("?")[:3]:
            row.validate_constraints()
    assert verify().sound
    entry = AuditEntry.objects.get(event="load.generated")
    assert entry.after["projects"] == 7
    assert not AuditEntry.objects.filter(event__startswith="figure.").exists()


def test_totals_are_the_sums_of_the_rows() -> None:
    generate()
    person = User.objects.get(username="load-national")
    for period in ReportingPeriod.objects.all():
        seen = totals.read(person, period)
        for kind, model in (("capital", CapitalFinanceLine), ("expense", ExpenseFinanceLine)):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT a.organization_id, sum(l.credit_in_force), sum(l.allocated_cash), sum(l.spent)"
                    f" FROM {model._meta.db_table} l JOIN monitoring_performancesubmission s ON s.id = l.submission_id"
                    " JOIN accounts_agency a ON a.id = s.agency_id WHERE s.period_id = %s GROUP BY 1",
                    [period.pk],
                )
                summed = {key: tuple(map(int, sums)) for key, *sums in cursor.fetchall()}
            flows = seen.only(kind).flows(lambda cell: cell.place.organization)
            assert {key: (f.agreed, f.allocated, f.spent) for key, f in flows.items()} == summed
            assert len(summed) == 2


def test_what_a_broken_rule_leaves_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("load_reference", stdout=StringIO())
    monkeypatch.setattr("reports.load.figures.received", lambda credit, quarter: credit * 2)
    with pytest.raises(Broken, match="received within allocated"), transaction.atomic():
        load(TINY, 1, password="!", say=str)
    assert not Organization.objects.exists()


def test_it_refuses_a_second_load() -> None:
    generate()
    with pytest.raises(CommandError, match="یک بار"):
        generate("--beside")


def test_it_asks_before_it_writes_beside_others() -> None:
    Organization.objects.create(code="iran", name="ایران", level="national")
    with pytest.raises(CommandError, match="--beside"):
        generate()
    generate("--beside")
    assert Project.objects.count() == 7


def test_sizes_are_those_of_the_guide() -> None:
    country = SIZES["country"]
    assert (country.provinces, country.projects, country.lines) == (31, 50_000, 10_000_000)
    million = replace(country, lines=1_000_000)
    assert (million.capital_cutoffs, million.expense_lines) == (20, 0)
