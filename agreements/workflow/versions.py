"""Moves of an agreement version: sign, review, return, exchange (domain guide §12), and what reviewers say of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.decisions import require
from agreements import agreement_rights as rights
from agreements.credit_floor import kept_above_allocation
from agreements.drafting import cells, checks, document, spec
from agreements.models import AgreementRemark, CapitalAgreement, ExpenseAgreement
from agreements.workflow.moves import AGREEMENT_MOVES as MOVES
from budget_portal import audit, jalali, outbox
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.moves import verb
from budget_portal.text import normalise

if TYPE_CHECKING:
    from accounts.models import User

Agreement = CapitalAgreement | ExpenseAgreement
MODELS: dict[str, Any] = {"capital": CapitalAgreement, "expense": ExpenseAgreement}
SYSTEMS = {"nezarat4": "نظارت ۴", "saba": "سبا"}
REASON_LENGTH = 20
CHANGED = "متن موافقتنامه پس از نمایش این صفحه تغییر کرده است؛ آن را دوباره ببینید و سپس اقدام کنید."
INCOMPLETE = "موافقتنامه کامل نیست؛ نخست موارد مانده را در فرم‌ها اصلاح کنید."
NO_LONGER = "مبادله ثبت نشد؛ موافقتنامه دیگر درست نیست. آن را با دلیل برگردانید."
NO_DOCUMENT = "سند اصلاحیه پیوست نیست؛ موافقتنامه را برای پیوست آن به دستگاه برگردانید."
NO_PLACE = "چنین خانه‌ای در این نسخه نیست."
NO_REASON = "دلیل را دست‌کم در ۲۰ نویسه بنویسید."


@verb
def amend(
    kind: str, pk: int, *, reason: str, valid_from: dt.date, document_id: int | None = None, by: User
) -> Agreement:
    """A draft of the next version with the text of the one that holds, which stays in force until the exchange.
    The document may follow while it is drawn up; without it nothing is signed."""
    before = MODELS[kind].objects.for_user(by).select_related("agency", "fiscal_year").locked(pk)
    require(rights.can_amend(by, before))
    if problem := _amendment_problem(before, reason, valid_from):
        raise RuleBroken(problem)
    content = document.from_tables(before).content
    typed = {"reason": normalise(reason, multiline=True), "valid_from": cells.write(valid_from)}
    content[spec.amendment_form(kind).code] = {"": {"": typed}}
    made = MODELS[kind](
        agency=before.agency,
        fiscal_year=before.fiscal_year,
        version=before.version + 1,
        amends=before,
        draft=content,
        document_id=document_id,
        valid_from=valid_from,
        recorded_at=timezone.now(),
        created_by=by,
    )
    if kind == "capital":
        made.plan_id = before.plan_id
    made.ready = checks.is_ready(made)
    made.save()
    audit.record("agreement.begun", made, by=by, after={"version": made.version}, note=typed["reason"])
    return made


@verb
def submit(kind: str, pk: int, *, by: User, seen: str | None = None) -> Agreement:
    """The agency head signs what is complete: the text goes into the tables and is reviewed, again if need be."""
    agreement = _locked(kind, pk, by, "submit", seen)
    _refuse(INCOMPLETE, agreement)
    document.write_tables(agreement)
    agreement.submitted_by, agreement.submitted_at = by, timezone.now()
    agreement.reviewed_by, agreement.reviewed_at, agreement.return_reason = None, None, ""
    return _move(
        agreement, "submit", by, "submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "return_reason"
    )


@verb
def review(kind: str, pk: int, *, by: User, seen: str | None = None) -> Agreement:
    """The expert of the sector group finds nothing left to mend."""
    agreement = _locked(kind, pk, by, "review", seen)
    agreement.reviewed_by, agreement.reviewed_at = by, timezone.now()
    return _move(agreement, "review", by, "reviewed_by", "reviewed_at")


@verb
def return_to_draft(kind: str, pk: int, *, by: User, reason: str) -> Agreement:
    """Back to the agency with a reason; what was typed and the remarks stay."""
    agreement = _locked(kind, pk, by, "return")
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken(NO_REASON)
    agreement.return_reason, agreement.ready = reason.strip(), False
    return _move(agreement, "return", by, "return_reason", "ready", note=agreement.return_reason)


@verb
def exchange(
    kind: str,
    pk: int,
    *,
    by: User,
    system: str,
    number: str,
    agreed_on: dt.date,
    valid_from: dt.date,
    seen: str | None = None,
) -> Agreement:
    """Nezarat 4 or Saba has it: the version holds from `valid_from`, and the one before ends the day before."""
    agreement = _locked(kind, pk, by, "exchange", seen)
    if problem := exchange_problem(agreement, system, number, agreed_on, valid_from):
        raise RuleBroken(problem)
    if agreement.amends_id and agreement.document_id is None:
        raise RuleBroken(NO_DOCUMENT)
    agreement.external_system, agreement.external_number = system, number.strip()
    agreement.agreed_on, agreement.valid_from, agreement.recorded_at = agreed_on, valid_from, timezone.now()
    agreement.exchanged_by = by
    signed = ("external_system", "external_number", "agreed_on", "valid_from", "recorded_at", "exchanged_by")
    with kept_above_allocation(agreement, valid_from):
        _refuse(NO_LONGER, agreement)  # a notification may have been cancelled since the signature
        if agreement.amends_id:
            before = MODELS[kind].objects.locked(agreement.amends_id)
            end(before, valid_from - dt.timedelta(days=1), by=by)
        return _move(agreement, "exchange", by, *signed)


def end(agreement: Agreement, last_day: dt.date, *, by: User | None) -> None:
    """The version, locked by the caller, holds until that day: the next one has been exchanged."""
    move = MOVES["supersede"]
    before, agreement.state, agreement.valid_to = agreement.state, move.target, last_day
    agreement.save(update_fields=["state", "valid_to"])
    audit.record(move.event, agreement, by=by, before=before, after=move.target)


def _amendment_problem(before: Agreement, reason: str, valid_from: dt.date) -> str:
    if not reason.strip():
        return "دلیل اصلاح را بنویسید."
    if valid_from <= before.valid_from:
        return f"تاریخ اثر باید پس از آغاز نسخهٔ پیشین ({jalali.format_date(before.valid_from)}) باشد."
    if valid_from > before.fiscal_year.ends_on:
        return "تاریخ اثر از پایان سال مالی گذشته است."
    return ""


def exchange_problem(
    agreement: Agreement, system: str, number: str, agreed_on: dt.date, valid_from: dt.date
) -> str:
    """What stands against an exchange, typed or from a file."""
    if system not in SYSTEMS:
        return "سامانهٔ مبادله را برگزینید: نظارت ۴ یا سبا."
    if not number.strip():
        return "شمارهٔ مبادله را بنویسید."
    return days_problem(agreement, agreed_on, valid_from)


def days_problem(agreement: Agreement, agreed_on: dt.date, valid_from: dt.date) -> str:
    year = agreement.fiscal_year
    if agreed_on > jalali.today():
        return "تاریخ مبادله از امروز دیرتر است."
    if not year.starts_on <= valid_from <= year.capital_deadline:
        return f"تاریخ اثر باید در سال مالی {to_persian(year.year)} باشد."
    if agreement.amends and valid_from <= agreement.amends.valid_from:
        since = jalali.format_date(agreement.amends.valid_from)
        return f"تاریخ اثر باید پس از آغاز نسخهٔ پیشین ({since}) باشد."
    return ""


# --- remarks --------------------------------------------------------------------------------------------------


@verb
def remark(kind: str, pk: int, path: str, text: str, *, by: User) -> AgreementRemark:
    """A reviewer says what is wrong with one field; the version is approved when no remark is open."""
    agreement = MODELS[kind].objects.for_user(by).select_related("agency").locked(pk)
    require(rights.can_remark(by, agreement))
    if not document.has_place(agreement, path):
        raise RuleBroken(NO_PLACE)
    if not text.strip():
        raise RuleBroken("نکته را بنویسید.")
    row: AgreementRemark = AgreementRemark.objects.create(
        **{kind: agreement}, path=path, text=text.strip(), made_by=by
    )
    audit.record("agreement.remarked", agreement, by=by, after={"path": path}, note=row.text)
    return row


@verb
def answer_remark(remark_id: int, *, by: User) -> AgreementRemark:
    """The agency says that it has dealt with it; whether that is so is the reviewer's to say."""
    agreement, row = _of_remark(remark_id, by)
    require(rights.can_write(by, agreement))
    if row.stage == "open":
        row.answered_by, row.answered_at = by, timezone.now()
        row.save(update_fields=["answered_by", "answered_at"])
        agreement.ready = checks.is_ready(agreement)
        agreement.save(update_fields=["ready"])
        audit.record("agreement.remark_answered", agreement, by=by, after={"path": row.path})
    return row


@verb
def resolve_remark(remark_id: int, *, by: User) -> AgreementRemark:
    """Settled for the reviewers; the sentence stays readable."""
    agreement, row = _of_remark(remark_id, by)
    require(rights.can_remark(by, agreement))
    if row.resolved_at is None:
        row.resolved_by, row.resolved_at = by, timezone.now()
        row.save(update_fields=["resolved_by", "resolved_at"])
        audit.record("agreement.remark_resolved", agreement, by=by, after={"path": row.path})
    return row


def _of_remark(remark_id: int, by: User) -> tuple[Any, AgreementRemark]:
    """The version, locked, and what was said of it."""
    found: AgreementRemark = AgreementRemark.objects.for_user(by).get(pk=remark_id)
    kind = "capital" if found.capital_id else "expense"
    rows = MODELS[kind].objects.for_user(by).select_related("agency__organization", "fiscal_year", "amends")
    agreement = rows.locked(found.capital_id or found.expense_id)
    return agreement, AgreementRemark.objects.select_for_update().get(pk=remark_id)


# --- shared ---------------------------------------------------------------------------------------------------


def mark_of(agreement: Agreement) -> str:
    """Mark of a version's text: who signs, reviews or exchanges gives back the mark of what was shown."""
    text = json.dumps(document.read(agreement).content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _locked(kind: str, pk: int, by: User, move: str, seen: str | None = None) -> Any:
    rows = MODELS[kind].objects.for_user(by).select_related("agency", "fiscal_year", "amends")
    agreement = rows.locked(pk)
    require(rights.can(by, agreement, move))
    if seen is not None and seen != mark_of(agreement):
        raise StaleVersion(CHANGED)
    return agreement


def _refuse(sentence: str, agreement: Agreement) -> None:
    if wrong := [problem.sentence for problem in checks.problems(agreement) if problem.blocks]:
        raise RuleBroken(sentence, problems=wrong)


def _move(agreement: Any, name: str, by: User | None, *fields: str, note: str = "") -> Any:
    move = MOVES[name]
    before, agreement.state = agreement.state, move.target
    agreement.save(update_fields=["state", *fields])
    facts = {"version": agreement.version}
    audit.record(move.event, agreement, by=by, before=before, after=move.target, note=note)
    outbox.add(move.event, agreement, **facts)
    return agreement
