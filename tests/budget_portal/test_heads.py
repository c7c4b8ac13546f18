"""The head of the log: printed, mailed, read back however it was wrapped on its way."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from budget_portal import audit, audit_check, audit_heads, outbox
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import AuditCheckpoint, AuditEntry, HeadRecipient
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(cast: Cast) -> AuditCheckpoint:
    audit.record("thing.made", cast.organization, by=None)
    point = audit_check.take_checkpoint()
    assert point is not None
    return point


def test_a_head_is_read_back_as_it_was_written(point: AuditCheckpoint) -> None:
    wanted = [audit_heads.Published(point.pk, point.digest)]
    grouped = " ".join(audit_heads.in_groups(point.digest))
    for text in (
        audit_heads.text_of(point),
        audit_heads.letter_of(point),
        f"head: {point.pk} digest: {point.digest}",
        f"HEAD: {point.pk}\n  digest: {grouped[:40]}\n {grouped[40:]}\n",
    ):
        assert audit_heads.read(text) == wanted
    assert audit_heads.read(audit_heads.text_of(point) * 2) == wanted * 2
    assert audit_heads.read("digest: 1234") == []


def test_the_command_compares_with_a_head_of_paper_or_file(point: AuditCheckpoint, tmp_path: Path) -> None:
    out, file = StringIO(), tmp_path / "head.txt"
    file.write_text(audit_heads.text_of(point), encoding="utf-8")
    for given in (str(file), f"head: {point.pk} digest: {point.digest}"):
        call_command("verify_audit", "--head", given, stdout=out)
    assert "agrees with the published head" in out.getvalue()
    other = f"head: {point.pk} digest: {'0' * 64}"
    with pytest.raises(CommandError, match=f"published: head {point.pk}"):
        call_command("verify_audit", "--head", other)
    with pytest.raises(CommandError, match="gone from the database"):
        call_command("verify_audit", "--head", f"head: {point.pk + 9} digest: {point.digest}")
    with pytest.raises(CommandError, match="no head"):
        call_command("verify_audit", "--head", "/nowhere/head.txt")


def test_the_head_of_the_day_is_mailed_to_whoever_was_named(cast: Cast, mailoutbox: Any) -> None:
    audit_heads.add_recipient("دیوان محاسبات", "Court@example.test", by=cast.admin)
    gone = audit_heads.add_recipient("دیگری", "other@example.test", by=cast.admin)
    audit_heads.remove_recipient(gone.pk, by=cast.admin)
    point = audit_check.take_checkpoint()
    outbox.deliver_all()
    (sent,) = mailoutbox
    assert sent.to == ["court@example.test"]
    assert audit_heads.read(sent.body) == [audit_heads.Published(point.pk, point.digest)]
    assert set(AuditEntry.objects.values_list("event", flat=True)) >= {
        "head.recipient_added",
        "head.recipient_removed",
    }


def test_recipients_are_named_once_and_by_the_administrator(cast: Cast) -> None:
    audit_heads.add_recipient("دیوان", "court@example.test", by=cast.admin)
    with pytest.raises(RuleBroken, match="پیش‌تر"):
        audit_heads.add_recipient("دیوان", "court@example.test", by=cast.admin)
    with pytest.raises(NotAllowed):
        audit_heads.add_recipient("دیوان", "x@example.test", by=cast.auditor)
    assert HeadRecipient.objects.count() == 1


def test_the_page_to_print_and_the_text_to_keep(cast: Cast, point: AuditCheckpoint) -> None:
    client = cast.client("auditor")
    page = client.get(reverse("ground:head", args=[point.pk])).content.decode()
    assert "<svg" in page
    assert "".join(f"<span>{part}</span>" for part in audit_heads.in_groups(point.digest)) in page
    text = client.get(reverse("ground:head-text", args=[point.pk])).content.decode()
    assert text == audit_heads.text_of(point)
    assert point.digest[:16] in client.get(reverse("ground:heads")).content.decode()


def test_days_are_chained(cast: Cast, point: AuditCheckpoint) -> None:
    audit.record("thing.made", cast.far_organization, by=None)
    second = audit_check.take_checkpoint()
    assert second.previous_digest == point.digest
