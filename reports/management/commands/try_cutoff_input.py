"""Enter public figures through filled templates: `manage.py try_cutoff_input TRIAL FOLDER` (docs/real-input.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budget_portal.errors import DomainError
from reports.trials import physical, quarters

PLAN = Path(settings.BASE_DIR) / "mappings" / "execution" / "execution.toml"
TRIALS = ("money", "progress")


class Command(BaseCommand):
    help = "Let every agency fill and upload its template with public figures, in organizations of their own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", choices=TRIALS)
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = self._run(options["trial"], options["folder"])
        except DomainError as refusal:
            said = [refusal.message, *map(str, getattr(refusal, "problems", []))]
            raise CommandError("\n".join(said)) from refusal
        except FileNotFoundError as missing:
            raise CommandError(str(missing)) from missing
        for line in lines:
            self.stdout.write(line)

    def _run(self, trial: str, folder: Path) -> list[str]:
        if trial == "progress":
            return physical.report(physical.run(folder, say=self.stdout.write))
        return quarters.report(quarters.run(folder, PLAN, say=self.stdout.write))
