"""What people of agency 1001 say beside the figures, and slow figures that came along from the last cut-off."""

from __future__ import annotations

from monitoring import forward, remarks
from monitoring.models import CapitalFinanceLine, PerformanceSubmission
from monitoring.remarks import Place
from reports.demo import then
from reports.demo.ground import Ground
from reports.demo.own import CODE

FLAG = "این رقم با گواهی خزانهٔ شهریور سنجیده شود؛ یک سند تاریخ مهر دارد."
NOTE = "صورت‌وضعیت ۷ در راه است و شنبه می‌رسد."
QUESTION = "مابه‌التفاوت دریافتی با گواهی پایان سال از کدام سند است؟"
ANSWER = "سند ۱۴۰۴/۱۱۸۲ است که پس از گواهی نخست رسید؛ پیوست شد."


def write(ground: Ground) -> None:
    people, home = ground.people, ground.organizations["khuzestan"]
    own = PerformanceSubmission.objects.filter(agency__code=CODE, agency__organization=home, kind="capital")
    draft, sent = own.get(state="draft"), own.filter(state="submitted").first()
    lines = CapitalFinanceLine.objects.filter(submission=draft).order_by("project__code", "pk")
    flagged, noted, last = lines[0], lines[len(lines) // 2], lines[len(lines) - 1]
    with then.at(then.days_ago(1, hour=10, minute=20)):
        where = Place(f"capital:{flagged.pk}:spent")
        remarks.add(draft.pk, FLAG, by=people["agency"], sort="flag", place=where)
        remarks.add(draft.pk, NOTE, by=people["agency"], place=Place(project=noted.project_id))
        forward.copy(draft.pk, by=people["agency"], project=last.project_id)
    if sent is None:
        return
    row = CapitalFinanceLine.objects.filter(submission=sent).order_by("pk")[0]
    with then.at(then.days_ago(2, hour=12, minute=15)):
        where = Place(f"capital:{row.pk}:received_cash")
        asked = remarks.add(sent.pk, QUESTION, by=people["treasurer"], sort="question", place=where)
    with then.at(then.days_ago(1, hour=8, minute=45)):
        remarks.answer(asked.pk, ANSWER, by=people["agency"])
