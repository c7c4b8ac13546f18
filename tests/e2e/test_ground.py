"""Pages of the shared ground in a real browser: no barrier, nothing sideways, a job's progress moves by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from budget_portal import audit, audit_check, messages_out, outbox
from budget_portal.models import Job, OutboxMessage
from tests.cast import Cast
from tests.e2e.stories import DESKTOP, PHONE, judge, press

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    """The administrator's organization with a little of everything."""
    settings.OUTBOX_DIR = tmp_path
    cast = Cast()
    person = cast.admin
    job(cast, state="running", done=3, total=12, message="ساختن فصل ۳")
    job(
        cast, kind="import.table", state="failed", error="سهم‌های عملیات ۱۰۰ نیست.", finished_at=timezone.now()
    )
    messages_out.notify(person, "گزارش «عملکرد شهریور ۱۴۰۵» آماده شد.", "/alerts/", tone="ok")
    with transaction.atomic():
        effect = outbox.add("complaint.answered", cast.organization)
        broken = outbox.add("report.published", cast.organization)
        audit.record(
            "window.opened", cast.organization, by=cast.deputy, before="planned", after="open", note="نامهٔ ۱۲"
        )
        audit.record("agency.changed", cast.agency, by=person, before={"name": "الف"}, after={"name": "ب"})
        audit.record("figure.changed", cast.agency, by=None, before={"spent": 6050}, after={"spent": 6115})
    OutboxMessage.objects.filter(pk=broken.pk).update(failed_at=timezone.now(), error="ConnectionError: …")
    messages_out.send_sms("09121234567", "پاسخ پروندهٔ شما آماده است.", outbox=effect)
    audit_check.take_checkpoint()
    return cast


def job(cast: Cast, **values: Any) -> Job:
    return Job.objects.create(
        kind=values.pop("kind", "audit.verify"),
        title="گزارش عملکرد شهریور ۱۴۰۵",
        requester=cast.admin,
        membership=cast.admin.acting,
        organization=cast.organization,
        **values,
    )


@pytest.fixture
def admin(page: Page, live_server: LiveServer, stage: Cast) -> Iterator[Page]:
    """The administrator's browser; complaints of the console and foreign requests fail the test."""
    client = stage.client("admin")
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            complaints.append(request.url)
            if urlsplit(request.url).netloc not in ("", urlsplit(live_server.url).netloc)
            else None
        ),
    )
    yield page
    assert complaints == []


def addresses() -> dict[str, str]:
    running = Job.objects.get(state="running")
    entry = audit.AuditEntry.objects.get(event="figure.changed").pk
    return {
        "alerts": reverse("ground:alerts"),
        "job": reverse("ground:job", args=[running.public_id]),
        "jobs": reverse("ground:manage-jobs"),
        "messages": reverse("ground:manage-messages"),
        "audit": reverse("ground:audit"),
        "entry": reverse("ground:audit-entry", args=[entry]),
    }


def test_pages_have_no_barrier_and_fit(admin: Page, live_server: LiveServer) -> None:
    for name, address in addresses().items():
        admin.goto(live_server.url + address)
        expect(admin.locator("h1")).to_have_count(1)
        judge(admin, name, DESKTOP, PHONE)


def test_the_progress_of_a_job_moves_by_itself_and_can_be_stopped(
    admin: Page, live_server: LiveServer
) -> None:
    running = Job.objects.get(state="running")
    admin.goto(live_server.url + addresses()["job"])
    expect(admin.get_by_text("۳ از ۱۲")).to_be_visible()
    Job.objects.filter(pk=running.pk).update(done=9, message="ساختن فصل ۹")
    expect(admin.get_by_text("۹ از ۱۲")).to_be_visible()
    press(admin.get_by_role("button", name="لغو این کار"))
    expect(admin.get_by_text("در گام بعدی اجرا می‌شود")).to_be_visible()
    Job.objects.filter(pk=running.pk).update(state="cancelled", finished_at=timezone.now())
    expect(admin.get_by_text("لغو شد")).to_be_visible()
    expect(admin.locator("[hx-get]")).to_have_count(0)
