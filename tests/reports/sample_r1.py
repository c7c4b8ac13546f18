"""A whole R1 with invented figures, cut-off 1403-Q4, so that worked examples A and B can be checked in print.

Names and amounts are invented; only the counties are real. Every subtotal and ratio follows from the rows.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from PIL import Image, ImageDraw

from monitoring.ratios import Ratio
from monitoring.signals import SIGNALS, Curves, SignalCode, divergence
from reports.figures import Flow, Physical, total, total_physical
from reports.package import (
    AbsentAgency,
    Coverage,
    Header,
    HeldLine,
    Imprint,
    Period,
    R1Report,
    Reconciliation,
    Scope,
    Signer,
)
from reports.parts import (
    ActivityRow,
    AgencyGroup,
    AgencyRow,
    CauseRow,
    Causes,
    CauseShare,
    ComplaintRow,
    Complaints,
    Count,
    Counties,
    CountyRow,
    CurvePoint,
    CutoffRow,
    Expense,
    ExpenseFocus,
    FindingRow,
    OperationRow,
    Photo,
    ProgrammeRow,
    ProjectPage,
    ProjectRow,
    SCurve,
    Service,
    SourceRow,
    Visits,
    VisitSheet,
)
from reports.sentences import with_sentences

# agency | projects | capital credit | allocated %, received of that %, spent of that % | estimate ÷ credit |
# progress | plan | amber | without figure | expense credit | allocated %, received %, spent %
AGENCIES = """
# امور اجتماعی
ادارهٔ کل آموزش و پرورش | 6 | 148000 | 74.2 | 93.1 | 92.4 | 3.1 | 61.4 | 66.0 | 1 | 0 | 6120000 | 96.1 | 99.4 | 99.2
ادارهٔ کل نوسازی و تجهیز مدارس | 24 | 1120000 | 78.6 | 92.0 | 94.1 | 2.9 | 57.9 | 66.2 | 5 | 1 | 62000 | 91.3 | 98.2 | 97.0
دانشگاه علوم پزشکی | 14 | 980000 | 71.9 | 94.5 | 90.2 | 4.2 | 49.6 | 57.8 | 3 | 0 | 1840000 | 94.4 | 98.9 | 98.6
ادارهٔ کل آموزش فنی و حرفه‌ای | 2 | 192000 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 148000 | 93.0 | 98.0 | 97.5
ادارهٔ کل ورزش و جوانان | 17 | 640000 | 66.4 | 91.2 | 88.7 | 3.6 | 52.3 | 61.5 | 4 | 1 | 96000 | 90.1 | 97.7 | 96.3
ادارهٔ کل فرهنگ و ارشاد اسلامی | 9 | 285000 | 69.0 | 94.0 | 93.5 | 2.8 | 63.1 | 66.4 | 1 | 0 | 88000 | 91.7 | 98.4 | 97.9
ادارهٔ کل میراث فرهنگی و گردشگری | 12 | 342000 | 64.8 | 90.3 | 87.1 | 2.5 | 58.2 | 64.9 | 2 | 1 | 74000 | 89.5 | 97.9 | 96.8
ادارهٔ کل بهزیستی | 5 | 118000 | 77.1 | 95.2 | 94.6 | 2.2 | 68.8 | 70.1 | 0 | 0 | 102000 | 0 | 0 | 0
کمیتهٔ امداد | 3 | 96000 | 81.3 | 96.8 | 97.2 | 1.9 | 74.0 | 73.2 | 0 | 0 | 310000 | 95.2 | 99.1 | 98.8
دانشگاه استان | 6 | 410000 | 72.2 | 93.4 | 91.9 | 4.6 | 47.7 | 52.0 | 1 | 0 | 720000 | 94.9 | 98.8 | 98.4
ادارهٔ کل کتابخانه‌های عمومی | 4 | 92000 | 70.5 | 92.6 | 90.8 | 2.4 | 66.3 | 69.5 | 0 | 0 | 41000 | 90.8 | 97.4 | 97.1
ادارهٔ کل ثبت احوال | 1 | 24000 | 83.3 | 97.5 | 96.4 | 1.6 | 81.0 | 82.5 | 0 | 0 | 52000 | 93.3 | 98.6 | 98.0
دادگستری کل استان | 3 | 168000 | 75.6 | 94.9 | 92.7 | 3.3 | 59.9 | 62.8 | 0 | 0 | 285000 | 95.0 | 99.0 | 98.7
ادارهٔ کل پزشکی قانونی | 1 | 38000 | 68.4 | 92.3 | 91.7 | 2.1 | 55.0 | 58.0 | 0 | 0 | 47000 | 92.1 | 98.1 | 97.3
# امور زیربنایی
ادارهٔ کل راه و شهرسازی | 26 | 2360000 | 73.8 | 93.7 | 95.3 | 4.8 | 48.7 | 57.9 | 6 | 1 | 132000 | 92.4 | 98.5 | 97.6
ادارهٔ کل راهداری و حمل‌ونقل | 22 | 1480000 | 76.9 | 94.8 | 94.4 | 2.6 | 62.5 | 67.3 | 3 | 0 | 118000 | 91.9 | 98.3 | 97.8
شرکت آب و فاضلاب استان | 16 | 1240000 | 69.7 | 92.2 | 93.0 | 3.9 | 52.8 | 61.4 | 4 | 1 |  | 0 | 0 | 0
شرکت آب منطقه‌ای | 9 | 1060000 | 67.5 | 91.0 | 92.8 | 6.4 | 44.1 | 49.6 | 2 | 0 |  | 0 | 0 | 0
بنیاد مسکن انقلاب اسلامی | 15 | 720000 | 80.4 | 96.1 | 96.6 | 1.8 | 72.7 | 73.9 | 1 | 0 | 58000 | 92.8 | 98.7 | 98.1
استانداری | 8 | 430000 | 82.1 | 96.4 | 95.8 | 2.0 | 70.4 | 71.8 | 0 | 0 | 190000 | 94.7 | 98.9 | 98.5
شرکت توزیع نیروی برق | 6 | 360000 | 78.8 | 95.0 | 96.1 | 1.7 | 76.9 | 75.4 | 0 | 0 |  | 0 | 0 | 0
ادارهٔ کل مدیریت بحران | 4 | 150000 | 71.3 | 93.3 | 90.1 | 1.9 | 60.2 | 65.7 | 1 | 0 | 18000 | 88.9 | 97.5 | 96.2
ادارهٔ کل حفاظت محیط زیست | 5 | 110000 | 65.0 | 90.9 | 89.2 | 2.3 | 58.8 | 62.1 | 0 | 1 | 64000 | 91.1 | 98.0 | 97.4
ادارهٔ کل هواشناسی | 2 | 46000 | 73.9 | 94.1 | 93.8 | 1.5 | 71.0 | 72.0 | 0 | 0 | 39000 | 92.3 | 98.3 | 97.7
ادارهٔ کل ارتباطات و فناوری اطلاعات | 3 | 88000 | 70.0 | 92.9 | 91.3 | 1.6 | 69.3 | 71.5 | 0 | 0 | 21000 | 90.5 | 97.8 | 97.0
# امور تولیدی
سازمان جهاد کشاورزی | 19 | 1050000 | 70.8 | 92.7 | 91.5 | 2.7 | 54.9 | 63.8 | 5 | 1 | 420000 | 93.6 | 98.6 | 98.0
ادارهٔ کل منابع طبیعی و آبخیزداری | 12 | 470000 | 72.6 | 93.9 | 92.2 | 2.0 | 60.7 | 66.9 | 2 | 0 | 156000 | 92.7 | 98.4 | 97.9
ادارهٔ کل دامپزشکی | 3 | 74000 | 79.7 | 95.8 | 95.0 | 1.7 | 71.2 | 70.8 | 0 | 0 | 92000 | 93.1 | 98.5 | 98.2
ادارهٔ کل شیلات | 4 | 132000 | 66.7 | 91.4 | 90.6 | 2.4 | 57.4 | 61.0 | 0 | 1 | 28000 | 90.2 | 97.6 | 96.9
شرکت شهرک‌های صنعتی | 7 | 380000 | 75.8 | 94.6 | 94.9 | 2.2 | 65.8 | 67.2 | 0 | 0 |  | 0 | 0 | 0
ادارهٔ کل صنعت، معدن و تجارت | 2 | 54000 | 70.4 | 93.0 | 91.1 | 1.8 | 62.0 | 64.3 | 0 | 0 | 83000 | 92.0 | 98.2 | 97.6
ادارهٔ کل تعاون، کار و رفاه اجتماعی | 1 | 30000 | 76.7 | 95.7 | 94.3 | 1.4 | 78.0 | 79.0 | 0 | 0 | 45000 | 91.6 | 98.1 | 97.4
ادارهٔ کل استاندارد | 1 | 42000 | 64.3 | 90.7 | 88.5 | 1.9 | 53.0 | 57.5 | 0 | 0 | 37000 | 91.4 | 97.9 | 97.2
ادارهٔ کل امور عشایر | 6 | 176000 | 77.8 | 94.9 | 95.6 | 1.6 | 69.9 | 71.3 | 0 | 0 | 22000 | 90.9 | 98.0 | 97.1
مرکز تحقیقات و آموزش کشاورزی | 3 | 98000 | 71.4 | 93.6 | 92.0 | 2.1 | 61.5 | 63.7 | 0 | 0 | 61000 | 92.6 | 98.5 | 97.9
ادارهٔ کل تعاون روستایی | 2 | 36000 | 75.0 | 94.4 | 93.1 | 1.3 | 74.5 | 75.0 | 0 | 0 | 24000 | 91.7 | 97.7 | 96.9
"""
# project | agency | county | plan | progress | financial progress | first cause | no movement
RED = """
آموزشگاه ۶ کلاسهٔ مراوه‌تپه | ادارهٔ کل نوسازی و تجهیز مدارس | مراوه‌تپه | 88.0 | 41.0 | 39.2 | فسخ پیمان | 1
استخر سرپوشیدهٔ گمیشان | ادارهٔ کل ورزش و جوانان | گمیشان | 92.0 | 58.0 | 55.6 | کمبود اعتبار مصوب | 1
شبکهٔ آبیاری تحت فشار گنبد کاووس | سازمان جهاد کشاورزی | گنبد کاووس | 75.0 | 48.6 | 45.9 | تأخیر تخصیص | 0
پل روگذر ورودی شرقی علی‌آباد کتول | ادارهٔ کل راه و شهرسازی | علی‌آباد کتول | 78.0 | 52.4 | 71.6 | معارض زمین | 0
راه روستایی مینودشت (۱۴ کیلومتر) | ادارهٔ کل راهداری و حمل‌ونقل | مینودشت | 90.0 | 66.5 | 61.0 | فصل و شرایط جوی | 0
تصفیه‌خانهٔ فاضلاب کردکوی، مدول ۱ | شرکت آب و فاضلاب استان | کردکوی | 71.0 | 49.2 | 66.8 | ضعف پیمانکار | 0
خط انتقال آب روستاهای گالیکش | شرکت آب و فاضلاب استان | گالیکش | 85.0 | 63.7 | 47.5 | دیرکرد پرداخت | 0
کشتارگاه صنعتی آق‌قلا | سازمان جهاد کشاورزی | آق‌قلا | 66.0 | 47.0 | 62.5 | تغییر طرح | 0
آموزشگاه ۱۲ کلاسهٔ کلاله | ادارهٔ کل نوسازی و تجهیز مدارس | کلاله | 100.0 | 82.0 | 74.3 | تأخیر تخصیص | 0
چهارخطهٔ آزادشهر – رامیان، قطعهٔ ۲ | ادارهٔ کل راه و شهرسازی | آزادشهر | 64.0 | 46.3 | 40.2 | تأخیر تخصیص | 0
مرمت کاروانسرای گنبد کاووس | ادارهٔ کل میراث فرهنگی و گردشگری | گنبد کاووس | 80.0 | 62.5 | 49.0 | دیرکرد پرداخت | 0
سد ترکمن: سازهٔ سرریز | شرکت آب منطقه‌ای | ترکمن | 55.0 | 37.8 | 41.0 | تغییر طرح | 0
توسعهٔ بیمارستان ۹۶ تختی رامیان | دانشگاه علوم پزشکی | رامیان | 60.0 | 43.1 | 58.4 | افزایش قیمت‌ها | 0
آبخیزداری بالادست مینودشت | ادارهٔ کل منابع طبیعی و آبخیزداری | مینودشت | 70.0 | 53.8 | 50.1 | تأخیر تخصیص | 0
"""
# code | county | share of the capital allocation | relative absorption
COUNTIES = """
2705 | گرگان | 0.128 | 94
2710 | آزادشهر | 0.062 | 88
2703 | علی‌آباد کتول | 0.071 | 79
2711 | رامیان | 0.083 | 83
2709 | کلاله | 0.046 | 77
2706 | گنبد کاووس | 0.074 | 86
2714 | گالیکش | 0.041 | 69
2702 | ترکمن | 0.066 | 91
2707 | مینودشت | 0.052 | 72
2708 | آق‌قلا | 0.069 | 90
2704 | کردکوی | 0.057 | 81
2712 | مراوه‌تپه | 0.038 | 66
2713 | گمیشان | 0.055 | 84
2701 | بندر گز | 0.064 | 93
"""
VOCATIONAL, WELFARE = "ادارهٔ کل آموزش فنی و حرفه‌ای", "ادارهٔ کل بهزیستی"
CUTOFFS = (date(2024, 6, 20), date(2024, 9, 21), date(2024, 12, 20), date(2025, 3, 20))


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _part(base: int, rate: str) -> int:
    return int((base * Decimal(rate) / 100).quantize(Decimal(1)))


def _flow(credit: str, allocated: str, received: str, spent: str) -> Flow:
    agreed = int(credit)
    first = _part(agreed, allocated)
    second = _part(first, received)
    return Flow(agreed=agreed, allocated=first, received=second, spent=_part(second, spent))


# --- worked example A ----------------------------------------------------------------------------
A_ESTIMATE, A_BEFORE = 520_000, 180_000
A_AGREED = (150_000, 150_000, 180_000, 180_000)
A_ALLOCATED = (15_000, 52_500, 99_000, 144_000)
A_RECEIVED = (9_000, 45_000, 90_000, 132_000)
A_SPENT = (6_000, 40_500, 81_000, 126_000)
A_PLANNED = ("45", "54", "63", "70")
A_AGENCY = ("41.70", "49.00", "56.50", "63.50")
A_VISITED = (None, "48.50", "55.75", "62.25")
A_TITLES = ("پایان خرداد ۱۴۰۳", "پایان شهریور ۱۴۰۳", "پایان آذر ۱۴۰۳", "پایان اسفند ۱۴۰۳")
SISTER = Flow(agreed=12_000, allocated=9_000, received=3_000, spent=1_800)


def _cutoffs() -> tuple[CutoffRow, ...]:
    rows = []
    for index, title in enumerate(A_TITLES):
        visited = A_VISITED[index]
        flow = Flow(
            agreed=A_AGREED[index],
            allocated=A_ALLOCATED[index],
            received=A_RECEIVED[index],
            spent=A_SPENT[index],
        )
        rows.append(
            CutoffRow(
                title=title,
                flow=flow,
                planned=Decimal(A_PLANNED[index]),
                agency=Decimal(A_AGENCY[index]),
                visited=None if visited is None else Decimal(visited),
                progress=Decimal(visited or A_AGENCY[index]),
                financial=Ratio(A_BEFORE + A_SPENT[index], A_ESTIMATE),
            )
        )
    return tuple(rows)


def _points(*pairs: tuple[date, str]) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(on, Decimal(value)) for on, value in pairs)


def _curve() -> SCurve:
    start = date(2022, 9, 23)
    earlier = (date(2023, 3, 20), date(2023, 9, 22), date(2024, 3, 19))
    plan = ["9", "24", "40", *A_PLANNED]
    return SCurve(
        starts_on=start,
        ends_on=date(2025, 9, 22),
        planned=_points(
            (start, "0"),
            *zip((*earlier, *CUTOFFS), plan, strict=True),
            (date(2025, 6, 21), "86"),
            (date(2025, 9, 22), "100"),
        ),
        agency=_points((start, "0"), *zip((*earlier, *CUTOFFS), ["8", "22.5", "40", *A_AGENCY], strict=True)),
        visited=_points(*((on, v) for on, v in zip(CUTOFFS, A_VISITED, strict=True) if v)),
        financial=(
            *_points((start, "0"), *zip(earlier, ["10.6", "21.2", "34.62"], strict=True)),
            *(
                CurvePoint(on, Ratio(A_BEFORE + spent, A_ESTIMATE).percent or Decimal(0))
                for on, spent in zip(CUTOFFS, A_SPENT, strict=True)
            ),
        ),
    )


def _operation(title: str, unit: str, weight: int, *quantities: int) -> OperationRow:
    target, start, agency, visited = map(Decimal, quantities)
    return OperationRow(title, unit, target, Decimal(weight), start, agency, visited)


def photo_bytes(shade: int) -> bytes:
    """A drawn picture: a wall of bricks in one of four colours."""
    image = Image.new("RGB", (640, 400), (225, 232, 240))
    draw = ImageDraw.Draw(image)
    for row in range(8):
        for column in range(-1, 9):
            left = column * 80 + (row % 2) * 40
            colour = (150 + 20 * (shade % 4), 110 + 12 * ((row + column) % 3), 70 + 15 * shade)
            draw.rectangle((left, row * 50, left + 74, row * 50 + 44), fill=colour)
    stream = BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def photos() -> dict[str, bytes]:
    import hashlib

    pictures = [photo_bytes(shade) for shade in range(4)]
    return {hashlib.sha256(picture).hexdigest(): picture for picture in pictures}


def example_a() -> ProjectPage:
    keys = list(photos())
    captions = (
        ("اسکلت و سقف", "تکمیل، ۳٬۰۰۰ مترمربع. ساعت ۱۰:۲۲، ۴ متر از محل پروژه"),
        ("نما و دیوارچینی", "۴٬۴۲۰ از ۵٬۲۰۰ مترمربع. ساعت ۱۰:۴۱، ۱۱ متر از محل پروژه"),
        ("تأسیسات مکانیکی و برقی", "۳۲ درصد. ساعت ۱۱:۱۳، ۸ متر از محل پروژه"),
        ("نازک‌کاری", "۴۵۰ مترمربع، اعلام دستگاه ۶۰۰. ساعت ۱۱:۵۲، ۶ متر از محل پروژه"),
    )
    return ProjectPage(
        code="1403-052-0117",
        title="مرکز آموزش فنی و حرفه‌ای آزادشهر",
        agency=VOCATIONAL,
        county="آزادشهر",
        starts_on=date(2022, 9, 23),
        ends_on=date(2025, 9, 22),
        original_estimate=420_000,
        latest_estimate=A_ESTIMATE,
        spent_before=A_BEFORE,
        before_title="پایان ۱۴۰۲",
        curve=_curve(),
        cutoffs=_cutoffs(),
        operations=(
            _operation("اسکلت و سقف", "مترمربع", 35, 3000, 2700, 3000, 3000),
            _operation("نما و دیوارچینی", "مترمربع", 20, 5200, 1560, 4420, 4420),
            _operation("تأسیسات مکانیکی و برقی", "درصد", 25, 100, 10, 34, 32),
            _operation("نازک‌کاری", "مترمربع", 15, 3000, 0, 600, 450),
            _operation("محوطه‌سازی", "مترمربع", 5, 1500, 0, 0, 0),
        ),
        status="در حال اجرا",
        execution_method="پیمانی",
        band="نیازمند توجه",
        critical=("تأخیر پیش‌بینی‌شدهٔ ۳۶۶ روز",),
        forecast_end=date(2026, 9, 23),
        delay_days=366,
        causes=(
            CauseShare("کمبود یا تأخیر تخصیص", Decimal(60)),
            CauseShare("دیرکرد پرداخت به پیمانکار", Decimal(40)),
        ),
        obstacles="تأمین تجهیزات تأسیسات از محل اسناد خزانه به تأخیر افتاده است.",
        remedy="تخصیص مانده در سه‌ماههٔ نخست ۱۴۰۴ و افزودن یک گروه نازک‌کاری.",
        visit=VisitSheet(
            number="1403-0418",
            line=("۲۸ اسفند ۱۴۰۳، ساعت ۱۰:۱۵ تا ۱۲:۴۰ · کیفیت کلی: خوب · وضعیت کارگاه: نیمه‌فعال، ۱۴ نفر"),
            photos=tuple(Photo(key, *caption) for key, caption in zip(keys, captions, strict=True)),
        ),
    )


# --- worked example B ----------------------------------------------------------------------------
def example_b() -> ExpenseFocus:
    chapters = (
        ("۱. جبران خدمات کارکنان", 71_400, 68_900),
        ("۲. استفاده از کالاها و خدمات", 20_400, 17_500),
        ("۶. رفاه اجتماعی", 6_120, 5_500),
        ("۷. سایر هزینه‌ها", 4_080, 3_500),
    )
    return ExpenseFocus(
        agency=WELFARE,
        flow=Flow(agreed=102_000, allocated=96_900, received=96_000, spent=95_400),
        chapters=tuple(
            ProgrammeRow(title, Flow(agreed=agreed, spent=spent)) for title, agreed, spent in chapters
        ),
        returned=600,
        volume=Ratio(Decimal("0.95") * 78_000 + Decimal("0.80") * 24_000, 102_000),
        efficiency=Ratio(Decimal(93_300), 95_400),
    )


def _activities() -> tuple[ActivityRow, ...]:
    rows = """
ادارهٔ کل بهزیستی | ویزیت توان‌بخشی در منزل | ویزیت | 12000 | 11400 | 6.5 | 76950
ادارهٔ کل بهزیستی | بازرسی مراکز نگهداری | بازرسی | 3000 | 2400 | 8 | 18450
ادارهٔ کل دامپزشکی | واکسیناسیون دام سبک | هزار رأس | 820 | 835 | 41 | 33985
ادارهٔ کل آموزش فنی و حرفه‌ای | آموزش مهارتی | نفرساعت | 64000 | 58880 | 1.15 | 71245
ادارهٔ کل کتابخانه‌های عمومی | خدمات عضویت و امانت | هزار امانت | 410 | 428 | 62 | 26108
ادارهٔ کل حفاظت محیط زیست | پایش منابع آلاینده | پایش | 1450 | 1247 | 21.5 | 28058
"""
    return tuple(
        ActivityRow(agency, title, unit, Decimal(target), Decimal(done), Decimal(agreed), int(cost))
        for agency, title, unit, target, done, agreed, cost in _table(rows)
    )


# --- agencies ------------------------------------------------------------------------------------
def _agency(code: int, cells: list[str]) -> AgencyRow:
    name, projects, credit, allocated, received, spent, times, progress, planned, amber, missing = cells[:11]
    capital = _flow(credit, allocated, received, spent)
    red = sum(row[1] == name for row in _table(RED))
    weight = int(capital.agreed or 0) * Decimal(times)
    green = int(projects) - int(amber) - int(missing) - red
    physical = Physical(
        weight * Decimal(progress) / 100,
        weight * Decimal(planned) / 100,
        int(weight),
        green,
        int(amber),
        red,
        int(missing),
    )
    if name == VOCATIONAL:
        capital = Flow(agreed=180_000, allocated=144_000, received=132_000, spent=126_000) + SISTER
        physical = Physical(Decimal(323_700), Decimal(364_000), 520_000, amber=1) + Physical(
            Decimal(6_000), Decimal(15_000), 60_000, green=1
        )
    expense = None
    if name == WELFARE:
        expense = example_b().flow
    elif cells[11]:
        expense = _flow(*cells[11:])
    return AgencyRow(f"{code:03}", name, capital, expense, physical)


def _groups() -> tuple[AgencyGroup, ...]:
    groups: list[tuple[str, list[AgencyRow]]] = []
    code = 0
    for cells in _table(AGENCIES):
        if cells[0].startswith("# "):
            groups.append((cells[0][2:], []))
            continue
        code += 1
        groups[-1][1].append(_agency(code, cells))
    return tuple(AgencyGroup(title, tuple(rows)) for title, rows in groups)


def _shares(whole: Flow, rows: list[tuple[str, str, str, str, str]]) -> tuple[SourceRow, ...]:
    """Split by shares; the last row takes the rest, so that the table closes."""
    names = ("agreed", "allocated", "received", "spent")
    left = {name: getattr(whole, name) for name in names}
    found = []
    for title, *shares in rows:
        part = {name: _part(getattr(whole, name), share) for name, share in zip(names, shares, strict=True)}
        left = {name: left[name] - part[name] for name in names}
        found.append(SourceRow(title, Flow(**part)))
    return (*found, SourceRow("ملی استانی‌شده و اسناد خزانه", Flow(**left)))


def _counties(capital: Flow) -> Counties:
    rows = _table(COUNTIES)
    weights = sum(Decimal(share) for _, _, share, _ in rows)
    mean = sum(Decimal(share) * Decimal(rate) for _, _, share, rate in rows) / weights
    absorbed = capital.absorption.value or Decimal(0)
    found = []
    for code, title, share, rate in rows:
        allocated = int((capital.allocated or 0) * Decimal(share))
        spent = int(allocated * Decimal(rate) / mean * absorbed)
        received = int(spent * Decimal("1.07")) if spent * 107 < allocated * 100 else allocated
        flow = Flow(
            agreed=int(allocated * Decimal("1.32")), allocated=allocated, received=received, spent=spent
        )
        found.append(CountyRow(code, title, flow))
    found.sort(key=lambda row: -(row.capital.absorption.value or 0) if row.capital else 0)
    known = total(row.capital for row in found)
    assert known is not None
    rest = Flow(
        agreed=(capital.agreed or 0) - (known.agreed or 0),
        allocated=(capital.allocated or 0) - (known.allocated or 0),
        received=(capital.received or 0) - (known.received or 0),
        spent=(capital.spent or 0) - (known.spent or 0),
    )
    return Counties(tuple(found), CountyRow("", "بدون شهرستان", rest), map_code="27")


def _deviating() -> tuple[ProjectRow, ...]:
    rows = []
    for index, (title, agency, county, planned, progress, financial, cause, idle) in enumerate(_table(RED)):
        found = divergence(Curves(Decimal(planned), None, Decimal(progress), Decimal(financial)))
        word = found[0].kind.title if found else ""
        if idle == "1":
            word = SIGNALS[SignalCode.NO_MOVEMENT].title
        rows.append(
            ProjectRow(
                code=f"1402-{index:03}-0{index + 31:03}",
                title=title,
                agency=agency,
                county=county,
                planned=Decimal(planned),
                progress=Decimal(progress),
                origin="بازدید",
                financial=Ratio(Decimal(financial) * 1000, 100_000),
                word=word,
                cause=cause,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.deviation or 0))


def _critical() -> ProjectRow:
    page, row = example_a(), _cutoffs()[-1]
    return ProjectRow(
        code=page.code,
        title=page.title,
        agency=page.agency,
        county=page.county,
        planned=row.planned,
        progress=row.progress,
        origin="بازدید",
        financial=row.financial,
        cause="کمبود یا تأخیر تخصیص",
        delay_days=366,
        critical=("تأخیر پیش‌بینی‌شدهٔ ۳۶۶ روز",),
    )


def _programmes(whole: Flow) -> tuple[ProgrammeRow, ...]:
    shares = [
        ("آموزش ابتدایی و متوسطه", "52.40", "52.91", "52.95", "53.40"),
        ("درمان و بهداشت", "15.85", "15.56", "15.50", "15.48"),
        ("آموزش عالی", "6.20", "6.11", "6.10", "6.10"),
        ("کشاورزی و منابع طبیعی", "6.60", "6.53", "6.50", "6.55"),
        ("حمایت و توان‌بخشی", "3.60", "3.57", "3.56", "3.55"),
        ("امور قضایی و ثبتی", "3.30", "3.29", "3.28", "3.28"),
        ("فرهنگ، ورزش و گردشگری", "2.70", "2.64", "2.63", "2.65"),
    ]
    rows = _shares(whole, shares)
    last = replace(rows[-1], title="خدمات عمومی و سایر برنامه‌ها")
    return tuple(ProgrammeRow(row.title, row.flow) for row in (*rows[:-1], last))


def _causes() -> Causes:
    shares = """
کمبود یا تأخیر تخصیص | 36.4
دیرکرد پرداخت به پیمانکار | 14.8
معارض و تملک زمین | 11.2
افزایش قیمت‌ها | 9.6
ضعف پیمانکار | 8.3
تغییر طرح یا نقص مطالعات | 6.9
فصل و شرایط جوی | 5.7
مجوزها و انشعاب‌ها | 4.2
سایر (هشت علت دیگر) | 2.9
"""
    projects = 118
    rows = [
        CauseRow(title, Ratio(Decimal(share) * projects / 100, projects)) for title, share in _table(shares)
    ]
    return Causes(tuple(rows), projects)


def _findings() -> tuple[FindingRow, ...]:
    rows = """
پل روگذر علی‌آباد: پرداخت صورت‌وضعیت ۷ بدون صورت‌جلسه | critical | راه و شهرسازی | 2025-05-05 | باز | 1
آموزشگاه مراوه‌تپه: کارگاه رها و بدون نگهبان | critical | نوسازی مدارس | 2025-05-21 | در دست اقدام |
تصفیه‌خانهٔ کردکوی: بتن ناقص در حوض هوادهی | critical | آب و فاضلاب | 2025-04-30 | باز | 1
مرکز آزادشهر: عایق کانال‌های هوا ناقص | major | آموزش فنی و حرفه‌ای | 2025-05-31 | در دست اقدام |
کشتارگاه آق‌قلا: نقشهٔ کارگاهی بی‌تأیید مشاور | major | جهاد کشاورزی | 2025-05-26 | باز |
راه مینودشت: نبود گزارش آزمایشگاه خاک در ۳ کیلومتر | major | راهداری | 2025-05-04 | باز | 1
بیمارستان رامیان: تعدیل بدون فهرست‌بها | major | علوم پزشکی | 2025-06-08 | باز |
شبکهٔ گنبد کاووس: لولهٔ انبارشده بدون صورت موجودی | major | جهاد کشاورزی | 2025-05-23 | در دست اقدام |
"""
    return tuple(
        FindingRow(text, severity, who, date.fromisoformat(due), state, bool(late))  # type: ignore[arg-type]
        for text, severity, who, due, state, late in _table(rows)
    )


def _header() -> Header:
    return Header(
        number="R1-1403-Q4",
        edition=1,
        organization="سازمان مدیریت و برنامه‌ریزی استان گلستان",
        parent="سازمان برنامه و بودجهٔ کشور",
        unit="معاونت هماهنگی برنامه و بودجه · گروه تلفیق بودجه",
        subject="نظارت بر عملکرد بودجهٔ دستگاه‌های اجرایی استان گلستان",
        scope=Scope("province", "27", "گلستان", "استان گلستان", whole="استان"),
        period=Period(
            "1403-Q4",
            "پایان اسفند ۱۴۰۳",
            "عملکرد سالانهٔ ۱۴۰۳",
            date(2024, 3, 20),
            CUTOFFS[-1],
        ),
        data_as_of=datetime(2025, 5, 7, 13, 0, tzinfo=UTC),
        contact="گروه تلفیق بودجه، سازمان مدیریت و برنامه‌ریزی استان گلستان",
        rules_version="1403.2",
        demo=True,
    )


def _coverage(capital: Flow, expense: Flow) -> Coverage:
    counted = (capital.agreed or 0) + (expense.agreed or 0)
    absent = (
        AbsentAgency(
            "پارک علم و فناوری",
            "سرمایه‌ای و هزینه‌ای",
            "در انتظار ذیحساب",
            "شخص جایگزین ذیحساب هنوز معرفی نشده است",
            214_000,
            96_000,
        ),
        AbsentAgency(
            "ادارهٔ کل غله و خدمات بازرگانی",
            "سرمایه‌ای و هزینه‌ای",
            "برگشتی از تلفیق",
            "مغایرت دریافتی با ابلاغیهٔ تخصیص شمارهٔ ۱۴۰۳/۵۵۱۸",
            61_000,
            139_000,
        ),
    )
    held = (
        HeldLine(
            "ادارهٔ کل ورزش و جوانان",
            "برنامهٔ توسعهٔ ورزش همگانی، فصل ۲",
            "هزینه‌ای",
            "V1",
            "تخصیص از اعتبار معتبر بیشتر است",
            4_200,
            4_650,
            4_100,
            4_050,
        ),
        HeldLine(
            "ادارهٔ کل شیلات",
            "برنامهٔ پایش ذخایر آبزیان، فصل ۱",
            "هزینه‌ای",
            "V3",
            "عملکرد از دریافتی بیشتر است",
            3_100,
            2_600,
            2_400,
            2_550,
        ),
    )
    spent = (capital.spent or 0) + (expense.spent or 0)
    return Coverage(
        agencies=Ratio(36, 38),
        credit=Ratio(counted, counted + 510_000),
        lines=Ratio(1_846, 1_848),
        absent=absent,
        held=held,
        reconciliation=(Reconciliation("عملکرد", spent + 6_600, 6_600, spent),),
    )


def _imprint() -> Imprint:
    return Imprint(
        published_at=datetime(2025, 5, 10, 5, 50, tzinfo=UTC),
        signers=(
            Signer(
                "تهیه‌کننده",
                "مهرداد رستگارنیا",
                "رئیس گروه تلفیق بودجه",
                datetime(2025, 5, 7, 13, 0, tzinfo=UTC),
            ),
            Signer(
                "تأییدکننده",
                "سیمین آذرپور",
                "معاون هماهنگی برنامه و بودجه",
                datetime(2025, 5, 8, 7, 35, tzinfo=UTC),
            ),
            Signer("تصویب‌کننده", "فرهاد کاویان‌مهر", "رئیس سازمان", datetime(2025, 5, 10, 5, 50, tzinfo=UTC)),
        ),
        verify_url="https://nezarat.example/v/R1-1403-Q4-1",
        open_data_url="https://nezarat.example/open/reports/R1-1403-Q4-1",
    )


def sample() -> R1Report:
    groups = _groups()
    capital = total(group.capital for group in groups)
    expense = total(group.expense for group in groups)
    assert capital is not None
    assert expense is not None
    capital = replace(capital, notified=(capital.agreed or 0) + 83_400, allocated_securities=1_240_000)
    expense = replace(expense, notified=(expense.agreed or 0) + 26_150)
    sources = [
        ("عمومی استانی", "51.2", "52.0", "52.3", "52.5"),
        ("سه درصد نفت و گاز", "18.7", "17.6", "17.4", "17.2"),
        ("توازن منطقه‌ای", "12.1", "11.2", "11.0", "10.8"),
        ("متفرقه", "6.4", "5.8", "5.7", "5.6"),
    ]
    report = R1Report(
        header=_header(),
        imprint=_imprint(),
        coverage=_coverage(capital, expense),
        capital=capital,
        expense=expense,
        capital_sources=_shares(capital, sources),
        groups=groups,
        physical=total_physical(group.physical for group in groups),
        counties=_counties(capital),
        pages=(example_a(),),
        causes=_causes(),
        deviating=_deviating(),
        critical=(_critical(),),
        expense_detail=Expense(
            programmes=_programmes(expense), activities=_activities(), focuses=(example_b(),), selected=True
        ),
        visits=Visits(
            projects=Ratio(221, 254),
            no_visit_reasons=33,
            person_days=196,
            expense_visits=31,
            quality=(Count("عالی", 27), Count("خوب", 124), Count("متوسط", 58), Count("ضعیف", 12)),
            severities=(Count("بحرانی", 3), Count("عمده", 19), Count("جزئی", 42), Count("آگاهی", 32)),
            solved=65,
            open=31,
            overdue=5,
            findings=_findings(),
        ),
        complaints=Complaints(
            (
                ComplaintRow("شکایت", 31, 23, 4, 4, Ratio(221, 27)),
                ComplaintRow("گزارش بی‌نام", 12, 9, 1, 2, Ratio(74, 10)),
                ComplaintRow("پیشنهاد", 22, 18, 0, 4, Ratio(110, 18)),
                ComplaintRow("نظر و پرسش", 19, 17, 0, 2, Ratio(60, 17)),
            ),
            "در سال ۱۴۰۳",
        ),
        service=Service(Decimal(6), 13, Ratio(34, 36), sent_in_time=Ratio(35, 38)),
    )
    return with_sentences(report)


def small() -> R1Report:
    """One agency without projects: expense only, nothing visited, no complaint."""
    full = sample()
    focus = example_b()
    header = replace(
        full.header,
        number="R1-1403-Q4-A008",
        subject=f"نظارت بر عملکرد بودجهٔ {WELFARE}",
        scope=Scope("agency", "008", WELFARE, WELFARE, whole="دستگاه"),
    )
    return with_sentences(
        R1Report(
            header=header,
            imprint=Imprint(),
            coverage=Coverage(Ratio(1, 1), Ratio(102_000, 102_000)),
            expense=focus.flow,
            expense_detail=Expense(
                programmes=(ProgrammeRow("حمایت و توان‌بخشی", focus.flow),),
                chapters=focus.chapters,
                activities=_activities()[:2],
                focuses=(focus,),
            ),
        )
    )
