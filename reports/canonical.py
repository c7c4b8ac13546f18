"""Frozen dataclasses ↔ canonical JSON, so that a stored snapshot rebuilds exactly the same object.

One object has one text: keys sorted, no spaces, Decimals as plain strings without trailing zeros, times in
UTC, and a field that equals its default left out (a field added later leaves old digests as they are).
"""

import json
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: Any) -> str:
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def loads(wanted: type[T], text: str) -> T:
    return read(wanted, json.loads(text))


def read(wanted: type[T], content: Any) -> T:
    """The object of parsed JSON; ValueError for a field that the type does not know."""
    return cast(T, _read(wanted, content))


def plain(value: Any) -> Any:
    """Only dict, list, str, int, bool and None remain; a float is an error, never rounded away."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name))
            for f in fields(value)
            if getattr(value, f.name) != _default(f)
        }
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return _decimal_text(value)
        case datetime():
            if value.tzinfo is None:
                raise TypeError("a time in a report needs its zone")
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case tuple():
            return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a report")


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("a figure in a report is finite or None")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _default(field: "Field[Any]") -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _read(wanted: Any, value: Any) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(wanted), value)
    if origin is tuple:
        return tuple(_read(get_args(wanted)[0], item) for item in value)
    if is_dataclass(wanted):
        return _read_object(cast(type, wanted), value)
    if wanted is Decimal:
        return Decimal(value)
    if wanted in (date, datetime):
        return wanted.fromisoformat(value)
    return value


def _read_union(options: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    rest = [option for option in options if option is not type(None)]
    if int in rest and Decimal in rest:
        return value if isinstance(value, int) else Decimal(value)
    return _read(rest[0], value)


def _read_object(wanted: type, value: dict[str, Any]) -> Any:
    hints = _hints(wanted)
    unknown = value.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{wanted.__name__} knows no {', '.join(sorted(unknown))}")
    return wanted(**{name: _read(hints[name], item) for name, item in value.items()})
