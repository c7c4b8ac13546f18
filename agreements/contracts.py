"""Contracts of a project (CA-7): who writes them, what they are worth now, what form CA-7 and the pages read.

contracts.of_project(project) -> list[ContractFacts]      newest first, two queries
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.decisions import require
from agreements.models import Company, Contract, ContractChange, ContractStatement, Project
from agreements.register import rights
from budget_portal import audit, jalali
from budget_portal.digits import group, to_persian
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise

if TYPE_CHECKING:
    from accounts.models import User

BEYOND = "تغییر مبلغ از ۲۵٪ مبلغ امضاشده گذشته است."
CHANGED = "این پیمان در این میان تغییر کرده است؛ هر دو مقدار را ببینید و یکی را نگه دارید."
PAID_MEANWHILE = "پرداخت این صورت‌وضعیت در این میان تغییر کرده است؛ هر دو مقدار را ببینید و یکی را نگه دارید."
SIGNED_STAYS = (
    "پس از ثبت صورت‌وضعیت یا تغییر مبلغ، مبلغ و طرف پیمان اصلاح نمی‌شود: مبلغ «{amount}» و طرف «{company}» را "
    "برگردانید و تغییر مبلغ را جداگانه ثبت کنید."
)
NOTHING = "مبلغ پیمان صفر نیست؛ مبلغ امضاشده را به میلیون ریال بنویسید."
UNSIGNED = "تاریخ امضا از امروز دیرتر است؛ تاریخ روی پیمان را بنویسید یا پیمان را پس از امضا ثبت کنید."
TOO_EARLY = "شروع به کار پیش از امضای پیمان ({day}) است؛ همان روز یا روزی پس از آن را بنویسید یا تاریخ امضا را درست کنید."
WORKED_BEFORE = "کارکرد از {day} صورت‌وضعیت شده است؛ شروع به کار را همان روز یا پیش از آن بنویسید."
UNWORKED = "پایان کارکرد پس از تاریخ صورت‌وضعیت ({day}) است؛ کارکرد را تا همان روز بنویسید یا تاریخ صورت‌وضعیت را درست کنید."
BEFORE_WORK = "کارکرد پیش از شروع به کار پیمان ({day}) است؛ آغاز را همان روز یا پس از آن بنویسید یا پیمان را اصلاح کنید."
CLOSED = "صورت‌وضعیت قطعی این پیمان در {day} ثبت شده است و پس از آن صورت‌وضعیت موقت ثبت نمی‌شود؛ نوع قطعی یا تعدیل را برگزینید."
STATED_TWICE = (
    "روزهایی از این دوره در صورت‌وضعیت {other} آمده است (از {first} تا {last})؛ دوره‌ای بیرون از آن بنویسید."
)
NOT_LAST = "آخرین صورت‌وضعیت موقت تا {day} است؛ پایان کارکرد قطعی را همان روز یا پس از آن بنویسید."
BUILT_ON = "برای پیمان «{number}» صورت‌وضعیت یا تغییر مبلغ ثبت شده است و پاک نمی‌شود."
MOST_CHANGE = 25  # percent of the signed amount, either way (domain guide §6, CA-7): beyond it, a warning

TERMS = ("number", "signed_on", "subject", "part", "duration_days", "starts_on", "guarantee", "retention")


class TermRefused(RuleBroken):
    """A term that cannot be, with the field it is said at."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContractFacts:
    """One contract with everything that is computed of its changes and statements."""

    contract: Contract
    changes: list[ContractChange] = field(default_factory=list)  # newest first
    statements: list[ContractStatement] = field(default_factory=list)

    @property
    def signed(self) -> int:
        return int(self.contract.amount)

    @property
    def amount(self) -> int:
        """What the contract is worth now."""
        return int(self.changes[0].new_amount) if self.changes else self.signed

    @property
    def change_percent(self) -> Decimal | None:
        """Against the signed amount; nothing when the contract was never changed or was signed for nothing."""
        if not self.changes or not self.signed:
            return None
        return Decimal(self.amount - self.signed) * 100 / Decimal(self.signed)

    @property
    def is_beyond(self) -> bool:
        return is_beyond(self.signed, self.amount)

    @property
    def ends_on(self) -> dt.date:
        return self.contract.starts_on + dt.timedelta(days=self.contract.duration_days - 1)

    @property
    def gross(self) -> int:
        """Work stated, adjustments apart."""
        return sum(row.gross for row in self.statements if row.sort != "adjustment")

    @property
    def adjusted(self) -> int:
        return sum(row.gross for row in self.statements if row.sort == "adjustment")

    @property
    def paid(self) -> int:
        return sum(row.paid for row in self.statements)

    @property
    def warnings(self) -> list[str]:
        found = []
        if self.is_beyond:
            found.append(BEYOND)
        if self.gross > self.amount:
            found.append("جمع صورت‌وضعیت‌ها از مبلغ کنونی پیمان بیشتر است.")
        return found


def is_beyond(signed: int, amount: int) -> bool:
    """Whether an amount is more than a quarter away from what was signed."""
    return abs(amount - signed) * 100 > MOST_CHANGE * signed


def of_project(project: Project) -> list[ContractFacts]:
    """Contracts of a project, newest first, with changes and statements: what form CA-7 shows."""
    rows = (
        Contract.objects.filter(project=project)
        .select_related("company")
        .prefetch_related("changes", "statements")
    )
    return [ContractFacts(row, list(row.changes.all()), list(row.statements.all())) for row in rows]


def written(contract: Contract) -> dict[str, Any]:
    """What the form of a contract says, in its order."""
    company = contract.company
    said = {name: getattr(contract, name) for name in TERMS}
    return {**said, "amount": contract.amount, "legal_id": company.legal_id, "company_name": company.name}


def stamp(contract: Contract) -> str:
    """Tells whether a contract has changed since a page was made of it."""
    told_of = sorted((name, str(value)) for name, value in told(contract).items())
    return hashlib.sha256(str(told_of).encode()).hexdigest()[:16]


def facts_of(contract: Contract) -> ContractFacts:
    return ContractFacts(contract, list(contract.changes.all()), list(contract.statements.all()))


# --- writing ------------------------------------------------------------------------------------------------


def company_of(legal_id: str, name: str, project: Project) -> Company:
    """The company with this legal id; it is made with the name given when it is new, else its name stands."""
    national = project.agency.organization.national_id
    found, _ = Company.objects.get_or_create(
        organization_id=national, legal_id=legal_id, defaults={"name": normalise(name)}
    )
    return found


@verb
def add_contract(
    project_id: int, facts: Mapping[str, Any], *, legal_id: str, company_name: str, by: User
) -> Contract:
    project: Project = Project.objects.for_user(by).select_related("agency__organization").locked(project_id)
    require(rights.can_keep(by, project))
    _check_terms(facts)
    _check_number(project, facts["number"])
    company = company_of(legal_id, company_name, project)
    row = Contract(project=project, company=company, amount=facts["amount"])
    for name in TERMS:
        setattr(row, name, facts[name])
    row.save()
    audit.record("contract.added", project, by=by, after=told(row))
    return row


@verb
def change_contract(
    contract_id: int,
    facts: Mapping[str, Any],
    *,
    seen: str,
    legal_id: str = "",
    company_name: str = "",
    by: User,
) -> Contract:
    """Terms may be corrected; amount and company only while nothing was built on them."""
    row = _locked(contract_id, by)
    before, stamped, number = told(row), stamp(row), row.number
    theirs = written(row)
    for name in TERMS:
        setattr(row, name, facts[name])
    if "amount" in facts:
        row.amount = facts["amount"]
        row.company = company_of(legal_id, company_name, row.project)
    if told(row) == before:
        return row
    if seen != stamped:
        mine = written(row)
        names = [name for name in mine if mine[name] != theirs[name]]
        raise StaleVersion(
            CHANGED, mine={name: mine[name] for name in names}, theirs={name: theirs[name] for name in names}
        )
    if {"amount", "company"} & _differing(before, told(row)) and is_built_on(row):
        raise WrongState(SIGNED_STAYS.format(amount=group(theirs["amount"]), company=theirs["company_name"]))
    _check_terms(facts)
    if row.starts_on != before["starts_on"]:
        _check_begin(row)
    if row.number != number:
        _check_number(row.project, row.number)
    row.save()
    after = told(row)
    changed = _differing(before, after)
    audit.record(
        "contract.changed",
        row.project,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        note=row.number,
    )
    return row


@verb
def remove_contract(contract_id: int, *, reason: str, by: User) -> None:
    """What an undone import had brought, while nothing was built on it; the log keeps what it said."""
    row = _locked(contract_id, by)
    if is_built_on(row):
        raise WrongState(BUILT_ON.format(number=row.number))
    audit.record("contract.removed", row.project, by=by, before=told(row), note=reason)
    row.delete()


@verb
def change_amount(
    contract_id: int, *, new_amount: int, reason: str, decided_on: dt.date, by: User
) -> ContractChange:
    """A new amount, from what the contract is worth now. Beyond a quarter it stands with a warning."""
    row = _locked(contract_id, by)
    last = row.changes.first()
    worth = last.new_amount if last else row.amount
    if new_amount == worth:
        raise RuleBroken("مبلغ تازه با مبلغ کنونی یکی است.")
    if decided_on > jalali.today() or decided_on < (last.decided_on if last else row.signed_on):
        raise RuleBroken("تاریخ تغییر، میان تغییر پیشین (یا امضای پیمان) و امروز است.")
    change = ContractChange.objects.create(
        contract=row,
        decided_on=decided_on,
        old_amount=worth,
        new_amount=new_amount,
        reason=reason,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    audit.record(
        "contract.amount_changed",
        row.project,
        by=by,
        before={"amount": worth},
        after={"amount": new_amount, "number": row.number},
        note=reason,
    )
    return change


@verb
def state(contract_id: int, facts: Mapping[str, Any], *, by: User) -> ContractStatement:
    """A statement of work or of adjustment."""
    row = _locked(contract_id, by)
    if row.statements.filter(sort=facts["sort"], number=facts["number"]).exists():
        raise RuleBroken("صورت‌وضعیتی با این نوع و شماره ثبت است.")
    _check_statement(row, facts)
    statement = ContractStatement.objects.create(contract=row, **facts)
    after = {"number": f"{row.number}: {statement}", "gross": statement.gross, "paid": statement.paid}
    audit.record("contract.stated", row.project, by=by, after=after)
    return statement


@verb
def pay(statement_id: int, *, paid: int, seen: str, by: User) -> ContractStatement:
    """What has been paid of a statement so far."""
    contract_id = (
        ContractStatement.objects.for_user(by).values_list("contract", flat=True).get(pk=statement_id)
    )
    row = _locked(contract_id, by)
    statement: ContractStatement = row.statements.select_for_update().get(pk=statement_id)
    before = statement.paid
    if paid > statement.gross:
        raise RuleBroken("پرداخت از مبلغ ناخالص صورت‌وضعیت بیشتر است.")
    if paid != before:
        if seen != str(before):
            raise StaleVersion(PAID_MEANWHILE, mine={"paid": paid}, theirs={"paid": before})
        statement.paid = paid
        statement.save(update_fields=["paid"])
        audit.record(
            "contract.paid",
            row.project,
            by=by,
            before={"paid": before},
            after={"paid": paid},
            note=f"{row.number}: {statement}",
        )
    return statement


def _check_statement(row: Contract, facts: Mapping[str, Any]) -> None:
    if facts["paid"] > facts["gross"]:
        raise RuleBroken("پرداخت از مبلغ ناخالص صورت‌وضعیت بیشتر است.")
    if facts["worked_to"] < facts["worked_from"]:
        raise RuleBroken("پایان کارکرد پیش از آغاز آن است.")
    if facts["stated_on"] > jalali.today():
        raise RuleBroken("تاریخ صورت‌وضعیت از امروز دیرتر است؛ روز تنظیم آن را بنویسید.")
    if facts["worked_to"] > facts["stated_on"]:
        raise RuleBroken(UNWORKED.format(day=jalali.format_date(facts["stated_on"], "text")))
    if facts["worked_from"] < row.starts_on:
        raise RuleBroken(BEFORE_WORK.format(day=jalali.format_date(row.starts_on, "text")))
    _check_order(row, facts)


def _check_order(row: Contract, facts: Mapping[str, Any]) -> None:
    """A day is stated once by an interim statement; the final one closes the work."""
    interim = row.statements.filter(sort="interim").order_by("-worked_to")
    if facts["sort"] == "interim":
        if final := row.statements.filter(sort="final").first():
            raise RuleBroken(CLOSED.format(day=jalali.format_date(final.stated_on, "text")))
        twice = interim.filter(worked_from__lte=facts["worked_to"], worked_to__gte=facts["worked_from"])
        if other := twice.first():
            first, last = (jalali.format_date(day, "text") for day in (other.worked_from, other.worked_to))
            raise RuleBroken(STATED_TWICE.format(other=to_persian(str(other)), first=first, last=last))
    if facts["sort"] == "final" and interim.filter(worked_to__gt=facts["worked_to"]).exists():
        raise RuleBroken(NOT_LAST.format(day=jalali.format_date(interim[0].worked_to, "text")))


def _check_terms(facts: Mapping[str, Any]) -> None:
    if facts.get("amount") == 0:
        raise TermRefused("amount", NOTHING)
    if facts["signed_on"] > jalali.today():
        raise TermRefused("signed_on", UNSIGNED)
    if facts["starts_on"] < facts["signed_on"]:
        day = jalali.format_date(facts["signed_on"], "text")
        raise TermRefused("starts_on", TOO_EARLY.format(day=day))


def _check_begin(row: Contract) -> None:
    first = row.statements.order_by("worked_from").first()
    if first is not None and first.worked_from < row.starts_on:
        day = jalali.format_date(first.worked_from, "text")
        raise TermRefused("starts_on", WORKED_BEFORE.format(day=day))


def _check_number(project: Project, number: str) -> None:
    if Contract.objects.filter(project=project, number=number).exists():
        raise RuleBroken("پیمانی با این شماره برای همین پروژه ثبت است.")


def _locked(contract_id: int, by: User) -> Contract:
    """The contract, its project locked first: parent before child."""
    found = Contract.objects.for_user(by).values_list("project", flat=True).get(pk=contract_id)
    project = Project.objects.for_user(by).select_related("agency__organization").locked(found)
    require(rights.can_keep(by, project))
    row: Contract = (
        Contract.objects.select_for_update(of=("self",)).select_related("company").get(pk=contract_id)
    )
    row.project = project
    return row


def is_built_on(row: Contract) -> bool:
    return row.changes.exists() or row.statements.exists()


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {name for name in after if before[name] != after[name]}


def told(row: Contract) -> dict[str, Any]:
    """A contract as the log keeps it."""
    return {
        "number": row.number,
        "part": row.get_part_display(),
        "company": f"{row.company} ({row.company.legal_id})",
        "signed_on": row.signed_on,
        "subject": row.subject,
        "amount": row.amount,
        "duration_days": row.duration_days,
        "starts_on": row.starts_on,
        "guarantee": row.guarantee,
        "retention": row.retention,
    }
