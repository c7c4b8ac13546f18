"""Moves of a report edition: drafted and reviewed by consolidation, confirmed by the deputy, approved by the head."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import Organization, User
from accounts.standing import persons_of
from agreements.models import ReportingPeriod
from budget_portal import audit, jobs, outbox
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import Move, table, verb
from reports.models import SupervisionReport

MOVES = table(
    Move("review", ("draft",), "reviewed", ("consolidation",), "report.reviewed", "بررسی شد"),
    Move("confirm", ("reviewed",), "confirmed", ("budget_deputy",), "report.confirmed", "تأیید گزارش"),
    Move("approve", ("confirmed",), "approved", ("org_head",), "report.approved", "تصویب و انتشار"),
    Move("return_to_draft", ("reviewed", "confirmed"), "draft", ("budget_deputy", "org_head"),
         "report.returned", "برگشت به پیش‌نویس"),
)  # fmt: skip
SIGNATURES = ("reviewed", "confirmed", "approved")
# Asked again without a change of state: a build that failed, was cancelled or is outdated; a print that failed.
REBUILD = Move("rebuild", ("draft",), "draft", ("consolidation",), "report.rebuild_asked", "ساخت دوباره")
REPRINT = Move("reprint", ("approved",), "approved", ("consolidation", "org_head"),
               "report.reprint_asked", "ساخت دوبارهٔ نسخهٔ چاپی")  # fmt: skip
UNFINISHED = "ویرایشی از این گزارش هنوز منتشر نشده است؛ نخست همان را به پایان ببرید."
NOT_BEGUN = "پنجرهٔ این مقطع هنوز باز نشده است؛ گزارش پس از آغاز مقطع ساخته می‌شود."
REPLACED = "ارقام این گزارش دوباره ساخته شده است. صفحه را دوباره باز کنید و ارقام تازه را ببینید."


def can_draft(user: User | None) -> Decision:
    if user is not None and user.role == "consolidation":
        return Allowed()
    return Denied("گزارش تازه را گروه تلفیق بودجه می‌سازد.")


def can(user: User | None, report: SupervisionReport, name: str) -> Decision:
    """Role, then person (three signers differ), then state and a built package."""
    move = MOVES[name]
    for decision in (has_role(user, move), _another_signer(user, report, name), in_state(report, move)):
        if not decision:
            return decision
    if name == "review" and report.package is None:
        return Denied("گزارش هنوز ساخته نشده است؛ پس از پایان ساخت آن را بررسی کنید.", "state")
    return Allowed()


@verb
def draft(
    period: ReportingPeriod,
    *,
    by: User,
    level: str = "organization",
    agency: Any = None,
    sector_group: Any = None,
    county: Any = None,
) -> SupervisionReport:
    """A new edition of R1 for a scope; the worker builds its package."""
    require(can_draft(by))
    acting = by.acting
    assert acting is not None  # noqa: S101 - has a role, hence a membership
    if not ReportingPeriod.objects.begun(by).filter(pk=period.pk).exists():
        raise WrongState(NOT_BEGUN)
    scope = {"agency": agency, "sector_group": sector_group, "county": county}
    number = _number(period, level, agency or sector_group or county)
    # Two first drafts find no edition to lock: they wait for each other at their organization.
    Organization.objects.select_for_update(no_key=True).get(pk=acting.organization_id)
    editions = SupervisionReport.objects.filter(organization=acting.organization, number=number)
    last = editions.order_by("-edition").first()
    if last is not None and last.state != "approved":
        raise WrongState(UNFINISHED)
    report = SupervisionReport.objects.create(
        organization=acting.organization, period=period, level=level, number=number,
        edition=last.edition + 1 if last else 1, supersedes=last, drafted_by=by, **scope,
    )  # fmt: skip
    audit.record("report.drafted", report, by=by, after={"number": number, "edition": report.edition})
    request_build(report, by)
    return report


def can_rebuild(user: User | None, report: SupervisionReport) -> Decision:
    return has_role(user, REBUILD) and in_state(report, REBUILD) and _idle(report)


def can_reprint(user: User | None, report: SupervisionReport) -> Decision:
    """Only while the print is missing: it comes once."""
    if report.pdf_id is not None:
        return has_role(user, REPRINT) and Denied("نسخهٔ چاپی این ویرایش ساخته شده است.", "state")
    return has_role(user, REPRINT) and in_state(report, REPRINT) and _idle(report)


@verb
def rebuild(report_id: int, *, by: User) -> SupervisionReport:
    """Build the draft anew from the figures of now (after a failed, cancelled or returned one)."""
    report: SupervisionReport = SupervisionReport.objects.for_user(by).locked(report_id)
    require(can_rebuild(by, report))
    request_build(report, by)
    audit.record(REBUILD.event, report, by=by)
    return report


@verb
def reprint(report_id: int, *, by: User) -> SupervisionReport:
    """Print the published edition after its print failed or was cancelled."""
    report: SupervisionReport = SupervisionReport.objects.for_user(by).locked(report_id)
    require(can_reprint(by, report))
    request_print(report, by)
    audit.record(REPRINT.event, report, by=by)
    return report


@verb
def review(report_id: int, *, by: User, digest: str | None = None) -> SupervisionReport:
    """تهیه‌کننده: what the worker built is read and stands. `digest`: of the figures that were read."""
    return _sign(report_id, "review", by, digest)


@verb
def confirm(report_id: int, *, by: User, digest: str | None = None) -> SupervisionReport:
    """تأییدکننده"""
    return _sign(report_id, "confirm", by, digest)


@verb
def approve(report_id: int, *, by: User, digest: str | None = None) -> SupervisionReport:
    """تصویب‌کننده: the edition is published; its PDF is printed with all signatures by the worker."""
    return _sign(report_id, "approve", by, digest, pdf=None)


@verb
def return_to_draft(report_id: int, *, by: User, reason: str) -> SupervisionReport:
    report = _locked(report_id, by, "return_to_draft")
    if not reason.strip():
        raise RuleBroken("دلیل برگشت گزارش را بنویسید.")
    for step in SIGNATURES:
        setattr(report, f"{step}_at", None)
        setattr(report, f"{step}_by", None)
    report.return_reason = reason
    fields = [f"{step}_{part}" for step in SIGNATURES for part in ("at", "by")]
    return _move(report, "return_to_draft", by, "return_reason", *fields, note=reason)


def request_build(report: SupervisionReport, by: User) -> None:
    report.job = jobs.enqueue(
        "report", by=by, title=f"ساخت گزارش {report.number}", params={"report": report.pk}
    )
    report.save(update_fields=["job"])


def request_print(report: SupervisionReport, by: User) -> None:
    report.job = jobs.enqueue(
        "report_print", by=by, title=f"چاپ گزارش {report.number}", params={"report": report.pk}
    )
    report.save(update_fields=["job"])


def _idle(report: SupervisionReport) -> Decision:
    if report.job is not None and report.job.state in jobs.OPEN:
        return Denied("این گزارش در حال ساخت است.", "state")
    return Allowed()


def _number(period: ReportingPeriod, level: str, place: Any) -> str:
    parts = ["R1", period.code]
    if place is not None:
        parts.append(str(place.code))
    elif level == "country":
        parts.append("IR")
    return "-".join(parts)


def _another_signer(user: User | None, report: SupervisionReport, name: str) -> Decision:
    before = {"confirm": ("reviewed",), "approve": ("reviewed", "confirmed")}
    if user is not None and user.persons & persons_of(report, *before.get(name, ())):
        return Denied("تهیه، تأیید و تصویب گزارش با سه نفر است.")
    return Allowed()


def _sign(report_id: int, name: str, by: User, digest: str | None, **changes: Any) -> SupervisionReport:
    report = _locked(report_id, by, name)
    if digest is not None and digest != report.digest:
        raise StaleVersion(REPLACED)
    step = MOVES[name].target
    changes |= {f"{step}_at": timezone.now(), f"{step}_by": by}
    for field, value in changes.items():
        setattr(report, field, value)
    return _move(report, name, by, *changes)


def _locked(report_id: int, by: User, name: str) -> SupervisionReport:
    report: SupervisionReport = SupervisionReport.objects.for_user(by).locked(report_id)
    require(can(by, report, name))
    return report


def _move(report: SupervisionReport, name: str, by: User, *fields: str, note: str = "") -> SupervisionReport:
    move, before = MOVES[name], report.state
    report.state = move.target
    report.save(update_fields=["state", *fields])
    audit.record(
        move.event, report, by=by, before={"state": before},
        after={"state": report.state, "digest": report.digest}, note=note,
    )  # fmt: skip
    outbox.add(move.event, report, by=by.pk)
    return report
