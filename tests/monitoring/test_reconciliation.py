"""The treasurer's bench: loaded, matched, moved by hand, explained, signed; then it stays, and tells when it is old."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from budget_portal import files, jobs
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from budget_portal.models import AuditEntry, ImportMapping
from budget_portal.tables.outcome import Refused
from monitoring.models import LedgerRow, Reconciliation, ReconciliationLine, Signature
from monitoring.reconciliation import counting, ledger, sheet, targets, tolerances
from monitoring.reconciliation.figures import is_stale, sheets_of
from monitoring.reconciliation.targets import key_of
from monitoring.signing import verify
from monitoring.workflow import ledger_rows, reconciliations
from tests.builders import Case, make_capital_case, make_expense_case
from tests.monitoring.benches import TREASURY, WHY, explain, ledger_of, load, make_bench, rows_of, sent_case

pytestmark = pytest.mark.django_db
REASON = "شمارهٔ سند در دفتر اشتباه ثبت شده است؛ اصل سند دیده شد."


@pytest.fixture
def case(cast: Any) -> Case:
    return sent_case(cast)


def row(bench: Reconciliation, number: int) -> LedgerRow:
    return LedgerRow.objects.get(reconciliation=bench, number=number)


def lines(bench: Reconciliation) -> list[ReconciliationLine]:
    return list(ReconciliationLine.objects.filter(reconciliation=bench))


def test_a_ledger_in_rials_agrees_with_the_lines(case: Case) -> None:
    bench = make_bench(case)
    assert [line.ledger for line in lines(bench)] == [line.spent for line in case.lines]
    assert all(line.agrees and line.rows_count == 2 for line in lines(bench))
    assert counting.unexplained(bench) == (1, 0)
    assert bench.summary["standings"] == {
        "counted": [5, sum(line.spent for line in case.lines) * 10**6 + 9_000_000]
    }
    assert bench.revision == 1


def test_only_the_treasurer_of_the_agency_writes(case: Case, cast: Any) -> None:
    stored = ledger_of(case)
    for name in ("agency_user", "agency_head", "expert", "consolidation", "deputy"):
        with pytest.raises(NotAllowed):
            reconciliations.load(case.submission.pk, stored, by=cast.person(name))
    bench = make_bench(case)
    for name in ("agency_user", "expert", "consolidation"):
        with pytest.raises(NotAllowed):
            ledger_rows.explain_rows(bench.pk, [6], text=WHY, by=cast.person(name))


def test_after_confirmation_nothing_is_loaded(case: Case) -> None:
    stored = ledger_of(case)
    case.at("treasurer_confirmed")
    with pytest.raises(WrongState, match="دیگر عوض نمی‌شود"):
        reconciliations.load(case.submission.pk, stored, by=case.treasurer)


def test_another_ledger_sets_the_open_bench_aside(case: Case) -> None:
    first = make_bench(case)
    second = load(case)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "draft")
    with pytest.raises(IntegrityError, match="reconciliation_one_open"), transaction.atomic():
        Reconciliation.objects.create(
            submission=case.submission, file=second.file, loaded_by=case.treasurer, mapping={}
        )


def test_columns_are_proposed_and_kept_for_the_agency(case: Case) -> None:
    stored = ledger_of(case, title="دفتر معین ۱۴۰۵ (ارقام به ریال)")
    proposal = ledger.propose(ledger.heads_of(stored), [])
    assert (proposal.header_row, ledger.unit_of(proposal)) == (2, "rial")
    found = {column.field for column in proposal.columns}
    assert found == {"document", "day", "code", "source", "text", "debit", "credit"}
    load(case)
    kept = ImportMapping.objects.get(table="ledger")
    assert kept.name == f"دفتر {case.agency.code}"
    again = ledger.propose(ledger.heads_of(stored), reconciliations.saved_mapping(case.submission, "spent"))
    assert again.mapping_name == kept.name


def test_units(case: Case) -> None:
    rows = [(*one[:5], one[5] // 10**6, one[6]) for one in rows_of(case)]
    bench = load(case, ledger_of(case, rows=rows), unit="million-rials")
    bench = reconciliations.match(bench.pk, by=case.treasurer)
    assert all(line.agrees for line in lines(bench))


def test_rounding_is_reported_and_adds_up(case: Case) -> None:
    code, source = case.projects[0].code, case.lines[0].funding_source.title
    extra = ("7", "1405/05/01", code, source, "کارمزد", 1_499_999, 0)
    bench = make_bench(case, "matched", ledger_of(case, extra))
    first = next(line for line in lines(bench) if line.project == case.projects[0])
    assert (first.ledger, first.rounding, first.difference) == (case.lines[0].spent + 1, -499_999, 1)
    assert first.agrees  # within one million rials


def test_a_file_without_rows_is_refused(case: Case) -> None:
    bench = load(case, ledger_of(case, rows=[]))
    with pytest.raises(Refused):
        reconciliations.match(bench.pk, by=case.treasurer)


def test_rows_that_cannot_be_read_are_leftovers(case: Case) -> None:
    code = case.projects[0].code
    bench = make_bench(
        case,
        "matched",
        ledger_of(
            case,
            ("11", "1405/05/01", code, "", "x", "نامعلوم", 0),
            ("12", "1405/13/01", code, "", "y", 1_000_000, 0),
            ("13", "1404/12/01", code, "", "z", 1_000_000, 0),
        ),
    )
    found = {
        one.document: (one.standing, bool(one.problem))
        for one in LedgerRow.objects.filter(reconciliation=bench)
    }
    assert found["11"] == ("unread", True)
    assert found["12"] == ("undated", True)
    assert found["13"] == ("outside", False)
    assert counting.unexplained(bench) == (2, 0)


def test_the_tolerance_is_data_with_a_history(case: Case, cast: Any) -> None:
    code, source = case.projects[0].code, case.lines[0].funding_source.title
    extra = ("7", "1405/05/01", code, source, "کارمزد", 60_000_000, 0)
    first = make_bench(case, "matched", ledger_of(case, extra))
    assert counting.unexplained(first) == (0, 1)
    with pytest.raises(NotAllowed):
        _tolerate(cast, case.treasurer)
    _tolerate(cast, cast.consolidation)
    again = reconciliations.match(first.pk, by=case.treasurer)
    assert (again.tolerance_percent, counting.unexplained(again)) == (Decimal("0.50"), (0, 0))


def _tolerate(cast: Any, by: Any) -> None:
    facts = {"amount": 2, "percent": Decimal("0.5"), "valid_from": cast.period("Q1"), "reason": REASON}
    tolerances.set_tolerance(by=by, **facts)


# --- by hand --------------------------------------------------------------------------------------------------


def test_a_row_is_moved_with_a_reason_and_back(case: Case) -> None:
    bench = make_bench(case)
    key = key_of(lines(bench)[0])
    foreign = row(bench, 6)
    with pytest.raises(RuleBroken, match="۲۰ نویسه"):
        ledger_rows.move_row(foreign.pk, key, reason="کوتاه", by=case.treasurer)
    ledger_rows.move_row(foreign.pk, key, reason=REASON, by=case.treasurer)
    first = lines(bench)[0]
    assert (first.rows_count, first.difference, first.agrees) == (3, 9, False)
    assert counting.unexplained(bench) == (0, 1)
    ledger_rows.explain_line(first.pk, text=REASON, by=case.treasurer)
    assert counting.unexplained(bench) == (0, 0)
    ledger_rows.undo_move(foreign.pk, by=case.treasurer)
    first = lines(bench)[0]
    assert (first.difference, first.agrees, first.explanation) == (0, True, "")
    assert (row(bench, 6).method, row(bench, 6).reason) == ("", "")
    with pytest.raises(WrongState):
        ledger_rows.undo_move(foreign.pk, by=case.treasurer)
    events = AuditEntry.objects.filter(target_id=str(bench.pk), event__startswith="reconciliation.row_moved")
    assert [entry.actor for entry in events.order_by("pk")] == [case.treasurer] * 2


def test_a_row_that_was_set_aside_is_brought_back(case: Case) -> None:
    rows = rows_of(case)
    bench = make_bench(case, "matched", ledger_of(case, rows[0]))
    twice = row(bench, 6)
    assert (twice.standing, twice.partner) == ("duplicate", 2)
    ledger_rows.move_row(twice.pk, key_of(lines(bench)[0]), reason=REASON, by=case.treasurer)
    assert lines(bench)[0].rows_count == 3
    ledger_rows.undo_move(twice.pk, by=case.treasurer)
    assert row(bench, 6).standing == "duplicate"


def test_a_row_is_taken_off_its_line(case: Case) -> None:
    bench = make_bench(case)
    ledger_rows.move_row(row(bench, 2).pk, None, reason=REASON, by=case.treasurer)
    assert lines(bench)[0].rows_count == 1
    assert counting.unexplained(bench) == (1, 1)  # its own reason is its explanation; the line now differs


def test_a_line_of_another_submission_takes_no_row(case: Case) -> None:
    bench = make_bench(case)
    strange = key_of(lines(bench)[0])._replace(project=case.projects[1].pk + 1_000)
    with pytest.raises(RuleBroken):
        ledger_rows.move_row(row(bench, 6).pk, strange, reason=REASON, by=case.treasurer)


def test_what_was_written_stays_when_matched_again(case: Case) -> None:
    bench = make_bench(case)
    ledger_rows.move_row(row(bench, 2).pk, None, reason=REASON, by=case.treasurer)
    explain(bench, case)
    ledger_rows.explain_line(lines(bench)[0].pk, text=REASON, by=case.treasurer)
    bench = reconciliations.match(bench.pk, by=case.treasurer)
    assert row(bench, 2).method == "manual"
    assert row(bench, 6).explanation == WHY
    assert lines(bench)[0].explanation == REASON
    assert counting.unexplained(bench) == (0, 0)


# --- signed ---------------------------------------------------------------------------------------------------


def test_nothing_is_signed_before_all_is_explained(case: Case) -> None:
    bench = make_bench(case)
    with pytest.raises(RuleBroken, match="بی‌توضیح"):
        reconciliations.sign(bench.pk, by=case.treasurer)
    with pytest.raises(IntegrityError, match="not to be signed"), transaction.atomic():
        _force(bench, "signed")


def _force(bench: Reconciliation, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE monitoring_reconciliation SET state = '{state}', signed_at = now(), "
            f"signed_by_id = loaded_by_id, sheet_file_id = file_id, digest = repeat('a', 64) WHERE id = {bench.pk}"
        )


def test_a_signed_sheet_is_whole_signed_and_stays(case: Case) -> None:
    bench = make_bench(case, "signed")
    assert sheet.is_whole(bench)
    signature = Signature.objects.get(target_type="monitoring.reconciliation", target_id=bench.pk)
    assert (signature.content_digest, verify(signature)) == (bench.digest, True)
    for write in (
        lambda: LedgerRow.objects.filter(reconciliation=bench).update(explanation=f"{WHY}!"),
        lambda: ReconciliationLine.objects.filter(reconciliation=bench).update(ledger=1),
        lambda: LedgerRow.objects.filter(reconciliation=bench).delete(),
        lambda: Reconciliation.objects.filter(pk=bench.pk).update(digest="b" * 64),
        lambda: Reconciliation.objects.filter(pk=bench.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match=r"the sheet is signed|stays as it is"), transaction.atomic():
            write()
    files.path_of(bench.sheet_file).write_bytes(b"{}")
    assert not sheet.is_whole(bench)


def test_who_confirms_signs_for_the_sheets(case: Case) -> None:
    spent = make_bench(case, "signed")
    received = make_bench(case, "signed", measure="received")
    case.confirm()
    content = case.submission.snapshots.get(event="treasurer_confirmed").content
    assert content["treasury_sheet"] == spent.digest
    assert content["treasury_sheet_received"] == received.digest


def test_a_new_revision_makes_the_sheet_old_and_it_is_renewed(case: Case) -> None:
    signed = make_bench(case, "signed")
    assert not is_stale(signed)
    case.send_back()
    case.type(case.lines[0], "spent", case.lines[0].spent - 50)
    (signed,) = sheets_of(case.submission)
    assert is_stale(signed)
    case.submit()
    bench = reconciliations.renew(signed.pk, by=case.treasurer)
    bench = reconciliations.match(bench.pk, by=case.treasurer)
    assert [line.difference for line in lines(bench)] == [50, 0]
    assert row(bench, 6).explanation == WHY
    ledger_rows.explain_line(lines(bench)[0].pk, text=REASON, by=case.treasurer)
    reconciliations.sign(bench.pk, by=case.treasurer)
    signed.refresh_from_db()
    assert (signed.state, sheets_of(case.submission)) == ("superseded", [bench])


def test_a_figure_that_changed_after_matching_is_matched_again_first(case: Case) -> None:
    case.send_back()
    bench = make_bench(case)
    explain(bench, case)
    case.type(case.lines[0], "spent", case.lines[0].spent - 1)
    case.submit()
    with pytest.raises(WrongState, match="دوباره تطبیق"):
        reconciliations.sign(bench.pk, by=case.treasurer)


def test_a_draft_is_matched_but_not_signed(cast: Any) -> None:
    case = make_capital_case(cast, filled=True)
    bench = make_bench(case)
    explain(bench, case)
    with pytest.raises(WrongState, match="پس از ارسال"):
        reconciliations.sign(bench.pk, by=case.treasurer)


# --- received amounts -----------------------------------------------------------------------------------------


def test_received_amounts_have_a_bench_and_a_sheet_of_their_own(case: Case) -> None:
    spent = make_bench(case, "signed")
    received = make_bench(case, "signed", measure="received")
    assert [line.entered for line in lines(received)] == [line.received for line in case.lines]
    assert all(line.agrees for line in lines(received))
    assert [sheet.is_whole(one) for one in (spent, received)] == [True, True]
    assert sheet.content_of(received)["measure"] == "received"
    assert "measure" not in sheet.content_of(spent)
    assert sheets_of(case.submission) == [spent, received]
    assert verify(Signature.objects.get(target_type="monitoring.reconciliation", target_id=received.pk))
    again = make_bench(case, measure="received")
    assert (again.state, reconciliations.load(case.submission.pk, spent.file, by=case.treasurer).state) == (
        "matched",
        "draft",
    )
    again.refresh_from_db()
    assert again.state == "matched"  # another ledger of payments sets no ledger of receipts aside


def test_a_received_amount_that_changed_makes_only_its_sheet_old(case: Case) -> None:
    make_bench(case, "signed")
    make_bench(case, "signed", measure="received")
    case.send_back()
    case.type(case.lines[0], "received_cash", case.lines[0].received_cash - 1)
    assert [is_stale(one) for one in sheets_of(case.submission)] == [False, True]


def test_what_went_back_to_the_treasury_is_taken_off(case: Case) -> None:
    code, source = case.projects[0].code, case.lines[0].funding_source.title
    back = ("7", "1405/05/30", code, source, "واریز وجوه مصرف‌نشده", 40_000_000, 0)
    bench = make_bench(case, "matched", ledger_of(case, back, measure="received"), measure="received")
    assert lines(bench)[0].difference == -40


def test_contracts_say_nothing_of_receipts(case: Case) -> None:
    bench = make_bench(case, measure="received")
    rows = targets.lines_of(case.submission)
    assert targets.statements_of(bench, rows) == []
    assert reconciliations.saved_mapping(case.submission, "received")[0].name.startswith("دفتر دریافتی")
    assert reconciliations.saved_mapping(case.submission, "spent") == []


def test_the_page_of_received_amounts(case: Case, cast: Any) -> None:
    client, data = cast.client("treasurer"), ledger_of(case, TREASURY, measure="received")
    page = f"/review/{case.submission.pk}/reconciliation/received/"
    assert "دفتر معین دریافتی از خزانه را بدهید" in client.get(page).content.decode()
    url = f"/review/{case.submission.pk}/reconciliation/load/"

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile("daftar.csv", files.read(data), "text/csv")

    assert client.post(url, {"file": upload()}).status_code == 422
    assert client.post(url, {"file": upload(), "measure": "owed"}).status_code == 422
    answer = client.post(url, {"file": upload(), "measure": "received"})
    (bench,) = Reconciliation.objects.all()
    assert (bench.measure, answer["Location"]) == (
        "received",
        f"/review/reconciliation/{bench.pk}/columns/",
    )
    columns = {"sheet": 1, "header_row": 1, "unit": "rial", "column_0": "document", "column_2": "code"}
    refused = client.post(answer["Location"], {**columns, "column_5": "debit"})
    assert "دریافتی از خزانه بستانکار است" in refused.content.decode()
    matched = client.post(answer["Location"], {**columns, "column_1": "day", "column_6": "credit"})
    assert matched["Location"] == page
    body = client.get(page).content.decode()
    assert "دریافتی ثبت‌شدهٔ دستگاه" in body
    assert "دفتر معین هزینه‌های ذیحسابی را بدهید" in client.get(page.replace("received/", "")).content.decode()


# --- expense, jobs --------------------------------------------------------------------------------------------


def test_expense_lines_by_programme_and_chapter(cast: Any) -> None:
    case = make_expense_case(cast, filled=True).at("submitted")
    bench = make_bench(case, "signed")
    assert [line.ledger for line in lines(bench)] == [line.spent for line in case.lines]


def test_a_long_ledger_is_matched_by_a_job(case: Case) -> None:
    bench = load(case)
    job = reconciliations.ask_match(bench.pk, by=case.treasurer)
    with pytest.raises(WrongState, match="در حال انجام"):
        reconciliations.ask_match(bench.pk, by=case.treasurer)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    bench.refresh_from_db()
    assert (job.state, bench.state, job.result_url) == (
        "done",
        "matched",
        f"/review/{case.submission.pk}/reconciliation/",
    )


def test_a_cancelled_job_leaves_the_bench_as_it_was(case: Case) -> None:
    bench = load(case)
    job = reconciliations.ask_match(bench.pk, by=case.treasurer)
    jobs.cancel(job.pk, by=case.treasurer)
    assert not jobs.run(job.pk)
    bench.refresh_from_db()
    assert (bench.state, bench.rows.count()) == ("draft", 0)
    reconciliations.match(bench.pk, by=case.treasurer)
