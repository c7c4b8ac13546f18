"""Files of a case: kept at once, without what a camera or a word processor wrote about their maker."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import Organization
from budget_portal import files
from budget_portal.models import StoredFile
from complaints.models import ComplaintAttachment, DraftAttachment

log = logging.getLogger(__name__)
KEPT_FOR = dt.timedelta(hours=24)


def keep(uploads: Iterable[Any], organization: Organization | None) -> list[StoredFile]:
    """Checked and stored; FileRefused names the first that is not taken."""
    return [_without_metadata(files.store(upload, organization=organization, by=None)) for upload in uploads]


def draft(uploads: Iterable[Any]) -> list[str]:
    """Keep what was chosen in the form until the case is filed; the tokens stay in the session."""
    return [str(DraftAttachment.objects.create(file=stored).token) for stored in keep(uploads, None)]


def of_draft(tokens: Iterable[str]) -> list[DraftAttachment]:
    return list(DraftAttachment.objects.filter(token__in=list(tokens)).select_related("file"))


def drop_draft(tokens: Iterable[str]) -> None:
    for row in of_draft(tokens):
        _remove(row)


def adopt(tokens: Iterable[str], organization: Organization) -> list[StoredFile]:
    """The files of a draft, now those of an organization; runs in the transaction of the filing."""
    rows = of_draft(tokens)
    stored = [row.file for row in rows]
    StoredFile.objects.filter(pk__in=[file.pk for file in stored]).update(organization=organization)
    DraftAttachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return stored


def forget_drafts(now: dt.datetime) -> int:
    """Remove what was never filed."""
    old = list(DraftAttachment.objects.filter(added_at__lt=now - KEPT_FOR).select_related("file"))
    for row in old:
        _remove(row)
    return len(old)


def discard(stored: Iterable[StoredFile]) -> None:
    """Take back what was kept for a move that was then refused."""
    for file in stored:
        file.delete()
        files.path_of(file).unlink(missing_ok=True)


def _remove(row: DraftAttachment) -> None:
    with transaction.atomic():
        stored = row.file
        row.delete()
        if ComplaintAttachment.objects.filter(file=stored).exists():
            return
        stored.delete()
    files.path_of(stored).unlink(missing_ok=True)


def _without_metadata(stored: StoredFile) -> StoredFile:
    """Images come fresh from the store; a PDF loses its author, titles and history."""
    import pikepdf  # heavy, and only this step needs it

    if stored.media_type != "application/pdf":
        return stored
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.read(stored))) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for name in ("/Metadata", "/PieceInfo"):
            if name in pdf.Root:
                del pdf.Root[name]
        pdf.save(made, deterministic_id=True)
    clean = files.store_made(
        made.getvalue(),
        name=stored.name,
        media_type=stored.media_type,
        organization=stored.organization,
        by=None,
    )
    discard([stored])
    return clean
