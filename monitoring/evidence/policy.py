"""Which policy holds for a submission, and what it asks of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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

CODE = "EVIDENCE"
LACKING = (
    "عملکرد «{title}» نسبت به مقطع قبل {rise} میلیون ریال افزایش دارد و سندی پیوست ندارد. "
    "افزایش {amount} میلیون ریال و بیشتر سند می‌خواهد؛ صورت‌وضعیت یا سند هزینه را به همین ردیف پیوست کنید."
)
CONSOLIDATION_ONLY = "حد نصاب سند را گروه تلفیق تعیین می‌کند."
BEGUN = (
    "برای این مقطع پرونده‌ای فرستاده شده است؛ قاعدهٔ تازه از مقطعی آغاز می‌شود که هنوز کسی در آن نفرستاده باشد."
)


@dataclass(frozen=True)
class Rise:
    """By how much the spending of a line rose since the last approved cut-off, and how many documents it has."""

    key: LineKey
    title: str
    rise: int
    documents: int


def policy_for(submission: PerformanceSubmission) -> EvidencePolicy | None:
    """The one in force at the submission's cut-off: the newest that begins there or before."""
    rows = EvidencePolicy.objects.filter(
        organization=submission.agency.organization_id,
        kind=submission.kind,
        from_period__cutoff_date__lte=submission.period.cutoff_date,
    )
    return rows.order_by("-from_period__cutoff_date", "-pk").first()


def lacking(submission: PerformanceSubmission) -> list[tuple[Rise, str]]:
    """Lines that need a document and have none, each with its sentence."""
    policy = policy_for(submission)
    if policy is None or policy.amount is None:
        return []
    amount = int(policy.amount)
    return [
        (row, LACKING.format(title=row.title, rise=group(row.rise), amount=group(amount)))
        for row in rises(submission)
        if row.rise >= amount and not row.documents
    ]


def rises(submission: PerformanceSubmission) -> list[Rise]:
    """Every line with figures, in three queries."""
    capital = submission.kind == "capital"
    model: Any = CapitalFinanceLine if capital else ExpenseFinanceLine
    parts = ("project",) if capital else ("programme", "expense_chapter")
    rows = model.objects.filter(submission=submission, held=False).select_related("previous", *parts)
    found: dict[LineKey, tuple[str, int]] = {}
    for row in rows.order_by("pk"):
        key = LineKey.of(row)
        rise = (row.spent or 0) - ((row.previous.spent or 0) if row.previous else 0)
        title = str(row.project) if capital else f"{row.programme} – {row.expense_chapter}"
        found[key] = (title, found.get(key, (title, 0))[1] + rise)
    papers = documents_by_place(submission)
    return [Rise(key, title, rise, len(papers.get(_place(key), []))) for key, (title, rise) in found.items()]


def documents_by_place(submission: PerformanceSubmission) -> dict[LineKey, list[int]]:
    """Documents of projects and of whole programmes (a document names no chapter); of the whole under `whole`."""
    rows = SubmissionDocument.objects.filter(submission=submission, removed_at__isnull=True)
    found: dict[LineKey, list[int]] = {}
    for pk, project, programme in rows.values_list("pk", "project", "programme").order_by("pk"):
        found.setdefault(LineKey(project_id=project, programme_id=programme), []).append(pk)
    return found


def _place(key: LineKey) -> LineKey:
    return key if key.project_id else LineKey(programme_id=key.programme_id)


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
