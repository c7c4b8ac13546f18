"""Signatures: made with the signer's own key, found false as soon as a byte of what was signed differs."""

from __future__ import annotations

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from budget_portal import files
from budget_portal.digits import to_persian
from budget_portal.errors import NotAllowed, RuleBroken
from monitoring import signing
from monitoring.models import Signature, SigningKey, SubmissionSnapshot
from monitoring.signing.backends import ServerHeld
from monitoring.signing.submissions import check_submission
from tests.accounts.letters import stand_in
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring.making import make_document

pytestmark = pytest.mark.django_db


def confirmed(cast: Cast) -> Case:
    """Two lines, one with a document."""
    case = make_capital_case(cast, filled=True)
    make_document(cast, case.submission, project=case.projects[0])
    return case.at("treasurer_confirmed")


def forced(sql: str, *values: Any) -> None:
    """As the owner of the tables would, past every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_each_step_is_signed_by_its_own_person(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved").reopen()
    rows = list(signing.signatures_of(case.submission))
    assert [(row.event, row.signer, row.role) for row in rows] == [
        ("treasurer_confirmed", cast.treasurer, "treasurer"),
        ("expert_reviewed", cast.expert, "budget_expert"),
        ("approved", cast.consolidation, "consolidation"),
        ("reopened", cast.deputy, "budget_deputy"),
    ]
    assert all(signing.verify(row) for row in rows)
    assert len({row.key_id for row in rows}) == 4
    assert case.submission.snapshots.get(event="approved").digest == rows[2].content_digest


def test_one_key_per_person_and_old_ones_still_verify(cast: Cast) -> None:
    case = confirmed(cast)
    old = signing.signatures_of(case.submission).get()
    with transaction.atomic():
        fresh = ServerHeld().replace(cast.treasurer)
    assert fresh.pk != old.key_id
    assert SigningKey.objects.filter(person=cast.treasurer, retired_at=None).get() == fresh
    assert signing.verify(signing.signatures_of(case.submission).get())


def test_a_key_that_no_secret_opens_gives_way_to_a_new_one(cast: Cast, settings: Any) -> None:
    settings.SIGNING_KEYS = ["first"]
    case = confirmed(cast)
    settings.SIGNING_KEYS = ["second", "first"]
    assert ServerHeld().key_of(cast.treasurer).pk == signing.signatures_of(case.submission).get().key_id
    settings.SIGNING_KEYS = ["third"]
    with transaction.atomic():
        assert ServerHeld().key_of(cast.treasurer).retired_at is None
    assert SigningKey.objects.filter(person=cast.treasurer).count() == 2
    assert signing.verify(signing.signatures_of(case.submission).get())


def test_the_private_key_lies_sealed(cast: Cast) -> None:
    with transaction.atomic():
        key = ServerHeld().key_of(cast.treasurer)
    assert key.sealed is not None
    assert bytes(key.sealed).startswith(b"gAAAA")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("signer_id", 1),
        ("role", "consolidation"),
        ("event", "approved"),
        ("revision", 9),
        ("content_digest", "0" * 64),
        ("files_digest", "0" * 64),
        ("at", timezone.now()),
        ("parts", "{}"),
        ("target_id", 7),
        ("signature", b"x" * 64),
    ],
)
def test_a_changed_column_breaks_the_signature(cast: Cast, column: str, value: Any) -> None:
    row = signing.signatures_of(confirmed(cast).submission).get()
    forced(f"UPDATE monitoring_signature SET {column} = %s WHERE id = %s", value, row.pk)
    assert not signing.verify(Signature.objects.select_related("key").get(pk=row.pk))


def test_nothing_of_it_is_changed_through_the_front(cast: Cast) -> None:
    row = signing.signatures_of(confirmed(cast).submission).get()
    for change in (
        lambda: Signature.objects.filter(pk=row.pk).update(role="x"),
        lambda: row.delete(),
        lambda: SigningKey.objects.filter(pk=row.key_id).update(public=b"x"),
        lambda: SigningKey.objects.filter(pk=row.key_id).delete(),
        lambda: Signature.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(Exception, match=r"append-only|kept|protected|Protected"), transaction.atomic():
            change()


def test_nobody_signs_with_a_strangers_key(cast: Cast) -> None:
    row = signing.signatures_of(confirmed(cast).submission).get()
    row.pk, row.signer = None, cast.expert
    with pytest.raises(IntegrityError, match="living key"), transaction.atomic():
        row.save(force_insert=True)


def test_who_has_no_role_signs_nothing(cast: Cast) -> None:
    case = confirmed(cast)
    with pytest.raises(NotAllowed), transaction.atomic():
        signing.sign(case.submission, "x", by=cast.nobody, content_digest="0" * 64)


def test_a_substitute_signs_in_anothers_place(cast: Cast) -> None:
    case = confirmed(cast)
    person = stand_in(cast, cast.treasurer, cast.treasurer2)
    with transaction.atomic():
        row = signing.sign(case.submission, "x", by=person, content_digest="0" * 64)
    row = Signature.objects.get(pk=row.pk)
    assert row.on_behalf_of == cast.treasurer.acting
    assert signing.verify(row)


# --- what is found afterwards -----------------------------------------------------------------------------------


def test_what_was_left_alone_is_whole(cast: Cast) -> None:
    (found,) = check_submission(confirmed(cast).submission)
    assert found.is_whole
    assert found.current


def test_a_changed_byte_of_a_file_is_named(cast: Cast) -> None:
    case = confirmed(cast)
    document = case.submission.documents.get()
    place = files.path_of(document.file)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    (found,) = check_submission(case.submission)
    assert (found.genuine, found.lines) == (True, [])
    assert found.files == [f"{document.title} ({document.file.name})"]
    place.unlink()
    assert check_submission(case.submission)[0].files == found.files


def test_a_changed_figure_names_its_line(cast: Cast) -> None:
    case = confirmed(cast)
    forced("UPDATE monitoring_capitalfinanceline SET spent = spent + 1 WHERE id = %s", case.lines[1].pk)
    (found,) = check_submission(case.submission)
    assert found.lines == [f"project:{case.lines[1].project.code}"]
    assert (found.genuine, found.content, found.files) == (True, True, [])


def test_a_changed_snapshot_names_its_line(cast: Cast) -> None:
    case = confirmed(cast)
    row = SubmissionSnapshot.objects.get(event="treasurer_confirmed")
    path = "{lines,0,spent}"
    forced(
        "UPDATE monitoring_submissionsnapshot SET content = jsonb_set(content, %s, '1') WHERE id = %s",
        path,
        row.pk,
    )
    (found,) = check_submission(case.submission)
    assert not found.content
    assert found.lines == [f"project:{case.lines[0].project.code}"]


def test_the_receipt_and_the_command_name_what_was_changed(cast: Cast) -> None:
    case = confirmed(cast)
    address = f"/review/receipt/{case.submission.pk}/"
    client = cast.client("treasurer")
    page = client.get(f"{address}?verify=1").content.decode()
    assert "همهٔ ۲ ردیف و ۱ پرونده دوباره خوانده شد" in page
    assert str(cast.treasurer) in client.get(address).content.decode()
    call_command("verify_signatures", stdout=StringIO())
    document = case.submission.documents.get()
    files.path_of(document.file).write_bytes(b"%PDF+")
    forced("UPDATE monitoring_capitalfinanceline SET spent = 1 WHERE id = %s", case.lines[1].pk)
    page = client.get(f"{address}?verify=1").content.decode()
    assert f"ردیف «{to_persian(case.projects[1])}» تغییر کرده" in page
    assert f"سند «{document.title}" in page
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_signatures", case.submission.pk, stdout=StringIO(), stderr=told)
    assert f"line project:{case.projects[1].code} was changed" in told.getvalue()
    assert "a.pdf" in told.getvalue()


def test_a_file_that_was_exchanged_is_not_signed(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    document = make_document(cast, case.submission, project=case.projects[0])
    case.at("submitted")
    files.path_of(document.file).write_bytes(b"%PDF-other")
    with pytest.raises(RuleBroken, match=document.title):
        case.confirm()
    assert case.submission.state == "submitted"


def test_what_was_sent_again_is_not_blamed_on_the_old_signature(cast: Cast) -> None:
    case = confirmed(cast)
    case.send_back(by=cast.expert)
    case.type(case.lines[0], "spent", "15000")
    case.submit()
    (found,) = check_submission(case.submission)
    assert not found.current
    assert found.is_whole


@pytest.mark.django_db(transaction=True)
def test_two_first_signatures_at_once_make_one_key() -> None:
    cast = Cast()
    person, done = cast.treasurer, []

    def ask() -> None:
        with transaction.atomic():
            done.append(ServerHeld().key_of(person).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert len(set(done)) == 1
