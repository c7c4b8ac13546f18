"""States of a field visit, as the domain guide §12 and decision 21 say."""

from monitoring.workflow import visits
from tests.matrix import Machine
from tests.monitoring import visit_cases as cases

REASON = "عکس دوم تار است و محل را نشان نمی‌دهد."

MACHINE = Machine(
    name="visit",
    moves=visits.VISIT_MOVES,
    states=cases.STATES,
    # Planned, but filled in: whether a move is allowed shall not hang on an empty form.
    make=lambda cast, state: cases.bring_on(cast, cases.fill(cases.plan(cast, None)), state),
    call={
        "mark_done": lambda visit, by: visits.mark_done(visit.pk, by=by),
        "submit": lambda visit, by: visits.submit(visit.pk, by=by),
        "return_to_expert": lambda visit, by: visits.return_to_expert(visit.pk, by=by, reason=REASON),
        "confirm": lambda visit, by: visits.confirm(visit.pk, by=by),
        "reply": lambda visit, by: visits.reply(visit.pk, by=by, text="تا پایان ماه برطرف می‌شود."),
        "close": lambda visit, by: visits.close(visit.pk, by=by),
    },
    expected={
        ("planned", "mark_done"): {"budget_expert"},
        ("done", "submit"): {"budget_expert"},
        ("submitted", "return_to_expert"): {"consolidation"},
        ("submitted", "confirm"): {"consolidation"},
        ("confirmed", "reply"): {"agency_user"},
        ("confirmed", "close"): {"budget_expert"},
        ("agency_replied", "close"): {"budget_expert"},
    },
)
