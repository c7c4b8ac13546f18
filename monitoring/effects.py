"""What follows from the moves of performance: drafts of an opened window, alerts and mails to whoever is next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.audience import holders
from accounts.models import Agency, User
from agreements.models import AgreementProject, AllocationNotice, ExpenseAgreement, PeriodWindow
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring import effects_closing, effects_conflicts, effects_remarks, effects_visits  # noqa: F401 - they register their own
from monitoring import extensions as _extensions  # noqa: F401 - registers its own
from monitoring.clocks import effects as _clocks  # noqa: F401 - registers its own
from monitoring.models import PerformanceSubmission
from monitoring.opening import hear_of_letter, open_submission
from monitoring.presenters import words


@on("window.opened", "window.reopened")
def open_drafts(message: OutboxMessage) -> None:
    """A draft for every agency of the window that has something to report; its people are told."""
    window = (
        PeriodWindow.objects.select_related("period__fiscal_year", "organization")
        .filter(pk=message.target_id)
        .first()
    )
    if window is None or window.state != "open":
        return
    url = reverse("monitoring:entry", args=[window.period.code, window.kind])
    title = f"{words.KINDS[window.kind]} – {words.period_title(window.period)}"
    for agency in _agencies(window):
        if not _has_agreement(agency, window):
            continue
        open_submission(agency, window.period, window.kind, by=None)
        for person in _people(agency=agency, role="agency_user"):
            notify(person, f"ورود عملکرد باز شد: {title}", url, outbox=message)


@on("allocationnotice.issued", "allocationnotice.cancelled")
def renew_ceilings(message: OutboxMessage) -> None:
    """Forms that are still open measure against the letters as they stand now."""
    letter = AllocationNotice.objects.select_related("period").get(pk=message.target_id)
    rows = PerformanceSubmission.objects.filter(
        agency=letter.agency_id,
        kind=letter.kind,
        period__fiscal_year=letter.period.fiscal_year_id,
        period__cutoff_date__gte=letter.valid_from,
        state__in=["draft", "returned", "reopened"],
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        hear_of_letter(pk, by=None)


def _agencies(window: PeriodWindow) -> Iterable[Agency]:
    """The group's agencies, or all that no group window of their own covers."""
    agencies = Agency.objects.filter(organization=window.organization_id, is_active=True)
    if window.sector_group_id:
        return agencies.filter(sector_group=window.sector_group_id)
    special = PeriodWindow.objects.filter(
        period=window.period_id,
        organization=window.organization_id,
        kind=window.kind,
        sector_group__isnull=False,
    )
    return agencies.exclude(sector_group__in=special.values("sector_group"))


def _has_agreement(agency: Agency, window: PeriodWindow) -> bool:
    on_day, year = window.period.cutoff_date, window.period.fiscal_year_id
    if window.kind == "capital":
        rows = AgreementProject.objects.in_force(on_day)
        return bool(rows.filter(agreement__agency=agency, agreement__fiscal_year=year).exists())
    return bool(ExpenseAgreement.objects.in_force(on_day).filter(agency=agency, fiscal_year=year).exists())


@on("submission.submitted")
def tell_treasurer(message: OutboxMessage) -> None:
    row = _submission(message)
    _tell(message, row, _people(agency=row.agency, role="treasurer"), "در انتظار تأیید شماست", "warn")


@on("submission.returned", "submission.reopened")
def tell_agency(message: OutboxMessage) -> None:
    """Each returned line with its reason, one alert to a person."""
    row = _submission(message)
    marks = row.return_marks.filter(closed_at=None).select_related("project", "programme")
    lines = [f"«{mark.project or mark.programme or 'همهٔ پرونده'}»: {mark.reason}" for mark in marks]
    text = f"برگشت {len(lines)} ردیف از {_named(row)}. {' · '.join(lines)}"
    url = reverse("monitoring:entry-returned")
    for person in _people(agency=row.agency, role="agency_user"):
        notify(person, text, url, outbox=message, tone="warn")


@on("submission.treasurer_confirmed")
def tell_expert(message: OutboxMessage) -> None:
    row = _submission(message)
    people = _people(sector_group=row.agency.sector_group_id, role="budget_expert")
    url = reverse("monitoring:expert-review", args=[row.pk])
    _tell(message, row, people, "به تأیید ذیحساب رسید و در نوبت بررسی شماست", "warn", url=url)


@on("submission.expert_reviewed")
def tell_consolidation(message: OutboxMessage) -> None:
    row = _submission(message)
    people = _people(organization=row.agency.organization_id, role="consolidation")
    url = reverse("monitoring:final-review", args=[row.period.code, row.agency.code])
    _tell(message, row, people, "بررسی شد و در انتظار تأیید نهایی است", "warn", url=url)


@on("submission.reopen_asked")
def tell_deputy(message: OutboxMessage) -> None:
    row = _submission(message)
    people = _people(organization=row.agency.organization_id, role="budget_deputy")
    url = reverse("monitoring:reopen", args=[row.pk])
    _tell(message, row, people, f"درخواست بازگشایی دارد: «{row.reopen_reason}»", "warn", url=url)


@on("submission.reopen_declined")
def tell_askers(message: OutboxMessage) -> None:
    row = _submission(message)
    people = _people(organization=row.agency.organization_id, role="consolidation")
    url = reverse("monitoring:final-review", args=[row.period.code, row.agency.code])
    what = f"بازگشایی نشد؛ پاسخ معاون بودجه: «{message.data['reason']}»"
    _tell(message, row, people, what, "warn", url=url)


@on("submission.approved")
def tell_finished(message: OutboxMessage) -> None:
    row = _submission(message)
    people = _people(agency=row.agency, role__in=["agency_user", "agency_head"])
    _tell(
        message,
        row,
        people,
        "تأیید نهایی شد",
        "ok",
        url=reverse("monitoring:entry-sent", args=[row.period.code, row.kind]),
    )


def _submission(message: OutboxMessage) -> PerformanceSubmission:
    rows = PerformanceSubmission.objects.select_related("agency", "period__fiscal_year")
    found: PerformanceSubmission = rows.get(pk=message.target_id)
    return found


def _named(row: PerformanceSubmission) -> str:
    return f"عملکرد {words.KINDS[row.kind]} {words.period_name(row.period)} ({row.agency})"


def _tell(
    message: OutboxMessage,
    row: PerformanceSubmission,
    people: Iterable[User],
    what: str,
    tone: str,
    *,
    url: str = "",
) -> None:
    """Mails carry no figures beyond counts (ux.md §6)."""
    target = url or reverse("monitoring:review-detail", args=[row.pk])
    for person in people:
        notify(person, f"{_named(row)} {what}.", target, outbox=message, tone=tone)


def _people(**held: Any) -> list[User]:
    """Whoever holds such a role today, each once."""
    return holders(**held)
