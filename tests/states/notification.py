"""States of a letter, as the domain guide §12 says: drafted and issued by consolidation, cancelled with a reason."""

from agreements import letters
from agreements.letters import NOTIFICATION
from agreements.workflow import notices
from agreements.workflow.moves import NOTIFICATION_MOVES
from tests.agreements import letter_cases
from tests.matrix import Machine

MACHINE = Machine(
    name="notification",
    moves=NOTIFICATION_MOVES,
    states=letter_cases.STATES,
    make=lambda cast, state: letter_cases.make(cast, NOTIFICATION, state),
    call={
        "issue": lambda letter, by: notices.issue(
            NOTIFICATION, letter.pk, seen=letters.seen_whole(NOTIFICATION, letter), by=by
        ),
        "cancel": lambda letter, by: notices.cancel(
            NOTIFICATION, letter.pk, reason=letter_cases.REASON, by=by
        ),
    },
    expected={
        ("draft", "issue"): {"consolidation"},
        ("issued", "cancel"): {"consolidation"},
    },
)
