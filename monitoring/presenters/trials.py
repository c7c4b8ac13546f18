"""A trial on the page of its rule: figures, agency × cut-off, and the hits of one cell of that table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from budget_portal.jalali import cutoff_name
from monitoring.models import RuleTrial

FIRST, SHOWN = 20, 100  # hits before an agency and a cut-off are picked, and after
SORTS = {"new": "تازه", "same": "مانند اکنون", "gone": "دیگر نیست"}


@dataclass(frozen=True)
class Cell:
    hits: int
    new: int
    gone: int
    url: str
    current: bool


@dataclass(frozen=True)
class Row:
    agency: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class TrialPage:
    trial: RuleTrial
    figures: dict[str, int]
    periods: list[str]  # names
    rows: list[Row]
    hits: list[dict[str, Any]]
    more: int
    picked: str


def trial_page(trial: RuleTrial | None, asked: Mapping[str, str]) -> TrialPage | None:
    if trial is None:
        return None
    agency, period = asked.get("agency", ""), asked.get("period", "")
    picked = [
        hit
        for hit in trial.hits
        if (not agency or hit["agency"] == agency) and (not period or hit["period"] == period)
    ]
    most = SHOWN if agency or period else FIRST
    shown = [
        {**hit, "when": cutoff_name(hit["period"]), "sort_label": SORTS[hit["sort"]], "url": _url(hit)}
        for hit in picked[:most]
    ]
    return TrialPage(
        trial=trial,
        figures=trial.figures,
        periods=[cutoff_name(code) for code in trial.periods],
        rows=_rows(trial, agency, period),
        hits=shown,
        more=max(0, len(picked) - most),
        picked=" · ".join(part for part in (agency, period and cutoff_name(period)) if part),
    )


def _rows(trial: RuleTrial, agency: str, period: str) -> list[Row]:
    found: dict[str, dict[str, list[int]]] = {}
    names: dict[str, str] = {}
    for code, name, when, _kind, *counts in trial.table:
        names[code] = name
        cell = found.setdefault(code, {}).setdefault(when, [0, 0, 0])
        found[code][when] = [old + more for old, more in zip(cell, counts, strict=True)]
    return [
        Row(
            names[code],
            [_cell(cells.get(when), code, when, (agency, period) == (code, when)) for when in trial.periods],
        )
        for code, cells in sorted(found.items())
    ]


def _cell(counts: list[int] | None, code: str, when: str, current: bool) -> Cell | None:
    if counts is None:
        return None
    hits, new, gone = counts
    return Cell(hits, new, gone, f"?{urlencode({'agency': code, 'period': when})}#hits", current)


def _url(hit: dict[str, Any]) -> str:
    """The line on the page where consolidation reviews the agency at that cut-off."""
    return reverse("monitoring:final-review", args=[hit["period"], hit["agency"]])
