"""States of a letter, as the domain guide §12 says: drafted and issued by consolidation, cancelled with a reason."""

from agreements import letters
from agreements.letters import ALLOCATION
from agreements.workflow import notices
from agreements.workflow.moves import ALLOCATION_MOVES
from tests.agreements import letter_cases
from tests.matrix import Machine

MACHINE = Machine(
    name="allocation",
    moves=ALLOCATION_MOVES,
    states=letter_cases.STATES,
    make=lambda cast, state: letter_cases.make(cast, ALLOCATION, state),
    call={
        "issue": lambda letter, by: notices.issue(
            ALLOCATION, letter.pk, seen=letters.seen_whole(ALLOCATION, letter), by=by
        ),
        "cancel": lambda letter, by: notices.cancel(ALLOCATION, letter.pk, reason=letter_cases.REASON, by=by),
    },
    expected={
        ("draft", "issue"): {"consolidation"},
        ("issued", "cancel"): {"consolidation"},
    },
)
