"""Amendments of capital agreements from a file: the next version has the whole text and the new credits."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from agreements.models import CapitalAgreement, ProjectCredit
from agreements.workflow import imports
from budget_portal.models import ImportBatch, ImportRow
from tests import factories
from tests.agreements.importing import REASON, exchanged, make_batch, mapping
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HEADERS = ("کد دستگاه", "کد پروژه", "اعتبار")


@pytest.fixture
def project(cast: Cast) -> Any:
    found = factories.make_project(cast.agency)
    source = factories.make_source(cast.national_organization)
    factories.make_capital_agreement(cast.agency, cast.fiscal_year, {found: {source: 5_000}})
    return found


def amended(cast: Cast, state: str, *rows: Any, since: str = "1405/04/01", **said: str) -> ImportBatch:
    told = mapping(
        cast,
        columns={"agency": 0, "project": 1, "amount": 2},
        constants={"funding_source": "general"},
        values=exchanged(version="amendment", valid_from=since, system="nezarat4", **said),
    )
    return make_batch(cast, state, *rows, table="credits-capital", headers=HEADERS, told=told)


def credits(version: CapitalAgreement) -> list[int]:
    rows = ProjectCredit.objects.filter(agreement_project__agreement=version)
    return list(rows.values_list("amount", flat=True))


def refused(batch: ImportBatch) -> dict[int, str]:
    return dict(ImportRow.objects.filter(batch=batch, kind="error").values_list("number", "text"))


def test_the_next_version_has_the_new_credit_and_the_text_before(cast: Cast, project: Any) -> None:
    batch = amended(cast, "applied", (cast.agency.code, project.code, 6_000))
    one, two = CapitalAgreement.objects.order_by("version")
    assert (credits(one), credits(two)) == ([5_000], [6_000])
    assert (one.state, two.state, two.external_system, two.reason) == (
        "superseded",
        "exchanged",
        "nezarat4",
        REASON,
    )
    assert two.projects.get().project == project
    imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    assert credits(CapitalAgreement.objects.get(version=3)) == [5_000]


def test_what_cannot_be_amended_is_said_and_the_same_is_the_same(cast: Cast, project: Any) -> None:
    other = factories.make_project(cast.agency)
    row = cast.agency.code, project.code, 6_000
    assert amended(cast, "previewed", (*row[:2], 5_000)).counts["same"] == 1
    assert "نسخهٔ نخست" in refused(amended(cast, "previewed", (cast.agency.code, other.code, 1)))[2]
    assert "پس از آغاز" in refused(amended(cast, "previewed", row, since="1405/01/01"))[2]
    assert "منفی" in refused(amended(cast, "previewed", (*row[:2], -1)))[2]


def test_no_project_falls_below_its_allocation(cast: Cast, project: Any) -> None:
    factories.make_allocation(
        cast.agency, factories.make_period(cast.fiscal_year, "Q1"), "capital",
        [{"project": project, "funding_source": factories.make_source(cast.national_organization), "amount": 3_000}],
        by=cast.consolidation,
    )  # fmt: skip
    assert "تخصیص" in refused(amended(cast, "previewed", (cast.agency.code, project.code, 2_000)))[2]
    assert refused(amended(cast, "previewed", (cast.agency.code, project.code, 3_000))) == {}


def test_the_export_comes_back_unchanged(cast: Cast, project: Any) -> None:
    content = cast.client("consolidation").get("/export/project-credits.csv?year=1405").content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    again = [(row["کد دستگاه"], row["کد پروژه"], row["اعتبار امسال (میلیون ریال)"]) for row in rows]
    assert amended(cast, "previewed", *again).counts["same"] == 1
