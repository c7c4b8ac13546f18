"""Random lives of one submission beside a small model: any person tries anything at any time (reliability guide, P2, P3).

The model knows the guide's sentences and nothing of the portal: who may, from which state, which lines are open, who
has already acted. What it allows must be done, what it refuses must change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Membership, User
from budget_portal.errors import DomainError
from budget_portal.models import AuditEntry
from monitoring import entry
from monitoring.models import PerformanceSubmission
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_expense_case
from tests.factories import World, make_person
from tests.states.submission import MACHINE

# Person → the roles the person holds. Those with two put on one hat or the other; four eyes look at the person.
PEOPLE = {
    "clerk": ("agency_user",),
    "colleague": ("agency_user", "budget_expert"),
    "treasurer": ("treasurer",),
    "accountant": ("treasurer", "budget_expert"),
    "expert": ("budget_expert",),
    "reviewer": ("budget_expert", "consolidation"),
    "consolidator": ("consolidation",),
    "deputy": ("budget_deputy",),
    "all-round": ("consolidation", "budget_deputy"),
}
PLACES = {"agency_user": "agency", "treasurer": "agency", "budget_expert": "group"}
HATS = sorted((name, role) for name, roles in PEOPLE.items() for role in roles)
SIGNED = {"confirm": "confirmed", "mark_reviewed": "reviewed", "approve": "approved"}
RETURNS = {
    "treasurer": {"submitted"},
    "budget_expert": {"treasurer_confirmed", "under_review"},
    "consolidation": {"expert_reviewed"},
}
WHOLE = -1
LINES = st.sampled_from([{0}, {1}, {0, 1}, {WHOLE}])


@dataclass
class Model:
    """What the guide says of one submission."""

    figures: list[int]
    state: str = "draft"
    revision: int = 0
    open_lines: set[int] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    signed: dict[str, str] = field(default_factory=dict)
    asked_by: str | None = None
    approved: list[list[int]] = field(default_factory=list)
    accepted: dict[int, str] = field(default_factory=dict)  # by whom a line was accepted for the treasurer

    def may_edit(self, role: str, line: int) -> bool:
        if role != "agency_user":
            return False
        if self.state in {"returned", "reopened"}:
            return bool(self.open_lines & {line, WHOLE})
        return self.state == "draft"

    def may(self, move: str, person: str, role: str) -> bool:
        return role in MACHINE.expected.get((self.state, move), ()) and self._is_another(move, person)

    def may_return(self, role: str) -> bool:
        return self.state in RETURNS.get(role, ())

    def may_ask(self, role: str) -> bool:
        return role == "consolidation" and self.state == "approved" and self.asked_by is None

    def _is_another(self, move: str, person: str) -> bool:
        if move in {"submit", "return"}:
            return True
        if move == "reopen":
            return self.asked_by not in {None, person}
        earlier = {"confirm": (), "start_review": ("confirmed",), "mark_reviewed": ("confirmed",)}
        steps = earlier.get(move, ("confirmed", "reviewed"))
        others = set() if move == "confirm" else set(self.accepted.values())
        return person not in self.authors | others | {self.signed.get(step) for step in steps}

    def forget(self, state: str, opened: set[int]) -> None:
        self.state, self.open_lines, self.signed = state, opened, {}
        self.accepted = {line: who for line, who in self.accepted.items() if not opened & {line, WHOLE}}


class Life(RuleBasedStateMachine):
    case: Case
    people: dict[tuple[str, str], User]
    steps = refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.pk = self.case.submission.pk
        self.lines = [line.pk for line in self.case.lines]
        self.model = Model(
            figures=[line.commitments_open for line in self.case.lines],
            authors={self._name(author.person_id) for author in self.row.authors.all()},
        )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @property
    def row(self) -> PerformanceSubmission:
        return PerformanceSubmission.objects.get(pk=self.pk)

    def _name(self, pk: int | None) -> str | None:
        return next((name for (name, _), user in self.people.items() if user.pk == pk), None)

    @rule(hat=st.sampled_from(HATS), line=st.sampled_from([0, 1]), figure=st.integers(0, 900))
    def edit(self, hat: tuple[str, str], line: int, figure: int) -> None:
        self._edit(hat, line, figure)

    def _edit(self, hat: tuple[str, str], line: int, figure: int) -> None:
        def save() -> None:
            entry.save_cell(
                "expense",
                self.lines[line],
                "commitments_open",
                str(figure),
                version=None,
                by=self.people[hat],
            )

        if self._tried(self.model.may_edit(hat[1], line), save):
            self.model.authors.add(hat[0])  # whoever writes answers for it, the same figure too
            self.model.figures[line] = figure

    @rule(
        hat=st.sampled_from(HATS),
        move=st.sampled_from(["submit", "confirm", "start_review", "mark_reviewed", "approve", "reopen"]),
    )
    def step(self, hat: tuple[str, str], move: str) -> None:
        self._step(hat, move)

    @rule(choice=st.data())
    def whatever_is_allowed(self, choice: st.DataObject) -> None:
        """Chance alone seldom finds the one who may."""
        model, moves = self.model, [move for move in MACHINE.call if not move.startswith("return")]
        allowed: list[Callable[[], None]] = [
            partial(self._step, hat, move) for hat in HATS for move in moves if model.may(move, *hat)
        ]
        for hat in HATS:
            if model.may_return(hat[1]):
                allowed.append(partial(self._send_back, hat, choice.draw(LINES)))
            if model.may_ask(hat[1]):
                allowed.append(partial(self._ask_reopen, hat))
            allowed += [partial(self._edit, hat, line, 7) for line in (0, 1) if model.may_edit(hat[1], line)]
        if allowed:
            choice.draw(st.sampled_from(allowed))()

    whatever_else_is_allowed = whatever_is_allowed
    anything_allowed = whatever_is_allowed

    def _step(self, hat: tuple[str, str], move: str) -> None:
        by = self.people[hat]

        def call() -> None:
            MACHINE.make_ready(move, self.row, by)
            MACHINE.call[move](self.row, by)

        if not self._tried(self.model.may(move, *hat), call):
            return
        model = self.model
        model.state = MACHINE.moves[move].target
        if move == "submit":
            model.revision, model.open_lines = model.revision + 1, set()
            model.authors.add(hat[0])
        if move == "confirm":
            for line in (0, 1):
                if model.accepted.get(line) in {None, *model.authors}:
                    model.accepted[line] = hat[0]
        if move in SIGNED:
            model.signed[SIGNED[move]] = hat[0]
        if move == "approve":
            model.approved.append(list(model.figures))
        if move == "reopen":
            model.forget("reopened", {WHOLE})
            model.asked_by = None

    @rule(hat=st.sampled_from(HATS), lines=LINES)
    def send_back(self, hat: tuple[str, str], lines: set[int]) -> None:
        self._send_back(hat, lines)

    def _send_back(self, hat: tuple[str, str], lines: set[int]) -> None:
        marks = [Return(REASON)] if lines == {WHOLE} else [self._mark(line) for line in sorted(lines)]

        def call() -> None:
            submissions.return_to_agency(self.pk, by=self.people[hat], lines=marks)

        if self._tried(self.model.may_return(hat[1]), call):
            self.model.forget("returned", lines)

    def _mark(self, line: int) -> Return:
        programme, chapter, _ = self.case.lines_of[line]
        return Return(REASON, programme_id=programme.pk, expense_chapter_id=chapter.pk)

    @rule(hat=st.sampled_from(HATS))
    def ask_reopen(self, hat: tuple[str, str]) -> None:
        self._ask_reopen(hat)

    def _ask_reopen(self, hat: tuple[str, str]) -> None:
        if self._tried(
            self.model.may_ask(hat[1]),
            lambda: submissions.ask_reopen(self.pk, by=self.people[hat], reason=REASON),
        ):
            self.model.asked_by = hat[0]

    def _tried(self, allowed: bool, call: Callable[[], Any]) -> bool:
        """Done when the model allows it, refused and without a trace when it does not."""
        Life.steps += 1
        before = self._trace()
        try:
            with transaction.atomic():
                call()
        except (DomainError, PermissionDenied, ObjectDoesNotExist) as error:
            assert not allowed, f"the model allows it: {error!r}"
            assert self._trace() == before
            Life.refused += 1
            return False
        assert allowed, "the model refuses it"
        return True

    def _trace(self) -> tuple[Any, ...]:
        row = self.row
        figures = [line.commitments_open for line in self.case.lines]
        return row.state, row.revision, figures, AuditEntry.objects.order_by("-pk").values_list("pk").first()

    @invariant()
    def portal_and_model_agree(self) -> None:
        row, model = self.row, self.model
        assert (row.state, row.revision) == (model.state, model.revision)
        assert [line.commitments_open for line in self.case.lines] == model.figures
        for step in SIGNED.values():
            assert self._name(getattr(row, f"{step}_by_id")) == model.signed.get(step)
        approved = row.snapshots.filter(event="approved").order_by("pk")
        kept = [[line["commitments_open"] for line in snapshot.content["lines"]] for snapshot in approved]
        assert kept == model.approved


def cast_of(world: World) -> dict[tuple[str, str], User]:
    """One user object per hat, each acting through its own membership."""
    found: dict[tuple[str, str], User] = {}
    for name, roles in PEOPLE.items():
        first = make_person(roles[0], getattr(world, PLACES.get(roles[0], "organization")))
        found[name, roles[0]] = first
        for role in roles[1:]:
            place = {"sector_group": world.group} if role == "budget_expert" else {}
            membership = Membership.objects.create(
                user=first, role=role, organization=world.organization, valid_from="2020-01-01", **place
            )
            found[name, role] = User.objects.get(pk=first.pk).act_through(membership)
    return found


def live(lives: int, steps: int) -> str:
    case = make_expense_case(chapters=("1", "2"), activities=False, filled=True)
    Life.case, Life.people, Life.steps, Life.refused = case, cast_of(case.who), 0, 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a life takes seconds: the first failing one is told as it is
            suppress_health_check=list(HealthCheck),
        ),
    )
    return f"P2: {Life.steps} random attempts ({Life.refused} refused): portal and model agree after each"


@pytest.mark.django_db
def test_a_few_random_lives(figure: Callable[[str], None]) -> None:
    figure(live(lives=8, steps=40))
    assert Life.refused
    assert Life.steps > Life.refused


@pytest.mark.drill
@pytest.mark.django_db
def test_many_random_lives(figure: Callable[[str], None]) -> None:
    figure(live(lives=120, steps=60))
    assert Life.steps >= 5_000
