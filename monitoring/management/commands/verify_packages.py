from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.models import Package
from monitoring.packages.verify import verify


class Command(BaseCommand):
    help = (
        "Recompute every frozen package; name what differs (figure, file, signature, chain) and end with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", help="keys of single packages; all of them without any")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Package.objects.filter(pk__in=options["numbers"]) if options["numbers"] else None
        verdict = verify(rows)
        if not verdict.is_sound:
            raise CommandError("\n".join(["Packages differ:", *(f"  {one}" for one in verdict.differences)]))
        self.stdout.write(f"{verdict.packages} packages with {verdict.files} files are as they were frozen.")
