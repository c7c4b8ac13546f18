"""Writes of the terms by which an organization's clocks run: consolidation keeps them, each with a reason.

Steps and their people are the timetable of the work, which the consolidation group answers for; holidays, the week and
office hours are facts of the country and the administrator's (decisions 14 and 21). What is laid down holds for
clocks that start from now on: those that run keep the terms they began with. Rows are withdrawn, never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from budget_portal import audit
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from monitoring.clocks import terms
from monitoring.models import EscalationTerms, PauseReason, StepTerms
from monitoring.models.clocks import Sort

if TYPE_CHECKING:
    from accounts.models import User

READERS = frozenset({"consolidation", "budget_deputy", "org_head", "auditor", "admin"})


def can_read(user: User) -> Decision:
    return Allowed() if user.role in READERS else Denied("مهلت گام‌ها را گروه تلفیق و معاونت می‌بینند.")


def can_lay(user: User) -> Decision:
    return (
        Allowed() if user.role == "consolidation" else Denied("مهلت گام‌ها را گروه تلفیق سازمان تعیین می‌کند.")
    )


@verb
def set_step(sort: str, *, by: User, days: int, minimum: int, basis: str, reason: str) -> StepTerms:
    require(can_lay(by))
    old = _current(StepTerms, by, sort=sort).first()
    before = _withdraw(old, by, reason)
    row = StepTerms(organization_id=_place(by), sort=sort, days=days, minimum_days=minimum, basis=basis)
    _write(row, by, reason)
    after = {"sort": sort, "days": days, "minimum": minimum, "basis": basis}
    audit.record("clock.step_laid", row, by=by, before=before, after=after, note=reason)
    return row


@verb
def set_reason(code: str, *, by: User, title: str, limit: int | None, reason: str) -> PauseReason:
    """A new reason to stop a clock, or another title or limit of one; the running pauses keep theirs."""
    require(can_lay(by))
    _take_over(PauseReason, by)
    old = _current(PauseReason, by, code=code).first()
    before = _withdraw(old, by, reason)
    row = PauseReason(organization_id=_place(by), code=code, title=title, limit_days=limit)
    _write(row, by, reason)
    audit.record(
        "clock.reason_laid", row, by=by, before=before, after={"title": title, "limit": limit}, note=reason
    )
    return row


@verb
def add_escalation(sort: str, *, by: User, days: int, role: str, reason: str) -> EscalationTerms:
    require(can_lay(by))
    _take_over(EscalationTerms, by)
    row = EscalationTerms(organization_id=_place(by), sort=sort, days=days, role=role)
    _write(row, by, reason)
    audit.record(
        "clock.escalation_added", row, by=by, after={"sort": sort, "days": days, "role": role}, note=reason
    )
    return row


@verb
def end_escalation(sort: str, *, by: User, days: int, role: str, reason: str) -> None:
    """Nobody of this role is told at this distance any more."""
    require(can_lay(by))
    _take_over(EscalationTerms, by)
    row = _current(EscalationTerms, by, sort=sort, days=days, role=role).first()
    if row is None:
        raise RuleBroken("این آگاهی دیگر برقرار نیست.")
    before = _withdraw(row, by, reason)
    audit.record("clock.escalation_ended", row, by=by, before=before, note=reason)


def _take_over(model: Any, by: User) -> None:
    """The first change of an organization begins from what the portal took until then."""
    if model.objects.filter(organization=_place(by)).exists():
        return
    rows: list[Any]
    if model is PauseReason:
        rows = [PauseReason(code=row.code, title=row.title, limit_days=row.limit) for row in terms.REASONS]
    else:
        rows = [
            EscalationTerms(sort=sort, days=days, role=role)
            for sort, pairs in terms.ESCALATIONS.items()
            for days, role in pairs
        ]
    for row in rows:
        row.organization_id, row.reason = _place(by), "پیش‌فرض سامانه"
        row.save()


def _current(model: Any, by: User, **facts: Any) -> Any:
    return model.objects.for_user(by).current().filter(organization=_place(by), **facts).select_for_update()


def _withdraw(row: Any, by: User, reason: str) -> dict[str, Any] | None:
    if row is None:
        return None
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = timezone.now(), by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    names = ("sort", "code", "title", "days", "minimum_days", "basis", "limit_days", "role")
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _write(row: Any, by: User, reason: str) -> None:
    row.recorded_by, row.reason = by, reason
    try:
        row.validate_constraints()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages), problem.messages) from problem
    row.save()


def _place(by: User) -> int:
    return by.acting.organization_id if by.acting else 0


SORTS = [(sort, label) for sort, label in Sort.choices if sort != Sort.ENTRY]
