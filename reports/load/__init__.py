"""A country (or a province) of invented figures, for benchmarks and trials: `manage.py generate_load`.

Seeded: the same seed and size give the same rows. Rows come by COPY and have no entries in the log: one entry says
so. Everything is over, approved and published; nothing is open, nothing waits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from django.db import connection, transaction

from accounts.models import Agency
from agreements.models import (
    AgreementProject,
    AllocationLine,
    AllocationNotice,
    BudgetNotification,
    CapitalAgreement,
    ExpenseAgreement,
    NotificationLine,
    PeriodWindow,
    PhysicalSchedule,
    ProgrammeCredit,
    Project,
    ProjectCredit,
    WorkOperation,
)
from budget_portal import audit
from monitoring.models import (
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from reports.load import agreed, check, figures, ground
from reports.load.set_aside import set_aside
from reports.load.size import Size

SET_ASIDE = (
    PeriodWindow, Project, CapitalAgreement, AgreementProject, WorkOperation, PhysicalSchedule, ProjectCredit,
    ExpenseAgreement, ProgrammeCredit, BudgetNotification, NotificationLine, AllocationNotice, AllocationLine,
    PerformanceSubmission, CapitalFinanceLine, ExpenseFinanceLine, ProjectProgress, OperationProgress,
)  # fmt: skip


class Broken(Exception):
    """Generated rows break a rule: an error of ours, and nothing was kept."""


def load(size: Size, seed: int, *, password: str, say: Callable[[str], object] = print) -> Mapping[str, int]:
    """Everything in one transaction; gives how many rows there are."""
    rng = random.Random(seed)  # noqa: S311 - figures of a trial, not secrets
    with transaction.atomic():
        with set_aside(SET_ASIDE):
            base = ground.build(size, rng, password)
            say(f"{len(base.places)} استان، {len(base.offices)} دستگاه")
            promised = agreed.write(base)
            say(f"{len(promised.works)} پروژه و موافقتنامه‌های آن")
            lines = figures.write(base, promised)
            say(f"{sum(lines.values())} ردیف عملکرد؛ نمایه‌ها و کلیدها ساخته می‌شود …")
        _count_rows()
        if rules := check.broken():
            raise Broken(", ".join(rules))
        counts = {"agencies": len(base.offices), "projects": len(promised.works), **lines}
        audit.record("load.generated", base.national, by=None, after={"seed": seed, **counts})
    return counts


def _count_rows() -> None:
    """So that the planner knows at once how many there are."""
    with connection.cursor() as cursor:
        for model in (Agency, *SET_ASIDE):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
