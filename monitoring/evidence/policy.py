"""Which policy holds for a submission, and what it asks of its lines."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import Organization, User
from agreements.models import ReportingPeriod
from budget_portal import audit
from budget_portal.digits import group
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from monitoring.lines import LineKey
from monitoring.models import (
    CapitalFinanceLine,
    EvidencePolicy,
    ExpenseFinanceLine,
    PerformanceSubmission,
    SubmissionDocument,
)
from monitoring.rules.base import Hit, Severity

CODE = "EVIDENCE"
LACKING = (
    "عملکرد این ردیف، با همهٔ منابع آن، نسبت به مقطع قبل {rise} میلیون ریال افزایش دارد و سندی پیوست ندارد. "
    "افزایش {amount} میلیون ریال و بیشتر سند می‌خواهد؛ صورت‌وضعیت یا سند هزینه را به همین ردیف پیوست کنید."
)
NEWEST = ("-from_period__cutoff_date", "-pk")
CONSOLIDATION_ONLY = "حد نصاب سند را گروه تلفیق تعیین می‌کند."
BEGUN = (
    "برای این مقطع پرونده‌ای فرستاده شده است؛ قاعدهٔ تازه از مقطعی آغاز می‌شود که هنوز کسی در آن نفرستاده باشد."
)


def policy_for(submission: PerformanceSubmission) -> EvidencePolicy | None:
    """The one in force at the submission's cut-off: the newest that begins there or before."""
    rows = EvidencePolicy.objects.filter(
        organization=submission.agency.organization_id,
        kind=submission.kind,
        from_period__cutoff_date__lte=submission.period.cutoff_date,
    )
    return rows.order_by(*NEWEST).first()


def with_evidence(rows: Any, *, submission: str = "submission") -> Any:
    """Money lines with what is demanded of them: `evidence_from`, the amount in force, and whether they have
    `papers` (a document names no chapter: that of a programme serves all of its chapters)."""
    capital = rows.model is CapitalFinanceLine
    part = "project" if capital else "programme"
    policies = EvidencePolicy.objects.filter(
        organization=OuterRef(f"{submission}__agency__organization"),
        kind=OuterRef(f"{submission}__kind"),
        from_period__cutoff_date__lte=OuterRef(f"{submission}__period__cutoff_date"),
    )
    papers = SubmissionDocument.objects.filter(
        submission=OuterRef(submission), removed_at=None, **{part: OuterRef(part)}
    )
    return rows.annotate(
        evidence_from=Subquery(policies.order_by(*NEWEST).values("amount")[:1]), papers=Exists(papers)
    )


def hits(lines: Iterable[Any]) -> list[tuple[Any, Hit]]:
    """Lines that need a document and have none, each at its source that rose most. The first row of every line
    comes as `with_evidence` reads it."""
    found = []
    for rows in _by_key(lines).values():
        amount, rise = rows[0].evidence_from, sum(map(_rise, rows))
        if amount is not None and rise >= amount and not rows[0].papers:
            found.append((max(rows, key=_rise), _lacking(rise, amount)))
    return found


def _lacking(rise: int, amount: int) -> Hit:
    return Hit(
        code=CODE,
        severity=Severity.BLOCK,
        cell="spent",
        sentence=LACKING.format(rise=group(rise), amount=group(amount)),
        expected=None,
        actual=rise,
        difference=None,
    )


def rises(submission: PerformanceSubmission) -> dict[LineKey, int]:
    """By how much the spending of every line rose since the last approved cut-off."""
    model: Any = CapitalFinanceLine if submission.kind == "capital" else ExpenseFinanceLine
    rows = model.objects.filter(submission=submission, held=False).select_related("previous").order_by("pk")
    return {key: sum(map(_rise, own)) for key, own in _by_key(rows).items()}


def _by_key(lines: Iterable[Any]) -> dict[LineKey, list[Any]]:
    found: dict[LineKey, list[Any]] = {}
    for row in lines:
        found.setdefault(LineKey.of(row), []).append(row)
    return found


def _rise(row: Any) -> int:
    """Of a line that travels; a held one is missing."""
    return 0 if row.held else (row.spent or 0) - ((row.previous.spent or 0) if row.previous else 0)


def documents_by_place(submission: PerformanceSubmission) -> dict[LineKey, list[int]]:
    """Documents of projects and of whole programmes (a document names no chapter); of the whole under `whole`."""
    rows = SubmissionDocument.objects.filter(submission=submission, removed_at__isnull=True)
    found: dict[LineKey, list[int]] = {}
    for pk, project, programme in rows.values_list("pk", "project", "programme").order_by("pk"):
        found.setdefault(LineKey(project_id=project, programme_id=programme), []).append(pk)
    return found


def may_set(user: User) -> Decision:
    return Allowed() if user.role == "consolidation" else Denied(CONSOLIDATION_ONLY)


@verb
def set_policy(
    organization: Organization,
    kind: str,
    *,
    by: User,
    from_period: ReportingPeriod,
    amount: int | None,
    sample_share: Decimal,
    sample_least: int,
    note: str,
) -> EvidencePolicy:
    """A new row; it begins at a cut-off in which nobody has sent anything yet."""
    require(may_set(by))
    if by.acting is None or by.acting.organization_id != organization.pk:
        require(Denied(CONSOLIDATION_ONLY))
    sent = PerformanceSubmission.objects.filter(
        agency__organization=organization, period=from_period, kind=kind, revision__gt=0
    )
    if sent.exists():
        raise RuleBroken(BEGUN)
    row = EvidencePolicy.objects.create(
        organization=organization,
        kind=kind,
        from_period=from_period,
        amount=amount,
        sample_share=sample_share,
        sample_least=sample_least,
        note=note,
        set_by=by,
    )
    facts = {
        "kind": kind,
        "from": from_period.code,
        "amount": amount,
        "share": sample_share,
        "least": sample_least,
    }
    audit.record("evidence.policy_set", row, by=by, after=facts, note=note)
    return row
