"""P1: pages per second of report R1 in one process, against WeasyPrint alone on the very HTML that ours printed.

Ours begins with the frozen package: templates, charts, map, the pass that measures long tables, the tagged PDF. The
peer gets the finished HTML and the same style sheets, fonts and PDF variant.
"""

from __future__ import annotations

from typing import Any

from benchmarks import cpu, portal
from benchmarks.table import Result, taking_turns

ROUNDS = 5


def run() -> list[Result]:
    with portal.services():
        package = _package()
    from reports.pdf import VARIANT, Layout, Printer, render_pdf

    layout = Layout(package, draft=False, photos={})
    printer = Printer({})
    html = layout.html({key: split.cuts for key, split in printer.measure(layout).items()})
    pages = len(printer.render(html).pages)

    def peer() -> float:
        before = cpu.own()
        Printer({}).render(html).write_pdf(pdf_variant=VARIANT)
        return cpu.own() - before

    def ours() -> float:
        before = cpu.own()
        render_pdf(package, draft=False)
        return cpu.own() - before

    floor, mine, ratio = taking_turns(peer, ours, ROUNDS)
    return [
        Result(
            "P1",
            f"report pages per CPU second ({pages} pages)",
            "WeasyPrint alone, same HTML",
            f"{pages / floor:.2f}/s",
            f"{pages / mine:.2f}/s",
            f"{1 / ratio:.2f}",
            "≥ 0.9",
            1 / ratio >= 0.9,
        )
    ]


def _package() -> Any:
    """R1 of the province for the newest published cut-off of the demo; nothing stays in the database."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import Organization, User
    from agreements.models import ReportingPeriod
    from reports.builders import r01_periodic
    from reports.models import SupervisionReport

    home, person = Organization.objects.get(code="khuzestan"), User.objects.get(username="consolidation")
    period = ReportingPeriod.objects.for_user(person).filter(cutoff="Q1").latest("cutoff_date")
    with transaction.atomic():
        report = SupervisionReport.objects.create(
            organization=home, period=period, number="bench", drafted_by=person
        )
        package, _ = r01_periodic.build(report, by=person, known_at=timezone.now())
        transaction.set_rollback(True)
    return package
