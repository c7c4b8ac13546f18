"""Several submissions by one signature: only clean ones, a sentence first, one result for each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from budget_portal.digits import to_persian
from monitoring.models import LineDecision, PerformanceSubmission
from monitoring.review import decisions
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db

URL = "/review/sign/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def clean_expense(cast: Cast) -> Case:
    """What the activity cost is what was spent: no rule says anything."""
    case = make_expense_case(cast, filled=True)
    case.type(case.activities[0], "cost", sum(line.spent for line in case.lines))
    return case.at("submitted")


def sent(cast: Cast) -> tuple[Case, Case]:
    """A clean one of each kind."""
    return make_capital_case(cast, filled=True).at("submitted"), clean_expense(cast)


def states(*cases: Case) -> list[str]:
    return [case.submission.state for case in cases]


def sentence(cast: Cast, *cases: Case) -> tuple[str, list[str]]:
    """The page that says what is signed, and what its form posts."""
    page = text(cast.client("treasurer").get(URL, {"s": [case.submission.pk for case in cases]}))
    return page, re.findall(r'name="signed"\s+value="([^"]+)"', page)


def test_what_is_chosen_is_said_and_each_is_signed(cast: Cast) -> None:
    capital, expense = sent(cast)
    client = cast.client("treasurer")
    assert "امضای چند پرونده با هم (۲)" in text(client.get("/review/1405-Q2/"))
    assert text(client.get(URL)).count('name="s"') == 2
    page, signed = sentence(cast, capital, expense)
    assert "۲ پرونده: ۴ ردیف بدون هشدار" in page
    page = text(client.post(URL, {"signed": signed}))
    assert "۲ پرونده از ۲ پرونده امضا شد" in page
    assert states(capital, expense) == ["treasurer_confirmed"] * 2
    for case in (capital, expense):
        assert case.submission.snapshots.filter(event="treasurer_confirmed").exists()
    assert LineDecision.objects.filter(in_batch=True, verdict="accepted").count() == 4
    page = text(client.post(URL, {"signed": signed}))  # pressed twice
    assert "۰ پرونده از ۲ پرونده امضا شد" in page


def test_a_warning_a_prepared_return_and_a_late_change_are_named_and_the_rest_is_signed(cast: Cast) -> None:
    warned = make_capital_case(cast, filled=True)
    warned.type(warned.lines[0], "commitments_open", 90_000)
    warned.at("submitted")
    clean = clean_expense(cast)
    page, signed = sentence(cast, warned, clean)
    assert to_persian(f"«{warned.projects[0]}»") in page
    assert [value.split("~")[0] for value in signed] == [str(clean.submission.pk)]
    forced = f"{warned.submission.pk}~{signed[0].split('~')[1]}"
    page = text(cast.client("treasurer").post(URL, {"signed": [forced, *signed]}))
    assert "۱ پرونده از ۲ پرونده امضا شد" in page
    assert decisions.CHANGED in page
    assert states(warned, clean) == ["submitted", "treasurer_confirmed"]


def test_what_changed_since_or_goes_back_is_not_signed(cast: Cast) -> None:
    capital, expense = sent(cast)
    _, signed = sentence(cast, capital, expense)
    capital.send_back()
    capital.type(capital.lines[0], "spent", 15_000)
    capital.submit()
    key = next(iter(decisions.lines_of(expense.submission)))
    decisions.prepare_return(expense.submission.pk, key, by=cast.treasurer, reason=REASON)
    page = text(cast.client("treasurer").post(URL, {"signed": signed}))
    assert "۰ پرونده از ۲ پرونده امضا شد" in page
    assert "۱ ردیف آن آمادهٔ برگشت است" in page
    assert states(capital, expense) == ["submitted"] * 2
    assert not LineDecision.objects.filter(verdict="accepted").exists()


def test_another_agencys_submission_is_not_found(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("submitted")
    value = f"{case.submission.pk}~0"
    assert cast.client("treasurer2").post(URL, {"signed": [value]}).status_code == 404
    assert cast.client("agency_user").post(URL, {"signed": [value]}).status_code == 403
    assert PerformanceSubmission.objects.get().state == "submitted"
