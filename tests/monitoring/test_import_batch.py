"""Expense performance through the pages of imports: as typing, by the agency's own expert, taken back as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.imports.choices import TABLES
from agreements.workflow import imports
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import ImportBatch, ImportMapping, ImportRow
from monitoring.models import ExpenseFinanceLine, SubmissionAuthor
from tests.agreements.importing import REASON, mapping, stored, upload_of
from tests.builders import Case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db

HEADERS = ("کد برنامه", "کد فصل", "کد منبع", "دریافتی", "هزینه", "تعهد", "علت")
FIELDS = ("programme", "expense_chapter", "funding_source", "received", "spent", "commitments_open", "reason")


@pytest.fixture
def case(cast: Cast) -> Case:
    return make_expense_case(cast)


def row(case: Case, place: int, *figures: Any, reason: str = "") -> tuple[Any, ...]:
    programme, chapter, source = case.lines_of[place]
    return programme.code, chapter.code, source.code, *figures, reason


def entered(case: Case, *rows: Any, until: str = "finish", by: Any = None) -> ImportBatch:
    by = by or case.who.agency_user
    file = stored(case.who, *rows, by=by, headers=HEADERS)
    batch = imports.upload(file, "performance-expense", by=by)
    told = mapping(
        case.who,
        columns={name: place for place, name in enumerate(FIELDS)},
        constants={},
        values={"period": case.period.code},
    )
    imports.choose_columns(
        batch.pk, sheet=1, sheet_name="", header_row=1, headers=batch.headers, mapping=told, by=by
    )
    for step in ("preview", "apply", "finish"):
        how = {"hold": True} if step == "apply" else {}
        getattr(imports, step)(batch.pk, by=by, **how)
        if step == until:
            break
    batch.refresh_from_db()
    return batch


def figures(case: Case) -> list[tuple[Any, ...]]:
    return [(line.received, line.spent, line.commitments_open) for line in case.lines]


def test_figures_come_into_the_open_form_in_the_name_of_the_expert(case: Case) -> None:
    batch = entered(case, row(case, 0, 5_000, 4_000, 0), row(case, 1, 6_000, "", "—"))
    assert batch.counts["new"] == 2
    assert figures(case) == [(5_000, 4_000, 0), (6_000, None, None)]
    assert case.lines[1].not_applicable == ["commitments_open"]
    assert SubmissionAuthor.objects.filter(person=case.who.agency_user).exists()
    assert entered(case, row(case, 0, 5_000, 4_000, 0), until="preview").counts["same"] == 1
    assert entered(case, row(case, 0, 5_500, 4_000, 0), until="preview").counts["changed"] == 1


def test_a_preview_asks_the_rules_and_leaves_nothing(case: Case) -> None:
    before = figures(case)
    batch = entered(case, row(case, 0, 99_000, 1, 0), until="preview")
    assert "تخصیص" in ImportRow.objects.get(batch=batch).text
    assert figures(case) == before
    entered(case, row(case, 0, 99_000, 1, 0))
    assert figures(case)[0] == (99_000, 1, 0)
    assert case.submission.checks.filter(severity="block").exists()


def test_what_is_no_line_of_the_form_is_refused(case: Case, cast: Cast) -> None:
    programme, _, source = case.lines_of[0]
    rows = [
        ("999", "1", source.code, 1, 1, 0, ""),
        (programme.code, "7", source.code, 1, 1, 0, ""),
        row(case, 0, "ده", 1, 0),
    ]
    from tests.factories import make_expense_chapter

    make_expense_chapter(cast.national_organization, "7")
    batch = entered(case, *rows, until="preview")
    assert batch.counts["error"] == 3
    told = dict(ImportRow.objects.filter(batch=batch).values_list("number", "text"))
    assert "در فرم این مقطع نیست" in told[3]


def test_what_was_sent_is_closed_for_files_too(case: Case) -> None:
    case.fill().at("submitted")
    batch = entered(case, row(case, 0, 1, 1, 0), until="preview")
    assert batch.counts["error"] == 1
    assert "قفل" in ImportRow.objects.get(batch=batch).text


def test_it_is_taken_back_until_somebody_types_or_sends(case: Case) -> None:
    expert = case.who.agency_user
    entered(case, row(case, 0, 100, 50, 0))
    batch = entered(case, row(case, 0, 200, 60, 5))
    imports.undo(batch.pk, reason=REASON, by=expert)
    assert figures(case)[0] == (100, 50, 0)
    batch = entered(case, row(case, 0, 300, 70, 5))
    line = case.lines[0]
    ExpenseFinanceLine.objects.filter(pk=line.pk).update(version=line.version + 1)
    with pytest.raises(RuleBroken):
        imports.undo(batch.pk, reason=REASON, by=expert)


def test_it_is_the_agencys_own_from_the_upload_to_the_mapping(case: Case, cast: Cast) -> None:
    batch = entered(case, row(case, 0, 1, 1, 0), until="preview")
    for name in ("consolidation", "treasurer", "agency_user2", "deputy", "auditor"):
        person = cast.person(name)
        assert not ImportBatch.objects.for_user(person).filter(pk=batch.pk).exists()
        assert not ImportRow.objects.for_user(person).filter(batch=batch).exists()
    with pytest.raises(NotAllowed):
        imports.upload(batch.file, "performance-expense", by=cast.consolidation)
    with pytest.raises(NotAllowed):
        imports.upload(batch.file, "notifications-expense", by=cast.agency_user)
    told = batch.mapping
    imports.choose_columns(
        batch.pk, sheet=1, sheet_name="", header_row=1, headers=batch.headers, mapping=told, by=cast.agency_user,
        save_as="سامانهٔ مالی",
    )  # fmt: skip
    saved = ImportMapping.objects.get()
    assert saved.name == f"سامانهٔ مالی ({cast.agency.code})"
    assert not ImportMapping.objects.for_user(cast.consolidation).exists()


def test_the_page_offers_the_table_of_the_role_alone(case: Case, cast: Cast) -> None:
    page = cast.client("agency_user").get("/imports/new/").content.decode()
    assert TABLES["performance-expense"].title in page
    assert TABLES["notifications-expense"].title not in page
    file = upload_of(row(case, 0, 7, 5, 0), headers=HEADERS, kind="xlsx")
    client = cast.client("agency_user")
    answer = client.post("/imports/new/", {"table": "performance-expense", "file": file})
    form = client.get(answer.url).context["form"]
    chosen = {f"column_{column.place}": column.field for column in form.proposal.columns}
    assert list(chosen.values()) == list(FIELDS)
    told = {"sheet": "1", "header_row": "1", "unit": "million-rials", "period": case.period.code}
    answer = client.post(answer.url, {**chosen, **told})
    assert answer.status_code == 302, answer.context["form"].errors
    assert "۱ سطر نوشته می‌شود" in client.get(answer.url).content.decode()
    assert client.get("/imports/").status_code == 200
