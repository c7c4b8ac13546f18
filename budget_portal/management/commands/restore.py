from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget_portal import backup


class Command(BaseCommand):
    help = "Bring a backup into the empty configured database and its files into place, then compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not backup.is_empty():
            raise CommandError(
                "The database has tables already. Restore into an empty one (set DATABASE_URL or PORTAL_VAR)."
            )
        try:
            manifest = backup.restore(options["directory"])
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        found = backup.row_counts()
        differ = [table for table, count in manifest.rows.items() if found.get(table) != count]
        if differ:
            raise CommandError(f"Row counts differ in: {', '.join(differ)}")
        self.stdout.write(
            f"{sum(found.values())} rows and {len(manifest.files)} files are back, equal to the manifest."
        )
        self.stdout.write("Now run: manage.py verify_audit")
