"""Four different people across substitutes: by the verbs, and by the database whoever asks."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from budget_portal.errors import NotAllowed
from budget_portal.moves import verb
from monitoring import permissions, visits
from monitoring.models import PerformanceSubmission, SubmissionAuthor
from monitoring.review import decisions
from monitoring.workflow import submissions
from monitoring.workflow import visits as moves
from tests.accounts.letters import stand_in
from tests.builders import REASON, make_expense_case
from tests.cast import Cast
from tests.factories import make_person
from tests.monitoring import visit_cases


def case(cast: Cast, state: str) -> PerformanceSubmission:
    return make_expense_case(cast, chapters=("1",), activities=False, filled=True).at(state).submission


def test_a_substitute_confirms_and_both_are_written(cast: Cast) -> None:
    row = case(cast, "submitted")
    by = stand_in(cast, cast.treasurer, cast.complaints)
    decisions.accept_each(row, by=by)
    row = submissions.confirm(row.pk, by=by)
    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_for.principal) == (by, cast.treasurer)
    # The treasurer himself stays who he is: nothing of that step is taken from him.
    row = submissions.return_to_agency(
        submissions.start_review(row.pk, by=cast.expert).pk,
        by=cast.expert,
        lines=[submissions.Return(REASON)],
    )
    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_for) == (None, None)


def test_who_entered_for_another_makes_both_authors(cast: Cast) -> None:
    row = case(cast, "draft")
    by = stand_in(cast, cast.agency_user, cast.consolidation)
    submissions.submit(row.pk, by=by, accept_missing=True)
    names = {(a.person, a.on_behalf_of and a.on_behalf_of.principal) for a in SubmissionAuthor.objects.all()}
    assert (by, cast.agency_user) in names
    # He comes back in his own role: the same person, and the database says so too.
    row.refresh_from_db()
    assert not permissions.can(cast.consolidation, row, "approve")
    for person in (cast.consolidation, cast.agency_user):
        assert refused(row, "confirmed", person) in {
            "submission_authors_apart",
            "submission_four_people",
            APART,
        }


APART = "monitoring_performancesubmission_persons_apart"


def test_a_substitute_writes_the_visit_of_an_expert_on_its_page(cast: Cast) -> None:
    visit = visit_cases.fill(visit_cases.plan(cast, None))
    by = stand_in(cast, cast.expert, cast.complaints)
    client, address = cast.client("complaints"), reverse("monitoring:visit", args=[visit.pk])
    client.post(reverse("accounts:role"), {"membership": by.acting.pk})
    assert 'name="version"' in client.get(address).content.decode()
    assert client.post(reverse("monitoring:visit-preview", args=[visit.pk]), {}).status_code == 200
    assert visits.can_write(by, visit)
    assert 'name="version"' not in cast.client("expert2").get(address).content.decode()


def test_nobody_confirms_a_visit_that_was_handed_in_in_the_own_name(cast: Cast) -> None:
    visit = visit_cases.fill(visit_cases.plan(cast, None))
    by = stand_in(cast, cast.expert, cast.consolidation)
    visit = moves.submit(moves.mark_done(visit.pk, by=by).pk, by=by)
    with pytest.raises(NotAllowed):
        moves.confirm(visit.pk, by=cast.consolidation)


@pytest.mark.parametrize("who", ["substitute", "principal", "another_substitute"])
def test_substitute_and_principal_are_one_person(cast: Cast, who: str) -> None:
    """The expert confirmed as the treasurer's substitute: neither of the two, nor a third one for either,
    takes another step."""
    row = case(cast, "submitted")
    by = stand_in(cast, cast.treasurer, cast.complaints)
    decisions.accept_each(row, by=by)
    submissions.confirm(row.pk, by=by)
    submissions.start_review(row.pk, by=cast.expert)
    row.refresh_from_db()
    if who == "substitute":
        person = stand_in(cast, cast.expert, cast.complaints)
    elif who == "principal":
        person = stand_in(cast, cast.expert, cast.treasurer)
    else:
        person = _for(cast, cast.treasurer)
    assert not permissions.can(person, row, "mark_reviewed")
    with pytest.raises(NotAllowed):
        submissions.mark_reviewed(row.pk, by=person)
    assert refused_as(row, "reviewed", person) == APART


def _for(cast: Cast, principal: User) -> User:
    """Somebody else who stands in for the same person, in another role of his."""
    office = cast.membership(principal, "budget_expert", cast.group)
    return stand_in(cast, principal, make_person("auditor", cast.organization), membership=office)


def test_nobody_takes_two_steps_as_the_substitute_of_two(cast: Cast) -> None:
    row = case(cast, "submitted")
    by = stand_in(cast, cast.treasurer, cast.complaints)
    decisions.accept_each(row, by=by)
    submissions.confirm(row.pk, by=by)
    row.refresh_from_db()
    assert refused_as(row, "reviewed", stand_in(cast, cast.expert, cast.complaints)) == APART


def test_a_reopening_is_asked_and_done_by_two_across_substitutes(cast: Cast) -> None:
    row = case(cast, "approved")
    submissions.ask_reopen(row.pk, by=stand_in(cast, cast.consolidation, cast.complaints), reason=REASON)
    for principal, substitute in ((cast.deputy, cast.complaints), (cast.deputy, cast.consolidation)):
        with transaction.atomic():
            by = stand_in(cast, principal, substitute) if substitute != cast.deputy else cast.deputy
            with pytest.raises(NotAllowed):
                submissions.reopen(row.pk, by=by)
            transaction.set_rollback(True)
    submissions.reopen(row.pk, by=cast.deputy)


def test_for_whom_was_signed_is_not_rewritten(cast: Cast) -> None:
    row = case(cast, "submitted")
    by = stand_in(cast, cast.treasurer, cast.complaints)
    decisions.accept_each(row, by=by)
    submissions.confirm(row.pk, by=by)
    PerformanceSubmission.objects.filter(pk=row.pk).update(confirmed_for=None)
    row.refresh_from_db()
    assert row.confirmed_for is not None


@verb
def _written(row: PerformanceSubmission, step: str, *, by: User) -> None:
    PerformanceSubmission.objects.filter(pk=row.pk).update(**{f"{step}_by": by, f"{step}_at": timezone.now()})


def refused_as(row: PerformanceSubmission, step: str, person: User) -> str:
    """Which constraint refuses a step that somebody takes past the verbs, by whose letter the transaction knows."""
    with pytest.raises(IntegrityError) as found, transaction.atomic():
        _written(row, step, by=person)
    return str(found.value.__cause__.diag.constraint_name)


def refused(row: PerformanceSubmission, step: str, person: User) -> str:
    """The same by SQL alone."""
    with pytest.raises(IntegrityError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE monitoring_performancesubmission SET {step}_by_id = %s, {step}_at = now() WHERE id = %s",
            [person.pk, row.pk],
        )
    return str(found.value.__cause__.diag.constraint_name)
