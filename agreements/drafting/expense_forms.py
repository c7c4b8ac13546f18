"""Forms 1 to 7 of an expense agreement (domain guide §7). Forms 1 and 2 are totals of 2-a and hold nothing typed."""

from agreements.drafting.cells import AMOUNT, CHOICE, COST, COUNT, DATE, LONG, QUANTITY, REF, TEXT
from agreements.drafting.spec import Cell, Derived, Form, Section

MR = "میلیون ریال"
REVENUES = (
    ("general", "درآمد عمومی"),
    ("own_revenue", "درآمد اختصاصی"),
    ("disposal", "واگذاری دارایی"),
)
PROGRAMME = Cell("programme", "برنامه", REF, listed="programme")
CHAPTER = Cell("expense_chapter", "فصل", REF, listed="chapter")
CREDIT = Cell("amount", "اعتبار", AMOUNT, MR, summed=True)


def _attribution(code: str, title: str, sort: str) -> Form:
    cells = (CHAPTER, Cell("title", "عنوان هزینه", TEXT, most=200), CREDIT)
    section = Section(
        "CostAttribution",
        title,
        cells,
        rows="free",
        fixed=(("sort", sort),),
        noun="هزینه",
        note="جمع فرم‌های ۴-الف و ۴-ب در هر فصل برابر اعتبار همان فصل در فرم ۲-الف است.",
        optional=True,
    )
    return Form(code, title, (section,))


FORMS = (
    Form("1", "خلاصهٔ بودجهٔ دستگاه", note="از فرم ۲-الف به دست می‌آید؛ چیزی تایپ نمی‌شود."),
    Form("2", "اعتبار برنامه‌ها", note="از فرم ۲-الف به دست می‌آید؛ چیزی تایپ نمی‌شود."),
    Form(
        "2-a",
        "اعتبار برنامه به فصل و منبع",
        (
            Section(
                "ProgrammeCredit",
                "اعتبار برنامه × فصل × منبع",
                (PROGRAMME, CHAPTER, Cell("funding_source", "منبع", REF, listed="source"), CREDIT),
                rows="natural",
                prefix="p",
                keys=("programme", "expense_chapter", "funding_source"),
                least=1,
            ),
        ),
    ),
    Form(
        "2-b",
        "پیوند برنامه با مراکز فعالیت",
        (
            Section(
                "ActivityCentre",
                "مراکز اصلی فعالیت",
                (Cell("title", "مرکز فعالیت", TEXT, most=200), PROGRAMME, CREDIT),
                rows="free",
                noun="مرکز",
                least=1,
                note="جمع مراکز هر برنامه برابر اعتبار همان برنامه است.",
            ),
        ),
    ),
    Form(
        "3",
        "فعالیت‌ها و خدمات",
        (
            Section(
                "Activity",
                "فعالیت‌ها",
                (
                    PROGRAMME,
                    Cell("title", "فعالیت یا خدمت", TEXT, most=200),
                    Cell("unit", "واحد", TEXT, most=40, narrow=True),
                    Cell("target_volume", "حجم هدف", QUANTITY, above_zero=True),
                    Cell("unit_cost", "بهای واحد", COST, MR),
                    Cell("credit", "اعتبار", AMOUNT, MR, summed=True),
                ),
                rows="free",
                derived=(Derived("product", "حجم × بها", "amount", MR),),
                noun="فعالیت",
                least=1,
                ordered=True,
                note="اعتبار برابر حجم × بهای واحد است (تا ۱ میلیون ریال اختلاف). جمع فعالیت‌های هر برنامه برابر اعتبار برنامه است.",
            ),
        ),
    ),
    Form(
        "4",
        "شرح هزینه به فصل",
        (
            Section(
                "ChapterNarrative",
                "شرح هر فصل",
                (Cell("text", "شرح هزینه", LONG, most=2000),),
                rows="chapters",
                prefix="s",
                derived=(Derived("credit", "اعتبار فصل", "amount", MR, summed=True),),
            ),
        ),
    ),
    _attribution("4-a", "هزینه‌های پرسنلی", "personnel"),
    _attribution("4-b", "هزینه‌های غیرپرسنلی", "non_personnel"),
    Form(
        "5",
        "درآمد و واگذاری",
        (
            Section(
                "RevenueForecast",
                "آنچه دستگاه باید وصول کند",
                (
                    Cell("title", "عنوان درآمد", TEXT, most=200),
                    Cell("sort", "نوع", CHOICE, choices=REVENUES),
                    Cell("amount", "پیش‌بینی وصول", AMOUNT, MR, summed=True),
                ),
                rows="free",
                noun="درآمد",
                note="اعتبار از محل درآمد اختصاصی از پیش‌بینی وصول همان درآمد بیشتر نمی‌شود.",
                optional=True,
            ),
        ),
    ),
    Form(
        "6",
        "نیروی انسانی",
        (
            Section(
                "Manpower",
                "نیروی انسانی به مرکز",
                (
                    Cell("centre", "مرکز", TEXT, most=200),
                    Cell("permanent", "رسمی و پیمانی", COUNT, "نفر", summed=True),
                    Cell("contract", "قراردادی", COUNT, "نفر", summed=True),
                    Cell("other", "سایر", COUNT, "نفر", summed=True),
                ),
                rows="free",
                derived=(Derived("whole", "جمع", "count", "نفر", summed=True),),
                noun="مرکز",
                least=1,
            ),
        ),
    ),
    Form(
        "7",
        "توزیع به شهرستان",
        (
            Section(
                "CountyShare",
                "اعتبار هر شهرستان",
                (Cell("county", "شهرستان", REF, listed="county"), CREDIT),
                rows="natural",
                prefix="k",
                keys=("county",),
                noun="شهرستان",
                least=1,
                note="جمع شهرستان‌ها برابر جمع اعتبار فرم ۲-الف است.",
            ),
        ),
    ),
    Form(
        "8",
        "اصلاحیه",
        (
            Section(
                "ExpenseAgreement",
                "اصلاحیه",
                (
                    Cell("reason", "دلیل اصلاح", LONG, most=2000),
                    Cell("valid_from", "تاریخ اثر", DATE),
                ),
                derived=(
                    Derived("before", "جمع اعتبار نسخهٔ قبل", "amount", MR),
                    Derived("after", "جمع اعتبار این نسخه", "amount", MR),
                ),
            ),
        ),
        amendment_only=True,
    ),
)
