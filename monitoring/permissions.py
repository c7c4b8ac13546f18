"""Who may do what with a submission now. Pure: reads the row it is given, which verbs have locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state
from accounts.models import Agency, User
from accounts.standing import persons_of
from agreements.models import ExtensionRequest, PeriodWindow, ReportingPeriod
from budget_portal import jalali
from budget_portal.signers import signer
from monitoring.models import LineDecision, PerformanceSubmission, ReturnMark
from monitoring.workflow.moves import SUBMISSION_MOVES

CLOSED = "مهلت این مقطع پایان یافته است. برای ثبت، درخواست تمدید بدهید."
LOCKED = "این ردیف در وضعیت «{state}» قفل است؛ {opener} می‌تواند آن را برگشت دهد."
NOT_YOURS = "ورود رقم با کارشناس همین دستگاه است."
NOT_RETURNED = "تنها ردیف‌های برگشتی باز است. برای بازشدن این ردیف از برگشت‌دهنده بخواهید."
OPENERS = {
    "submitted": "ذیحساب",
    "treasurer_confirmed": "کارشناس بودجه",
    "under_review": "کارشناس بودجه",
    "expert_reviewed": "گروه تلفیق",
    "approved": "معاون بودجه (با بازگشایی)",
}
# At which stage lines are decided before a move to a state.
STAGE_OF = {
    "treasurer_confirmed": "treasurer",
    "under_review": "expert",
    "expert_reviewed": "expert",
    "approved": "consolidation",
}
NOT_ASKED = "گروه تلفیق بازگشایی این پرونده را درخواست نکرده است."
SAME_PERSON = "{who} همین پرونده نمی‌تواند این گام را بردارد؛ هر گام را شخص دیگری برمی‌دارد."


def window_of(submission: PerformanceSubmission) -> PeriodWindow | None:
    """The window that holds for the agency: its sector group's own, else that of all groups."""
    windows = PeriodWindow.objects.for_agency(submission.agency, submission.kind)
    return windows.filter(period=submission.period_id).first()


def entry_open(submission: PerformanceSubmission) -> Decision:
    """Whether first figures are still taken: an open window, or an extension of this agency."""
    agency = submission.agency
    windows = PeriodWindow.objects.filter(
        period=submission.period_id, organization=agency.organization_id, kind=submission.kind
    ).order_by()
    found = {group: (pk, state) for group, pk, state in windows.values_list("sector_group", "pk", "state")}
    pk, state = found.get(agency.sector_group_id) or found.get(None) or (None, "")
    if state == "open":
        return Allowed()
    extended = ExtensionRequest.objects.granted(pk, submission.agency_id).running()
    return Allowed() if pk is not None and extended.exists() else Denied(CLOSED, "state")


def can_edit(
    user: User,
    submission: PerformanceSubmission,
    *,
    project: int | None = None,
    programme: int | None = None,
    chapter: int | None = None,
) -> Decision:
    """Whether this person may write this line now (a trigger asks the same of any path)."""
    if not (own := _is_own(user, submission)):
        return own
    if submission.state == "draft":
        return entry_open(submission)
    if not submission.is_editable:
        opener = OPENERS.get(submission.state, "سامانه")
        return Denied(LOCKED.format(state=submission.get_state_display(), opener=opener), "state")
    marks = open_marks(submission)
    marked = any(covers(mark, project, programme, chapter) for mark in marks)
    return Allowed() if marked else Denied(NOT_RETURNED, "state")


def can_fill(user: User, submission: PerformanceSubmission) -> Decision:
    """Whether this person may write anything at all in this submission now."""
    if submission.state != "draft" and submission.is_editable and open_marks(submission):
        return _is_own(user, submission)
    return can_edit(user, submission)


def can_start(user: User, agency: Agency, period: ReportingPeriod, kind: str) -> Decision:
    """Whether this person may open the first draft of a cut-off."""
    fresh = PerformanceSubmission(agency=agency, period=period, kind=kind)
    own = _is_own(user, fresh)
    return entry_open(fresh) if own else own


def _is_own(user: User, submission: PerformanceSubmission) -> Decision:
    own = user.role == "agency_user" and user.acting and user.acting.agency_id == submission.agency_id
    return Allowed() if own else Denied(NOT_YOURS)


def open_marks(submission: PerformanceSubmission) -> list[ReturnMark]:
    return list(ReturnMark.objects.filter(submission=submission, closed_at__isnull=True))


def covers(mark: ReturnMark, project: int | None, programme: int | None, chapter: int | None = None) -> bool:
    """Whether a mark opens a line; activities of a programme have no chapter (sql/guards.sql says the same)."""
    if mark.project_id is None and mark.programme_id is None:
        return True
    if project is not None and mark.project_id == project:
        return True
    same_chapter = mark.expense_chapter_id is None or chapter is None or mark.expense_chapter_id == chapter
    return programme is not None and mark.programme_id == programme and same_chapter


def open_lines(submission: PerformanceSubmission) -> Callable[..., bool]:
    """Whether a line of a project or programme may be written now (the trigger asks the same)."""
    if submission.state == "draft":
        return lambda project, programme, chapter=None: True
    marks = open_marks(submission) if submission.is_editable else []
    return lambda project, programme, chapter=None: any(
        covers(mark, project, programme, chapter) for mark in marks
    )


def can(user: User | None, submission: PerformanceSubmission, move_name: str) -> Decision:
    """Role, then person (four eyes), then state; the first refusal is the answer."""
    move = SUBMISSION_MOVES[move_name]
    for decision in (
        has_role(user, move),
        _four_people(user, submission, move.target),
        _two_people(user, submission, move_name),
        in_state(submission, move),
    ):
        if not decision:
            return decision
    if move_name == "submit" and submission.state == "draft":
        return entry_open(submission)
    return Allowed()


def can_ask_reopen(user: User, submission: PerformanceSubmission) -> Decision:
    """Consolidation asks once; who asked first stands until the deputy has answered."""
    if user.role != "consolidation":
        return Denied("درخواست بازگشایی با گروه تلفیق است.")
    if submission.state != "approved":
        return Denied("تنها پروندهٔ تأیید نهایی‌شده بازگشایی می‌شود.", "state")
    if submission.reopen_asked_at is not None:
        asker = signer(submission, "reopen_asked")
        moment = jalali.format_date(submission.reopen_asked_at, "stamp")
        return Denied(
            f"بازگشایی را {asker} در {moment} درخواست کرده است و درخواست نزد معاون بودجه است.", "state"
        )
    return Allowed()


def can_answer_reopening(user: User | None, submission: PerformanceSubmission) -> Decision:
    """The deputy opens or declines what another one asked for."""
    if not (allowed := can(user, submission, "reopen")):
        return allowed
    if submission.reopen_asked_at is None:
        return Denied(NOT_ASKED, "state")
    return Allowed()


def _two_people(user: User | None, submission: PerformanceSubmission, move_name: str) -> Decision:
    """A reopening is asked for by one and carried out by another (decision 21); a trigger refuses as well."""
    if user is None or move_name != "reopen":
        return Allowed()
    if user.persons & persons_of(submission, "reopen_asked"):
        return Denied(SAME_PERSON.format(who="درخواست‌کنندهٔ بازگشاییِ"))
    return Allowed()


def four_people(user: User, submission: PerformanceSubmission, stage: str) -> Decision:
    """The same for who decides on single lines at a stage: what binds the signature binds them."""
    target = next(target for target, name in STAGE_OF.items() if name == stage)
    return _four_people(user, submission, target)


def _four_people(user: Any, submission: PerformanceSubmission, target: str) -> Decision:
    """Enter, confirm, review and approve are four people (decision 14); the database refuses as well."""
    if user is None or target not in {"treasurer_confirmed", "under_review", "expert_reviewed", "approved"}:
        return Allowed()
    taken = {
        "ثبت‌کنندهٔ": authors_of(submission) | persons_of(submission, "submitted"),
        "تأییدکنندهٔ": persons_of(submission, "confirmed") if target != "treasurer_confirmed" else set(),
        "بررسی‌کنندهٔ": persons_of(submission, "reviewed") if target == "approved" else set(),
        "تصمیم‌گیرندهٔ ردیف‌های": deciders(submission, but=STAGE_OF[target]),
    }
    for who, people in taken.items():
        if user.persons & people:
            return Denied(SAME_PERSON.format(who=who))
    return Allowed()


def deciders(submission: PerformanceSubmission, *, but: str) -> set[int]:
    """Everybody whose decision on a line still stands at another stage, with those for whom they decided."""
    rows = LineDecision.objects.filter(submission=submission, ended_at=None).exclude(stage=but).order_by()
    pairs = rows.values_list("by_id", "on_behalf_of__membership__user").distinct()
    return {person for pair in pairs for person in pair if person is not None}


def authors_of(submission: PerformanceSubmission) -> set[int]:
    """Everybody who wrote a figure, with those for whom they wrote it."""
    rows = submission.authors.values_list("person_id", "on_behalf_of__membership__user")
    return {person for row in rows for person in row if person is not None}
