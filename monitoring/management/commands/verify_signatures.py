"""Read figures, snapshots and files again under every signature; name what is not as it was signed."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from monitoring.models import PerformanceSubmission, Signature
from monitoring.signing.submissions import Checked, check_submission


class Command(BaseCommand):
    help = "Check the signatures under submissions against the figures and the bytes of the files of today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "submissions", nargs="*", type=int, help="numbers of submissions; none: all signed ones"
        )

    def handle(self, *args: Any, submissions: list[int], **options: Any) -> None:
        rows = PerformanceSubmission.objects.select_related("agency", "period__fiscal_year").order_by("pk")
        signed = Signature.objects.filter(target_type="monitoring.performancesubmission")
        rows = rows.filter(pk__in=submissions or signed.values("target_id"))
        checked = wrong = 0
        for row in rows.iterator(chunk_size=100):
            for found in check_submission(row):
                checked += 1
                if not found.is_whole:
                    wrong += 1
                    self.stderr.write(f"{row.pk} ({row}), {found.signature.event}: {said(found)}")
        self.stdout.write(f"{checked} signatures checked, {wrong} not as they were signed")
        if wrong:
            raise CommandError("Something was changed after it was signed.")


def said(found: Checked) -> str:
    parts = [] if found.genuine else ["the signature does not fit its statement"]
    parts += [] if found.content else ["the kept snapshot was changed"]
    parts += [f"line {name} was changed" for name in found.lines]
    parts += [f"file {name} was changed" for name in found.files]
    return "; ".join(parts)
