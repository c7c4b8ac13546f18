"""Letters of the months after the open cut-off, by the verbs: an advance and its conversion, securities, one that was
cancelled, and drafts on the desk. They count from Mehr on, so that no figure of a cut-off changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agreements import in_force, letters
from agreements.ledger import Amounts, allocated
from agreements.letters import ALLOCATION, NOTIFICATION, Sort
from agreements.models import AllocationLine, Project
from agreements.workflow import notices
from budget_portal import jalali
from reports.demo import pictures, then
from reports.demo.ground import Ground
from reports.demo.register import Work, moment

TWICE = "این نامه دو بار از دبیرخانه رسیده بود؛ نسخهٔ نخست معتبر است."


def write(ground: Ground, works: list[Work]) -> None:
    """For the agency of the demo's own people, as the group of consolidation of its province writes them."""
    desk = _Desk(ground, works)
    advance = desk.issue((7, 5), "تنخواه", {"amount": desk.share(10), "is_advance": True})
    desk.issue(
        (7, 20),
        "اوراق",
        {
            "amount": desk.share(5),
            "instrument": "securities",
            "symbol": "اخزا۵۰۳",
            "due_date": jalali.gregorian(1407, 3, 18),
        },
    )
    given = AllocationLine.objects.get(notice=advance)
    desk.issue((7, 25), "تبدیل", {"amount": given.amount // 2, "converted_from_id": given.pk})
    repeated = desk.issue((7, 28), "تکراری", {"amount": desk.share(8)})
    with then.at(moment(jalali.gregorian(1405, 7, 30))):
        notices.cancel(ALLOCATION, repeated.pk, reason=TWICE, by=desk.by)
    desk.draft(ALLOCATION, (8, 10), "پیش‌نویس", {"amount": desk.share(4)})
    plan = desk.project.plan
    line = {"plan_id": plan.pk, "programme_id": plan.programme_id, "amount": desk.share(2)}
    desk.draft(NOTIFICATION, (8, 12), "متمم", line)


class _Desk:
    """The project of the agency that has most credit left, and who writes to it."""

    def __init__(self, ground: Ground, works: list[Work]) -> None:
        self.ground, self.by = ground, ground.people["consolidation"]
        acting = ground.people["agency"].acting
        assert acting is not None and acting.agency is not None  # noqa: S101 - the demo's own person
        self.agency, year = acting.agency, ground.years[1405]
        self.source = ground.sources["general"]
        day = jalali.gregorian(1405, 8, 1)
        credit = in_force.credits(self.agency.pk, year.pk, "capital", day)
        letter = ALLOCATION.letter(agency=self.agency, kind="capital", period=ground.periods["1405-Q3"])
        given = allocated(letters.entries(ALLOCATION, letter), day)
        left = {
            work.project: credit.get((work.project.pk, self.source.pk), 0)
            - given.get((work.project.pk, self.source.pk), Amounts()).total
            for work in works
            if work.agency == self.agency
        }
        self.project: Project = max(left, key=lambda project: (left[project], project.code))
        self.left = left[self.project]

    def share(self, part: int) -> int:
        return max(self.left // part // 10 * 10, 10)

    def draft(self, sort: Sort, on: tuple[int, int], name: str, line: dict[str, Any]) -> Any:
        day = jalali.gregorian(1405, *on)
        with then.at(moment(day)):
            letter = notices.draft(sort, self._head(sort, day, name), by=self.by)
            own = {} if sort is NOTIFICATION else {"project_id": self.project.pk}
            notices.add_line(
                sort, letter.pk, {"funding_source_id": self.source.pk, **own, **line}, by=self.by
            )
        return letter

    def issue(self, on: tuple[int, int], name: str, line: dict[str, Any]) -> Any:
        letter = self.draft(ALLOCATION, on, name, line)
        with then.at(moment(jalali.gregorian(1405, *on)) + dt.timedelta(hours=1)):
            seen = letters.seen_whole(ALLOCATION, letter)
            return notices.issue(ALLOCATION, letter.pk, seen=seen, by=self.by)

    def _head(self, sort: Sort, day: dt.date, name: str) -> dict[str, Any]:
        when = (
            {"fiscal_year": self.ground.years[1405]}
            if sort is NOTIFICATION
            else {"period": self.ground.periods["1405-Q3"]}
        )
        number = f"1405/{day:%m%d}"
        return {
            "agency": self.agency,
            "kind": "capital",
            "letter_number": f"{number}/{name}",
            "document": pictures.letter(self.agency.organization, self.by, number),
            "letter_date": day,
            "valid_from": day,
            **when,
        }
