"""Examples as figures by name: how they stand in the database, in the form and on the public page.

    {"kind": "expense", "commitments_open": "40", "credit_in_force": "100"}

Every value is a text; a list is joined by «+», its parts by «:», and «?» is a missing one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from budget_portal.digits import to_latin
from budget_portal.places import Point
from monitoring.progress import Operation
from monitoring.rules.activities import ActivityContext, ActivityFigures, ProgrammeFigures
from monitoring.rules.base import Example, Scope
from monitoring.rules.lines import CapitalFigures, Context, ExpenseFigures, Figures
from monitoring.rules.physical import ProgressFigures, ProjectContext
from monitoring.rules.places import PlaceContext, PlaceFigures

Flat = Mapping[str, str]


class ExampleError(ValueError):
    """Why an example cannot be read."""


# --- reading ------------------------------------------------------------------------------------------------


def build(scope: Scope, flat: Flat) -> Example[Any, Any]:
    left = dict(flat)
    made = _BUILDERS[scope](left)
    if left:
        raise ExampleError(f"«{next(iter(left))}» در نمونهٔ این ردیف جایی ندارد.")
    return made


def _whole(flat: dict[str, str], name: str, default: int | None = None) -> int | None:
    value = _number(flat, name)
    if value is None:
        return default
    if value != value.to_integral_value():
        raise ExampleError(f"«{name}» رقم درست است.")
    return int(value)


def _number(flat: dict[str, str], name: str) -> Decimal | None:
    text = to_latin(flat.pop(name, "")).strip().replace("٬", "").replace(",", "")
    if text in {"", "?"}:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ExampleError(f"«{text}» برای «{name}» رقم نیست.") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        raise ExampleError(f"«{text}» برای «{name}» رقم نیست.")
    return value


def _flag(flat: dict[str, str], name: str) -> bool:
    return to_latin(flat.pop(name, "")) in {"1", "yes", "بله"}


def _parts(flat: dict[str, str], name: str) -> list[str]:
    text = flat.pop(name, "")
    return text.split("+") if text else []


def _numbers(flat: dict[str, str], name: str) -> tuple[int | None, ...]:
    return tuple(_whole({name: part}, name) for part in _parts(flat, name))


def _line(flat: dict[str, str]) -> Example[Any, Any]:
    kind = flat.pop("kind", "") or ("expense" if "received" in flat else "capital")
    if kind not in {"capital", "expense"}:
        raise ExampleError("نوع اعتبار capital یا expense است.")
    cls: Any = CapitalFigures if kind == "capital" else ExpenseFigures
    if kind == "capital" and "received" in flat:  # cash alone, as most lines are
        flat |= {"received_cash": flat.pop("received"), "received_securities": "0"}
    if "allocated" in flat:
        flat["allocated_cash"] = flat.pop("allocated")
    if "last_received" in flat and kind == "capital":
        flat |= {"last_received_cash": flat.pop("last_received"), "last_received_securities": "0"}
    last = {cell: _whole(flat, f"last_{cell}") for cell in cls.MONEY if f"last_{cell}" in flat}
    securities = _whole(flat, "allocated_securities") if "allocated_securities" in flat else 0
    return Example(
        cls(
            **{cell: _whole(flat, cell) for cell in cls.MONEY},
            credit_in_force=_whole(flat, "line_credit"),
            not_applicable=frozenset(_parts(flat, "not_applicable")),
            reason=flat.pop("reason", ""),
        ),
        Context(
            credit_in_force=_whole(flat, "credit_in_force"),
            allocated_cash=_whole(flat, "allocated_cash"),
            allocated_securities=securities,
            collected=_whole(flat, "collected"),
            is_own_revenue=_flag(flat, "own_revenue"),
            is_closing=_flag(flat, "closing"),
            quarter=_whole(flat, "quarter"),
            last=cls(**last) if last else cls() if flat.pop("last", "") else None,
        ),
    )


def _operation(text: str) -> Operation:
    parts = text.split(":")
    if len(parts) != 3:
        raise ExampleError("هر عملیات «هدف:وزن:انجام‌شده» است.")
    target, weight, done = (_number({"operations": part}, "operations") for part in parts)
    return Operation(target or Decimal(0), weight or Decimal(0), done)


def _project(flat: dict[str, str]) -> Example[Any, Any]:
    operations = tuple(_operation(part) for part in _parts(flat, "operations"))
    if (progress := _number(flat, "progress")) is not None:
        operations = (Operation(100, 100, progress),)
    causes = {str(at): _number({"causes": part}, "causes") for at, part in enumerate(_parts(flat, "causes"))}
    rise, deviation = _number(flat, "rise"), _number(flat, "deviation")
    last, planned = _number(flat, "last_progress"), _number(flat, "planned")
    if progress is not None:
        last = progress - rise if rise is not None else last
        planned = progress - deviation if deviation is not None else planned
    return Example(
        ProgressFigures(
            operations=operations,
            status=flat.pop("status", ""),
            causes=causes,
            reason=flat.pop("reason", ""),
            statement=_whole(flat, "last_statement_amount"),
            debts=_whole(flat, "contractor_debts"),
        ),
        ProjectContext(
            last_approved=last,
            quarters_since_last=_whole(flat, "quarters_since_last") or 1,
            planned=planned,
            visit_measured=_number(flat, "visit_measured"),
            spent_in_two_cutoffs=_whole(flat, "spent_in_two_cutoffs"),
            contract_amount=_whole(flat, "contract_amount"),
        ),
    )


def _activity(flat: dict[str, str]) -> Example[Any, Any]:
    quarter, pace = _whole(flat, "quarter") or 4, _number(flat, "pro_rata_target")
    target = _number(flat, "target") if pace is None else pace * 4 / quarter
    return Example(
        ActivityFigures(
            volume=_number(flat, "volume"), cost=_whole(flat, "cost"), reason=flat.pop("reason", "")
        ),
        ActivityContext(target_volume=target, unit_cost=_number(flat, "unit_cost"), quarter=quarter),
    )


def _programme(flat: dict[str, str]) -> Example[Any, Any]:
    return Example(
        ProgrammeFigures(activity_costs=_numbers(flat, "costs"), spent=_numbers(flat, "spent")), None
    )


def _point(flat: dict[str, str], name: str) -> Point | None:
    parts = flat.pop(name, "").split(":")
    if len(parts) != 2:
        return None
    latitude, longitude = (_number({name: part}, name) for part in parts)
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def _place(flat: dict[str, str]) -> Example[Any, Any]:
    return Example(
        PlaceFigures(at=_point(flat, "at"), reason=flat.pop("reason", "")),
        PlaceContext(registered=_point(flat, "registered"), county_seat=_point(flat, "seat")),
    )


_BUILDERS: dict[Scope, Callable[[dict[str, str]], Example[Any, Any]]] = {
    Scope.FINANCE_LINE: _line,
    Scope.PROJECT: _project,
    Scope.PROGRAMME: _programme,
    Scope.ACTIVITY: _activity,
    Scope.PLACE: _place,
}


# --- writing ------------------------------------------------------------------------------------------------


def flatten(scope: Scope, example: Example[Any, Any]) -> dict[str, str]:
    """The same example as figures by name; `build` reads it back."""
    found = _FLAT[scope](example.given, example.setting)
    return {name: _said(value) for name, value in found.items() if value is not None and value != ""}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "1"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _flat_line(line: Figures, context: Context) -> dict[str, Any]:
    last = {f"last_{cell}": context.last.value(cell) for cell in line.MONEY} if context.last else {}
    cash_only = context.allocated_securities == 0
    return {
        "kind": "capital" if isinstance(line, CapitalFigures) else "expense",
        **{cell: getattr(line, cell) for cell in line.MONEY},
        "line_credit": line.credit_in_force,
        "not_applicable": "+".join(sorted(line.not_applicable)),
        "reason": line.reason,
        "credit_in_force": context.credit_in_force,
        "allocated_cash": context.allocated_cash,
        "allocated_securities": None if cash_only else context.allocated_securities or "?",
        "collected": context.collected,
        "own_revenue": context.is_own_revenue or None,
        "closing": context.is_closing or None,
        "quarter": context.quarter,
        **last,
        "last": "1" if context.last and not any(value is not None for value in last.values()) else None,
    }


def _flat_project(row: ProgressFigures, context: ProjectContext) -> dict[str, Any]:
    operations = [
        ":".join("?" if part is None else _said(part) for part in (one.target, one.weight, one.done))
        for one in row.operations
    ]
    return {
        "operations": "+".join(operations),
        "status": row.status,
        "causes": "+".join("?" if share is None else _said(share) for share in row.causes.values()),
        "reason": row.reason,
        "last_statement_amount": row.statement,
        "contractor_debts": row.debts,
        "last_progress": context.last_approved,
        "quarters_since_last": context.quarters_since_last if context.quarters_since_last != 1 else None,
        "planned": context.planned,
        "visit_measured": context.visit_measured,
        "spent_in_two_cutoffs": context.spent_in_two_cutoffs,
        "contract_amount": context.contract_amount,
    }


def _flat_activity(row: ActivityFigures, context: ActivityContext) -> dict[str, Any]:
    return {
        "volume": row.volume,
        "cost": row.cost,
        "reason": row.reason,
        "target": context.target_volume,
        "unit_cost": context.unit_cost,
        "quarter": context.quarter if context.quarter != 4 else None,
    }


def _flat_programme(row: ProgrammeFigures, context: None) -> dict[str, Any]:
    lists = {"costs": row.activity_costs, "spent": row.spent}
    return {
        name: "+".join("?" if part is None else str(part) for part in parts) for name, parts in lists.items()
    }


def _flat_place(row: PlaceFigures, context: PlaceContext) -> dict[str, Any]:
    points = {"at": row.at, "registered": context.registered, "seat": context.county_seat}
    said = {name: f"{at.latitude}:{at.longitude}" for name, at in points.items() if at is not None}
    return {**said, "reason": row.reason}


_FLAT: dict[Scope, Callable[..., dict[str, Any]]] = {
    Scope.FINANCE_LINE: _flat_line,
    Scope.PROJECT: _flat_project,
    Scope.PROGRAMME: _flat_programme,
    Scope.ACTIVITY: _flat_activity,
    Scope.PLACE: _flat_place,
}
