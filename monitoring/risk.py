"""How risky submissions look, for the order of lists: warnings, projects behind plan, lines that came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F

from budget_portal.digits import to_persian
from monitoring.models import CheckResult, PerformanceSubmission, ProjectProgress
from monitoring.signals import DEFAULTS


@dataclass(frozen=True)
class Risk:
    """What is unusual about a submission. `behind`: projects more than `gap_points` (monitoring/signals.py) below plan."""

    warnings: int = 0
    behind: int = 0
    returned: bool = False

    @property
    def score(self) -> int:
        """A signal weighs as much as two warnings, and what came back as three."""
        return self.warnings + 2 * self.behind + 3 * self.returned

    @property
    def said(self) -> list[str]:
        parts = [f"{to_persian(self.warnings)} هشدار"] if self.warnings else []
        parts += [f"{to_persian(self.behind)} پروژهٔ عقب‌تر از برنامه"] if self.behind else []
        return parts + (["پس از برگشت"] if self.returned else [])


def risks(rows: Iterable[PerformanceSubmission]) -> dict[int, Risk]:
    """Of many submissions, in two queries."""
    found = {row.pk: row for row in rows}
    if not found:
        return {}
    hits = CheckResult.objects.filter(submission__in=found, severity="warn").order_by()
    warnings = dict(hits.values_list("submission").annotate(Count("pk")))
    late = ProjectProgress.objects.filter(
        submission__in=found, planned_progress__gt=F("physical_progress") + DEFAULTS.gap_points
    )
    behind = dict(late.order_by().values_list("submission").annotate(Count("pk")))
    return {pk: Risk(warnings.get(pk, 0), behind.get(pk, 0), row.revision > 1) for pk, row in found.items()}
