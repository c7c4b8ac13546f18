"""The plan of a run: which file is entered when, through which mapping (`mappings/execution/execution.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budget_portal.tables import mapping as mappings
from budget_portal.tables.mapping import Mapping


@dataclass(frozen=True)
class Load:
    """One file into one table."""

    table: str
    file: Path
    mapping: Mapping


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    contains: str


@dataclass(frozen=True)
class Cutoff:
    cutoff: str
    credits: Load
    allocations: Load
    performance: Load

    @property
    def loads(self) -> tuple[Load, ...]:
        return self.credits, self.allocations, self.performance


@dataclass(frozen=True)
class Plan:
    code: str
    name: str
    year: int
    groups: tuple[Group, ...]
    start: tuple[Load, ...]
    cutoffs: tuple[Cutoff, ...]

    @property
    def loads(self) -> tuple[Load, ...]:
        return (*self.start, *(load for cutoff in self.cutoffs for load in cutoff.loads))


def load(page: Path, folder: Path, **organization_of_its_own: str) -> Plan:
    """The plan with the files of a folder; FileNotFoundError names what is missing. A trial gives another code and
    name, and so stands beside what was entered before."""
    content: dict[str, Any] = tomllib.loads(page.read_text(encoding="utf-8"))
    organization = content["organization"] | organization_of_its_own
    base = {"organization": organization["code"], "year": organization["year"]}

    def entry(table: str, pattern: str, mapping: str, **more: Any) -> Load:
        found = mappings.load(page.parent / mapping).with_values(**base, **more)
        return Load(table, _file(folder, pattern), found)

    def cutoff(given: dict[str, Any]) -> Cutoff:
        period = f"{base['year']}-{given['cutoff']}"
        tables = {"credits": "expense_credits", "performance": "expense_performance"}
        loads = {
            name: entry(tables.get(name, name), given["file"], given[name], period=period)
            for name in ("credits", "allocations", "performance")
        }
        return Cutoff(cutoff=given["cutoff"], **loads)

    return Plan(
        code=organization["code"],
        name=organization["name"],
        year=organization["year"],
        groups=tuple(Group(**group) for group in content["groups"]),
        start=tuple(entry(row["table"], row["file"], row["mapping"]) for row in content["start"]),
        cutoffs=tuple(cutoff(row) for row in content["cutoffs"]),
    )


def _file(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"{pattern}: {len(found)} files in {folder}, one is wanted")
    return found[0]
