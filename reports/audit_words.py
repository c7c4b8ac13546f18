"""How the log's events of reports, and of the demo's papers, read in Persian."""

WORDS = {
    "report.drafted": "پیش‌نویس گزارش را ساخت",
    "report.rebuild_asked": "ساخت دوبارهٔ گزارش را خواست",
    "report.reprint_asked": "ساخت دوبارهٔ نسخهٔ چاپی گزارش را خواست",
    "report.reviewed": "گزارش را بررسی کرد (تهیه‌کننده)",
    "report.confirmed": "گزارش را تأیید کرد (تأییدکننده)",
    "report.approved": "گزارش را تصویب و منتشر کرد (تصویب‌کننده)",
    "report.returned": "گزارش را به پیش‌نویس برگرداند",
    "load.generated": "دادهٔ ساختگی برای آزمون بار ساخت؛ ردیف‌های آن در رویدادنامه نیست",
}

OBJECTS = {
    "reports.supervisionreport": "گزارش نظارت",
}

FIELDS = {
    "number": "شماره",
    "edition": "ویرایش",
    "digest": "چکیدهٔ رقمی",
}
