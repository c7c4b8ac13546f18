"""The one sentence that stands under each section's title."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from monitoring.ratios import Ratio
from reports.figures import Flow, Physical
from reports.package import Lead, R1Report, SectionKey, Tone
from reports.parts import CountyRow, ProjectPage
from reports.printing import day_text, number, percent
from reports.wording import far_behind, known, largest_drop, of, some, words


def leads(report: R1Report) -> Iterator[Lead]:
    candidates: tuple[tuple[SectionKey, str, Tone], ...] = (
        ("stages", _stages_lead(report), "plain"),
        ("agencies", _agencies_lead(report), "plain"),
        ("physical", _physical_lead(report.physical), "plain"),
        ("counties", _counties_lead(report), "plain"),
        ("projects", _projects_lead(report), "plain"),
        ("causes", _causes_lead(report), "plain"),
        ("deviating", _deviating_lead(report), "bad"),
        ("expense", _expense_lead(report.expense), "plain"),
        ("visits", _visits_lead(report), "plain"),
        ("complaints", _complaints_lead(report), "plain"),
        ("held", _held_lead(report), "bad"),
    )
    return (Lead(section, text, tone) for section, text, tone in candidates if text)


def _stages_lead(report: R1Report) -> str:
    flow = report.capital or report.expense
    if flow is None or flow.agreed is None or flow.allocated is None or not flow.agreed:
        return ""
    kind = "سرمایه‌ای" if report.capital else "هزینه‌ای"
    lost = Ratio(flow.agreed - flow.allocated, flow.agreed)
    if largest_drop(flow) == "allocated":
        return (
            f"بزرگ‌ترین کاهش در مسیر اعتبار {kind}، پیش از تخصیص است: {number(flow.agreed - flow.allocated)} از"
            f" {number(flow.agreed)} میلیون ریال ({percent(lost)} درصد)."
        )
    return (
        f"از اعتبار {kind} {number(flow.allocated)} از {number(flow.agreed)} میلیون ریال"
        f" ({percent(flow.allocation)} درصد) تخصیص یافت."
    )


def _agencies_lead(report: R1Report) -> str:
    count = sum(len(group.rows) for group in report.groups)
    rates = [
        f"{name} {percent(flow.absorption)}"
        for name, flow in (("سرمایه‌ای", report.capital), ("هزینه‌ای", report.expense))
        if flow is not None and known(flow.absorption)
    ]
    if not rates or count < 2:
        return ""
    projects = f" با {number(report.physical.projects)} پروژه" if report.physical else ""
    return (
        f"{number(count)} {report.header.scope.row_noun}{projects}؛ جذب {' و '.join(rates)} درصد تخصیص است."
    )


def _physical_lead(physical: Physical | None) -> str:
    if physical is None or physical.deviation is None:
        return ""
    state = "عقب از برنامه" if physical.deviation < 0 else "جلوتر از برنامه"
    bands = ((physical.red, "منحرف"), (physical.amber, "نیازمند توجه"))
    parts = " و ".join(f"{some(count)} پروژه {word}" for count, word in bands if count)
    rest = f"{parts} است" if parts else "همهٔ پروژه‌ها در محدودهٔ عادی‌اند"
    return f"کار {percent(abs(physical.deviation))} واحد درصد {state} است؛ {rest}."


def _counties_lead(report: R1Report) -> str:
    if report.counties is None:
        return ""

    def rate(row: CountyRow) -> Decimal | None:
        return row.capital.absorption.exact_percent if row.capital else None

    ranked = [(value, row.title) for row in report.counties.rows if (value := rate(row)) is not None]
    if len(ranked) < 2:
        return ""
    ranked.sort()
    low, level = report.counties.breaks[0], report.counties.level
    under = sum(value < low for value, _ in ranked)
    tail = f"؛ {some(under)} {level} زیر {number(low)} درصد است" if under else ""
    return (
        f"{ranked[-1][1]} با {percent(ranked[-1][0])} درصد بیشترین و {ranked[0][1]} با {percent(ranked[0][0])} درصد"
        f" کمترین جذب سرمایه‌ای را دارد{tail}."
    )


def _projects_lead(report: R1Report) -> str:
    behind = sum(1 for row in report.projects if row.deviation is not None and row.deviation < -5)
    if not report.projects:
        return ""
    return f"{number(len(report.projects))} پروژه؛ {far_behind(behind, 5)}."


def _causes_lead(report: R1Report) -> str:
    if report.causes is None or len(report.causes.rows) < 3:
        return ""
    top = report.causes.rows[:3]
    share = Ratio(sum(Decimal(row.share.numerator or 0) for row in top), report.causes.projects)
    return (
        f"سه علت نخست، {percent(share)} درصد از علل تأخیر {number(report.causes.projects)} پروژه را می‌سازد."
    )


def _deviating_lead(report: R1Report) -> str:
    if not report.deviating and not report.critical:
        return ""
    parts = [f"{some(count)} پروژه «{word}»" for word, count in words(report).most_common()]
    text = far_behind(len(report.deviating), 15)
    text = f"{text}: {'؛ '.join(parts)}." if parts else f"{text}."
    if report.critical:
        text += f" {some(len(report.critical))} پروژه با انحراف کمتر، به دلیلی دیگر بحرانی است."
    return text


def _expense_lead(flow: Flow | None) -> str:
    if flow is None or not known(flow.absorption, flow.execution):
        return ""
    return f"{percent(flow.absorption)} درصد تخصیص هزینه‌ای جذب شد و {percent(flow.execution)} درصد اعتبار به عملکرد رسید."


def _visits_lead(report: R1Report) -> str:
    visits = report.visits
    if visits is None or not known(visits.projects):
        return ""
    days = f" با {number(visits.person_days)} نفرروز" if visits.person_days else ""
    text = f"{of(visits.projects)} پروژهٔ فعال{days} بازدید شد ({percent(visits.projects)} درصد)."
    if visits.no_visit_reasons:
        text += f" برای {some(visits.no_visit_reasons)} پروژهٔ دیگر دلیل مکتوب ثبت است."
    return text


def _complaints_lead(report: R1Report) -> str:
    if report.complaints is None:
        return ""
    whole = report.complaints.whole
    rate = Ratio(whole.in_time, whole.answered)
    text = f"{report.complaints.span}، {number(whole.received)} درخواست رسید"
    if not known(rate):
        return f"{text}."
    return (
        f"{text} و {number(whole.answered)} درخواست پاسخ گرفت که {number(whole.in_time)} پاسخ"
        f" ({percent(rate)} درصد) در مهلت بود."
    )


def _held_lead(report: R1Report) -> str:
    held = report.coverage.held
    if not held:
        return ""
    rules = Counter(line.rule for line in held)
    parts = "، ".join(f"{some(count)} ردیف {rule}" for rule, count in sorted(rules.items()))
    return f"{some(len(held))} ردیف نگه داشته شده و در هیچ جمعی نیامده است: {parts}."


def project_line(page: ProjectPage) -> str:
    row = page.now
    if row is None or row.deviation is None:
        return ""
    state = "عقب از برنامه" if row.deviation < 0 else "جلوتر از برنامه"
    text = f"{percent(abs(row.deviation), 2)} واحد درصد {state}"
    if page.band:
        text += f" ({page.band})"
    if page.delay_days and page.forecast_end:
        text += (
            f"؛ با آهنگ کنونی در {day_text(page.forecast_end)}، یعنی {number(page.delay_days)} روز پس از پایان"
            " موافقتنامه، به پایان می‌رسد"
        )
    if page.critical:
        text += f". بحرانی است: {' و '.join(page.critical)}"
    return f"{text}."
