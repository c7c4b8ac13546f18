"""What a case says: to its sender (offices, no people, no notes) and to the desk (everything but identity)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from budget_portal.digits import to_persian
from budget_portal.jalali import format_date
from budget_portal.office import office_calendar
from complaints import deadlines
from complaints.deadlines import AnswerClock
from complaints.models import Complaint, ComplaintEvent
from complaints.workflow.complaints import DESK_NAME
from complaints.workflow.moves import MOVES

PUBLIC_TITLES = {
    "registered": "دریافت و ثبت شد",
    "assigned": "ارجاع شد به {text}",
    "started": "در حال بررسی در {text}",
    "info_asked": "نیازمند تکمیل از سوی شما",
    "info_given": "توضیح شما رسید",
    "info_overdue": "مهلت توضیح شما پایان یافت",
    "extended": "مهلت تمدید شد",
    "forwarded": "خارج از صلاحیت این سازمان",
    "rejected": "رد شد",
    "answered": "پاسخ داده شد",
    "objected": "اعتراض شما ثبت شد",
    "objection_taken": "رسیدگی به اعتراض نزد {text}",
    "withdrawn": "انصراف",
    "closed": "مختومه",
}
STAFF_TITLES = PUBLIC_TITLES | {
    "info_asked": "از فرستنده پرسیده شد",
    "info_given": "فرستنده توضیح داد",
    "info_overdue": "فرستنده در مهلت خود توضیح نداد",
    "objected": "فرستنده اعتراض کرد",
    "answer_written": "پاسخ نوشته شد و منتظر نفر دوم است",
    "answer_returned": "پیش‌نویس پاسخ بازگردانده شد",
    "note": "یادداشت داخلی",
    "sender_read": "هویت فرستنده دیده شد",
}
IN_TITLE = frozenset({"assigned", "started", "objection_taken"})
TONES = {
    "info_asked": "warn",
    "info_overdue": "warn",
    "rejected": "bad",
    "forwarded": "warn",
    "objected": "warn",
}
OPEN = frozenset({"registered", "assigned", "in_progress", "needs_info", "objected"})


def for_sender(complaint: Complaint) -> dict[str, Any]:
    events = list(complaint.events.filter(internal=False))
    clock = _clock(complaint, events)
    answers = [event for event in events if event.code in {"answered", "rejected", "forwarded"}]
    return {
        "complaint": complaint,
        "clock": clock,
        "is_open": complaint.state in OPEN,
        "timeline": [*_future(complaint, clock), *_timeline(events, complaint, PUBLIC_TITLES)],
        "answers": [] if complaint.kind == Complaint.Kind.REPORT else answers,
        "derivation": derivation(clock),
        "question": next((event for event in reversed(events) if event.code == "info_asked"), None),
        "may_object": complaint.may_object and not _objection_is_over(complaint),
        "may_withdraw": MOVES["withdraw"].allows_state(complaint.state),
        "attachments": complaint.attachments.select_related("file"),
    }


def for_desk(complaint: Complaint) -> dict[str, Any]:
    events = list(complaint.events.select_related("by"))
    clock = _clock(complaint, events)
    return {
        "clock": clock,
        "is_open": complaint.state in OPEN,
        "timeline": _timeline(events, complaint, STAFF_TITLES, with_people=True),
        "derivation": derivation(clock),
        "objection": next((event for event in reversed(events) if event.code == "objected"), None),
        "attachments": complaint.attachments.select_related("file"),
    }


def derivation(clock: AnswerClock) -> str:
    """How the date came about, in one sentence."""
    parts = [f"{to_persian(clock.limit)} روز کاری از {format_date(clock.started_on, 'text')}"]
    parts.append("پنجشنبه و جمعه شمرده نمی‌شود")
    for step in clock.days_off:
        parts.append(f"تعطیل: {format_date(step.date, 'text')} ({step.occasion})")
    if any(step.kind == "paused" for step in clock.steps):
        parts.append("روزهای انتظار برای توضیح شما شمرده نمی‌شود")
    return "؛ ".join(parts)


def _clock(complaint: Complaint, events: list[ComplaintEvent]) -> AnswerClock:
    return deadlines.answer_clock(complaint, events, office_calendar(), timezone.localdate())


def _objection_is_over(complaint: Complaint) -> bool:
    return complaint.objection_due is not None and timezone.localdate() > complaint.objection_due


def _timeline(
    events: list[ComplaintEvent], complaint: Complaint, titles: dict[str, str], *, with_people: bool = False
) -> list[dict[str, Any]]:
    """Newest first; the newest of an open case is where it stands now."""
    lines = []
    for event in reversed(events):
        if event.code not in titles:
            continue
        lines.append(
            {
                "title": titles[event.code].format(text=event.text or DESK_NAME),
                "text": "" if event.code in IN_TITLE else _shown(event, complaint, with_people),
                "by": str(event.by) if with_people and event.by else "",
                "at": event.at,
                "state": TONES.get(event.code, "done"),
            }
        )
    if lines and complaint.state in OPEN:
        lines[0]["state"] = "now"
    return lines


def _shown(event: ComplaintEvent, complaint: Complaint, with_people: bool) -> str:
    if event.code == "answered" and not with_people:
        return "پاسخ در بالای همین صفحه است." if complaint.kind != Complaint.Kind.REPORT else ""
    return event.text


def _future(complaint: Complaint, clock: AnswerClock) -> list[dict[str, Any]]:
    """The step still to come, hollow: the answer, or the end of the objection time."""
    if complaint.state in OPEN:
        if clock.due_on is None:
            day = f"، حداکثر پس از {format_date(clock.waits_until, 'weekday')}" if clock.waits_until else ""
            return [{"title": "پاسخ نهایی", "text": f"پس از رسیدن توضیح شما{day}", "state": "future"}]
        text = f"حداکثر تا {format_date(clock.due_on, 'weekday')} ({derivation(clock)})"
        return [{"title": "پاسخ نهایی", "text": text, "state": "future"}]
    if complaint.state == Complaint.State.CLOSED or complaint.objection_due is None:
        return []
    day = format_date(complaint.objection_due, "weekday")
    text = f"تا پایان {day} می‌توانید اعتراض کنید." if complaint.may_object else f"پس از پایان {day}"
    return [{"title": "مختومه", "text": text, "state": "future"}]


SENDER_LABELS = {
    "name": "نام",
    "national_code": "کد ملی",
    "legal_id": "شناسهٔ ملی",
    "representative": "نماینده",
    "mobile": "شمارهٔ همراه",
}


def sender_lines(content: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"label": label, "value": content[name]} for name, label in SENDER_LABELS.items() if content.get(name)
    ]


def mask_mobile(mobile: str) -> str:
    return f"{mobile[:4]}•••{mobile[-3:]}" if mobile else ""
