"""Paste, template and upload, by the pages that people use."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budget_portal import jobs
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from budget_portal.models import AuditEntry, Job
from monitoring import entry
from monitoring.models import CapitalFinanceLine, PerformanceSubmission, SheetLoad, SubmissionAuthor
from monitoring.sheets import form, loads, template, writing
from monitoring.sheets.writing import Change, Conflicts
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.cast import Cast
from tests.hostile.workbooks import HOSTILE

pytestmark = pytest.mark.django_db

URL = "/entry/1405-Q2/{}/"
MAKERS = {"capital": make_capital_case, "expense": make_expense_case}


def text(response: Any) -> str:
    return str(response.content.decode())


def pasted(cast: Cast, block: str, kind: str = "capital", **more: str) -> tuple[str, str]:
    """The address of the preview and its page."""
    client = cast.client("agency_user")
    answer = client.post(URL.format(kind) + "paste/", {"text": block, **more})
    assert answer.status_code == 302, text(answer)
    return answer.url, text(client.get(answer.url))


def chosen(page: str) -> dict[str, Any]:
    """What a browser without script would post."""
    seen = re.search(r'name="seen"\s+value="([^"]*)"', page)
    ticks = re.findall(r'name="row"\s+value="([^"]+)"(\s+checked|\s*>)?', page)
    assert seen is not None
    return {"seen": seen[1].replace("&quot;", '"'), "row": [name for name, on in ticks if on]}


def project_lines(case: Case) -> list[Any]:
    return list(CapitalFinanceLine.objects.filter(submission=case.submission).order_by("project__code"))


def upload(cast: Cast, content: bytes, kind: str = "capital", name: str = "filled.xlsx") -> Any:
    return cast.client("agency_user").post(
        URL.format(kind) + "import/", {"file": SimpleUploadedFile(name, content)}
    )


def workbook(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def set_cell(sheet: Any, row: int, head: str, value: Any) -> None:
    heads = [str(cell.value) for cell in sheet[1]]
    place = next(index for index, name in enumerate(heads, 1) if name.startswith(head))
    sheet.cell(row, place).value = value


# --- paste ----------------------------------------------------------------------------------------------------


def test_a_block_is_shown_first_written_by_a_word_and_taken_back_as_one(cast: Cast) -> None:
    case = make_capital_case(cast, projects=4, previous=True)
    lines = project_lines(case)
    codes = [line.project.code for line in lines]
    block = (
        f"کد پروژه\tعنوان\tعملکرد تا این مقطع\n{codes[0]}\tx\t۱۵٬۰۰۰\n{codes[1]}\tx\t15000000000\n"
        f"{codes[2]}\tx\t###\n999999\tx\t5\nجمع کل\t\t(125)\n"
    )
    url, page = pasted(cast, block)
    for words in ("مطابق", "واحد مشکوک", "خوانا نیست", "ردیف متناظر ندارد", "نادیده گرفته می‌شود"):
        assert words in page
    assert "تبدیل به ۱۵٬۰۰۰" in page
    assert not CapitalFinanceLine.objects.filter(submission=case.submission, spent__isnull=False).exists()

    client = cast.client("agency_user")
    answer = client.post(url, chosen(page) | {"d-0-3-spent": "convert"})
    assert answer.url == url
    spent = dict(
        CapitalFinanceLine.objects.filter(submission=case.submission).values_list("project__code", "spent")
    )
    assert spent == {codes[0]: 15_000, codes[1]: 15_000, codes[2]: None, codes[3]: None}
    assert SubmissionAuthor.objects.filter(submission=case.submission, person=cast.agency_user).exists()

    entry.save_cell("capital", lines[1].pk, "spent", "16000", version=None, by=cast.agency_user)
    page = text(client.get(url))
    assert "واگرد همهٔ این ثبت" in page
    client.post(url + "undo/")
    page = text(client.get(url))
    assert to_persian(lines[1].project.title) in page
    assert "پس از ثبت تغییر کرده بود" in page
    spent = dict(
        CapitalFinanceLine.objects.filter(submission=case.submission).values_list("project__code", "spent")
    )
    assert spent[codes[0]] is None
    assert spent[codes[1]] == 16_000
    assert client.post(url + "undo/").status_code == 409
    told = AuditEntry.objects.filter(event__startswith="sheet.").values_list("event", flat=True)
    assert list(told.order_by("pk")) == ["sheet.written", "sheet.taken_back"]


def test_a_cell_that_changed_meanwhile_is_shown_with_both_values(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    one, two = project_lines(case)
    url, page = pasted(cast, f"کد پروژه\tهزینه\n{one.project.code}\t100\n{two.project.code}\t200")
    entry.save_cell("capital", one.pk, "spent", "77", version=None, by=cast.agency_user)
    client = cast.client("agency_user")
    answer = client.post(url, chosen(page))
    assert answer.status_code == 409
    page = text(answer)
    assert "مقدار شما: ۱۰۰؛ مقدار کنونی: ۷۷" in page
    assert not CapitalFinanceLine.objects.filter(pk=two.pk, spent=200).exists()
    assert client.post(url, chosen(page)).status_code == 302
    assert {line.spent for line in project_lines(case)} == {100, 200}


def test_columns_unit_and_table_may_be_chosen_otherwise(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1)
    (line,) = project_lines(case)
    url, page = pasted(cast, f"{line.project.code}\t5,000,000,000\t12")
    client = cast.client("agency_user")
    client.post(
        url, {"match": "1", "unit-0": "rial", "c-0-0": "project", "c-0-1": "received_cash", "c-0-2": ""}
    )
    page = text(client.get(url))
    assert "۵٬۰۰۰" in page
    client.post(url, chosen(page))
    line.refresh_from_db()
    assert (line.received_cash, line.spent) == (5_000, None)


def test_a_head_that_is_not_known_is_told_and_its_figures_go_nowhere(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    one, two = project_lines(case)
    rows = f"{one.project.code}\t100\n{two.project.code}\t200"
    url, page = pasted(cast, f"کد پروژه\tمطالبات معوق\n{rows}")
    assert "ستون B «مطالبات معوق» شناخته نشد و رقم‌های آن خوانده نمی‌شود" in page
    assert "هیچ ستونی به خانه‌های فرم تطبیق نیافت" in page
    assert chosen(page)["row"] == []
    client = cast.client("agency_user")
    client.post(url, {"match": "1", "c-0-0": "project", "c-0-1": "commitments_open"})
    page = text(client.get(url))
    assert "شناخته نشد" not in page
    client.post(url, chosen(page))
    assert [(line.commitments_open, line.spent) for line in project_lines(case)] == [(100, None), (200, None)]

    _, page = pasted(cast, f"کد پروژه\tتعهدات باز\n{rows}")
    assert "ستون B «تعهدات باز» به «تعهد پرداخت‌نشده» گرفته شد" in page
    _, page = pasted(cast, rows)
    assert "این بلوک سرستون ندارد" in page

    start = f"capital:{one.pk}:commitments_open"
    url, page = pasted(cast, "مطالبات معوق\n10\n20", start=start)
    assert "سطر ۱ سرستون گرفته شد و شناخته نشد؛ ستون‌ها به ترتیب، از «تعهد پرداخت‌نشده» به بعد" in page
    client.post(url, chosen(page))
    assert [line.commitments_open for line in project_lines(case)] == [10, 20]
    url, page = pasted(cast, "هزینه\n7\n8", start=start)
    client.post(url, chosen(page))
    assert [(line.commitments_open, line.spent) for line in project_lines(case)] == [(10, 7), (20, 8)]


def test_the_preview_says_what_rules_would_block_and_that_nothing_is_cleared(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    one, two = project_lines(case)
    case.type(one, "received_cash", 50)
    case.type(one, "received_securities", "ندارد")
    case.type(one, "spent", 40)
    heads = "کد پروژه\tدریافتی نقدی\tعملکرد تا این مقطع"
    url, page = pasted(cast, f"{heads}\n{one.project.code}\t\t60\n{two.project.code}\t\t30")
    assert "۱ ردیف را پس از ثبت قاعده‌ای نگه می‌دارد" in page
    assert "پس از ثبت، جلوی ارسال این ردیف گرفته می‌شود: عملکرد (۶۰) از دریافتی (۵۰) بیشتر است" in page
    assert "۱ خانهٔ پر در اکسل خالی است و پاک نمی‌شود" in page
    assert "«دریافتی نقدی» در اکسل خالی است؛ آنچه ثبت است می‌ماند" in page
    cast.client("agency_user").post(url, chosen(page))
    assert [(line.received_cash, line.spent) for line in project_lines(case)] == [(50, 60), (None, 30)]


def test_quantities_and_a_block_laid_on_the_grid(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    one, _ = project_lines(case)
    code = one.project.code
    url, page = pasted(cast, f"کد پروژه\tشمارهٔ عملیات\tمقدار انجام‌شده\n{code}\t1\t12٫5\n{code}\t2\t3")
    cast.client("agency_user").post(url, chosen(page))
    parts = one.project.progress_rows.get(submission=case.submission).operations
    assert set(parts.values_list("quantity_done", flat=True)) == {Decimal("12.5"), Decimal(3)}

    url, page = pasted(cast, "10\t1\n20\t2\n30\t3", start=f"capital:{one.pk}:spent")
    assert "بیش از ردیف‌های فرم است" in page
    cast.client("agency_user").post(url, chosen(page))
    assert [(line.spent, line.advances_open) for line in project_lines(case)] == [(10, 1), (20, 2)]


def test_a_source_is_asked_where_a_project_has_several_and_twice_is_nobodys_guess(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, sources=("general", "misc"))
    code = case.projects[0].code
    _, page = pasted(cast, f"کد پروژه\tهزینه\n{code}\t5")
    assert "«کد منبع» را هم بنویسید" in page
    _, page = pasted(cast, f"کد پروژه\tمنبع\tهزینه\n{code}\tgeneral\t5\n{code}\tgeneral\t6")
    assert "دو بار آمده است" in page
    assert 'name="row"' not in page


def test_a_locked_line_says_so_and_writes_nothing(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1)
    (line,) = project_lines(case)
    CapitalFinanceLine.objects.filter(pk=line.pk).update(held=True)
    _, page = pasted(cast, f"کد پروژه\tهزینه\n{line.project.code}\t5")
    assert "قفل" in page
    assert 'name="row"' not in page


def test_nothing_pasted_is_told_and_opens_no_preview(cast: Cast) -> None:
    make_capital_case(cast)
    answer = cast.client("agency_user").post(URL.format("capital") + "paste/", {"text": " \n "})
    assert answer.status_code == 422
    assert "چیزی چسبانده نشده است" in text(answer)


def test_two_hundred_rows_are_written_at_once(cast: Cast) -> None:
    case = make_capital_case(cast, projects=200)
    changes = [
        Change("capital", line.pk, cell, str(5 + number), "")
        for number, line in enumerate(project_lines(case))
        for cell in ("received_cash", "spent")
    ]
    with CaptureQueriesContext(connection) as found:
        written = writing.write(case.submission.pk, changes, by=cast.agency_user)
    rechecks = sum('DELETE FROM "monitoring_checkresult"' in query["sql"] for query in found)
    assert (written.rows, len(written.cells)) == (200, 400)
    assert rechecks <= 1
    assert len(found) < 260, len(found)


def test_a_block_is_written_whole_or_not_at_all(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    one, two = project_lines(case)
    changes = [Change("capital", one.pk, "spent", "5"), Change("capital", two.pk, "spent", "6", seen="4")]
    with pytest.raises(Conflicts) as refused:
        writing.write(case.submission.pk, changes, by=cast.agency_user)
    assert refused.value.found[f"capital:{two.pk}:spent"][0] == ""
    assert {line.spent for line in project_lines(case)} == {None}


# --- template and upload --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_the_template_unchanged_changes_nothing(cast: Cast, kind: str) -> None:
    """Filled, with a dash, a cause, a date and a held line: every cell reads back as it stands."""
    case = MAKERS[kind](cast, previous=True, filled=True)
    make_texts(case, kind, cast)
    found = form.of(case.submission, cast.agency_user)
    assert upload(cast, template.build(found), kind).status_code == 302
    load = SheetLoad.objects.get()
    sheets = loads.sheets_of(load, found)
    assert [sheet.match.kind for sheet in sheets] == [table.kind for table in found.tables]
    assert {row.result for sheet in sheets for row in sheet.results} <= {"same"}
    assert not any(row.emptied or row.blocks for sheet in sheets for row in sheet.results)
    assert load.other_sheets == [template.GUIDE]


def make_texts(case: Case, kind: str, cast: Cast) -> None:
    by = cast.agency_user
    line = case.lines[0]
    entry.save_cell(kind, line.pk, "commitments_open", "ندارد", version=None, by=by)
    entry.save_cell(kind, case.lines[1].pk, "spent", "دوازده", version=None, by=by)
    if kind == "capital":
        progress = case.progress[0]
        for cell, value in (("forecast_end", "1406/02/31"), ("obstacles", "معارض\nدارد"), ("status", "idle")):
            entry.save_cell("project", progress.pk, cell, value, version=None, by=by)
        cause = make_delay_cause()
        entry.save_delay_causes(progress.pk, {cause: (Decimal("62.5"), "سیل")}, by=by)


@pytest.mark.parametrize("kind", MAKERS)
def test_the_template_of_a_first_draft_opens_nothing(cast: Cast, kind: str) -> None:
    case = MAKERS[kind](cast, draft=False)
    answer = cast.client("agency_user").get(URL.format(kind) + "template.xlsx")
    book = workbook(answer.content)
    assert book.worksheets[0].sheet_view.rightToLeft
    assert book.worksheets[0].max_row == 3
    assert not PerformanceSubmission.objects.filter(period=case.period, kind=kind).exists()
    filled = workbook(answer.content)
    set_cell(filled.worksheets[0], 2, "عملکرد تا این مقطع", 25)
    url = upload(cast, saved(filled), kind).url
    cast.client("agency_user").post(url, chosen(text(cast.client("agency_user").get(url))))
    assert sorted(line.spent or 0 for line in case.lines) == [0, 25]


def test_a_filled_template_is_refused_as_a_whole_and_comes_back_with_its_errors(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3)
    book = workbook(template.build(form.of(case.submission, cast.agency_user)))
    sheet = book["مبالغ پروژه‌ها"]
    own = sheet.max_column + 1
    sheet.cell(1, own).value = "کد حسابداری ما"
    for row in (2, 3, 4):
        sheet.cell(row, own).value = f"حساب {row}"
        set_cell(sheet, row, "عملکرد تا این مقطع", 100 * row)
    set_cell(sheet, 3, "عملکرد تا این مقطع", "صد")
    set_cell(book["وضعیت و علل"], 2, "وضعیت", "نمی‌دانم")
    ours = book.create_sheet("کاربرگ ما", 0)
    ours["A1"] = "=1+1"
    client = cast.client("agency_user")
    url = upload(cast, saved(book)).url
    page = text(client.get(url))
    assert "۲ ردیف نیاز به تصمیم شما دارد" in page
    assert "کاربرگ ما" in page
    assert client.post(url, chosen(page)).status_code == 422
    assert {line.spent for line in project_lines(case)} == {None}

    made = workbook(client.get(url + "errors.xlsx").content)
    assert made.sheetnames == ["کاربرگ ما", "مبالغ پروژه‌ها", "مقادیر عملیات", "وضعیت و علل", "راهنما"]
    rows = list(made["مبالغ پروژه‌ها"].iter_rows(values_only=True))
    assert rows[0][-2:] == ("نتیجه", "توضیح سامانه")
    assert rows[0][own - 1] == "کد حسابداری ما"
    assert rows[2][own - 1 : own + 1] == ("حساب 3", "خوانا نیست")
    assert "«صد»" in rows[2][own + 1]
    assert made["وضعیت و علل"].cell(2, made["وضعیت و علل"].max_column).value

    assert client.post(url, {**chosen(page), "partly": "1"}).status_code == 302
    assert sorted(line.spent or 0 for line in project_lines(case)) == [0, 200, 400]
    assert SheetLoad.objects.get().left_out == 2


def test_a_template_of_another_place_is_refused_and_both_are_named(cast: Cast) -> None:
    case = make_capital_case(cast)
    other = form.of(case.submission, cast.agency_user)
    other.submission.period = cast.period("Q3")
    kept = saved(workbook(template.build(other)))  # as a spreadsheet program writes it again
    page = upload(cast, kept)
    assert page.status_code == 422
    for words in ("مقطع آذر ۱۴۰۵", "مقطع شهریور ۱۴۰۵", "الگوی همین مقطع"):
        assert words in text(page)
    assert not SheetLoad.objects.for_user(cast.agency_user).filter(tables__isnull=False).exists()


def test_sorted_rows_lost_zeros_and_csv_are_read_alike(cast: Cast) -> None:
    case = make_expense_case(cast)
    found = form.of(case.submission, cast.agency_user)
    lines = found.lines["expense"]
    body = "\n".join(f"{line.keys[0]};{line.keys[1]};{5 + n}" for n, line in enumerate(lines[::-1]))
    content = f"کد برنامه;کد فصل;هزینه\n{body}\n".encode("utf-8-sig")
    url = upload(cast, content, "expense", "figures.csv").url
    cast.client("agency_user").post(url, chosen(text(cast.client("agency_user").get(url))))
    assert [line.spent for line in case.lines] == [6, 5]


def test_hostile_workbooks_are_refused_with_a_sentence(cast: Cast) -> None:
    make_capital_case(cast)
    for name in ("bomb.xlsx", "macro.xlsx", "link.xlsx", "entities.xlsx", "far.xlsx"):
        make, words = HOSTILE[name]
        answer = upload(cast, make(), name=name)
        assert answer.status_code == 422, name
        assert re.search(words, text(answer)), name
    assert not SheetLoad.objects.exists()


def test_a_workbook_of_something_else_is_told(cast: Cast) -> None:
    make_capital_case(cast)
    book = openpyxl.Workbook()
    book.active.append(["نام", "نشانی"])
    answer = upload(cast, saved(book))
    assert answer.status_code == 422
    assert "برگ آشنایی در این پرونده نیست" in text(answer)


def test_a_long_workbook_is_read_and_written_by_a_worker_once(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(loads, "AT_ONCE", 3)
    case = make_capital_case(cast, projects=3)
    book = workbook(template.build(form.of(case.submission, cast.agency_user)))
    for row in (2, 3, 4):
        set_cell(book["مبالغ پروژه‌ها"], row, "عملکرد تا این مقطع", row)
    assert "/jobs/" in upload(cast, saved(book)).url
    client, load = cast.client("agency_user"), SheetLoad.objects.get()
    url = f"{URL.format('capital')}sheets/{load.public_id}/"
    assert "هنوز خوانده نشده است" in text(client.get(url))
    assert jobs.run(Job.objects.get().pk)
    answer = client.post(url, chosen(text(client.get(url))))
    assert "/jobs/" in answer.url
    job = Job.objects.get(kind="sheets.apply")
    assert jobs.run(job.pk)
    assert sorted(line.spent for line in project_lines(case)) == [2, 3, 4]
    versions = [line.version for line in project_lines(case)]
    # A worker that takes over finds it written.
    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None)
    assert jobs.run(job.pk)
    assert [line.version for line in project_lines(case)] == versions


def test_what_is_put_aside_is_not_written_any_more(cast: Cast) -> None:
    case = make_capital_case(cast)
    code = case.projects[0].code
    url, _ = pasted(cast, f"کد پروژه\tهزینه\n{code}\t5")
    assert cast.client("agency_user2").get(url).status_code == 404
    assert cast.client("treasurer").post(url + "undo/").status_code in (403, 409)
    assert cast.client("agency_user").post(url + "drop/").status_code == 302
    assert "کنار گذاشته شد" in text(cast.client("agency_user").get(url))
    for step in ("", "drop/", "undo/"):
        assert cast.client("agency_user").post(url + step, {"row": "0-2"}).status_code == 409
    assert SheetLoad.objects.get().tables is None


def test_a_finished_project_is_wholly_done_over_all_its_sheets(cast: Cast) -> None:
    case = make_capital_case(cast, projects=2)
    book = workbook(template.build(form.of(case.submission, cast.agency_user)))
    parts, states = book["مقادیر عملیات"], book["وضعیت و علل"]
    for row in (2, 3):
        set_cell(states, row, "وضعیت", "خاتمه‌یافته")
    for row in range(2, parts.max_row + 1):
        target = parts.cell(row, [cell.value for cell in parts[1]].index("مقدار هدف") + 1).value
        set_cell(parts, row, "مقدار انجام‌شده تا این مقطع", target if row < 5 else target / 2)
    client = cast.client("agency_user")
    url = upload(cast, saved(book)).url
    page = text(client.get(url))
    assert "پیشرفت ۱۰۰ درصد می‌خواهد" in page
    client.post(url, chosen(page) | {"partly": "1"})
    assert sorted(str(row.status) for row in case.progress) == ["completed", "in_progress"]
    part = case.progress[0].operations.first()
    with pytest.raises(RuleBroken, match="خاتمه‌یافته"):
        writing.write(
            case.submission.pk, [Change("operation", part.pk, "quantity_done", "1")], by=cast.agency_user
        )
