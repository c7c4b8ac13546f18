"""What final approval freezes: the package, its chain, and what is found when somebody changes it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.office import days
from agreements.models import PeriodWindow
from agreements.workflow import periods
from budget_portal import files
from budget_portal.errors import RuleBroken
from budget_portal.models import AuditEntry
from budget_portal.office import office_calendar
from monitoring.closing import absences
from monitoring.models import Package, SubmissionDocument
from monitoring.packages.chain import FIRST, digest_of
from monitoring.packages.compare import Cause, compare
from monitoring.packages.content import calendar_version
from monitoring.packages.verify import verify
from monitoring.workflow import submissions
from tests.builders import REASON, Case, make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def content(package: Package) -> dict[str, object]:
    return json.loads(package.text)


def past_the_trigger(sql: str) -> None:
    """As the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def with_paper(cast: Cast) -> Case:
    case = make_expense_case(cast, filled=True)
    stored = files.store_made(
        b"%PDF-1", name="a.pdf", media_type="application/pdf", organization=None, by=None
    )
    SubmissionDocument.objects.create(
        submission=case.submission, file=stored, title="صورت‌وضعیت", added_by=cast.agency_user
    )
    return case.at("approved")


# --- freezing ---------------------------------------------------------------------------------------------------


def test_approval_freezes_everything_that_was_decided_on(cast: Cast) -> None:
    case = with_paper(cast)
    package = Package.objects.get()
    found = content(package)
    assert package.digest == digest_of(package.text)
    assert (package.number, package.previous_digest, package.frozen_by) == (1, FIRST, cast.consolidation)
    assert [row["step"] for row in found["signers"]] == ["submitted", "confirmed", "reviewed", "approved"]
    assert found["signers"][0]["authors"] == [cast.agency_user.username]
    events = ["treasurer_confirmed", "expert_reviewed", "approved"]
    assert [row["event"] for row in found["signatures"]] == events
    assert found["rules"] == {"version": case.submission.rule_set}
    assert [row["id"] for row in found["agreements"]] == [case.lines[0].agreement_id]
    assert found["files"][0]["sha256"] == files.StoredFile.objects.latest("pk").sha256
    assert found["figures"]["lines"][0]["spent"] == case.lines[0].spent
    assert found["names"][f"programme:{case.lines[0].programme.code}"] == str(case.lines[0].programme)
    entry = AuditEntry.objects.get(event="package.frozen")
    assert (entry.after["digest"], entry.target_id) == (package.digest, str(package.pk))


def test_it_names_the_version_of_the_calendar_by_which_its_clocks_were_counted(cast: Cast) -> None:
    today = timezone.localdate()
    kept = days.add_holiday(today + dt.timedelta(days=40), "تعطیل", by=cast.admin, reason="مصوبه")
    gone = days.add_holiday(today + dt.timedelta(days=41), "لغوشده", by=cast.admin, reason="مصوبه")
    days.remove_holiday(gone.pk, by=cast.admin, reason="لغو شد")
    make_expense_case(cast, filled=True).at("approved")
    package = Package.objects.get()
    found = content(package)
    calendar = office_calendar()
    assert kept.day in calendar.holidays
    assert calendar.known_at is not None
    version = calendar.known_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    assert (found["calendar"]["known_at"], found["calendar"]["holidays"]) == (version, len(calendar.holidays))
    assert {row["sort"] for row in found["clocks"]} >= {"treasurer", "expert", "consolidation", "service"}
    assert {row["calendar_at"] for row in found["clocks"]} == {version}
    days.add_holiday(today + dt.timedelta(days=42), "تازه", by=cast.admin, reason="مصوبه")
    assert calendar_version()["digest"] != found["calendar"]["digest"]
    page = cast.client("consolidation").get(reverse("monitoring:package", args=[package.pk]))
    assert "نسخهٔ" in page.content.decode()


def test_the_signers_word_is_kept(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("expert_reviewed")
    submissions.approve(case.submission.pk, by=cast.consolidation, assurance=" با دفترها تطبیق شد. ")
    package = Package.objects.get()
    assert package.assurance == content(package)["assurance"] == "با دفترها تطبیق شد."


def test_the_signers_word_is_kept_whole_or_refused(cast: Cast) -> None:
    """A browser counts the end of a line as one sign and sends two."""
    case = make_expense_case(cast, filled=True).at("expert_reviewed")
    with pytest.raises(RuleBroken, match="۲٬۰۰۰"):
        submissions.approve(case.submission.pk, by=cast.consolidation, assurance="ب" * 2001)
    word = "تطبیق شد.\r\n" + "ب" * 1990
    url = reverse("monitoring:approve", args=[case.period.code, cast.agency.code, "expense"])
    data = {"revision": case.submission.revision, "assurance": word}
    assert cast.client("consolidation").post(url, data).status_code == 302
    assert Package.objects.get().assurance == word.replace("\r\n", "\n")


def test_packages_of_an_organization_make_one_chain(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    case = make_capital_case(cast, projects=1, filled=True).at("approved")
    case.reopen()
    case.at("approved")
    rows = list(Package.objects.all())
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous_digest for row in rows] == [FIRST, rows[0].digest, rows[1].digest]
    assert [(row.submission_id, row.revision) for row in rows[1:]] == [
        (case.submission.pk, 1),
        (case.submission.pk, 2),
    ]


def test_nobody_changes_drops_or_slips_in_a_package(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    package = Package.objects.get()
    for change in (lambda: Package.objects.update(assurance="x"), lambda: Package.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    package.pk, package.number, package.previous_digest = None, 2, "f" * 64
    with pytest.raises(IntegrityError, match="chain"), transaction.atomic():
        package.save()


# --- a cut-off ----------------------------------------------------------------------------------------------------


def publish(cast: Cast) -> PeriodWindow:
    window = cast.window("expense")
    PeriodWindow.objects.filter(pk=window.pk).update(state="closed")
    return periods.publish_window(window.pk, by=cast.consolidation)


def test_publishing_freezes_the_list_of_packages_and_who_is_missing(cast: Cast) -> None:
    make_expense_case(cast, filled=True, credit=30_000).at("approved")
    make_expense_case(cast, agency=cast.agency2, credit=10_000)
    absences.record(cast.agency2.pk, cast.period(), "expense", by=cast.consolidation, reason=REASON)
    window = publish(cast)
    package = Package.objects.get(window=window)
    found = content(package)
    assert [row["agency"] for row in found["packages"]] == [cast.agency.code]
    assert found["packages"][0]["digest"] == Package.objects.get(sort="submission").digest
    (missing,) = found["missing"]
    assert (missing["agency"], missing["state"], missing["reason"]) == (cast.agency2.code, "پیش‌نویس", REASON)
    assert found["coverage"] == {"agencies": [1, 2], "credit": [60_000, 80_000]}
    assert found["totals"]["spent"] == 24_000


def test_an_approval_after_publication_freezes_the_cut_off_anew(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    publish(cast)
    case.reopen()
    case.type(case.lines[0], "spent", 7_000)
    case.at("approved")
    first, second = Package.objects.filter(sort="cutoff")
    assert [first.revision, second.revision] == [1, 2]
    assert content(second)["totals"]["spent"] == content(first)["totals"]["spent"] - 1_000


# --- comparing ----------------------------------------------------------------------------------------------------


def test_a_correction_is_told_apart_from_what_was_copied(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved").reopen()
    case.type(case.lines[0], "spent", 7_000)
    case.at("approved")
    before, after = (content(row) for row in Package.objects.all())
    found = compare(before, after)
    assert [(group.cause, group.sums["spent"]) for group in found.groups] == [(Cause.CORRECTION, -1_000)]
    assert [(row.cell, row.before, row.after) for row in found.changes] == [("spent", 8_000, 7_000)]
    assert found.changes[0].title.startswith(str(case.lines[0].programme))


def test_every_difference_has_its_cause() -> None:
    line = {"project": "p1", "source": "general", "agreement": 1, "credit_in_force": 100, "allocated_cash": 50,
            "received_cash": 40, "spent": 30, "held": False, "held_raw": {}}  # fmt: skip
    gone = {**line, "project": "p2", "spent": 7}
    base = {"period": {"code": "1405-Q2"}, "rules": {"version": "1"}, "agreements": [{"id": 1}], "names": {},
            "figures": {"lines": [line, gone], "progress": [], "activities": []}, "files": [], "visits": []}  # fmt: skip
    now = {**line, "agreement": 2, "credit_in_force": 130, "allocated_cash": 60, "spent": 35}
    new = {**gone, "project": "p3", "spent": 11}
    after = {**base, "rules": {"version": "2"}, "agreements": [{"id": 2}],
             "figures": {"lines": [now, new], "progress": [], "activities": []},
             "files": [{"sha256": "a" * 64, "title": "سند"}],
             "visits": [{"project": "p1", "physical_progress": "40.00"}]}  # fmt: skip
    groups = {group.cause: group.sums for group in compare(base, after).groups}
    assert set(groups) == set(Cause) - {Cause.LATER}
    assert groups[Cause.AMENDMENT]["credit"] == 30
    assert groups[Cause.ALLOCATION]["allocated"] == 10
    assert groups[Cause.CORRECTION]["spent"] == 5
    assert (groups[Cause.ADDED]["spent"], groups[Cause.REMOVED]["spent"]) == (11, -7)
    assert compare(base, after).total["spent"] == 5 + 11 - 7
    assert compare(base, base).changes == ()


# --- what was changed is found and named ------------------------------------------------------------------------------


def test_sound_packages_are_said_to_be_sound(cast: Cast) -> None:
    with_paper(cast)
    publish(cast)
    said = StringIO()
    call_command("verify_packages", stdout=said)
    assert said.getvalue().startswith("2 packages with 1 files")


def _figure(cast: Cast) -> None:
    past_the_trigger(
        "UPDATE monitoring_package SET text = replace(text, '\"spent\":8000', '\"spent\":8001') WHERE number = 1"
    )


def _row(cast: Cast) -> None:
    past_the_trigger("UPDATE monitoring_expensefinanceline SET spent = spent - 1")


def _snapshot(cast: Cast) -> None:
    past_the_trigger(
        "UPDATE monitoring_submissionsnapshot SET content = jsonb_set(content, '{lines,0,spent}', '1') WHERE event = 'approved'"
    )


def _file(cast: Cast) -> None:
    files.path_of(files.StoredFile.objects.latest("pk")).write_bytes(b"%PDF-2")


def _signature(cast: Cast) -> None:
    past_the_trigger("UPDATE monitoring_signature SET signature = signature || '1'::bytea")


def _rewritten(cast: Cast) -> None:
    """A new text with the right digest: the next package and the log still name the old one."""
    past_the_trigger(
        "UPDATE monitoring_package SET text = replace(text, '1', '2'), "
        "digest = encode(sha256(convert_to(replace(text, '1', '2'), 'UTF8')), 'hex') WHERE number = 1"
    )


def _cut(cast: Cast) -> None:
    past_the_trigger("DELETE FROM monitoring_package WHERE number = 1")


DAMAGE: tuple[tuple[Callable[[Cast], None], set[str]], ...] = (
    (_figure, {"content", "figure"}),
    (_row, {"figure"}),
    (_snapshot, {"content", "figure"}),
    (_signature, {"signature"}),
    (_rewritten, {"chain", "log"}),
    (_cut, {"chain"}),
    (_file, {"file"}),  # last: no roll-back mends it
)


def test_what_was_changed_is_named(cast: Cast) -> None:
    with_paper(cast)
    publish(cast)
    for damage, parts in DAMAGE:
        with transaction.atomic():
            damage(cast)
            verdict = verify()
            assert parts <= {row.part for row in verdict.differences}, damage.__name__
            if damage in (_figure, _row, _snapshot):
                assert any(row.where.endswith(".spent") for row in verdict.differences)
            if damage is _file:
                assert [row.where for row in verdict.differences] == ["صورت‌وضعیت"]
            with pytest.raises(CommandError, match="Packages differ"):
                call_command("verify_packages")
            transaction.set_rollback(True)
    assert [row.part for row in verify().differences] == ["file"]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_show_the_package_its_files_and_what_differs(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    publish(cast)
    case.reopen()
    case.type(case.lines[0], "spent", 7_000)
    case.at("approved")
    first, cutoff, second, again = Package.objects.order_by("number")
    client = cast.client("consolidation")
    body = client.get(reverse("monitoring:package", args=[second.pk])).content.decode()
    assert second.digest in body
    assert "درست است." in body
    of_all = client.get(reverse("monitoring:package", args=[again.pk])).content.decode()
    assert f'href="{reverse("monitoring:package", args=[second.pk])}"' in of_all
    found = client.get(reverse("monitoring:package-file", args=[second.pk, "json"]))
    assert found.content.decode() == second.text
    table = client.get(reverse("monitoring:package-file", args=[second.pk, "csv"])).content.decode()
    assert "7000" in table
    listed = client.get(reverse("monitoring:package-file", args=[again.pk, "csv"])).content.decode()
    assert second.digest in listed
    for one, two in ((first, second), (cutoff, again)):
        text = client.get(reverse("monitoring:package-compare", args=[one.pk, two.pk])).content.decode()
        assert "اصلاح رقم (۱)" in text
        assert "۷٬۰۰۰" in text
    assert client.get(reverse("monitoring:package-compare", args=[first.pk, cutoff.pk])).status_code == 404
    past_the_trigger("UPDATE monitoring_package SET text = replace(text, '7000', '7001') WHERE number = 3")
    assert "دیگر همان نیست" in client.get(reverse("monitoring:package", args=[second.pk])).content.decode()


def test_everybody_reads_who_sent_when_of_published_cut_offs_only(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("expert_reviewed")
    submissions.approve(case.submission.pk, by=cast.consolidation, assurance="با دفترها تطبیق شد.")
    url, public = reverse("monitoring:submitted"), cast.client("public")
    assert case.agency.name not in public.get(url).content.decode()
    publish(cast)
    body = public.get(url).content.decode()
    for text in (case.agency.name, "به‌موقع", "با دفترها تطبیق شد.", "۱ پرونده از ۱ پرونده"):
        assert text in body
    for person in (cast.agency_user, cast.treasurer, cast.expert, cast.consolidation):
        assert person.full_name not in body
    table = public.get(reverse("monitoring:submitted-csv")).content.decode()
    assert "1405-Q2" in table
    assert cast.treasurer.full_name not in table
    assert public.get(f"{url}?period=1399-Q1").status_code == 404
