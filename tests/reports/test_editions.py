"""An edition is drafted once, signed as it was read, and printed again when its print failed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from budget_portal import jobs, outbox
from budget_portal.errors import DomainError, NotAllowed, StaleVersion, WrongState
from budget_portal.models import AuditEntry, Job
from reports import jobs as printing
from reports.forms import NewReportForm
from reports.models import SupervisionReport
from reports.pdf_apart import PdfFailed
from reports.workflow import reports
from tests.cast import Cast
from tests.reports.making import make_report

pytestmark = pytest.mark.django_db

SIGNING = [
    ("draft", "review", "consolidation"),
    ("reviewed", "confirm", "deputy"),
    ("confirmed", "approve", "head"),
]


def test_a_new_report_is_offered_for_cut_offs_that_have_begun(cast: Cast) -> None:
    for cutoff, state in (("Q1", "published"), ("Q2", "open"), ("Q3", "planned")):
        cast.window(cutoff=cutoff, state=state)
    cast.period("Q4")
    offered = NewReportForm(user=cast.consolidation).fields["period"].queryset  # type: ignore[attr-defined]
    assert [period.cutoff for period in offered] == ["Q2", "Q1"]
    with pytest.raises(WrongState, match="باز نشده"):  # nor is it made past the form
        reports.draft(cast.period("Q3"), by=cast.consolidation)


# --- signing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "move", "who"), SIGNING)
def test_a_page_of_other_figures_signs_nothing(cast: Cast, state: str, move: str, who: str) -> None:
    report = make_report(cast, state)
    verb, person = getattr(reports, move), cast.person(who)
    with pytest.raises(StaleVersion):
        verb(report.pk, by=person, digest="0" * 64)
    report.refresh_from_db()
    assert report.state == state
    assert verb(report.pk, by=person, digest=report.digest).state != state


@pytest.mark.parametrize(("state", "move", "who"), SIGNING)
def test_the_page_says_what_it_shows(cast: Cast, state: str, move: str, who: str) -> None:
    report = make_report(cast, state)
    client = cast.client(who)
    page = client.get(reverse("reports:report-detail", args=[report.pk])).content.decode()
    assert f'name="digest" value="{report.digest}"' in page
    address = reverse("reports:report-sign", args=[report.pk, move])
    answer = client.post(address, {"digest": "1" * 64})
    assert answer.status_code == 409
    assert "ارقام این گزارش دوباره ساخته شده است" in answer.content.decode()
    assert "آنچه شما نوشتید" not in answer.content.decode()
    assert client.post(address, {"digest": report.digest}).status_code == 302


# --- drafting ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_draft_the_first_edition_at_once_and_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    period, person = cast.window(state="open").period, cast.consolidation
    gate, outcome, number = threading.Barrier(2), [], reports._number

    def together(*args: Any) -> str:
        gate.wait(timeout=20)
        return number(*args)

    monkeypatch.setattr(reports, "_number", together)

    def draft() -> None:
        try:
            outcome.append(str(reports.draft(period, by=person).edition))
        except DomainError as refusal:
            outcome.append(f"{refusal.status} {refusal.message}")
        finally:
            connection.close()

    threads = [threading.Thread(target=draft) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["1", f"409 {reports.UNFINISHED}"]
    assert SupervisionReport.objects.count() == 1


# --- printing again ---------------------------------------------------------------------------------------------


@pytest.fixture
def unprinted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> SupervisionReport:
    """Approved, and its print has failed."""

    def fail(*args: Any, **kwargs: Any) -> bytes:
        raise PdfFailed("PDF ساخته نشد.")

    report = make_report(cast, "confirmed")
    reports.approve(report.pk, by=cast.head)
    monkeypatch.setattr(printing, "_print", fail)
    outbox.deliver_all()
    _run()
    report.refresh_from_db()
    assert (report.job.state, report.pdf) == ("failed", None)
    return report


def _run() -> None:
    for job in Job.objects.filter(kind="report_print", state="queued"):
        jobs.run(job.pk)


def works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_print", lambda *args, **kwargs: b"%PDF-1.7")


@pytest.mark.parametrize("who", ["consolidation", "head"])
def test_a_failed_print_is_asked_for_again(
    cast: Cast, unprinted: SupervisionReport, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    client = cast.client(who)
    page = reverse("reports:report-detail", args=[unprinted.pk])
    address = reverse("reports:report-reprint", args=[unprinted.pk])
    shown = client.get(page).content.decode()
    assert address in shown
    assert "نسخهٔ چاپی ساخته نشد" in shown
    assert client.post(address).status_code == 302
    assert address not in client.get(page).content.decode()
    works(monkeypatch)
    _run()
    unprinted.refresh_from_db()
    assert unprinted.pdf is not None
    asked = AuditEntry.objects.get(event="report.reprint_asked")
    assert asked.actor == cast.person(who)


def test_who_may_not_print_again(cast: Cast, unprinted: SupervisionReport) -> None:
    for name in ("deputy", "auditor"):
        with pytest.raises(NotAllowed):
            reports.reprint(unprinted.pk, by=cast.person(name))


def test_only_what_is_not_printed_is_printed_again(
    cast: Cast, unprinted: SupervisionReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(report: SupervisionReport) -> bool:
        with pytest.raises(WrongState):
            reports.reprint(report.pk, by=cast.consolidation)
        return True

    assert refused(make_report(cast, "confirmed"))
    reports.reprint(unprinted.pk, by=cast.consolidation)
    assert refused(unprinted)  # it is on its way
    works(monkeypatch)
    _run()
    assert refused(unprinted)  # it is there


def test_two_prints_of_one_edition_are_one(
    cast: Cast, unprinted: SupervisionReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An effect delivered twice: the second job ends well and changes nothing."""
    works(monkeypatch)
    again: Callable[[], Job] = lambda: jobs.enqueue(  # noqa: E731
        "report_print", by=cast.head, title="چاپ", params={"report": unprinted.pk}
    )
    pair = again(), again()
    _run()
    assert {Job.objects.get(pk=job.pk).state for job in pair} == {"done"}
