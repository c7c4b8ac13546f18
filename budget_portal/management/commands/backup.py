from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget_portal import backup


class Command(BaseCommand):
    help = "Write database, files and manifest into a new directory."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup.make(options["directory"])
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.rows.values())
        self.stdout.write(
            f"{rows} rows in {len(manifest.rows)} tables, {len(manifest.files)} files: {options['directory']}"
        )
