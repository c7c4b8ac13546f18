"""R1, periodic report (quarter, half-year, annual): from approved figures to the frozen package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.reading import one_snapshot
from budget_portal.signers import signer
from monitoring.rules import RULE_SET_VERSION
from reports.builders import money, physical, rest, versions
from reports.builders.facts import Facts, gather
from reports.models import SupervisionReport
from reports.package import Header, Imprint, Period, R1Report, Scope, Signer, Silence
from reports.sentences import with_sentences

PAGES = {"agency": 4, "county": 4, "sector_group": 3, "organization": 3, "country": 2}
SPANS = {
    "Q1": "عملکرد سه‌ماههٔ نخست", "Q2": "عملکرد شش‌ماههٔ", "Q3": "عملکرد نه‌ماههٔ", "Q4": "عملکرد سالانهٔ",
    "CLOSING": "عملکرد پایانی",
}  # fmt: skip


@one_snapshot()
def build(report: SupervisionReport, *, by: User, known_at: datetime) -> tuple[R1Report, Mapping[str, Any]]:
    """The package, and the stored files of the photos that it names by digest; all read as of one moment."""
    facts = gather(report, by=by)
    rows = physical.project_rows(facts)
    pages, photos = physical.pages(facts, rows, PAGES[report.level])
    lists_all = report.level in {"agency", "county"}
    package = R1Report(
        header=_header(report, known_at),
        imprint=imprint(report),
        coverage=money.coverage(facts),
        measured=versions.measured(facts, known_at),
        capital=money.capital(facts),
        expense=money.expense(facts),
        capital_sources=money.sources(facts.capital),
        expense_sources=money.sources(facts.expense),
        groups=money.groups(facts),
        physical=physical.physical_of(facts, facts.progress),
        counties=money.counties(facts),
        projects=tuple(rows) if lists_all else (),
        pages=pages,
        causes=physical.causes(facts),
        deviating=() if lists_all else physical.deviating(rows),
        critical=() if lists_all else physical.critical(rows),
        expense_detail=rest.expense_detail(facts),
        visits=rest.visits(facts),
        complaints=rest.complaints(facts),
        service=rest.service(facts),
        silences=tuple(_silences(facts)),
    )
    return with_sentences(package), photos


def imprint(report: SupervisionReport) -> Imprint:
    """Who signed so far and where the edition is checked; printed, but no part of the figures."""
    address = f"{settings.PUBLIC_URL}/open/reports/{report.public_id}/"
    return Imprint(
        published_at=report.approved_at,
        signers=tuple(
            Signer(role=role, name=signer(report, step), post=post, signed_at=getattr(report, f"{step}_at"))
            for role, step, post in (
                ("تهیه‌کننده", "reviewed", "گروه تلفیق بودجه"),
                ("تأییدکننده", "confirmed", "معاون بودجه"),
                ("تصویب‌کننده", "approved", "رئیس سازمان"),
            )
        ),
        verify_url=address,
        open_data_url=address,
    )


def signed(package: R1Report, report: SupervisionReport) -> R1Report:
    """The same frozen figures with the signatures of today."""
    return replace(package, imprint=imprint(report))


def _header(report: SupervisionReport, known_at: datetime) -> Header:
    organization = report.organization
    scope = _scope(report)
    return Header(
        number=report.number,
        edition=report.edition,
        organization=money.short(organization.name),
        parent=money.short(organization.parent.name) if organization.parent else "",
        unit="معاونت هماهنگی برنامه و بودجه · گروه تلفیق بودجه",
        subject=f"نظارت بر عملکرد بودجهٔ دستگاه‌های اجرایی، {scope.place}",
        scope=scope,
        period=_period(report.period),
        data_as_of=known_at,
        contact=f"گروه تلفیق بودجه، {money.short(organization.name)}",
        rules_version=RULE_SET_VERSION,
        demo="(نمونه)" in organization.name,
    )


def _scope(report: SupervisionReport) -> Scope:
    if report.level == "agency" and report.agency:
        name = money.short(report.agency.name)
        return Scope("agency", report.agency.code, name, name, whole="دستگاه")
    if report.level == "sector_group" and report.sector_group:
        group = report.sector_group
        return Scope("sector_group", group.code, group.name, group.name, whole="گروه")
    if report.level == "county" and report.county:
        county = report.county
        return Scope("county", county.code, county.name, f"شهرستان {county.name}", whole="شهرستان")
    province = report.organization.province
    if province is None:
        return Scope("country", "IR", "کشور", "کشور", whole="کشور")
    return Scope("province", province.code, province.name, f"استان {province.name}", whole="استان")


def _period(period: ReportingPeriod) -> Period:
    year = period.fiscal_year.year
    return Period(
        code=period.code,
        title=physical.period_title(period),
        span=f"{SPANS[period.cutoff]} {to_persian(str(year))}",
        starts_on=jalali.fiscal_year_start(year),
        cutoff_on=period.cutoff_date,
        money_only=period.is_closing,
    )


def _silences(facts: Facts) -> list[Silence]:
    """Sections that keep their heading and say why they are empty."""
    found = []
    if not facts.capital:
        found.append(Silence("physical", "در این دامنه پروندهٔ سرمایه‌ای تأییدشده‌ای نیست."))
    if facts.progress and not any(visit.period_id == facts.period.pk for visit in facts.visits):
        found.append(Silence("visits", "در این مقطع بازدیدی ارسال نشده است."))
    return found
