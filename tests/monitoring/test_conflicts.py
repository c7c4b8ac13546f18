"""Where the agency's figure and another source are apart: found, explained, accepted, and what approval makes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from agreements.models import Company, Contract, ContractStatement
from budget_portal import outbox
from budget_portal.digits import to_persian
from budget_portal.errors import WrongState
from budget_portal.models import Alert, AuditEntry
from monitoring.conflicts import sources
from monitoring.conflicts.judging import PAIRS, Allowed, is_conflict
from monitoring.lines import LineKey
from monitoring.models import SourceConflict
from monitoring.workflow import conflicts, ledger_rows, reconciliations, submissions
from tests.builders import REASON, Case, make_capital_case
from tests.cast import Cast
from tests.monitoring import visit_cases
from tests.monitoring.benches import ledger_of, make_bench, rows_of

pytestmark = pytest.mark.django_db


def pay(case: Case, paid: int) -> None:
    """A contractor's statement of this year over the first project."""
    company = Company.objects.create(
        organization=case.national_organization, name="پیمانکار نمونه", legal_id="10380284790"
    )
    period = case.period
    contract = Contract.objects.create(
        project=case.projects[0], company=company, part="contractor", number="1", subject="اجرا", amount=90_000,
        duration_days=300, signed_on=period.fiscal_year.starts_on, starts_on=period.fiscal_year.starts_on,
    )  # fmt: skip
    ContractStatement.objects.create(
        contract=contract, number=1, worked_from=period.fiscal_year.starts_on, worked_to=period.cutoff_date,
        stated_on=period.cutoff_date, gross=paid, paid=paid,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "reported", "other", "amount", "expected"),
    [
        ("visit_progress", "45", "40", "5", False),
        ("visit_progress", "45.01", "40", "5", True),
        ("visit_progress", "30", "40", "5", False),  # the agency claims less: no conflict (V10)
        ("contract_spent", "90", "100", "10", False),
        ("contract_spent", "89", "100", "10", True),
        ("contract_spent", "150", "100", "10", False),  # land, studies and other costs beside the contract
        ("treasury_spent", "100", "100", "0", False),
        ("treasury_spent", "101", "100", "0", True),
        ("treasury_spent", "1", "0", "10", True),
    ],
)
def test_a_conflict_is_what_is_beyond_the_tolerance(
    pair: str, reported: str, other: str, amount: str, expected: bool
) -> None:
    allowed = Allowed(PAIRS[pair].unit, Decimal(amount))
    assert is_conflict(PAIRS[pair], Decimal(reported), Decimal(other), allowed) is expected


def test_approval_waits_until_a_conflict_is_explained(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    pay(case, 30_000)  # of 16,000 that the agency says it spent
    case.at("expert_reviewed")
    row = SourceConflict.objects.get()
    assert (row.pair, row.project, row.reported, row.other) == (
        "contract_spent",
        case.projects[0],
        16_000,
        30_000,
    )
    outbox.deliver_all()
    assert Alert.objects.filter(
        person=cast.treasurer, url=reverse("monitoring:conflict", args=[row.pk])
    ).exists()
    with pytest.raises(WrongState, match="مغایرت"):
        case.approve()
    url = reverse("monitoring:final-review", args=[case.period.code, case.agency.code])
    page = cast.client("consolidation").get(url).content.decode()
    assert "۱ مغایرت این پرونده هنوز توضیح ندارد" in page
    assert f'href="{reverse("monitoring:conflict", args=[row.pk])}"' in page
    conflicts.explain(row.pk, by=cast.treasurer, text=REASON)
    case.approve()
    assert case.submission.state == "approved"


def test_an_explanation_holds_for_the_figures_it_was_given_for(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    pay(case, 30_000)
    case.at("expert_reviewed")
    row = SourceConflict.objects.get()
    conflicts.explain(row.pk, by=cast.treasurer, text=REASON)
    conflicts.resolve(row.pk, by=cast.consolidation)
    ContractStatement.objects.update(paid=31_000, gross=31_000)
    with pytest.raises(WrongState, match="مغایرت"):
        case.approve()
    conflicts.refresh(case.submission.pk, by=cast.consolidation)
    row.refresh_from_db()
    assert (row.state, row.other) == ("open", 31_000)
    ContractStatement.objects.update(paid=16_000, gross=16_000)
    conflicts.refresh(case.submission.pk, by=cast.consolidation)
    row.refresh_from_db()
    assert row.state == "agreed"
    case.approve()
    events = AuditEntry.objects.filter(target_type="monitoring.sourceconflict").order_by("sequence")
    names = ["found", "explained", "resolved", "renewed", "agreed"]
    assert [entry.event for entry in events] == [f"conflict.{name}" for name in names]


def test_the_experts_word_on_a_visit_is_the_explanation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    visit = visit_cases.plan(cast, case.projects[0])
    visit_cases.bring(cast, visit, "confirmed")
    reading = sources.measured(case.submission)[LineKey(project_id=case.projects[0].pk)]
    visit.refresh_from_db()
    assert (reading.value, reading.word, reading.by) == (visit.physical_progress, "", cast.expert)
    far = {LineKey(project_id=case.projects[0].pk): sources.Reading(Decimal(1), REASON, cast.expert)}
    case.at("submitted")
    monkeypatch.setattr(sources, "_sources", {"visit_progress": [lambda submission: far]})
    conflicts.refresh(case.submission.pk, by=None)
    row = SourceConflict.objects.get()
    assert (row.state, row.explanation, row.explained_by) == ("explained", REASON, cast.expert)


def test_another_tolerance_is_judged_from_its_cut_off_on(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    pay(case, 17_000)
    case.at("expert_reviewed")
    assert not SourceConflict.objects.exists()
    url = reverse("monitoring:tolerances")
    data = {"pair": "contract_spent", "amount": "۲٫۵", "valid_from": case.period.pk, "reason": REASON}
    assert cast.client("consolidation").post(url, data).status_code == 302
    outbox.deliver_all()
    assert SourceConflict.objects.get().tolerance == Decimal("2.5")
    later = {**data, "amount": "50", "valid_from": cast.period("Q3").pk}
    assert cast.client("consolidation").post(url, later).status_code == 302
    with pytest.raises(WrongState, match="مغایرت"):
        case.approve()
    assert "۲٫۵" in cast.client("auditor").get(url).content.decode()


def test_the_treasury_joins_by_registering_its_reading(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    line = LineKey(project_id=case.projects[0].pk)
    reads = {"treasury_spent": [lambda submission: {line: sources.Reading(Decimal(15_000))}]}
    monkeypatch.setattr(sources, "_sources", reads)
    case.at("submitted")
    row = SourceConflict.objects.get()
    assert (row.pair, row.reported, row.other) == ("treasury_spent", 16_000, 15_000)


@pytest.mark.parametrize("measure", ["spent", "received"])
def test_what_was_explained_at_the_bench_explains_the_conflict(cast: Cast, measure: str) -> None:
    case = make_capital_case(cast, projects=1, filled=True).at("submitted")
    rows = rows_of(case, measure)[:1]
    bench = make_bench(case, "matched", ledger_of(case, rows=rows), measure=measure)
    line = bench.lines.get()
    ledger_rows.explain_line(line.pk, text=REASON, by=case.treasurer)
    reconciliations.sign(bench.pk, by=case.treasurer)
    case.at("expert_reviewed")
    row = SourceConflict.objects.get()
    assert (row.pair, row.state, row.explained_by) == (f"treasury_{measure}", "explained", case.treasurer)
    assert (row.reported, row.other) == (line.entered, line.ledger)
    other = "received" if measure == "spent" else "spent"
    assert not sources.readings(case.submission)[f"treasury_{other}"]


def test_the_list_says_what_is_open_and_filters(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    pay(case, 30_000)
    case.at("expert_reviewed")
    client, url = cast.client("consolidation"), reverse("monitoring:conflict-list", args=[case.period.code])
    body = client.get(url).content.decode()
    assert "۱ مغایرت هنوز توضیح ندارد." in body
    assert "۱۶٬۰۰۰" in body
    assert "۳۰٬۰۰۰" in body
    line = to_persian(str(case.projects[0]))
    assert line not in client.get(f"{url}?show=resolved").content.decode()
    assert line in client.get(f"{url}?pair=contract_spent").content.decode()
    row = SourceConflict.objects.get()
    detail = reverse("monitoring:conflict", args=[row.pk])
    assert "این کار با نقش" in client.get(detail).content.decode()
    short = cast.client("treasurer").post(f"{detail}explain/", {"text": "کوتاه"})
    assert short.status_code == 422
    submissions.return_to_agency(case.submission.pk, by=cast.consolidation, lines=[case.first_line()])
    case.type(case.lines[0], "spent", 16_400)
    case.submit()
    row.refresh_from_db()
    assert row.reported == case.lines[0].spent
