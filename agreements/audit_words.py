"""How the log's events of years and windows read in Persian."""

WORDS = {
    "fiscalyear.created": "سال مالی را با مقطع‌هایش تعریف کرد",
    "window.planned": "پنجرهٔ ورود ساخت",
    "window.dates_changed": "تاریخ‌های پنجره را تغییر داد",
    "window.opened": "پنجرهٔ ورود را باز کرد",
    "window.closed": "مقطع را بست",
    "window.reopened": "مقطع را بازگشایی کرد",
    "window.extended": "مهلت ورود را تمدید کرد",
    "window.published": "مقطع را منتشر کرد",
}
