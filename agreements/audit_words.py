"""How the log's events of years and windows read in Persian."""

from __future__ import annotations

from functools import partial
from typing import Any

from agreements.drafting.spec import Path, form_of

WORDS = {
    "classification.added": "ردیف طبقه‌بندی تعریف کرد",
    "classification.ended": "اعتبار ردیف طبقه‌بندی را پایان داد",
    "classification.removed": "ردیف طبقه‌بندی را که با پرونده آمده بود پاک کرد",
    "classification.renamed": "عنوان ردیف طبقه‌بندی را از تاریخی تغییر داد",
    "classification.year_opened": "طبقه‌بندی سال را با رونوشت سال پیش گشود",
    "classification.mapped": "نگاشت ردیف به سال تازه را نوشت",
    "project.added": "پروژه را در شناسنامه‌ها ثبت کرد",
    "plan.added": "طرح تازه ثبت کرد",
    "project.changed": "شناسنامهٔ پروژه را تغییر داد",
    "project.status_changed": "وضعیت پروژه را تغییر داد",
    "project.identified": "شناسهٔ پروژه در سامانهٔ دیگر را ثبت کرد",
    "contract.added": "پیمان پروژه را ثبت کرد",
    "contract.changed": "پیمان پروژه را اصلاح کرد",
    "contract.removed": "پیمانی را که با پرونده آمده بود پاک کرد",
    "contract.amount_changed": "مبلغ پیمان را تغییر داد",
    "contract.stated": "صورت‌وضعیت پیمان را ثبت کرد",
    "contract.paid": "پرداخت صورت‌وضعیت را ثبت کرد",
    "project.identifier_ended": "اعتبار شناسهٔ پروژه را پایان داد",
    "fiscalyear.created": "سال مالی را با مقطع‌هایش تعریف کرد",
    "agreement.begun": "پیش‌نویس موافقت‌نامه ساخت",
    "agreement.submitted": "موافقت‌نامه را امضا کرد و فرستاد",
    "agreement.reviewed": "موافقت‌نامه را تأیید کارشناسی کرد",
    "agreement.returned": "موافقت‌نامه را برگرداند",
    "agreement.exchanged": "مبادلهٔ موافقت‌نامه را ثبت کرد",
    "agreement.superseded": "نسخهٔ پیشین موافقت‌نامه پایان یافت",
    "agreement.remarked": "بر یک خانهٔ موافقت‌نامه نکته نوشت",
    "agreement.remark_answered": "نکتهٔ موافقت‌نامه را رفع‌شده اعلام کرد",
    "agreement.remark_resolved": "نکتهٔ موافقت‌نامه را بسته دانست",
    "agreement.cell_saved": "یک خانهٔ موافقت‌نامه را نوشت",
    "agreement.row_added": "ردیفی به فرم موافقت‌نامه افزود",
    "agreement.row_moved": "ردیفی از فرم موافقت‌نامه را جابه‌جا کرد",
    "agreement.row_removed": "ردیفی از فرم موافقت‌نامه برداشت",
    "agreement.rows_laid": "جدولی را در فرم موافقت‌نامه چسباند",
    "agreement.document_attached": "سند اصلاحیه را پیوست کرد",
    "agreement.project_added": "پروژه‌ای به موافقت‌نامه افزود",
    "agreement.project_removed": "پروژه‌ای از موافقت‌نامه برداشت",
    "plan.registered": "طرح را از پرونده ثبت کرد",
    "plan.changed": "طرح را از پرونده تغییر داد",
    "plan.removed": "طرح ثبت‌شده از پرونده را برداشت",
    "project.registered": "پروژه را از پرونده ثبت کرد",
    "project.removed": "پروژهٔ ثبت‌شده از پرونده را برداشت",
    "import.uploaded": "پرونده‌ای برای ورود داد",
    "import.mapped": "ستون‌های پرونده را تطبیق داد",
    "import.previewed": "پیش‌نمایش پرونده را ساخت",
    "import.begun": "اعمال پرونده را آغاز کرد",
    "import.applied": "پرونده را اعمال کرد",
    "import.halted": "اعمال پرونده را متوقف کرد",
    "import.failed": "اعمال پرونده ناموفق ماند",
    "import.discarded": "پرونده را کنار گذاشت",
    "import.undone": "ورود پرونده را برگرداند",
    "budgetnotification.drafted": "پیش‌نویس ابلاغیهٔ بودجه ساخت",
    "budgetnotification.changed": "سربرگ ابلاغیهٔ بودجه را تغییر داد",
    "budgetnotification.line_added": "به ابلاغیهٔ بودجه ردیف افزود",
    "budgetnotification.line_changed": "ردیف ابلاغیهٔ بودجه را تغییر داد",
    "budgetnotification.line_removed": "ردیف ابلاغیهٔ بودجه را برداشت",
    "budgetnotification.discarded": "پیش‌نویس ابلاغیهٔ بودجه را حذف کرد",
    "budgetnotification.issued": "ابلاغیهٔ بودجه صادر شد",
    "budgetnotification.cancelled": "ابلاغیهٔ بودجه را باطل کرد",
    "allocationnotice.drafted": "پیش‌نویس ابلاغیهٔ تخصیص ساخت",
    "allocationnotice.changed": "سربرگ ابلاغیهٔ تخصیص را تغییر داد",
    "allocationnotice.line_added": "به ابلاغیهٔ تخصیص ردیف افزود",
    "allocationnotice.line_changed": "ردیف ابلاغیهٔ تخصیص را تغییر داد",
    "allocationnotice.line_removed": "ردیف ابلاغیهٔ تخصیص را برداشت",
    "allocationnotice.discarded": "پیش‌نویس ابلاغیهٔ تخصیص را حذف کرد",
    "allocationnotice.issued": "ابلاغیهٔ تخصیص صادر شد",
    "allocationnotice.cancelled": "ابلاغیهٔ تخصیص را باطل کرد",
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
    "extension.withdrawn": "درخواست تمدید را پس گرفت",
}

PAGES = {
    "agreements.project": "monitoring:project?code",
}

OBJECTS = {
    "agreements.affair": "امور",
    "agreements.chapter": "فصل",
    "agreements.programme": "برنامه",
    "agreements.expensechapter": "فصل هزینه",
    "agreements.capitalchapter": "فصل سرمایه‌ای",
    "agreements.capitalsubchapter": "ریزفصل سرمایه‌ای",
    "agreements.fundingsource": "منبع اعتبار",
    "agreements.fiscalyear": "سال مالی",
    "agreements.periodwindow": "پنجرهٔ ورود",
    "agreements.budgetnotification": "ابلاغیهٔ بودجه",
    "agreements.allocationnotice": "ابلاغیهٔ تخصیص",
    "agreements.capitalagreement": "موافقت‌نامهٔ سرمایه‌ای",
    "agreements.expenseagreement": "موافقت‌نامهٔ هزینه‌ای",
    "agreements.plan": "طرح",
    "agreements.project": "پروژه",
    "budget_portal.importbatch": "ورود از پرونده",
    "agreements.extensionrequest": "درخواست تمدید",
}

FIELDS = {
    "rows": "ردیف",
    "execution_method": "روش اجرا",
    "address": "نشانی",
    "latitude": "عرض جغرافیایی",
    "longitude": "طول جغرافیایی",
    "place_reason": "علت دوری محل",
    "agreements.project.number": "شماره",
    "agreements.project.part": "نقش",
    "agreements.project.company": "شرکت",
    "signed_on": "تاریخ امضا",
    "agreements.project.subject": "موضوع",
    "agreements.project.amount": "مبلغ (میلیون ریال)",
    "duration_days": "مدت (روز)",
    "starts_on": "شروع به کار",
    "guarantee": "ضمانت",
    "retention": "حسن انجام کار",
    "gross": "ناخالص",
    "agreements.project.paid": "پرداخت‌شده",
    "since": "از تاریخ",
    "cause": "علت",
    "system": "سامانه",
    "opens_on": "آغاز",
    "closes_on": "پایان",
    "period": "مقطع",
    "kind": "نوع",
    "letter": "شمارهٔ نامه",
    "letter_number": "شمارهٔ نامه",
    "letter_date": "تاریخ نامه",
    "valid_from": "لازم‌الاجرا از",
    "note": "توضیح",
    "document_id": "نامهٔ پویش‌شده",
    "period_id": "مقطع",
    "lines": "ردیف‌ها",
    "line": "ردیف",
    "sum": "جمع",
    "scope": "بودجه",
    "budget_row": "ردیف بودجه",
    "plan": "طرح",
    "plan_id": "طرح",
    "project_id": "پروژه",
    "programme_id": "برنامه",
    "expense_chapter_id": "فصل هزینه",
    "funding_source_id": "منبع",
    "instrument": "نقد یا اوراق",
    "amount": "مبلغ",
    "collected": "وصولی",
    "symbol": "نماد",
    "due_date": "سررسید",
    "is_advance": "تنخواه",
    "converted_from_id": "تبدیل تنخواه",
    "year": "سال",
    "forms": "فرم‌ها",
    "until": "تا",
    "version": "نسخه",
    "path": "خانه",
}
VALUES = {
    "instrument": {"cash": "نقد", "securities": "اوراق"},
    "scope": {"provincial": "استانی", "national": "ملی"},
}


def read_cell(kind: str, name: str, value: Any) -> tuple[str, str | None] | None:
    """A cell of a form by its label and, of a choice, the chosen words: «CA-2، نوع پروژه»."""
    path = Path.parse(name)
    form = form_of(kind, path.form) if path else None
    section = form.section_of(path.row) if form and path else None
    cell = section.cell(path.cell) if section and path else None
    if form is None or cell is None:
        return None
    label = f"فرم {form.name}، {cell.label}"
    return label, None if value in (None, "") else dict(cell.choices).get(value, str(value))


READERS = {
    "agreements.capitalagreement": partial(read_cell, "capital"),
    "agreements.expenseagreement": partial(read_cell, "expense"),
}
