"""Substitutes by letter: one in force, one that waits for the deputy; and who is sent the head of the log."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.workflow import delegations
from budget_portal import audit_check, audit_heads
from reports.demo import pictures
from reports.demo.ground import Ground

DAY = dt.timedelta(days=1)
#        whose role, who stands in, number of the letter, from and until (days from today), confirmed
LETTERS = (
    ("complaints", "complaints2", "۱۴۰۵/۳۱۲", -1, 6, True),
    ("treasurer", "treasurer2", "۱۴۰۵/۳۳۸", 2, 12, False),
)


def write(ground: Ground) -> None:
    admin, deputy = ground.people["admin"], ground.people["deputy"]
    organization = ground.organizations["khuzestan"]
    admin.act_through(admin.memberships.get(organization=organization))
    today = timezone.localdate()
    for whose, who, number, start, end, is_confirmed in LETTERS:
        data = {
            "letter_number": number,
            "letter_date": today - 3 * DAY,
            "valid_from": today + start * DAY,
            "valid_to": today + end * DAY,
        }
        office = ground.people[whose].memberships.get()
        paper = pictures.letter(organization, admin, number)
        row = delegations.register(office, ground.people[who], data, paper, by=admin)
        if is_confirmed:
            delegations.confirm(row.pk, by=deputy)
    audit_heads.add_recipient("دیوان محاسبات استان", "divan@portal.example", by=admin)
    audit_check.take_checkpoint()
