"""A published edition never changes, whoever writes; its signed print comes once."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from budget_portal.models import StoredFile
from reports.models import SupervisionReport
from tests.cast import Cast
from tests.rows.figures import edition

pytestmark = pytest.mark.django_db


def refused(report: SupervisionReport, **change: object) -> bool:
    try:
        with transaction.atomic():
            SupervisionReport.objects.filter(pk=report.pk).update(**change)
    except (IntegrityError, InternalError):
        return True
    return False


def test_no_column_of_a_published_edition_changes(cast: Cast) -> None:
    report = edition(cast, "own", "approved")
    later = timezone.now() + dt.timedelta(days=1)
    for change in (
        {"number": "R1-0"}, {"edition": 9}, {"digest": "0" * 64}, {"package": {}}, {"known_at": later},
        {"reviewed_at": later}, {"confirmed_at": later}, {"approved_at": later}, {"level": "country"},
    ):  # fmt: skip
        assert refused(report, **change), change


def test_its_print_comes_once(cast: Cast) -> None:
    report = edition(cast, "own", "approved")
    prints = [
        StoredFile.objects.create(name="a.pdf", media_type="application/pdf", size=1, sha256=digit * 64)
        for digit in "12"
    ]
    if SupervisionReport.objects.get(pk=report.pk).pdf_id is None:
        assert not refused(report, pdf=prints[0])
    assert refused(report, pdf=prints[1])
