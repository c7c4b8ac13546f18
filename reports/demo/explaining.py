"""What invented agencies wrote to the warnings of their figures: a warning passes only with an explanation."""

from __future__ import annotations

from accounts.models import User
from monitoring import checking
from monitoring.models import CheckResult, PerformanceSubmission
from monitoring.rulebook import explanations

WORDS = {
    "V6": "تعهد مازاد از قرارداد چندسالهٔ پروژه است و پرداخت آن به اعتبار سال آینده می‌ماند.",
    "V9": "بخشی از کار سال پیش در این مقطع صورت‌جلسه شد و پرداخت آن در صورت‌وضعیت بعدی است.",
    "VOLUME_LOW": "مناقصهٔ خرید خدمت در تیر تجدید شد و کار از شهریور آغاز شده است.",
    "COST_SPENT": "هزینهٔ ستادی میان فعالیت‌ها سرشکن نشده و تفاوت از همین‌جا است.",
    "CAUSES_100": "علت‌های تأخیر در جلسهٔ کارگاه بررسی می‌شود و در اصلاحیهٔ برنامه می‌آید.",
    "DQ_ZERO_BASE": "تخصیص این ردیف پس از تاریخ مقطع ابلاغ شد و هزینه از محل تنخواه است.",
}
OTHERWISE = "رقم با دفتر حسابداری و صورت‌جلسهٔ کارگاه تطبیق داده شد و درست است."


def explain(submission: PerformanceSubmission, by: User) -> None:
    checking.recheck(submission)
    hits = CheckResult.objects.filter(submission=submission).waiting()
    texts = {pk: WORDS.get(rule, OTHERWISE) for pk, rule in hits.values_list("pk", "rule")}
    if texts:
        explanations.explain(submission.pk, texts, by=by)
