"""The queue of the desk: tabs, filters and what is shown of each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Agency, Membership, User
from budget_portal.jalali import format_date
from budget_portal.office import office_calendar
from complaints import deadlines
from complaints.case_page import OPEN
from complaints.models import Complaint, ComplaintEvent
from complaints.workflow.moves import DEPUTY, OFFICER

TABS = (("mine", "نزد من"), ("unassigned", "واگذارنشده"), ("overdue", "دیرکرد"), ("all", "همه"))


def waiting_for(user: User) -> Q:
    """What this person must do next: own cases, second pairs of eyes, objections."""
    mine = Q(assignee=user.pk, state__in=["assigned", "in_progress"]) & ~Q(answer_written_by=user.pk)
    second = Q(state="in_progress", answer_written_by__isnull=False) & ~Q(answer_written_by=user.pk)
    if user.role == OFFICER:
        mine |= second | Q(state="registered")
    if user.role == DEPUTY:
        officers = Membership.objects.valid().filter(role=OFFICER).order_by().values("user")
        mine |= (second & Q(answer_written_by__in=officers)) | Q(state="objected")
    return mine


def overdue() -> Q:
    late = Q(state__in=OPEN - {"needs_info"})
    today = timezone.localdate()
    return late & (Q(extended_to__lt=today) | Q(extended_to__isnull=True, due_on__lt=today))


def tab_filter(tab: str, user: User) -> Q:
    return {
        "mine": waiting_for(user),
        "unassigned": Q(state="registered"),
        "overdue": overdue(),
    }.get(tab, Q())


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    count: int
    current: bool


def counts(user: User) -> dict[str, int]:
    """The number behind every tab in one query."""
    rows = Complaint.objects.for_user(user)
    found: dict[str, int] = rows.aggregate(
        **{name: Count("pk", filter=tab_filter(name, user)) for name, _ in TABS[:-1]},
        all=Count("pk"),
        open=Count("pk", filter=Q(state__in=OPEN)),
    )
    return found


def rows(user: User, tab: str, filters: dict[str, str]) -> Any:
    """Open cases first by their deadline, ended ones after them, the newest first."""
    found = Complaint.objects.for_user(user).filter(tab_filter(tab, user))
    for name in ("kind", "state"):
        if filters.get(name):
            found = found.filter(**{name: filters[name]})
    if filters.get("agency", "").isdecimal():
        found = found.filter(agency=int(filters["agency"]))
    deadline = Case(
        When(state__in=OPEN, then=Coalesce(F("extended_to"), F("due_on"))), output_field=DateField(null=True)
    )
    return found.select_related("agency", "project", "assignee").order_by(
        deadline.asc(nulls_last=True), "-registered_at"
    )


def agencies(user: User) -> list[tuple[int, str]]:
    """Agencies that somebody wrote about, for the filter."""
    concerned = Complaint.objects.for_user(user).filter(agency__isnull=False).values("agency")
    return list(Agency.objects.filter(pk__in=concerned).values_list("pk", "name"))


@dataclass(frozen=True)
class Flag:
    label: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Item:
    complaint: Complaint
    note: str
    age: str
    flags: list[Flag]


def items(rows: list[Complaint], user: User) -> list[Item]:
    """The cases of one page with their clocks; two queries more, however many they are."""
    calendar, today = office_calendar(), timezone.localdate()
    events: dict[int, list[ComplaintEvent]] = {row.pk: [] for row in rows}
    for event in ComplaintEvent.objects.filter(complaint__in=rows).defer("text"):
        events[event.complaint_id].append(event)
    found = []
    for row in rows:
        clock = deadlines.answer_clock(row, events[row.pk], calendar, today)
        where = " · ".join(str(part) for part in (row.project or row.agency,) if part) or "همهٔ دستگاه‌ها"
        age = f"روز {clock.day}" if row.state in OPEN and clock.day else "امروز" if row.state in OPEN else ""
        note = f"{row.get_kind_display()} · {where}"
        found.append(Item(row, note, age, _flags(row, clock, user)))
    return found


def _flags(row: Complaint, clock: deadlines.AnswerClock, user: User) -> list[Flag]:
    if row.state not in OPEN:
        return [Flag(row.get_state_display(), "plain", "check")]
    flags = []
    if clock.waits_until:
        until = format_date(clock.waits_until, "text")
        flags.append(Flag(f"ساعت ایستاده: در انتظار فرستنده تا {until}", "neutral", "pause-circle"))
    elif clock.is_overdue:
        flags.append(Flag(f"{-clock.left} روز از مهلت گذشته", "bad", "clock"))
    elif clock.is_warning:
        flags.append(Flag(f"{clock.left} روز کاری تا مهلت", "warn", "clock"))
    if row.state == "registered":
        flags.append(Flag("واگذار نشده", "info", "user"))
    elif row.state == "objected":
        flags.append(Flag("اعتراض", "returned", "arrow-uturn-right"))
    elif row.answer_written_by_id:
        own = row.answer_written_by_id == user.pk
        flags.append(Flag("پاسخ منتظر نفر دوم", "neutral" if own else "info", "eye"))
    elif not flags and clock.due_on:
        flags.append(Flag(f"تا {format_date(clock.due_on, 'text')}", "plain", "clock"))
    return flags


def count_mine(user: User) -> int:
    found: int = Complaint.objects.for_user(user).filter(waiting_for(user)).count()
    return found
