"""Classification of the demo over the turn of 1405: copied, renamed, split in two, and one row that went nowhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import Membership
from agreements import classification
from agreements.classification import TREES
from agreements.models import Affair

if TYPE_CHECKING:
    from accounts.models import User
    from reports.demo.ground import Ground

# Codes that no programme of the demo hangs on: (code, title).
RENAMED = ("1091", "انرژی", "انرژی‌های نو")
SPLIT = ("1092", "گردشگری و صنایع دستی", (("1093", "گردشگری", "0.65"), ("1094", "صنایع دستی", "0.35")))
GONE = ("1095", "ستاد بازسازی")


def write(ground: Ground) -> None:
    by = _administrator(ground)
    year = ground.years[1405]
    turn, last_day = year.starts_on, year.starts_on - dt.timedelta(days=1)
    affair = Affair.objects.filter(organization=ground.national).order_by("code")[3]
    chapter = TREES["chapter"]

    def add(code: str, title: str, since: dt.date) -> int:
        facts = {"code": code, "title": title, "valid_from": since, "affair": affair}
        return int(classification.add_row(chapter, facts, by=by).pk)

    begun = ground.years[1403].starts_on
    classification.rename_row(
        chapter, add(RENAMED[0], RENAMED[1], begun), title=RENAMED[2], from_day=turn, by=by
    )
    for code, title in (SPLIT[:2], GONE):
        classification.end_row(chapter, add(code, title, begun), last_day=last_day, by=by)
    shares = {}
    for code, title, share in SPLIT[2]:
        add(code, title, turn)
        shares[code] = Decimal(share)
    for number in (1404, 1405):
        classification.open_year(ground.years[number].pk, by=by)
    classification.map_row(year.pk, chapter, SPLIT[0], shares, by=by)


def _administrator(ground: Ground) -> User:
    """The administrator of the national organization."""
    return ground.people["admin_iran"].act_through(
        Membership.objects.get(user__username="admin_iran", organization=ground.national)
    )
