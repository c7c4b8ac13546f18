"""Putting back what was typed and could not be saved: nothing that a person wrote is lost."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from monitoring.presenters.cells import Cell


def retype(rows: list[Any], typed: dict[str, str]) -> None:
    """Replace the text of these cells (by the name of their input) in every list of cells of the rows."""
    for row in rows:
        for field in fields(row):
            value = getattr(row, field.name)
            if isinstance(value, list):
                setattr(row, field.name, [_again(item, typed) for item in value])
            elif is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Cell):
                _inside(value, typed)


def _inside(thing: Any, typed: dict[str, str]) -> None:
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, list):
            object.__setattr__(thing, field.name, [_again(item, typed) for item in value])


def _again(item: Any, typed: dict[str, str]) -> Any:
    if isinstance(item, Cell):
        return replace(item, text=typed[item.field], bad=True) if item.field in typed else item
    if is_dataclass(item) and not isinstance(item, type):
        cells = {
            field.name: _again(value, typed)
            for field in fields(item)
            if isinstance(value := getattr(item, field.name), Cell)
        }
        _inside(item, typed)
        return replace(item, **cells) if cells else item
    return item
