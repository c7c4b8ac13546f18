"""Pages of the shared ground: alerts, jobs, sent messages, the log, the page of the API."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from budget_portal import audit, audit_check, files, jobs, messages_out, outbox
from budget_portal.keyset import whole
from budget_portal.models import Alert, AuditEntry, Job, OutboxMessage, SentMessage


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def job_of(person, **values):
    values = {"kind": "audit.verify", "title": "گزارش ۳ ماهه", **values}
    if values.get("state") in ("done", "failed", "cancelled"):
        values.setdefault("finished_at", timezone.now())
    return Job.objects.create(
        requester=person, membership=person.acting, organization=person.acting.organization, **values
    )


def record(event, target, **more):
    with transaction.atomic():
        return audit.record(event, target, by=more.pop("by", None), **more)


# --- alerts -------------------------------------------------------------------------------------------------


def test_alerts_are_listed_read_one_by_one_and_all_at_once(cast):
    client = cast.client("expert")
    for number in range(3):
        messages_out.notify(cast.expert, f"خبر {number}", "/accounts/profile/")
    page = text(client.get(reverse("ground:alerts")))
    assert page.count("تازه</span>") == 3 and "خبر ۲" in page
    first = Alert.objects.order_by("pk").first()
    answer = client.post(reverse("ground:alert-read", args=[first.pk]))
    assert answer.url == "/accounts/profile/"
    first.refresh_from_db()
    assert first.read_at
    client.post(reverse("ground:alerts-read"))
    assert not Alert.objects.unread().exists()
    assert "تازه</span>" not in text(client.get(reverse("ground:alerts")))


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/"])
def test_an_alert_leads_to_no_other_host(cast, url):
    alert = Alert.objects.create(person=cast.expert, text="x", url=url)
    answer = cast.client("expert").post(reverse("ground:alert-read", args=[alert.pk]))
    assert answer.url == reverse("ground:alerts")


def test_who_has_no_alerts_is_told_what_would_be_here(cast):
    assert "اعلانی ندارید" in text(cast.client("expert").get(reverse("ground:alerts")))


# --- jobs ---------------------------------------------------------------------------------------------------


def test_an_open_job_shows_its_progress_and_asks_again(cast):
    job = job_of(cast.expert, state="running", done=3, total=12, message="فصل ۳")
    client, url = cast.client("expert"), reverse("ground:job", args=[job.public_id])
    page = text(client.get(url))
    assert 'max="12"' in page and 'value="3"' in page and 'hx-trigger="every 1s"' in page and "فصل ۳" in page
    assert "تازه‌سازی صفحه" in page and "گزارش ۳ ماهه" in page
    part = text(client.get(url, HTTP_HX_REQUEST="true"))
    assert part.lstrip().startswith("<section") and "<html" not in part


def test_a_running_job_is_asked_to_stop(cast):
    job = job_of(cast.expert, state="running")
    client = cast.client("expert")
    answer = client.post(reverse("ground:job-cancel", args=[job.public_id]))
    job.refresh_from_db()
    assert job.cancel_asked and job.state == "running"
    assert "درخواست لغو ثبت شد و" in text(client.get(answer.url))


def test_a_finished_job_is_not_asked_to_stop(cast):
    job = job_of(cast.expert, state="done")
    answer = cast.client("expert").post(reverse("ground:job-cancel", args=[job.public_id]))
    assert answer.status_code == 409 and "پایان یافته" in answer.content.decode()


def test_a_finished_job_gives_its_result_to_whoever_still_holds_the_role(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = files.store_made(
        b"a;b", name="خروجی.csv", media_type="text/csv", organization=cast.organization, by=cast.expert
    )
    job = job_of(cast.expert, state="done", file=made, result_url="/accounts/profile/")
    client = cast.client("expert")
    page = text(client.get(reverse("ground:job", args=[job.public_id])))
    assert 'href="/accounts/profile/"' in page and "hx-get" not in page and "خروجی.csv" in page
    url = reverse("ground:job-file", args=[job.public_id])
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == b"a;b"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    cast.expert.memberships.update(valid_to=dt.date(2021, 1, 1))
    assert client.get(url).status_code == 404


def test_a_failed_job_says_why(cast):
    job = job_of(cast.expert, state="failed", error="سهم‌ها ۱۰۰ نیست.")
    assert "سهم‌ها ۱۰۰ نیست." in text(cast.client("expert").get(reverse("ground:job", args=[job.public_id])))


def test_the_administrator_sees_jobs_and_what_failed_and_tries_it_again(cast):
    job_of(cast.expert, state="failed", error="نشد")
    job_of(cast.person("far_expert"), title="کار دور")
    with transaction.atomic():
        effect = outbox.add("report.published", cast.organization)
        outbox.add("thing.done", cast.organization)
    OutboxMessage.objects.filter(pk=effect.pk).update(failed_at=timezone.now(), error="خطا", attempts=10)
    client, url = cast.client("admin"), reverse("ground:manage-jobs")
    page = text(client.get(url))
    assert "گزارش ۳ ماهه" in page and "کار دور" not in page
    assert "report.published" in page and "۱ اثر در انتظار" in page
    client.post(reverse("ground:effect-again", args=[effect.pk]))
    effect.refresh_from_db()
    assert effect.failed_at is None and effect.attempts == 0
    assert AuditEntry.objects.get(event="effect.tried_again").before["error"] == "خطا"
    assert client.post(reverse("ground:effect-again", args=[effect.pk])).status_code == 409


def test_long_lists_come_in_pages(cast):
    for number in range(120):
        job_of(cast.expert, title=f"کار شمارهٔ {number}")
    client, url = cast.client("admin"), reverse("ground:manage-jobs")
    seen = []
    for _ in range(5):
        answer = client.get(url)
        seen += [job.pk for job in answer.context["page"].rows]
        older = answer.context["page"].older
        if older is None:
            break
        url = f"{reverse('ground:manage-jobs')}?before={older}"
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == 120


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("12", 12),
        ("۱۲", 12),
        ("", None),
        (None, None),
        ("-1", None),
        ("x", None),
        ("9" * 30, None),
        ("²", None),
    ],
)
def test_numbers_in_addresses(raw, number):
    assert whole(raw) == number


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("ground:manage-jobs", lambda cast, n: job_of(cast.expert)),
        ("ground:alerts", lambda cast, n: Alert.objects.create(person=cast.admin, text="x")),
        (
            "ground:manage-messages",
            lambda cast, n: SentMessage.objects.create(channel="sms", recipient=cast.admin.mobile, text="x"),
        ),
        ("ground:audit", lambda cast, n: record("figure.changed", cast.organization, by=cast.admin)),
    ],
)
def test_a_longer_list_asks_the_database_no_more(cast, name, make, django_assert_max_num_queries):
    type(cast.admin).objects.filter(pk=cast.admin.pk).update(mobile="09120000009")
    cast.admin.mobile = "09120000009"
    client, url = cast.client("admin"), reverse(name)
    counts = []
    for rows in (3, 27):
        for number in range(rows):
            make(cast, number)
        with django_assert_max_num_queries(30) as captured:
            text(client.get(url))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- messages -----------------------------------------------------------------------------------------------


def test_the_administrator_reads_sent_messages_without_the_numbers_of_citizens(cast, settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path
    with transaction.atomic():
        effect = outbox.add("complaint.answered", cast.organization)
    messages_out.send_sms("09121234567", "پاسخ شکایت ۱۲ آماده است", outbox=effect)
    type(cast.expert).objects.filter(pk=cast.expert.pk).update(email="expert@example.ir")
    SentMessage.objects.create(
        channel="mail", recipient="expert@example.ir", subject="موضوع", text="متن نامه"
    )
    page = text(cast.client("admin").get(reverse("ground:manage-messages")))
    assert "پاسخ شکایت ۱۲ آماده است" in page and "09121234567" not in page
    assert "expert@example.ir" in page and "متن نامه" in page
    assert "درگاه رایانامه و پیامک تنظیم نشده" in page


# --- the log ------------------------------------------------------------------------------------------------


@pytest.fixture
def log(cast):
    person = cast.person("deputy")
    return {
        "figure": record(
            "figure.changed",
            cast.organization,
            by=cast.person("head"),
            before={"name": "الف"},
            after={"name": "ب"},
        ),
        "state": record(
            "job.closed", job_of(cast.expert), by=person, before="running", after="done", note="دلیل"
        ),
        "far": record("thing.made", cast.far_organization, note="دور"),
        "clock": record("figure.created", cast.agency, after={"is_active": True, "valid_from": "2026-11-20"}),
    }


def listed(cast, query=""):
    answer = cast.client("auditor").get(reverse("ground:audit") + query)
    text(answer)
    return {row["entry"].pk for row in answer.context["rows"]}


def test_the_auditor_reads_who_did_what(cast, log):
    page = text(cast.client("auditor").get(reverse("ground:audit")))
    assert "رقم را تغییر داد" in page and "نام:" in page and "دور" not in page
    assert "در حال انجام" in page and "انجام شد" in page and "دلیل" in page  # states by their names
    assert "بله" in page and "۱۴۰۵/۰۸/۲۹" in page and "ساعت سامانه" in page
    assert "معاون بودجه" in page and f"دستگاه: {cast.agency.name}" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"figure", "state", "clock"}),
        ("?event=figure.changed", {"figure"}),
        ("?object=سازمان", {"figure"}),
        ("?object=کار", {"state"}),
        ("?object=نیست", set()),
        ("?since=1405/01/01&until=1499/01/01", {"figure", "state", "clock"}),
        ("?until=1400/01/01", set()),
        ("?until=بد", {"figure", "state", "clock"}),
        ("?before=۹۹۹۹۹۹۹۹۹", {"figure", "state", "clock"}),
        ("?event=", {"figure", "state", "clock"}),
    ],
)
def test_the_log_is_filtered(cast, log, query, expected):
    mine = {entry.pk: name for name, entry in log.items()}
    assert {mine[pk] for pk in listed(cast, query) if pk in mine} == expected


def test_the_log_is_filtered_by_person_and_by_object_with_number(cast, log):
    name = cast.person("deputy").full_name
    assert listed(cast, f"?person={name}") == {log["state"].pk}
    assert listed(cast, f"?object=سازمان {cast.organization.pk}") >= {log["figure"].pk}
    log["clock"].refresh_from_db()
    assert log["clock"].pk in listed(cast, f"?object={log['clock'].chain}")


def test_one_entry_shows_its_chain_and_whether_it_is_right(cast, log):
    client, url = cast.client("auditor"), reverse("ground:audit-entry", args=[log["state"].pk])
    page = text(client.get(url))
    log["state"].refresh_from_db()
    assert log["state"].hash[:32] in page and "اثر درست است" in page and "زنجیرهٔ همین چیز" in page
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE budget_portal_auditentry SET note = 'x' WHERE id = %s", [log["state"].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert "اثر با محتوا نمی‌خواند" in text(client.get(url))


def test_the_auditor_has_the_chains_tested(cast, log):
    client = cast.client("auditor")
    assert "هنوز از این صفحه آزموده نشده" in text(client.get(reverse("ground:audit")))
    client.post(reverse("ground:audit-verify"))
    jobs.run(Job.objects.get(kind="audit.verify", requester=cast.auditor).pk)
    assert "زنجیره سالم است" in text(client.get(reverse("ground:audit")))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE budget_portal_auditentry SET note = 'x' WHERE id = %s", [log["far"].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    client.post(reverse("ground:audit-verify"))
    jobs.run(Job.objects.filter(kind="audit.verify", requester=cast.auditor).first().pk)
    page = text(client.get(reverse("ground:audit")))
    assert "زنجیره درست نیست" in page and "دستکاری‌شده" in page


def test_checkpoints_are_shown(cast, log):
    point = audit_check.take_checkpoint()
    assert point.digest[:16] in text(cast.client("auditor").get(reverse("ground:audit")))
    assert AuditEntry.objects.for_user(cast.auditor).count() < AuditEntry.objects.count()


# --- the API's page -----------------------------------------------------------------------------------------


def test_the_page_of_the_api_asks_no_other_host_and_has_nothing_inline(cast):
    client = cast.client("expert")
    page = text(client.get(reverse("ground:api-docs")))
    assert "<style" not in page and "http://" not in page and "https://" not in page
    assert page.count("<script src=") == page.count("<script") == 2
    script = client.get(reverse("ground:api-docs") + "?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert b'"validatorUrl": null' in script.content
    policy = client.get(reverse("ground:api-docs"))["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy + ";" and "unsafe" not in policy
    schema = client.get(reverse("ground:api-schema") + "?format=json").json()
    assert schema["openapi"].startswith("3.")


def test_strangers_are_sent_to_the_sign_in_page(client, db):
    assert client.get(reverse("ground:api-docs")).url.startswith(reverse("account_login"))
