"""The dashboards as they are printed: sentence, strip of figures, charts and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from agreements.models import ReportingPeriod
from budget_portal import jalali
from budget_portal.charts import Bar, Chart, Tone
from monitoring.presenters.coverage import coverage as said
from monitoring.presenters.words import period_name, period_title
from monitoring.ratios import Ratio
from monitoring.service_clock import PeriodClocks
from monitoring.signals import Band
from reports.dashboard import CountryPicture, CountyPicture, Need, OrganizationPicture
from reports.figures import Flow, Physical
from reports.printing import milliards, number, percent, quantity, signed
from reports.totals import Share

KIND_CHIPS = (("", "همهٔ اعتبارات"), ("capital", "سرمایه‌ای"), ("expense", "هزینه‌ای"))
SHOWN_NEEDS = 10
LATE_FROM = 7  # the working day from which a clock warns (70 % of ten)


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    count: int | None
    current: bool
    tone: str = ""


@dataclass(frozen=True)
class Kpi:
    label: str
    value: str
    unit: str = ""
    note: str = ""
    note_tone: str = ""
    alert: bool = False


@dataclass(frozen=True)
class Finding:
    lead: str
    text: str = ""
    note: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True)
class StepBar:
    number: int
    label: str
    count: int
    percent: Any
    tone: str
    url: str = ""


@dataclass(frozen=True)
class NeedRow:
    name: str
    url: str
    budget_url: str
    complete: str
    absorption: str
    share: Any
    deviation: str
    is_red: bool
    late: str


def choices(periods: Sequence[ReportingPeriod]) -> dict[str, Any]:
    return {"periods": [(row.code, period_title(row)) for row in periods]}


def organization(picture: OrganizationPicture) -> dict[str, Any]:
    return {
        "picture": picture,
        "chips": _chips(picture),
        "finding": _finding(picture),
        "kpis": _kpis(picture),
        "steps": _steps(picture),
        "clock_chart": clock_chart(picture.clocks, picture.days),
        "needs": [_need(row) for row in picture.needs[:SHOWN_NEEDS]],
        "coverage": coverage(picture.share),
        "map": picture.counties,
    }


def _query(picture: OrganizationPicture, **changes: str) -> str:
    values = {"period": picture.period.code, "kind": picture.kind, "basis": picture.basis} | changes
    if values["basis"] == "sent":
        values["basis"] = ""
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


def _chips(picture: OrganizationPicture) -> list[Chip]:
    found = [
        Chip(label, _query(picture, kind=kind), None, picture.kind == kind) for kind, label in KIND_CHIPS
    ]
    for basis, label in (("sent", "ارقام ارسال‌شده"), ("approved", "تنها تأیید نهایی")):
        found.append(Chip(label, _query(picture, basis=basis), None, picture.basis == basis))
    return found


def coverage(share: Share) -> str:
    """Every total says how complete it is."""
    return said(int(share.agencies.numerator or 0), int(share.agencies.denominator or 0), share.credit)


def _finding(picture: OrganizationPicture) -> Finding:
    flow, approved = picture.flow, coverage(picture.share)
    if picture.basis == "approved":
        other = {"url": _query(picture, basis="sent"), "url_label": "با ارقام تأییدنشده"}
        note = f"تنها ارقام با تأیید نهایی: {approved}."
    else:
        other = {"url": _query(picture, basis="approved"), "url_label": f"تنها تأیید نهایی ({approved})"}
        note = "ارقام ارسال‌شده، تأییدنشده نیز، در محاسبه آمده است؛"
    if flow is None or flow.absorption.exact_percent is None:
        return Finding("هنوز رقمی در این مقطع نیست.", note=note, **other)
    lead = f"{percent(flow.absorption)} درصد اعتبار تخصیص‌یافته جذب شده است"
    before = _than_last_year(flow.absorption, picture.last_year, picture.period)
    late = sum(row.band is Band.RED for row in picture.needs)
    text = f"{number(late)} دستگاه بیش از ۱۵ واحد از برنامهٔ فیزیکی عقب است." if late else ""
    if picture.held:
        text += f" ارقام خام ردیف‌های نگه‌داشته ({number(picture.held)} میلیون ریال) در این جمع‌ها نیست."
    return Finding(f"{lead}{before}.", text.strip(), note, **other)


def _than_last_year(now: Ratio, before: Ratio, period: ReportingPeriod) -> str:
    if now.exact_percent is None or before.exact_percent is None:
        return ""
    difference = now.exact_percent - before.exact_percent
    word = "بیشتر" if difference >= 0 else "کمتر"
    year = (
        period_name(period)
        if period.is_closing
        else jalali.format_date(period.cutoff_date, "month").split()[0]
    )
    return f"، {percent(abs(difference))} واحد {word} از {year} سال قبل"


def _kpis(picture: OrganizationPicture) -> list[Kpi]:
    flow, physical = picture.flow or Flow(), picture.physical
    rows = [
        Kpi(
            "اعتبار موافقتنامه‌ای",
            milliards(flow.agreed),
            "میلیارد ریال",
            f"{number(picture.counted.numerator)} از {number(picture.counted.denominator)} دستگاه",
        ),
        Kpi("تخصیص", milliards(flow.allocated), "میلیارد ریال", f"{percent(flow.allocation)} درصد اعتبار"),
        Kpi(
            "عملکرد",
            milliards(flow.spent),
            "میلیارد ریال",
            f"{percent(flow.absorption)} درصد تخصیص · سال قبل {percent(picture.last_year)}",
        ),
    ]
    return rows + physical_kpis(physical)


def physical_kpis(physical: Physical | None) -> list[Kpi]:
    if physical is None or not physical.projects:
        return []
    deviation = physical.deviation
    behind = deviation is not None and deviation < 0
    note = f"انحراف {signed(deviation)} واحد"
    if physical.missing:
        note += f" · {number(physical.missing)} پروژه بی‌رقم"
    return [
        Kpi(
            "پیشرفت فیزیکی (وزنی)",
            f"{percent(physical.progress)}٪",
            f"برنامه {percent(physical.plan)}٪",
            note,
            "bad" if behind and deviation is not None and deviation < -5 else "",
        ),
        Kpi(
            "پروژهٔ بیش از ۱۵ واحد عقب",
            number(physical.red),
            f"از {number(physical.projects)} پروژه",
            f"{number(physical.amber)} پروژهٔ دیگر ۵ تا ۱۵ واحد عقب",
            alert=physical.red > 0,
        ),
    ]


def _steps(picture: OrganizationPicture) -> list[StepBar]:
    return [
        StepBar(
            step.number,
            step.label,
            int(step.share.numerator or 0),
            step.share.exact_percent or 0,
            "primary" if step.number == 1 else "soft",
        )
        for step in picture.steps
    ]


def clock_chart(clocks: PeriodClocks | None, days: Sequence[int]) -> Chart | None:
    """How many submissions stand at each working day since the treasurer's confirmation."""
    if clocks is None:
        return None
    bars = tuple(
        Bar(
            "۱۱+" if day > 10 else number(day),
            count,
            number(count) if count else "",
            tone=_tone(day),
        )
        for day, count in enumerate(days, start=1)
    )
    late = f"؛ {number(clocks.overdue)} پرونده از مهلت گذشته است" if clocks.overdue else ""
    sentence = (
        f"میانهٔ {number(clocks.counted)} پرونده {quantity(clocks.median)} روز کاری، "
        f"دیرترین {number(clocks.worst)} روز{late}."
    )
    return Chart("columns", "پرونده‌ها در هر روز کاری پس از تأیید ذیحساب", sentence, "پرونده", bars=bars)


def _tone(day: int) -> Tone:
    if day > 10:
        return "bad"
    return "warn" if day > LATE_FROM else "turq"


def _need(row: Need) -> NeedRow:
    return NeedRow(
        name=row.name,
        url=row.url,
        budget_url=row.budget_url,
        complete=percent(row.complete, 0),
        absorption=percent(row.absorption),
        share=min(row.absorption.exact_percent or 0, 100),
        deviation=signed(row.deviation),
        is_red=row.band is Band.RED,
        late=f"{number(row.late_days)} روز" if row.late_days else "",
    )


# --- county and country ------------------------------------------------------------------------------------------------


def county(picture: CountyPicture) -> dict[str, Any]:
    return {
        "picture": picture,
        "coverage": coverage(picture.share),
        "kpis": [*_money_kpis(picture.flows), *physical_kpis(picture.physical)],
        "finding": _county_finding(picture),
        "projects": picture.projects,
    }


def _money_kpis(flows: Sequence[tuple[str, Flow | None]]) -> list[Kpi]:
    return [
        Kpi(
            f"عملکرد {label}",
            milliards(flow.spent),
            "میلیارد ریال",
            f"{percent(flow.absorption)} درصد از {milliards(flow.allocated)} تخصیص",
        )
        for label, flow in flows
        if flow is not None
    ]


def _county_finding(picture: CountyPicture) -> Finding:
    note = f"تنها ارقام با تأیید نهایی: {coverage(picture.share)}."
    physical = picture.physical
    if physical is None or physical.progress.exact_percent is None:
        return Finding(f"در این مقطع رقم تأییدشده‌ای برای شهرستان {picture.county.name} نیست.", note=note)
    late = f" و {number(physical.red)} پروژه بیش از ۱۵ واحد عقب است" if physical.red else ""
    return Finding(
        f"پیشرفت وزنی پروژه‌های شهرستان {percent(physical.progress)} درصد است،",
        f"در برابر برنامهٔ {percent(physical.plan)} درصد{late}.",
        note,
    )


def country(picture: CountryPicture) -> dict[str, Any]:
    return {
        "picture": picture,
        "coverage": coverage(picture.share),
        "kpis": [*_country_kpis(picture), *physical_kpis(picture.physical)],
        "finding": _country_finding(picture),
        "rows": [(row, coverage(row.share)) for row in picture.provinces],
        "map": picture.map,
    }


def _country_kpis(picture: CountryPicture) -> list[Kpi]:
    flow = picture.flow or Flow()
    return [
        Kpi(
            "اعتبار موافقتنامه‌ای",
            milliards(flow.agreed),
            "میلیارد ریال",
            f"{number(len(picture.provinces))} استان",
        ),
        Kpi("تخصیص", milliards(flow.allocated), "میلیارد ریال", f"{percent(flow.allocation)} درصد اعتبار"),
        Kpi("عملکرد", milliards(flow.spent), "میلیارد ریال", f"{percent(flow.absorption)} درصد تخصیص"),
    ]


def _country_finding(picture: CountryPicture) -> Finding:
    note = f"تنها ارقام با تأیید نهایی: {coverage(picture.share)}."
    if picture.flow is None or picture.flow.absorption.exact_percent is None:
        return Finding("در این مقطع هنوز رقم تأییدشده‌ای نیست.", note=note)
    known = [
        (value, row.name)
        for row in picture.provinces
        if row.flow and (value := row.flow.absorption.exact_percent) is not None
    ]
    lead = (
        f"{percent(picture.flow.absorption)} درصد اعتبار تخصیص‌یافتهٔ {number(len(known))} استان جذب شده است."
    )
    words = "، ".join(f"{name} {percent(value)} درصد" for value, name in sorted(known, reverse=True)[:4])
    return Finding(lead, f"{words}.", note)


__all__ = ["choices", "country", "county", "organization", "period_title"]
