from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budget_portal import audit_check, audit_heads


class Command(BaseCommand):
    help = "Recompute the audit log; name the first bad entry and end with 1 when it was tampered with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--checkpoint", action="store_true", help="take a checkpoint when all is sound")
        parser.add_argument("--copy", help="a kept copy of the checkpoints to compare with")

        parser.add_argument("--head", help="a published head: a file with its text, or the text itself")

    def handle(self, *args: Any, **options: Any) -> None:
        copy = options["copy"] or settings.AUDIT_COPY
        if options["copy"] and not Path(options["copy"]).exists():
            raise CommandError(f"There is no {options['copy']}.")
        verdict = audit_check.verify(
            copy=Path(copy) if copy else None, published=self._published(options["head"])
        )
        if verdict.first is not None:
            lines = [f"The audit log was tampered with. First: {verdict.first}"]
            lines += [f"  {problem}" for problem in verdict.problems if problem is not verdict.first]
            raise CommandError("\n".join(lines))
        self.stdout.write(
            f"The audit log is sound: {verdict.entries} entries in {verdict.chains} chains, "
            f"{verdict.checkpoints} checkpoints."
            + (" It agrees with the published head." if options["head"] else "")
        )
        if options["checkpoint"] and (point := audit_check.take_checkpoint()):
            self.stdout.write(f"Checkpoint {point.pk}: {point.digest}")

    @staticmethod
    def _published(given: str | None) -> str:
        """The text of a head; what holds none is a mistake of who typed it, not a sound log."""
        if not given:
            return ""
        path = Path(given)
        text = path.read_text(encoding="utf-8") if len(given) < 300 and path.is_file() else given
        if not audit_heads.read(text):
            raise CommandError("There is no head in it: a number and a digest of 64 hexadecimal digits.")
        return text
