"""One person at the pages of imports: uploads a file, says what its columns are, reads the preview, applies it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.models import User
from agreements.imports.choices import TABLES
from budget_portal import jobs
from budget_portal.errors import RuleBroken
from budget_portal.models import ImportBatch, ImportRow

_SAID = re.compile(r'class="(?:field__error|notice[^"]*|errors?[^"]*)"[^>]*>(.*?)</', re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
PATIENCE = 600  # seconds for a worker that has taken the job
NOT_TAKEN = "صفحهٔ {page} پرونده را نپذیرفت."
NOT_APPLIED = "پروندهٔ {name} نوشته نشد."


@dataclass(frozen=True)
class Sent:
    """A file and what is said of it on the page of columns. `columns`: field -> header of the file."""

    table: str
    name: str
    content: bytes
    columns: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    unit: str = "million-rials"
    comma: bool = False  # is the decimal mark of the file
    skip: tuple[str, str] | None = None  # header and text of the rows that are passed over
    save_as: str = ""


class Pages:
    """A browser of one person; the second factor is not asked of whoever runs the command on the server."""

    def __init__(self, person: User) -> None:
        host = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
        self.client = Client(SERVER_NAME="localhost" if host in ("*", "") else host.lstrip("."))
        self.client.force_login(person)

    def enter(self, sent: Sent) -> ImportBatch:
        """From the upload to the applied batch; rows with errors are left out, as the person would decide."""
        with override_settings(SECOND_FACTOR_ROLES=frozenset()):
            batch = self._uploaded(sent)
            page = f"/imports/{batch.public_id}/"
            self._post(f"{page}columns/", self._told(batch, sent))
            self._post(f"{page}apply/", {"hold": "on"})
            batch.refresh_from_db()
            self._written(batch)
        if batch.state != "applied":
            raise RuleBroken(NOT_APPLIED.format(name=sent.name), [batch.error or batch.state])
        return batch

    def read(self, address: str, **asked: str) -> bytes:
        with override_settings(SECOND_FACTOR_ROLES=frozenset()):
            answer: Any = self.client.get(f"{address}?{urlencode(asked)}", secure=settings.HTTPS)
        if answer.status_code != 200:
            raise RuleBroken(NOT_TAKEN.format(page=address))
        return bytes(answer.content)

    def _uploaded(self, sent: Sent) -> ImportBatch:
        file = SimpleUploadedFile(sent.name, sent.content)
        url = self._post("/imports/new/", {"table": sent.table, "file": file})
        found: ImportBatch = ImportBatch.objects.get(public_id=url.rstrip("/").split("/")[-2])
        return found

    def _told(self, batch: ImportBatch, sent: Sent) -> dict[str, str]:
        place = {header: number for number, header in enumerate(batch.headers)}
        told = {f"column_{place[header]}": name for name, header in sent.columns.items()}
        told |= {f"constant_{name}": text for name, text in sent.constants.items()}
        told |= {"sheet": str(batch.sheet), "header_row": str(batch.header_row), "unit": sent.unit}
        if sent.comma:
            told["comma"] = "on"
        if sent.skip:
            told |= {"skip_column": str(place[sent.skip[0]]), "skip_equals": sent.skip[1]}
        return told | dict(sent.values) | {"save_as": sent.save_as}

    def _post(self, address: str, data: Mapping[str, Any]) -> str:
        answer: Any = self.client.post(address, data, secure=settings.HTTPS)
        if answer.status_code != 302:
            said = [unescape(_TAGS.sub(" ", text)).strip() for text in _SAID.findall(answer.content.decode())]
            raise RuleBroken(NOT_TAKEN.format(page=address), [text for text in said if text])
        return str(answer.url)

    def _written(self, batch: ImportBatch) -> None:
        """The job runs here, or in the worker of a portal that is running beside it."""
        if batch.job_id is not None and not jobs.run(batch.job_id):
            until = time.monotonic() + PATIENCE
            while (
                time.monotonic() < until
                and ImportBatch.objects.filter(pk=batch.pk, state="applying").exists()
            ):
                time.sleep(1)
        batch.refresh_from_db()


def refusals(batch: ImportBatch) -> Mapping[str, int]:
    """Sentences of rows that were refused, without what differs from row to row, and how many rows they stand at."""
    return _counted(ImportRow.objects.filter(batch=batch, kind__in=["error", "held"]))


def warnings(batch: ImportBatch) -> Mapping[str, int]:
    return _counted(ImportRow.objects.filter(batch=batch, kind__in=["new", "changed"]).exclude(text=""))


def _counted(rows: Any) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for text in rows.values_list("text", flat=True):
        short = re.sub(r"«[^»]*»", "«…»", text)
        short = re.sub(r"[\d۰-۹٠-٩][\d۰-۹٠-٩٬٫,./]*", "#", short)
        found[short] = found.get(short, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def lines(batch: ImportBatch, *, most: int = 12) -> list[str]:
    """What a batch came to, as the command prints it."""
    counts = "، ".join(f"{name} {count}" for name, count in batch.counts.items() if count)
    told = [f"{TABLES[batch.table].title} – {batch.file.name}: {counts}"]
    told += [f"  رد شد {count} سطر: {text}" for text, count in list(refusals(batch).items())[:most]]
    told += [f"  هشدار {count} سطر: {text}" for text, count in list(warnings(batch).items())[:most]]
    for total in batch.summary.get("totals", []):
        told.append(
            f"  {total['title']}: پرونده {total['file']} {batch.summary['unit']}؛ خوانده {total['read']:,}، "
            f"نوشته {total['written']:,}، مانده {total['left']:,} میلیون ریال؛ "
            f"گرد شده {total['rounded_cells']} خانه"
        )
    return told
