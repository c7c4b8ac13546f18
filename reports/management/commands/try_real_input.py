"""Carry public files through the pages of imports: `manage.py try_real_input FOLDER` (docs/real-input.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budget_portal.errors import DomainError
from reports.trials import armenia, iran, works

PLAN = Path(settings.BASE_DIR) / "mappings" / "execution" / "execution.toml"
TRIALS = ("versions", "tree", "register")


class Command(BaseCommand):
    help = "Upload, preview and apply public files as a person would, in organizations of their own."

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
        if trial == "versions":
            return armenia.report(armenia.run(folder, PLAN))
        if trial == "register":
            return works.report(works.run(folder))
        return iran.report(iran.run(folder))
