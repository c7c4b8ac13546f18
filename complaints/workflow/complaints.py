"""Verbs of a case: lock, decide on the locked row, save, event, audit, outbox (domain guide §12, §13).

`by=None` is the sender (who proved number and secret) or the clock. The timeline is `ComplaintEvent`: what
is public there is written for the sender, so it names offices and never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.decisions import require
from accounts.models import Agency, Membership, Organization, User
from agreements.models import Project
from budget_portal import audit, outbox
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.models import StoredFile
from budget_portal.moves import verb
from budget_portal.office import office_calendar
from budget_portal.text import visible_length
from complaints import codes, deadlines, permissions, sealing
from complaints.models import (
    Complaint,
    ComplaintAttachment,
    ComplaintEvent,
    ComplaintSender,
)
from complaints.workflow.moves import EXPERT, MOVES, OFFICER

REASON_LENGTH, TEXT_LENGTH, MOST_FILES = 20, 4000, 5
DESK_NAME, DEPUTY_NAME = "واحد رسیدگی به شکایات", "معاون بودجه"
WITHOUT_SENDER = "رسیدگی با آنچه در پرونده است ادامه می‌یابد."
STALE = "این درخواست را هم‌زمان کس دیگری تغییر داده است. صفحه را دوباره باز کنید."


@dataclass(frozen=True)
class Sender:
    """Who files; all of it is sealed but the kind."""

    kind: str
    name: str
    mobile: str
    national_code: str = ""
    legal_id: str = ""
    representative: str = ""

    def content(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if name != "kind" and value}


@dataclass(frozen=True)
class Filing:
    """What a citizen files; checked by the forms, and again here."""

    organization: Organization
    kind: str
    subject: str
    text: str
    service_step: str = Complaint.Step.OTHER
    agency: Agency | None = None
    project: Project | None = None
    sender: Sender | None = None
    wants_sms: bool = False
    files: Sequence[StoredFile] = field(default_factory=tuple)


@dataclass(frozen=True)
class Registered:
    complaint: Complaint
    codes: codes.Codes


# --- the sender ---------------------------------------------------------------------------------------------


@verb
def register(filing: Filing, *, by: None) -> Registered:
    """A new case with its two codes; the secret is in the answer and nowhere else."""
    _check(filing)
    complaint, made = _create(filing)
    if filing.sender:
        ComplaintSender.objects.create(
            complaint=complaint,
            kind=filing.sender.kind,
            sealed=sealing.seal(filing.sender.content()),
            mobile_hash=codes.hash_mobile(made.number, filing.sender.mobile),
        )
    attach(complaint, filing.files)
    _event(complaint, "registered", by=None)
    audit.record(
        "complaint.registered", complaint, by=None, after={"state": complaint.state, "kind": complaint.kind}
    )
    outbox.add("complaint.registered", complaint)
    return Registered(complaint, made)


@verb
def sender_answers(complaint_id: int, *, by: None, text: str, files: Sequence[StoredFile] = ()) -> Complaint:
    """The sender adds what was asked; the clock runs on from the next working day."""
    complaint = _locked(complaint_id, by, "sender_answers")
    _check_length("توضیح", text, 2)
    if complaint.attachments.count() + len(files) > MOST_FILES * 2:
        raise RuleBroken("شمار پیوست‌های این درخواست به بیشینه رسیده است.")
    attach(complaint, files)
    _move(complaint, "sender_answers", by, text=text, event="info_given")
    _reckon(complaint)
    return complaint


@verb
def withdraw(complaint_id: int, *, by: None, reason: str = "") -> Complaint:
    complaint = _locked(complaint_id, by, "withdraw")
    complaint.outcome = Complaint.Outcome.WITHDRAWN
    _open_objection_time(complaint)
    _move(complaint, "withdraw", by, "outcome", "objection_due", text=reason, event="withdrawn")
    return complaint


@verb
def object_to_answer(complaint_id: int, *, by: None, text: str) -> Complaint:
    """Once, within its time; the next answer is the deputy's and ends the matter."""
    complaint = _locked(complaint_id, by, "object")
    if complaint.objected_at is not None:
        raise WrongState(permissions.OBJECTED_ONCE)
    if not complaint.may_object:
        raise WrongState(permissions.NO_OBJECTION)
    if complaint.objection_due is not None and timezone.localdate() > complaint.objection_due:
        raise WrongState(permissions.OBJECTION_OVER)
    _check_length("دلیل اعتراض", text, REASON_LENGTH)
    now = timezone.now()
    complaint.objected_at, complaint.objection_due, complaint.extended_to = now, None, None
    complaint.due_on = deadlines.due_from(deadlines.day_of(now), deadlines.ANSWER_DAYS)
    complaint.outcome, complaint.answer = "", ""
    complaint.answer_written_by = complaint.answer_written_at = None
    complaint.answered_by = complaint.answered_at = None
    complaint.assignee = None
    _move(
        complaint,
        "object",
        by,
        "objected_at",
        "objection_due",
        "extended_to",
        "due_on",
        "outcome",
        "assignee",
        *_answer_fields(),
        text=text,
        event="objected",
    )
    return complaint


# --- the desk -----------------------------------------------------------------------------------------------


@verb
def assign(
    complaint_id: int, *, by: User, assignee_id: int, note: str = "", version: int | None = None
) -> Complaint:
    """To an officer or an expert of the organization; a case in hand may change hands."""
    complaint = _locked(complaint_id, by, "assign", version)
    membership = holders(complaint.organization_id).filter(user=assignee_id).first()
    if membership is None:
        raise RuleBroken("ارجاع تنها به مسئول رسیدگی یا کارشناس همین سازمان ممکن است.")
    complaint.assignee = membership.user
    complaint.answer_written_by = complaint.answer_written_at = None
    _move(
        complaint,
        "assign",
        by,
        "assignee",
        "answer_written_by",
        "answer_written_at",
        text=office_of(membership),
        event="assigned",
    )
    if note:
        _event(complaint, "note", text=note, by=by, internal=True)
    return complaint


@verb
def start(complaint_id: int, *, by: User, version: int | None = None) -> Complaint:
    complaint = _locked(complaint_id, by, "start", version)
    _move(complaint, "start", by, text=office_of(by.acting), event="started")
    return complaint


@verb
def ask_info(complaint_id: int, *, by: User, text: str, version: int | None = None) -> Complaint:
    """A question to the sender; the clock stands still until the answer, ten working days at most."""
    complaint = _locked(complaint_id, by, "ask_info", version)
    _check_length("پرسش", text, REASON_LENGTH)
    _move(complaint, "ask_info", by, text=text, event="info_asked")
    return complaint


@verb
def extend(complaint_id: int, *, by: User, reason: str, version: int | None = None) -> Complaint:
    """Once, by ten working days, with notice to the sender; a date and an event, not a state."""
    complaint = _locked(complaint_id, by, "extend", version)
    _check_length("دلیل تمدید", reason, REASON_LENGTH)
    complaint.extension_reason = reason
    complaint.extended_to = deadlines.due_of(
        complaint, complaint.events.all(), deadlines.ANSWER_DAYS + deadlines.EXTENSION_DAYS
    )
    _move(complaint, "extend", by, "extension_reason", "extended_to", text=reason, event="extended")
    return complaint


@verb
def forward(complaint_id: int, *, by: User, body: str, reason: str, version: int | None = None) -> Complaint:
    """Not ours: the sender is told which body is competent and why."""
    complaint = _locked(complaint_id, by, "forward", version)
    _check_length("نام و نشانی مرجع", body, 3)
    _check_length("دلیل", reason, REASON_LENGTH)
    complaint.forwarded_to, complaint.outcome = body[:200], Complaint.Outcome.NOT_OURS
    _open_objection_time(complaint)
    _move(
        complaint,
        "forward",
        by,
        "forwarded_to",
        "outcome",
        "objection_due",
        text=f"{body}\n{reason}",
        event="forwarded",
    )
    return complaint


@verb
def reject(complaint_id: int, *, by: User, reason: str, version: int | None = None) -> Complaint:
    complaint = _locked(complaint_id, by, "reject", version)
    _check_length("دلیل رد", reason, REASON_LENGTH)
    complaint.outcome = Complaint.Outcome.REJECTED
    _open_objection_time(complaint)
    _move(complaint, "reject", by, "outcome", "objection_due", text=reason, event="rejected")
    return complaint


@verb
def write_answer(
    complaint_id: int, *, by: User, text: str, outcome: str, version: int | None = None
) -> Complaint:
    """First pair of eyes: the assignee writes; nothing reaches the sender yet."""
    complaint = _locked(complaint_id, by, "write_answer", version)
    _check_length("پاسخ", text, REASON_LENGTH)
    if outcome not in Complaint.Outcome.values or outcome == Complaint.Outcome.WITHDRAWN:
        raise RuleBroken("«نتیجه» را انتخاب کنید.")
    complaint.answer, complaint.outcome = text, outcome
    complaint.answer_written_by, complaint.answer_written_at = by, timezone.now()
    fields = ("outcome", "answer", "answer_written_by", "answer_written_at")
    _move(complaint, "write_answer", by, *fields, event="answer_written", internal=True)
    return complaint


@verb
def send_back(complaint_id: int, *, by: User, note: str, version: int | None = None) -> Complaint:
    """The second person gives the draft back; its text stays as a draft of the assignee."""
    complaint = _locked(complaint_id, by, "send_back", version)
    _check_length("دلیل بازگرداندن", note, REASON_LENGTH)
    complaint.answer_written_by = complaint.answer_written_at = None
    fields = ("answer_written_by", "answer_written_at")
    _move(complaint, "send_back", by, *fields, text=note, event="answer_returned", internal=True)
    return complaint


@verb
def send_answer(complaint_id: int, *, by: User, version: int | None = None) -> Complaint:
    """Second pair of eyes: the answer goes to the sender as it was written, and the objection time starts."""
    complaint = _locked(complaint_id, by, "send_answer", version)
    complaint.answered_by, complaint.answered_at = by, timezone.now()
    _open_objection_time(complaint)
    fields = ("answered_by", "answered_at", "objection_due")
    _move(complaint, "send_answer", by, *fields, text=complaint.answer, event="answered")
    return complaint


@verb
def take_objection(complaint_id: int, *, by: User, version: int | None = None) -> Complaint:
    """The deputy takes the case in hand."""
    complaint = _locked(complaint_id, by, "take_objection", version)
    complaint.assignee = by
    _move(complaint, "take_objection", by, "assignee", text=DEPUTY_NAME, event="objection_taken")
    return complaint


@verb
def note(complaint_id: int, *, by: User, text: str) -> ComplaintEvent:
    """A line for colleagues; never shown to the sender."""
    complaint = Complaint.objects.for_user(by).locked(complaint_id)
    require(permissions.may_note(by, complaint))
    _check_length("یادداشت", text, 2)
    audit.record("complaint.noted", complaint, by=by)
    return _event(complaint, "note", text=text, by=by, internal=True)


@verb
def read_sender(complaint_id: int, *, by: User, reason: str) -> dict[str, Any]:
    """Open the sealed identity, once, with a written reason that stays in the log."""
    complaint = Complaint.objects.for_user(by).locked(complaint_id)
    require(permissions.may_read_sender(by, complaint))
    _check_length("دلیل", reason, REASON_LENGTH)
    sender = ComplaintSender.objects.filter(complaint=complaint).first()
    if sender is None:
        raise WrongState("این درخواست بدون نام ثبت شده است.")
    audit.record("complaint.sender_read", complaint, by=by, note=reason)
    _event(complaint, "sender_read", text=reason, by=by, internal=True)
    return {"kind": sender.get_kind_display(), **sealing.unseal(sender.sealed)}


# --- the clock ----------------------------------------------------------------------------------------------


@verb
def resume(complaint_id: int, *, by: None) -> Complaint:
    """The sender stayed silent: the case goes on with what it has, and the clock with what was left of it."""
    complaint = _locked(complaint_id, by, "resume")
    until = deadlines.waits_until(complaint.events.all(), office_calendar())
    if until is None or timezone.localdate() <= until:
        raise WrongState("مهلت توضیح فرستنده هنوز پایان نیافته است.")
    _move(complaint, "resume", by, text=WITHOUT_SENDER, event="info_overdue")
    _reckon(complaint)
    return complaint


@verb
def close(complaint_id: int, *, by: None) -> Complaint:
    """When the objection time has passed; nobody closes a case by hand."""
    complaint = _locked(complaint_id, by, "close")
    if complaint.objection_due is None or timezone.localdate() <= complaint.objection_due:
        raise WrongState("مهلت اعتراض هنوز پایان نیافته است.")
    complaint.closed_at = timezone.now()
    _move(complaint, "close", by, "closed_at", event="closed")
    return complaint


# --- parts --------------------------------------------------------------------------------------------------


def holders(organization_id: int) -> Any:
    """Memberships of those to whom a case of this organization may be assigned."""
    rows = Membership.objects.valid().filter(organization=organization_id, role__in=[OFFICER, EXPERT])
    return rows.select_related("user", "sector_group", "organization")


def office_of(membership: Membership | None) -> str:
    """What the sender reads of who has the case: an office, never a person."""
    if membership is not None and membership.role == EXPERT:
        return f"گروه {membership.sector_group}"
    return DEPUTY_NAME if membership is not None and membership.role == "budget_deputy" else DESK_NAME


def attach(complaint: Complaint, files: Sequence[StoredFile]) -> None:
    for stored in files:
        ComplaintAttachment.objects.create(complaint=complaint, file=stored)


def _create(filing: Filing) -> tuple[Complaint, codes.Codes]:
    """The number is random, so a second one is drawn in the rare case that it is taken."""
    now = timezone.now()
    due_on = deadlines.due_from(deadlines.day_of(now), deadlines.ANSWER_DAYS)
    for attempt in range(5):
        made = codes.new()
        try:
            with transaction.atomic():
                complaint = Complaint.objects.create(
                    organization=filing.organization,
                    public_number=made.number,
                    secret_hash=made.secret_hash,
                    kind=filing.kind,
                    service_step=filing.service_step,
                    subject=filing.subject,
                    text=filing.text,
                    agency=filing.agency or (filing.project.agency if filing.project else None),
                    project=filing.project,
                    wants_sms=bool(filing.sender) and filing.wants_sms,
                    registered_at=now,
                    due_on=due_on,
                )
        except IntegrityError:
            if attempt == 4:
                raise
        else:
            return complaint, made
    raise AssertionError("unreachable")


def _check(filing: Filing) -> None:
    """The rules of decision 26, for every way in."""
    _check_length("موضوع", filing.subject, 3)
    _check_length("شرح", filing.text, REASON_LENGTH)
    if len(filing.text) > TEXT_LENGTH:
        raise RuleBroken(f"شرح حداکثر {to_persian(TEXT_LENGTH)} نویسه است.")
    if len(filing.files) > MOST_FILES:
        raise RuleBroken(f"حداکثر {to_persian(MOST_FILES)} پرونده پیوست می‌شود.")
    if filing.kind == Complaint.Kind.COMPLAINT and filing.sender is None:
        raise RuleBroken("شکایت با نام و مشخصات ثبت می‌شود.")
    if filing.kind == Complaint.Kind.REPORT and filing.sender is not None:
        raise RuleBroken("گزارش بدون نام مشخصات نمی‌گیرد.")
    for concerned in (filing.agency, filing.project.agency if filing.project else None):
        if concerned is not None and concerned.organization_id != filing.organization.pk:
            raise RuleBroken("دستگاه یا پروژه از سازمان دیگری است.")


def _check_length(name: str, text: str, least: int) -> None:
    if visible_length(text) < least:
        raise RuleBroken(f"«{name}» را در دست‌کم {to_persian(least)} نویسه بنویسید.")


def _locked(complaint_id: int, by: User | None, move: str, version: int | None = None) -> Complaint:
    rows = Complaint.objects.all() if by is None else Complaint.objects.for_user(by)
    complaint: Complaint = rows.locked(complaint_id)
    require(permissions.can(by, complaint, move))
    if version is not None and version != complaint.version:
        raise StaleVersion(STALE)
    return complaint


def _move(
    complaint: Complaint,
    name: str,
    by: User | None,
    *fields: str,
    event: str,
    text: str = "",
    internal: bool = False,
) -> None:
    """Save, write the timeline and the log, and leave the effect. No text of a case goes into the log."""
    move, before = MOVES[name], complaint.state
    complaint.state, complaint.version = move.target, complaint.version + 1
    complaint.save(update_fields=["state", "version", *fields])
    _event(complaint, event, text=text, by=by, internal=internal)
    audit.record(
        move.event,
        complaint,
        by=by,
        before={"state": before},
        after={"state": complaint.state, "version": complaint.version, "assignee": complaint.assignee_id},
    )
    outbox.add(move.event, complaint, by=by.pk if by else None, assignee=complaint.assignee_id)


def _event(
    complaint: Complaint, code: str, *, text: str = "", by: User | None, internal: bool = False
) -> ComplaintEvent:
    return ComplaintEvent.objects.create(complaint=complaint, code=code, text=text, by=by, internal=internal)


def _answer_fields() -> list[str]:
    return ["answer", "answer_written_by", "answer_written_at", "answered_by", "answered_at"]


def _open_objection_time(complaint: Complaint) -> None:
    """Last day of objection; where there is nothing to object to, the day after which the case closes."""
    complaint.objection_due = deadlines.due_from(timezone.localdate(), deadlines.OBJECTION_DAYS)


def _reckon(complaint: Complaint) -> None:
    """Both dates anew after a pause."""
    complaint.due_on = deadlines.due_of(complaint, complaint.events.all(), deadlines.ANSWER_DAYS)
    if complaint.extended_to:
        complaint.extended_to = deadlines.due_of(
            complaint, complaint.events.all(), deadlines.ANSWER_DAYS + deadlines.EXTENSION_DAYS
        )
    complaint.save(update_fields=["due_on", "extended_to"])
