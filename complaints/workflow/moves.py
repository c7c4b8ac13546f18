"""The moves of a case (decision 21). The sender has no account: he proves number and secret."""

from budget_portal.moves import Move, table

OFFICER, EXPERT, DEPUTY = "complaints_officer", "budget_expert", "budget_deputy"
DESK = (OFFICER,)
ASSIGNEE = (OFFICER, EXPERT, DEPUTY)  # whoever of them holds the case; the deputy after an objection

MOVES = table(
    Move(
        "assign", ("registered", "assigned", "in_progress"), "assigned", DESK, "complaint.assigned", "ارجاع"
    ),
    Move("start", ("assigned",), "in_progress", (OFFICER, EXPERT), "complaint.started", "آغاز بررسی"),
    Move("ask_info", ("in_progress",), "needs_info", ASSIGNEE, "complaint.info_asked", "پرسش از فرستنده"),
    Move(
        "sender_answers",
        ("needs_info",),
        "in_progress",
        (),
        "complaint.info_given",
        "فرستادن توضیح",
        also="sender",
    ),
    Move(
        "resume",
        ("needs_info",),
        "in_progress",
        (),
        "complaint.info_overdue",
        "ادامه بدون توضیح",
        also="clock",
    ),
    Move("extend", ("in_progress",), "in_progress", ASSIGNEE, "complaint.extended", "تمدید مهلت"),
    Move(
        "forward",
        ("registered", "assigned", "in_progress"),
        "forwarded",
        DESK,
        "complaint.forwarded",
        "خارج از صلاحیت",
    ),
    Move(
        "reject",
        ("registered", "assigned", "in_progress"),
        "rejected",
        DESK,
        "complaint.rejected",
        "رد با دلیل",
    ),
    Move("write_answer", ("in_progress",), "in_progress", ASSIGNEE, "complaint.answer_written", "نوشتن پاسخ"),
    Move(
        "send_back",
        ("in_progress",),
        "in_progress",
        ASSIGNEE,
        "complaint.answer_returned",
        "بازگرداندن به نویسنده",
    ),
    Move("send_answer", ("in_progress",), "answered", ASSIGNEE, "complaint.answered", "تأیید و ارسال پاسخ"),
    Move(
        "object",
        ("answered", "rejected"),
        "objected",
        (),
        "complaint.objected",
        "اعتراض به پاسخ",
        also="sender",
    ),
    Move(
        "take_objection",
        ("objected",),
        "in_progress",
        (DEPUTY,),
        "complaint.objection_taken",
        "آغاز رسیدگی به اعتراض",
    ),
    Move(
        "withdraw",
        ("registered", "assigned", "in_progress", "needs_info"),
        "withdrawn",
        (),
        "complaint.withdrawn",
        "انصراف",
        also="sender",
    ),
    Move(
        "close",
        ("answered", "rejected", "forwarded", "withdrawn"),
        "closed",
        (),
        "complaint.closed",
        "مختومه",
        also="clock",
    ),
)
