"""Two people at once: one letter moves once, two letters never exceed one credit together, a year begins once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Agency
from agreements import in_force, letters
from agreements.drafting import starting
from agreements.ledger import Amounts, allocated
from agreements.letters import ALLOCATION, NOTIFICATION, Sort
from agreements.models import AllocationLine, ExpenseAgreement
from agreements.workflow import notices
from budget_portal.errors import DomainError, RuleBroken, WrongState
from budget_portal.models import AuditEntry
from tests.agreements import letter_cases
from tests.cast import Cast
from tests.factories import make_person
from tests.test_races import both_wait

pytestmark = pytest.mark.django_db(transaction=True)
Call = Callable[[], Any]


def together(held: Any, *calls: Call) -> list[DomainError | None]:
    """Each on a connection of its own; all wait for the row that is held, then one goes first."""
    outcome: list[DomainError | None] = []
    backends: list[int] = []

    def attempt(call: Call) -> None:
        try:
            connection.ensure_connection()
            backends.append(connection.connection.info.backend_pid)
            call()
            outcome.append(None)
        except DomainError as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[call]) for call in calls]
    with transaction.atomic():
        type(held)._default_manager.select_for_update().get(pk=held.pk)
        for thread in threads:
            thread.start()
        assert both_wait(backends, outcome)  # type: ignore[arg-type]
    for thread in threads:
        thread.join()
    return outcome


def test_two_of_an_agency_begin_its_year_once() -> None:
    cast = Cast()
    year, one, other = cast.fiscal_year.pk, cast.agency_user, cast.agency_head
    outcome = together(
        cast.agency, *(partial(starting.start_expense, year, by=person) for person in (one, other))
    )
    assert [type(told) for told in outcome if told] == [RuleBroken]
    assert ExpenseAgreement.objects.count() == 1


def people(cast: Cast) -> tuple[Any, Any]:
    return cast.consolidation, make_person("consolidation", cast.organization)


def issuing(sort: Sort, letter: Any, by: Any) -> Call:
    seen = letters.seen_whole(sort, letter)
    return lambda: notices.issue(sort, letter.pk, seen=seen, by=by)


@pytest.mark.parametrize("sort", [ALLOCATION, NOTIFICATION], ids=lambda sort: sort.name)
def test_one_letter_is_issued_and_cancelled_once_by_two_people(sort: Sort) -> None:
    cast = Cast()
    letter, (one, other) = letter_cases.make(cast, sort), people(cast)
    outcome = together(letter, issuing(sort, letter, one), issuing(sort, letter, other))
    assert sorted(type(told) for told in outcome if told) == [WrongState]
    outcome = together(
        letter,
        *(
            lambda by=by: notices.cancel(sort, letter.pk, reason=letter_cases.REASON, by=by)
            for by in (one, other)
        ),
    )
    assert sorted(type(told) for told in outcome if told) == [WrongState]
    events = AuditEntry.objects.filter(target_id=str(letter.pk), target_type=letter._meta.label_lower)
    for event in ("issued", "cancelled"):
        assert events.filter(event=f"{sort.model}.{event}").count() == 1


def test_two_letters_never_exceed_one_credit_together() -> None:
    cast = Cast()
    project, (one, other) = letter_cases.agreed_project(cast, cast.agency, 100_000), people(cast)
    line = {"project_id": project.pk, "amount": 60_000}
    first, second = (letter_cases.draft(cast, ALLOCATION, line) for _ in range(2))
    outcome = together(
        Agency.objects.get(pk=cast.agency.pk),
        issuing(ALLOCATION, first, one),
        issuing(ALLOCATION, second, other),
    )
    (refusal,) = [told for told in outcome if told]
    assert isinstance(refusal, RuleBroken)
    assert "۱۲۰٬۰۰۰" in refusal.problems[0]
    assert "اعتبار موافقتنامهٔ لازم‌الاجرا" in refusal.problems[0]
    rows = AllocationLine.objects.filter(notice__state="issued", project=project)
    assert sum(row.amount for row in rows) == 60_000


def test_two_conversions_never_exceed_one_advance_together() -> None:
    cast = Cast()
    project, (one, other) = letter_cases.agreed_project(cast, cast.agency, 100_000), people(cast)
    given = letter_cases.issued(
        cast, ALLOCATION, {"project_id": project.pk, "amount": 50_000, "is_advance": True}
    )
    advance = letter_cases.line_of(ALLOCATION, given)
    line = {"project_id": project.pk, "amount": 30_000, "converted_from_id": advance.pk}
    first, second = (letter_cases.draft(cast, ALLOCATION, line) for _ in range(2))
    outcome = together(
        Agency.objects.get(pk=cast.agency.pk),
        issuing(ALLOCATION, first, one),
        issuing(ALLOCATION, second, other),
    )
    (refusal,) = [told for told in outcome if told]
    assert isinstance(refusal, RuleBroken)
    assert "تنها ۲۰٬۰۰۰ باز است" in refusal.problems[0]
    key = (project.pk, advance.funding_source_id)
    day = cast.fiscal_year.starts_on
    assert allocated(letters.entries(ALLOCATION, first), day).get(key, Amounts()).total == 50_000
    assert in_force.credits(cast.agency.pk, cast.fiscal_year.pk, "capital", day)[key] == 100_000
