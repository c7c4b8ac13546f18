"""Contracts of the demo: invented companies with well formed legal ids, changes of amount, statements."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from agreements.models import Company, Contract, ContractChange, ContractStatement
from budget_portal import jalali
from budget_portal.identifiers import legal_id_problem

if TYPE_CHECKING:
    from accounts.models import Organization
    from reports.demo.register import Work

CONTRACTORS = (
    "سازه‌پردازان کارون (نمونه)",
    "راه‌گستر زاگرس (نمونه)",
    "آب‌پویان خزر (نمونه)",
    "ابنیهٔ پارس‌بام (نمونه)",
)
CONSULTANTS = ("مهندسین مشاور طرح‌آفرین (نمونه)", "مهندسین مشاور پی‌نگار (نمونه)")
SUPERVISOR = "نظارت‌یار جنوب (نمونه)"
STATED = tuple(
    (jalali.gregorian(1404, month, 1), jalali.month_end(1404, month + 2)) for month in (1, 4, 7, 10)
)


def write(national: Organization, works: list[Work]) -> None:
    """A contractor for every project, a consultant for every second, a supervisor for every fifth."""
    names = (*CONTRACTORS, *CONSULTANTS, SUPERVISOR)
    companies = {
        name: Company.objects.create(organization=national, name=name, legal_id=_legal_id(number))
        for number, name in enumerate(names, start=1)
    }
    for number, work in enumerate(works):
        estimate = work.course.estimate
        main = _contract(work, companies[CONTRACTORS[number % 4]], "contractor", estimate * 7 // 10, number)
        _follow(main, number)
        if number % 2 == 0:
            consultant = companies[CONSULTANTS[number // 2 % 2]]
            _contract(work, consultant, "consultant", max(estimate * 4 // 100, 1), number)
        if number % 5 == 0:
            _contract(work, companies[SUPERVISOR], "supervisor", max(estimate * 2 // 100, 1), number)


def _legal_id(number: int) -> str:
    """Well formed, of the range 140xx, and of no company that we know."""
    ten = f"14099{number:05d}"
    return next(f"{ten}{last}" for last in range(10) if legal_id_problem(f"{ten}{last}") is None)


SUBJECTS = {
    "contractor": "اجرای عملیات",
    "consultant": "طراحی و خدمات مشاوره",
    "supervisor": "نظارت کارگاهی و عالیه",
}


def _contract(work: Work, company: Company, part: str, amount: int, number: int) -> Contract:
    signed = jalali.gregorian(1403, 2 + number % 8, 10)
    letter = {"contractor": "پ", "consultant": "م", "supervisor": "ن"}[part]
    return Contract.objects.create(
        project=work.project,
        company=company,
        part=part,
        number=f"1403/{work.project.code}/{letter}",
        signed_on=signed,
        subject=f"{SUBJECTS[part]} {work.project.title}"[:300],
        amount=amount,
        duration_days=720,
        starts_on=signed + dt.timedelta(days=15),
        guarantee=amount * 5 // 100,
    )


def _follow(contract: Contract, number: int) -> None:
    """Four statements of 1404; an adjustment for every third; a change of amount for every fourth, one beyond a quarter."""
    part = contract.amount // 8
    rows = [
        ContractStatement(
            contract=contract,
            number=count,
            worked_from=start,
            worked_to=end,
            stated_on=end + dt.timedelta(days=10),
            gross=part,
            paid=part if count < 4 else part // 2,
        )
        for count, (start, end) in enumerate(STATED, start=1)
    ]
    if number % 3 == 0:
        start, end = STATED[0][0], STATED[-1][1]
        rows.append(
            ContractStatement(
                contract=contract,
                sort="adjustment",
                number=1,
                worked_from=start,
                worked_to=end,
                stated_on=end + dt.timedelta(days=40),
                gross=part // 5,
            )
        )
    ContractStatement.objects.bulk_create(rows)
    if number % 4 == 1:
        _change(contract, 131 if number == 1 else 118)


def _change(contract: Contract, percent: int) -> None:
    day = jalali.gregorian(1404, 11, 20)
    ContractChange.objects.create(
        contract=contract,
        decided_on=day,
        old_amount=contract.amount,
        new_amount=contract.amount * percent // 100,
        reason="افزایش مقادیر کار برابر دستور کار و صورت‌جلسه‌های کارگاه",
        recorded_at=jalali.start_of_day(day),
    )
