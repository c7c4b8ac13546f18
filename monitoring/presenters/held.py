"""Lines that the agency holds, and lines that it may hold because a rule blocks them (decision 16)."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.models import CapitalFinanceLine, CheckResult, ProjectProgress
from monitoring.presenters.cells import raw_text
from monitoring.presenters.hits import rules_named


@dataclass(frozen=True)
class Held:
    """A line that the agency holds, or may hold because a rule blocks it."""

    kind: str
    pk: int
    title: str
    rules: str = ""
    raw: str = ""


def held_of(lines: list[CapitalFinanceLine], progress: ProjectProgress | None) -> list[Held]:
    found = [
        Held(
            "capital",
            line.pk,
            str(line.funding_source),
            rules_named(line.held_rules),
            raw_text(line.held_raw),
        )
        for line in lines
        if line.held
    ]
    if progress and progress.held:
        rules = rules_named(progress.held_rules)
        found.append(Held("project", progress.pk, "پیشرفت فیزیکی", rules, f"{len(progress.held_raw)} مقدار"))
    return found


def may_hold(
    lines: list[CapitalFinanceLine], progress: ProjectProgress | None, hits: list[CheckResult]
) -> list[Held]:
    blocked = {hit.row for hit in hits if hit.severity == "block"}
    found = [
        Held("capital", line.pk, str(line.funding_source))
        for line in lines
        if not line.held and f"capitalfinanceline:{line.pk}" in blocked
    ]
    stopped = any(name.startswith(("projectprogress", "operationprogress")) for name in blocked)
    if progress and not progress.held and stopped:
        found.append(Held("project", progress.pk, "پیشرفت فیزیکی"))
    return found
