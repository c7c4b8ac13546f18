"""The demo is loaded once, whole: figures that never change, every state, work for everybody, a sound log."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.demo import DEMO_PEOPLE
from accounts.models import Agency, Organization, User
from agreements.drafting import checks
from agreements.models import (
    AllocationLine,
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    ExpenseAgreement,
    ExtensionRequest,
    PeriodWindow,
    Project,
    ReportingPeriod,
)
from budget_portal import audit_check, worklist
from budget_portal.models import AuditEntry, ImportBatch, OutboxMessage
from complaints.models import Complaint, ComplaintEvent
from monitoring.consolidation import matrix
from monitoring.models import (
    Absence,
    CheckResult,
    FieldVisit,
    PerformanceSubmission,
    RuleTrial,
    SubmissionClock,
    SubmissionSnapshot,
)
from monitoring.snapshots import canonical, contents
from reports import totals
from reports.models import SupervisionReport
from reports.package import R1Report

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Loaded as `make run` does it, for all tests of this module; the longest fixture of the suite."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=StringIO())
        said = StringIO()
        call_command("load_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


def person(name: str) -> User:
    return User.objects.get(username=name)


def period(code: str) -> ReportingPeriod:
    year, cutoff = code.split("-")
    return ReportingPeriod.objects.select_related("fiscal_year").get(
        fiscal_year__year=int(year), fiscal_year__organization__code="iran", cutoff=cutoff
    )


def test_letters_of_every_sort_lie_there(demo: str) -> None:
    """Drafts, an advance with its conversion, securities with symbol and due date, one that was cancelled."""
    later = AllocationNotice.objects.filter(period__fiscal_year__year=1405, period__cutoff="Q3")
    assert sorted(later.values_list("state", flat=True)) == [
        "cancelled",
        "draft",
        "issued",
        "issued",
        "issued",
    ]
    lines = AllocationLine.objects.filter(notice__in=later, notice__state="issued")
    assert lines.get(instrument="securities").symbol
    assert lines.get(converted_from__isnull=False).converted_from == lines.get(is_advance=True)
    assert BudgetNotification.objects.filter(state="draft").count() == 1


def test_its_size(demo: str) -> None:
    assert Organization.objects.filter(level="provincial").count() == 2
    assert Agency.objects.count() == 40
    assert Project.objects.count() == 152  # 150 and the two of worked example A
    assert Complaint.objects.count() == 30


@pytest.mark.parametrize(
    ("code", "organization", "spent"),
    [("1404-Q4", "khuzestan", 10_428_944), ("1405-Q1", "khuzestan", 1_493_965), ("1405-Q1", "qom", 998_961)],
)
def test_figures_are_the_same_each_time(demo: str, code: str, organization: str, spent: int) -> None:
    user = person("consolidation" if organization == "khuzestan" else "consolidation_qom")
    found = totals.read(user, period(code))
    flow = found.only(states={"approved"}).flow
    assert flow is not None
    assert flow.spent == spent
    assert found.coverage().agencies.value == 1


def test_every_state_is_there(demo: str) -> None:
    current = PerformanceSubmission.objects.filter(period=period("1405-Q2"))
    states = set(current.values_list("state", flat=True))
    assert states == {
        "draft", "submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved", "returned",
    }  # fmt: skip
    assert set(Complaint.objects.values_list("state", flat=True)) == {*Complaint.State.values}
    assert set(ExtensionRequest.objects.values_list("state", flat=True)) == {*ExtensionRequest.State.values}
    assert {"planned", "done", "submitted", "confirmed"} <= set(
        FieldVisit.objects.values_list("state", flat=True)
    )
    windows = PeriodWindow.objects.filter(organization__code="khuzestan", kind="capital")
    assert {row.period.code: row.state for row in windows.select_related("period__fiscal_year")} == {
        **{f"1403-{cutoff}": "published" for cutoff in ("Q1", "Q2", "Q3", "Q4", "CLOSING")},
        **{f"1404-{cutoff}": "published" for cutoff in ("Q1", "Q2", "Q3", "Q4")},
        "1404-CLOSING": "open",
        "1405-Q1": "published",
        "1405-Q2": "open",
        **{f"1405-{cutoff}": "planned" for cutoff in ("Q3", "Q4", "CLOSING")},
    }


def test_the_open_window_stays_open_for_a_while(demo: str) -> None:
    window = PeriodWindow.objects.get(
        organization__code="khuzestan", period=period("1405-Q2"), kind="capital"
    )
    assert window.extended_to is not None
    assert (window.extended_to - timezone.localdate()).days >= 10
    assert window.extension_reason
    assert window.extended_by == person("deputy")


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("agency", ("ورود عملکرد",)),
        ("treasurer", ("تأیید عملکرد",)),
        ("expert", ("بررسی", "بازدید", "ارسال گزارش بازدید")),
        ("consolidation", ("تأیید نهایی", "تأیید بازدید")),
        ("deputy", ("درخواست بازگشایی",)),
        ("complaints", ()),
    ],
)
def test_everybody_finds_work(demo: str, name: str, titles: tuple[str, ...]) -> None:
    todo = worklist.todo(person(name))
    assert todo
    for words in titles:
        assert any(item.title.startswith(words) for item in todo), (words, [item.title for item in todo])


def test_the_draft_of_the_demo_agency_has_every_kind_of_row(demo: str) -> None:
    draft = PerformanceSubmission.objects.get(
        agency__code="1001", period=period("1405-Q2"), kind="capital", state="draft"
    )
    rules = set(CheckResult.objects.filter(submission=draft).values_list("rule", flat=True))
    assert {"V3", "READ"} <= rules
    closing = PerformanceSubmission.objects.get(agency__code="1001", period=period("1404-CLOSING"))
    assert (closing.state, closing.revision) == ("submitted", 2)
    assert closing.return_marks.get().closed_at is not None


def test_clocks_run_at_different_days(demo: str) -> None:
    found = matrix(person("consolidation"), period("1405-Q2"))
    assert found.clocks is not None
    days = {part.clock.day for part in found.parts if part.clock and part.clock.started_on}
    assert len(days) >= 5
    assert found.clocks.overdue >= 1
    assert sum(row.is_ready for row in found.agencies) >= 2
    assert any(row.held for row in found.agencies)
    assert any(part.clock.is_paused for part in found.parts if part.clock)


def test_every_date_of_the_story_lies_behind_us_and_in_order(demo: str) -> None:
    now = timezone.now()
    for row in PerformanceSubmission.objects.all():
        steps = [at for at in (row.submitted_at, row.confirmed_at, row.reviewed_at, row.approved_at) if at]
        assert steps == sorted(steps), row
        assert all(at <= now for at in steps), row
    assert not AuditEntry.objects.filter(recorded_at__gt=now).exists()
    for case in Complaint.objects.prefetch_related("events"):
        times = [event.at for event in sorted(case.events.all(), key=lambda event: event.pk)]
        assert times == sorted(times), case
        assert times[0] == case.registered_at
        assert times[-1] <= now
    assert ComplaintEvent.objects.filter(code="registered").count() == 30


def test_published_editions_are_signed_frozen_and_waiting_for_print(demo: str) -> None:
    rows = SupervisionReport.objects.select_related("organization", "period__fiscal_year")
    assert {(row.organization.code, row.period.code, row.state) for row in rows} == {
        ("khuzestan", "1404-Q4", "approved"),
        ("khuzestan", "1405-Q1", "approved"),
        ("qom", "1405-Q1", "approved"),
    }
    for row in rows:
        package = R1Report.from_plain(row.package or {})
        assert package.digest == row.digest
        assert package.coverage.agencies.value == 1
        assert len({row.reviewed_by_id, row.confirmed_by_id, row.approved_by_id}) == 3
        assert row.drafted_at < row.reviewed_at < row.confirmed_at < row.approved_at
    prints = OutboxMessage.objects.filter(event="report.approved", done_at=None)
    assert {int(message.target_id) for message in prints} == {row.pk for row in rows}


def test_snapshots_say_what_stands_in_the_rows(demo: str) -> None:
    rows = SubmissionSnapshot.objects.filter(event="approved").select_related(
        "submission__agency", "submission__period__fiscal_year"
    )
    for row in (*rows[:2], *rows.order_by("-pk")[:2]):
        assert canonical(contents(row.submission)) == canonical(row.content)


def test_the_log_is_sound(demo: str) -> None:
    verdict = audit_check.verify()
    assert verdict.first is None
    assert verdict.entries == AuditEntry.objects.count() > 5_000


@pytest.mark.parametrize("name", [row.username for row in DEMO_PEOPLE])
def test_pages_of_every_demo_person_answer(demo: str, name: str, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset()
    client = Client()
    client.force_login(person(name))
    for path in (
        "/inbox/",
        "/dashboard/",
        "/consolidation/",
        "/reports/",
        "/desk/",
        "/projects/",
        "/periods/",
    ):
        status = client.get(path, follow=True).status_code
        assert status in {200, 403}, (name, path, status)


def test_a_second_loading_changes_nothing(demo: str) -> None:
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "بار نشد" in said.getvalue()
    assert Agency.objects.count() == 40


def test_the_demo_agency_has_agreements_in_the_making(demo: str) -> None:
    """An amendment of mock 12, half done, and one of its expense year: each says what still keeps it from being sent."""
    for model in (CapitalAgreement, ExpenseAgreement):
        draft = model.objects.get(agency__code="1001", state="draft")
        assert draft.amends is not None
        states = set(checks.state_of(draft).values())
        assert {"complete", "begun"} <= states
        assert any(problem.blocks for problem in checks.problems(draft))


def test_a_file_waits_in_its_preview_and_nothing_of_it_is_written(demo: str) -> None:
    batch = ImportBatch.objects.get()
    assert batch.state == "previewed"
    assert (batch.written, batch.count("error"), batch.count("left_out")) == (8, 2, 4)


def test_every_page_of_decisions_has_something_to_say(demo: str) -> None:
    """A late entry with its reason, a paused clock, an absence, and a rule whose trial found lines."""
    late = SubmissionClock.objects.get(sort="entry", late_days__gt=0)
    assert (late.submission.agency.code, bool(late.late_reason)) == ("1001", True)
    assert SubmissionClock.objects.filter(pauses__code="treasury", pauses__ended_at=None).exists()
    assert Absence.objects.standing().exists()
    assert RuleTrial.objects.get().figures["hits"] > 0
