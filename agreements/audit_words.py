"""How the log's events of years and windows read in Persian."""

WORDS = {
    "fiscalyear.created": "سال مالی را با مقطع‌هایش تعریف کرد",
    "agreement.begun": "پیش‌نویس موافقت‌نامه ساخت",
    "agreement.submitted": "موافقت‌نامه را امضا کرد و فرستاد",
    "agreement.reviewed": "موافقت‌نامه را تأیید کارشناسی کرد",
    "agreement.returned": "موافقت‌نامه را برگرداند",
    "agreement.exchanged": "مبادلهٔ موافقت‌نامه را ثبت کرد",
    "agreement.superseded": "نسخهٔ پیشین موافقت‌نامه پایان یافت",
    "agreement.remarked": "بر یک خانهٔ موافقت‌نامه نکته نوشت",
    "agreement.remark_resolved": "نکتهٔ موافقت‌نامه را بسته دانست",
    "budgetnotification.issued": "ابلاغ اعتبار صادر شد",
    "allocationnotice.issued": "ابلاغ تخصیص صادر شد",
    "window.planned": "پنجرهٔ ورود ساخت",
    "window.dates_changed": "تاریخ‌های پنجره را تغییر داد",
    "window.opened": "پنجرهٔ ورود را باز کرد",
    "window.closed": "مقطع را بست",
    "window.reopened": "مقطع را بازگشایی کرد",
    "window.extended": "مهلت ورود را تمدید کرد",
    "window.published": "مقطع را منتشر کرد",
    "extension.requested": "تمدید مهلت خواست",
    "extension.granted": "تمدید مهلت را پذیرفت",
    "extension.refused": "تمدید مهلت را رد کرد",
}

OBJECTS = {
    "agreements.fiscalyear": "سال مالی",
    "agreements.periodwindow": "پنجرهٔ ورود",
    "agreements.budgetnotification": "ابلاغ اعتبار",
    "agreements.allocationnotice": "ابلاغ تخصیص",
    "agreements.capitalagreement": "موافقت‌نامهٔ سرمایه‌ای",
    "agreements.expenseagreement": "موافقت‌نامهٔ هزینه‌ای",
    "agreements.project": "طرح",
    "agreements.extensionrequest": "درخواست تمدید",
}

FIELDS = {
    "opens_on": "آغاز",
    "closes_on": "پایان",
    "period": "مقطع",
    "kind": "نوع",
    "letter": "شمارهٔ نامه",
    "year": "سال",
}
