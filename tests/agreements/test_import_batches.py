"""Imports in the browser: what a page says of every row, what is written, and that all of it is taken back."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agreements.imports import choices, error_file, undoing
from agreements.models import BudgetNotification, ExpenseAgreement, NotificationLine
from agreements.workflow import imports
from budget_portal import jobs
from budget_portal.errors import RuleBroken
from budget_portal.models import AuditEntry, ImportBatch, ImportMapping, ImportRow
from tests.agreements.importing import REASON, exchanged, ground, make_batch, mapping, upload_of
from tests.builders import make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def kinds(batch: ImportBatch) -> dict[int, str]:
    return dict(ImportRow.objects.filter(batch=batch).values_list("number", "kind"))


def said(batch: ImportBatch, number: int) -> str:
    return ImportRow.objects.get(batch=batch, number=number).text


def test_a_preview_says_of_every_row_what_it_will_do_and_writes_nothing(cast: Cast) -> None:
    code = cast.agency.code
    rows = [
        (code, "101", 1_200),
        (code, "999", 5),
        (code, "102", "###"),
        ("جمع", "", 1_205),
        (code, "103", "-1"),
    ]
    batch = make_batch(cast, "previewed", *rows)
    assert kinds(batch) == {2: "new", 3: "error", 4: "error", 5: "left_out", 6: "error"}
    assert "عدد را بنویسید" in said(batch, 4)
    assert "برابر" in said(batch, 5)
    assert batch.counts["new"] == batch.written == 1
    assert not BudgetNotification.objects.exists()


def test_before_and_after_of_a_line_that_has_credit_already(cast: Cast) -> None:
    make_batch(cast, "applied")
    told = mapping(cast, values={"letter_number": "۱۲/۵"})
    batch = make_batch(cast, "previewed", (cast.agency.code, "101", 800), told=told)
    (row,) = ImportRow.objects.filter(batch=batch)
    assert row.kind == "changed"
    assert row.changes[0]["before"] == "۱٬۲۰۰"
    assert row.changes[0]["after"] == "۲٬۰۰۰"
    assert row.changes[0]["difference"].endswith("۸۰۰")


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    make_batch(cast, "applied")
    again = make_batch(cast, "previewed")
    assert set(kinds(again).values()) == {"same"}
    with pytest.raises(RuleBroken, match="نوشتنی"):
        imports.apply(again.pk, hold=True, by=cast.consolidation)


def test_errors_are_left_behind_only_by_a_persons_word(cast: Cast) -> None:
    batch = make_batch(cast, "previewed", (cast.agency.code, "101", 7), (cast.agency.code, "999", 5))
    with pytest.raises(RuleBroken, match="خطا"):
        imports.apply(batch.pk, hold=False, by=cast.consolidation)
    imports.apply(batch.pk, hold=True, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    assert list(NotificationLine.objects.values_list("amount", flat=True)) == [7]
    entry = AuditEntry.objects.get(event="import.applied")
    assert entry.after["written"] == 1
    assert entry.after["held"][0]["raw"]["amount"] == "5"


def test_undoing_cancels_the_letters_with_the_reason_and_their_number_is_free_again(cast: Cast) -> None:
    batch = make_batch(cast, "undone")
    letter = BudgetNotification.objects.get()
    assert (letter.state, letter.cancel_reason) == ("cancelled", REASON)
    assert batch.undone_by == cast.consolidation
    assert kinds(make_batch(cast, "applied")) == {2: "new", 3: "new"}
    assert BudgetNotification.objects.filter(state="issued").count() == 1


def test_an_agreement_stays_while_performance_is_measured_against_it() -> None:
    case = make_expense_case()
    version = ExpenseAgreement.objects.get()
    assert before_and_resting("agreements.expenseagreement", [version.pk]) != []
    assert before_and_resting("agreements.allocationnotice", [case.notice.pk]) == []
    case.fill().at("submitted")
    (sentence,) = before_and_resting("agreements.allocationnotice", [case.notice.pk])
    assert case.agency.name in sentence


def before_and_resting(model: str, keys: list[int]) -> list[str]:
    return undoing.hindrances(ImportBatch(made={model: keys}))


def test_a_batch_stays_while_a_later_letter_takes_back_of_it(cast: Cast) -> None:
    batch = make_batch(cast, "applied")
    told = mapping(cast, values={"letter_number": "۱۲/۵"})
    make_batch(cast, "applied", (cast.agency.code, "101", "-1000"), told=told)
    with pytest.raises(RuleBroken) as refused:
        imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    assert cast.agency.name in refused.value.problems[0]
    assert BudgetNotification.objects.filter(state="issued").count() == 2


def test_undoing_an_agreement_brings_back_the_credits_before(cast: Cast) -> None:
    first = mapping(cast, values=exchanged())
    amended = mapping(cast, values=exchanged(version="amendment", valid_from="1405/04/01"))
    rows = ((cast.agency.code, "101", 100), (cast.agency.code, "102", 50))
    make_batch(cast, "applied", *rows, table="credits-expense", told=first)
    batch = make_batch(
        cast, "previewed", (cast.agency.code, "101", 90), table="credits-expense", told=amended
    )
    assert kinds(batch) == {2: "changed"}
    imports.apply(batch.pk, hold=False, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    two = ExpenseAgreement.objects.get(version=2)
    assert sorted(two.credits.values_list("amount", flat=True)) == [50, 90]
    imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    three = ExpenseAgreement.objects.get(version=3)
    assert sorted(three.credits.values_list("amount", flat=True)) == [50, 100]
    assert (three.state, three.amends) == ("exchanged", two)


def test_a_credit_above_what_is_notified_is_held_back(cast: Cast) -> None:
    make_batch(cast, "applied", (cast.agency.code, "101", 100))
    told = mapping(cast, values=exchanged())
    rows = ((cast.agency.code, "101", 120), (cast.agency.code, "102", 5))
    batch = make_batch(cast, "previewed", *rows, table="credits-expense", told=told)
    assert kinds(batch) == {2: "held", 3: "held"}
    assert "ابلاغ (۱۰۰)" in said(batch, 2)


def test_a_saved_mapping_reads_the_next_file_of_the_same_source(cast: Cast) -> None:
    batch = make_batch(cast, "uploaded", headers=("آ", "ب", "پ"))
    assert batch.mapping == {}
    imports.choose_columns(
        batch.pk,
        sheet=1,
        sheet_name="",
        header_row=1,
        headers=["آ", "ب", "پ"],
        mapping=mapping(cast, unit="rial"),
        by=cast.consolidation,
        save_as="خزانه",
    )
    saved = ImportMapping.objects.get()
    assert sorted(saved.columns.values()) == ["agency", "amount", "programme"]
    page = cast.client("consolidation").get(
        reverse(
            "agreements:import-columns",
            args=[make_batch(cast, "uploaded", headers=("آ", "ب", "پ")).public_id],
        )
    )
    assert "نگاشت «خزانه» به کار رفت" in page.content.decode()


def test_rials_are_rounded_and_the_rounding_is_told_per_row_and_in_all(cast: Cast) -> None:
    code = cast.agency.code
    rows = [(code, "101", "8,411,730,000"), (code, "102", "1,000,000")]
    batch = make_batch(cast, "previewed", *rows, told=mapping(cast, unit="rial"))
    assert "۰٫۲۷ میلیون ریال" in said(batch, 2)
    (total,) = batch.summary["totals"]
    assert (total["file"], total["read"], total["rounded_cells"]) == ("۸٬۴۱۲٬۷۳۰٬۰۰۰", 8_413, 1)


def test_a_code_that_lost_its_zero_is_found_with_a_warning(cast: Cast) -> None:
    cast.agency.code = "0000123456"
    cast.agency.save()
    batch = make_batch(cast, "previewed", (123456, "101", 5))
    assert kinds(batch) == {2: "new"}
    assert "صفر" in said(batch, 2)


def test_the_error_workbook_is_the_persons_own_file_with_sentences(cast: Cast) -> None:
    code = cast.agency.code
    rows = [(code, "101", 7, "یادداشت"), (code, "999", 5, "=1+1")]
    headers = ("کد دستگاه", "برنامه", "مبلغ ابلاغ", "ملاحظات خودم")
    batch = make_batch(cast, "previewed", *rows, headers=headers)
    sheet = openpyxl.load_workbook(error_file.build(batch)).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0][:4] == list(headers)
    assert found[1][3:5] == ["یادداشت", "تازه"]
    assert found[2][3] == "=1+1"
    assert sheet.cell(3, 4).data_type == "s"
    assert "999" in found[2][5]
    assert sheet.sheet_view.rightToLeft


def test_from_the_upload_to_the_preview_through_the_pages(cast: Cast) -> None:
    ground(cast)
    assert cast.fiscal_year
    client = cast.client("consolidation")
    rows = ((cast.agency.code, "101", "۱٬۲۰۰"), (cast.agency.name, "102", 300))
    answer = client.post(
        "/imports/new/", {"table": "notifications-expense", "file": upload_of(*rows, kind="xlsx")}
    )
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "سرستون در سطر ۱" in page
    assert 'value="agency" selected' in page
    empty = client.post(answer.url, {"sheet": "1", "header_row": "1", "unit": "rial"})
    assert empty.status_code == 422
    told = {"year": str(cast.fiscal_year.year), "letter_number": "۱", "letter_date": "۱۴۰۵/۲/۱"}
    fields = {"column_0": "agency", "column_1": "programme", "column_2": "amount"}
    constants = {"constant_expense_chapter": "7", "constant_funding_source": "general"}
    answer = client.post(
        answer.url,
        {"sheet": "1", "header_row": "1", "unit": "million-rials", **told, **fields, **constants},
    )
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url).content.decode()
    assert "۲ سطر نوشته می‌شود" in page
    assert client.get(f"{answer.url}?kind=works&page=۱").status_code == 200
    batch = ImportBatch.objects.get()
    answer = client.post(f"{answer.url}apply/")
    assert ImportBatch.objects.get().state == "applying"
    assert "توقف و برگرداندن" in client.get(answer.url).content.decode()
    client.post(f"{answer.url}stop/")
    batch.refresh_from_db()
    assert batch.state == "previewed"


def test_a_sheet_that_the_file_does_not_have_is_no_crash(cast: Cast) -> None:
    batch = make_batch(cast, "uploaded")
    assert (
        cast.client("consolidation").get(f"/imports/{batch.public_id}/columns/?sheet=99").status_code == 200
    )


def test_a_sheet_of_too_many_columns_is_refused_on_the_page(cast: Cast) -> None:
    wide = upload_of([1] * 300, kind="xlsx", headers=tuple(f"س{n}" for n in range(300)))
    data = {"table": "notifications-expense", "file": wide}
    answer = cast.client("consolidation").post("/imports/new/", data)
    assert answer.status_code == 422
    assert "۲۰۰ ستون" in answer.content.decode()


def test_a_file_that_is_no_table_is_refused_on_the_page(cast: Cast) -> None:
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 nothing")
    answer = cast.client("consolidation").post(
        "/imports/new/", {"table": "notifications-expense", "file": file}
    )
    assert answer.status_code == 422
    assert "جدول خوانا نیست" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_job_writes_the_batch_once_whoever_runs_it() -> None:
    cast = Cast()
    batch = make_batch(cast, "applying")
    assert batch.job is not None
    assert jobs.run(batch.job.pk)
    batch.refresh_from_db()
    batch.job.refresh_from_db()
    assert (batch.state, batch.job.state) == ("applied", "done")
    assert BudgetNotification.objects.count() == 1
    # A second worker that was handed the same job after the first one died.
    type(batch.job).objects.filter(pk=batch.job.pk).update(state="queued")
    assert jobs.run(batch.job.pk)
    assert BudgetNotification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_the_preview_fails_the_batch_and_writes_nothing() -> None:
    cast = Cast()
    batch = make_batch(cast, "applying")
    make_batch(cast, "applied", (cast.agency.code, "103", 1))
    jobs.run(batch.job.pk)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "۱۲/۴" in batch.error
    assert BudgetNotification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_stop_while_it_is_written_takes_all_of_it_back(monkeypatch: Any) -> None:
    cast = Cast()
    batch = make_batch(cast, "applying")

    def stopped(sheet: Any, *, by: Any, tick: Any) -> None:
        raise jobs.JobCancelled

    table = choices.TABLES["notifications-expense"]
    monkeypatch.setitem(
        choices.TABLES, "notifications-expense", type(table)(**{**vars(table), "write": stopped})
    )
    jobs.run(batch.job.pk)
    batch.refresh_from_db()
    batch.job.refresh_from_db()
    assert (batch.state, batch.job.state) == ("previewed", "cancelled")
    assert not BudgetNotification.objects.exists()


def test_ten_thousand_rows_with_an_error_in_each_give_one_list(cast: Cast) -> None:
    rows = [(f"نیست {number}", "999", "###") for number in range(10_000)]
    batch = make_batch(cast, "previewed", *rows)
    assert batch.counts == {"new": 0, "changed": 0, "same": 0, "error": 10_000, "held": 0, "left_out": 0}
    texts = ImportRow.objects.filter(batch=batch).values_list("text", flat=True)
    assert all("تعریف نشده" in text and "عدد را بنویسید" in text for text in texts)
    sheet = openpyxl.load_workbook(error_file.build(batch), read_only=True).active
    assert sum(1 for row in sheet.iter_rows(min_col=5, max_col=5, values_only=True) if row[0]) == 10_001


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_changes_nothing(cast: Cast, kind: str) -> None:
    """Notifications of two letters and two agencies: every row of their own export is «same»."""
    made = [
        ("12/1", ((cast.agency.code, "101", 1_200), (cast.agency.code, "102", 300))),
        ("12/2", ((cast.agency.code, "101", -200), (cast.agency2.code, "103", 7))),
    ]
    for number, rows in made:
        make_batch(cast, "applied", *rows, told=mapping(cast, values={"letter_number": number}))
    answer = cast.client("consolidation").get(f"/export/notifications.{kind}?kind=expense")
    file = SimpleUploadedFile(f"again.{kind}", answer.content)
    client = cast.client("consolidation")
    page = client.post("/imports/new/", {"table": "notifications-expense", "file": file})
    form = client.get(page.url).context["form"]
    chosen = {f"column_{column.place}": column.field for column in form.proposal.columns}
    assert set(chosen.values()) >= {"agency", "programme", "expense_chapter", "funding_source", "amount"}
    told = {"year": "1405", "sheet": "1", "header_row": "1", "unit": form["unit"].value()}
    answer = client.post(page.url, {**chosen, **told})
    assert answer.status_code == 302, answer.context["form"].errors
    batch = ImportBatch.objects.latest("pk")
    assert set(kinds(batch).values()) == {"same"}
    assert len(kinds(batch)) == 4


def test_branches_of_a_tree_are_passed_over_and_milliard_toman_is_exact(cast: Cast) -> None:
    """As the budget law is published: leaves count, amounts with decimals in milliard toman."""
    code = cast.agency.code
    rows = [(code, "101", "502.3", "yes"), (code, "102", "1450340.96", "no"), (code, "103", "0.00005", "yes")]
    told = mapping(cast, unit="milliard-toman", skip={"column": 3, "equals": "no"})
    batch = make_batch(cast, "previewed", *rows, headers=("دستگاه", "برنامه", "مبلغ", "برگ"), told=told)
    assert kinds(batch) == {2: "new", 3: "left_out", 4: "new"}
    assert batch.summary["totals"][0]["read"] == 5_023_000 + 1
    assert batch.summary["totals"][0]["rounded_cells"] == 1
