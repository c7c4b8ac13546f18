"""Drafts: what is kept, what is computed, what keeps a version from being sent, what differs."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.drafting import cells, changes, checks, document, figures, saving, spec, starting
from agreements.drafting.document import Document
from agreements.drafting.spec import Path
from agreements.models import CapitalAgreement, PhysicalSchedule, WorkOperation
from agreements.workflow.arrivals import exchange
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from budget_portal.models import AuditEntry
from tests import factories
from tests.agreements.drafting import (
    capital_amendment,
    capital_draft,
    expense_draft,
    operations,
    saved,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def blocking(agreement: Any) -> list[tuple[str, str]]:
    return [(str(one.path), one.sentence) for one in checks.problems(agreement) if one.blocks]


def typed(agreement: Any, path: str, text: str, by: Any, seen: str | None = None) -> Any:
    kind = document.kind_of(agreement)
    place = Path.parse(path)
    assert place is not None
    return saving.save_cell(kind, agreement.pk, place, text, seen=seen, by=by)


def code_of(agreement: Any) -> str:
    return saved(agreement).projects[0]


# --- complete, and what is missing -----------------------------------------------------------------------------


def test_complete_drafts_have_nothing_that_blocks(cast: Cast) -> None:
    for draft in (capital_draft(cast, projects=2), expense_draft(cast)):
        assert blocking(draft) == []
        states = checks.state_of(draft)
        assert states.pop("CA-7", "empty") == "empty"  # contracts are the register's, and may be missing
        assert set(states.values()) == {"complete"}


def test_an_empty_draft_says_what_every_form_lacks(cast: Cast) -> None:
    draft = expense_draft(cast, content={"2-a": {"": {}}})
    states = checks.state_of(draft)
    assert states["2-a"] == states["3"] == states["6"] == states["7"] == "empty"
    assert states["5"] == "complete"  # an agency may collect nothing
    assert {path.partition("/")[0] for path, _ in blocking(draft)} == {"2-a", "2-b", "3", "6", "7"}


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("CA-4/{code}/1/weight", "59.99", "جمع وزن‌ها ۹۹٫۹۹ است"),
        ("CA-4/{code}/1/weight", "sixty", "خوانده نشد"),
        ("CA-4/{code}/1/target_quantity", "0", "باید بیش از صفر باشد"),
        ("CA-5/{code}/q1405-3/planned", "40", "کمتر شده است"),
        ("CA-5/{code}/q1405-4/planned", "", "آخرین مقطع"),
        ("CA-2/{code}//end_date", "1403/01/01", "پیش از آغاز"),
        ("CA-3/{code}//latest_estimate", "110000", "دلیل آن را بنویسید"),
        ("CA-1///plan_type", "other", "از فهرست برگزینید"),
    ],
)
def test_a_broken_rule_is_named_at_its_cell(cast: Cast, path: str, text: str, words: str) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    typed(draft, path.format(code=code), text, cast.agency_user)
    draft.refresh_from_db()
    found = [(place, sentence) for place, sentence in blocking(draft) if words in sentence]
    assert found, blocking(draft)
    assert found[0][0].startswith(path.format(code=code).rpartition("/")[0].partition("/")[0])


def test_credit_beyond_the_notification_is_refused_and_money_that_does_not_add_up_only_asked(
    cast: Cast,
) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    notify(cast, draft.plan, 45_000)
    assert any(
        "از ابلاغ بودجهٔ طرح (۴۵٬۰۰۰) ۵٬۰۰۰ میلیون ریال بیشتر است" in text for _, text in blocking(draft)
    )
    typed(draft, f"CA-6/{code}/cgeneral-/amount", "44000", cast.agency_user)
    draft.refresh_from_db()
    assert blocking(draft) == []
    warned = [one.sentence for one in checks.problems(draft) if not one.blocks]
    assert any("۶٬۰۰۰ میلیون ریال اختلاف" in sentence for sentence in warned)


def notify(cast: Cast, plan: Any, amount: int) -> None:
    from agreements.models import BudgetNotification, NotificationLine
    from agreements.workflow.arrivals import issue_letters

    year = cast.fiscal_year
    letter = BudgetNotification(
        agency=cast.agency,
        kind="capital",
        fiscal_year=year,
        letter_number="۱",
        letter_date=year.starts_on,
        valid_from=year.starts_on,
        recorded_at=factories.jalali.start_of_day(year.starts_on),
    )
    source = factories.make_source(cast.national_organization)
    line = NotificationLine(programme=plan.programme, plan=plan, funding_source=source, amount=amount)
    issue_letters([(letter, [line])], by=cast.consolidation)


@pytest.mark.parametrize(
    ("path", "text", "form"),
    [
        ("3//1/credit", "29998", "3"),
        ("2-b//1/amount", "29999", "2-b"),
        ("4-b//1/amount", "9999", "4-b"),
        ("7//k{county}/amount", "29999", "7"),
    ],
)
def test_forms_of_an_expense_agreement_agree(cast: Cast, path: str, text: str, form: str) -> None:
    draft = expense_draft(cast)
    typed(draft, path.format(county=cast.agency.county.code), text, cast.agency_user)
    draft.refresh_from_db()
    assert {place.partition("/")[0] for place, _ in blocking(draft)} == {form}
    assert checks.state_of(draft)[form] == "mend"


def test_persons_are_whole_numbers(cast: Cast) -> None:
    draft = expense_draft(cast)
    typed(draft, "6//1/permanent", "-1", cast.agency_user)
    typed(draft, "6//1/other", "1.5", cast.agency_user)
    draft.refresh_from_db()
    assert len(blocking(draft)) == 2


# --- computed --------------------------------------------------------------------------------------------------


def test_missing_quarters_are_filled_in_a_line_and_flagged(cast: Cast) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    for quarter in (1, 3):
        typed(draft, f"CA-5/{code}/q1405-{quarter}/planned", "", cast.agency_user)
    points = figures.schedule(saved(draft), code, 1405)
    assert [(point.planned, point.interpolated) for point in points] == [
        (Decimal("25.00"), True),
        (Decimal("50.00"), False),
        (Decimal("75.00"), True),
        (Decimal("100.00"), False),
    ]
    draft.refresh_from_db()
    document.write_tables(draft)
    flags = PhysicalSchedule.objects.filter(agreement_project__agreement=draft).values_list(
        "interpolated", flat=True
    )
    assert list(flags) == [True, False, True, False]


def test_progress_before_and_unit_cost_come_from_what_was_typed(cast: Cast) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    typed(draft, f"CA-4/{code}/1/done_before", "50", cast.agency_user)
    typed(
        draft, f"CA-4/{code}/2/done_before", "500", cast.agency_user
    )  # more than its target counts as its target
    assert figures.progress_before(saved(draft), code) == Decimal("70.00")
    assert figures.unit_cost(saved(draft).row("CA-3", code, "")) == Decimal("8000.000")
    draft.refresh_from_db()
    document.write_tables(draft)
    assert draft.projects.get().progress_before == Decimal("70.00")


percents = st.decimals(0, 100, places=2)


@given(done=st.lists(st.tuples(percents, st.booleans()), min_size=4, max_size=4))
def test_a_filled_curve_never_falls_where_the_typed_one_does_not(done: list[tuple[Decimal, bool]]) -> None:
    rising = sorted(value for value, _ in done)
    rows = {
        f"q1405-{number}": {"planned": str(value)}
        for number, (value, (_, is_typed)) in enumerate(zip(rising, done, strict=True), start=1)
        if is_typed or number == 4
    }
    found = Document("capital", {"CA-2": {"1": {}}, "CA-5": {"1": rows}})
    planned = [point.planned for point in figures.schedule(found, "1", 1405)]
    assert None not in planned
    assert planned == sorted(planned)  # type: ignore[type-var]


@given(weights=st.lists(st.integers(1, 10_000), min_size=1, max_size=30))
def test_weights_stand_exactly_when_they_make_a_hundred(weights: list[int]) -> None:
    texts = [str(Decimal(weight).scaleb(-2)) for weight in weights]
    found = Document("capital", {"CA-2": {"1": {}}, "CA-4": {"1": operations(*texts)}})
    form = spec.form_of("capital", "CA-4")
    assert form is not None
    from agreements.drafting import capital_checks
    from agreements.drafting.facts import Facts

    said = list(capital_checks.rules(found, form, "1", Facts(1405)))
    assert (said == []) == (sum(weights) == 10_000)


# --- tables and documents ------------------------------------------------------------------------------------------


words = st.text("ابپتث جچ۱2", min_size=1, max_size=12).map(lambda text: cells.tidy("text", text)).filter(bool)
amounts = st.integers(0, 10**12).map(str)
quantities = st.integers(1, 10**9).map(lambda number: str(Decimal(number).scaleb(-3).normalize()))


def plain(text: str) -> str:
    return f"{Decimal(text):f}"


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_writing_the_tables_and_reading_them_gives_the_same_document(cast: Cast, data: st.DataObject) -> None:
    found = CapitalAgreement.objects.filter(agency=cast.agency).first()
    draft = found or capital_draft(cast, projects=2)  # of the first example
    with transaction.atomic():
        content = deepcopy(draft.draft)
        for code in Document("capital", content).projects:
            rows = data.draw(
                st.dictionaries(
                    st.integers(1, 40).map(str),
                    st.tuples(words, quantities, quantities),
                    min_size=1,
                    max_size=4,
                )
            )
            content["CA-4"][code] = {
                key: {
                    "title": title.strip(),
                    "unit": "متر",
                    "target_quantity": plain(target),
                    "weight": "10",
                    "done_before": plain(done),
                }
                for key, (title, target, done) in rows.items()
            }
            content["CA-6"][code]["y1409"] = {"amount": data.draw(amounts)}
            content["CA-3"][code][""] |= {"original_estimate": data.draw(amounts), "estimate_reason": "تعدیل"}
            content["CA-5"][code].pop(f"q1405-{data.draw(st.integers(1, 3))}")
            content["CA-5"][code]["q1407-4"] = {"planned": "100"}
        draft.draft = content
        draft.save()
        before = document.settled(document.read(draft))
        document.write_tables(draft)
        assert document.from_tables(CapitalAgreement.objects.get(pk=draft.pk)).content == before.content
        document.write_tables(draft)  # written again: replaced, not doubled
        assert document.from_tables(draft).content == before.content
        transaction.set_rollback(True)


def test_expense_tables_give_the_document_back(cast: Cast) -> None:
    draft = expense_draft(cast)
    before = document.settled(document.read(draft))
    document.write_tables(draft)
    assert document.from_tables(draft).content == before.content


def test_an_incomplete_draft_writes_no_table(cast: Cast) -> None:
    draft = capital_draft(cast)
    typed(draft, f"CA-3/{code_of(draft)}//latest_estimate", "بسیار", cast.agency_user)
    draft.refresh_from_db()
    with pytest.raises(RuleBroken):
        document.write_tables(draft)


texts = st.dictionaries(st.sampled_from(["title", "unit", "weight"]), words, max_size=3)
contents = st.dictionaries(st.sampled_from(["1", "2", "10"]), texts, max_size=3)


@given(before=contents, after=contents)
def test_changes_are_empty_exactly_when_both_say_the_same(before: Any, after: Any) -> None:
    old, new = (Document("capital", {"CA-2": {"7": {}}, "CA-4": {"7": rows}}) for rows in (before, after))
    found = changes.changes(old, new)
    assert (found == []) == (dict(old.values()) == dict(new.values()))
    for change in found:
        old.put(change.path, change.after)
    assert dict(old.values()) == dict(new.values())


def test_changes_name_the_cell_and_come_in_the_order_of_the_forms(cast: Cast) -> None:
    draft = capital_amendment(cast)
    code = code_of(draft)
    typed(draft, f"CA-5/{code}/q1405-4/planned", "96", cast.agency_user)
    typed(draft, f"CA-4/{code}/1/weight", "۵۵", cast.agency_user)
    found = changes.changes(document.from_tables(draft.amends), saved(draft))
    assert [(change.label, change.before, change.after) for change in found] == [
        ("وزن", "60", "55"),
        ("برنامهٔ تجمعی", "100", "96"),
    ]


# --- typing ------------------------------------------------------------------------------------------------------------


def test_a_cell_keeps_what_was_typed_and_the_log_has_both(cast: Cast) -> None:
    draft = capital_draft(cast)
    path = f"CA-4/{code_of(draft)}/1/target_quantity"
    assert typed(draft, path, "۲٬۲۴۰٫۵۰", cast.agency_user).text == "2240.5"
    assert typed(draft, path, "دوهزار", cast.agency_head).text == "دوهزار"
    entries = AuditEntry.objects.filter(event="agreement.cell_saved").order_by("pk")
    assert [(entry.before[path], entry.after[path]) for entry in entries] == [
        ("100", "2240.5"),
        ("2240.5", "دوهزار"),
    ]


def test_two_people_in_one_cell_are_both_shown(cast: Cast) -> None:
    draft = capital_draft(cast)
    path = f"CA-4/{code_of(draft)}/1/weight"
    typed(draft, path, "55", cast.agency_user, seen="60")
    with pytest.raises(StaleVersion) as refusal:
        typed(draft, path, "50", cast.agency_head, seen="60.00")
    assert (refusal.value.mine, refusal.value.theirs) == ("50", "55")
    typed(draft, path, "50", cast.agency_head, seen="55")
    assert saved(draft).row("CA-4", code_of(draft), "1")["weight"] == "50"


def test_only_the_agency_writes_and_only_a_draft(cast: Cast) -> None:
    draft = capital_draft(cast)
    path = f"CA-4/{code_of(draft)}/1/weight"
    with pytest.raises(NotAllowed):
        typed(draft, path, "1", cast.treasurer)
    other = expense_draft(cast)
    document.write_tables(other)
    exchange(other, by=None)
    with pytest.raises(WrongState):
        typed(other, "6//1/permanent", "1", cast.agency_user)


def test_places_that_no_form_has_are_not_written(cast: Cast) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    for path in ("CA-9///x", f"CA-4/{code}/1/share", "CA-4/000/1/weight", "CA-8///reason", "3//1/credit"):
        with pytest.raises(LookupError):
            typed(draft, path, "1", cast.agency_user)
    with pytest.raises(WrongState):
        typed(draft, f"CA-4/{code}/9/weight", "1", cast.agency_user)


def test_rows_come_and_go_and_a_key_is_never_used_again(cast: Cast) -> None:
    draft = capital_amendment(cast)
    code = code_of(draft)
    saving.remove_row("capital", draft.pk, "CA-4", code, "2", seen=None, by=cast.agency_user)
    assert saving.add_row("capital", draft.pk, "CA-4", code, 0, by=cast.agency_user) == "3"
    assert saving.add_row("capital", draft.pk, "CA-6", code, 1, by=cast.agency_user) == "c~1"
    assert saving.add_row("capital", draft.pk, "CA-5", code, 0, by=cast.agency_user) == "q1406-4"
    with pytest.raises(StaleVersion):
        saving.remove_row("capital", draft.pk, "CA-4", code, "1", seen={"title": "دیگر"}, by=cast.agency_user)


def test_rows_are_placed_by_people_and_keep_their_keys(cast: Cast) -> None:
    draft = capital_amendment(cast)
    code, keys = code_of(draft), []

    def placed() -> list[str]:
        form = figures.form("capital", "CA-4")
        return [key for key, _ in saved(draft).rows(form, code, form.sections[0])]

    assert placed() == ["1", "2"]
    for up in (True, True):  # the second press finds it on top already
        saving.move_row("capital", draft.pk, "CA-4", code, "2", up=up, by=cast.agency_user)
        keys.append(placed())
    assert keys == [["2", "1"], ["2", "1"]]
    new = saving.add_row("capital", draft.pk, "CA-4", code, 0, by=cast.agency_user)
    assert placed() == ["2", "1", new]
    saving.remove_row("capital", draft.pk, "CA-4", code, new, seen={}, by=cast.agency_user)
    entry = AuditEntry.objects.get(event="agreement.row_moved")
    assert (entry.before["place"], entry.after["place"]) == (2, 1)
    labels = {one.label for one in changes.changes(document.from_tables(draft.amends), saved(draft))}
    assert labels == {"ترتیب"}
    draft.refresh_from_db()
    draft.draft["CA-1"] = {"": {"": {"plan_type": "profit", "goal": "ایمنی"}}}
    draft.draft["CA-8"] = {"": {"": {"reason": "متمم", "valid_from": "1405/04/01"}}}
    document.write_tables(draft)
    assert document.from_tables(draft).content["CA-4"] == draft.draft["CA-4"]
    assert [row.key for row in WorkOperation.objects.filter(agreement_project__agreement=draft)] == [2, 1]
    with pytest.raises(LookupError):
        saving.move_row("capital", draft.pk, "CA-6", code, "cgeneral-", up=True, by=cast.agency_user)


def test_a_quarter_that_is_over_keeps_its_plan_in_an_amendment(cast: Cast) -> None:
    """CA-5: what was measured stays; the others are free, and a gap that they fill anew is said."""
    draft = capital_amendment(cast)
    code, planned = code_of(draft), {row.quarter: row.planned for row in PhysicalSchedule.objects.all()}
    for cutoff, state in (("Q1", "published"), ("Q2", "closed"), ("Q3", "open")):
        cast.window("capital", cutoff=cutoff, state=state)
    for quarter in (1, 2):
        with pytest.raises(RuleBroken, match="بسته شده"):
            typed(draft, f"CA-5/{code}/q1405-{quarter}/planned", "1", cast.agency_user)
    typed(draft, f"CA-5/{code}/q1405-2/planned", str(planned[2]), cast.agency_user)  # the same is no change
    typed(draft, f"CA-5/{code}/q1405-3/planned", str(planned[3] + 1), cast.agency_user)
    draft.refresh_from_db()
    assert not [sentence for _, sentence in blocking(draft) if "بسته شده" in sentence]
    draft.draft["CA-5"][code]["q1405-1"]["planned"] = "1"  # typed before the quarter was over
    draft.save(update_fields=["draft"])
    assert any("بسته شده" in sentence for _, sentence in blocking(draft))
    assert "قفل" in saved_page(cast, draft, code)


def saved_page(cast: Cast, draft: Any, code: str) -> str:
    answer = cast.client("agency_user").get(f"/agreements/capital/{draft.pk}/forms/CA-5/?part={code}")
    return str(answer.content.decode())


def test_thirty_operations_and_no_more(cast: Cast) -> None:
    draft = capital_draft(cast)
    code = code_of(draft)
    for _ in range(28):
        saving.add_row("capital", draft.pk, "CA-4", code, 0, by=cast.agency_user)
    with pytest.raises(RuleBroken):
        saving.add_row("capital", draft.pk, "CA-4", code, 0, by=cast.agency_user)


def test_a_new_year_copies_the_operations_of_the_last(cast: Cast) -> None:
    amendment = capital_amendment(cast)
    later = factories.make_fiscal_year(cast.national_organization, 1406)
    made = starting.start_capital(amendment.plan_id, later.pk, by=cast.agency_user)
    code = code_of(made)
    last = document.from_tables(amendment.amends)
    assert saved(made).content["CA-4"][code] == last.content["CA-4"][code]
    assert "CA-6" not in saved(made).content


@pytest.mark.parametrize("kind", ["capital", "expense"])
def test_a_second_version_of_a_year_is_refused(cast: Cast, kind: str) -> None:
    if kind == "capital":
        plan = factories.make_project(cast.agency).plan_id
        begin = partial(starting.start_capital, plan, cast.fiscal_year.pk)
    else:
        begin = partial(starting.start_expense, cast.fiscal_year.pk)
    begin(by=cast.agency_user)
    with pytest.raises(RuleBroken, match="پیش‌تر ساخته شده"):
        begin(by=cast.agency_head)


def test_a_text_that_is_too_long_is_refused_not_cut(cast: Cast) -> None:
    draft = capital_draft(cast)
    path = Path("CA-1", "", "", "goal")
    with pytest.raises(RuleBroken, match="نویسه بلندتر است"):
        saving.save_cell("capital", draft.pk, path, "راه " * 2_000, seen=None, by=cast.agency_user)
    assert saved(draft).text(path) == "ایمنی راه"


def test_direction_marks_of_a_pasted_text_are_dropped(cast: Cast) -> None:
    draft = capital_draft(cast)
    path = Path("CA-1", "", "", "goal")
    saving.save_cell(
        "capital", draft.pk, path, "\u202eایمنی\u202c می\u200cشود", seen=None, by=cast.agency_user
    )
    assert saved(draft).text(path) == "ایمنی می\u200cشود"


def test_an_expense_year_begins_with_the_names_of_the_last(cast: Cast) -> None:
    country = cast.national_organization
    line = (
        factories.make_programme(country),
        factories.make_expense_chapter(country),
        factories.make_source(country),
    )
    factories.make_expense_agreement(cast.agency, cast.fiscal_year, {line: 40_000})
    later = factories.make_fiscal_year(country, 1406)
    made = starting.start_expense(later.pk, by=cast.agency_user)
    rows = saved(made).content["3"][""]
    assert rows["1"]["title"] == "نگهداری راه"
    assert "credit" not in rows["1"]


def test_a_project_joins_and_leaves(cast: Cast) -> None:
    draft = capital_draft(cast)
    other = factories.make_project(cast.agency)
    saving.add_project(draft.pk, other.code, by=cast.agency_user)
    assert other.code in saved(draft).projects
    saving.remove_project(draft.pk, other.code, by=cast.agency_user)
    assert other.code not in saved(draft).projects
    with pytest.raises(LookupError):
        saving.add_project(draft.pk, factories.make_project(cast.agency2).code, by=cast.agency_user)
