"""A backup is a restore: rows, files and the log come back equal in another database."""

import hashlib

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from budget_portal import audit, backup
from budget_portal.models import Holiday, StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "portal_restored"


@pytest.fixture
def other_database():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {OTHER}")
        cursor.execute(f"CREATE DATABASE {OTHER}")
    yield OTHER
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {OTHER}")


def _stored(tmp_path) -> StoredFile:
    content = b"%PDF-1.7 evidence"
    row = StoredFile(name="a.pdf", media_type="application/pdf", size=len(content),
                     sha256=hashlib.sha256(content).hexdigest())  # fmt: skip
    path = settings.MEDIA_ROOT / row.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    row.save()
    return row


def test_rows_files_and_log_come_back_equal(tmp_path, other_database, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    stored = _stored(tmp_path)
    with transaction.atomic():
        audit.record("file.added", stored, by=None, after={"sha256": stored.sha256})
    Holiday.objects.get_or_create(day="2026-03-21", defaults={"title": "نوروز"})
    made = backup.make(tmp_path / "backup")
    assert made.rows == backup.row_counts()

    again = backup.restore(tmp_path / "backup", database=other_database, files_to=tmp_path / "files2")

    config = connection.settings_dict
    there = psycopg2.connect(
        dbname=other_database, host=config["HOST"], user=config["USER"], port=config["PORT"] or None
    )
    try:
        assert backup.row_counts(there) == made.rows == again.rows
        with there.cursor() as cursor:
            cursor.execute("SELECT hash FROM budget_portal_auditentry ORDER BY id")
            restored = cursor.fetchall()
        with connection.cursor() as cursor:
            cursor.execute("SELECT hash FROM budget_portal_auditentry ORDER BY id")
            assert restored == cursor.fetchall()
    finally:
        there.close()
    assert (tmp_path / "files2" / stored.path).read_bytes() == (
        settings.MEDIA_ROOT / stored.path
    ).read_bytes()


def test_a_changed_dump_is_refused(tmp_path, other_database, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    backup.make(tmp_path / "backup")
    with (tmp_path / "backup" / backup.DATABASE).open("ab") as file:
        file.write(b"x")
    with pytest.raises(backup.BackupError, match="differs from its manifest"):
        backup.restore(tmp_path / "backup", database=other_database)


def test_a_full_database_is_not_written_over(tmp_path):
    with pytest.raises(CommandError, match="has tables already"):
        call_command("restore", tmp_path)
