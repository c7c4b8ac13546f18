"""Enter a table that came as a file: `manage.py import_table allocations june.xlsx --mapping haftgel.toml`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from budget_portal.errors import DomainError, NotAllowed
from budget_portal.tables import mapping as mappings
from budget_portal.tables.outcome import Refused
from monitoring.imports.run import SPECS, import_file


class Command(BaseCommand):
    help = (
        "Enter notifications, expense credits, allocations or expense performance from an xlsx or csv file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", choices=sorted(SPECS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="TOML page: which column is what")
        parser.add_argument(
            "--by", metavar="USERNAME", help="who enters it; performance: the agencies' own experts"
        )
        parser.add_argument("--role", help="through which role, when the person has several")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="values")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--hold", action="store_true", help="write good rows, keep the others back")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = mappings.load(options["mapping"]).with_values(**_values(options["values"]))
            outcome = import_file(
                options["table"],
                options["file"],
                mapping,
                by=_person(options["by"], options["role"]),
                hold=options["hold"],
                dry_run=options["dry_run"],
            )
        except mappings.MappingProblem as wrong:
            raise CommandError("\n".join(wrong.problems)) from wrong
        except Refused as refused:
            sentences = "\n".join(map(str, refused.problems))
            raise CommandError(f"{len(refused.problems)} خطا؛ چیزی نوشته نشد.\n{sentences}") from refused
        except (DomainError, NotAllowed) as refusal:
            raise CommandError(refusal.message) from refusal
        for line in outcome.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("اجرای آزمایشی بود؛ چیزی نوشته نشد.")


def _values(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        raise CommandError("--set را به شکل NAME=VALUE بنویسید.")
    return {name: value for name, _, value in pairs}


def _person(username: str | None, role: str | None) -> User | None:
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"{username}: چنین کاربری نیست.")
    memberships = user.memberships.valid().select_related("organization", "agency")
    membership = (memberships.filter(role=role) if role else memberships).first()
    if membership is None:
        raise CommandError(f"{username}: این نقش را ندارد.")
    return user.act_through(membership)
