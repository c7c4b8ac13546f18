"""Taking back a batch: what rests on it, and how each kind of row is undone.

Letters are issued and stay as they are: they are cancelled with the reason. A version of an agreement stays too: the
next version, valid from the day after, has the credits of the one before. Later apps say what else rests on a batch
(`before_undoing`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils import timezone

from agreements import classification, contracts
from agreements.classification import TREES
from agreements.imports import capital, classes
from agreements.imports.credits import credits_of, rows_of
from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import (
    AllocationLine,
    CapitalAgreement,
    Contract,
    ExpenseAgreement,
    NotificationLine,
    Plan,
    Project,
)
from agreements.workflow import notices
from agreements.workflow.arrivals import (
    bring_into_force,
    change_registered,
    remove_registered,
)
from budget_portal.audit_words import words
from budget_portal.digits import group, to_persian
from budget_portal.models import ImportBatch

if TYPE_CHECKING:
    from accounts.models import User

Demand = Callable[[str, list[Any]], list[str]]  # model and keys -> why they stay
_demands: list[Demand] = []

BELOW_ZERO = "نامه‌ای که پس از این ورود صادر شده، از اعتبار {agency} پس گرفته است؛ جمع ردیف {after} می‌شد."
LATER_VERSION = "{agency} پس از این ورود نسخهٔ تازهٔ موافقتنامه دارد."
IN_USE = "{count} ردیف تازه در «{name}» به کار رفته است."
USED = "«{title}» با کد {code} به کار رفته است."
CHANGED_SINCE = "«{title}» پس از این ورود تغییر کرده است."
RESTORED = "برگرداندن ورود از پرونده: {reason}"
RESTORED_NUMBER = "برگرداندن ورود"  # of a first version that came without a number


def before_undoing(demand: Demand) -> Demand:
    """Registers what says which rows of a batch something rests on."""
    _demands.append(demand)
    return demand


def hindrances(batch: ImportBatch) -> list[str]:
    """Why the batch cannot be undone; nothing when it can."""
    found: list[str] = []
    for model, keys in batch.made.items():
        for demand in _demands:
            found += demand(model, keys)
    return list(dict.fromkeys(found))


def consequence(batch: ImportBatch) -> str:
    """What undoing leaves behind, said before it is done."""
    return " ".join(sentence for model, sentence in _CONSEQUENCES.items() if batch.made.get(model))


def undo(batch: ImportBatch, *, reason: str, by: User) -> None:
    for model, keys in batch.made.items():
        _UNDO[model](keys, reason=reason, by=by)


# --- letters ------------------------------------------------------------------------------------------------

_SORTS = {"agreements.budgetnotification": NOTIFICATION, "agreements.allocationnotice": ALLOCATION}
_LINES: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "agreements.budgetnotification": (
        NotificationLine,
        "notification",
        ("fiscal_year_id", "programme_id", "plan_id", "expense_chapter_id", "funding_source_id"),
    ),
    "agreements.allocationnotice": (
        AllocationLine,
        "notice",
        ("period__fiscal_year_id", "project_id", "programme_id", "expense_chapter_id", "funding_source_id"),
    ),
}


@before_undoing
def taken_back_later(model: str, keys: list[Any]) -> list[str]:
    """A later letter took back of what these gave: without them the sum of the line would be below zero."""
    if model not in _LINES:
        return []
    line, parent, (year, *names) = _LINES[model]
    grain = (f"{parent}__agency__name", f"{parent}__{year}", *names)
    own = line.objects.filter(**{f"{parent}__in": keys, f"{parent}__state": "issued"})
    agencies = own.order_by().values(f"{parent}__agency")
    others = line.objects.filter(**{f"{parent}__state": "issued", f"{parent}__agency__in": agencies})
    left: dict[Any, int] = defaultdict(int)
    for *key, total in others.values_list(*grain).annotate(Sum("amount")).order_by():
        left[tuple(key)] += total
    for *key, total in own.values_list(*grain).annotate(Sum("amount")).order_by():
        left[tuple(key)] -= total
    return [BELOW_ZERO.format(agency=key[0], after=group(after)) for key, after in left.items() if after < 0]


def _cancel(model: str, keys: list[Any], *, reason: str, by: User) -> None:
    """The newest first, so that letters of one batch that take back from each other go in order. What was cancelled
    since stays as it is; what later letters, agreements or performance hold against it is said by the verb."""
    sort = _SORTS[model]
    issued = sort.letter.objects.filter(pk__in=keys, state="issued").order_by("-pk")
    for pk in list(issued.values_list("pk", flat=True)):
        notices.cancel(sort, pk, reason=reason, by=by)


# --- versions of agreements ---------------------------------------------------------------------------------


_VERSIONS: dict[str, Any] = {
    "agreements.expenseagreement": ExpenseAgreement,
    capital.MADE: CapitalAgreement,
}


@before_undoing
def amended_later(model: str, keys: list[Any]) -> list[str]:
    if model not in _VERSIONS:
        return []
    later = _VERSIONS[model].objects.filter(amends__in=keys).select_related("agency")
    return [LATER_VERSION.format(agency=row.agency) for row in later]


def _restore(keys: list[Any], *, reason: str, by: User) -> None:
    """What holds stays in the books: the next version brings back the credits of the one before."""
    for version in (
        ExpenseAgreement.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    ):
        before = version.amends
        start = version.valid_from + dt.timedelta(days=1)
        restored = ExpenseAgreement(
            agency=version.agency,
            fiscal_year=version.fiscal_year,
            version=version.version + 1,
            amends=version,
            agreed_on=start,
            valid_from=start,
            recorded_at=timezone.now(),
            number=version.number or RESTORED_NUMBER,
            reason=RESTORED.format(reason=reason),
            imported_from=version.imported_from,
        )
        bring_into_force(restored, rows_of(credits_of(before) if before else {}), by=by)


# --- plans and projects -------------------------------------------------------------------------------------

_BOOKS: dict[str, Any] = {"agreements.plan": Plan, "agreements.project": Project}


@before_undoing
def referred_to(model: str, keys: list[Any]) -> list[str]:
    """A registered row that others point at stays; one that was changed since keeps its newer values."""
    if model not in _BOOKS:
        return []
    book = _BOOKS[model]
    new = [pk for pk, before, _ in keys if before is None]
    found = []
    for relation in book._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": new})
        count = rows.values(relation.field.name).distinct().count()
        if count:
            name = words("OBJECTS").get(relation.related_model._meta.label_lower, "ردیف‌های دیگر")
            found.append(IN_USE.format(count=group(count), name=name))
    written = {pk: _values(after) for pk, _, after in keys if after is not None}
    for row in book.objects.filter(pk__in=list(written)):
        if any(getattr(row, name) != value for name, value in written[row.pk].items()):
            found.append(CHANGED_SINCE.format(title=row.title))
    return found


@before_undoing
def built_on(model: str, keys: list[Any]) -> list[str]:
    """A contract with statements or a changed amount stays."""
    if model != "agreements.contract":
        return []
    rows = Contract.objects.filter(pk__in=keys).prefetch_related("changes", "statements")
    return [contracts.BUILT_ON.format(number=row.number) for row in rows if contracts.is_built_on(row)]


def _remove_contracts(keys: list[Any], *, reason: str, by: User) -> None:
    for pk in Contract.objects.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True):
        contracts.remove_contract(pk, reason=reason, by=by)


@before_undoing
def hung_on(model: str, keys: list[Any]) -> list[str]:
    """A row of classification stays once something was promised under it, or hangs on it."""
    if model != classes.MADE:
        return []
    own: dict[str, set[int]] = defaultdict(set)
    for tree, pk in keys:
        own[tree].add(pk)
    used = [(tree, pk) for tree, pk in keys if classification.is_used(TREES[tree], pk, aside=own)]
    rows = [TREES[tree].model.objects.get(pk=pk) for tree, pk in used]
    return [USED.format(title=row.title, code=to_persian(row.code)) for row in rows]


def _remove_rows(keys: list[Any], *, reason: str, by: User) -> None:
    for tree, pk in reversed(keys):
        classification.take_back(TREES[tree], pk, reason=reason, by=by)


def _values(kept: dict[str, Any]) -> dict[str, Any]:
    """Values as the table holds them, of those that the batch keeps as JSON."""
    degrees = ("latitude", "longitude")
    return {
        name: Decimal(value) if name in degrees and value is not None else value
        for name, value in kept.items()
    }


def _take_back(model: str, keys: list[Any], *, reason: str, by: User) -> None:
    for pk, before, _ in keys:
        if before is None:
            remove_registered(_BOOKS[model], pk, reason=reason, by=by)
        else:
            change_registered(_BOOKS[model], pk, _values(before), by=by)


_UNDO: dict[str, Callable[..., None]] = {
    **{model: partial(_take_back, model) for model in _BOOKS},
    **{model: partial(_cancel, model) for model in _LINES},
    "agreements.expenseagreement": _restore,
    "agreements.contract": _remove_contracts,
    classes.MADE: _remove_rows,
    capital.MADE: capital.restore,
}
_CANCELLED = "نامهٔ صادرشده پاک نمی‌شود: نامه‌ها با همین دلیل «باطل‌شده» می‌مانند و دیگر به شمار نمی‌آیند."
_RESTORED = "نسخهٔ مبادله‌شده پاک نمی‌شود: نسخه‌ای تازه، از روز پس از آن، متن پیشین را برمی‌گرداند."
_CONSEQUENCES = {
    capital.MADE: _RESTORED,
    **dict.fromkeys(_LINES, _CANCELLED),
    **dict.fromkeys(_BOOKS, "ردیف‌های تازه پاک می‌شود و ردیف‌های تغییرکرده به مقدار پیشین برمی‌گردد."),
    classes.MADE: "ردیف‌های تازه پاک می‌شود و عنوان‌های پیشین برمی‌گردد.",
    "agreements.contract": "پیمان‌های تازه پاک می‌شود و شرح آن‌ها در رویدادنامه می‌ماند.",
    "agreements.expenseagreement": "نسخهٔ مبادله‌شده پاک نمی‌شود: نسخه‌ای تازه، از روز پس از آن، اعتبارهای پیشین را "
    "برمی‌گرداند.",
}


def register(model: str, take_back: Callable[..., None], consequence: str) -> None:
    """How rows of a later app are taken back, and what is said of it before."""
    _UNDO[model], _CONSEQUENCES[model] = take_back, consequence
