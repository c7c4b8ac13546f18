"""docs/actions.md keeps up with the code, and every action of it has its refusals."""

from __future__ import annotations

import re

import pytest

from complaints.views import desk
from complaints.workflow import complaints
from monitoring.views import conflicts as conflict_views
from monitoring.views import consolidation, expert, reconciliation, review
from monitoring.workflow import conflicts, ledger_rows, reconciliations, submissions
from reports import views as reports_views
from reports.workflow import reports
from tests import actions
from tests.probes import TABLE
from tests.writes import ELSEWHERE, WRITES

# What knows no state: people, keys and reference data, a note on a case, a visit that is planned.
STATELESS = re.compile(
    r"^(accounts:(alerts|key-|role$|agency-|group-|user-|week$|holiday-list|delegation-create|device-end)"
    r"|agreements:(year-|project-(new|edit|identifiers)|import-new|contract-new|contract-change|statement-)"
    r"|agreements:(classification-(new|map|open)|notification-new|allocation-new)"
    r"|ground:(holiday|head-)|complaints:(desk-note|new-check)"
    r"|monitoring:(visit-new|tolerances|evidence-policies|reconciliation-tolerance)"
    r"|monitoring:clock-(step|reason|escalation))"
)

# Written by hand from the domain guide, not from the code: address → roles, states, lines in the log.
BY_HAND = {
    "/visits/<int:pk>/confirm/": ("roles consolidation", "submitted → confirmed", "visit.confirmed"),
    "/visits/<int:pk>/reply/": ("roles agency_user", "confirmed → agency_replied", "visit.agency_replied"),
    "/consolidation/extensions/<int:pk>/grant/": (
        "roles consolidation",
        "requested → granted",
        "extension.granted",
    ),
    "/imports/<uuid:public_id>/undo/": ("roles consolidation", "applied → undone", "import.undone"),
    "/manage/delegations/<int:pk>/confirm/": (
        "roles budget_deputy",
        "registered → confirmed",
        "delegation.confirmed",
    ),
    "/manage/delegations/<int:pk>/refuse/": (
        "roles budget_deputy",
        "registered → refused",
        "delegation.refused",
    ),
    "/imports/<uuid:public_id>/stop/": (
        "roles consolidation",
        "applying → previewed",
        "import.halted, job.cancelled",
    ),
    "/reports/<int:pk>/return/": (
        "roles budget_deputy, org_head",
        "reviewed/confirmed → draft",
        "report.returned",
    ),
    "/review/reconciliation/<int:pk>/discard/": (
        "roles treasurer",
        "draft/matched/signed → superseded",
        "reconciliation.superseded",
    ),
    "/desk/<int:pk>/assign/": (
        "roles complaints_officer",
        "registered/assigned/in_progress → assigned",
        "complaint.assigned",
    ),
    "/conflicts/<int:pk>/dispute/": ("roles consolidation", "explained → open", "conflict.disputed"),
    "/reviews/<int:pk>/return/": (
        "roles budget_expert",
        "treasurer_confirmed/under_review → returned",
        "submission.returned",
    ),
    "/review/<int:pk>/confirm/": (
        "roles treasurer",
        "submitted → treasurer_confirmed",
        "submission.treasurer_confirmed",
    ),
}


def section(address: str) -> dict[str, str]:
    """What the written page says of an address, line by line."""
    text = actions.PAGE.read_text(encoding="utf-8")
    part = text.partition(f"## {address}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^- ([a-z ]+): (.*)$", part, re.MULTILINE))


@pytest.mark.parametrize("address", BY_HAND)
def test_the_page_says_what_was_written_by_hand(address: str) -> None:
    said = section(address)
    assert (said["who"].split(";")[0], said["state"], said["log"]) == BY_HAND[address]


def test_the_page_says_what_the_code_says() -> None:
    assert actions.PAGE.read_text(encoding="utf-8") == actions.page(), "make actions"


def test_whatever_is_posted_to_has_a_section_or_an_excuse() -> None:
    assert actions.without_section() == []
    names = [*actions.posted()]
    assert [one for one in actions.NO_SECTION if not any(name.startswith(one) for name in names)] == []
    assert not {action.name for action in actions.actions()} & {*actions.NO_SECTION}


def test_every_action_but_the_stateless_names_where_its_state_is_refused() -> None:
    found = actions.actions()
    assert len(found) > 60
    assert [row.name for row in found if bool(actions.refusals(row)) == bool(STATELESS.match(row.name))] == []


@pytest.mark.parametrize("section", actions.PAGE.read_text(encoding="utf-8").split("\n## /")[1:])
def test_every_action_names_who_may(section: str) -> None:
    assert "- who: ; " not in section


def test_every_action_writes_a_line_in_the_log() -> None:
    by_trigger = {f"monitoring:{name}" for name in ("entry", "entry-cell", "entry-causes", "entry-refresh")}
    silent = [
        row.name
        for row in actions.actions()
        if not any([*actions.made_by(verb), *actions.events_of(verb)] for verb in row.verbs)
    ]
    assert set(silent) - by_trigger == set()


def test_the_verbs_are_those_that_the_views_call() -> None:
    assert actions.verbs_of(desk.extend) == [complaints.extend]
    assert actions.verbs_of(desk.note) == [complaints.note]
    assert actions.verbs_of(reports_views.report_sign) == [reports.review, reports.confirm, reports.approve]
    assert actions.verbs_of(reconciliation.explain_rows) == [ledger_rows.explain_rows]
    assert actions.verbs_of(reconciliation.load) == [reconciliations.load]
    # The desk of lines serves all three: the role chooses.
    back = {
        submissions.return_by_treasurer,
        submissions.return_by_expert,
        submissions.return_by_consolidation,
    }
    assert set(actions.verbs_of(review.give_back)) == back
    assert actions.verbs_of(expert.give_back) == [submissions.return_by_expert]
    assert actions.verbs_of(consolidation.give_back) == [submissions.return_by_consolidation]
    assert actions.verbs_of(conflict_views.conflict_resolve) == [conflicts.resolve]


@pytest.mark.parametrize("place", sorted({test for asked in ELSEWHERE.values() for _, test in asked}))
def test_the_tests_that_it_names_exist(place: str) -> None:
    path, _, name = place.partition("::")
    text = (actions.ROOT / path).read_text(encoding="utf-8")
    assert f"def {name}(" in text if name else text


def test_an_address_leads_to_its_view_and_to_tests_that_run() -> None:
    """The node ids of the page, without what `*` stands for, are among those that pytest collects."""
    run = {f"test_access_matrix.py::test_access[{name}-{how}]" for name, how in TABLE}
    run |= {f"test_state_matrix.py::test_state[{machine.name}-*]" for machine in actions.machines()}
    run |= {f"test_state_of_writes.py::test_a_write_stands_only_in_its_states[{name}-*]" for name in WRITES}
    text = actions.PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"`(test_\w+\.py::\w+\[[^`]*)`", text)) - run == set()
    sections = text.split("\n## /")[1:]
    assert [part for part in sections if "- view: " not in part or "- wrong person: `test_" not in part] == []
    said = section("/visits/<int:pk>/confirm/")
    assert said["view"] == "monitoring/views/visits.py:visit_confirm"
    assert said["wrong person"] == "`test_access_matrix.py::test_access[monitoring:visit-confirm-post]`"
    assert said["wrong state"] == "`test_state_matrix.py::test_state[visit-*]`"


def test_the_tables_name_actions_that_exist() -> None:
    assert {*WRITES, *ELSEWHERE} - {row.name for row in actions.actions()} == set()
