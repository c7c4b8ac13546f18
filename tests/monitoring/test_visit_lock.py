"""A visit that is handed in is evidence: whoever writes, only its moves and the words of the follow-up remain."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from budget_portal.models import AuditEntry
from monitoring.models import FieldVisit, VisitFinding
from monitoring.workflow import visits as moves
from tests.builders import Case, make_capital_case, make_delay_cause, make_expense_case
from tests.monitoring import visit_cases as cases

pytestmark = pytest.mark.django_db

LOCKED = ("submitted", "confirmed", "agency_replied", "closed")
PARTS = ("measurements", "photos", "delay_causes", "findings")
CHANGES: dict[str, dict[str, Any]] = {
    "measurements": {"quantity_done": 1},
    "photos": {"caption": "دیگر"},
    "delay_causes": {"share": 7},
    "findings": {"severity": "info"},
}
OTHER: dict[str, Any] = {
    "visited_on": "2020-01-01", "physical_progress": 99, "agency_progress": 1, "quality_overall": "poor",
    "remarks": "دیگر", "latitude": 30, "version": 77, "planned_for": "2020-01-01",
}  # fmt: skip


@pytest.fixture
def case() -> Case:
    return make_capital_case(projects=2)


def planned(case: Case, project: int = 0) -> FieldVisit:
    visit = cases.plan(case, case.projects[project])
    cases.finding(visit)
    visit.delay_causes.create(cause=make_delay_cause(), share=100)
    return cases.fill(visit)


def refusal(action: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        action()
    return str(refused.value.__cause__.diag.constraint_name)


def rows_of(visit: FieldVisit, name: str) -> Any:
    return getattr(visit, name).filter(pk=getattr(visit, name).first().pk)


@pytest.mark.parametrize("state", LOCKED)
def test_no_fact_of_a_visit_changes_after_it_is_handed_in(case: Case, state: str) -> None:
    visit = cases.bring_on(case, planned(case), state)
    rows = FieldVisit.objects.filter(pk=visit.pk)
    for field, value in OTHER.items():
        assert refusal(lambda field=field, value=value: rows.update(**{field: value})) == "visit_locked"
    assert refusal(lambda: rows._raw_delete(rows.db)) == "visit_locked"


@pytest.mark.parametrize("state", LOCKED)
@pytest.mark.parametrize("name", PARTS)
def test_no_part_of_a_visit_changes_after_it_is_handed_in(case: Case, state: str, name: str) -> None:
    visit = cases.bring_on(case, planned(case), state)
    rows = rows_of(visit, name)
    assert refusal(lambda: rows.update(**CHANGES[name])) == "visit_locked"
    assert refusal(lambda: rows._raw_delete(rows.db)) == "visit_locked"
    row = rows.get()
    row.pk, row._state.adding = None, True
    assert refusal(row.save) == "visit_locked"


@pytest.mark.parametrize("name", PARTS)
def test_no_part_moves_between_visits_to_get_round_the_lock(case: Case, name: str) -> None:
    locked = cases.bring_on(case, planned(case), "submitted")
    draft = planned(case, 1)
    assert refusal(lambda: rows_of(locked, name).update(visit=draft)) == "visit_locked"
    assert refusal(lambda: rows_of(draft, name).update(visit=locked)) == "visit_locked"


def test_a_move_carries_its_own_columns_and_nothing_else(case: Case) -> None:
    visit = cases.bring_on(case, planned(case), "submitted")
    rows = FieldVisit.objects.filter(pk=visit.pk)
    confirmed = {"state": "confirmed", "confirmed_at": visit.submitted_at, "confirmed_by": case.consolidation}
    assert refusal(lambda: rows.update(**confirmed, remarks="دیگر")) == "visit_locked"
    assert refusal(lambda: rows.update(**confirmed, submitted_by=case.deputy)) == "visit_locked"
    moves.confirm(visit.pk, by=case.consolidation)
    assert refusal(lambda: rows.update(confirmed_by=case.deputy)) == "visit_locked"
    assert refusal(lambda: rows.update(agency_reply="از جای دیگر")) == "visit_locked"
    moves.reply(visit.pk, by=case.agency_user, text="تا پایان ماه برطرف می‌شود.")
    moves.close(visit.pk, by=case.expert)
    assert refusal(lambda: rows.update(dispute_comment="پس از پایان")) == "visit_locked"


def test_a_visit_handed_back_is_written_again(case: Case) -> None:
    visit = cases.bring_on(case, planned(case), "submitted")
    moves.return_to_expert(visit.pk, by=case.consolidation, reason="عکس دوم تار است.")
    for name in PARTS:
        rows_of(visit, name).update(**CHANGES[name])
    FieldVisit.objects.filter(pk=visit.pk).update(**OTHER)


def test_a_finding_keeps_its_words_while_it_is_followed(case: Case) -> None:
    visit = cases.bring_on(case, planned(case), "confirmed")
    found = visit.findings.get()
    said = moves.follow_finding(found.pk, "start", by=case.agency_user, text="آغاز شد.").follow_ups.get()
    rows = VisitFinding.objects.filter(pk=found.pk)
    assert refusal(lambda: rows.update(state="resolved", text="چیزی نبود")) == "visit_locked"
    words = type(said).objects.filter(pk=said.pk)
    for action in (lambda: words.update(text="دیگر"), lambda: words._raw_delete(words.db)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            action()


def test_visits_and_findings_begin_at_the_beginning(case: Case) -> None:
    visit = planned(case)
    cases.bring_on(case, visit, "done")
    again, finding = FieldVisit.objects.get(pk=visit.pk), visit.findings.get()
    for row in (again, finding):
        row.pk, row._state.adding = None, True
    finding.state = "verified"
    assert refusal(again.save) == "monitoring_fieldvisit_starts"
    assert refusal(finding.save) == "monitoring_visitfinding_starts"


def test_the_verified_volume_of_an_activity_is_locked_and_logged() -> None:
    case = make_expense_case()
    visit = cases.plan(case, None)
    check = visit.activity_checks.create(activity=case.activities[0].activity, volume_verified=3)
    visit.activity_checks.update(volume_verified=4)
    trail = AuditEntry.objects.filter(target_type="monitoring.visitactivitycheck", target_id=str(check.pk))
    assert [row.event for row in trail.order_by("sequence")] == ["figure.created", "figure.changed"]
    cases.bring(case, visit, "confirmed")
    assert refusal(lambda: visit.activity_checks.update(volume_verified=5)) == "visit_locked"
