"""docs/actions.md keeps up with the code, and every action of it has its refusals."""

from __future__ import annotations

import re

import pytest

from complaints.views import desk
from complaints.workflow import complaints
from monitoring.views import review
from monitoring.workflow import submissions
from reports import views as reports_views
from reports.workflow import reports
from tests import actions
from tests.writes import ELSEWHERE, WRITES

# What knows no state: people, keys and reference data, a note on a case, a visit that is planned.
STATELESS = re.compile(
    r"^(accounts:|agreements:year-|agreements:project-(new|edit|identifiers)|agreements:import-new"
    r"|agreements:(contract-new|contract-change|statement-|classification)"
    r"|agreements:(notification|allocation)-new|ground:(holiday|head-)|complaints:desk-note"
    r"|monitoring:(visit-new|tolerances|evidence-policies|remind|absence-|reconciliation-tolerance)"
    r"|monitoring:clock-(step|reason|escalation))"
)


def test_the_page_says_what_the_code_says() -> None:
    assert actions.PAGE.read_text(encoding="utf-8") == actions.page(), "make actions"


def test_every_action_but_the_stateless_names_where_its_state_is_refused() -> None:
    found = actions.actions()
    assert len(found) > 60
    assert [row.name for row in found if not actions.refusals(row) and not STATELESS.match(row.name)] == []


@pytest.mark.parametrize("section", actions.PAGE.read_text(encoding="utf-8").split("\n## ")[1:])
def test_every_action_names_who_may(section: str) -> None:
    assert "- who: ; " not in section


def test_every_action_writes_a_line_in_the_log() -> None:
    by_trigger = {f"monitoring:{name}" for name in ("entry", "entry-cell", "entry-causes", "entry-refresh")}
    silent = [
        row.name
        for row in actions.actions()
        if not any([*actions.moves_of(verb), *actions.events_of(verb)] for verb in row.verbs)
    ]
    assert set(silent) - by_trigger == set()


def test_the_verbs_are_those_that_the_views_call() -> None:
    assert actions.verbs_of(desk.extend) == [complaints.extend]
    assert actions.verbs_of(desk.note) == [complaints.note]
    assert actions.verbs_of(reports_views.report_sign) == [reports.review, reports.confirm, reports.approve]
    assert actions.verbs_of(review.give_back) == [submissions.return_to_agency]


@pytest.mark.parametrize("place", sorted({test for asked in ELSEWHERE.values() for _, test in asked}))
def test_the_tests_that_it_names_exist(place: str) -> None:
    path, _, name = place.partition("::")
    text = (actions.ROOT / path).read_text(encoding="utf-8")
    assert f"def {name}(" in text if name else text


def test_the_tables_name_actions_that_exist() -> None:
    assert {*WRITES, *ELSEWHERE} - {row.name for row in actions.actions()} == set()
