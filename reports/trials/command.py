"""What the commands that try public files share: a trial, a folder, and refusals told in words (docs/real-input.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budget_portal.errors import DomainError

PLAN = Path(settings.BASE_DIR) / "mappings" / "execution" / "execution.toml"
Trial = Callable[[Path, Callable[[str], Any]], Iterable[str]]


class TrialCommand(BaseCommand):
    trials: ClassVar[dict[str, Trial]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", choices=sorted(self.trials))
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = self.trials[options["trial"]](options["folder"], self.stdout.write)
        except DomainError as refusal:
            said = [refusal.message, *map(str, getattr(refusal, "problems", []))]
            raise CommandError("\n".join(said)) from refusal
        except FileNotFoundError as missing:
            raise CommandError(str(missing)) from missing
        for line in lines:
            self.stdout.write(line)
