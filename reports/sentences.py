"""The words of R1: what the figures say, in sentences that carry their terms.

`with_sentences` fills what the builder left empty, once, before the snapshot is frozen; a printed edition
never asks this module again. Every sentence is dropped when a figure it needs is unknown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from budget_portal.jalali import local
from reports.definitions import DEFINITIONS
from reports.leads import leads, project_line
from reports.package import Kpi, Measured, R1Report, Sentence
from reports.printing import day_text, number, percent, quantity, signed
from reports.wording import (
    NO_MOVEMENT,
    PAID_AHEAD,
    WORK_AHEAD,
    known,
    largest_drop,
    money,
    of,
    some,
    words,
)


def with_sentences(report: R1Report) -> R1Report:
    return replace(
        report,
        kpis=report.kpis or tuple(kpis(report)),
        headline=report.headline or headline(report),
        findings=report.findings or tuple(findings(report)),
        proposals=report.proposals or tuple(proposals(report)),
        leads=report.leads or tuple(leads(report)),
        pages=tuple(page if page.line else replace(page, line=project_line(page)) for page in report.pages),
        definitions=report.definitions or DEFINITIONS,
        notes=report.notes or tuple(notes(report)),
    )


# --- summary -------------------------------------------------------------------------------------
def kpis(report: R1Report) -> Iterator[Kpi]:
    flow = report.money
    if flow is not None:
        yield Kpi(
            "اعتبار موافقتنامه‌ای",
            "سرمایه‌ای و هزینه‌ای" if report.capital and report.expense else "",
            "money",
            flow.agreed,
        )
        yield Kpi("تخصیص", f"{percent(flow.allocation)} درصد اعتبار", "money", flow.allocated)
        yield Kpi("عملکرد", f"{percent(flow.absorption)} درصد تخصیص", "money", flow.spent)
    if report.physical is not None:
        physical = report.physical
        yield Kpi(
            "پیشرفت فیزیکی", f"برنامه {percent(physical.plan)} درصد", "percent", ratio=physical.progress
        )
        yield Kpi("پروژهٔ منحرف", f"از {number(physical.projects)} پروژه", "count", physical.red)


def headline(report: R1Report) -> Sentence | None:
    flow, physical = report.money, report.physical
    if flow is None or not known(flow.absorption):
        return None
    lead = f"{percent(flow.absorption)} درصد اعتبار تخصیص‌یافته جذب شده"
    if physical is None or physical.deviation is None:
        text = f"از {money(flow.allocated)} تخصیص، {money(flow.spent)} به عملکرد رسید."
        return Sentence(f"{lead} است.", text)
    if physical.deviation < -5:
        lead = f"{lead}، اما کار از برنامه عقب است."
    elif physical.deviation < 0:
        lead = f"{lead} و کار اندکی از برنامه عقب است."
    else:
        lead = f"{lead} و کار با برنامه همراه است."
    text = (
        f"پیشرفت فیزیکی پروژه‌ها {percent(physical.progress)} درصد است در برابر برنامهٔ"
        f" {percent(physical.plan)} درصد"
    )
    late = f"، و {some(physical.red)} پروژه بیش از ۱۵ واحد درصد عقب است." if physical.red else "."
    return Sentence(lead, text + late)


def findings(report: R1Report) -> Iterator[Sentence]:
    yield from _allocation(report)
    yield from _absorption(report)
    yield from _groups(report)
    yield from _divergence(report)
    yield from _causes(report)
    yield from _visits(report)
    held = len(report.coverage.held)
    if held:
        yield Sentence(
            f"{some(held)} ردیف در هیچ جمعی نیامده است",
            "زیرا قاعدهٔ سنجشی را نقض می‌کند یا دلیل آن نوشته نشده است.",
            "held",
        )


def _allocation(report: R1Report) -> Iterator[Sentence]:
    flow = report.capital or report.expense
    if flow is None or not known(flow.allocation, flow.execution):
        return
    kind = "سرمایه‌ای" if report.capital else "هزینه‌ای"
    where = {
        "allocated": f"تخصیص {kind} گلوگاه سال بوده است."
        if (flow.allocation.exact_percent or 0) < 90
        else f"بزرگ‌ترین کاهش مسیر اعتبار {kind} پیش از تخصیص است.",
        "received": f"بزرگ‌ترین کاهش مسیر اعتبار {kind} در دریافت از خزانه است.",
        "spent": f"بزرگ‌ترین کاهش مسیر اعتبار {kind} در هزینه‌کرد است.",
    }
    step = largest_drop(flow)
    if step not in where:
        return
    text = (
        f"از {money(flow.agreed)} اعتبار، {money(flow.allocated)} ({percent(flow.allocation)} درصد) تخصیص یافت"
        f" و {money(flow.spent)} ({percent(flow.execution)} درصد) به عملکرد رسید."
    )
    yield Sentence(where[step], text, "stages")


def _absorption(report: R1Report) -> Iterator[Sentence]:
    parts = [
        f"در {name} {money(flow.spent)} از {money(flow.allocated)} ({percent(flow.absorption)} درصد)"
        for name, flow in (("سرمایه‌ای", report.capital), ("هزینه‌ای", report.expense))
        if flow is not None and known(flow.absorption)
    ]
    flow = report.money
    if not parts or flow is None:
        return
    good = (flow.absorption.exact_percent or 0) >= 90
    lead = "آنچه تخصیص یافت، خرج شد:" if good else "بخشی از تخصیص خرج نشده است:"
    yield Sentence(lead, f"جذب تخصیص {' و '.join(parts)} است.", "agencies" if report.groups else "stages")


def _groups(report: R1Report) -> Iterator[Sentence]:
    measured = [(group.title, group.physical) for group in report.groups]
    late = [
        (title, part.deviation) for title, part in measured if part is not None and part.deviation is not None
    ]
    late.sort(key=lambda pair: pair[1])
    if len(late) < 2 or late[0][1] >= 0:
        return
    others = "؛ ".join(f"{title} {signed(deviation)}" for title, deviation in late[1:4])
    yield Sentence(
        f"{late[0][0]} بیشترین عقب‌ماندگی را دارد:",
        f"{signed(late[0][1])} واحد درصد؛ {others} واحد.",
        "physical",
    )


def _divergence(report: R1Report) -> Iterator[Sentence]:
    counts = words(report)
    if counts[PAID_AHEAD]:
        rest = ""
        if counts[NO_MOVEMENT]:
            rest = f"و در {some(counts[NO_MOVEMENT])} پروژه دو مقطع پیاپی نه کاری پیش رفته و نه پولی هزینه شده است."
        lead = f"در {some(counts[PAID_AHEAD])} پروژه پرداخت جلوتر از کار است"
        yield Sentence(lead + ("" if rest else "."), rest, "deviating")
    elif counts[NO_MOVEMENT]:
        lead = f"در {some(counts[NO_MOVEMENT])} پروژه دو مقطع پیاپی نه کاری پیش رفته و نه پولی هزینه شده است."
        yield Sentence(lead, "", "deviating")


def _causes(report: R1Report) -> Iterator[Sentence]:
    if report.causes is None:
        return
    rows = [row for row in report.causes.rows if known(row.share)][:3]
    if not rows:
        return
    first, *rest = rows
    others = " و ".join(f"{row.title} ({percent(row.share)} درصد)" for row in rest)
    text = f"({percent(first.share)} درصد)" + (f"؛ سپس {others}." if others else ".")
    yield Sentence(f"علت نخست تأخیر، {first.title} است", text, "causes")


def _visits(report: R1Report) -> Iterator[Sentence]:
    visits = report.visits
    if visits is None or not known(visits.projects):
        return
    lead = f"{of(visits.projects)} پروژهٔ فعال ({percent(visits.projects)} درصد) بازدید شد"
    text = f"و {some(visits.open)} یافته باز است" if visits.open else "و یافتهٔ بازی نمانده است"
    if visits.overdue:
        text += f"؛ مهلت {some(visits.overdue)} یافته گذشته است"
    yield Sentence(lead, f"{text}.", "visits")


def proposals(report: R1Report) -> Iterator[Sentence]:
    counts = words(report)
    if counts[WORK_AHEAD]:
        text = f"اولویت تخصیص مانده با {some(counts[WORK_AHEAD])} پروژه‌ای باشد که کار در آن‌ها جلوتر از پرداخت است"
        yield Sentence("", f"{text}.", "deviating")
    if counts[PAID_AHEAD]:
        text = (
            "پرداخت صورت‌وضعیت پروژه‌های «پرداخت جلوتر از کار» تا بازدید دوباره به تأیید گروه تخصصی منوط شود."
        )
        yield Sentence("", text, "deviating")
    if counts[NO_MOVEMENT]:
        text = f"دربارهٔ {some(counts[NO_MOVEMENT])} پروژهٔ بدون حرکت، برای تعیین پیمانکار یا توقف تصمیم گرفته شود."
        yield Sentence("", text, "deviating")
    if report.visits is not None and report.visits.overdue:
        text = f"دستگاه‌های مسئول {some(report.visits.overdue)} یافتهٔ مهلت‌گذشته، زمان رفع آن‌ها را اعلام کنند."
        yield Sentence("", text, "visits")
    if report.coverage.held:
        text = f"{some(len(report.coverage.held))} ردیف نگه‌داشته‌شده تا مقطع بعد اصلاح یا با سند توجیه شود."
        yield Sentence("", text, "held")


# --- method --------------------------------------------------------------------------------------
def measured_line(report: R1Report, measured: Measured) -> str:
    """Against which versions of the agreements the rows are measured, and as known when."""
    cutoff, known = report.header.period.cutoff_on, local(report.header.data_as_of).date()
    text = (
        f"هر ردیف با نسخه‌ای از موافقتنامه سنجیده شده که در {day_text(cutoff)} لازم‌الاجرا بود، چنان‌که تا"
        f" {day_text(known)} دانسته شد: {number(measured.versions)} نسخه"
    )
    if measured.amended:
        more = measured.amended - len(measured.names)
        names = "، ".join(measured.names) + (f" و {number(more)} نسخهٔ دیگر" if more > 0 else "")
        text += f"، از آن میان {number(measured.amended)} نسخهٔ اصلاحی ({names})"
    else:
        text += "، همه نسخهٔ نخست"
    if not measured.replaced:
        return f"{text}."
    return (
        f"{text}. جای {number(measured.replaced)} نسخه را اصلاحیه‌ای گرفته که پس از تأیید ردیف‌ها با اثر گذشته ثبت شد؛"
        " آن ردیف‌ها با نسخهٔ هنگام تأیید سنجیده شده‌اند."
    )


def notes(report: R1Report) -> Iterable[str]:
    period = report.header.period
    yield (
        f"ارقام مالی، تجمعی از {day_text(period.starts_on)} تا {day_text(period.cutoff_on)} و به میلیون ریال است؛ ارقام"
        " میلیارد ریال در متن، گردشدهٔ همان ارقام است."
    )
    yield (
        "انحراف و تفاوت از ارقام گردنشده حساب شده است؛ ممکن است در رقم آخر با تفریق دو رقم چاپ‌شده یکی نباشد."
    )
    yield (
        "هر رقم را دستگاه وارد، ذیحساب تأیید، کارشناس بودجه بررسی و گروه تلفیق تأیید نهایی کرده است؛ این چهار، چهار"
        " شخص‌اند."
    )
    if report.measured is not None:
        yield measured_line(report, report.measured)
    service = report.service
    if service is not None and service.median_days is not None and known(service.in_time):
        yield (
            f"رسیدگی از تأیید ذیحساب تا تأیید نهایی: میانه {quantity(service.median_days)} و بیشینه"
            f" {number(service.worst_days)} روز کاری؛ {of(service.in_time)} مجموعه در {number(service.limit_days)} روز کاری"
            f" ({percent(service.in_time)} درصد)."
        )
    if service is not None and service.sent_in_time is not None and known(service.sent_in_time):
        yield f"{of(service.sent_in_time)} مجموعه ({percent(service.sent_in_time)} درصد) در مهلت ارسال شد."
    if period.code.endswith("Q4") and report.capital is not None:
        yield "عملکرد سرمایه‌ای پس از پایان سال، تا مهلت قانونی آن، در گزارش مقطع پایانی می‌آید."
    if report.counties is not None:
        yield "شهرستان اعتبار سرمایه‌ای، شهرستان محل پروژه است؛ شهرستان اعتبار هزینه‌ای، شهرستان دستگاه."
    if report.coverage.window_note:
        yield report.coverage.window_note
    yield "گزارش منتشرشده تغییر نمی‌کند؛ هر اصلاح، ویرایش تازه‌ای با شمارهٔ خود دارد."
