"""Run a year of a programme budget: `manage.py run_execution FOLDER` (docs/real-input.md)."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from accounts.models import Agency
from agreements.models import ReportingPeriod
from agreements.workflow import periods
from budget_portal.errors import DomainError
from budget_portal.tables.mapping import MappingProblem
from budget_portal.tables.outcome import Refused
from monitoring.models import ExpenseFinanceLine
from reports.execution import editions, summary
from reports.execution.ground import Ground
from reports.execution.plan import load
from reports.execution.run import run

PLAN = Path(settings.BASE_DIR) / "mappings" / "execution" / "execution.toml"


class Command(BaseCommand):
    help = "Enter law and cumulative reports of a folder, carry every cut-off to approval, publish R1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--plan", type=Path, default=PLAN)
        parser.add_argument("--reports", choices=["all", "last", "none"], default="last")
        parser.add_argument(
            "--agency", help="code of the agency with an R1 of its own (else: who spent most)"
        )
        parser.add_argument("--password", help="lets the people of the run sign in; without it nobody may")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = load(options["plan"], options["folder"])
            ground, found = run(plan, say=self.stdout.write, password=options["password"])
            for line in summary.table(found):
                self.stdout.write(line)
            chosen = {"all": plan.cutoffs, "last": plan.cutoffs[-1:], "none": ()}[options["reports"]]
            for cutoff in chosen:
                self._publish(ground, ground.windows[cutoff.cutoff].period, options["agency"])
        except MappingProblem as wrong:
            raise CommandError("\n".join(wrong.problems)) from wrong
        except Refused as refused:
            raise CommandError("\n".join(map(str, refused.problems))) from refused
        except DomainError as refusal:
            raise CommandError(
                "\n".join([refusal.message, *map(str, getattr(refusal, "problems", []))])
            ) from refusal
        except FileNotFoundError as missing:
            raise CommandError(str(missing)) from missing
        if not all(one.adds_up for one in found):
            raise CommandError("جمع‌ها تراز نیست.")

    def _publish(self, ground: Ground, period: ReportingPeriod, code: str | None) -> None:
        for agency in (None, _agency(ground, period, code)):
            began = time.monotonic()
            report = editions.publish(ground, period, agency)
            size = report.pdf.size // 1024 if report.pdf else 0
            self.stdout.write(
                f"[{time.monotonic() - began:6.1f} s] {report.number} منتشر شد، {size} کیلوبایت، {agency or 'کل'}"
            )
        window = next(window for window in ground.windows.values() if window.period == period)
        periods.publish_window(window.pk, by=ground.staff["consolidation"])


def _agency(ground: Ground, period: ReportingPeriod, code: str | None) -> Agency:
    own = {agency.code: agency for agency in ground.agencies.values()}
    if code:
        if code not in own:
            raise CommandError(f"{code}: چنین دستگاهی نیست.")
        return own[code]
    lines = ExpenseFinanceLine.objects.filter(submission__period=period).values("submission__agency__code")
    return own[lines.annotate(total=Sum("spent")).order_by("-total")[0]["submission__agency__code"]]
