"""Plans and projects from files: what is new, what changes, what a code may be, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Plan, Programme, Project
from agreements.workflow import imports
from budget_portal.errors import RuleBroken
from budget_portal.models import AuditEntry, ImportBatch, ImportRow
from tests.agreements.importing import REASON, make_batch
from tests.cast import Cast
from tests.factories import make_project

pytestmark = pytest.mark.django_db
HEADERS = ("کد", "عنوان", "دستگاه", "طرح", "شهرستان", "عرض", "طول")
NAMES = ("code", "title", "agency", "plan", "county", "latitude", "longitude")


def told(names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    columns = {name: place for place, name in enumerate(names)}
    return {"columns": columns, "constants": {}, "unit": "million-rials", "repeated": "refuse", "values": {}}


def batch_of(cast: Cast, state: str, *rows: Any) -> ImportBatch:
    return make_batch(cast, state, *rows, table="projects", headers=HEADERS, told=told())


def row_of(batch: ImportBatch, number: int) -> ImportRow:
    return ImportRow.objects.get(batch=batch, number=number)


@pytest.fixture
def known(cast: Cast) -> Project:
    project = make_project(cast.agency)
    project.title = "احداث پل روگذر"
    project.save()
    return project


def test_new_changed_same_and_wrong_rows(cast: Cast, known: Project) -> None:
    plan, county = known.plan.code, known.county.name
    own = (cast.agency.code, plan, county)
    batch = batch_of(
        cast,
        "previewed",
        (known.code, "احداث پل روگذر جادهٔ ساحلی", *own, "", ""),
        (known.code + "0", "روشنایی\u00ad بلوار", *own, "۳۱٫۳۲", "48,67"),
        (known.code + "1", "روشنایی", *own, "31.32", ""),
        (known.code + "2", "", cast.agency.code, "هیچ", "ناکجا", "", ""),
        (known.code + "0", "دوباره", *own, "", ""),
        (known.code + "3", "دور", *own, "35.7", "51.4"),
    )
    kinds = list(ImportRow.objects.filter(batch=batch).values_list("kind", flat=True))
    assert kinds == ["changed", "new", "error", "error", "error", "new"]
    (change,) = row_of(batch, 2).changes
    assert (change["before"], change["after"]) == ("احداث پل روگذر", "احداث پل روگذر جادهٔ ساحلی")
    assert "نادیدنی" in row_of(batch, 3).text
    assert "شهرستان «ناکجا»" in row_of(batch, 5).text
    assert "سطر ۳" in row_of(batch, 6).text
    assert "مانع نیست" in row_of(batch, 7).text
    imports.apply(batch.pk, hold=True, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    known.refresh_from_db()
    assert known.title.endswith("ساحلی")
    made = Project.objects.get(code=known.code + "0")
    assert (made.agency, str(made.latitude), str(made.longitude)) == (cast.agency, "31.32000", "48.67000")
    assert AuditEntry.objects.filter(event="project.registered").count() == 2
    imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    known.refresh_from_db()
    assert known.title == "احداث پل روگذر"
    assert list(Project.objects.all()) == [known]


def test_a_row_that_is_used_or_changed_since_stays(cast: Cast, known: Project) -> None:
    own = (cast.agency.code, known.plan.code, known.county.name, "", "")
    batch = batch_of(cast, "applied", (known.code, "نام تازه", *own), (known.code + "0", "یکی", *own))
    Project.objects.filter(pk=known.pk).update(title="نامی دیگر")
    with pytest.raises(RuleBroken) as refused:
        imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    assert refused.value.problems == ["«نامی دیگر» پس از این ورود تغییر کرده است."]
    assert Project.objects.count() == 2


def test_a_new_row_that_another_file_changed_since_stays(cast: Cast, known: Project) -> None:
    """Else the second batch would lose its row, and could not be taken back itself."""
    own = (cast.agency.code, known.plan.code, known.county.name, "31.32", "48.67")
    first = batch_of(cast, "applied", ("77001", "روشنایی", *own))
    second = batch_of(cast, "applied", ("77001", "روشنایی بلوار", *own))
    with pytest.raises(RuleBroken) as refusal:
        imports.undo(first.pk, reason=REASON, by=cast.consolidation)
    assert "تغییر کرده است" in str(refusal.value.problems)
    imports.undo(second.pk, reason=REASON, by=cast.consolidation)
    imports.undo(first.pk, reason=REASON, by=cast.consolidation)
    assert not Project.objects.filter(code="77001").exists()


def test_agency_and_plan_of_a_known_project_stay(cast: Cast, known: Project) -> None:
    row = (known.code, known.title, cast.agency2.code, known.plan.code, known.county.name, "", "")
    batch = batch_of(cast, "previewed", row)
    assert "دستگاه" in row_of(batch, 2).text
    assert batch.counts["error"] == 1


def test_a_code_of_another_length_is_no_new_project(cast: Cast) -> None:
    projects = [make_project(cast.agency) for _ in range(3)]
    for number, project in enumerate(projects):
        Project.objects.filter(pk=project.pk).delete()
        project.code = f"150300211{number}"
        project.pk = None
        project._state.adding = True
        project.public_id = f"00000000-0000-0000-0000-00000000000{number}"
        project.save()
    first = projects[0]
    own = (cast.agency.code, first.plan.code, first.county.name, "", "")
    batch = batch_of(cast, "previewed", ("150300211", "تعریض پل", *own), ("15030021141", "پل", *own))
    assert "۹ رقم دارد" in row_of(batch, 2).text
    assert batch.counts["error"] == 2


@pytest.mark.parametrize("code", ["98/8296", "..", "new", "a?b", "#", "-1", "۹۸ ۸۲", "<b>"])
def test_a_code_that_no_address_can_hold_is_refused(cast: Cast, known: Project, code: str) -> None:
    row = (code, "پل", cast.agency.code, known.plan.code, known.county.name, "", "")
    batch = batch_of(cast, "previewed", row)
    assert "کد از رقم" in row_of(batch, 2).text


def test_a_long_title_is_refused_not_cut(cast: Cast, known: Project) -> None:
    row = ("77001", "راه " * 110, cast.agency.code, known.plan.code, known.county.name, "", "")
    assert "دست‌بالا ۳۰۰ نویسه" in row_of(batch_of(cast, "previewed", row), 2).text


def test_the_export_of_projects_changes_nothing_when_it_comes_back(cast: Cast, known: Project) -> None:
    other = make_project(cast.agency2)
    client = cast.client("consolidation")
    content = client.get("/export/projects.xlsx").content
    file = SimpleUploadedFile("again.xlsx", content)
    page = client.post("/imports/new/", {"table": "projects", "file": file})
    form = client.get(page.url).context["form"]
    chosen = {f"column_{column.place}": column.field for column in form.proposal.columns}
    answer = client.post(page.url, {**chosen, "sheet": "1", "header_row": "1", "unit": "million-rials"})
    assert answer.status_code == 302, answer.context["form"].errors
    batch = ImportBatch.objects.get()
    rows = {row.place: (row.kind, row.text) for row in ImportRow.objects.filter(batch=batch)}
    assert rows == {known.code: ("same", ""), other.code: ("same", "")}


def test_plans_are_registered_and_taken_back(cast: Cast) -> None:
    national = cast.national_organization
    Programme.objects.create(organization=national, code="101", title="برنامهٔ ۱۰۱")
    names = ("code", "title", "programme")
    rows = (("40", "طرح راه روستایی", "101"), ("41", "طرح پل", "999"))
    batch = make_batch(
        cast, "previewed", *rows, table="plans", headers=("کد طرح", "عنوان طرح", "برنامه"), told=told(names)
    )
    assert (batch.counts["new"], batch.counts["error"]) == (1, 1)
    imports.apply(batch.pk, hold=True, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    plan = Plan.objects.get(code="40")
    assert plan.title_folded == "طرح راه روستایی"
    imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    assert not Plan.objects.exists()
