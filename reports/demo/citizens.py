"""Thirty invented complaints, opinions and questions in every state, told to the verbs on the days of their story."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from accounts.models import Agency, User
from agreements.models import Project
from budget_portal.identifiers import national_code_problem
from complaints.workflow import complaints as workflow
from complaints.workflow.complaints import Filing, Sender
from reports.demo import then
from reports.demo.ground import Ground
from reports.demo.register import Work

ASK = "محل دقیق و نشانی قطعهٔ آسیب‌دیده را بنویسید تا کارشناس همان‌جا را ببیند."
TOLD = "کیلومتر ۱۲ محور، روبه‌روی پاسگاه؛ حدود دویست متر از مسیر نیمه‌کاره است."
EXTENSION = "پاسخ به بازدید مشترک با دستگاه نیاز دارد و جادهٔ محل بسته است."
OBJECTION = "پاسخ دربارهٔ روشنایی مسیر چیزی نگفته است و شب‌ها همچنان تاریک است."
FORWARD = "سازمان امور مالیاتی کشور، ادارهٔ کل استان"
NOT_OURS = "موضوع درخواست، تشخیص مالیات است و در وظیفهٔ این سازمان نیست."
REFUSED = "این درخواست همان موضوع پروندهٔ پیشین شماست و پاسخ آن داده شده است."
ANSWERS = (
    "در بازدید ۱۲ آبان دیده شد که کار به سبب نرسیدن تخصیص متوقف بوده است؛ با ابلاغ تخصیص تازه از سر گرفته شد.",
    "رقم پیشرفت این پروژه با اندازه‌گیری کارشناس اصلاح شد و در گزارش مقطع آینده می‌آید.",
    "دستگاه اجرایی موظف شد تا پایان ماه علائم ایمنی کارگاه را کامل کند؛ نتیجه پیگیری می‌شود.",
    "اعتبار این خدمت در موافقتنامهٔ سال دیده شده است و تا مقطع شهریور ۳۴ درصد آن تخصیص یافته است.",
)
DEPUTY_ANSWER = "با حضور معاون بودجه بازدید دوباره شد؛ نصب روشنایی در برنامهٔ سه‌ماههٔ سوم قرار گرفت."

PEOPLE = (
    ("حمید رستگار", "09161000011"), ("فاطمه کرمی", "09161000022"), ("عبدالله سواری", "09161000033"),
    ("مریم جهانگیری", "09161000044"), ("کاظم نیسی", "09161000055"), ("زینب موسوی‌پناه", "09121000066"),
    ("رضا ملکیان", "09161000077"), ("شهلا باوی", "09161000088"), ("یاسر عبیات", "09161000099"),
    ("ناهید صفایی", "09121000100"),
)  # fmt: skip


class Case(NamedTuple):
    course: str
    ago: int  # working days since it was filed
    kind: str
    subject: str
    text: str
    about: str = ""  # a kind of works, «project», «agency», or nothing
    place: str = "khuzestan"


CASES = (
    Case("registered", 0, "complaint", "توقف کار راه روستایی", "از خرداد هیچ کارگری در مسیر نیست و مصالح کنار جاده مانده است.", "road"),
    Case("registered", 1, "question", "زمان افتتاح درمانگاه", "درمانگاه شبانه‌روزی که تابلوی آن نصب شده کی به بهره‌برداری می‌رسد؟", "agency"),
    Case("registered", 2, "suggestion", "انتشار عکس بازدیدها", "عکس‌های بازدید هر پروژه در ارقام باز بیاید تا مردم پیشرفت را ببینند."),
    Case("registered", 13, "criticism", "دیرکرد پاسخ دستگاه", "دو بار به دستگاه نامه نوشته‌ام و پاسخی نرسیده است.", "agency"),
    Case("registered", 1, "report", "مصالح نامرغوب", "در بخش دوم کار از مصالح شسته‌نشده استفاده می‌شود؛ کارشناس سرزده ببیند.", "building"),
    Case("assigned", 3, "complaint", "نبود علائم ایمنی", "کنار گودبرداری هیچ علامت و حفاظی نیست و شب‌ها خطرناک است.", "road"),
    Case("assigned", 4, "opinion", "ترتیب پروژه‌ها", "بهتر است پروژه‌های نزدیک به پایان زودتر اعتبار بگیرند."),
    Case("assigned", 2, "complaint", "ناهمخوانی رقم پیشرفت", "پیشرفت را ۷۰ درصد نوشته‌اند اما نیمی از سقف هم نیست.", "building", "qom"),
    Case("in_progress", 5, "complaint", "قطع آب در زمان لوله‌گذاری", "سه هفته است که به سبب لوله‌گذاری آب روستا قطع است.", "water"),
    Case("in_progress", 12, "complaint", "تملک زمین بدون پرداخت", "زمین ما در مسیر کنارگذر افتاده و بهای آن پرداخت نشده است.", "road"),
    Case("extended", 9, "complaint", "ترک دیوار مدرسهٔ نوساز", "مدرسه‌ای که پارسال تحویل شد ترک خورده است؛ کیفیت کار بررسی شود.", "building"),
    Case("written", 7, "question", "سهم شهرستان از اعتبار", "سهم شهرستان ما از اعتبار تملک دارایی امسال چقدر است و چه شد؟"),
    Case("written", 6, "complaint", "پرداخت نشدن صورت‌وضعیت", "پیمانکار محلی می‌گوید صورت‌وضعیت چهارم هنوز پرداخت نشده است.", "field"),
    Case("needs_info", 6, "complaint", "خرابی پل موقت", "پل موقت کنار جاده با اولین باران آسیب دید و راه بسته شد.", "road"),
    Case("needs_info", 8, "report", "تخلف در خرید", "خرید تجهیزات بدون استعلام انجام شده است؛ بررسی کنید.", "agency"),
    Case("info_given", 9, "complaint", "گرد و غبار کارگاه", "کارگاه آب‌پاشی نمی‌کند و خانه‌های کنار مسیر پر از گرد است.", "road"),
    Case("answered", 12, "complaint", "توقف سالن ورزشی", "سالن چندمنظوره یک سال است که نیمه‌کاره مانده است.", "building"),
    Case("answered", 11, "question", "معنای انحراف فیزیکی", "در گزارش نوشته‌اید «۱۴ واحد عقب»؛ این عدد چگونه به دست می‌آید؟"),
    Case("answered", 14, "criticism", "گزارش دیر منتشر شد", "گزارش مقطع خرداد یک ماه پس از مهلت منتشر شد."),
    Case("answered", 9, "appreciation", "قدردانی از بازدید", "از کارشناسی که سرزده آمد و کار را از سر گرفت سپاسگزارم.", "project"),
    Case("answered_late", 19, "complaint", "نشت مخزن آب", "مخزن تازه‌ساز نشت دارد و حیاط مسجد را آب گرفته است.", "water"),
    Case("answered", 13, "complaint", "جابه‌جایی اعتبار", "شنیده‌ایم اعتبار پروژهٔ روستای ما جای دیگری هزینه شده است.", "field", "qom"),
    Case("objected", 15, "complaint", "روشنایی کنارگذر", "کنارگذر بدون روشنایی باز شده و هر هفته تصادف می‌شود.", "road"),
    Case("objection_taken", 17, "complaint", "کیفیت آسفالت", "آسفالت تازه پس از دو ماه موج برداشته است.", "road"),
    Case("forwarded", 10, "complaint", "مالیات کارگاه", "برای کارگاه کوچک من مالیاتی بیش از درآمد نوشته‌اند."),
    Case("forwarded", 6, "question", "کارت بازرگانی", "برای تمدید کارت بازرگانی به کجا بروم و چه مدرکی لازم است؟", place="qom"),
    Case("rejected", 8, "complaint", "تکرار درخواست پیشین", "همان موضوع قبلی را دوباره می‌نویسم چون پاسخ را نپسندیدم."),
    Case("withdrawn", 9, "complaint", "دیرکرد صدور گواهی", "گواهی پایان کار صادر نشده است؛ خودم پیگیر می‌شوم.", "agency"),
    Case("closed", 34, "complaint", "ناایمنی پل روگذر", "نرده‌های پل روگذر کامل نیست و کودکان از آن می‌گذرند.", "road"),
    Case("closed", 41, "question", "دسترسی به ارقام", "ارقام عملکرد دستگاه‌ها را از کجا به صورت جدول بگیریم؟"),
)  # fmt: skip


def write(ground: Ground, works: list[Work]) -> None:
    for number, case in enumerate(CASES):
        _tell(ground, works, case, number)


def _tell(ground: Ground, works: list[Work], case: Case, number: int) -> None:
    """File it, then walk on: each step so many working days after it was filed."""
    project, agency = _subject(ground, works, case, number)
    with then.at(then.days_ago(case.ago, hour=8 + number % 8, minute=number * 11 % 60)):
        made = workflow.register(
            Filing(
                organization=ground.organizations[case.place],
                kind=case.kind,
                subject=case.subject,
                text=case.text,
                service_step="visit" if project else "other",
                agency=agency,
                project=project,
                sender=_sender(case, number),
                wants_sms=number % 3 != 2,
            ),
            by=None,
        )
    for ago, step in _story(ground, case, number, made.complaint.pk):
        with then.at(then.days_ago(max(ago, 0), hour=10 + (case.ago - ago) % 5, minute=number * 13 % 60)):
            step()


def _subject(
    ground: Ground, works: list[Work], case: Case, number: int
) -> tuple[Project | None, Agency | None]:
    offices = {agency: plan for agency, plan in ground.agencies if agency.organization.code == case.place}
    if case.about == "agency":
        return None, list(offices)[number * 3 % len(offices)]
    here = [
        work.project
        for work in works
        if work.agency in offices and case.about in ("project", offices[work.agency].works)
    ]
    return (here[number * 7 % len(here)], None) if case.about else (None, None)


def _sender(case: Case, number: int) -> Sender | None:
    """A complaint has one; half of the opinions do; a report never."""
    if case.kind == "report" or (case.kind not in {"complaint", "question"} and number % 2):
        return None
    name, mobile = PEOPLE[number % len(PEOPLE)]
    return Sender(kind="person", name=name, mobile=mobile, national_code=_national_code(number))


def _national_code(number: int) -> str:
    """An invented one with a right check digit."""
    base = f"199{100_000 + number * 7919:06d}"
    return next(code for digit in range(10) if not national_code_problem(code := f"{base}{digit}"))


Step = tuple[int, Callable[[], object]]


def _story(ground: Ground, case: Case, number: int, pk: int) -> list[Step]:
    """The steps of a course with how many working days ago each was taken, the oldest first."""
    home = case.place == "khuzestan"
    officer = ground.people["complaints" if home else "complaints_qom"]
    deputy = ground.people["deputy" if home else "deputy_qom"]
    handler = _handler(ground, number, home)
    ago, course = case.ago, case.course
    text = ANSWERS[number % len(ANSWERS)]

    assign: Step = (ago - 1, lambda: workflow.assign(pk, by=officer, assignee_id=handler.pk))
    start: Step = (ago - 2, lambda: workflow.start(pk, by=handler))
    ask: Step = (ago - 3, lambda: workflow.ask_info(pk, by=handler, text=ASK))
    told: Step = (ago - 5, lambda: workflow.sender_answers(pk, by=None, text=TOLD))
    extend: Step = (ago - 7, lambda: workflow.extend(pk, by=handler, reason=EXTENSION))

    def answer(after: int) -> list[Step]:
        return [
            (
                ago - after + 1,
                lambda: workflow.write_answer(
                    pk, by=handler, text=text, outcome="partly" if number % 2 else "solved"
                ),
            ),
            (ago - after, lambda: workflow.send_answer(pk, by=officer)),
        ]

    object_: Step = (ago - 9, lambda: workflow.object_to_answer(pk, by=None, text=OBJECTION))
    take: Step = (ago - 11, lambda: workflow.take_objection(pk, by=deputy))
    last: Step = (
        ago - 12,
        lambda: workflow.write_answer(pk, by=deputy, text=DEPUTY_ANSWER, outcome="solved"),
    )
    begun = [assign, start]
    courses: dict[str, list[Step]] = {
        "registered": [],
        "assigned": [assign],
        "in_progress": begun,
        "extended": [*begun, extend],
        "written": [*begun, answer(5)[0]],
        "needs_info": [*begun, ask],
        "info_given": [*begun, ask, told],
        "answered": [*begun, *answer(7)],
        "answered_late": [*begun, *answer(14)],
        "objected": [*begun, *answer(7), object_],
        "objection_taken": [*begun, *answer(7), object_, take, last],
        "forwarded": [(ago - 2, lambda: workflow.forward(pk, by=officer, body=FORWARD, reason=NOT_OURS))],
        "rejected": [(ago - 3, lambda: workflow.reject(pk, by=officer, reason=REFUSED))],
        "withdrawn": [assign, (ago - 4, lambda: workflow.withdraw(pk, by=None, reason="مشکل حل شد."))],
        "closed": [*begun, *answer(8), (ago - 21, lambda: workflow.close(pk, by=None))],
    }
    return courses[course]


def _handler(ground: Ground, number: int, home: bool) -> User:
    """Experts of the three groups and the second officer take turns."""
    if not home:
        return ground.people["expert2"]
    return ground.people[
        ("expert", "expert_khuzestan_social", "complaints2", "expert_khuzestan_production")[number % 4]
    ]
