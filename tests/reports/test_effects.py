"""What follows from a report's moves."""

import datetime as dt

import pytest

from accounts.models import Membership
from budget_portal import outbox
from budget_portal.models import Job
from reports.models import SupervisionReport
from tests.cast import Cast
from tests.reports.making import sign

pytestmark = pytest.mark.django_db


def test_a_published_edition_is_printed_through_the_role_that_approved_it(cast: Cast) -> None:
    """The head has an older role in another province, from which the edition's agencies are not seen."""
    head = cast.person("far_agency_user")
    role = Membership.objects.create(
        user=head, role="org_head", organization=cast.organization, valid_from=dt.date(2026, 1, 1)
    )
    report = SupervisionReport.objects.create(
        organization=cast.organization, period=cast.period("Q1"), number="R1-printed",
        package={"figures": []}, drafted_by=cast.consolidation,
    )  # fmt: skip
    sign(report, [cast.consolidation, cast.deputy, head])
    outbox.add("report.approved", report)
    outbox.deliver_all()
    assert Job.objects.get(kind="report_print").membership == role
