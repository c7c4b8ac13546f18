"""Messages that follow the moves of a case. They carry its number, never its subject, text or names (ux guide §6)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from accounts.audience import holders
from accounts.models import User
from budget_portal import messages_out
from budget_portal.identifiers import format_public_number
from budget_portal.jalali import format_date
from budget_portal.models import OutboxMessage
from budget_portal.office import office_calendar
from budget_portal.outbox import on
from complaints import deadlines, sealing
from complaints.models import Complaint
from complaints.workflow.moves import DEPUTY, OFFICER

SMS_TEXTS = {
    "complaint.registered": "ثبت شد. پاسخ حداکثر تا {due}.",
    "complaint.started": "در دست بررسی است. پاسخ حداکثر تا {due}.",
    "complaint.info_asked": "نیازمند توضیح شماست، حداکثر تا {until}.",
    "complaint.info_overdue": "پیش می‌رود: مهلت توضیح شما پایان یافت. پاسخ حداکثر تا {due}.",
    "complaint.extended": "به زمان بیشتری نیاز دارد. پاسخ حداکثر تا {due}.",
    "complaint.forwarded": "در صلاحیت مرجع دیگری است؛ نام آن را در صفحهٔ پیگیری ببینید.",
    "complaint.rejected": "بررسی شد؛ نتیجه و دلیل را در صفحهٔ پیگیری ببینید.",
    "complaint.answered": "پاسخ داده شد.",
    "complaint.objected": "با اعتراض شما دوباره بررسی می‌شود. پاسخ حداکثر تا {due}.",
}


@on(*SMS_TEXTS)
def tell_sender(row: OutboxMessage) -> None:
    """An SMS to those who asked for it; the mobile is unsealed here and nowhere kept beside the case."""
    complaint = _complaint(row)
    sender = getattr(complaint, "sender", None)
    if not complaint.wants_sms or sender is None:
        return
    mobile = sealing.unseal(sender.sealed).get("mobile")
    if not mobile:
        return
    until = deadlines.waits_until(complaint.events.all(), office_calendar())
    said = SMS_TEXTS[row.event].format(
        due=format_date(complaint.deadline, "weekday"), until=format_date(until, "weekday") if until else ""
    )
    number = format_public_number(complaint.public_number)
    address = f"{settings.PUBLIC_URL}{reverse('complaints:track')}"
    messages_out.send_sms(
        mobile, f"درخواست شما با شمارهٔ پیگیری {number} {said} پیگیری: {address}", outbox=row
    )


@on("complaint.registered")
def tell_desk(row: OutboxMessage) -> None:
    _notify(row, _holders(row, OFFICER), "درخواست تازه‌ای رسید: {number}")


@on("complaint.assigned")
def tell_assignee(row: OutboxMessage) -> None:
    _notify(row, _assignee(row), "درخواست {number} به شما ارجاع شد.")


@on("complaint.info_given")
def tell_of_explanation(row: OutboxMessage) -> None:
    _notify(row, _assignee(row), "فرستندهٔ درخواست {number} توضیح داد.")


@on("complaint.info_overdue")
def tell_of_silence(row: OutboxMessage) -> None:
    _notify(row, _assignee(row), "فرستندهٔ درخواست {number} در مهلت خود توضیح نداد؛ رسیدگی ادامه دارد.")


@on("complaint.answer_written")
def tell_second_person(row: OutboxMessage) -> None:
    """Those who may send it: every officer but the writer; the deputy where there is no other officer."""
    people = [person for person in _holders(row, OFFICER) if person.pk != row.data.get("by")]
    _notify(row, people or _holders(row, DEPUTY), "پاسخ درخواست {number} منتظر نفر دوم است.")


@on("complaint.answer_returned")
def tell_writer(row: OutboxMessage) -> None:
    _notify(row, _assignee(row), "پیش‌نویس پاسخ درخواست {number} بازگردانده شد.")


@on("complaint.objected")
def tell_deputy(row: OutboxMessage) -> None:
    _notify(row, _holders(row, DEPUTY), "به پاسخ درخواست {number} اعتراض شده است.")


@on("complaint.withdrawn")
def tell_of_withdrawal(row: OutboxMessage) -> None:
    _notify(row, _assignee(row), "فرستندهٔ درخواست {number} انصراف داد.")


def _complaint(row: OutboxMessage) -> Complaint:
    found: Complaint = Complaint.objects.select_related("sender", "assignee").get(pk=row.target_id)
    return found


def _holders(row: OutboxMessage, role: str) -> list[User]:
    organization = _complaint(row).organization_id
    return holders(organization=organization, role=role)


def _assignee(row: OutboxMessage) -> list[User]:
    """Who held the case when it moved; by now somebody else may."""
    return list(User.objects.filter(pk=row.data.get("assignee")))


def _notify(row: OutboxMessage, people: Iterable[User], text: str) -> None:
    complaint = _complaint(row)
    url = reverse("complaints:desk-case", kwargs={"pk": complaint.pk})
    said = text.format(number=format_public_number(complaint.public_number))
    for person in people:
        messages_out.notify(person, said, url, outbox=row)
