"""The agency's pages: grid, cell, whole form, check and receipt."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from budget_portal.digits import to_persian
from budget_portal.text import MOST_TYPED, too_long
from monitoring import entry
from monitoring.cells import CELLS
from monitoring.forms import entry as forms
from monitoring.models import PerformanceSubmission, ProjectDelayCause
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.cast import Cast
from tests.factories import make_person, make_window

pytestmark = pytest.mark.django_db

CAPITAL, EXPENSE = "/entry/1405-Q2/capital/", "/entry/1405-Q2/expense/"
MAKERS = {"capital": make_capital_case, "expense": make_expense_case}


def text(response: Any) -> str:
    return str(response.content.decode())


def save(cast: Cast, row: Any, name: str, value: str, *, who: str = "agency_user", **fields: Any) -> Any:
    kinds = {model: kind for kind, model in entry.ROWS.items()}
    seen = entry.cell_text(row, name)
    data = {
        "kind": kinds[type(row)],
        "pk": row.pk,
        "cell": name,
        "text": value,
        "version": row.version,
        "seen": seen,
    }
    return cast.client(who).post("/entry/cell/", data | fields)


def form_of(page: str) -> dict[str, Any]:
    """What a browser without script would post: the value of every input of the page, and its hidden rows."""
    data: dict[str, Any] = {"row": []}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or name[1] in {"csrfmiddlewaretoken", "q"}:
            continue
        if name[1] == "row":
            data["row"].append(html.unescape(value[1]))  # type: ignore[index]
        else:
            data[name[1]] = html.unescape(value[1]) if value else ""
    return data


# --- before the draft -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_the_start_button_opens_the_draft(cast: Cast, kind: str) -> None:
    case = MAKERS[kind](cast, draft=False)
    url = f"/entry/1405-Q2/{kind}/"
    client = cast.client("agency_user")
    assert "آغاز ورود عملکرد" in text(client.get(url))
    assert client.post(f"{url}start/").url == url
    assert case.submission.state == "draft"
    assert len(case.lines) == 2


def test_without_agreement_the_page_says_why_there_is_nothing(cast: Cast) -> None:
    cast.window("capital")
    page = text(cast.client("agency_user").get(CAPITAL))
    assert "موافقتنامهٔ معتبری در این تاریخ نیست" in page
    assert "start/" not in page


def test_a_closed_window_keeps_the_button_and_says_why(cast: Cast) -> None:
    make_capital_case(cast, draft=False, window="closed")
    client = cast.client("agency_user")
    page = text(client.get(CAPITAL))
    assert "aria-disabled" in page
    assert "مهلت این مقطع پایان یافته است" in page
    assert client.post(f"{CAPITAL}start/").status_code == 409
    assert not PerformanceSubmission.objects.exists()


def test_entry_leads_to_the_open_cut_off(cast: Cast) -> None:
    client = cast.client("agency_user")
    assert "هنوز مقطعی باز نشده است" in text(client.get("/entry/"))
    make_window(cast.organization, cast.period("Q1"), "capital", state="closed", by=cast.consolidation)
    assert client.get("/entry/").url == "/entry/1405-Q1/capital/"
    cast.window("expense")
    assert client.get("/entry/").url == EXPENSE


# --- the grid ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_credit_allocation_and_last_figures_stand_beside_the_cells(cast: Cast, kind: str) -> None:
    case = MAKERS[kind](cast, previous=True)
    page = text(cast.client("agency_user").get(f"/entry/1405-Q2/{kind}/"))
    assert f'name="{kind}:{case.lines[0].pk}:spent"' in page
    credit, allocated, last = {
        "capital": ("۴۰٬۰۰۰", "۲۰٬۰۰۰", "۸٬۰۰۰"),
        "expense": ("۲۰٬۰۰۰", "۱۰٬۰۰۰", "۴٬۰۰۰"),
    }[kind]
    assert all(figure in page for figure in (credit, allocated, last))


def test_an_opened_row_shows_sources_operations_and_causes(cast: Cast) -> None:
    make_delay_cause()
    case = make_capital_case(cast, sources=("general", "misc"), previous=True)
    project = case.projects[0]
    closed = text(cast.client("agency_user").get(CAPITAL))
    assert ":quantity_done" not in closed
    assert "۲ منبع" in closed
    opened = text(cast.client("agency_user").get(f"{CAPITAL}?open={project.pk}"))
    assert opened.count(":advances_open") == 2
    assert opened.count(':quantity_done"') == 2
    assert "عملیات خاکی" in opened
    assert "۲٬۵۰۰" in opened  # the quantity of the last cut-off
    assert f'name="cause:{case.progress[0].pk}:0"' in opened


def test_a_row_comes_alone_for_htmx(cast: Cast) -> None:
    case = make_capital_case(cast)
    url = f"{CAPITAL}row/{case.projects[1].pk}/?open=1"
    part = text(cast.client("agency_user").get(url, headers={"HX-Request": "true"}))
    assert part.strip().startswith("<tbody") or "<tbody" in part.split("</tr>")[0]
    assert ":quantity_done" in part
    assert "<html" not in part
    assert (
        cast.client("agency_user").get(url).url
        == f"{CAPITAL}?open={case.projects[1].pk}#p-{case.projects[1].pk}"
    )
    assert cast.client("agency_user").get(f"{CAPITAL}row/999999/").status_code == 404


def test_filters_leave_the_rows_they_name(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3, filled=True)
    case.type(case.lines[0], "spent", "19000")
    case.type(case.lines[1], "spent", "")

    def shown(query: str) -> set[str]:
        page = text(cast.client("agency_user").get(f"{CAPITAL}{query}"))
        return {project.code for project in case.projects if f'id="p-{project.pk}"' in page}

    codes = [project.code for project in case.projects]
    assert shown("") == set(codes)
    assert shown("?rows=fix") == {codes[0]}
    assert shown("?rows=missing") == {codes[1]}


def test_blocks_stand_on_top_with_links_and_under_their_row(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    line = case.lines[0]
    case.type(line, "spent", "19000")
    page = text(cast.client("agency_user").get(CAPITAL))
    assert f'href="?open={case.projects[0].pk}#p-{case.projects[0].pk}"' in page
    assert f'id="e-capital-{line.pk}-spent"' in page
    assert f'aria-describedby="e-capital-{line.pk}-spent"' in page
    assert page.count('aria-invalid="true"') == 1


def test_above_sixty_rows_come_in_pages_of_fifty(cast: Cast) -> None:
    case = make_capital_case(cast, projects=61)
    client = cast.client("agency_user")
    assert text(client.get(CAPITAL)).count("<tbody id=") == 50
    assert text(client.get(f"{CAPITAL}?page=2")).count("<tbody id=") == 11
    last = max(case.projects, key=lambda project: project.code)
    assert f'id="p-{last.pk}" data-open' in text(client.get(f"{CAPITAL}?open={last.pk}"))


@pytest.mark.parametrize("kind", MAKERS)
def test_a_locked_submission_has_no_inputs_and_names_who_opens_it(cast: Cast, kind: str) -> None:
    MAKERS[kind](cast, filled=True).at("submitted")
    page = text(cast.client("agency_user").get(f"/entry/1405-Q2/{kind}/"))
    assert "data-cell" not in page
    assert "ذیحساب می‌تواند آن را برگشت دهد" in page
    assert "entry.js" not in page


def test_the_head_of_the_agency_reads_along(cast: Cast) -> None:
    make_capital_case(cast)
    page = text(cast.client("agency_head").get(CAPITAL))
    assert "data-cell" not in page
    assert "ورود رقم با کارشناس همین دستگاه است" in page


# --- one cell ---------------------------------------------------------------------------------------------------


def test_a_saved_cell_answers_what_changed_around_it(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    answer = save(cast, case.lines[0], "spent", "۱۵٬۰۰۰")
    assert answer.status_code == 200
    assert answer.headers["X-Version"] == str(case.lines[0].version)
    assert "۷۵٫۰" in text(answer)  # absorption
    assert 'id="entry-progress"' in text(answer)
    assert "data-cell" not in text(answer)
    assert case.lines[0].spent == 15_000


@pytest.mark.parametrize("kind", MAKERS)
def test_an_answer_stays_below_two_kilobytes_even_when_it_blocks(cast: Cast, kind: str) -> None:
    case = MAKERS[kind](cast, filled=True)
    for value in ("15", "19000"):
        answer = save(cast, case.lines[0], "spent", value)
        assert len(answer.content) < 2048, len(answer.content)
    assert "بیشتر است" in text(answer)


def test_quantities_bring_the_computed_progress(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    answer = text(save(cast, case.operations[0], "quantity_done", "10000", open="1"))
    assert f'<span id="sh-{case.operations[0].pk}">۶۰٫۰</span>' in answer
    assert f'<b id="pp-{case.projects[0].pk}">۸۰٫۰</b>' in answer


def test_an_old_version_shows_both_values(cast: Cast) -> None:
    case = make_capital_case(cast)
    line = case.lines[0]
    case.type(line, "spent", "100", by=make_person("agency_user", case.agency))
    answer = save(cast, line, "spent", "200")
    assert answer.status_code == 409
    found = answer.json()
    assert (found["mine"], found["theirs"], found["version"]) == ("200", "100", case.lines[0].version)
    assert case.lines[0].spent == 100


def test_a_reason_input_comes_with_the_answer_that_asks_it(cast: Cast) -> None:
    case = make_capital_case(cast, sources=("general", "misc"), previous=True, filled=True)
    line = case.lines[0]
    answer = text(save(cast, line, "spent", "1"))
    assert f'name="capital:{line.pk}:reason"' in answer
    assert (
        f'data-of="capital:{line.pk}"' in answer
    )  # a closed row with two sources has no other input of this line


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "visit"},
        {"cell": "held"},
        {"cell": "previous_id"},
        {"pk": "x"},
        {"pk": "999999"},
        {"version": ""},
    ],
)
def test_what_is_no_cell_is_not_found(cast: Cast, wrong: dict[str, str]) -> None:
    case = make_capital_case(cast)
    assert save(cast, case.lines[0], "spent", "1", **wrong).status_code == 404


def test_a_locked_cell_says_who_opens_it(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    answer = save(cast, case.lines[0], "spent", "1")
    assert answer.status_code == 409
    assert "ذیحساب" in answer.json()["message"]


def test_too_long_a_text_is_kept_as_typed_and_blocks(cast: Cast) -> None:
    case = make_capital_case(cast)
    number = "۱" * 60
    answer = text(save(cast, case.progress[0], "last_statement_number", number))
    assert 'id="e-project-' in answer
    row = case.progress[0]
    assert (row.last_statement_number, row.raw["last_statement_number"]) == ("", number)


@pytest.mark.parametrize("cell", ["obstacles", "last_statement_number", "contractor_debts"])
def test_no_text_is_cut_in_silence(cast: Cast, cell: str) -> None:
    """What cannot stand in a cell is kept to its last sign, or refused; never a part of it."""
    case = make_capital_case(cast)
    assert save(cast, case.progress[0], cell, "ب" * (MOST_TYPED + 1)).status_code == 422
    row = case.progress[0]
    assert (row.raw, getattr(row, cell) or "") == ({}, "")
    refused = save(cast, row, cell, "ب" * 1_000_000)
    assert refused.json()["message"] == too_long()
    assert save(cast, row, cell, "ب" * MOST_TYPED).status_code == 200
    row.refresh_from_db()
    assert len(row.raw.get(cell) or getattr(row, cell)) == MOST_TYPED


# --- causes of delay ----------------------------------------------------------------------------------------------


def test_causes_are_replaced_as_a_group(cast: Cast) -> None:
    case, cause, other = (
        make_capital_case(cast),
        make_delay_cause(),
        make_delay_cause("land", needs_text=True),
    )
    pk = case.progress[0].pk
    data = {
        "progress": pk,
        f"cause:{pk}:0": cause.pk,
        f"share:{pk}:0": "۶۰",
        f"cause:{pk}:1": "",
        f"share:{pk}:1": "",
    }
    client = cast.client("agency_user")
    assert client.post("/entry/causes/", data).status_code == 200
    assert ProjectDelayCause.objects.get().share == 60
    data |= {f"cause:{pk}:1": other.pk, f"share:{pk}:1": "40"}
    refused = client.post("/entry/causes/", data)
    assert refused.status_code == 422
    assert "توضیح" in refused.json()["message"]
    data |= {f"note:{pk}:1": "تملک زمین در دادگاه است"}
    assert client.post("/entry/causes/", data).status_code == 200
    assert ProjectDelayCause.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cause": "", "share": "5"}, "علت را برگزینید"),
        ({"cause": "x", "share": ""}, "به درصد بنویسید"),
        ({"cause": "x", "share": "120"}, "حداکثر ۱۰۰"),
        ({"cause": "x", "share": "نیمی"}, "نیمی"),
        ({"cause": "x", "share": "5", "note": "دیر رسید. " * 60}, "۳۰۰ نویسه"),
    ],
)
def test_causes_that_cannot_be_read_are_refused(cast: Cast, fields: dict[str, str], said: str) -> None:
    case, cause = make_capital_case(cast), make_delay_cause()
    pk = case.progress[0].pk
    chosen = str(cause.pk) if fields["cause"] else ""
    data = {"progress": pk, f"cause:{pk}:0": chosen, f"share:{pk}:0": fields["share"]}
    data[f"note:{pk}:0"] = fields.get("note", "")
    refused = cast.client("agency_user").post("/entry/causes/", data)
    assert refused.status_code == 422
    assert said in refused.json()["message"]


# --- without script -------------------------------------------------------------------------------------------------


def test_the_whole_form_saves_what_was_changed_and_nothing_else(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    first, second = case.lines
    client = cast.client("agency_user")
    data = form_of(text(client.get(CAPITAL)))
    assert data[f"capital:{first.pk}:spent"] == "16,000"
    data[f"capital:{first.pk}:spent"] = "۱۵٬۰۰۰"
    answer = client.post(CAPITAL, data)
    assert answer.status_code == 302
    assert (case.lines[0].spent, case.lines[0].version) == (15_000, first.version + 1)
    assert case.lines[1].version == second.version


def test_wrong_figures_of_the_form_stay_as_typed_with_their_sentence(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    client = cast.client("agency_user")
    data = form_of(text(client.get(CAPITAL)))
    data[f"capital:{case.lines[0].pk}:spent"] = "دوازده"
    data[f"capital:{case.lines[1].pk}:spent"] = "19000"
    page = text(client.post(CAPITAL, data, follow=True))
    assert 'value="دوازده"' in page
    assert "خوانده نشد" in page
    assert 'value="19,000"' in page
    assert "بیشتر است" in page


def test_the_form_keeps_what_two_people_typed_into_one_cell(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    line = case.lines[0]
    client = cast.client("agency_user")
    data = form_of(text(client.get(CAPITAL)))
    case.type(line, "spent", "11000", by=make_person("agency_user", case.agency, name="سپیده همکار"))
    case.type(line, "received_cash", "17000", by=make_person("agency_user", case.agency))
    data[f"capital:{line.pk}:spent"] = "12000"
    answer = client.post(CAPITAL, data)
    page = text(answer)
    assert answer.status_code == 409
    assert (case.lines[0].spent, case.lines[0].received_cash) == (11_000, 17_000)
    assert 'value="12,000"' in page
    assert "مقدار کنونی: 11000" in page or "مقدار کنونی: ۱۱۰۰۰" in page
    again = client.post(CAPITAL, form_of(page))  # the newer page was seen: mine stays
    assert again.status_code == 302
    assert (case.lines[0].spent, case.lines[0].received_cash) == (12_000, 17_000)


def test_nothing_typed_is_lost_when_the_line_was_locked_meanwhile(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    client = cast.client("agency_user")
    data = form_of(text(client.get(CAPITAL)))
    case.at("submitted")
    data[f"capital:{case.lines[0].pk}:spent"] = "12000"
    answer = client.post(CAPITAL, data)
    assert answer.status_code == 409
    assert "قفل است" in text(answer)
    assert "۱۲٬۰۰۰" in text(answer)


def test_holding_and_releasing_by_the_buttons_of_the_form(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    line = case.lines[0]
    case.type(line, "spent", "19000")
    client = cast.client("agency_user")
    assert f'name="hold" value="capital:{line.pk}"' in " ".join(text(client.get(CAPITAL)).split())
    page = text(client.post(CAPITAL, {"hold": f"capital:{line.pk}"}, follow=True))
    assert case.lines[0].held
    assert "قاعدهٔ V۳" in page
    assert "عملکرد ۱۹٬۰۰۰" in page
    client.post(CAPITAL, {"release": f"capital:{line.pk}"})
    assert case.lines[0].spent == 19_000
    refused = client.post(CAPITAL, {"hold": f"capital:{case.lines[1].pk}"})
    assert refused.status_code == 409


def test_causes_travel_with_the_form(cast: Cast) -> None:
    case, cause = make_capital_case(cast), make_delay_cause()
    pk, url = case.progress[0].pk, f"{CAPITAL}?open={case.projects[0].pk}"
    client = cast.client("agency_user")
    data = form_of(text(client.get(url))) | {
        f"cause:{pk}:0": str(cause.pk),
        f"share:{pk}:0": "100",
        "progress": str(pk),
    }
    assert client.post(url, data).status_code == 302
    assert ProjectDelayCause.objects.get().share == 100
    wrong = client.post(url, data | {f"share:{pk}:0": "همه"})
    assert wrong.status_code == 409
    assert ProjectDelayCause.objects.get().share == 100


def test_a_broken_memory_of_the_form_changes_nothing(cast: Cast) -> None:
    case = make_capital_case(cast)
    rows = [
        "not json",
        json.dumps({"k": "visit", "id": 1, "v": 1, "c": {}}),
        json.dumps({"k": "capital"}),
        "[]",
    ]
    answer = cast.client("agency_user").post(CAPITAL, {"row": rows, f"capital:{case.lines[0].pk}:spent": "5"})
    assert answer.status_code == 302
    assert case.lines[0].spent is None


# --- returned lines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_only_returned_lines_take_figures(cast: Cast, kind: str) -> None:
    case = MAKERS[kind](cast, filled=True).at("returned")
    client = cast.client("agency_user")
    page = text(client.get(f"/entry/1405-Q2/{kind}/"))
    assert f'name="{kind}:{case.lines[0].pk}:spent"' in page
    assert f'name="{kind}:{case.lines[1].pk}:spent"' not in page
    assert "برگ دوم صورت‌وضعیت" in page
    listed = text(client.get("/entry/returned/"))
    assert "برگ دوم صورت‌وضعیت" in listed
    assert f"/entry/1405-Q2/{kind}/?rows=returned" in listed
    assert save(cast, case.lines[1], "spent", "1").status_code == 409


# --- check and receipt ----------------------------------------------------------------------------------------------


def test_the_check_lists_blocks_warnings_empty_cells_and_held_lines(cast: Cast) -> None:
    case = make_capital_case(cast, projects=3, filled=True)
    case.type(case.lines[0], "spent", "19000")
    case.type(case.lines[1], "commitments_open", "90000")
    case.type(case.lines[2], "spent", "19000")
    entry.hold("capital", case.lines[2].pk, by=case.agency_user)
    case.type(case.operations[0], "quantity_done", "")
    client = cast.client("agency_user")
    page = text(client.get(f"{CAPITAL}check/"))
    for said in ("۱ مورد جلوی ارسال", "هشدار", "۱ خانهٔ خالی", "۱ ردیف نگه‌داشته", "aria-disabled"):
        assert said in page
    refused = client.post(f"{CAPITAL}check/", {"accept_missing": "1"})
    assert refused.status_code == 422
    assert case.submission.state == "draft"


def test_the_check_names_the_source_of_the_line_that_it_speaks_of(cast: Cast) -> None:
    """Two sources of one project may both break a rule."""
    case = make_capital_case(cast, projects=1, sources=("general", "misc"), filled=True)
    for line in case.lines:
        case.type(line, "spent", "19000")
    page = text(cast.client("agency_user").get(f"{CAPITAL}check/"))
    for line in case.lines:
        assert to_persian(f"{case.projects[0]} – {line.funding_source}") in page


def test_empty_cells_are_sent_only_with_the_tick(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    case.type(case.lines[0], "commitments_open", "")
    client = cast.client("agency_user")
    assert "با ۱ خانهٔ خالی ارسال می‌کنم" in text(client.get(f"{CAPITAL}check/"))
    refused = client.post(f"{CAPITAL}check/")
    assert refused.status_code == 422
    assert "ارسال با خانهٔ خالی را بپذیرید" in text(refused)
    sent = client.post(f"{CAPITAL}check/", {"accept_missing": "1"}, follow=True)
    assert "شمارهٔ رسید" in text(sent)
    assert "تأیید ذیحساب تا" in text(sent)
    assert case.submission.state == "submitted"
    assert client.post(f"{CAPITAL}check/").status_code == 409


def test_the_receipt_appears_only_after_sending(cast: Cast) -> None:
    make_capital_case(cast)
    assert cast.client("agency_user").get(f"{CAPITAL}sent/").url == CAPITAL


def test_copying_credit_and_allocation_anew(cast: Cast) -> None:
    case = make_capital_case(cast)
    answer = cast.client("agency_user").post(f"{CAPITAL}refresh/", follow=True)
    assert "تازه شد" in text(answer)
    case.fill().at("submitted")
    assert cast.client("agency_user").post(f"{CAPITAL}refresh/").status_code == 409


# --- cost -----------------------------------------------------------------------------------------------------------


def queries(cast: Cast, url: str, who: str = "agency_user") -> int:
    client = cast.client(who)
    client.get(url)  # what is learned once (content types, templates) is learned now
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def spread(cast: Cast, rows: int, kind: str) -> Case:
    if kind == "capital":
        return make_capital_case(cast, projects=rows, agency=cast.agency, previous=False)
    return make_expense_case(cast, programmes=rows, agency=cast.agency)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("page", ["", "check/"])
def test_thirty_rows_ask_as_often_as_three(kind: str, page: str, db: None) -> None:
    found = []
    for rows in (3, 30):
        with_rows = Cast()
        with transaction.atomic():
            spread(with_rows, rows, kind)
            found.append(queries(with_rows, f"/entry/1405-Q2/{kind}/{page}"))
            transaction.set_rollback(True)
    assert found[1] <= found[0], found
    assert found[0] < 45


def test_a_saved_cell_asks_as_often_with_thirty_rows_as_with_three(db: None) -> None:
    found = []
    for rows in (3, 30):
        who = Cast()
        with transaction.atomic():
            case = spread(who, rows, "capital")
            save(who, case.lines[0], "spent", "1")
            with CaptureQueriesContext(connection) as seen:
                assert save(who, case.lines[0], "spent", "2").status_code == 200
            found.append(len(seen))
            transaction.set_rollback(True)
    assert found[0] == found[1], found


# --- what a saved cell costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "part", "name", "most"),
    [
        ("capital", "lines", "spent", 16),
        ("capital", "lines", "commitments_open", 15),
        ("capital", "operations", "quantity_done", 20),
        ("expense", "lines", "spent", 18),
    ],
)
def test_a_saved_cell_asks_the_same_for_few_and_many_rows(
    cast: Cast, kind: str, part: str, name: str, most: int
) -> None:
    """Session, person, letters and role, one transaction with lock, window, rules and log, and the sums of the answer."""
    size = {"projects": 12} if kind == "capital" else {"programmes": 6}
    case = MAKERS[kind](cast, previous=True, filled=True, **size)
    row = getattr(case, part)[0]
    client = cast.client("agency_user")
    data = {"kind": "operation" if part == "operations" else kind, "pk": row.pk, "cell": name}
    for value in ("5000", "5001"):
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                "/entry/cell/",
                data | {"text": value, "version": row.version, "seen": entry.cell_text(row, name)},
            )
        assert answer.status_code == 200
        row.refresh_from_db()
    assert len(asked) <= most, "\n".join(query["sql"][:150] for query in asked)


@pytest.mark.parametrize(
    "text", ["-9", "(5)", "99999999999", "10000000000000000", "12.5.1", "🙂", "1405/13/45"]
)
def test_no_cell_breaks_on_what_is_typed(cast: Cast, text: str) -> None:
    """Kept as typed with its reason, or read; never an error of the server."""
    capital, expense = make_capital_case(cast), make_expense_case(cast)
    rows = [
        capital.lines[0],
        capital.progress[0],
        capital.operations[0],
        expense.lines[0],
        expense.activities[0],
    ]
    kinds = {model: name for name, model in entry.ROWS.items()}
    for row in rows:
        for cell, sort in CELLS[kinds[type(row)]].items():
            saved = entry.save_cell(kinds[type(row)], row.pk, cell, text, version=None, by=cast.agency_user)
            kept = saved.row.raw.get(cell) == text or getattr(saved.row, cell) not in (None, "")
            assert kept, (cell, sort)


def test_what_cannot_be_read_says_why(cast: Cast) -> None:
    case = make_capital_case(cast)
    typed = {
        "workers": ("-3", "منفی"),
        "last_statement_amount": ("12.5", "بدون اعشار"),
        "forecast_end": ("1405/13/45", ""),
    }
    for cell, (text, why) in typed.items():
        saved = case.type(case.progress[0], cell, text)
        sentence = next(hit.sentence for hit in saved.hits if hit.cell == cell)
        assert saved.problem == sentence
        assert why in sentence


@pytest.mark.parametrize(
    "row",
    [
        '{"k":"capital","id":Infinity,"v":1,"c":{}}',
        '{"k":[],"id":1,"v":1,"c":{}}',
        '{"k":"capital","id":1e999,"v":1,"c":{}}',
    ],
)
def test_forged_rows_are_passed_over(row: str) -> None:
    posted = QueryDict(mutable=True)
    posted["row"] = row
    assert list(forms.changes(posted)) == []
    assert forms.line_of("capital:" + "9" * 5000) is None
