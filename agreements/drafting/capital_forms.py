"""Forms CA-1 … CA-8 of a capital agreement (domain guide §6)."""

from agreements.drafting.cells import AMOUNT, CHOICE, DATE, LONG, PERCENT, QUANTITY, REF, TEXT
from agreements.drafting.spec import Cell, Derived, Form, Section

PLAN_TYPES = (("profit", "انتفاعی"), ("non_profit", "غیرانتفاعی"))
PLACES = (("province", "استانی"), ("county", "شهرستانی"), ("urban", "شهری"), ("rural", "روستایی"))
SCOPES = (("provincial", "استانی"), ("national", "ملی"), ("national_provincial", "ملی استانی‌شده"))
PROJECT_TYPES = (
    ("new", "جدید"),
    ("ongoing", "نیمه‌تمام"),
    ("completion", "تکمیل"),
    ("repair", "تعمیر و بهسازی"),
    ("equipment", "تجهیز"),
)
OWNERSHIPS = (
    ("state", "دولتی"),
    ("municipal", "شهرداری یا دهیاری"),
    ("endowed", "وقفی"),
    ("private", "خصوصی (در تملک)"),
    ("none", "ملک ندارد"),
)
MOST_OPERATIONS = 30

FORMS = (
    Form(
        "CA-1",
        "مشخصات طرح",
        (
            Section(
                "CapitalAgreement",
                "مشخصات طرح",
                (
                    Cell("plan_type", "نوع طرح", CHOICE, choices=PLAN_TYPES),
                    Cell("goal", "هدف طرح", LONG, most=2000),
                    Cell("scope", "دامنهٔ طرح", CHOICE, choices=SCOPES, required=False),
                    Cell("place_type", "محل اجرا", CHOICE, choices=PLACES, required=False),
                    Cell("beneficiary_agency", "دستگاه بهره‌بردار", REF, listed="agency", required=False),
                ),
                derived=(
                    Derived("code", "کد طرح", "text"),
                    Derived("programme", "برنامه", "text"),
                    Derived("count", "شمار پروژه‌ها", "count"),
                    Derived("first", "نخستین سال آغاز", "year"),
                    Derived("last", "آخرین سال پایان", "year"),
                ),
            ),
        ),
    ),
    Form(
        "CA-2",
        "شناسنامهٔ پروژه",
        (
            Section(
                "AgreementProject",
                "شناسنامهٔ پروژه",
                (
                    Cell("project_type", "نوع پروژه", CHOICE, choices=PROJECT_TYPES),
                    Cell("goal", "هدف پروژه", LONG, required=False, most=2000),
                    Cell("start_date", "تاریخ آغاز", DATE),
                    Cell("end_date", "تاریخ پایان توافق‌شده", DATE),
                    Cell("district", "بخش", TEXT, required=False, most=80),
                    Cell("rural_district", "دهستان", TEXT, required=False, most=80),
                    Cell("village", "شهر یا روستا", TEXT, required=False, most=80),
                    Cell("ownership", "مالکیت زمین", CHOICE, choices=OWNERSHIPS, required=False),
                    Cell("land_area", "مساحت زمین", QUANTITY, "متر مربع", required=False),
                    Cell("built_area", "زیربنا", QUANTITY, "متر مربع", required=False),
                    Cell("permit_number", "شمارهٔ پروانه", TEXT, required=False, most=60),
                ),
                derived=(
                    Derived("code", "کد پروژه", "text"),
                    Derived("method", "روش اجرا", "text"),
                    Derived("county", "شهرستان", "text"),
                    Derived("address", "نشانی", "text"),
                    Derived("status", "وضعیت", "text"),
                ),
                note="کد، روش اجرا، شهرستان، نشانی و وضعیت از شناسنامهٔ پروژه در سامانه خوانده می‌شود.",
            ),
        ),
        per_project=True,
    ),
    Form(
        "CA-3",
        "مقادیر و برآورد",
        (
            Section(
                "AgreementProject",
                "مقادیر و برآورد",
                (
                    Cell("quantity", "مقدار کل", QUANTITY, above_zero=True),
                    Cell("quantity_unit", "واحد", TEXT, most=30),
                    Cell("original_estimate", "برآورد کل اولیه", AMOUNT, "میلیون ریال"),
                    Cell("latest_estimate", "آخرین برآورد کل", AMOUNT, "میلیون ریال"),
                    Cell("estimate_reason", "دلیل تغییر برآورد", LONG, required=False, most=2000),
                ),
                derived=(Derived("unit_cost", "بهای واحد", "cost", "میلیون ریال"),),
                note="بهای واحد از تقسیم آخرین برآورد بر مقدار کل به دست می‌آید. اگر آخرین برآورد با برآورد اولیه یکی نیست، دلیل لازم است.",
            ),
        ),
        per_project=True,
    ),
    Form(
        "CA-4",
        "عملیات، مقدار و وزن",
        (
            Section(
                "WorkOperation",
                "عملیات",
                (
                    Cell("title", "عنوان عملیات", TEXT, most=200),
                    Cell("unit", "واحد", TEXT, most=30, narrow=True),
                    Cell("target_quantity", "مقدار هدف", QUANTITY, above_zero=True),
                    Cell("weight", "وزن", PERCENT, "٪", summed=True, above_zero=True, narrow=True),
                    Cell("done_before", "انجام‌شده تا پایان سال قبل", QUANTITY, required=False, blank="0"),
                ),
                rows="free",
                derived=(Derived("share", "سهم در پیشرفت", "percent", "٪", summed=True),),
                noun="عملیات",
                least=1,
                most=MOST_OPERATIONS,
                ordered=True,
                note="جمع وزن‌ها باید دقیقاً ۱۰۰٫۰۰ باشد. اضافه بر هدف در پیشرفت شمرده نمی‌شود.",
            ),
        ),
        per_project=True,
    ),
    Form(
        "CA-5",
        "برنامهٔ زمانی فیزیکی",
        (
            Section(
                "PhysicalSchedule",
                "برنامهٔ فیزیکی تجمعی",
                (Cell("planned", "برنامهٔ تجمعی", PERCENT, "٪", required=False),),
                rows="points",
                prefix="q",
                derived=(Derived("planned", "از درون‌یابی", "percent", "٪"),),
                noun="سال بعد",
                most=14,
                note="غیرنزولی، ۰ تا ۱۰۰. مقطعی که خالی بماند میان دو مقطع پرشده به‌طور خطی محاسبه می‌شود و نشان «درون‌یابی» می‌گیرد."
                " مقطعی که بسته شده با نسخهٔ پیشین سنجیده شده و در اصلاحیه قفل است.",
            ),
        ),
        per_project=True,
    ),
    Form(
        "CA-6",
        "اعتبار به سال و منبع",
        (
            Section(
                "AgreementProject",
                "سال‌های گذشته",
                (Cell("spent_before", "هزینه تا پایان سال قبل", AMOUNT, "میلیون ریال"),),
                derived=(
                    Derived("now", "اعتبار امسال", "amount", "میلیون ریال"),
                    Derived("later", "سال‌های بعد", "amount", "میلیون ریال"),
                    Derived("whole", "گذشته + امسال + سال‌های بعد", "amount", "میلیون ریال"),
                    Derived("estimate", "آخرین برآورد (CA-3)", "amount", "میلیون ریال"),
                ),
            ),
            Section(
                "ProjectCredit",
                "اعتبار امسال به منبع",
                (
                    Cell("funding_source", "منبع", REF, listed="source"),
                    Cell("capital_sub_chapter", "ریزفصل", REF, listed="sub_chapter", required=False),
                    Cell("amount", "اعتبار", AMOUNT, "میلیون ریال", summed=True),
                ),
                rows="natural",
                prefix="c",
                keys=("funding_source", "capital_sub_chapter"),
                noun="منبع",
                least=1,
                most=40,
            ),
            Section(
                "CreditSchedule",
                "پیش‌بینی سال‌های بعد",
                (Cell("amount", "اعتبار", AMOUNT, "میلیون ریال", summed=True),),
                rows="years",
                prefix="y",
                noun="سال بعد",
                most=10,
            ),
        ),
        per_project=True,
        note="هزینهٔ گذشته، اعتبار امسال و سال‌های بعد باید با آخرین برآورد برابر باشد.",
    ),
    Form(
        "CA-7",
        "قراردادها",
        per_project=True,
        note="قراردادها در شناسنامهٔ پروژه نوشته می‌شود و این‌جا خوانده می‌شود.",
    ),
    Form(
        "CA-8",
        "اصلاحیه",
        (
            Section(
                "CapitalAgreement",
                "اصلاحیه",
                (
                    Cell("reason", "دلیل اصلاح", LONG, most=2000),
                    Cell("valid_from", "تاریخ اثر", DATE),
                ),
                derived=(
                    Derived("before", "جمع اعتبار نسخهٔ قبل", "amount", "میلیون ریال"),
                    Derived("after", "جمع اعتبار این نسخه", "amount", "میلیون ریال"),
                ),
            ),
        ),
        amendment_only=True,
    ),
)
