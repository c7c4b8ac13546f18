from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from budget_portal import outbox


class Command(BaseCommand):
    help = "Hand waiting effects to the queue once; the beat does this every second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--here", action="store_true", help="carry them out in this process, queue or not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = outbox.deliver_all() if options["here"] else outbox.relay()
        self.stdout.write(f"{count} effects {'done' if options['here'] else 'sent'}.")
