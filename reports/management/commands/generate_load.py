"""manage.py generate_load --size country: invented figures in the numbers of a province or of the country."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from dataclasses import replace
from io import StringIO
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from reports.load import load
from reports.load.ground import MARK
from reports.load.size import SIZES


class Command(BaseCommand):
    help = (
        "Generate organizations, projects, agreements and approved figures by COPY, for benchmarks and trials. "
        "The rows have no entries in the log; one entry says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=list(SIZES), default="province")
        parser.add_argument("--seed", type=int, default=1405)
        for name in ("provinces", "agencies", "projects", "years", "lines"):
            parser.add_argument(f"--{name}", type=int, help=f"another number of {name} than that of the size")
        parser.add_argument("--password", help="of all generated people (else nobody of them can sign in)")
        parser.add_argument(
            "--beside", action="store_true", help="beside other organizations, in their database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        others = Organization.objects.exclude(code__startswith=MARK)
        if Organization.objects.filter(code__startswith=MARK).exists():
            raise CommandError("در این پایگاه داده یک بار داده ساخته شده است؛ پایگاهی تازه بسازید.")
        if others.exists() and not options["beside"]:
            raise CommandError(
                f"این پایگاه {others.count()} سازمان دارد؛ دادهٔ ساختگی کنار دادهٔ دیگران ساخته نمی‌شود. "
                "اگر دانسته چنین می‌خواهید، --beside را هم بنویسید."
            )
        began = time.monotonic()
        call_command("load_reference", verbosity=0, stdout=StringIO())
        given = {name: options[name] for name in ("provinces", "agencies", "projects", "years", "lines")}
        size = replace(SIZES[options["size"]], **{k: v for k, v in given.items() if v is not None})
        password = make_password(options["password"])
        counts = load(size, options["seed"], password=password, say=self.stdout.write)
        self.stdout.write(f"{dict(counts)} · {time.monotonic() - began:.0f} s")
