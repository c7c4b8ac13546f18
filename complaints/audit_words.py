"""How the log's events of cases read in Persian."""

WORDS = {
    "complaint.registered": "پرونده را ثبت کرد",
    "complaint.assigned": "پرونده را ارجاع داد",
    "complaint.started": "بررسی پرونده را آغاز کرد",
    "complaint.info_asked": "از فرستنده توضیح خواست",
    "complaint.info_given": "توضیح فرستنده رسید",
    "complaint.info_overdue": "بی توضیح فرستنده به رسیدگی ادامه داد",
    "complaint.extended": "مهلت پاسخ را تمدید کرد",
    "complaint.forwarded": "پرونده را خارج از صلاحیت دانست و فرستاد",
    "complaint.rejected": "پرونده را با دلیل رد کرد",
    "complaint.answer_written": "پاسخ را نوشت",
    "complaint.answer_returned": "پاسخ را به نویسنده بازگرداند",
    "complaint.answered": "پاسخ را تأیید و ارسال کرد",
    "complaint.objected": "فرستنده به پاسخ اعتراض کرد",
    "complaint.objection_taken": "رسیدگی به اعتراض را آغاز کرد",
    "complaint.withdrawn": "فرستنده انصراف داد",
    "complaint.closed": "پرونده مختومه شد",
    "complaint.noted": "یادداشت درونی نوشت",
    "complaint.sender_read": "هویت فرستنده را خواند",
}

OBJECTS = {
    "complaints.complaint": "پروندهٔ شکایت",
    "complaints.complaintsender": "فرستندهٔ پرونده",
}

FIELDS = {
    "assignee": "رسیدگی‌کننده",
    "outcome": "نتیجه",
    "extended_to": "مهلت تازه",
    "objection_due": "پایان مهلت اعتراض",
}
