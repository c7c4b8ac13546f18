"""A warning passes only with a written explanation: written by the agency, seen and signed by the treasurer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from monitoring.models import CheckResult, SubmissionSnapshot
from monitoring.rulebook import explanations
from monitoring.workflow import submissions
from tests.builders import EXPLANATION, Case, make_capital_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(cast: Cast) -> Case:
    """Filled without a block; one line is committed beyond its credit (V6)."""
    case = make_capital_case(cast, projects=1, filled=True)
    case.type(case.lines[0], "commitments_open", 90_000)
    return case


def hit(case: Case, rule: str = "V6") -> CheckResult:
    return CheckResult.objects.get(submission=case.submission, rule=rule)


def send(case: Case) -> Any:
    return submissions.submit(case.submission.pk, by=case.agency_user, accept_missing=True)


def write(case: Case, text: str = EXPLANATION, by: Any = None) -> list[CheckResult]:
    return explanations.explain(case.submission.pk, {hit(case).pk: text}, by=by or case.agency_user)


def page(case: Case, name: str = "check", **posted: Any) -> Any:
    client = Client()
    client.force_login(case.agency_user)
    url = reverse(f"monitoring:entry-{name}", args=[case.period.code, case.kind])
    return client.post(url, posted) if posted else client.get(url)


def test_a_warning_without_explanation_is_not_sent(warned: Case) -> None:
    with pytest.raises(RuleBroken) as refused:
        send(warned)
    assert "برای ۱ هشدار توضیح نوشته نشده است" in refused.value.message
    assert [problem.rule for problem in refused.value.problems] == ["V6"]
    write(warned)
    assert send(warned).state == "submitted"


def test_a_short_text_explains_nothing(warned: Case) -> None:
    with pytest.raises(RuleBroken, match="۲۰ نویسه"):
        write(warned, "درست است.")
    with pytest.raises(RuleBroken, match="۲۰ نویسه"):
        write(warned, "\u200b" * 30)
    with pytest.raises(RuleBroken, match="کوتاه کنید"):  # never cut in silence
        write(warned, "این رقم درست است. " * 200)
    assert hit(warned).waits


def test_only_the_agency_explains_and_only_while_the_line_is_open(warned: Case) -> None:
    with pytest.raises(NotAllowed):
        write(warned, by=warned.treasurer)
    write(warned)
    send(warned)
    with pytest.raises(WrongState):
        write(warned, EXPLANATION * 2)
    with pytest.raises(IntegrityError, match="locked for this line"), transaction.atomic():
        CheckResult.objects.filter(pk=hit(warned).pk).update(explanation=EXPLANATION * 2)


def test_a_changed_figure_voids_the_explanation_and_keeps_its_text(warned: Case) -> None:
    write(warned)
    line = warned.lines[0]
    warned.type(line, "received_cash", line.received_cash - 1)
    assert hit(warned).explanation == EXPLANATION, "V6 does not look at what was received"
    warned.type(line, "commitments_open", 95_000)
    found = hit(warned)
    assert (found.explanation, found.suggestion, found.explained_by, found.waits) == (
        "",
        EXPLANATION,
        None,
        True,
    )


def test_the_treasurer_signs_the_explanation_with_the_figures(cast: Cast, warned: Case) -> None:
    write(warned)
    send(warned)
    answer = cast.client("treasurer").get(reverse("monitoring:review-detail", args=[warned.submission.pk]))
    assert EXPLANATION in answer.content.decode()
    warned.confirm()
    signed = SubmissionSnapshot.objects.get(submission=warned.submission, event="treasurer_confirmed")
    (written,) = signed.content["explanations"]
    assert (written["rule"], written["explanation"]) == ("V6", EXPLANATION)
    assert written["by"] == warned.agency_user.username


def test_a_warning_that_came_later_is_not_signed(warned: Case) -> None:
    write(warned)
    send(warned)
    CheckResult.objects.create(
        submission=warned.submission,
        rule="V9",
        rule_set="1",
        severity="warn",
        asks=True,
        row="x:1",
        sentence="جمله",
    )
    with pytest.raises(WrongState, match="بی‌توضیح"):
        warned.confirm()


def test_a_reason_of_the_line_is_its_explanation() -> None:
    """V5 and V8 have a field of their own; what the expert must answer (V10) is not asked of the agency."""
    case = make_capital_case(projects=1, previous=True, filled=True)
    line = case.lines[0]
    case.type(line, "spent", 1)
    case.type(line, "reason", EXPLANATION)
    assert not hit(case, "V5").asks


def test_the_page_before_sending_takes_all_explanations_at_once(warned: Case) -> None:
    found = hit(warned)
    shown = page(warned).content.decode()
    at = f"?open={found.project_id}#c-capital-{warned.lines[0].pk}-commitments_open"
    assert all(text in shown for text in (f'name="explain:{found.pk}"', at, "انتظار ۴۰٬۰۰۰", "تفاوت", ">V6<"))
    short = page(warned, "explain", **{f"explain:{found.pk}": "کوتاه"})
    assert (short.status_code, "کوتاه" in short.content.decode()) == (422, True)
    assert page(warned, "explain", **{f"explain:{found.pk}": EXPLANATION}).status_code == 302
    assert page(warned, accept_missing="1").status_code == 302
    assert warned.submission.state == "submitted"


def test_the_grid_takes_an_explanation_beside_its_row(warned: Case) -> None:
    name = f"explain:{hit(warned).pk}"
    shown = page(warned, "check").content.decode()
    client = Client()
    client.force_login(warned.agency_user)
    grid = reverse("monitoring:entry", args=[warned.period.code, warned.kind])
    assert f'name="{name}"' in client.get(grid).content.decode()
    assert client.post(grid, {name: EXPLANATION}).status_code == 302
    assert hit(warned).explanation == EXPLANATION
    assert "هشدار توضیح می‌خواهد" in shown
    assert "همه توضیح دارد" in page(warned, "check").content.decode()
