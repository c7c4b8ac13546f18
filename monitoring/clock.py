"""What the hour brings: pauses that have used up their limit end, and roles are told before and after a due date."""

from budget_portal import clock
from monitoring.clocks import escalation

clock.register(escalation.resume_spent_pauses)
clock.register(escalation.escalate)
