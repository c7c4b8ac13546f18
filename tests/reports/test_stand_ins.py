"""Three signers of an edition across substitutes; both names stand under the report."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from budget_portal.errors import NotAllowed
from budget_portal.moves import verb
from budget_portal.signers import signer
from reports.builders.r01_periodic import imprint
from reports.models import SupervisionReport
from reports.workflow import reports
from tests.accounts.letters import stand_in
from tests.cast import Cast
from tests.factories import make_person
from tests.reports.making import make_report


def test_both_names_stand_in_the_block_of_signatures(cast: Cast) -> None:
    report = make_report(cast, "reviewed")
    by = stand_in(cast, cast.deputy, cast.complaints)
    reports.confirm(report.pk, by=by)
    report.refresh_from_db()
    wanted = f"{cast.complaints}، به جانشینی از {cast.deputy}"
    assert signer(report, "confirmed") == wanted
    assert imprint(report).signers[1].name == wanted


def test_whom_a_substitute_stood_in_for_signs_no_other_step(cast: Cast) -> None:
    report = make_report(cast, "reviewed")
    reports.confirm(report.pk, by=stand_in(cast, cast.deputy, cast.complaints))
    other = make_person("budget_deputy", cast.organization)
    twice = stand_in(cast, cast.head, cast.deputy, deputy=other)
    with pytest.raises(NotAllowed, match="سه نفر"):
        reports.approve(report.pk, by=twice)
    with pytest.raises(IntegrityError) as found, transaction.atomic():
        _written(report, by=twice)
    assert found.value.__cause__.diag.constraint_name == "reports_supervisionreport_persons_apart"


@verb
def _written(report: SupervisionReport, *, by: User) -> None:
    SupervisionReport.objects.filter(pk=report.pk).update(approved_by=by, approved_at=timezone.now())
